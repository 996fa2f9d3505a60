//! JSON to protobuf bytes and back, as proto3 JSON writes them, by tables made once from the descriptors.
//!
//! Nothing lies between the two forms: no tree of JSON, no message. What comes in is held to the letter, since a
//! caller who misspells a field is better told than ignored: unknown fields, a field given twice (also under its two
//! names) and numbers that do not fit are refused, each by the path of its field.

mod decode;
mod encode;
mod mask;
mod scalar;
mod tables;
mod time;
mod wire;

pub use decode::Undecodable;
pub use encode::Violation;
pub use tables::{Field, Message, Repeat, Tables, Unsupported};
pub use wire::Value;

impl Tables {
    /// Appends a JSON text as the fields of a message.
    ///
    /// # Errors
    /// What does not fit, by the path of its field.
    pub fn encode(
        &self,
        message: &Message,
        json: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Violation> {
        encode::message(self, message, json, out)
    }

    /// Appends a JSON text as one field.
    ///
    /// # Errors
    /// What does not fit, by the path of its field, which begins with this field's name.
    pub fn encode_field(
        &self,
        field: &Field,
        json: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Violation> {
        encode::field(self, field, json, out)
    }

    /// Appends a plain text, as paths, queries and headers hold it, as the field at the end of `path`.
    ///
    /// # Errors
    /// What the field takes instead.
    pub fn encode_text(
        &self,
        path: &[&Field],
        text: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        scalar::nested(self, path, text, out)
    }

    /// Appends a message as JSON.
    ///
    /// # Errors
    /// The bytes are not such a message.
    pub fn decode(
        &self,
        message: &Message,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Undecodable> {
        decode::message(self, message, bytes, out)
    }

    /// Appends one field of a message as JSON.
    ///
    /// # Errors
    /// The bytes are not such a message.
    pub fn decode_field(
        &self,
        message: &Message,
        field: &Field,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Undecodable> {
        decode::field(self, message, field, bytes, out)
    }
}

/// The last value of the field at the end of `path`, as the bytes of a message have it.
pub fn find<'b>(bytes: &'b [u8], path: &[&Field]) -> Option<Value<'b>> {
    let (first, rest) = path.split_first()?;
    let mut found = None;
    for (number, value) in wire::Fields::new(bytes).map_while(Result::ok) {
        if number == first.number {
            found = match (rest.is_empty(), value) {
                (true, value) => Some(value),
                (false, Value::Bytes(inner)) => find(inner, rest).or(found),
                (false, _) => found,
            };
        }
    }
    found
}

#[cfg(test)]
mod tests;
