//! Changes, with personal values kept apart.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::change::{Change, ChangeKind, FieldChange};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::domain::workflow::Verb;
use crate::store::entity::{change as changes, personal_value};
use crate::store::error::{StoreError, damaged};

use super::bytes;

/// One field of a change as it is kept. Of a personal value only the digest stands with the change.
#[derive(Serialize, Deserialize)]
struct Kept {
    path: String,
    #[serde(default, skip_serializing_if = "Json::is_null")]
    before: Json,
    #[serde(default, skip_serializing_if = "Json::is_null")]
    after: Json,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// The row of a change, without personal values.
pub fn change_row(change: &Change) -> changes::Model {
    let kept: Vec<Kept> = change.fields.iter().map(kept).collect();
    changes::Model {
        position: change.position,
        account_id: change.account_id,
        order_id: change.order_id,
        version: change.version,
        kind: change.kind.code(),
        transition: change.transition.clone(),
        verb: change.verb.map_or("", Verb::name).to_owned(),
        actor: change.actor.clone(),
        role: change.role.name().to_owned(),
        from_state: change.from.clone(),
        to_state: change.to.clone(),
        reason: change.reason.clone(),
        message: change.message.clone(),
        public: change.public,
        notify: change.notify,
        request_id: change.request_id.map(|id| id.to_vec()),
        fields: to_text(&kept),
        passed_over: if change.passed_over.is_empty() {
            String::new()
        } else {
            to_text(&change.passed_over)
        },
        create_time: change.create_time.micros(),
        hash: change.hash.to_vec(),
    }
}

/// The row of a change's personal values; `None` where it has none.
pub fn personal_row(change: &Change) -> Option<personal_value::Model> {
    let plain = |field: &FieldChange| Kept {
        path: field.path.clone(),
        before: to_json(&field.before),
        after: to_json(&field.after),
        digest: None,
    };
    let values: Vec<Kept> = change
        .fields
        .iter()
        .filter(|field| field.digest.is_some())
        .map(plain)
        .collect();
    (!values.is_empty()).then(|| personal_value::Model {
        account_id: change.account_id,
        order_id: change.order_id,
        version: change.version,
        salt: change.salt.to_vec(),
        body: to_text(&values),
    })
}

/// The change of a row, with its personal values where they were not erased.
///
/// The salt of a change without personal values is nought.
///
/// # Errors
/// Where the row makes no sense.
pub fn change(
    row: changes::Model,
    personal: Option<personal_value::Model>,
) -> Result<Change, StoreError> {
    let at = format!("change {}", row.position);
    let wrong = |what: &str| damaged(format_args!("{at}: {what}"));
    let mut fields = read_fields(&row.fields, &at)?;
    let mut salt = [0; 16];
    if let Some(personal) = personal {
        salt = bytes(&personal.salt, "salt of a change")?;
        for value in read_fields(&personal.body, &at)? {
            if let Some(field) = fields
                .iter_mut()
                .find(|field| field.path == value.path && field.digest.is_some())
            {
                (field.before, field.after) = (value.before, value.after);
            }
        }
    }
    let passed_over = match row.passed_over.as_str() {
        "" => Vec::new(),
        text => serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?,
    };
    Ok(Change {
        position: row.position,
        account_id: row.account_id,
        order_id: row.order_id,
        version: row.version,
        kind: ChangeKind::from_code(i64::from(row.kind))
            .ok_or_else(|| wrong("its kind is not known"))?,
        transition: row.transition,
        verb: match row.verb.as_str() {
            "" => None,
            name => Some(Verb::parse(name).ok_or_else(|| wrong("its verb is not known"))?),
        },
        actor: row.actor,
        role: Role::parse(&row.role).ok_or_else(|| wrong("its role is not known"))?,
        from: row.from_state,
        to: row.to_state,
        reason: row.reason,
        message: row.message,
        public: row.public,
        notify: row.notify,
        request_id: row
            .request_id
            .map(|id| bytes(&id, "request id of a change"))
            .transpose()?,
        fields,
        passed_over,
        create_time: Timestamp::from_micros(row.create_time),
        salt,
        hash: bytes(&row.hash, "hash of a change")?,
    })
}

fn kept(field: &FieldChange) -> Kept {
    match &field.digest {
        Some(digest) => Kept {
            path: field.path.clone(),
            before: Json::Null,
            after: Json::Null,
            digest: Some(hex(digest)),
        },
        None => Kept {
            path: field.path.clone(),
            before: to_json(&field.before),
            after: to_json(&field.after),
            digest: None,
        },
    }
}

fn read_fields(text: &str, at: &str) -> Result<Vec<FieldChange>, StoreError> {
    let kept: Vec<Kept> =
        serde_json::from_str(text).map_err(|error| damaged(format_args!("{at}: {error}")))?;
    kept.into_iter()
        .map(|field| read_field(field, at))
        .collect()
}

fn read_field(kept: Kept, at: &str) -> Result<FieldChange, StoreError> {
    let value = |json| {
        from_json(json)
            .ok_or_else(|| damaged(format_args!("{at}: a number of field {}", kept.path)))
    };
    let digest = kept.digest.as_deref().map(|text| {
        unhex(text).ok_or_else(|| damaged(format_args!("{at}: the digest of field {}", kept.path)))
    });
    Ok(FieldChange {
        before: value(kept.before)?,
        after: value(kept.after)?,
        digest: digest.transpose()?,
        path: kept.path,
    })
}

/// Text without a way to fail: everything here has text keys and whole numbers.
fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(values) => Json::Array(values.iter().map(to_json).collect()),
        Value::Map(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value)))
                .collect(),
        ),
    }
}

/// `None` where a number is not whole.
fn from_json(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => Value::Int(number.as_i64()?),
        Json::String(text) => Value::Text(text),
        Json::Array(values) => {
            Value::List(values.into_iter().map(from_json).collect::<Option<_>>()?)
        }
        Json::Object(fields) => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| Some((name, from_json(value)?)));
            Value::Map(fields.collect::<Option<_>>()?)
        }
    })
}

fn hex(bytes: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}
