//! The money of orders.

use order_status_proto::v1;

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{
    CreateInvoices, GetInvoice, GetInvoiceDocument, ListInvoices, ListPayments, RecordPayment,
    RecordRefund,
};
use crate::types::Money;

impl Client {
    /// Records a payment of an order.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let amount = order_status_sdk::money("25.00", "EUR")?;
    /// let paid = client.record_payment(12, amount).method("card").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn record_payment(&self, order: impl Into<OrderRef>, amount: Money) -> Call<RecordPayment> {
        let mut call = self.call_on::<RecordPayment>(order);
        call.request.amount = Some(amount);
        call
    }

    /// Records that money was given back; `amount` is above zero.
    pub fn record_refund(&self, order: impl Into<OrderRef>, amount: Money) -> Call<RecordRefund> {
        let mut call = self.call_on::<RecordRefund>(order);
        call.request.amount = Some(amount);
        call
    }

    /// Lists the payments and refunds of the account, or of one order: a page with
    /// [`send`](Call::send), all with [`into_stream`](Call::into_stream).
    pub fn list_payments(&self) -> Call<ListPayments> {
        self.call(v1::ListPaymentsRequest::default())
    }

    /// Makes the invoices of what is on no booked invoice yet, one for each customer; pro-formas
    /// unless [`book`](Call::book) is set.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let made = client.create_invoices(12).book().employee(1005).send().await?;
    /// for invoice in made.invoices {
    ///     let pdf = client.get_invoice_document(invoice.number).send().await?.content;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_invoices(&self, order: impl Into<OrderRef>) -> Call<CreateInvoices> {
        self.call_on(order)
    }

    /// Reads one invoice.
    pub fn get_invoice(&self, number: i64) -> Call<GetInvoice> {
        self.call(v1::GetInvoiceRequest { number })
    }

    /// Lists the invoices of the account, or of one order: a page with [`send`](Call::send), all
    /// with [`into_stream`](Call::into_stream).
    pub fn list_invoices(&self) -> Call<ListInvoices> {
        self.call(v1::ListInvoicesRequest::default())
    }

    /// Draws one invoice as a PDF.
    pub fn get_invoice_document(&self, number: i64) -> Call<GetInvoiceDocument> {
        self.call(v1::GetInvoiceDocumentRequest { number })
    }
}
