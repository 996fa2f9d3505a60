//! One value: a number, a text, a message.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Writer;
use super::fields::Object;
use crate::rest::codec::scalar;
use crate::rest::codec::tables::{Field, Kind, Shape};
use crate::rest::codec::wire::{self, Value};

impl Field {
    /// What one value of it must be.
    pub(super) fn takes(&self) -> &'static str {
        self.kind.takes()
    }
}

/// One value: of a single field, in a list, or in a map.
pub(super) struct Item<'w, 't> {
    pub(super) writer: &'w mut Writer<'t>,
    pub(super) field: &'t Field,
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
        f.write_str(self.field.takes())
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
