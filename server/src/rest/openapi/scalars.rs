//! Schemas of what is no object: numbers, texts, bytes, and the well-known messages that canonical proto3
//! JSON writes as texts.

use prost_reflect::{FieldDescriptor, Kind};

use super::behaviour::{Behaviour, behaviour};
use super::json::Json;
use super::limits;
use super::schemas::Use;

/// Digits, as 64-bit numbers travel.
const DIGITS: &str = "^-?[0-9]+$";
/// The same from 1 on.
const COUNT: &str = "^[1-9][0-9]{0,18}$";
/// What the comments of such numbers say.
const COUNTED: &str = "counted from 1";
/// Three upper-case letters, or nothing.
const CURRENCY: &str = "^([A-Z]{3})?$";
/// Seconds with at most nine decimals.
const DURATION: &str = "^-?[0-9]+(\\.[0-9]{1,9})?s$";

/// The schema of a well-known message; `None` for one that is an object of its fields.
pub fn well_known(full_name: &str) -> Option<Json> {
    let text = Json::object().with("type", "string");
    match full_name {
        "google.protobuf.Timestamp" => Some(
            text.with("format", "date-time")
                .with("examples", Json::texts(["2026-03-14T09:26:53.589793Z"])),
        ),
        "google.protobuf.Duration" => Some(
            text.with("pattern", DURATION)
                .with("examples", Json::texts(["15s"])),
        ),
        "google.protobuf.FieldMask" => {
            Some(text.with("examples", Json::texts(["notes,deliveryAddress"])))
        }
        "google.protobuf.Empty" => Some(Json::object().with("type", "object")),
        _ => None,
    }
}

/// The schema of a number, a truth, a text or bytes.
pub fn schema(kind: &Kind, field: &FieldDescriptor, usage: Use, comment: &str) -> Json {
    match kind {
        Kind::Bool => Json::object().with("type", "boolean"),
        Kind::Double | Kind::Float => Json::object().with("type", "number"),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => long("int64", usage, comment),
        Kind::Uint64 | Kind::Fixed64 => long("uint64", usage, comment),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => short("int32", usage, comment),
        Kind::Uint32 | Kind::Fixed32 => short("uint32", usage, comment),
        Kind::Bytes => Json::object()
            .with("type", "string")
            .with("contentEncoding", "base64"),
        _ => text(field, usage, comment),
    }
}

/// A 64-bit number: answered as digits in a text, taken as that or as a number.
fn long(format: &str, usage: Use, comment: &str) -> Json {
    let kinds: Json = match usage {
        Use::Answer | Use::Parameter => "string".into(),
        Use::Request | Use::Import => Json::texts(["string", "integer"]),
    };
    let counted = usage == Use::Parameter && comment.contains(COUNTED);
    Json::object()
        .with("type", kinds)
        .with("format", format)
        .with("pattern", if counted { COUNT } else { DIGITS })
}

/// A 32-bit number: answered as a number, taken as that or as digits in a text.
fn short(format: &str, usage: Use, comment: &str) -> Json {
    let schema = Json::object();
    let schema = match usage {
        Use::Answer => return schema.with("type", "integer").with("format", format),
        Use::Parameter => schema.with("type", "integer").with("format", format),
        Use::Request | Use::Import => schema
            .with("type", Json::texts(["integer", "string"]))
            .with("format", format)
            .with("pattern", DIGITS),
    };
    let bounds = limits::range(comment);
    schema
        .with_some("minimum", bounds.least)
        .with_some("maximum", bounds.most)
}

fn text(field: &FieldDescriptor, usage: Use, comment: &str) -> Json {
    let mut schema = Json::object().with("type", "string");
    match field.name() {
        "request_id" => schema.put("format", "uuid"),
        "pay_date" => schema.put("format", "date"),
        "currency_code" if usage != Use::Answer => schema.put("pattern", CURRENCY),
        _ => {}
    }
    if usage == Use::Answer {
        return schema;
    }
    let bounds = limits::characters(comment);
    let chosen = field
        .containing_oneof()
        .is_some_and(|oneof| !oneof.is_synthetic());
    // Elsewhere an empty text means that none is given.
    let least = bounds
        .least
        .filter(|_| chosen || behaviour(field) == Behaviour::Required);
    schema
        .with_some("minLength", least)
        .with_some("maxLength", bounds.most)
}
