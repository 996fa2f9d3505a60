//! Schemas of what is no object: numbers, texts, bytes, and the well-known messages that canonical proto3
//! JSON writes as texts.

use prost_reflect::{FieldDescriptor, Kind};

use super::behaviour::{Behaviour, behaviour};
use super::json::Json;
use super::limits;
use super::schemas::Use;

/// Digits, as numbers travel in answers.
const ANSWERED: &str = "^-?[0-9]{1,19}$";
/// Digits, as numbers travel in texts: so many that 64 bits hold them.
const DIGITS: &str = "^-?[0-9]{1,18}$";
/// The same from 0 on, and from 1 on.
const NATURAL: &str = "^[0-9]{1,18}$";
const COUNT: &str = "^[1-9][0-9]{0,17}$";
/// What the comments of such numbers say.
const COUNTED: &str = "counted from 1";
/// What the comments of ids say that may be given, and the most that those are.
const GIVEN: &str = "at most 18 digits";
const MOST_GIVEN: i64 = 999_999_999_999_999_999;
/// So many digits that 32 bits hold them.
const FEW_DIGITS: &str = "^-?[0-9]{1,9}$";
/// The same from 0 on.
const FEW_NATURAL: &str = "^[0-9]{1,9}$";
/// What the comments of texts say that must hold a letter or another sign, and how that is told.
const NOT_BLANK: &str = "not all blank";
const SIGN: &str = "\\S";
const SIGN_OR_NOTHING: &str = "^$|\\S";
/// The code of an account, or nothing.
const CODE: &str = "^([A-Za-z][A-Za-z0-9_.-]{0,63})?$";
/// What a list may be in the order of.
const ORDERS: &str = "^((id|order_date)( asc| desc)?)?$";
/// Three upper-case letters, or nothing.
const CURRENCY: &str = "^([A-Z]{3})?$";
/// A decimal number with at most four decimals, in what the service keeps.
const DECIMAL: &str = "^-?[0-9]{1,12}(\\.[0-9]{1,4}0*)?$";
/// The units of an amount, as text, and the most of them.
const UNITS: &str = "^-?[0-9]{1,12}$";
const MOST_UNITS: i64 = 1_000_000_000_000;
/// The nanos of an amount, as text, the most of them, and what they are a multiple of: four decimals are kept.
const NANOS: &str = "^-?(0|[1-9][0-9]{0,3}0{5})$";
const MOST_NANOS: i64 = 999_900_000;
const NANOS_STEP: i64 = 100_000;
/// Seconds with at most nine decimals, so many that a span of time holds them.
const DURATION: &str = "^-?[0-9]{1,11}(\\.[0-9]{1,9})?s$";

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
    if let Some(schema) = amount(field, usage) {
        return schema;
    }
    match kind {
        Kind::Bool => Json::object().with("type", "boolean"),
        Kind::Double | Kind::Float => Json::object().with("type", "number"),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => long("int64", field, usage, comment),
        Kind::Uint64 | Kind::Fixed64 => long("uint64", field, usage, comment),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => short("int32", usage, comment),
        Kind::Uint32 | Kind::Fixed32 => short("uint32", usage, comment),
        Kind::Bytes => Json::object()
            .with("type", "string")
            .with("contentEncoding", "base64"),
        _ => text(field, usage, comment),
    }
}

/// Whether a message is nothing without this field, though its comment, which is not ours, does not tell.
pub fn is_needed(field: &FieldDescriptor) -> bool {
    field.full_name() == "google.type.Decimal.value"
}

/// The parts of amounts and decimal numbers in requests, whose limits their own comments, which are not ours, do not tell.
fn amount(field: &FieldDescriptor, usage: Use) -> Option<Json> {
    if usage == Use::Answer {
        return None;
    }
    let number = |kinds: [&str; 2], format: &str, pattern: &str, most: i64| {
        Json::object()
            .with("type", Json::texts(kinds))
            .with("format", format)
            .with("pattern", pattern)
            .with("minimum", -most)
            .with("maximum", most)
    };
    match field.full_name() {
        "google.type.Decimal.value" => Some(
            Json::object()
                .with("type", "string")
                .with("pattern", DECIMAL),
        ),
        "google.type.Money.units" => {
            Some(number(["string", "integer"], "int64", UNITS, MOST_UNITS))
        }
        "google.type.Money.nanos" => {
            let nanos = number(["integer", "string"], "int32", NANOS, MOST_NANOS);
            Some(nanos.with("multipleOf", NANOS_STEP))
        }
        _ => None,
    }
}

/// A 64-bit number: answered as digits in a text, taken as that or as a number.
fn long(format: &str, field: &FieldDescriptor, usage: Use, comment: &str) -> Json {
    let kinds: Json = match usage {
        Use::Answer | Use::Parameter => "string".into(),
        Use::Request | Use::Import => Json::texts(["string", "integer"]),
    };
    let schema = Json::object().with("type", kinds).with("format", format);
    if usage == Use::Answer {
        return schema.with("pattern", ANSWERED);
    }
    let counted = comment.contains(COUNTED) && (usage == Use::Parameter || is_meant(field));
    let given = usage == Use::Import && comment.contains(GIVEN);
    let (pattern, least, most) = match limits::range(comment).least {
        _ if counted => (COUNT, 1, i64::MAX),
        Some(0) => (NATURAL, 0, MOST_GIVEN),
        _ if given => (NATURAL, 0, MOST_GIVEN),
        _ => (DIGITS, i64::MIN, i64::MAX),
    };
    let schema = schema.with("pattern", pattern);
    if usage == Use::Parameter {
        return schema;
    }
    schema.with("minimum", least).with("maximum", most)
}

/// Whether the default value, where it is given, is meant as it stands: elsewhere it means that none is given.
pub fn is_meant(field: &FieldDescriptor) -> bool {
    let chosen = field
        .containing_oneof()
        .is_some_and(|oneof| !oneof.is_synthetic());
    let told = behaviour(field) != Behaviour::OutputOnly;
    told && (chosen || field.is_list() || behaviour(field) == Behaviour::Required)
}

/// A 32-bit number: answered as a number, taken as that or as digits in a text.
fn short(format: &str, usage: Use, comment: &str) -> Json {
    let bounds = limits::range(comment);
    let pattern = match (bounds.least, bounds.most) {
        (Some(0), Some(most @ 0..=9)) => format!("^0{{0,8}}[0-{most}]$"),
        (Some(0), _) => FEW_NATURAL.to_owned(),
        _ => FEW_DIGITS.to_owned(),
    };
    let schema = Json::object();
    let schema = match usage {
        Use::Answer => return schema.with("type", "integer").with("format", format),
        Use::Parameter => schema.with("type", "integer").with("format", format),
        Use::Request | Use::Import => schema
            .with("type", Json::texts(["integer", "string"]))
            .with("format", format)
            .with("pattern", pattern),
    };
    schema
        .with("minimum", bounds.least.unwrap_or(i32::MIN.into()))
        .with("maximum", bounds.most.unwrap_or(i32::MAX.into()))
}

fn text(field: &FieldDescriptor, usage: Use, comment: &str) -> Json {
    let text = || Json::object().with("type", "string");
    let format = match field.name() {
        "request_id" => Some("uuid"),
        "pay_date" => Some("date"),
        _ => None,
    };
    if usage == Use::Answer {
        return text().with_some("format", format);
    }
    let mut schema = match format {
        // An empty text means that none is given.
        Some(format) if !is_meant(field) => {
            let forms = vec![text().with("format", format), text().with("maxLength", 0)];
            return Json::object().with("anyOf", forms);
        }
        format => text().with_some("format", format),
    };
    let pattern = match field.full_name() {
        _ if field.name() == "currency_code" => Some(CURRENCY),
        "orderstatus.v1.Account.code" => Some(CODE),
        "orderstatus.v1.ListOrdersRequest.order_by" => Some(ORDERS),
        _ if comment.contains(NOT_BLANK) && is_meant(field) => Some(SIGN),
        _ if comment.contains(NOT_BLANK) => Some(SIGN_OR_NOTHING),
        _ => None,
    };
    schema = schema.with_some("pattern", pattern);
    let bounds = limits::characters(comment);
    if !is_meant(field) && bounds.least.is_some_and(|least| least > 1) {
        let given = text()
            .with_some("minLength", bounds.least)
            .with_some("maxLength", bounds.most);
        let forms = vec![given, text().with("maxLength", 0)];
        return Json::object().with("anyOf", forms);
    }
    schema
        .with_some("minLength", bounds.least.filter(|_| is_meant(field)))
        .with_some("maxLength", bounds.most)
}
