//! What is missing is named.

use order_status_proto::v1::{
    AddOrderNoteRequest, BatchGetOrdersRequest, ConfirmOrderRequest, CreateOrderRequest,
    CreateStoreRequest, GetOrderRequest, Order, OverrideOrderStateRequest, Role, Store,
    TransitionOrderRequest, UpdateOrderRequest, add_order_note_request, get_order_request,
    override_order_state_request, transition_order_request,
};
use order_status_tests::account::credential;

use super::{Cases, all_refused};

#[tokio::test]
async fn what_is_missing_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        let get = "OrderService/GetOrder";
        cases.field(get, &["order"], GetOrderRequest::default());
        let number = GetOrderRequest {
            order: Some(get_order_request::Order::Number(String::new())),
            ..GetOrderRequest::default()
        };
        cases.field(get, &["number"], number);
        let batch = "OrderService/BatchGetOrders";
        cases.field(batch, &["ids"], BatchGetOrdersRequest::default());
        let many = BatchGetOrdersRequest {
            ids: vec![1; 501],
            ..BatchGetOrdersRequest::default()
        };
        cases.field(batch, &["ids", "500"], many);
        let none = ConfirmOrderRequest::default();
        cases.field("OrderService/ConfirmOrder", &["order"], none);
        let none = CreateOrderRequest::default();
        cases.field("OrderService/CreateOrder", &["order"], none);
        let update = "OrderService/UpdateOrder";
        cases.field(update, &["order"], UpdateOrderRequest::default());
        let nameless = UpdateOrderRequest {
            order: Some(Order::default()),
            ..UpdateOrderRequest::default()
        };
        cases.field(update, &["order"], nameless);
        let nowhere = TransitionOrderRequest {
            order: Some(transition_order_request::Order::Id(order.id)),
            ..TransitionOrderRequest::default()
        };
        cases.field("OrderService/TransitionOrder", &["target"], nowhere);
        let why = OverrideOrderStateRequest {
            order: Some(override_order_state_request::Order::Id(order.id)),
            target: Some(override_order_state_request::Target::State(
                "confirmed".into(),
            )),
            ..OverrideOrderStateRequest::default()
        };
        cases.field("OrderService/OverrideOrderState", &["reason"], why);
        let silent = AddOrderNoteRequest {
            order: Some(add_order_note_request::Order::Id(order.id)),
            ..AddOrderNoteRequest::default()
        };
        cases.field("OrderService/AddOrderNote", &["message"], silent);
        let store = "CatalogService/CreateStore";
        cases.field(store, &["store"], CreateStoreRequest::default());
        let nameless = CreateStoreRequest {
            store: Some(Store::default()),
            ..CreateStoreRequest::default()
        };
        cases.field(store, &["store.name"], nameless);
        cases.credential(&["title"], |request| request.title.clear());
        let nobody = credential(Role::Client);
        cases.field("AdminService/CreateCredential", &["customer_id"], nobody);
        cases.payment(&["amount"], order.id, |request| request.amount = None);
        cases.line(&["order.lines[1].name"], |line| {
            line.name.clear();
            line.product_code.clear();
        });
        cases
    })
    .await;
}
