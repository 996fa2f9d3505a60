//! The fields of an order as one table: what each is called, what it may hold, and how it is read and
//! set. Create, update, import, history and its fold all go by this table.

use std::collections::{BTreeMap, BTreeSet};

use super::address::Address;
use super::change::FieldChange;
use super::decimal::Decimal;
use super::document::Share;
use super::hold::Hold;
use super::invoice::OrderInvoice;
use super::money::{InvoiceStatus, PaymentStatus};
use super::order::{DeliveryStatus, Line, Order, Payment};
use super::time::Timestamp;
use super::value::Value;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A code of the named catalog.
    Code(&'static str),
    /// A decimal, at least nought.
    Amount,
    /// A decimal from 0 to 100.
    Percent,
    /// A point in time.
    Time,
    /// A postal address.
    Address,
    /// A delivery status number.
    DeliveryStatus,
    /// The id of one of the account's stores.
    Store,
    /// The id of one of the account's customers.
    Customer,
}

/// Who may set a field, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// In states that can be edited in full.
    Commercial,
    /// Also in states that can be edited for contact and delivery.
    Contact,
    /// Only by the service itself.
    Service,
}

/// One field of an order.
pub struct Field {
    /// Its path in history; for fields that callers set also its path in the API.
    pub path: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Who may set it.
    pub input: Input,
    /// Whether it holds a personal value, which history keeps apart.
    pub personal: bool,
    /// Reads it.
    pub get: fn(&Order) -> Value,
    /// Sets it to a value that was checked, or that history kept.
    pub set: fn(&mut Order, &Value),
}

const fn field(
    path: &'static str,
    kind: Kind,
    input: Input,
    get: fn(&Order) -> Value,
    set: fn(&mut Order, &Value),
) -> Field {
    Field {
        path,
        kind,
        input,
        personal: false,
        get,
        set,
    }
}

const fn personal(
    path: &'static str,
    kind: Kind,
    get: fn(&Order) -> Value,
    set: fn(&mut Order, &Value),
) -> Field {
    Field {
        path,
        kind,
        input: Contact,
        personal: true,
        get,
        set,
    }
}

fn owned(value: &Value) -> String {
    value.as_text().to_owned()
}

fn amount(value: &Value) -> Decimal {
    value.as_decimal().unwrap_or_default()
}

fn zero_is_null(value: Decimal) -> Value {
    if value.is_zero() {
        Value::Null
    } else {
        Value::decimal(value)
    }
}

fn code_of(value: &Value) -> i64 {
    value.as_int().unwrap_or(0)
}

use Input::{Commercial, Contact, Service};
use Kind::{Amount, Code, Percent, Text, Time};

/// Every field except lines, terms, payments and attributes.
pub const FIELDS: &[Field] = &[
    field(
        "number",
        Text(64),
        Commercial,
        |o| Value::text(&o.number),
        |o, v| o.number = owned(v),
    ),
    field(
        "workflow",
        Text(64),
        Service,
        |o| Value::text(&o.workflow),
        |o, v| o.workflow = owned(v),
    ),
    field(
        "workflow_version",
        Text(0),
        Service,
        |o| Value::Int(i64::from(o.workflow_version)),
        |o, v| o.workflow_version = u32::try_from(code_of(v)).unwrap_or(0),
    ),
    field(
        "state",
        Text(64),
        Service,
        |o| Value::text(&o.state),
        |o, v| o.state = owned(v),
    ),
    field(
        "locked",
        Text(0),
        Service,
        |o| Value::Bool(o.locked),
        |o, v| o.locked = v.as_bool(),
    ),
    field(
        "delivery_status",
        Kind::DeliveryStatus,
        Contact,
        |o| {
            o.delivery_status
                .map(|status| i64::from(status.code()))
                .into()
        },
        |o, v| o.delivery_status = v.as_int().and_then(DeliveryStatus::from_code),
    ),
    field(
        "customer.id",
        Kind::Customer,
        Commercial,
        |o| o.customer.id.into(),
        |o, v| o.customer.id = v.as_int(),
    ),
    personal(
        "customer.name",
        Text(200),
        |o| Value::text(&o.customer.name),
        |o, v| o.customer.name = owned(v),
    ),
    personal(
        "customer.phone",
        Text(64),
        |o| Value::text(&o.customer.phone),
        |o, v| o.customer.phone = owned(v),
    ),
    personal(
        "customer.email",
        Text(254),
        |o| Value::text(&o.customer.email),
        |o, v| o.customer.email = owned(v),
    ),
    personal(
        "customer.contact_name",
        Text(200),
        |o| Value::text(&o.customer.contact_name),
        |o, v| o.customer.contact_name = owned(v),
    ),
    personal(
        "customer.address",
        Kind::Address,
        |o| {
            o.customer
                .address
                .as_ref()
                .map_or(Value::Null, Address::to_value)
        },
        |o, v| o.customer.address = Address::from_value(v),
    ),
    field(
        "store_id",
        Kind::Store,
        Commercial,
        |o| o.store_id.into(),
        |o, v| o.store_id = v.as_int(),
    ),
    field(
        "channel",
        Code("channels"),
        Commercial,
        |o| Value::text(&o.channel),
        |o, v| o.channel = owned(v),
    ),
    field(
        "table_number",
        Text(64),
        Contact,
        |o| Value::text(&o.table_number),
        |o, v| o.table_number = owned(v),
    ),
    field(
        "notes",
        Text(4000),
        Contact,
        |o| Value::text(&o.notes),
        |o, v| o.notes = owned(v),
    ),
    field(
        "currency_code",
        Text(3),
        Service,
        |o| Value::text(&o.currency),
        |o, v| o.currency = owned(v),
    ),
    field(
        "total",
        Amount,
        Commercial,
        |o| o.charges.total.into(),
        |o, v| o.charges.total = v.as_decimal(),
    ),
    field(
        "discount",
        Amount,
        Commercial,
        |o| o.charges.discount.into(),
        |o, v| o.charges.discount = v.as_decimal(),
    ),
    field(
        "discount_percent",
        Percent,
        Commercial,
        |o| o.charges.discount_percent.into(),
        |o, v| o.charges.discount_percent = v.as_decimal(),
    ),
    field(
        "tax",
        Amount,
        Commercial,
        |o| o.charges.tax.into(),
        |o, v| o.charges.tax = v.as_decimal(),
    ),
    field(
        "vat_percent",
        Percent,
        Commercial,
        |o| o.charges.vat_percent.into(),
        |o, v| o.charges.vat_percent = v.as_decimal(),
    ),
    field(
        "service_charge",
        Amount,
        Commercial,
        |o| zero_is_null(o.charges.service_charge),
        |o, v| o.charges.service_charge = amount(v),
    ),
    field(
        "delivery_fee",
        Amount,
        Commercial,
        |o| zero_is_null(o.charges.delivery_fee),
        |o, v| o.charges.delivery_fee = amount(v),
    ),
    field(
        "installation_fee",
        Amount,
        Commercial,
        |o| zero_is_null(o.charges.installation_fee),
        |o, v| o.charges.installation_fee = amount(v),
    ),
    field(
        "payment_method",
        Code("payment_methods"),
        Contact,
        |o| Value::text(&o.payment_method),
        |o, v| o.payment_method = owned(v),
    ),
    field(
        "delivery_method",
        Code("delivery_methods"),
        Contact,
        |o| Value::text(&o.delivery_method),
        |o, v| o.delivery_method = owned(v),
    ),
    personal(
        "delivery_address",
        Kind::Address,
        |o| {
            o.delivery_address
                .as_ref()
                .map_or(Value::Null, Address::to_value)
        },
        |o, v| o.delivery_address = Address::from_value(v),
    ),
    field(
        "order_date",
        Time,
        Commercial,
        |o| o.order_date.into(),
        |o, v| o.order_date = v.as_time(),
    ),
    field(
        "source",
        Code("sources"),
        Commercial,
        |o| Value::text(&o.source),
        |o, v| o.source = owned(v),
    ),
    field(
        "assigned_username",
        Text(200),
        Contact,
        |o| Value::text(&o.assigned_username),
        |o, v| o.assigned_username = owned(v),
    ),
    field(
        "lading_code",
        Text(64),
        Contact,
        |o| Value::text(&o.lading_code),
        |o, v| o.lading_code = owned(v),
    ),
    field(
        "campaign_code",
        Text(64),
        Commercial,
        |o| Value::text(&o.campaign_code),
        |o, v| o.campaign_code = owned(v),
    ),
    field(
        "opportunity_code",
        Text(64),
        Commercial,
        |o| Value::text(&o.opportunity_code),
        |o, v| o.opportunity_code = owned(v),
    ),
    field(
        "cancellation_type",
        Code("cancellation_types"),
        Service,
        |o| Value::text(&o.cancellation_type),
        |o, v| o.cancellation_type = owned(v),
    ),
    field(
        "create_time",
        Time,
        Service,
        |o| Value::Int(o.create_time.micros()),
        |o, v| {
            o.create_time = v.as_time().unwrap_or_default();
        },
    ),
    field(
        "delete_time",
        Time,
        Service,
        |o| o.delete_time.into(),
        |o, v| o.delete_time = v.as_time(),
    ),
    derived(
        "derived.total",
        |o| Value::decimal(o.derived.total),
        |o, v| o.derived.total = amount(v),
    ),
    derived(
        "derived.discount",
        |o| Value::decimal(o.derived.discount),
        |o, v| o.derived.discount = amount(v),
    ),
    derived(
        "derived.tax",
        |o| Value::decimal(o.derived.tax),
        |o, v| o.derived.tax = amount(v),
    ),
    derived(
        "grand_total",
        |o| Value::decimal(o.derived.grand_total),
        |o, v| o.derived.grand_total = amount(v),
    ),
    derived(
        "amount_paid",
        |o| Value::decimal(o.derived.amount_paid),
        |o, v| o.derived.amount_paid = amount(v),
    ),
    derived(
        "payment_status",
        |o| Value::Int(i64::from(o.derived.payment_status.code())),
        |o, v| o.derived.payment_status = PaymentStatus::from_code(code_of(v)).unwrap_or_default(),
    ),
    derived(
        "invoice_status",
        |o| Value::Int(i64::from(o.derived.invoice_status.code())),
        |o, v| o.derived.invoice_status = InvoiceStatus::from_code(code_of(v)).unwrap_or_default(),
    ),
];

const fn derived(
    path: &'static str,
    get: fn(&Order) -> Value,
    set: fn(&mut Order, &Value),
) -> Field {
    field(path, Amount, Service, get, set)
}

/// The field with that path, if it is one that callers set.
pub fn settable(path: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .find(|field| field.path == path && field.input != Service)
}

/// The paths that an update may name: the settable fields and the sets beside them.
pub fn settable_paths() -> impl Iterator<Item = &'static str> {
    FIELDS
        .iter()
        .filter(|field| field.input != Service)
        .map(|field| field.path)
        .chain(["store_name", "lines", "terms", "payments", "attributes"])
}

/// Every field in which two versions of an order differ, in the table's order, then lines, terms,
/// payments, holds, documents and attributes. `before` is the default order for a first change.
pub fn diff(before: &Order, after: &Order) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for field in FIELDS {
        push(
            (field.get)(before),
            (field.get)(after),
            field.path.to_owned(),
            field.personal,
            &mut changes,
        );
    }
    if before.lines != after.lines {
        let ids: BTreeSet<i64> = before
            .lines
            .iter()
            .chain(&after.lines)
            .map(|line| line.id)
            .collect();
        for id in ids {
            let value = |order: &Order| {
                order
                    .lines
                    .iter()
                    .find(|line| line.id == id)
                    .map_or(Value::Null, Line::to_value)
            };
            push(
                value(before),
                value(after),
                format!("lines.{id}"),
                false,
                &mut changes,
            );
        }
        let order_of = |order: &Order| {
            Value::List(order.lines.iter().map(|line| Value::Int(line.id)).collect())
        };
        push(
            order_of(before),
            order_of(after),
            "line_order".to_owned(),
            false,
            &mut changes,
        );
    }
    if before.terms != after.terms {
        let terms = |order: &Order| {
            Value::List(
                order
                    .terms
                    .iter()
                    .map(|term| Value::Text(term.clone()))
                    .collect(),
            )
        };
        push(
            terms(before),
            terms(after),
            "terms".to_owned(),
            false,
            &mut changes,
        );
    }
    for payment in after.payments.iter().skip(before.payments.len()) {
        push(
            Value::Null,
            payment.to_value(),
            format!("payments.{}", payment.id),
            false,
            &mut changes,
        );
    }
    if before.holds != after.holds {
        let ids: BTreeSet<i64> = before
            .holds
            .iter()
            .chain(&after.holds)
            .map(|hold| hold.id)
            .collect();
        for id in ids {
            let value = |order: &Order| {
                let hold = order.holds.iter().find(|hold| hold.id == id);
                hold.map_or(Value::Null, Hold::to_value)
            };
            push(
                value(before),
                value(after),
                format!("holds.{id}"),
                false,
                &mut changes,
            );
        }
    }
    if before.documents != after.documents {
        let names: BTreeSet<String> = before
            .documents
            .iter()
            .chain(&after.documents)
            .map(Share::name)
            .collect();
        for name in names {
            let value = |order: &Order| {
                let share = order.documents.iter().find(|share| share.name() == name);
                share.map_or(Value::Null, Share::to_value)
            };
            push(
                value(before),
                value(after),
                format!("documents.{name}"),
                false,
                &mut changes,
            );
        }
    }
    if before.invoices != after.invoices {
        let numbers: BTreeSet<i64> = before
            .invoices
            .iter()
            .chain(&after.invoices)
            .map(|invoice| invoice.number)
            .collect();
        for number in numbers {
            let value = |order: &Order| {
                let mut invoices = order.invoices.iter();
                let found = invoices.find(|invoice| invoice.number == number);
                found.map_or(Value::Null, OrderInvoice::to_value)
            };
            push(
                value(before),
                value(after),
                format!("invoices.{number}"),
                false,
                &mut changes,
            );
        }
    }
    if before.told_customers != after.told_customers {
        let told = |order: &Order| {
            Value::List(
                order
                    .told_customers
                    .iter()
                    .copied()
                    .map(Value::Int)
                    .collect(),
            )
        };
        push(
            told(before),
            told(after),
            "told_customers".to_owned(),
            false,
            &mut changes,
        );
    }
    if before.attributes != after.attributes {
        let names: BTreeSet<&String> = before
            .attributes
            .keys()
            .chain(after.attributes.keys())
            .collect();
        for name in names {
            let value = |map: &BTreeMap<String, String>| {
                map.get(name)
                    .map_or(Value::Null, |text| Value::Text(text.clone()))
            };
            push(
                value(&before.attributes),
                value(&after.attributes),
                format!("attributes.{name}"),
                false,
                &mut changes,
            );
        }
    }
    changes
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
                Value::List(terms) => terms.iter().map(owned).collect(),
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
pub fn fold(order: &mut Order, change: &super::change::Change) {
    order.account_id = change.account_id;
    order.id = change.order_id;
    apply(order, &change.fields);
    order.version = change.version;
    order.update_time = change.create_time;
    order.last_hash = change.hash;
}

/// Takes `change`, the order's last one, back, where `previous` is the change before it.
pub fn unfold(
    order: &mut Order,
    change: &super::change::Change,
    previous: Option<(Timestamp, [u8; 32])>,
) {
    revert(order, &change.fields);
    order.version = change.version - 1;
    (order.update_time, order.last_hash) = previous.unwrap_or_default();
}
