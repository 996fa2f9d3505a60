//! What is settled where the document is silent.

use order_status_tests::Backend;
use order_status_tests::golden::{exchange, request};

use super::{JSON, KEY, ORDER, data, demo, get, json, message, order, send};

#[tokio::test]
async fn every_refusal_is_a_message_and_a_status() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let code = "{\"order_code\": \"NOSUCH\"}";
    for (method, path) in [
        ("PUT", ORDER.to_owned()),
        ("DELETE", ORDER.to_owned()),
        ("PUT", format!("{ORDER}/approve")),
        ("PUT", format!("{ORDER}/cancel")),
        ("PUT", format!("{ORDER}/restore")),
    ] {
        let missing = send(&server, method, &path, code).await;
        assert_eq!(message(&missing, 404), "Order not found", "{method} {path}");
        let headers = [JSON, ("X-API-KEY", "wrong")];
        for body in [code, "{", ""] {
            let wrong = exchange(&server, &request(method, &path, &headers, body)).await;
            assert_eq!(
                message(&wrong, 401),
                "X-API-KEY is missing or wrong",
                "{method} {path}"
            );
        }
        let refused = send(&server, method, &path, "{}").await;
        assert!(
            message(&refused, 400).ends_with("order_code is required"),
            "{method} {path}"
        );
    }
    assert_eq!(
        message(&get(&server, ORDER).await, 400),
        "order_code is required"
    );
    for path in [
        ORDER,
        "/api/v6.1/sale_orders",
        "/api/v6.1/sale_order_payments",
        "/api/v6.1/other",
    ] {
        let wrong = exchange(&server, &request("GET", path, &[], "")).await;
        assert_eq!(
            message(&wrong, 401),
            "X-API-KEY is missing or wrong",
            "{path}"
        );
    }
}

#[tokio::test]
async fn other_versions_and_other_methods_are_not_there() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for path in [
        "/api/v6.1",
        "/api/v6.1/",
        "/api/v6.1/sale_orders/96",
        "/api/v6.1/sale_order%2Fapprove",
    ] {
        assert_eq!(
            message(&get(&server, path).await, 404),
            "There is no such endpoint",
            "{path}"
        );
    }
    for path in ["/api/v6/sale_order", "/api/v6.10/sale_order"] {
        assert_eq!(get(&server, path).await.status, 404, "{path}");
    }
    for (path, allow) in [
        (ORDER.to_owned(), "GET, POST, PUT, DELETE"),
        (format!("{ORDER}/approve"), "PUT"),
        (format!("{ORDER}/cancel/"), "PUT"),
        (format!("{ORDER}/restore"), "PUT"),
        ("/api/v6.1/sale_orders".to_owned(), "GET"),
        ("/api/v6.1/sale_order_payments/".to_owned(), "GET"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let refused = send(&server, method, &path, "{}").await;
            assert_eq!(refused.header("allow"), allow, "{method} {path}");
            let told = message(&refused, 405);
            assert_eq!(
                told,
                format!("Method {method} is not allowed; allowed: {allow}")
            );
        }
    }
}

#[tokio::test]
async fn a_key_in_another_contracts_header_opens_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (name, value) in [
        ("Authorization", format!("Bearer {KEY}")),
        ("Authorization", format!("token {KEY}")),
        ("X-Auth-Token", KEY.to_owned()),
        ("Cookie", format!("session_id={KEY}")),
    ] {
        let headers = [(name, value.as_str())];
        let path = format!("{ORDER}?order_code=ORDER_001");
        let answer = exchange(&server, &request("GET", &path, &headers, "")).await;
        assert_eq!(
            message(&answer, 401),
            "X-API-KEY is missing or wrong",
            "{name}"
        );
    }
    // Another contract's token on the own header is just another key: it opens its own account.
    let headers = [
        ("x-api-key", "vE53k50FVtct50ll8iHBE6FgMRVCyJeF"),
        ("Authorization", "Bearer nobody"),
    ];
    let path = format!("{ORDER}?order_code=ORDER_001");
    let answer = exchange(&server, &request("GET", &path, &headers, "")).await;
    assert_eq!(message(&answer, 404), "Order not found");
}

#[tokio::test]
async fn one_cause_is_answered_by_each_contract_in_its_own_words() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let token = ("Authorization", "token vE53k50FVtct50ll8iHBE6FgMRVCyJeF");
    let omni = request(
        "POST",
        "/api/store/orders/paid",
        &[JSON, token],
        "{\"order\": \"NOSUCH\"}",
    );
    let omni = exchange(&server, &omni).await;
    assert_eq!(
        (omni.status, json(&omni)["error_message"].clone()),
        (400, "Order not found".into())
    );
    let getfly = get(&server, &format!("{ORDER}?order_code=NOSUCH")).await;
    assert_eq!(message(&getfly, 404), "Order not found");
}

#[tokio::test]
async fn an_order_code_may_hold_anything_and_the_fields_of_a_detail_are_chosen() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let made = send(
        &server,
        "POST",
        ORDER,
        "{\"order_code\": \"DH/2025 & \u{20ab}+1\"}",
    )
    .await;
    let code = data(&made)["order_code"].clone();
    let path =
        format!("{ORDER}?fields=order_code,id,nothing&order_code=DH%2F2025+%26%20%E2%82%AB%2B1");
    let answer = get(&server, &path).await;
    let expected = format!("{{\"id\":97,\"order_code\":{code}}}");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, expected.as_str())
    );
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
}
