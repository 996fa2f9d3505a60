//! From JSON to the wire: serde_json reads, and each value is written as it comes.

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::scalar;
use super::tables::{Field, Kind, Message, Repeat, Shape, Tables};
use super::wire::{self, Value};

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field in proto names, such as `order.lines[0].quantity`; empty for the text itself.
    pub field: String,
    /// What the field takes, or where the text is no JSON.
    pub description: String,
}

/// How many characters of what a caller sent are told back.
const TOLD: usize = 300;

pub(super) fn message(
    tables: &Tables,
    message: &Message,
    json: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Violation> {
    let mut writer = Writer {
        tables,
        out,
        path: Vec::new(),
        problem: None,
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = Object {
        writer: &mut writer,
        message,
    }
    .deserialize(&mut reader);
    finish(read, reader, writer)
}

pub(super) fn field(
    tables: &Tables,
    field: &Field,
    json: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Violation> {
    let mut writer = Writer {
        tables,
        out,
        path: Vec::new(),
        problem: None,
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = writer.field(field, |writer| {
        One { writer, field }.deserialize(&mut reader)
    });
    finish(read, reader, writer)
}

fn finish<'j>(
    read: Result<(), serde_json::Error>,
    mut reader: serde_json::Deserializer<serde_json::de::SliceRead<'j>>,
    writer: Writer<'_>,
) -> Result<(), Violation> {
    let Err(error) = read.and_then(|()| reader.end()) else {
        return Ok(());
    };
    if !error.is_data() {
        return Err(Violation {
            field: String::new(),
            description: format!("is no JSON: {error}"),
        });
    }
    let description = writer.problem.unwrap_or_else(|| {
        let text = error.to_string();
        // Where in the text it is does not help beside the path.
        let end = text.rfind(" at line ").unwrap_or(text.len());
        text.chars().take(end.min(TOLD)).collect()
    });
    let mut field = String::new();
    for step in &writer.path {
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Field(name) if field.is_empty() => write!(field, "{name}"),
            Step::Field(name) => write!(field, ".{name}"),
            Step::Item(at) => write!(field, "[{at}]"),
            Step::Key(key) => write!(field, "[{key:?}]"),
        };
    }
    Err(Violation { field, description })
}

/// A step down to where the reader is. After a failure the steps stay: they lead to it.
enum Step<'t> {
    Field(&'t str),
    Item(usize),
    Key(String),
}

struct Writer<'t> {
    tables: &'t Tables,
    out: &'t mut Vec<u8>,
    path: Vec<Step<'t>>,
    problem: Option<String>,
}

impl<'t> Writer<'t> {
    fn field<E>(
        &mut self,
        field: &'t Field,
        read: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.step(Step::Field(&field.name), read)
    }

    fn step<E>(
        &mut self,
        step: Step<'t>,
        read: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.path.push(step);
        read(self)?;
        self.path.pop();
        Ok(())
    }

    fn fail<E: Error>(&mut self, description: impl Into<String>) -> E {
        let description = self.problem.insert(description.into());
        E::custom(description)
    }

    fn put<E: Error>(&mut self, field: &Field, value: Result<Value<'_>, String>) -> Result<(), E> {
        match value {
            Ok(value) => {
                scalar::put(field, value, self.out);
                Ok(())
            }
            Err(problem) => Err(self.fail(problem)),
        }
    }

    /// The start of a field that holds a message.
    fn open(&mut self, number: u32) -> wire::Open {
        wire::put_tag(self.out, number, wire::LENGTH);
        wire::open(self.out)
    }
}

/// The fields of a message.
struct Object<'w, 't> {
    writer: &'w mut Writer<'t>,
    message: &'t Message,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Object { writer, message } = self;
        let (mut seen, mut oneofs) = (0_u128, 0_u128);
        while let Some(key) = map.next_key_seed(Key)? {
            let Some(field) = message.field(&key) else {
                let known = message.known();
                writer
                    .path
                    .push(Step::Key(key.chars().take(TOLD).collect()));
                return Err(writer.fail(format!("is not a field here; known: {known}")));
            };
            let bit = 1 << field.index;
            writer.field(field, |writer| {
                if seen & bit != 0 {
                    return Err(writer.fail("is given twice"));
                }
                seen |= bit;
                let before = writer.out.len();
                map.next_value_seed(One { writer, field })?;
                // A null is as good as absent.
                if let Some(oneof) = field.oneof.filter(|_| writer.out.len() > before) {
                    if oneofs & (1 << oneof) != 0 {
                        return Err(writer.fail("excludes another field that is given, too"));
                    }
                    oneofs |= 1 << oneof;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// The name of a field or the key of a map.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = std::borrow::Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = std::borrow::Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.to_owned().into())
    }
}

/// The value of a field, whatever it is.
struct One<'w, 't> {
    writer: &'w mut Writer<'t>,
    field: &'t Field,
}

impl<'de> DeserializeSeed<'de> for One<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for One<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.repeat {
            Repeat::List => f.write_str("a list"),
            Repeat::Map => f.write_str("an object"),
            Repeat::Single => self.item().expecting(f),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.single()?.visit_bool(value)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.single()?.visit_i64(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.single()?.visit_u64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.single()?.visit_f64(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.single()?.visit_str(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let One { writer, field } = self;
        if field.repeat != Repeat::List {
            return Err(writer.fail(format!("must be {}, not a list", field.takes())));
        }
        let mut at = 0;
        loop {
            let mut more = true;
            writer.step(Step::Item(at), |writer| {
                more = items.next_element_seed(Item { writer, field })?.is_some();
                Ok(())
            })?;
            if !more {
                return Ok(());
            }
            at += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        match self.field.repeat {
            Repeat::Map => self.entries(map),
            _ => self.single()?.visit_map(map),
        }
    }
}

impl<'w, 't> One<'w, 't> {
    fn item(&self) -> Expected<'_> {
        Expected(self.field)
    }

    /// One value in the place of the field, where it takes one.
    fn single<E: Error>(self) -> Result<Item<'w, 't>, E> {
        match self.field.repeat {
            Repeat::Single => Ok(Item {
                writer: self.writer,
                field: self.field,
            }),
            Repeat::List => Err(self.writer.fail("must be a list")),
            Repeat::Map => Err(self.writer.fail("must be an object")),
        }
    }

    fn entries<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let One { writer, field } = self;
        let entry = writer.tables.below(field);
        let (Some(key_field), Some(value_field)) = (
            entry.and_then(|entry| entry.numbered(1)),
            entry.and_then(|entry| entry.numbered(2)),
        ) else {
            return Err(writer.fail("is not known"));
        };
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key_seed(Key)? {
            writer.step(Step::Key(key.chars().take(TOLD).collect()), |writer| {
                let open = writer.open(field.number);
                if let Err(problem) = scalar::from_text(writer.tables, key_field, &key, writer.out)
                {
                    return Err(writer.fail(problem));
                }
                map.next_value_seed(Item {
                    writer,
                    field: value_field,
                })?;
                wire::close(writer.out, open);
                if !seen.insert(key) {
                    return Err(writer.fail("is given twice"));
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Says what one value of a field must be.
struct Expected<'t>(&'t Field);

impl Expected<'_> {
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.takes())
    }
}

impl Field {
    /// What one value of it must be.
    fn takes(&self) -> &'static str {
        self.kind.takes()
    }
}

/// One value: of a single field, in a list, or in a map.
struct Item<'w, 't> {
    writer: &'w mut Writer<'t>,
    field: &'t Field,
}

impl<'de> DeserializeSeed<'de> for Item<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Expected(self.field).expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        let kind = self.scalar_kind();
        let value = match kind {
            Kind::Bool => Ok(Value::Varint(u64::from(value))),
            other => Err(format!("must be {}, not true or false", other.takes())),
        };
        self.put(value)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.whole(i128::from(number), number as f64)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.whole(i128::from(number), number as f64)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        let value = scalar::float(self.scalar_kind(), number);
        self.put(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let Item { writer, field } = self;
        if field.kind == Kind::Bool {
            return Err(writer.fail("must be true or false, not a text"));
        }
        scalar::from_text(writer.tables, field, text, writer.out)
            .map_err(|problem| writer.fail(problem))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        let takes = self.field.takes();
        Err(self.writer.fail(format!("must be {takes}, not null")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _items: A) -> Result<(), A::Error> {
        let takes = self.field.takes();
        Err(self.writer.fail(format!("must be {takes}, not a list")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Item { writer, field } = self;
        let message = writer
            .tables
            .below(field)
            .filter(|message| message.shape == Shape::Object);
        let Some(message) = message else {
            let takes = match field.kind {
                Kind::Message(_) => "a text",
                kind => kind.takes(),
            };
            return Err(writer.fail(format!("must be {takes}, not an object")));
        };
        let open = writer.open(field.number);
        Object {
            writer: &mut *writer,
            message,
        }
        .visit_map(map)?;
        wire::close(writer.out, open);
        Ok(())
    }
}

impl Item<'_, '_> {
    /// The kind of the value, also where a message stands for it.
    fn scalar_kind(&self) -> Kind {
        self.wrapped().map_or(self.field.kind, |inner| inner.kind)
    }

    fn wrapped(&self) -> Option<&Field> {
        let message = self.writer.tables.below(self.field)?;
        message
            .fields
            .first()
            .filter(|_| message.shape == Shape::Wrapper)
    }

    fn whole<E: Error>(self, number: i128, float: f64) -> Result<(), E> {
        let value = match self.scalar_kind() {
            kind @ (Kind::Float | Kind::Double) => scalar::float(kind, float),
            kind => scalar::integer(kind, number),
        };
        self.put(value)
    }

    fn put<E: Error>(self, value: Result<Value<'_>, String>) -> Result<(), E> {
        let Item { writer, field } = self;
        let tables = writer.tables;
        let wrapper = tables
            .below(field)
            .filter(|message| message.shape == Shape::Wrapper);
        match wrapper.and_then(|message| message.fields.first()) {
            Some(inner) => {
                let open = writer.open(field.number);
                writer.put(inner, value)?;
                wire::close(writer.out, open);
                Ok(())
            }
            None => writer.put(field, value),
        }
    }
}
