//! Single values: from texts and JSON numbers to the wire.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::mask;
use super::tables::{Field, Kind, Repeat, Shape, Tables};
use super::time;
use super::wire::{self, Value};

/// Whole numbers up to here are exact where they come as floating point.
const EXACT: f64 = 9_007_199_254_740_992.0;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Appends a text as the field at the end of `path`, within the messages on the way.
pub(super) fn nested(
    tables: &Tables,
    path: &[&Field],
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    match path {
        [] => Ok(()),
        [field] if field.repeat == Repeat::Map => Err("a map has no place here".to_owned()),
        [field] => from_text(tables, field, text, out),
        [field, rest @ ..] => {
            wire::put_tag(out, field.number, wire::LENGTH);
            let open = wire::open(out);
            nested(tables, rest, text, out)?;
            wire::close(out, open);
            Ok(())
        }
    }
}

/// Appends a text as the field, with its tag.
pub(super) fn from_text(
    tables: &Tables,
    field: &Field,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    match field.kind {
        Kind::String => put(field, Value::Bytes(text.as_bytes()), out),
        Kind::Bytes => put(field, Value::Bytes(&bytes(text)?), out),
        Kind::Bool => match text {
            "true" => put(field, Value::Varint(1), out),
            "false" => put(field, Value::Varint(0), out),
            _ => return Err("must be true or false".to_owned()),
        },
        Kind::Enum(index) => put(field, enumeration(tables, index, text)?, out),
        Kind::Float | Kind::Double => put(field, float(field.kind, float_text(text)?)?, out),
        Kind::Message(index) => return message_text(tables, field, index, text, out),
        integral => put(field, integer_text(integral, text)?, out),
    }
    Ok(())
}

/// A message that is written as a text.
fn message_text(
    tables: &Tables,
    field: &Field,
    index: usize,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let Some(message) = tables.message(index) else {
        return Err("is not known".to_owned());
    };
    let pair = match message.shape {
        Shape::Timestamp => Some(time::read_timestamp(text)?),
        Shape::Duration => Some(time::read_duration(text)?),
        Shape::FieldMask | Shape::Wrapper => None,
        Shape::Object | Shape::Any => {
            return Err(format!("is an object with {}, not a text", message.known()));
        }
    };
    wire::put_tag(out, field.number, wire::LENGTH);
    let open = wire::open(out);
    if let Some((seconds, nanos)) = pair {
        for (number, value) in [(1, seconds), (2, i64::from(nanos))] {
            if value != 0 {
                wire::put_tag(out, number, wire::VARINT);
                wire::put_varint(out, value.cast_unsigned());
            }
        }
    } else if message.shape == Shape::FieldMask {
        for path in mask::read(text) {
            wire::put_tag(out, 1, wire::LENGTH);
            wire::put_bytes(out, path.as_bytes());
        }
    } else if let Some(inner) = message.fields.first() {
        from_text(tables, inner, text, out)?;
    }
    wire::close(out, open);
    Ok(())
}

/// Appends a value with its tag; a default is left out where its being there says nothing.
pub(super) fn put(field: &Field, value: Value<'_>, out: &mut Vec<u8>) {
    let default = matches!(
        value,
        Value::Varint(0) | Value::Fixed32(0) | Value::Fixed64(0) | Value::Bytes([])
    );
    if default && !field.presence && field.repeat == Repeat::Single {
        return;
    }
    wire::put_tag(out, field.number, field.kind.wire_type());
    match value {
        Value::Varint(number) => wire::put_varint(out, number),
        Value::Fixed64(number) => out.extend(number.to_le_bytes()),
        Value::Fixed32(number) => out.extend(number.to_le_bytes()),
        Value::Bytes(bytes) => wire::put_bytes(out, bytes),
    }
}

/// A whole number as a field of that kind has it.
pub(super) fn integer(kind: Kind, number: i128) -> Result<Value<'static>, String> {
    let (least, most) = match kind {
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 | Kind::Enum(_) => {
            (i128::from(i32::MIN), i128::from(i32::MAX))
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => (i128::from(i64::MIN), i128::from(i64::MAX)),
        Kind::Uint32 | Kind::Fixed32 => (0, i128::from(u32::MAX)),
        Kind::Uint64 | Kind::Fixed64 => (0, i128::from(u64::MAX)),
        _ => return Err(format!("must be {}, not a number", kind.takes())),
    };
    if number < least || number > most {
        return Err(format!("must be a whole number from {least} to {most}"));
    }
    // In range: nothing is lost but the sign's form.
    let (wide, narrow) = (number as u64, number as u32);
    Ok(match kind {
        Kind::Sint32 | Kind::Sint64 => {
            let number = number as i64;
            Value::Varint((number << 1 ^ number >> 63).cast_unsigned())
        }
        Kind::Fixed32 | Kind::Sfixed32 => Value::Fixed32(narrow),
        Kind::Fixed64 | Kind::Sfixed64 => Value::Fixed64(wide),
        _ => Value::Varint(wide),
    })
}

/// A number with a point or an exponent, as a field of that kind has it.
pub(super) fn float(kind: Kind, number: f64) -> Result<Value<'static>, String> {
    match kind {
        Kind::Double => Ok(Value::Fixed64(number.to_bits())),
        Kind::Float => {
            let narrow = number as f32;
            if number.is_finite() && !narrow.is_finite() {
                return Err("is out of range".to_owned());
            }
            Ok(Value::Fixed32(narrow.to_bits()))
        }
        // Whole and small enough to be exact: 1e3 is 1000.
        _ if number.fract() == 0.0 && number.abs() <= EXACT => integer(kind, number as i128),
        _ => Err(format!("must be {}", kind.takes())),
    }
}

/// An enum's value by its name or its number.
pub(super) fn enumeration(
    tables: &Tables,
    index: usize,
    text: &str,
) -> Result<Value<'static>, String> {
    let Some(values) = tables.enumeration(index) else {
        return Err("is not known".to_owned());
    };
    let number = values
        .numbers
        .get(text)
        .copied()
        .or_else(|| text.parse().ok());
    match number {
        Some(number) => integer(Kind::Enum(index), i128::from(number)),
        None => Err(format!("must be one of {}", values.order.join(", "))),
    }
}

fn integer_text(kind: Kind, text: &str) -> Result<Value<'static>, String> {
    if let Some(number) = text.parse().ok().filter(|_| !text.starts_with('+')) {
        return integer(kind, number);
    }
    float_text(text)
        .and_then(|number| float(kind, number))
        .map_err(|_| format!("must be {}", kind.takes()))
}

fn float_text(text: &str) -> Result<f64, String> {
    let plain = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
    match text {
        "NaN" => Ok(f64::NAN),
        "Infinity" => Ok(f64::INFINITY),
        "-Infinity" => Ok(f64::NEG_INFINITY),
        _ if !text.starts_with('+') && text.bytes().all(plain) => {
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            number.ok_or_else(|| "must be a number".to_owned())
        }
        _ => Err("must be a number".to_owned()),
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    BASE64
        .decode(text)
        .or_else(|_| BASE64_URL.decode(text))
        .map_err(|_| "must be base64".to_owned())
}

impl Kind {
    /// What a field of this kind takes, for refusals.
    pub(super) fn takes(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                "a whole number from -2147483648 to 2147483647"
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => "a whole number of 64 bits",
            Kind::Uint32 | Kind::Fixed32 => "a whole number from 0 to 4294967295",
            Kind::Uint64 | Kind::Fixed64 => "a whole number of 64 bits, 0 or more",
            Kind::Float | Kind::Double => "a number",
            Kind::String => "a text",
            Kind::Bytes => "a text in base64",
            Kind::Enum(_) => "the name or the number of a value",
            Kind::Message(_) => "an object",
        }
    }
}
