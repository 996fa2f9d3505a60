use std::collections::BTreeSet;

use super::*;
use crate::domain::decimal::Decimal;
use crate::domain::fields::settable_paths;

fn euros(units: i64) -> proto::Money {
    proto::Money {
        currency_code: "EUR".to_owned(),
        units,
        nanos: 0,
    }
}

fn value<'a>(patch: &'a Patch, path: &str) -> Option<&'a Value> {
    patch
        .values
        .iter()
        .find(|(field, _)| *field == path)
        .map(|(_, value)| value)
}

#[test]
fn every_field_that_the_domain_takes_is_read() {
    let sets = ["store_name", "lines", "terms", "payments", "attributes"];
    let read: BTreeSet<&str> = FIELDS.iter().map(|(path, _)| *path).chain(sets).collect();
    assert_eq!(read, settable_paths().collect::<BTreeSet<_>>());
}

#[test]
fn an_update_without_a_mask_sets_what_is_filled_and_nothing_else() {
    let order = pb::Order {
        id: 7,
        notes: "no onions".to_owned(),
        tax: Some(euros(3)),
        customer: Some(pb::OrderCustomer {
            phone: "1".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let mut reader = Reader::default();
    let update = update(&mut reader, order, &Mask::Filled);
    assert_eq!(update.order, OrderRef::Id(7));
    let currencies = [("tax.currency_code".to_owned(), "EUR".to_owned())];
    assert_eq!(update.patch.currencies, currencies);
    let set: BTreeSet<&str> = update.patch.values.iter().map(|(path, _)| *path).collect();
    assert_eq!(set, BTreeSet::from(["customer.phone", "notes", "tax"]));
    assert_eq!(
        value(&update.patch, "tax"),
        Some(&Value::decimal(Decimal::whole(3)))
    );
    assert_eq!((update.patch.lines, update.patch.payments), (None, None));
}

#[test]
fn a_mask_clears_the_fields_that_it_names_and_the_request_leaves_empty() {
    let mut reader = Reader::default();
    let mask = Mask::Named(vec![
        "customer".to_owned(),
        "lines".to_owned(),
        "store_name".to_owned(),
    ]);
    let update = update(
        &mut reader,
        pb::Order {
            id: 7,
            ..Default::default()
        },
        &mask,
    );
    for field in [
        "customer.id",
        "customer.name",
        "customer.address",
        "store_id",
    ] {
        assert_eq!(value(&update.patch, field), Some(&Value::Null), "{field}");
    }
    assert_eq!(update.patch.lines, Some(vec![]));
    assert_eq!(value(&update.patch, "notes"), None);
}

#[test]
fn a_number_names_the_order_where_there_is_no_id_and_is_the_new_one_where_there_is() {
    let order = |id| pb::Order {
        id,
        number: "A-1".to_owned(),
        ..Default::default()
    };
    let mut reader = Reader::default();
    let by_number = update(&mut reader, order(0), &Mask::All);
    assert_eq!(by_number.order, OrderRef::Number("A-1".to_owned()));
    assert_eq!(value(&by_number.patch, "number"), None);
    let by_id = update(&mut reader, order(7), &Mask::Filled);
    assert_eq!(value(&by_id.patch, "number"), Some(&Value::text("A-1")));
    assert!(reader.found().is_empty());
}

#[test]
fn everything_that_is_wrong_is_told_at_once_by_its_place() {
    let line = pb::Line {
        kind: 9,
        quantity: Some(proto::Decimal {
            value: "x".to_owned(),
        }),
        unit_price: Some(proto::Money {
            currency_code: "USD".to_owned(),
            units: 1,
            nanos: 1,
        }),
        ..Default::default()
    };
    let order = pb::Order {
        notes: "a\0b".to_owned(),
        delivery_status: 11,
        order_date: Some(prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: 0,
        }),
        lines: vec![pb::Line::default(), line],
        payments: vec![pb::Payment::default()],
        ..Default::default()
    };
    let mut reader = Reader::default();
    new_order(&mut reader, &Path::Request.field("order"), order);
    let fields: BTreeSet<&str> = reader.found().iter().map(|(field, _)| *field).collect();
    let expected = BTreeSet::from([
        "order.notes",
        "order.delivery_status",
        "order.order_date.seconds",
        "order.lines[1].kind",
        "order.lines[1].quantity.value",
        "order.lines[1].unit_price.nanos",
        "order.payments[0].amount",
    ]);
    assert_eq!(fields, expected);
}

#[test]
fn only_an_import_takes_what_is_output_only() {
    let order = || pb::Order {
        id: 7,
        locked: true,
        state: Some(pb::OrderState {
            key: "confirmed".to_owned(),
            ..Default::default()
        }),
        cancellation_type: "late".to_owned(),
        create_time: Some(prost_types::Timestamp {
            seconds: 1,
            nanos: 0,
        }),
        lines: vec![pb::Line {
            id: 3,
            invoice_number: 9,
            ..Default::default()
        }],
        ..Default::default()
    };
    let at = Path::Request.field("order");
    let mut reader = Reader::default();
    let made = new_order(&mut reader, &at, order());
    assert_eq!(
        (made.id, made.locked, made.state, made.create_time),
        (None, false, None, None)
    );
    let line = made.patch.lines.unwrap_or_default().remove(0);
    assert_eq!((line.id, line.invoice_number), (None, None));

    let brought = imported_order(&mut reader, &at, order());
    assert_eq!((brought.id, brought.locked), (Some(7), true));
    assert_eq!(brought.state, Some(Target::State("confirmed".to_owned())));
    let line = brought.patch.lines.unwrap_or_default().remove(0);
    assert_eq!((line.id, line.invoice_number), (Some(3), Some(9)));
    assert!(reader.found().is_empty());
}

#[test]
fn an_imported_order_needs_a_state_and_may_give_its_number() {
    let mut reader = Reader::default();
    let orders = Path::Request.field("orders");
    imported_order(&mut reader, &orders.item(0), pb::Order::default());
    assert_eq!(reader.found(), [("orders[0].state", "is required")]);
    let by_code = pb::Order {
        state: Some(pb::OrderState::default()),
        ..Default::default()
    };
    let order = imported_order(&mut reader, &orders.item(1), by_code);
    assert_eq!(order.state, Some(Target::StateCode(0)));
}
