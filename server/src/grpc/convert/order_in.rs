//! Orders as callers give them.

mod parts;

use order_status_proto as proto;
use order_status_proto::v1 as pb;

use super::codes::DELIVERY_STATUSES;
use super::mask::Mask;
use super::reader::{Path, Reader};
use crate::domain::command::{NewOrder, Patch, Target};
use crate::domain::order::OrderRef;
use crate::domain::value::Value;
use parts::{attributes, line, payment};

pub use parts::{PaymentFields, address, line_quantities, payment_input};

/// How a field is read from an order of the API.
enum Get {
    Text(fn(&mut pb::Order) -> &mut String),
    /// Text of the customer, whose part may be missing.
    CustomerText(fn(&mut pb::OrderCustomer) -> &mut String),
    Number(fn(&pb::Order) -> Option<i64>),
    Money(fn(&pb::Order) -> Option<&proto::Money>),
    Percent(fn(&pb::Order) -> Option<&proto::Decimal>),
    Address(fn(&mut pb::Order) -> Option<pb::Address>),
    DeliveryStatus,
    OrderDate,
}

/// Every field that callers set, by its path, except lines, terms, payments, attributes and the
/// store's name.
const FIELDS: &[(&str, Get)] = &[
    ("number", Get::Text(|o| &mut o.number)),
    ("delivery_status", Get::DeliveryStatus),
    (
        "customer.id",
        Get::Number(|o| o.customer.as_ref().and_then(|c| c.id)),
    ),
    ("customer.name", Get::CustomerText(|c| &mut c.name)),
    ("customer.phone", Get::CustomerText(|c| &mut c.phone)),
    ("customer.email", Get::CustomerText(|c| &mut c.email)),
    (
        "customer.contact_name",
        Get::CustomerText(|c| &mut c.contact_name),
    ),
    (
        "customer.address",
        Get::Address(|o| o.customer.as_mut().and_then(|c| c.address.take())),
    ),
    ("store_id", Get::Number(|o| o.store_id)),
    ("channel", Get::Text(|o| &mut o.channel)),
    ("table_number", Get::Text(|o| &mut o.table_number)),
    ("notes", Get::Text(|o| &mut o.notes)),
    ("total", Get::Money(|o| o.total.as_ref())),
    ("discount", Get::Money(|o| o.discount.as_ref())),
    (
        "discount_percent",
        Get::Percent(|o| o.discount_percent.as_ref()),
    ),
    ("tax", Get::Money(|o| o.tax.as_ref())),
    ("vat_percent", Get::Percent(|o| o.vat_percent.as_ref())),
    ("service_charge", Get::Money(|o| o.service_charge.as_ref())),
    ("delivery_fee", Get::Money(|o| o.delivery_fee.as_ref())),
    (
        "installation_fee",
        Get::Money(|o| o.installation_fee.as_ref()),
    ),
    ("payment_method", Get::Text(|o| &mut o.payment_method)),
    ("delivery_method", Get::Text(|o| &mut o.delivery_method)),
    (
        "delivery_address",
        Get::Address(|o| o.delivery_address.take()),
    ),
    ("order_date", Get::OrderDate),
    ("source", Get::Text(|o| &mut o.source)),
    ("assigned_username", Get::Text(|o| &mut o.assigned_username)),
    ("lading_code", Get::Text(|o| &mut o.lading_code)),
    ("campaign_code", Get::Text(|o| &mut o.campaign_code)),
    ("opportunity_code", Get::Text(|o| &mut o.opportunity_code)),
];

/// The paths of an order that a mask may name to no effect: what is output only, and what never
/// changes.
pub const IGNORED: [&str; 18] = [
    "id",
    "account_id",
    "workflow",
    "workflow_version",
    "state",
    "payment_status",
    "invoice_status",
    "locked",
    "currency_code",
    "grand_total",
    "amount_paid",
    "holds",
    "cancellation_type",
    "create_time",
    "update_time",
    "delete_time",
    "version",
    "etag",
];

/// Where an order comes from: it decides which output-only fields are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Caller,
    Import,
}

/// An update of an order, as given.
pub struct Update {
    /// Which order.
    pub order: OrderRef,
    /// What to set.
    pub patch: Patch,
    /// The workflow that the request says the order has; empty for none.
    pub workflow: String,
}

/// Reads an order to be made.
pub fn new_order(reader: &mut Reader, path: &Path<'_>, order: pb::Order) -> NewOrder {
    read_order(reader, path, order, Origin::Caller)
}

/// Reads an order to be brought in, with what it has been elsewhere.
pub fn imported_order(reader: &mut Reader, path: &Path<'_>, order: pb::Order) -> NewOrder {
    read_order(reader, path, order, Origin::Import)
}

/// Reads an update. Its id names the order where it is given; else its number does.
pub fn update(reader: &mut Reader, mut order: pb::Order, mask: &Mask) -> Update {
    let path = Path::Request.field("order");
    let by_number = order.id == 0;
    let target = if by_number {
        reader.order_number(&path.field("number"), &order.number);
        OrderRef::Number(std::mem::take(&mut order.number))
    } else {
        OrderRef::Id(reader.id(&path.field("id"), order.id))
    };
    let currency_code = std::mem::take(&mut order.currency_code);
    let workflow = std::mem::take(&mut order.workflow);
    let mut patch = patch(reader, &path, order, mask, Origin::Caller);
    if !currency_code.is_empty() {
        patch
            .currencies
            .push(("currency_code".to_owned(), currency_code));
    }
    if by_number {
        // The number is the order's name here, so there is no new one.
        patch.values.retain(|(field, _)| *field != "number");
    }
    Update {
        order: target,
        patch,
        workflow,
    }
}

fn read_order(
    reader: &mut Reader,
    path: &Path<'_>,
    mut order: pb::Order,
    origin: Origin,
) -> NewOrder {
    let given = |text: String| (!text.is_empty()).then_some(text);
    let workflow = reader.text(&path.field("workflow"), std::mem::take(&mut order.workflow));
    let code = reader.text(
        &path.field("currency_code"),
        std::mem::take(&mut order.currency_code),
    );
    let mut new = NewOrder {
        workflow: given(workflow),
        currency: given(code),
        ..NewOrder::default()
    };
    if origin == Origin::Import {
        if order.id != 0 {
            new.id = Some(reader.id(&path.field("id"), order.id));
        }
        let state = reader.required(&path.field("state"), order.state.take());
        new.state = state.map(|state| {
            if state.key.is_empty() {
                Target::StateCode(state.code)
            } else {
                Target::State(reader.text(&path.field("state.key"), state.key))
            }
        });
        new.locked = order.locked;
        new.cancellation_type = reader.text(
            &path.field("cancellation_type"),
            std::mem::take(&mut order.cancellation_type),
        );
        new.create_time = reader.time(&path.field("create_time"), order.create_time.as_ref());
    }
    new.patch = patch(reader, path, order, &Mask::Filled, origin);
    new
}

fn patch(
    reader: &mut Reader,
    path: &Path<'_>,
    mut order: pb::Order,
    mask: &Mask,
    origin: Origin,
) -> Patch {
    let mut patch = Patch::default();
    for (name, get) in FIELDS {
        let value = read_field(reader, &path.field(name), &mut order, get, origin);
        if mask.wants(name, value != Value::Null) {
            patch.values.push((name, value));
        }
    }
    let store_name = reader.text(
        &path.field("store_name"),
        std::mem::take(&mut order.store_name),
    );
    if mask.wants("store_name", !store_name.is_empty()) {
        if !store_name.is_empty() {
            patch.store_name = Some(store_name);
        } else if !patch.values.iter().any(|(field, _)| *field == "store_id") {
            // A store without a name is none.
            patch.values.push(("store_id", Value::Null));
        }
    }
    if mask.wants("lines", !order.lines.is_empty()) {
        let at = path.field("lines");
        let lines = order.lines.into_iter().enumerate();
        patch.lines = Some(
            lines
                .map(|(i, given)| line(reader, &at.item(i), given, origin))
                .collect(),
        );
    }
    if mask.wants("terms", !order.terms.is_empty()) {
        let at = path.field("terms");
        let terms = order.terms.into_iter().enumerate();
        patch.terms = Some(
            terms
                .map(|(i, term)| reader.text(&at.item(i).field("text"), term.text))
                .collect(),
        );
    }
    if mask.wants("payments", !order.payments.is_empty()) {
        let at = path.field("payments");
        let payments = order.payments.into_iter().enumerate();
        patch.payments = Some(
            payments
                .map(|(i, given)| payment(reader, &at.item(i), given))
                .collect(),
        );
    }
    if mask.wants("attributes", !order.attributes.is_empty()) {
        patch.attributes = Some(attributes(
            reader,
            &path.field("attributes"),
            order.attributes,
        ));
    }
    patch.currencies = reader.take_currencies(path);
    patch
}

fn read_field(
    reader: &mut Reader,
    path: &Path<'_>,
    order: &mut pb::Order,
    get: &Get,
    origin: Origin,
) -> Value {
    match get {
        Get::Text(text) => Value::text(&reader.text(path, std::mem::take(text(order)))),
        Get::CustomerText(text) => order.customer.as_mut().map_or(Value::Null, |customer| {
            Value::text(&reader.text(path, std::mem::take(text(customer))))
        }),
        Get::Number(number) => number(order).into(),
        Get::Money(money) => reader.money(path, money(order)).into(),
        Get::Percent(percent) => reader.decimal(path, percent(order)).into(),
        Get::Address(take) => take(order).map_or(Value::Null, |given| {
            address(reader, path, given, origin == Origin::Import).to_value()
        }),
        Get::DeliveryStatus => {
            let status = reader.code(path, order.delivery_status, DELIVERY_STATUSES);
            status.map(|status| i64::from(status.code())).into()
        }
        Get::OrderDate => reader.time(path, order.order_date.as_ref()).into(),
    }
}

#[cfg(test)]
mod tests;
