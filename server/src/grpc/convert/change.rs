//! Changes as callers see them.

use order_status_proto::v1 as pb;
use serde_json::Value as Json;

use super::codes::{
    CHANGE_KINDS, DELIVERY_STATUSES, INVOICE_STATUSES, PAYMENT_STATUSES, ROLES, VERBS, name_of,
    number_of,
};
use super::time::{rfc3339, timestamp};
use super::workflow::state;
use crate::domain::change::{Change, FieldChange};
use crate::domain::fields::{FIELDS, Kind};
use crate::domain::value::Value;
use crate::domain::workflow::Workflow;

/// The prefix of what is computed, in history: the API shows such a field under its plain name.
const DERIVED: &str = "derived.";

/// What of an order's history is the staff's business: what carries its goods, and what others pay.
const INTERNAL: [&str; 3] = ["documents.", "invoices.", "told_customers"];

/// A change of an order that follows `workflow`, with what is the staff's business or without.
pub fn change(change: &Change, workflow: Option<&Workflow>, internal: bool) -> pb::Change {
    let mut fields = fields(&change.fields, change.version == 1);
    fields.retain(|field| internal || !INTERNAL.iter().any(|path| field.path.starts_with(path)));
    pb::Change {
        position: change.position,
        version: change.version,
        order_id: change.order_id,
        kind: number_of(CHANGE_KINDS, &change.kind),
        transition: change.transition.clone(),
        verb: change.verb.map_or(0, |verb| number_of(VERBS, &verb)),
        actor: change.actor.clone(),
        role: number_of(ROLES, &change.role),
        from: (!change.from.is_empty()).then(|| state(&change.from, workflow)),
        to: Some(state(&change.to, workflow)),
        reason: change.reason.clone(),
        message: change.message.clone(),
        public: change.public,
        notify: change.notify,
        request_id: change
            .request_id
            .map_or_else(String::new, |id| uuid::Uuid::from_bytes(id).to_string()),
        fields,
        passed_over: change.passed_over.clone(),
        create_time: Some(timestamp(change.create_time)),
        hash: change.hash.to_vec(),
    }
}

/// The fields in the order of their paths. Where an amount was given and the one in force moved with
/// it, the latter is shown: it is what the order shows. Before the first change nothing was set.
fn fields(changes: &[FieldChange], first: bool) -> Vec<pb::FieldChange> {
    let shown = |field: &&FieldChange| {
        !changes
            .iter()
            .any(|other| other.path.strip_prefix(DERIVED) == Some(field.path.as_str()))
    };
    let mut fields: Vec<_> = changes
        .iter()
        .filter(shown)
        .map(|field| pb::FieldChange {
            path: field
                .path
                .strip_prefix(DERIVED)
                .unwrap_or(&field.path)
                .to_owned(),
            before: text(&field.path, &field.before).filter(|_| !first),
            after: text(&field.path, &field.after),
        })
        .collect();
    fields.sort_by(|one, other| one.path.cmp(&other.path));
    fields
}

/// The canonical text of a value; `None` for a field that is not set.
fn text(path: &str, value: &Value) -> Option<String> {
    match (value, path) {
        (Value::Null, _) => None,
        (Value::Bool(value), _) => Some(value.to_string()),
        (Value::Text(text), _) => Some(text.clone()),
        (Value::List(_) | Value::Map(_), _) => Some(json(value).to_string()),
        (Value::Int(number), "payment_status") => {
            Some(named(name_of(PAYMENT_STATUSES, *number), *number))
        }
        (Value::Int(number), "invoice_status") => {
            Some(named(name_of(INVOICE_STATUSES, *number), *number))
        }
        (Value::Int(number), "delivery_status") => {
            Some(named(name_of(DELIVERY_STATUSES, *number), *number))
        }
        (Value::Int(number), _) => match value.as_time().filter(|_| is_time(path)) {
            Some(time) => Some(rfc3339(time)),
            None => Some(number.to_string()),
        },
    }
}

fn named(name: Option<&'static str>, number: i64) -> String {
    name.map_or_else(|| number.to_string(), str::to_owned)
}

fn is_time(path: &str) -> bool {
    FIELDS
        .iter()
        .any(|field| field.path == path && field.kind == Kind::Time)
}

/// A value as JSON, its fields in the order of their names.
fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(values) => Json::Array(values.iter().map(json).collect()),
        Value::Map(fields) => {
            let field = |(name, value): (&String, &Value)| match (name.as_str(), value.as_time()) {
                // The only time inside a part: when a payment was recorded.
                ("create_time", Some(time)) => (name.clone(), Json::String(rfc3339(time))),
                _ => (name.clone(), json(value)),
            };
            Json::Object(fields.iter().map(field).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str, before: Value, after: Value) -> FieldChange {
        FieldChange {
            path: path.to_owned(),
            before,
            after,
            digest: None,
        }
    }

    #[test]
    fn values_read_as_text_in_the_order_of_their_paths() {
        let address = Value::map([
            ("city", Value::text("Utrecht")),
            ("business", Value::Bool(true)),
        ]);
        let shown = fields(
            &[
                field("order_date", Value::Null, Value::Int(1_500_000_000_000_000)),
                field("delivery_address", Value::Null, address),
                field("payment_status", Value::Int(1), Value::Int(2)),
                field("customer.id", Value::Int(3), Value::Null),
            ],
            false,
        );
        let lines: Vec<_> = shown
            .iter()
            .map(|f| {
                (
                    f.path.as_str(),
                    f.before.as_deref().unwrap_or("-"),
                    f.after.as_deref().unwrap_or("-"),
                )
            })
            .collect();
        let expected = [
            ("customer.id", "3", "-"),
            (
                "delivery_address",
                "-",
                r#"{"business":true,"city":"Utrecht"}"#,
            ),
            ("order_date", "-", "2017-07-14T02:40:00Z"),
            (
                "payment_status",
                "PAYMENT_STATUS_UNPAID",
                "PAYMENT_STATUS_PAID",
            ),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn before_its_first_change_an_order_had_nothing() {
        let shown = fields(
            &[field("grand_total", Value::text("0"), Value::text("40"))],
            true,
        );
        assert_eq!(
            (shown[0].before.as_deref(), shown[0].after.as_deref()),
            (None, Some("40"))
        );
    }

    #[test]
    fn of_a_given_amount_and_the_one_in_force_the_latter_is_shown() {
        let shown = fields(
            &[
                field("tax", Value::Null, Value::text("5")),
                field("derived.tax", Value::text("4.2"), Value::text("5")),
            ],
            false,
        );
        assert_eq!(shown.len(), 1);
        assert_eq!(
            (shown[0].path.as_str(), shown[0].before.as_deref()),
            ("tax", Some("4.2"))
        );
    }
}
