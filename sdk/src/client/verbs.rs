//! Moving orders along their workflow.

use order_status_proto::v1;

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{
    BatchDeleteOrders, BatchTransitionOrders, CancelOrder, CompleteOrder, ConfirmOrder,
    ListTransitions, LockOrder, MarkOrderPaid, OverrideOrderState, TransitionOrder, UnlockOrder,
};

impl Client {
    /// Confirms an order, by the transition that its workflow has for that.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let order = client.get_order("FR9TL74P").send().await?;
    /// match client.confirm_order(&order).etag(&order.etag).send().await {
    ///     Ok(order) => println!("now at version {}", order.version),
    ///     Err(error) if error.is_conflict() => println!("somebody else was quicker"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn confirm_order(&self, order: impl Into<OrderRef>) -> Call<ConfirmOrder> {
        self.call_on(order)
    }

    /// Marks an order as paid. Where the workflow says so, the open balance is recorded as a
    /// payment.
    pub fn mark_order_paid(&self, order: impl Into<OrderRef>) -> Call<MarkOrderPaid> {
        self.call_on(order)
    }

    /// Completes an order.
    pub fn complete_order(&self, order: impl Into<OrderRef>) -> Call<CompleteOrder> {
        self.call_on(order)
    }

    /// Cancels an order.
    pub fn cancel_order(&self, order: impl Into<OrderRef>) -> Call<CancelOrder> {
        self.call_on(order)
    }

    /// Takes a transition: set `transition` to its name, or `state` or `state_code` to where it
    /// leads.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// client.transition_order(67).transition("send").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn transition_order(&self, order: impl Into<OrderRef>) -> Call<TransitionOrder> {
        self.call_on(order)
    }

    /// Sets the state outside the transitions, for managers: set `state` or `state_code` to where
    /// it is to stand. The reason is for the history.
    pub fn override_order_state(
        &self,
        order: impl Into<OrderRef>,
        reason: impl Into<String>,
    ) -> Call<OverrideOrderState> {
        self.call_on::<OverrideOrderState>(order).reason(reason)
    }

    /// Locks an order against edits.
    pub fn lock_order(&self, order: impl Into<OrderRef>) -> Call<LockOrder> {
        self.call_on(order)
    }

    /// Unlocks an order.
    pub fn unlock_order(&self, order: impl Into<OrderRef>) -> Call<UnlockOrder> {
        self.call_on(order)
    }

    /// Takes one transition on up to 500 orders, by their ids: all of them, or none. Set
    /// `transition`, `state` or `state_code` as with
    /// [`transition_order`](Self::transition_order).
    pub fn batch_transition_orders(
        &self,
        ids: impl IntoIterator<Item = i64>,
    ) -> Call<BatchTransitionOrders> {
        let ids = ids.into_iter().collect();
        self.call(v1::BatchTransitionOrdersRequest {
            ids,
            ..Default::default()
        })
    }

    /// Deletes up to 500 orders, by their ids: all of them, or none.
    pub fn batch_delete_orders(
        &self,
        ids: impl IntoIterator<Item = i64>,
    ) -> Call<BatchDeleteOrders> {
        let ids = ids.into_iter().collect();
        self.call(v1::BatchDeleteOrdersRequest {
            ids,
            ..Default::default()
        })
    }

    /// Lists every transition from where the order stands, open to this caller or blocked and by
    /// what.
    pub fn list_transitions(&self, order: impl Into<OrderRef>) -> Call<ListTransitions> {
        self.call_on(order)
    }
}
