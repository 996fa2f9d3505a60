//! Invoices.

use order_status_proto::v1 as pb;

use super::amount::{decimal, money};
use super::codes::{INVOICE_STATES, LINE_KINDS, number_of};
use super::order_out::customer;
use super::reader::{Path, Reader};
use super::time::timestamp;
use crate::domain::command::InvoiceInput;
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{Invoice, InvoiceLine, InvoiceState};
use crate::domain::order::LineKind;

/// Reads what is said about invoices to be made.
pub fn invoice_input(reader: &mut Reader, given: pb::CreateInvoicesRequest) -> InvoiceInput {
    InvoiceInput {
        employee_id: given.employee_id,
        state: reader.text(&Path::Request.field("state"), given.state),
        book: given.book,
        customer_messages: given.customer_messages.unwrap_or(true),
        allow_resend_messages: given.allow_resend_messages,
        apply_service_vat_correction: given.apply_service_vat_correction.unwrap_or(true),
        split_items_as_text: given.split_items_as_text.unwrap_or(true),
    }
}

/// An invoice in that state.
pub fn invoice(invoice: &Invoice, state: InvoiceState) -> pb::Invoice {
    let amount = |value| Some(money(value, &invoice.currency));
    let amounts = &invoice.amounts;
    pb::Invoice {
        number: invoice.number,
        pro_forma: invoice.pro_forma,
        state: number_of(INVOICE_STATES, &state),
        order_id: invoice.order_id,
        order_number: invoice.order_number.clone(),
        customer: customer(&invoice.customer),
        employee_id: invoice.employee_id,
        currency_code: invoice.currency.clone(),
        lines: invoice
            .lines
            .iter()
            .map(|it| line(it, &invoice.currency))
            .collect(),
        vat: invoice
            .vat
            .iter()
            .map(|it| pb::InvoiceVat {
                rate: it.rate.map(decimal),
                net: amount(it.net),
                vat: amount(it.vat),
            })
            .collect(),
        total: amount(amounts.total),
        discount: amount(amounts.discount),
        tax: amount(amounts.tax),
        service_charge: amount(amounts.service_charge),
        delivery_fee: amount(amounts.delivery_fee),
        installation_fee: amount(amounts.installation_fee),
        grand_total: amount(amounts.grand_total),
        date: invoice.date.clone(),
        create_time: Some(timestamp(invoice.create_time)),
        messages: Some(pb::InvoiceMessages {
            phone_message: invoice.phone_message,
            email_message: invoice.email_message,
        }),
    }
}

fn line(line: &InvoiceLine, currency: &str) -> pb::InvoiceLine {
    let amount = |value: Decimal| (line.kind != LineKind::Text).then(|| money(value, currency));
    pb::InvoiceLine {
        order_line_id: line.order_line_id,
        kind: number_of(LINE_KINDS, &line.kind),
        description: line.description.clone(),
        product_code: line.product_code.clone(),
        quantity: Some(decimal(line.quantity)),
        unit_name: line.unit_name.clone(),
        unit_price: amount(line.unit_price),
        discount: amount(line.discount),
        vat_rate: line.vat_rate.map(decimal),
        amount: amount(line.amount),
    }
}
