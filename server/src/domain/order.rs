//! The order: what the ledger keeps and the rules are about.

use std::collections::BTreeMap;

use super::address::Address;
use super::decimal::Decimal;
use super::document::Share;
use super::hold::Hold;
use super::invoice::OrderInvoice;
use super::money::Derived;
use super::time::Timestamp;
use super::value::Value;

/// The largest id that may be given by hand, 18 digits: the counter that goes on from it does not run out.
pub const LARGEST_ID: i64 = 999_999_999_999_999_999;

/// One sales order of one account, whole.
///
/// `state` moves only along the workflow of this order; everything in [`Order::derived`] is computed
/// from lines, charges and payments and never set by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The account that owns the order.
    pub account_id: i64,
    /// The order's number within its account, given once.
    pub id: i64,
    /// The order's name for people and other systems, unique within the account while not deleted.
    pub number: String,
    /// The name of the workflow that the order was created under.
    pub workflow: String,
    /// The version of that workflow.
    pub workflow_version: u32,
    /// The key of the state in which the order stands.
    pub state: String,
    /// Whether the order is closed to edits.
    pub locked: bool,
    /// How far delivery is, as reported.
    pub delivery_status: Option<DeliveryStatus>,
    /// Who buys.
    pub customer: Customer,
    /// The store that handles the order.
    pub store_id: Option<i64>,
    /// Where the order was made: a key of the catalog `channels`.
    pub channel: String,
    /// The table in a restaurant.
    pub table_number: String,
    /// What the customer said.
    pub notes: String,
    /// ISO 4217 code; every amount of the order is in it.
    pub currency: String,
    /// What is sold.
    pub lines: Vec<Line>,
    /// The highest line id ever given in this order.
    pub last_line_id: i64,
    /// The terms of the sale, in order.
    pub terms: Vec<String>,
    /// Payments and refunds, in the order in which they were recorded.
    pub payments: Vec<Payment>,
    /// What holds the order or lines of it up, in the order of their ids.
    pub holds: Vec<Hold>,
    /// The highest hold id ever given in this order.
    pub last_hold_id: i64,
    /// What store, supplier and outbound orders carry of the order, by kind and id.
    pub documents: Vec<Share>,
    /// The invoices that stand, in the order of their numbers.
    pub invoices: Vec<OrderInvoice>,
    /// The registered customers who were told of an invoice of this order; 0 for one that is not registered.
    pub told_customers: Vec<i64>,
    /// Amounts and percentages that callers gave.
    pub charges: Charges,
    /// What follows from lines, charges and payments.
    pub derived: Derived,
    /// A key of the catalog `payment_methods`.
    pub payment_method: String,
    /// A key of the catalog `delivery_methods`.
    pub delivery_method: String,
    /// Where the goods go.
    pub delivery_address: Option<Address>,
    /// The date of the sale.
    pub order_date: Option<Timestamp>,
    /// A key of the catalog `sources`.
    pub source: String,
    /// Who on the staff handles the order.
    pub assigned_username: String,
    /// The bill of lading.
    pub lading_code: String,
    /// The marketing campaign.
    pub campaign_code: String,
    /// The sales opportunity.
    pub opportunity_code: String,
    /// A key of the catalog `cancellation_types`, set by a cancel.
    pub cancellation_type: String,
    /// What one contract alone knows, by name.
    pub attributes: BTreeMap<String, String>,
    /// When the order was made.
    pub create_time: Timestamp,
    /// When its last change was made.
    pub update_time: Timestamp,
    /// When the order was deleted.
    pub delete_time: Option<Timestamp>,
    /// How many changes the order has had.
    pub version: i64,
    /// The hash of its last change.
    pub last_hash: [u8; 32],
}

/// How far delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// On its way.
    Dispatched,
    /// Brought.
    Completed,
    /// Taken on by the carrier.
    Confirmed,
    /// Called off.
    Cancelled,
}

impl DeliveryStatus {
    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        match self {
            DeliveryStatus::Dispatched => 10,
            DeliveryStatus::Completed => 20,
            DeliveryStatus::Confirmed => 30,
            DeliveryStatus::Cancelled => 40,
        }
    }

    /// The status with that number.
    pub fn from_code(code: i64) -> Option<DeliveryStatus> {
        use DeliveryStatus::{Cancelled, Completed, Confirmed, Dispatched};
        [Dispatched, Completed, Confirmed, Cancelled]
            .into_iter()
            .find(|status| i64::from(status.code()) == code)
    }
}

/// The customer as the order knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// The customer's id in the account, if they are registered.
    pub id: Option<i64>,
    /// Name.
    pub name: String,
    /// Phone number, in whatever form was given.
    pub phone: String,
    /// E-mail address, in whatever form was given.
    pub email: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// Where the customer lives or works.
    pub address: Option<Address>,
}

/// Amounts and percentages that callers gave. An amount given wins over a percentage given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// The sum before everything else, of an order without lines.
    pub total: Option<Decimal>,
    /// Discount on the whole order.
    pub discount: Option<Decimal>,
    /// Discount on the whole order, in percent of the total.
    pub discount_percent: Option<Decimal>,
    /// Tax on the whole order.
    pub tax: Option<Decimal>,
    /// VAT in percent, for lines without a rate of their own.
    pub vat_percent: Option<Decimal>,
    /// Service charge, not taxed.
    pub service_charge: Decimal,
    /// Delivery fee, not taxed.
    pub delivery_fee: Decimal,
    /// Installation fee, not taxed.
    pub installation_fee: Decimal,
}

/// What a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineKind {
    /// An article or a service that is sold.
    #[default]
    Item,
    /// An article that the customer trades in.
    Exchange,
    /// A remark without an amount.
    Text,
}

impl LineKind {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            LineKind::Item => "item",
            LineKind::Exchange => "exchange",
            LineKind::Text => "text",
        }
    }

    fn parse(name: &str) -> LineKind {
        match name {
            "exchange" => LineKind::Exchange,
            "text" => LineKind::Text,
            _ => LineKind::Item,
        }
    }
}

/// One line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The line's number within its order.
    pub id: i64,
    /// What the line is.
    pub kind: LineKind,
    /// The article's code.
    pub product_code: String,
    /// The article's name, or the text of a text line.
    pub name: String,
    /// What is counted: piece, hour, kilogram.
    pub unit_name: String,
    /// How many.
    pub quantity: Decimal,
    /// The price of one.
    pub unit_price: Decimal,
    /// Taken off the whole line.
    pub discount: Decimal,
    /// VAT in percent; the order's percentage where there is none.
    pub vat_rate: Option<Decimal>,
    /// `quantity * unit_price - discount`, rounded.
    pub amount: Decimal,
    /// The customer who is invoiced for this line, if not the order's.
    pub customer_id: Option<i64>,
    /// A remark.
    pub note: String,
    /// The booked invoice that the line is on.
    pub invoice_number: Option<i64>,
    /// How many were called off; `quantity` is what is left.
    pub cancelled_quantity: Decimal,
    /// What one contract alone knows, by name.
    pub attributes: BTreeMap<String, String>,
}

impl Line {
    /// Whether the line asks for money: text does not, nor does what was called off whole.
    pub fn is_billable(&self) -> bool {
        self.kind != LineKind::Text && !(self.quantity.is_zero() && self.amount.is_zero())
    }

    /// The line as history keeps it, without its id.
    pub fn to_value(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|(name, text)| (name.clone(), Value::Text(text.clone())));
        let attributes = if self.attributes.is_empty() {
            Value::Null
        } else {
            Value::Map(attributes.collect())
        };
        let cancelled = Some(self.cancelled_quantity).filter(|gone| !gone.is_zero());
        Value::map([
            ("kind", Value::Text(self.kind.name().to_owned())),
            ("product_code", Value::text(&self.product_code)),
            ("name", Value::text(&self.name)),
            ("unit_name", Value::text(&self.unit_name)),
            ("quantity", Value::decimal(self.quantity)),
            ("unit_price", Value::decimal(self.unit_price)),
            ("discount", Value::decimal(self.discount)),
            ("vat_rate", self.vat_rate.into()),
            ("amount", Value::decimal(self.amount)),
            ("customer_id", self.customer_id.into()),
            ("note", Value::text(&self.note)),
            ("invoice_number", self.invoice_number.into()),
            ("cancelled_quantity", cancelled.into()),
            ("attributes", attributes),
        ])
    }

    /// The line that [`Line::to_value`] described.
    pub fn from_value(id: i64, value: &Value) -> Line {
        let text = |name| value.field(name).as_text().to_owned();
        let decimal = |name| value.field(name).as_decimal().unwrap_or_default();
        let attributes = match value.field("attributes") {
            Value::Map(map) => map
                .iter()
                .map(|(name, text)| (name.clone(), text.as_text().to_owned()))
                .collect(),
            _ => BTreeMap::new(),
        };
        Line {
            id,
            kind: LineKind::parse(value.field("kind").as_text()),
            product_code: text("product_code"),
            name: text("name"),
            unit_name: text("unit_name"),
            quantity: decimal("quantity"),
            unit_price: decimal("unit_price"),
            discount: decimal("discount"),
            vat_rate: value.field("vat_rate").as_decimal(),
            amount: decimal("amount"),
            customer_id: value.field("customer_id").as_int(),
            note: text("note"),
            invoice_number: value.field("invoice_number").as_int(),
            cancelled_quantity: decimal("cancelled_quantity"),
            attributes,
        }
    }
}

/// Money that came or went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// The payment's number within its account.
    pub id: i64,
    /// Whether the money went back to the customer.
    pub refund: bool,
    /// A key of the catalog `payment_methods`; empty where it is not known.
    pub method: String,
    /// How much, never negative.
    pub amount: Decimal,
    /// A remark.
    pub description: String,
    /// The day of the payment as `YYYY-MM-DD`; empty where it is not known.
    pub pay_date: String,
    /// When it was recorded.
    pub create_time: Timestamp,
}

impl Payment {
    /// What the payment adds to the amount paid: negative for a refund.
    pub fn signed(&self) -> Decimal {
        if self.refund {
            Decimal::from_ten_thousandths(-self.amount.ten_thousandths())
        } else {
            self.amount
        }
    }

    /// The payment as history keeps it, without its id.
    pub fn to_value(&self) -> Value {
        Value::map([
            ("refund", Value::Bool(self.refund)),
            ("method", Value::text(&self.method)),
            ("amount", Value::decimal(self.amount)),
            ("description", Value::text(&self.description)),
            ("pay_date", Value::text(&self.pay_date)),
            ("create_time", Value::Int(self.create_time.micros())),
        ])
    }

    /// The payment that [`Payment::to_value`] described.
    pub fn from_value(id: i64, value: &Value) -> Payment {
        let text = |name| value.field(name).as_text().to_owned();
        Payment {
            id,
            refund: value.field("refund").as_bool(),
            method: text("method"),
            amount: value.field("amount").as_decimal().unwrap_or_default(),
            description: text("description"),
            pay_date: text("pay_date"),
            create_time: value.field("create_time").as_time().unwrap_or_default(),
        }
    }
}

/// How a caller names an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OrderRef {
    /// By its id.
    Id(i64),
    /// By its number.
    Number(String),
}

impl std::fmt::Display for OrderRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OrderRef::Id(id) => write!(f, "order {id}"),
            OrderRef::Number(number) => write!(f, "order number {number:?}"),
        }
    }
}

impl Order {
    /// The entries of catalogs that it names: catalog and key.
    pub fn codes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let own = [
            ("payment_methods", &self.payment_method),
            ("delivery_methods", &self.delivery_method),
            ("cancellation_types", &self.cancellation_type),
            ("channels", &self.channel),
            ("sources", &self.source),
        ];
        let paid = self
            .payments
            .iter()
            .map(|it| ("payment_methods", &it.method));
        let held = self.holds.iter().map(|it| ("hold_reasons", &it.reason));
        let codes = own.into_iter().chain(paid).chain(held);
        codes
            .map(|(catalog, key)| (catalog, key.as_str()))
            .filter(|(_, key)| !key.is_empty())
    }

    /// The order's entity tag: a quoted string that changes with every change (RFC 9110, section 8.8.3).
    pub fn etag(&self) -> String {
        etag(self.version, &self.last_hash)
    }
}

/// The entity tag of a version, from the hash of the change that made it: the tag of one order never
/// fits another one.
pub fn etag(version: i64, hash: &[u8; 32]) -> String {
    let [a, b, c, d, e, f, ..] = *hash;
    format!("\"{version}-{a:02x}{b:02x}{c:02x}{d:02x}{e:02x}{f:02x}\"")
}
