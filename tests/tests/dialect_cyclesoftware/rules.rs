//! What the document says of its calls, sentence by sentence.

use order_status_proto::v1::{
    CreateOrderRequest, GetStoreOrderRequest, GetSupplierOrderRequest, Line, LineKind, Order,
    RecordRefundRequest, record_refund_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::{Backend, Server};

use super::{ADDRESS, AT_FIRST, SINGLE, call, call_by, caller, demo, message, order, state, told};

/// A new order of the account with lines of these quantities, one euro each.
async fn new_order(server: &Server, quantities: &[&str]) -> Order {
    let line = |quantity: &&str| Line {
        name: "Belt".to_owned(),
        quantity: Some(Decimal {
            value: (*quantity).to_owned(),
        }),
        unit_price: Some(Money {
            currency_code: "EUR".to_owned(),
            units: 1,
            nanos: 0,
        }),
        ..Line::default()
    };
    let request = CreateOrderRequest {
        order: Some(Order {
            store_id: Some(1),
            lines: quantities.iter().map(line).collect(),
            ..Order::default()
        }),
        ..CreateOrderRequest::default()
    };
    let made = caller(server).await.orders().create_order(request).await;
    made.expect("an order").into_inner()
}

#[tokio::test]
async fn update_the_store_of_a_sales_order_with_the_possibility_to_change_the_delivery_type_and_address()
 {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = format!(
        "{{\"to_store_id\": 2, \"default_mode\": 0, \"new_delivery_method_id\": 3, \"new_delivery_address\": {ADDRESS}}}"
    );
    let moved = told(&call(&server, 102_323, "update-store", &body).await);
    assert_eq!(moved["created_store_order_id"], serde_json::Value::Null);
    let after = order(&server, 102_323).await;
    assert_eq!(
        (after.store_id, after.delivery_method.as_str()),
        (Some(2), "delivery")
    );
    let address = after.delivery_address.expect("an address");
    assert_eq!(
        (address.id, address.street.as_str()),
        (45_287, "Streetname")
    );
    assert!(address.business);
    assert_eq!(
        (address.company_name.as_str(), address.notes.as_str()),
        ("Company", "Some note")
    );
    assert_eq!(after.version, AT_FIRST + 1, "one change");
}

#[tokio::test]
async fn a_move_takes_an_account_with_several_stores() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = "{\"to_store_id\": 2, \"default_mode\": 1}";
    let refused = call_by(&server, SINGLE, 102_324, "update-store", body).await;
    assert!(message(&refused, 400).contains("the account has one store"));
}

#[tokio::test]
async fn items_without_a_mode_take_the_default_mode() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for items in [
        "",
        ", \"items\": null",
        ", \"items\": []",
        ", \"items\": [{\"item_id\": 1}]",
    ] {
        let made = new_order(&server, &["1", "2"]).await;
        let body = format!("{{\"to_store_id\": 2, \"default_mode\": 1{items}}}");
        let moved = told(&call(&server, made.id, "update-store", &body).await);
        let id = moved["created_store_order_id"]
            .as_i64()
            .expect("a store order");
        let request = GetStoreOrderRequest { id };
        let carried = caller(&server)
            .await
            .fulfillment()
            .get_store_order(request)
            .await;
        let carried = carried.expect("a store order").into_inner();
        let lines: Vec<i64> = carried.lines.iter().map(|line| line.line_id).collect();
        assert_eq!(lines, [1, 2], "{items}");
    }
    let made = new_order(&server, &["1", "2"]).await;
    let some = "{\"to_store_id\": 2, \"default_mode\": 0, \"items\": [{\"item_id\": 2, \"mode\": 1}, {\"item_id\": 1, \"mode\": null}]}";
    let moved = told(&call(&server, made.id, "update-store", some).await);
    let id = moved["created_store_order_id"]
        .as_i64()
        .expect("a store order");
    let request = GetStoreOrderRequest { id };
    let carried = caller(&server)
        .await
        .fulfillment()
        .get_store_order(request)
        .await;
    let carried = carried.expect("a store order").into_inner();
    assert_eq!((carried.lines.len(), carried.lines[0].line_id), (1, 2));

    let unknown =
        "{\"to_store_id\": 1, \"default_mode\": 0, \"items\": [{\"item_id\": 9, \"mode\": 1}]}";
    let refused = call(&server, made.id, "update-store", unknown).await;
    assert!(
        message(&refused, 400).starts_with("items[0].item_id"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn affected_supplier_orders_go_to_the_new_store() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = "{\"to_store_id\": 2, \"default_mode\": 2}";
    let moved = told(&call(&server, 102_323, "update-store", body).await);
    assert_eq!(
        moved["affected_supplier_order_ids"],
        serde_json::json!([1481, 20_000, 102_020, 102_021])
    );
    assert_eq!(moved["cancelled_supplier_order_ids"], serde_json::json!([]));
    assert_eq!(
        moved["cancelled_store_order_ids"],
        serde_json::json!([3333, 4444])
    );
    for id in [1481, 20_000, 102_020, 102_021] {
        let request = GetSupplierOrderRequest { id };
        let found = caller(&server)
            .await
            .fulfillment()
            .get_supplier_order(request)
            .await;
        assert_eq!(
            found.expect("a supplier order").into_inner().store_id,
            2,
            "{id}"
        );
    }
}

#[tokio::test]
async fn update_sales_order_delivery_type_and_or_address() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let name = "update-delivery-method";
    let method = call(&server, 102_323, name, "{\"new_delivery_method_id\": 3}").await;
    assert_eq!(
        told(&method)["created_delivery_address_id"],
        serde_json::Value::Null
    );
    let after = order(&server, 102_323).await;
    assert_eq!(
        (after.delivery_method.as_str(), after.delivery_address),
        ("delivery", None)
    );

    let address =
        format!("{{\"new_delivery_method_id\": null, \"new_delivery_address\": {ADDRESS}}}");
    let made = call(&server, 102_323, name, &address).await;
    assert_eq!(told(&made)["created_delivery_address_id"], 45_287);
    let after = order(&server, 102_323).await;
    assert_eq!(after.delivery_method, "delivery");
    assert_eq!(
        after.delivery_address.expect("an address").city,
        "Amsterdam"
    );

    let same = told(&call(&server, 102_323, name, &address).await);
    assert_eq!(
        same["created_delivery_address_id"],
        serde_json::Value::Null,
        "no new one"
    );
}

#[tokio::test]
async fn mark_a_sales_order_as_cancelled() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let cancelled = call(&server, 121_212, "cancel?cancellation_type_id=1", "").await;
    assert_eq!(told(&cancelled), serde_json::json!({}));
    let after = order(&server, 121_212).await;
    assert_eq!(state(&after), "cancelled");
    assert_eq!(after.cancellation_type, "customer_request");
    let again = call(&server, 121_212, "cancel", "").await;
    let why = message(&again, 400);
    assert!(
        why.contains("in state cancelled (Cancelled)") && why.contains("final"),
        "{why}"
    );
}

#[tokio::test]
async fn an_order_may_only_be_cancelled_if_there_is_no_payment_amount_left() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let refused = message(&call(&server, 121_213, "cancel", "").await, 400);
    assert!(refused.contains("nothing may have been paid"), "{refused}");
    assert!(
        refused.ends_with("open to you: ready, complete"),
        "{refused}"
    );
    let request = RecordRefundRequest {
        order: Some(record_refund_request::Order::Id(121_213)),
        method: "card".to_owned(),
        amount: Some(Money {
            currency_code: "EUR".to_owned(),
            units: 100,
            nanos: 0,
        }),
        ..RecordRefundRequest::default()
    };
    let refunded = caller(&server).await.billing().record_refund(request).await;
    refunded.expect("a refund");
    told(&call(&server, 121_213, "cancel", "").await);
    assert_eq!(state(&order(&server, 121_213).await), "cancelled");
}

#[tokio::test]
async fn if_true_the_exchange_objects_in_the_order_will_be_deleted_defaults_to_false() {
    let exchanged = |order: &Order| {
        let mut lines = order.lines.iter();
        lines.any(|line| line.kind() == LineKind::Exchange)
    };
    for (call_name, left) in [
        ("cancel", true),
        ("cancel?delete_exchange=false", true),
        ("cancel?delete_exchange=1", false),
        ("cancel?delete_exchange=true", false),
    ] {
        let (server, _database) = demo(Backend::Sqlite).await;
        assert!(exchanged(&order(&server, 121_212).await));
        told(&call(&server, 121_212, call_name, "").await);
        assert_eq!(
            exchanged(&order(&server, 121_212).await),
            left,
            "{call_name}"
        );
    }
}
