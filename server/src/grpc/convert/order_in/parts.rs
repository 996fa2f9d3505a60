//! The parts of an order: lines, payments, addresses, attributes.

use std::collections::BTreeMap;

use order_status_proto as proto;
use order_status_proto::v1 as pb;

use super::Origin;
use crate::domain::address::Address;
use crate::domain::command::{LineInput, LineQuantity, PaymentInput};
use crate::domain::order::LARGEST_ID;
use crate::grpc::convert::codes::{LINE_KINDS, PAYMENT_KINDS};
use crate::grpc::convert::reader::{Path, Reader};

/// Reads a line of an order.
pub(super) fn line(
    reader: &mut Reader,
    path: &Path<'_>,
    line: pb::Line,
    origin: Origin,
) -> LineInput {
    let imported = |number: i64| (origin == Origin::Import && number != 0).then_some(number);
    LineInput {
        id: imported(line.id),
        kind: reader
            .code(&path.field("kind"), line.kind, LINE_KINDS)
            .unwrap_or_default(),
        product_code: reader.text(&path.field("product_code"), line.product_code),
        name: reader.text(&path.field("name"), line.name),
        unit_name: reader.text(&path.field("unit_name"), line.unit_name),
        quantity: reader.decimal(&path.field("quantity"), line.quantity.as_ref()),
        unit_price: reader
            .money(&path.field("unit_price"), line.unit_price.as_ref())
            .unwrap_or_default(),
        discount: reader
            .money(&path.field("discount"), line.discount.as_ref())
            .unwrap_or_default(),
        vat_rate: reader.decimal(&path.field("vat_rate"), line.vat_rate.as_ref()),
        customer_id: line.customer_id,
        note: reader.text(&path.field("note"), line.note),
        invoice_number: imported(line.invoice_number),
        attributes: attributes(reader, &path.field("attributes"), line.attributes),
    }
}

/// Reads what is to be called off.
pub fn line_quantities(reader: &mut Reader, given: Vec<pb::CancelledLine>) -> Vec<LineQuantity> {
    let path = Path::Request.field("lines");
    let read = |(at, line): (usize, pb::CancelledLine)| {
        let path = path.item(at);
        LineQuantity {
            id: reader.id(&path.field("id"), line.id),
            quantity: reader.decimal(&path.field("quantity"), line.quantity.as_ref()),
        }
    };
    given.into_iter().enumerate().map(read).collect()
}

/// Reads a payment of an order, which may be a refund.
pub(super) fn payment(reader: &mut Reader, path: &Path<'_>, given: pb::Payment) -> PaymentInput {
    let refund = reader
        .code(&path.field("kind"), given.kind, PAYMENT_KINDS)
        .unwrap_or_default();
    let money = PaymentFields {
        method: given.method,
        amount: given.amount,
        description: given.description,
        pay_date: given.pay_date,
    };
    PaymentInput {
        refund,
        ..payment_input(reader, path, money)
    }
}

/// The fields that a payment has wherever it is given.
pub struct PaymentFields {
    /// How it was paid.
    pub method: String,
    /// How much.
    pub amount: Option<proto::Money>,
    /// What for.
    pub description: String,
    /// On which day.
    pub pay_date: String,
}

/// Reads a payment whose fields are at `path`.
pub fn payment_input(reader: &mut Reader, path: &Path<'_>, given: PaymentFields) -> PaymentInput {
    let at = path.field("amount");
    let money = reader.required(&at, given.amount).unwrap_or_default();
    PaymentInput {
        refund: false,
        method: reader.text(&path.field("method"), given.method),
        amount: reader.amount(&at, &money).unwrap_or_default(),
        currency: money.currency_code,
        description: reader.text(&path.field("description"), given.description),
        pay_date: reader.text(&path.field("pay_date"), given.pay_date),
    }
}

/// Reads attributes.
pub(super) fn attributes(
    reader: &mut Reader,
    path: &Path<'_>,
    given: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    if given
        .iter()
        .any(|(name, text)| name.contains('\0') || text.contains('\0'))
    {
        reader.refuse(path, "hold the character NUL");
    }
    given
}

/// Reads an address; its id is the service's to give, unless it is kept.
pub fn address(reader: &mut Reader, path: &Path<'_>, given: pb::Address, keep_id: bool) -> Address {
    if keep_id && !(0..=LARGEST_ID).contains(&given.id) {
        reader.refuse(&path.field("id"), format!("must be from 0 to {LARGEST_ID}"));
    }
    let mut text = |name: &str, text: String| reader.text(&path.field(name), text);
    Address {
        id: if keep_id { given.id } else { 0 },
        business: given.business,
        company_name: text("company_name", given.company_name),
        name: text("name", given.name),
        street: text("street", given.street),
        house_number: text("house_number", given.house_number),
        house_number_postfix: text("house_number_postfix", given.house_number_postfix),
        postal_code: text("postal_code", given.postal_code),
        city: text("city", given.city),
        country_code: text("country_code", given.country_code),
        phone: text("phone", given.phone),
        email: text("email", given.email),
        notes: text("notes", given.notes),
        text: text("text", given.text),
    }
}
