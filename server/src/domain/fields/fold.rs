//! History folded into the order that it is about, and unfolded again.

use super::FIELDS;
use crate::domain::change::{Change, FieldChange};
use crate::domain::document::Share;
use crate::domain::hold::Hold;
use crate::domain::invoice::OrderInvoice;
use crate::domain::order::{Line, Order, Payment};
use crate::domain::time::Timestamp;
use crate::domain::value::Value;

/// Applies the fields of one change to the order: one step of the fold of history.
pub fn apply(order: &mut Order, fields: &[FieldChange]) {
    for change in fields {
        set(order, &change.path, &change.after);
    }
}

/// Takes the fields of the order's last change back: one step of the fold, backwards.
pub fn revert(order: &mut Order, fields: &[FieldChange]) {
    // In the same order as forwards: the order of lines is set once all of them are there.
    for change in fields {
        set(order, &change.path, &change.before);
    }
}

fn set(order: &mut Order, path: &str, value: &Value) {
    if let Some(field) = FIELDS.iter().find(|field| field.path == path) {
        return (field.set)(order, value);
    }
    match path.split_once('.') {
        Some(("lines", id)) => set_line(order, id.parse().unwrap_or(0), value),
        Some(("payments", id)) => set_payment(order, id.parse().unwrap_or(0), value),
        Some(("holds", id)) => set_hold(order, id.parse().unwrap_or(0), value),
        Some(("documents", name)) => set_share(order, name, value),
        Some(("invoices", number)) => set_invoice(order, number.parse().unwrap_or(0), value),
        Some(("attributes", name)) => match value {
            Value::Text(text) => drop(order.attributes.insert(name.to_owned(), text.clone())),
            _ => drop(order.attributes.remove(name)),
        },
        _ if path == "terms" => {
            order.terms = match value {
                Value::List(terms) => terms.iter().map(|term| term.as_text().to_owned()).collect(),
                _ => Vec::new(),
            };
        }
        _ if path == "told_customers" => {
            order.told_customers = match value {
                Value::List(ids) => ids.iter().filter_map(Value::as_int).collect(),
                _ => Vec::new(),
            };
        }
        _ if path == "line_order" => {
            let Value::List(ids) = value else { return };
            let place = |line: &Line| ids.iter().position(|id| *id == Value::Int(line.id));
            order.lines.sort_by_key(place);
        }
        _ => {}
    }
}

fn set_line(order: &mut Order, id: i64, value: &Value) {
    order.last_line_id = order.last_line_id.max(id);
    let slot = order.lines.iter().position(|line| line.id == id);
    match (slot, value) {
        (Some(at), Value::Null) => drop(order.lines.remove(at)),
        (None, Value::Null) => {}
        (Some(at), _) => order.lines[at] = Line::from_value(id, value),
        (None, _) => order.lines.push(Line::from_value(id, value)),
    }
}

fn set_payment(order: &mut Order, id: i64, value: &Value) {
    order.payments.retain(|payment| payment.id != id);
    if *value != Value::Null {
        order.payments.push(Payment::from_value(id, value));
    }
}

fn set_hold(order: &mut Order, id: i64, value: &Value) {
    order.last_hold_id = order.last_hold_id.max(id);
    order.holds.retain(|hold| hold.id != id);
    if *value != Value::Null {
        order.holds.push(Hold::from_value(id, value));
        order.holds.sort_by_key(|hold| hold.id);
    }
}

fn set_share(order: &mut Order, name: &str, value: &Value) {
    if let Some(key) = Share::parse_name(name) {
        let share = (*value != Value::Null).then(|| Share::from_value(key, value));
        order.set_share(key, share);
    }
}

fn set_invoice(order: &mut Order, number: i64, value: &Value) {
    order.invoices.retain(|invoice| invoice.number != number);
    if *value != Value::Null {
        order.invoices.push(OrderInvoice::from_value(number, value));
        order.invoices.sort_by_key(|invoice| invoice.number);
    }
}

/// Folds one change into the order, including what the change itself carries: version, time, hash.
pub fn fold(order: &mut Order, change: &Change) {
    order.account_id = change.account_id;
    order.id = change.order_id;
    apply(order, &change.fields);
    order.version = change.version;
    order.update_time = change.create_time;
    order.last_hash = change.hash;
}

/// Takes `change`, the order's last one, back, where `previous` is the change before it.
pub fn unfold(order: &mut Order, change: &Change, previous: Option<(Timestamp, [u8; 32])>) {
    revert(order, &change.fields);
    order.version = change.version - 1;
    (order.update_time, order.last_hash) = previous.unwrap_or_default();
}
