//! Orders as the contract prints them: its names, in its order, amounts with a point.

use order_status_proto::Money;
use order_status_proto::v1 as pb;
use serde::Serialize;
use serde_json::value::RawValue;

use super::codes::Numbers;
use crate::rest::dialect::{amount, json};

/// One order under its name.
#[derive(Serialize)]
pub struct One<'a> {
    /// The order.
    pub order: Shown<'a>,
}

/// Several orders under their name.
#[derive(Serialize)]
pub struct Several<'a> {
    /// The orders.
    pub orders: Vec<Shown<'a>>,
}

/// An order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown<'a> {
    id: i64,
    number: &'a str,
    total: Box<RawValue>,
    tax: Box<RawValue>,
    service_charge: Box<RawValue>,
    grand_total: Box<RawValue>,
    table_number: &'a str,
    channel: Option<i32>,
    notes: &'a str,
    status: i32,
    delivery_status: Option<i32>,
    status_text: &'a str,
    store_name: &'a str,
    #[serde(rename = "userID")]
    user_id: Option<i64>,
    created: i64,
    payment_method: Option<i32>,
    payment_status: i32,
    user: User<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Item<'a>>>,
    /// Always null.
    #[serde(rename = "delivery_info")]
    delivery_info: (),
}

#[derive(Serialize)]
struct User<'a> {
    id: Option<i64>,
    name: &'a str,
    phone: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: i64,
    notes: &'a str,
    subtotal: Box<RawValue>,
    quantity: Box<RawValue>,
    variant: Variant<'a>,
    modifiers: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variant<'a> {
    /// Products have no numbers here.
    id: (),
    code: &'a str,
    sku: &'a str,
    name: &'a str,
    display_name: &'a str,
    is_active: bool,
    upsized_version: (),
}

impl<'a> Shown<'a> {
    /// The order without its items.
    pub fn new(order: &'a pb::Order, codes: &Numbers) -> Shown<'a> {
        let customer = order.customer.as_ref();
        let user_id = customer.and_then(|customer| customer.id);
        let state = order.state.as_ref();
        Shown {
            id: order.id,
            number: &order.number,
            total: float(order.total.as_ref()),
            tax: float(order.tax.as_ref()),
            service_charge: float(order.service_charge.as_ref()),
            grand_total: float(order.grand_total.as_ref()),
            table_number: &order.table_number,
            channel: codes.channel(&order.channel),
            notes: &order.notes,
            status: state.map_or(0, |state| state.code),
            // The contract's numbers are ours; 0 is none.
            delivery_status: (order.delivery_status != 0).then_some(order.delivery_status),
            status_text: state.map_or("", |state| &state.title),
            store_name: &order.store_name,
            user_id,
            created: order.create_time.as_ref().map_or(0, |time| time.seconds),
            payment_method: codes.payment_method(&order.payment_method),
            payment_status: payment_status(order.payment_status()),
            user: User {
                id: user_id,
                name: customer.map_or("", |customer| &customer.name),
                phone: customer.map_or("", |customer| &customer.phone),
            },
            items: None,
            delivery_info: (),
        }
    }

    /// The same with its items.
    #[must_use]
    pub fn with_items(mut self, order: &'a pb::Order) -> Shown<'a> {
        self.items = Some(order.lines.iter().map(item).collect());
        self
    }
}

/// The contract knows paid and unpaid: an order with something left to pay is unpaid.
fn payment_status(status: pb::PaymentStatus) -> i32 {
    use pb::PaymentStatus::{Overpaid, Paid, PartlyPaid, Unpaid, Unspecified};
    match status {
        Unpaid | PartlyPaid | Unspecified => 1,
        Paid | Overpaid => 2,
    }
}

fn item(line: &pb::Line) -> Item<'_> {
    let quantity = line
        .quantity
        .as_ref()
        .map_or("0", |quantity| &quantity.value);
    Item {
        id: line.id,
        notes: &line.note,
        subtotal: float(line.amount.as_ref()),
        quantity: json::number(quantity.to_owned()),
        variant: Variant {
            id: (),
            code: &line.product_code,
            sku: &line.product_code,
            name: &line.name,
            display_name: "",
            is_active: true,
            upsized_version: (),
        },
        modifiers: [],
    }
}

fn float(amount: Option<&Money>) -> Box<RawValue> {
    json::number(amount::float(amount))
}
