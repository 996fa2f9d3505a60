//! New orders, and what happens to them: approved, cancelled, restored, deleted.

use order_status_tests::{Backend, on_both};

use super::{ORDER, data, demo, detail, get, json, message, order, send};

async fn step(
    server: &order_status_tests::Server,
    step: &str,
    code: &str,
) -> order_status_tests::golden::Answer {
    let body = format!("{{\"order_code\": \"{code}\"}}");
    match step {
        "delete" => send(server, "DELETE", ORDER, &body).await,
        step => send(server, "PUT", &format!("{ORDER}/{step}"), &body).await,
    }
}

#[tokio::test]
async fn approve_cancel_and_restore_move_the_order_and_say_so() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        for (call, told, status, label) in [
            ("approve", "Successfully updated", 2, "Approved"),
            ("cancel", "Successfully updated", 3, "Cancelled"),
            ("restore", "Successfully restored", 1, "Pending Approval"),
            ("cancel", "Successfully updated", 3, "Cancelled"),
        ] {
            let answer = step(&server, call, "ORDER_001").await;
            assert_eq!(json(&answer)["message"], told, "{call}");
            assert_eq!(
                data(&answer),
                serde_json::json!({"order_id": 96, "order_code": "ORDER_001"})
            );
            let shown = detail(&server, "ORDER_001").await;
            assert_eq!(
                (&shown["status"], &shown["status_label"]),
                (&status.into(), &label.into())
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_step_that_is_not_open_is_refused_with_what_is() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let told = message(&step(&server, "restore", "ORDER_001").await, 400);
        assert!(
            told.contains("Pending Approval") && told.contains("approve, cancel"),
            "{told}"
        );
        data(&step(&server, "approve", "ORDER_001").await);
        let told = message(&step(&server, "approve", "ORDER_001").await, 400);
        assert!(told.contains("Approved"), "{told}");
        let told = message(&step(&server, "delete", "ORDER_001").await, 400);
        assert!(told.contains("pending, cancelled"), "{told}");
        data(&step(&server, "cancel", "ORDER_001").await);
        assert_eq!(step(&server, "cancel", "ORDER_001").await.status, 400);
        assert_eq!(step(&server, "approve", "ORDER_001").await.status, 400);
        let paid =
            "{\"order_code\": \"ORDER_001\", \"saved_sale_order_payments\": [{\"amount\": 5}]}";
        let told = message(&send(&server, "PUT", ORDER, paid).await, 400);
        assert!(told.contains("takes no payments"), "{told}");
        let answer = step(&server, "delete", "ORDER_001").await;
        assert_eq!(json(&answer)["message"], "Successfully deleted");
        for call in ["approve", "cancel", "restore", "delete"] {
            let gone = step(&server, call, "ORDER_001").await;
            assert_eq!(message(&gone, 404), "Order not found", "{call}");
        }
    })
    .await;
}

#[tokio::test]
async fn payments_given_with_a_new_order_pay_for_it() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let body = r#"{
            "order_code": "NEW-1", "order_date": "2025-02-06", "store_name": "Central Warehouse",
            "account": {"account_name": "Somebody", "account_code": "KH/2"},
            "custom_fields": {"a": 1},
            "saved_order_details": [{"product_code": "P", "quantity": 2, "price": 500}],
            "saved_sale_order_payments": [{"method_name": "Cash", "amount": 400}, {"method_name": "Cash", "amount": 400}]
        }"#;
        let answer = send(&server, "POST", ORDER, body).await;
        assert_eq!(json(&answer)["message"], "Successfully added");
        assert_eq!(data(&answer)["order_code"], "NEW-1");
        let shown = detail(&server, "NEW-1").await;
        assert_eq!(shown["id"], data(&answer)["order_id"]);
        let told = ["real_amount", "f_amount", "status", "payment_status", "account_code", "order_date"];
        let expected = serde_json::json!([1000, 800, 1, "Partly paid", "KH/2", "2025-02-06"]);
        assert_eq!(serde_json::json!(told.map(|name| shown[name].clone())), expected);
        assert_eq!(shown["custom_fields"], serde_json::json!({"a": 1}));
        // Nothing of an order whose payments cannot be is made.
        let body = body.replace("NEW-1", "NEW-2").replace("\"amount\": 400}]", "\"amount\": 601}]");
        message(&send(&server, "POST", ORDER, &body).await, 400);
        let missing = get(&server, &format!("{ORDER}?order_code=NEW-2")).await;
        assert_eq!(message(&missing, 404), "Order not found");
    })
    .await;
}

#[tokio::test]
async fn a_new_order_may_be_approved_at_once_and_gets_a_code_where_it_has_none() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (approve, status) in [("0", 1), ("1", 2), ("true", 2), ("null", 1)] {
        let body = format!("{{\"is_auto_approve\": {approve}}}");
        let made = data(&send(&server, "POST", ORDER, &body).await);
        let code = made["order_code"].as_str().unwrap();
        assert_eq!(code, made["order_id"].to_string());
        assert_eq!(detail(&server, code).await["status"], status, "{approve}");
    }
    let wrong = message(
        &send(&server, "POST", ORDER, "{\"is_auto_approve\": 2}").await,
        400,
    );
    assert_eq!(wrong, "is_auto_approve must be 0 or 1");
    let taken = message(
        &send(&server, "POST", ORDER, "{\"order_code\": \"ORDER_001\"}").await,
        400,
    );
    assert!(taken.contains("ORDER_001 is taken"), "{taken}");
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
}
