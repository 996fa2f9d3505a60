//! Orders as records: make, read, change, delete, their history, and watching them.

use order_status_proto::v1;

use super::Client;
use crate::OrderRef;
use crate::call::Call;
use crate::method::{
    AddOrderNote, BatchGetOrders, CreateOrder, DeleteOrder, GetOrder, ImportOrders,
    ListOrderChanges, ListOrders, UpdateOrder, WatchOrders,
};
use crate::types::Order;

impl Client {
    /// Makes an order in the first state of its workflow.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// use order_status_sdk::types::{Line, Order};
    /// use order_status_sdk::{decimal, money};
    ///
    /// let line = Line {
    ///     name: "Burger".to_owned(),
    ///     quantity: Some(decimal("2")?),
    ///     unit_price: Some(money("12.50", "EUR")?),
    ///     ..Line::default()
    /// };
    /// let order = Order { lines: vec![line], ..Order::default() };
    /// let order = client.create_order(order).send().await?;
    /// println!("{} has the id {}", order.number, order.id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_order(&self, order: Order) -> Call<CreateOrder> {
        self.call(v1::CreateOrderRequest {
            order: Some(order),
            ..Default::default()
        })
    }

    /// Gets one order, as it is or as it was.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let now = client.get_order(67).send().await?;
    /// let first = client.get_order(&now).as_of_version(1).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_order(&self, order: impl Into<OrderRef>) -> Call<GetOrder> {
        self.call_on(order)
    }

    /// Gets up to 500 orders at once. Those named by ids are answered first, then those named by
    /// numbers, each in the order given; one that is missing fails the whole.
    pub fn batch_get_orders(
        &self,
        orders: impl IntoIterator<Item = impl Into<OrderRef>>,
    ) -> Call<BatchGetOrders> {
        let mut request = v1::BatchGetOrdersRequest::default();
        for order in orders {
            match order.into() {
                OrderRef::Id(id) => request.ids.push(id),
                OrderRef::Number(number) => request.numbers.push(number),
            }
        }
        self.call(request)
    }

    /// Lists orders: a page with [`send`](Call::send), all with
    /// [`into_stream`](Call::into_stream).
    pub fn list_orders(&self) -> Call<ListOrders> {
        self.call(v1::ListOrdersRequest::default())
    }

    /// Changes fields of an order, never its state. Its `id` names it, and its `number` is then
    /// the new one; without an id its number names it.
    pub fn update_order(&self, order: Order) -> Call<UpdateOrder> {
        self.call(v1::UpdateOrderRequest {
            order: Some(order),
            ..Default::default()
        })
    }

    /// Deletes an order, in the states that allow it. Its history stays.
    pub fn delete_order(&self, order: impl Into<OrderRef>) -> Call<DeleteOrder> {
        self.call_on(order)
    }

    /// Takes over up to 500 orders in mid-life, with their ids, numbers, states, times and
    /// payments: all of them, or none.
    pub fn import_orders(&self, orders: impl IntoIterator<Item = Order>) -> Call<ImportOrders> {
        let orders = orders.into_iter().collect();
        self.call(v1::ImportOrdersRequest {
            orders,
            ..Default::default()
        })
    }

    /// Lists the history of an order, in the order of its versions: a page with
    /// [`send`](Call::send), all with [`into_stream`](Call::into_stream).
    pub fn list_order_changes(&self, order: impl Into<OrderRef>) -> Call<ListOrderChanges> {
        self.call_on(order)
    }

    /// Adds a note, 1 to 4,000 characters, to the history of an order.
    pub fn add_order_note(
        &self,
        order: impl Into<OrderRef>,
        message: impl Into<String>,
    ) -> Call<AddOrderNote> {
        let mut call = self.call_on::<AddOrderNote>(order);
        call.request.message = message.into();
        call
    }

    /// Watches orders: [`into_stream`](Call::into_stream) tells changes as they happen.
    pub fn watch_orders(&self) -> Call<WatchOrders> {
        self.call(v1::WatchOrdersRequest::default())
    }
}
