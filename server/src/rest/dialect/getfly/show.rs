//! Orders as the contract prints them.

use order_status_proto::v1 as pb;
use order_status_proto::{Decimal, Money};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::decode::{ACCOUNT_CODE, CUSTOM, SALE_OFF};
use super::filter::{day_text, time_text};
use crate::rest::dialect::query::Query;
use crate::rest::dialect::{amount, json};

/// An object whose keys stay in their order.
pub struct Ordered(Vec<(String, Box<RawValue>)>);

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The fields that a request asks for; all where it names none.
pub struct Fields(Option<Vec<String>>);

impl Fields {
    /// Those in the parameter `fields`, separated by commas. Names that mean nothing are passed over.
    pub fn of(query: &Query) -> Fields {
        let named = query.get("fields").filter(|named| !named.is_empty());
        Fields(named.map(|named| {
            named
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect()
        }))
    }

    fn wants(&self, name: &str) -> bool {
        match &self.0 {
            Some(named) => named.iter().any(|wanted| wanted == name),
            None => true,
        }
    }
}

/// An order.
pub fn order(order: &pb::Order, fields: &Fields) -> Ordered {
    let customer = order.customer.clone().unwrap_or_default();
    let address = customer
        .address
        .as_ref()
        .map_or("", |address| &address.text);
    let state = order.state.clone().unwrap_or_default();
    let paid = matches!(
        order.payment_status(),
        pb::PaymentStatus::Paid | pb::PaymentStatus::Overpaid
    );
    let details: Vec<Ordered> = order.lines.iter().map(detail).collect();
    let all = [
        ("id", raw(&order.id)),
        ("order_code", raw(&order.number)),
        ("real_amount", money(order.grand_total.as_ref())),
        ("f_amount", money(order.amount_paid.as_ref())),
        ("discount", decimal(order.discount_percent.as_ref())),
        ("discount_amount", money(order.discount.as_ref())),
        ("vat_amount", money(order.tax.as_ref())),
        ("account_id", raw(&customer.id)),
        ("account_code", raw(&attribute(order, ACCOUNT_CODE))),
        ("account_name", raw(&customer.name)),
        ("account_email", raw(&customer.email)),
        ("account_phone", raw(&customer.phone)),
        ("account_address", raw(&address)),
        ("order_date", raw(&day_text(order.order_date.as_ref()))),
        ("created_at", raw(&time_text(order.create_time.as_ref()))),
        ("updated_at", raw(&time_text(order.update_time.as_ref()))),
        ("status", raw(&state.code)),
        ("status_label", raw(&state.title)),
        (
            "payment_status",
            raw(&payment_status(order.payment_status())),
        ),
        // Those who look after orders have names here, no numbers.
        ("assigned_user", raw(&())),
        ("assigned_user_name", raw(&order.assigned_username)),
        ("safebook_synchronized", raw(&0)),
        ("contact_name", raw(&customer.contact_name)),
        ("contact_phone", raw(&"")),
        ("contact_email", raw(&"")),
        ("store_id", raw(&order.store_id)),
        ("lading_code", raw(&order.lading_code)),
        ("lading_status", raw(&"")),
        ("has_pay_off", raw(&i32::from(paid))),
        ("custom_fields", raw(&custom_fields(order))),
        ("order_details", raw(&details)),
        ("tracking_url", raw(&"")),
        ("lading_status_title", raw(&"")),
    ];
    let wanted = all.into_iter().filter(|(name, _)| fields.wants(name));
    Ordered(
        wanted
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn detail(line: &pb::Line) -> Ordered {
    let before_discount = match (&line.amount, &line.discount) {
        (Some(amount), Some(discount)) => amount::sum(amount, discount),
        (amount, _) => amount.clone(),
    };
    let taxed = line.vat_rate.as_ref().is_some_and(|rate| rate.value != "0");
    let sale_off = line.attributes.get(SALE_OFF).map_or("0", String::as_str);
    let all = [
        ("id", raw(&line.id)),
        // Products have codes here, no numbers.
        ("product_id", raw(&())),
        ("product_code", raw(&line.product_code)),
        ("product_name", raw(&line.name)),
        ("note", raw(&line.note)),
        ("unit_id", raw(&())),
        ("services", raw(&0)),
        ("unit_name", raw(&line.unit_name)),
        ("quantity", decimal(line.quantity.as_ref())),
        ("price", money(line.unit_price.as_ref())),
        ("product_sale_off", json::number(sale_off.to_owned())),
        ("cash_discount", money(line.discount.as_ref())),
        ("vat", decimal(line.vat_rate.as_ref())),
        // Tax is counted for the whole order.
        ("vat_amount", raw(&(!taxed).then_some(0))),
        ("amount", money(line.amount.as_ref())),
        ("origin_amount", money(before_discount.as_ref())),
        ("product_avatar", raw(&"")),
    ];
    Ordered(all.map(|(name, value)| (name.to_owned(), value)).into())
}

fn custom_fields(order: &pb::Order) -> Ordered {
    let named = order.attributes.iter();
    let named = named.filter_map(|(name, value)| {
        let name = name.strip_prefix(CUSTOM)?.to_owned();
        // What others wrote there may be no JSON: then it is a text.
        let value = RawValue::from_string(value.clone()).unwrap_or_else(|_| raw(value));
        Some((name, value))
    });
    Ordered(named.collect())
}

fn attribute<'a>(order: &'a pb::Order, name: &str) -> &'a str {
    order.attributes.get(name).map_or("", String::as_str)
}

/// The contract's words for how far an order is paid.
fn payment_status(status: pb::PaymentStatus) -> &'static str {
    use pb::PaymentStatus::{Overpaid, Paid, PartlyPaid, Unpaid, Unspecified};
    match status {
        Unpaid | Unspecified => "Unpaid",
        PartlyPaid => "Partly paid",
        Paid => "Paid",
        Overpaid => "Overpaid",
    }
}

/// A value of ours as JSON.
pub fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// An amount, without a point where it is whole.
pub fn money(amount: Option<&Money>) -> Box<RawValue> {
    json::number(amount::digits(amount))
}

fn decimal(number: Option<&Decimal>) -> Box<RawValue> {
    json::number(number.map_or("0", |number| &number.value).to_owned())
}
