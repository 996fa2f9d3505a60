//! What becomes of an order's goods.

use order_status_proto::v1;

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{
    CreateOutboundOrder, CreateStoreOrder, CreateSupplierOrder, GetOutboundOrder, GetStoreOrder,
    GetSupplierOrder, ListOutboundOrders, ListStoreOrders, ListSupplierOrders, MoveOrderToStore,
    PlaceHold, PlanStoreMove, ReleaseHold, UpdateDeliveryMethod, UpdateOutboundOrder,
    UpdateStoreOrder, UpdateSupplierOrder,
};
use crate::types::{OutboundOrder, StoreOrder, SupplierOrder};

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

    /// Tells what moving an order to another store would do, and changes nothing. Set a `default_mode`, or
    /// a mode for each `item`.
    pub fn plan_store_move(
        &self,
        order: impl Into<OrderRef>,
        to_store_id: i64,
    ) -> Call<PlanStoreMove> {
        let mut call = self.call_on::<PlanStoreMove>(order);
        call.request.to_store_id = to_store_id;
        call
    }

    /// Moves an order to another store, with what carries its items. Set a `default_mode`, or a mode for
    /// each `item`: keys of the catalog `transfer_modes`.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let plan = client
    ///     .plan_store_move(12, 2)
    ///     .default_mode("redirect")
    ///     .item(1, "transfer")
    ///     .send()
    ///     .await?;
    /// let moved = client
    ///     .move_order_to_store(12, 2)
    ///     .default_mode("redirect")
    ///     .item(1, "transfer")
    ///     .etag(plan.etag)
    ///     .send()
    ///     .await?;
    /// println!("store order {} brings the item", moved.created_store_order_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn move_order_to_store(
        &self,
        order: impl Into<OrderRef>,
        to_store_id: i64,
    ) -> Call<MoveOrderToStore> {
        let mut call = self.call_on::<MoveOrderToStore>(order);
        call.request.to_store_id = to_store_id;
        call
    }

    /// Makes a store order for lines of orders.
    pub fn create_store_order(&self, store_order: StoreOrder) -> Call<CreateStoreOrder> {
        self.call(v1::CreateStoreOrderRequest {
            store_order: Some(store_order),
            ..Default::default()
        })
    }

    /// Changes a store order; its `id` says which one.
    pub fn update_store_order(&self, store_order: StoreOrder) -> Call<UpdateStoreOrder> {
        self.call(v1::UpdateStoreOrderRequest {
            store_order: Some(store_order),
            ..Default::default()
        })
    }

    /// Gets one store order.
    pub fn get_store_order(&self, id: i64) -> Call<GetStoreOrder> {
        self.call(v1::GetStoreOrderRequest { id })
    }

    /// Lists store orders: all, those of one `order`, or those that stand in one `state`.
    pub fn list_store_orders(&self) -> Call<ListStoreOrders> {
        self.call(v1::ListStoreOrdersRequest::default())
    }

    /// Makes a supplier order for lines of orders.
    pub fn create_supplier_order(
        &self,
        supplier_order: SupplierOrder,
    ) -> Call<CreateSupplierOrder> {
        self.call(v1::CreateSupplierOrderRequest {
            supplier_order: Some(supplier_order),
            ..Default::default()
        })
    }

    /// Changes a supplier order; its `id` says which one.
    pub fn update_supplier_order(
        &self,
        supplier_order: SupplierOrder,
    ) -> Call<UpdateSupplierOrder> {
        self.call(v1::UpdateSupplierOrderRequest {
            supplier_order: Some(supplier_order),
            ..Default::default()
        })
    }

    /// Gets one supplier order.
    pub fn get_supplier_order(&self, id: i64) -> Call<GetSupplierOrder> {
        self.call(v1::GetSupplierOrderRequest { id })
    }

    /// Lists supplier orders: all, those of one `order`, or those that stand in one `state`.
    pub fn list_supplier_orders(&self) -> Call<ListSupplierOrders> {
        self.call(v1::ListSupplierOrdersRequest::default())
    }

    /// Makes an outbound order for lines of orders.
    pub fn create_outbound_order(
        &self,
        outbound_order: OutboundOrder,
    ) -> Call<CreateOutboundOrder> {
        self.call(v1::CreateOutboundOrderRequest {
            outbound_order: Some(outbound_order),
            ..Default::default()
        })
    }

    /// Changes an outbound order; its `id` says which one.
    pub fn update_outbound_order(
        &self,
        outbound_order: OutboundOrder,
    ) -> Call<UpdateOutboundOrder> {
        self.call(v1::UpdateOutboundOrderRequest {
            outbound_order: Some(outbound_order),
            ..Default::default()
        })
    }

    /// Gets one outbound order.
    pub fn get_outbound_order(&self, id: i64) -> Call<GetOutboundOrder> {
        self.call(v1::GetOutboundOrderRequest { id })
    }

    /// Lists outbound orders: all, those of one `order`, or those that stand in one `state`.
    pub fn list_outbound_orders(&self) -> Call<ListOutboundOrders> {
        self.call(v1::ListOutboundOrdersRequest::default())
    }
}
