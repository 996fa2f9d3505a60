//! In what two versions of an order differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::FIELDS;
use crate::domain::change::FieldChange;
use crate::domain::document::Share;
use crate::domain::hold::Hold;
use crate::domain::invoice::OrderInvoice;
use crate::domain::order::{Line, Order};
use crate::domain::value::Value;

/// Every field in which two versions of an order differ, in the table's order, then lines, terms,
/// payments, holds, documents, invoices and attributes. `before` is the default order for a first change.
pub fn diff(before: &Order, after: &Order) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for field in FIELDS {
        let (old, new) = ((field.get)(before), (field.get)(after));
        push(
            old,
            new,
            field.path.to_owned(),
            field.personal,
            &mut changes,
        );
    }
    let (old, new) = (&before.lines, &after.lines);
    items(
        "lines",
        old,
        new,
        |line| line.id,
        Line::to_value,
        &mut changes,
    );
    if old != new {
        let order_of = |lines: &[Line]| lines.iter().map(|line| Value::Int(line.id)).collect();
        list("line_order", order_of(old), order_of(new), &mut changes);
    }
    let texts = |terms: &[String]| terms.iter().cloned().map(Value::Text).collect();
    list(
        "terms",
        texts(&before.terms),
        texts(&after.terms),
        &mut changes,
    );
    for payment in after.payments.iter().skip(before.payments.len()) {
        let path = format!("payments.{}", payment.id);
        push(Value::Null, payment.to_value(), path, false, &mut changes);
    }
    let (old, new) = (&before.holds, &after.holds);
    items(
        "holds",
        old,
        new,
        |hold| hold.id,
        Hold::to_value,
        &mut changes,
    );
    let (old, new) = (&before.documents, &after.documents);
    items(
        "documents",
        old,
        new,
        Share::name,
        Share::to_value,
        &mut changes,
    );
    let (old, new) = (&before.invoices, &after.invoices);
    let number = |invoice: &OrderInvoice| invoice.number;
    items(
        "invoices",
        old,
        new,
        number,
        OrderInvoice::to_value,
        &mut changes,
    );
    let ids = |ids: &[i64]| ids.iter().copied().map(Value::Int).collect();
    list(
        "told_customers",
        ids(&before.told_customers),
        ids(&after.told_customers),
        &mut changes,
    );
    let names = before.attributes.keys().chain(after.attributes.keys());
    for name in names.collect::<BTreeSet<_>>() {
        let value = |order: &Order| {
            let text = order.attributes.get(name);
            text.map_or(Value::Null, |text| Value::Text(text.clone()))
        };
        let path = format!("attributes.{name}");
        push(value(before), value(after), path, false, &mut changes);
    }
    changes
}

/// Each item of a set that differs, by its key.
fn items<T: PartialEq, K: Ord + Display>(
    path: &str,
    before: &[T],
    after: &[T],
    key: impl Fn(&T) -> K,
    value: fn(&T) -> Value,
    changes: &mut Vec<FieldChange>,
) {
    if before == after {
        return;
    }
    let mut pairs: BTreeMap<K, (Option<&T>, Option<&T>)> = BTreeMap::new();
    for item in before {
        pairs.entry(key(item)).or_default().0.get_or_insert(item);
    }
    for item in after {
        pairs.entry(key(item)).or_default().1.get_or_insert(item);
    }
    for (one, (old, new)) in pairs.into_iter().filter(|(_, (old, new))| old != new) {
        let told = |item: Option<&T>| item.map_or(Value::Null, value);
        let path = format!("{path}.{one}");
        push(told(old), told(new), path, false, changes);
    }
}

/// A list as a whole.
fn list(path: &str, before: Vec<Value>, after: Vec<Value>, changes: &mut Vec<FieldChange>) {
    let (before, after) = (Value::List(before), Value::List(after));
    push(before, after, path.to_owned(), false, changes);
}

fn push(before: Value, after: Value, path: String, personal: bool, changes: &mut Vec<FieldChange>) {
    if before != after {
        changes.push(FieldChange {
            path,
            before,
            after,
            digest: personal.then_some([0; 32]),
        });
    }
}
