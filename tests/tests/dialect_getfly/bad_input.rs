//! What nobody should send: answered by a message, without a change.

use order_status_tests::Backend;
use order_status_tests::contract::{
    broken_off, declaring, impatient_demo, malformed, overlong, stalled,
};
use order_status_tests::golden::{exchange, request};

use super::{JSON, KEY, ORDER, data, demo, message, order, send, update};

const BODY: &str = "{\"current_order_code\": \"ORDER_001\", \"lading_code\": \"L\"}";

#[tokio::test]
async fn bodies_that_are_no_json_object_change_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let mut bodies = malformed(BODY, "\"L\"", 2_000_000);
    let twice = "{\"account_name\": \"a\", \"account_name\": \"b\"}";
    bodies.push(format!(
        "{{\"current_order_code\": \"ORDER_001\", \"account\": {twice}}}"
    ));
    for body in &bodies {
        let what: String = body.chars().take(60).collect();
        let told = message(&send(&server, "PUT", ORDER, body).await, 400);
        assert!(!told.is_empty(), "{what}");
    }
    for kind in ["text/plain", "application/json; charset=latin1"] {
        let headers = [("X-API-KEY", KEY), ("Content-Type", kind)];
        let answer = exchange(&server, &request("PUT", ORDER, &headers, BODY)).await;
        assert!(message(&answer, 400).contains("application/json"), "{kind}");
    }
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
    data(&update(&server, "\"lading_code\": \"L\"").await);
}

#[tokio::test]
async fn fields_of_the_wrong_form_are_named_and_change_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let long = "x".repeat(65);
    let lines = format!(
        "\"saved_order_details\": [{}]",
        ["{\"product_code\": \"P\"}"; 1001].join(",")
    );
    for (fields, named) in [
        ("\"lading_code\": 7", "lading_code"),
        ("\"lading_code\": {\"a\": 1}", "lading_code"),
        (&*format!("\"lading_code\": \"{long}\""), "lading_code"),
        ("\"lading_code\": \"a\\u0000b\"", "lading_code"),
        ("\"discount\": \"10\"", "discount"),
        ("\"discount\": 101", "discount"),
        ("\"discount\": -1", "discount"),
        ("\"discount\": true", "discount"),
        ("\"vat_amount\": -1", "vat_amount"),
        ("\"transport_amount\": 1e400", "transport_amount"),
        (
            "\"transport_amount\": 99999999999999999999",
            "transport_amount",
        ),
        ("\"transport_amount\": 1000000000001", "transport_amount"),
        ("\"order_date\": \"2025-02-30\"", "order_date"),
        ("\"order_date\": \"05/02/2025\"", "order_date"),
        ("\"order_date\": 1738713600", "order_date"),
        ("\"account\": \"Customer\"", "account"),
        ("\"account\": [\"Customer\"]", "account"),
        (
            "\"account\": {\"account_phone\": 900000000}",
            "account.account_phone",
        ),
        ("\"custom_fields\": \"x\"", "custom_fields"),
        ("\"order_terms\": \"none\"", "order_terms"),
        ("\"order_terms\": [\"none\"]", "order_terms[0]"),
        ("\"order_terms\": [{}]", "order_terms[0].term_content"),
        ("\"saved_order_details\": {}", "saved_order_details"),
        ("\"saved_order_details\": [null]", "saved_order_details[0]"),
        (
            "\"saved_order_details\": [{}]",
            "saved_order_details[0].product_name",
        ),
        (
            "\"saved_order_details\": [{\"product_code\": \"P\", \"price\": \"65000\"}]",
            "saved_order_details[0].price",
        ),
        (
            "\"saved_order_details\": [{\"product_code\": \"P\", \"price\": -1}]",
            "saved_order_details[0].price",
        ),
        (
            "\"saved_order_details\": [{\"product_code\": \"P\", \"quantity\": -1}]",
            "saved_order_details[0].quantity",
        ),
        (
            "\"saved_order_details\": [{\"product_code\": \"P\", \"cash_discount\": -1}]",
            "saved_order_details[0].cash_discount",
        ),
        (
            "\"saved_order_details\": [{\"product_code\": \"P\", \"product_sale_off\": \"yes\"}]",
            "saved_order_details[0].product_sale_off",
        ),
        (&*lines, "saved_order_details"),
        (
            "\"saved_sale_order_payments\": [{}]",
            "saved_sale_order_payments[0].amount",
        ),
        (
            "\"saved_sale_order_payments\": [{\"amount\": 0}]",
            "saved_sale_order_payments[0].amount",
        ),
        (
            "\"saved_sale_order_payments\": [{\"amount\": -5}]",
            "saved_sale_order_payments[0].amount",
        ),
        (
            "\"saved_sale_order_payments\": [{\"amount\": 5, \"pay_date\": \"soon\"}]",
            "saved_sale_order_payments[0].pay_date",
        ),
        ("\"order_code\": 7", "order_code"),
    ] {
        // Beside what is wrong stands what would be right: it must not be done either.
        let fields = format!("\"campaign_code\": \"CHANGED\", {fields}");
        let what: String = fields.chars().take(150).collect();
        let told = message(&update(&server, &fields).await, 400);
        let first = told.split([' ', ':']).next().unwrap_or_default();
        assert_eq!(first, named, "{what}: {told}");
    }
    let order = order(&server, "ORDER_001").await;
    assert_eq!(
        (order.version, order.campaign_code.as_str()),
        (1, "CMP_001")
    );
    let many = "\"lading_code\": 1, \"campaign_code\": 2, \"discount\": \"x\"";
    let told = message(&update(&server, many).await, 400);
    assert_eq!(told.matches("; ").count(), 2, "everything at once: {told}");
}

#[tokio::test]
async fn a_body_of_another_length_than_declared_is_refused() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let call = request("PUT", ORDER, &[JSON, ("X-API-KEY", KEY)], BODY);
    for length in [BODY.len() as u64 - 5, 99_999_999] {
        let answer = exchange(&server, &declaring(length, &call)).await;
        assert!(!message(&answer, 400).is_empty(), "{length}");
    }
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_is_given_up_in_time() {
    let (server, _database) = impatient_demo(Backend::Sqlite).await;
    let call = request("PUT", ORDER, &[JSON, ("X-API-KEY", KEY)], BODY);
    let stalled = stalled(&server, &call).await;
    assert_eq!(message(&stalled, 400), "The body did not come whole");
    if let Some(answer) = broken_off(&server, &call).await {
        message(&answer, 400);
    }
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
    data(&overlong(&server, &call).await);
}
