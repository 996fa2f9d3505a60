//! A field's value as the history keeps it.

use std::collections::BTreeMap;
use std::fmt;

use super::decimal::Decimal;
use super::time::Timestamp;

/// The value of one field of an order, before or after a change.
///
/// Amounts, quantities and percentages are decimal text, points in time are microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// The field is not set.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number: ids, versions, microseconds.
    Int(i64),
    /// Text, or a decimal number as text.
    Text(String),
    /// Several values in order.
    List(Vec<Value>),
    /// A part with fields of its own, such as an address or a line.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// Text, or [`Value::Null`] where it is empty.
    pub fn text(text: &str) -> Value {
        if text.is_empty() {
            Value::Null
        } else {
            Value::Text(text.to_owned())
        }
    }

    /// A decimal as text.
    pub fn decimal(value: Decimal) -> Value {
        Value::Text(value.to_string())
    }

    /// A part from its fields; the fields that are not set are left out.
    pub fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
        let set = fields
            .into_iter()
            .filter(|(_, value)| *value != Value::Null);
        Value::Map(set.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The text, empty where this is not text.
    pub fn as_text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// The whole number, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether this is [`Value::Bool`] and true.
    pub fn as_bool(&self) -> bool {
        *self == Value::Bool(true)
    }

    /// The decimal, if this is decimal text; history holds sums, which are larger than what may come from outside.
    pub fn as_decimal(&self) -> Option<Decimal> {
        Decimal::read(self.as_text())
    }

    /// The point in time, if this is a whole number.
    pub fn as_time(&self) -> Option<Timestamp> {
        self.as_int().map(Timestamp::from_micros)
    }

    /// The field of a part; [`Value::Null`] where there is none.
    pub fn field(&self, name: &str) -> &Value {
        match self {
            Value::Map(fields) => fields.get(name).unwrap_or(&Value::Null),
            _ => &Value::Null,
        }
    }

    /// Appends an unambiguous encoding of this value, for digests.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.push(0),
            Value::Bool(value) => out.extend([1, u8::from(*value)]),
            Value::Int(number) => {
                out.push(2);
                out.extend(number.to_be_bytes());
            }
            Value::Text(text) => {
                out.push(3);
                encode_bytes(text.as_bytes(), out);
            }
            Value::List(values) => {
                out.push(4);
                out.extend((values.len() as u64).to_be_bytes());
                values.iter().for_each(|value| value.encode(out));
            }
            Value::Map(fields) => {
                out.push(5);
                out.extend((fields.len() as u64).to_be_bytes());
                for (name, value) in fields {
                    encode_bytes(name.as_bytes(), out);
                    value.encode(out);
                }
            }
        }
    }
}

/// Appends bytes with their length before them.
pub fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Value {
        number.map_or(Value::Null, Value::Int)
    }
}

impl From<Option<Decimal>> for Value {
    fn from(number: Option<Decimal>) -> Value {
        number.map_or(Value::Null, Value::decimal)
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(time: Option<Timestamp>) -> Value {
        time.map_or(Value::Null, |time| Value::Int(time.micros()))
    }
}

impl fmt::Display for Value {
    /// The canonical text of a value: plain text as it is, lists and parts in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::List(values) => f
                .debug_list()
                .entries(values.iter().map(Value::to_string))
                .finish(),
            Value::Map(fields) => f
                .debug_map()
                .entries(fields.iter().map(|(name, value)| (name, value.to_string())))
                .finish(),
        }
    }
}
