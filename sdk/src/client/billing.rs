//! The money of orders.

use order_status_proto::v1;

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{ListPayments, RecordPayment, RecordRefund};
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
}
