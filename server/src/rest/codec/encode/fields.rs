//! Objects, lists and maps: whatever holds values by names or in their order.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::item::Item;
use super::{Step, TOLD, Writer};
use crate::rest::codec::tables::{Field, Message, Repeat};
use crate::rest::codec::{scalar, wire};

/// The fields of a message.
pub(super) struct Object<'w, 't> {
    pub(super) writer: &'w mut Writer<'t>,
    pub(super) message: &'t Message,
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
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

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
pub(super) struct One<'w, 't> {
    pub(super) writer: &'w mut Writer<'t>,
    pub(super) field: &'t Field,
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
            Repeat::Single => f.write_str(self.field.takes()),
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
                let before = writer.out.len();
                if let Err(problem) = scalar::from_text(writer.tables, key_field, &key, writer.out)
                {
                    return Err(writer.fail(problem));
                }
                // A number may be spelled in many ways.
                let key = match (key_field.takes_any_text(), key) {
                    (true, Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
                    (true, Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
                    (false, _) => writer.out.iter().skip(before).copied().collect(),
                };
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
