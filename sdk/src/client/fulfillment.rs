//! What becomes of an order's goods.

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{PlaceHold, ReleaseHold, UpdateDeliveryMethod};

impl Client {
    /// Changes how or where an order is delivered: set `delivery_method`, `delivery_address`, or both.
    pub fn update_delivery_method(&self, order: impl Into<OrderRef>) -> Call<UpdateDeliveryMethod> {
        self.call_on(order)
    }

    /// Holds an order up, for a reason that is a key of the catalog `hold_reasons`: what the hold
    /// blocks is refused until it is released.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let placed = client.place_hold(12, "payment_review").note("card was refused twice").send().await?;
    /// let hold = placed.hold.unwrap_or_default();
    /// client.release_hold(12, hold.id).reason("the bank agreed").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn place_hold(
        &self,
        order: impl Into<OrderRef>,
        reason: impl Into<String>,
    ) -> Call<PlaceHold> {
        self.call_on::<PlaceHold>(order).reason(reason)
    }

    /// Releases a hold of an order, by the hold's id.
    pub fn release_hold(&self, order: impl Into<OrderRef>, hold_id: i64) -> Call<ReleaseHold> {
        let mut call = self.call_on::<ReleaseHold>(order);
        call.request.hold_id = hold_id;
        call
    }
}
