//! Orders as records of the model, field by field.

use order_status_proto::Money;
use order_status_proto::v1::{InvoiceStatus, Order, OrderView};
use prost_types::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use time::macros::format_description;
use time::{OffsetDateTime, UtcDateTime};

use super::failure::{Failure, quoted};
use crate::rest::dialect::json;

/// The fields that are known, in the order in which all of them are answered.
const FIELDS: [&str; 17] = [
    "id",
    "name",
    "display_name",
    "state",
    "invoice_status",
    "locked",
    "date_order",
    "partner_id",
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "currency_id",
    "company_id",
    "user_id",
    "client_order_ref",
    "create_date",
    "write_date",
];
/// Those that do not stand in an order's basic view.
const FULL: [&str; 3] = ["partner_id", "user_id", "client_order_ref"];
/// How many nanos one unit of a currency has.
const NANOS: i128 = 1_000_000_000;

/// The fields that a call asks for. The id is always among them.
pub struct Fields(Vec<&'static str>);

impl Fields {
    /// By their names; all of them where none is named.
    ///
    /// # Errors
    /// The model has no field of that name.
    pub fn named(names: Option<Vec<String>>) -> Result<Fields, Failure> {
        let Some(names) = names else {
            return Ok(Fields(FIELDS.to_vec()));
        };
        let mut fields = vec!["id"];
        for name in names {
            let Some(field) = FIELDS.iter().find(|known| **known == name) else {
                let text = format!("Invalid field {} on model 'sale.order'", quoted(&name));
                return Err(Failure::of_value(text));
            };
            if !fields.contains(field) {
                fields.push(field);
            }
        }
        Ok(Fields(fields))
    }

    /// How much of an order it takes to tell them.
    pub fn view(&self) -> OrderView {
        if self.0.iter().any(|field| FULL.contains(field)) {
            OrderView::Full
        } else {
            OrderView::Basic
        }
    }

    /// Whether the company is among them.
    pub fn company(&self) -> bool {
        self.0.contains(&"company_id")
    }
}

/// An order with what is asked of it.
pub struct Record<'a> {
    /// The order.
    pub order: &'a Order,
    /// What is asked.
    pub fields: &'a Fields,
    /// The name of the account.
    pub company: &'a str,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.0.len()))?;
        for field in &self.fields.0 {
            map.serialize_entry(field, &self.value(field))?;
        }
        map.end()
    }
}

impl Record<'_> {
    fn value(&self, field: &str) -> Box<RawValue> {
        let order = self.order;
        match field {
            "id" => raw(&order.id),
            "name" | "display_name" => raw(&order.number),
            "state" => raw(&state(order)),
            "invoice_status" => raw(&invoice_status(order)),
            "locked" => raw(&order.locked),
            "date_order" => date(order.order_date.as_ref()),
            "create_date" => date(order.create_time.as_ref()),
            "write_date" => date(order.update_time.as_ref()),
            "amount_untaxed" => {
                let (total, tax) = (nanos(order.grand_total.as_ref()), nanos(order.tax.as_ref()));
                amount(total - tax)
            }
            "amount_tax" => amount(nanos(order.tax.as_ref())),
            "amount_total" => amount(nanos(order.grand_total.as_ref())),
            "currency_id" => raw(&(currency_number(&order.currency_code), &order.currency_code)),
            "company_id" => raw(&(order.account_id, self.company)),
            "partner_id" => {
                let customer = order.customer.as_ref();
                let known = customer.and_then(|customer| Some((customer.id?, &customer.name)));
                known.map_or_else(nothing, |known| raw(&known))
            }
            "user_id" if order.assigned_username.is_empty() => nothing(),
            // The service knows the login alone: no record stands behind it.
            "user_id" => raw(&(0, &order.assigned_username)),
            "client_order_ref" => order
                .attributes
                .get("client_order_ref")
                .map_or_else(nothing, raw),
            _ => nothing(),
        }
    }
}

/// The state as the contract has it: a locked sales order is `done`.
fn state(order: &Order) -> &str {
    let state = order.state.as_ref().map_or("", |state| state.key.as_str());
    match state {
        "sale" if order.locked => "done",
        state => state,
    }
}

fn invoice_status(order: &Order) -> &'static str {
    match order.invoice_status() {
        InvoiceStatus::ToInvoice => "to invoice",
        InvoiceStatus::Invoiced => "invoiced",
        InvoiceStatus::Upselling => "upselling",
        InvoiceStatus::No | InvoiceStatus::Unspecified => "no",
    }
}

fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| nothing())
}

/// What is empty is `false`, whatever its type.
fn nothing() -> Box<RawValue> {
    json::number("false".to_owned())
}

/// UTC, to the second.
fn date(time: Option<&Timestamp>) -> Box<RawValue> {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let text = time
        .and_then(|time| OffsetDateTime::from_unix_timestamp(time.seconds).ok())
        .and_then(|time| UtcDateTime::from(time).format(format).ok());
    text.map_or_else(nothing, |text| raw(&text))
}

fn nanos(money: Option<&Money>) -> i128 {
    money.map_or(0, |money| {
        i128::from(money.units) * NANOS + i128::from(money.nanos)
    })
}

/// An amount as the contract writes floats: with one digit after the point at least, and all that there are.
fn amount(nanos: i128) -> Box<RawValue> {
    let sign = if nanos < 0 { "-" } else { "" };
    let (units, rest) = (nanos.abs() / NANOS, nanos.abs() % NANOS);
    let digits = format!("{rest:09}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    json::number(format!("{sign}{units}.{digits}"))
}

/// A number for a currency, made of the letters of its code: the service has no records of currencies.
fn currency_number(code: &str) -> u32 {
    code.bytes()
        .take(4)
        .fold(0, |number, letter| number * 32 + u32::from(letter & 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_digit_for_digit() {
        for (nanos, expected) in [
            (0, "0.0"),
            (450 * NANOS, "450.0"),
            (-12_500_000_000, "-12.5"),
            (100_000, "0.0001"),
            (-100_000, "-0.0001"),
        ] {
            assert_eq!(amount(nanos).get(), expected);
        }
    }

    #[test]
    fn dates_are_told_to_the_second_and_nothing_is_false() {
        let time = Timestamp {
            seconds: 1_733_047_200,
            nanos: 999_999_000,
        };
        assert_eq!(date(Some(&time)).get(), "\"2024-12-01 10:00:00\"");
        assert_eq!(date(None).get(), "false");
    }
}
