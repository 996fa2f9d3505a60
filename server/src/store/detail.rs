//! The fields of an order beside its narrow row, as one JSON text.
//!
//! Fields that are not set are left out, and names that are not known are passed over, so that an older
//! program reads what a newer one wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{StoreError, damaged};
use crate::domain::address::Address;
use crate::domain::decimal::Decimal;
use crate::domain::order::{Charges, Line, LineKind, Order, Payment};
use crate::domain::time::Timestamp;

/// The detail of an order, as text.
pub fn write(order: &Order) -> String {
    to_text(&Detail::from(order))
}

/// Fills in what the text holds.
///
/// # Errors
/// Where the text is not a detail.
pub fn read(text: &str, order: &mut Order) -> Result<(), StoreError> {
    let detail: Detail = serde_json::from_str(text).map_err(|error| {
        damaged(format_args!(
            "detail of order {} of account {}: {error}",
            order.id, order.account_id
        ))
    })?;
    detail.fill(order);
    Ok(())
}

/// An address as text.
pub fn write_address(address: &Address) -> String {
    to_text(&AddressRow::from(address))
}

/// An address from its text.
///
/// # Errors
/// Where the text is not an address.
pub fn read_address(text: &str) -> Result<Address, StoreError> {
    serde_json::from_str::<AddressRow>(text)
        .map(Address::from)
        .map_err(|error| damaged(format_args!("address: {error}")))
}

/// Text without a way to fail: these types hold no map with keys other than text.
fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Declares a struct whose fields are left out of the text where they are not set.
macro_rules! sparse {
    ($name:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        #[derive(Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        struct $name {
            $(#[serde(skip_serializing_if = "unset")] $field: $kind,)+
        }
    };
}

sparse!(Detail {
    customer_name: String,
    customer_phone: String,
    customer_email: String,
    customer_contact_name: String,
    customer_address: Option<AddressRow>,
    channel: String,
    table_number: String,
    notes: String,
    lines: Vec<LineRow>,
    last_line_id: i64,
    terms: Vec<String>,
    payments: Vec<PaymentRow>,
    charges: ChargesRow,
    payment_method: String,
    delivery_method: String,
    delivery_address: Option<AddressRow>,
    source: String,
    assigned_username: String,
    lading_code: String,
    campaign_code: String,
    opportunity_code: String,
    cancellation_type: String,
    attributes: BTreeMap<String, String>,
});

sparse!(AddressRow {
    id: i64,
    business: bool,
    company_name: String,
    name: String,
    street: String,
    house_number: String,
    house_number_postfix: String,
    postal_code: String,
    city: String,
    country_code: String,
    phone: String,
    email: String,
    notes: String,
    text: String,
});

// Amounts, quantities and percentages are counted in ten-thousandths.
sparse!(LineRow {
    id: i64,
    kind: String,
    product_code: String,
    name: String,
    unit_name: String,
    quantity: i64,
    unit_price: i64,
    discount: i64,
    vat_rate: Option<i64>,
    amount: i64,
    customer_id: Option<i64>,
    note: String,
    invoice_number: Option<i64>,
    attributes: BTreeMap<String, String>,
});

sparse!(PaymentRow {
    id: i64,
    refund: bool,
    method: String,
    amount: i64,
    description: String,
    pay_date: String,
    create_time: i64,
});

sparse!(ChargesRow {
    total: Option<i64>,
    discount: Option<i64>,
    discount_percent: Option<i64>,
    tax: Option<i64>,
    vat_percent: Option<i64>,
    service_charge: i64,
    delivery_fee: i64,
    installation_fee: i64,
});

impl From<&Order> for Detail {
    fn from(order: &Order) -> Detail {
        let customer = &order.customer;
        Detail {
            customer_name: customer.name.clone(),
            customer_phone: customer.phone.clone(),
            customer_email: customer.email.clone(),
            customer_contact_name: customer.contact_name.clone(),
            customer_address: customer.address.as_ref().map(AddressRow::from),
            channel: order.channel.clone(),
            table_number: order.table_number.clone(),
            notes: order.notes.clone(),
            lines: order.lines.iter().map(LineRow::from).collect(),
            last_line_id: order.last_line_id,
            terms: order.terms.clone(),
            payments: order.payments.iter().map(PaymentRow::from).collect(),
            charges: ChargesRow::from(&order.charges),
            payment_method: order.payment_method.clone(),
            delivery_method: order.delivery_method.clone(),
            delivery_address: order.delivery_address.as_ref().map(AddressRow::from),
            source: order.source.clone(),
            assigned_username: order.assigned_username.clone(),
            lading_code: order.lading_code.clone(),
            campaign_code: order.campaign_code.clone(),
            opportunity_code: order.opportunity_code.clone(),
            cancellation_type: order.cancellation_type.clone(),
            attributes: order.attributes.clone(),
        }
    }
}

impl Detail {
    fn fill(self, order: &mut Order) {
        order.customer.name = self.customer_name;
        order.customer.phone = self.customer_phone;
        order.customer.email = self.customer_email;
        order.customer.contact_name = self.customer_contact_name;
        order.customer.address = self.customer_address.map(Address::from);
        order.channel = self.channel;
        order.table_number = self.table_number;
        order.notes = self.notes;
        order.lines = self.lines.into_iter().map(Line::from).collect();
        order.last_line_id = self.last_line_id;
        order.terms = self.terms;
        order.payments = self.payments.into_iter().map(Payment::from).collect();
        order.charges = Charges::from(self.charges);
        order.payment_method = self.payment_method;
        order.delivery_method = self.delivery_method;
        order.delivery_address = self.delivery_address.map(Address::from);
        order.source = self.source;
        order.assigned_username = self.assigned_username;
        order.lading_code = self.lading_code;
        order.campaign_code = self.campaign_code;
        order.opportunity_code = self.opportunity_code;
        order.cancellation_type = self.cancellation_type;
        order.attributes = self.attributes;
    }
}

impl From<&Address> for AddressRow {
    fn from(address: &Address) -> AddressRow {
        let Address {
            id,
            business,
            company_name,
            name,
            street,
            house_number,
            house_number_postfix,
            postal_code,
            city,
            country_code,
            phone,
            email,
            notes,
            text,
        } = address.clone();
        AddressRow {
            id,
            business,
            company_name,
            name,
            street,
            house_number,
            house_number_postfix,
            postal_code,
            city,
            country_code,
            phone,
            email,
            notes,
            text,
        }
    }
}

impl From<AddressRow> for Address {
    fn from(row: AddressRow) -> Address {
        Address {
            id: row.id,
            business: row.business,
            company_name: row.company_name,
            name: row.name,
            street: row.street,
            house_number: row.house_number,
            house_number_postfix: row.house_number_postfix,
            postal_code: row.postal_code,
            city: row.city,
            country_code: row.country_code,
            phone: row.phone,
            email: row.email,
            notes: row.notes,
            text: row.text,
        }
    }
}

fn kept(value: Option<Decimal>) -> Option<i64> {
    value.map(Decimal::ten_thousandths)
}

fn decimal(value: Option<i64>) -> Option<Decimal> {
    value.map(Decimal::from_ten_thousandths)
}

impl From<&Line> for LineRow {
    fn from(line: &Line) -> LineRow {
        LineRow {
            id: line.id,
            kind: if line.kind == LineKind::Item {
                String::new()
            } else {
                line.kind.name().to_owned()
            },
            product_code: line.product_code.clone(),
            name: line.name.clone(),
            unit_name: line.unit_name.clone(),
            quantity: line.quantity.ten_thousandths(),
            unit_price: line.unit_price.ten_thousandths(),
            discount: line.discount.ten_thousandths(),
            vat_rate: kept(line.vat_rate),
            amount: line.amount.ten_thousandths(),
            customer_id: line.customer_id,
            note: line.note.clone(),
            invoice_number: line.invoice_number,
            attributes: line.attributes.clone(),
        }
    }
}

impl From<LineRow> for Line {
    fn from(row: LineRow) -> Line {
        Line {
            id: row.id,
            kind: match row.kind.as_str() {
                "exchange" => LineKind::Exchange,
                "text" => LineKind::Text,
                _ => LineKind::Item,
            },
            product_code: row.product_code,
            name: row.name,
            unit_name: row.unit_name,
            quantity: Decimal::from_ten_thousandths(row.quantity),
            unit_price: Decimal::from_ten_thousandths(row.unit_price),
            discount: Decimal::from_ten_thousandths(row.discount),
            vat_rate: decimal(row.vat_rate),
            amount: Decimal::from_ten_thousandths(row.amount),
            customer_id: row.customer_id,
            note: row.note,
            invoice_number: row.invoice_number,
            attributes: row.attributes,
        }
    }
}

impl From<&Payment> for PaymentRow {
    fn from(payment: &Payment) -> PaymentRow {
        PaymentRow {
            id: payment.id,
            refund: payment.refund,
            method: payment.method.clone(),
            amount: payment.amount.ten_thousandths(),
            description: payment.description.clone(),
            pay_date: payment.pay_date.clone(),
            create_time: payment.create_time.micros(),
        }
    }
}

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Payment {
        Payment {
            id: row.id,
            refund: row.refund,
            method: row.method,
            amount: Decimal::from_ten_thousandths(row.amount),
            description: row.description,
            pay_date: row.pay_date,
            create_time: Timestamp::from_micros(row.create_time),
        }
    }
}

impl From<&Charges> for ChargesRow {
    fn from(charges: &Charges) -> ChargesRow {
        ChargesRow {
            total: kept(charges.total),
            discount: kept(charges.discount),
            discount_percent: kept(charges.discount_percent),
            tax: kept(charges.tax),
            vat_percent: kept(charges.vat_percent),
            service_charge: charges.service_charge.ten_thousandths(),
            delivery_fee: charges.delivery_fee.ten_thousandths(),
            installation_fee: charges.installation_fee.ten_thousandths(),
        }
    }
}

impl From<ChargesRow> for Charges {
    fn from(row: ChargesRow) -> Charges {
        Charges {
            total: decimal(row.total),
            discount: decimal(row.discount),
            discount_percent: decimal(row.discount_percent),
            tax: decimal(row.tax),
            vat_percent: decimal(row.vat_percent),
            service_charge: Decimal::from_ten_thousandths(row.service_charge),
            delivery_fee: Decimal::from_ten_thousandths(row.delivery_fee),
            installation_fee: Decimal::from_ten_thousandths(row.installation_fee),
        }
    }
}
