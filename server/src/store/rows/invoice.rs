//! Invoices and the messages about them.

use crate::domain::invoice::{Invoice, InvoiceState, QueuedMessage};
use crate::domain::order::Customer;
use crate::domain::time::Timestamp;
use crate::store::detail;
use crate::store::entity::{invoice as invoices, message as messages};
use crate::store::error::{StoreError, damaged};

/// What a message is that waits to be sent.
const QUEUED: &str = "queued";

/// The row of an invoice that is made.
pub fn invoice_row(account_id: i64, invoice: &Invoice) -> invoices::Model {
    invoices::Model {
        account_id,
        number: invoice.number,
        order_id: invoice.order_id,
        customer_id: invoice.customer.id,
        pro_forma: invoice.pro_forma,
        state: InvoiceState::first(invoice.pro_forma).code(),
        date: invoice.date.clone(),
        grand_total: invoice.amounts.grand_total.ten_thousandths(),
        body: detail::write_invoice(invoice),
        create_time: invoice.create_time.micros(),
    }
}

/// The invoice of a row, and where it stands.
///
/// # Errors
/// Where the row makes no sense.
pub fn invoice(row: invoices::Model) -> Result<(Invoice, InvoiceState), StoreError> {
    let state = InvoiceState::from_code(i64::from(row.state))
        .ok_or_else(|| damaged(format_args!("invoice {}: state {}", row.number, row.state)))?;
    let mut invoice = Invoice {
        number: row.number,
        pro_forma: row.pro_forma,
        order_id: row.order_id,
        customer: Customer {
            id: row.customer_id,
            ..Customer::default()
        },
        date: row.date,
        create_time: Timestamp::from_micros(row.create_time),
        ..Invoice::default()
    };
    detail::read_invoice(&row.body, &mut invoice)?;
    Ok((invoice, state))
}

/// The row of a message that is queued.
pub fn message_row(account_id: i64, message: &QueuedMessage) -> messages::Model {
    messages::Model {
        account_id,
        id: message.id,
        kind: message.kind.name().to_owned(),
        recipient: message.recipient.clone(),
        order_id: message.order_id,
        invoice_number: message.invoice_number,
        state: QUEUED.to_owned(),
        create_time: message.create_time.micros(),
    }
}
