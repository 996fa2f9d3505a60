//! What is settled where the document is silent or says two things.

use std::io::Read as _;

use order_status_proto::v1::{
    Account, CreateAccountRequest, CreateCredentialRequest, CreateOrderRequest, CreateStoreRequest,
    Order, Role, Store,
};
use order_status_tests::golden::{exchange, request};
use order_status_tests::http::Call;
use order_status_tests::{Backend, Caller};
use serde_json::{Value, json};

use super::{
    ADDRESS, AT_FIRST, FORM, JSON, READER, USER, call, demo, get, message, new_login, order, path,
    state, told,
};

const DELIVERY: &str = "update-delivery-method";

/// The address with another value in place of one of its members.
fn address_with(member: &str, value: &str) -> String {
    let mut address: Value = serde_json::from_str(ADDRESS).expect("an address");
    let value = serde_json::from_str(value).expect("a value");
    address[member] = value;
    format!("{{\"new_delivery_address\": {address}}}")
}

#[tokio::test]
async fn booleans_are_words_digits_or_texts_of_them() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (value, business) in [
        ("true", true),
        ("false", false),
        ("1", true),
        ("0", false),
        ("\"1\"", true),
        ("\"0\"", false),
        ("\"TRUE\"", true),
        ("\"False\"", false),
        ("\"true\"", true),
        ("\"\"", false),
    ] {
        let body = address_with("is_business_address", value);
        told(&call(&server, 102_323, DELIVERY, &body).await);
        let address = order(&server, 102_323).await.delivery_address;
        assert_eq!(address.expect("an address").business, business, "{value}");
    }
    for value in ["2", "\"yes\"", "[]", "1.0"] {
        let body = address_with("is_business_address", value);
        let refused = call(&server, 102_323, DELIVERY, &body).await;
        assert_eq!(
            message(&refused, 400),
            "new_delivery_address.is_business_address has to be true or false, 1 or 0"
        );
    }
    let refused = call(&server, 121_212, "cancel?delete_exchange=maybe", "").await;
    let why = "delete_exchange has to be true or false, 1 or 0";
    assert_eq!(message(&refused, 400), why);
}

#[tokio::test]
async fn the_type_of_an_address_is_passed_over() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for value in ["\"1\"", "1", "null", "\"home\"", "[]"] {
        let body = address_with("address_type_id", value);
        told(&call(&server, 102_323, DELIVERY, &body).await);
    }
    assert_eq!(
        order(&server, 102_323).await.version,
        AT_FIRST + 1,
        "one address"
    );
}

#[tokio::test]
async fn a_comma_after_the_last_member_is_passed_over_and_nothing_else_is() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for body in [
        "{\"new_delivery_method_id\": 3,}",
        "{\"new_delivery_method_id\": 3 ,\n\t}",
        "{\"x\": [1, 2,], \"y\": {\"z\": \",}\",},}",
    ] {
        told(&call(&server, 102_323, DELIVERY, body).await);
    }
    for body in [
        "{,}",
        "{\"new_delivery_method_id\": 3,,}",
        "{\"new_delivery_method_id\": ,}",
        "{\"x\": [,]}",
        "{\"new_delivery_method_id\": 3,",
        "{\"new_delivery_method_id\": 3},",
        "{'new_delivery_method_id': 3}",
    ] {
        let refused = call(&server, 102_323, DELIVERY, body).await;
        assert_eq!(message(&refused, 400), "Bad request", "{body}");
    }
}

#[tokio::test]
async fn notes_may_be_left_out() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let mut address: Value = serde_json::from_str(ADDRESS).expect("an address");
    address.as_object_mut().expect("an object").remove("notes");
    let body = json!({"new_delivery_address": address, "to_store_id": 2, "default_mode": 0});
    told(&call(&server, 102_323, DELIVERY, &body.to_string()).await);
    let kept = order(&server, 102_323).await.delivery_address;
    assert_eq!(kept.expect("an address").notes, "");
    told(&call(&server, 102_323, "update-store", &body.to_string()).await);
}

#[tokio::test]
async fn a_company_name_of_null_is_an_empty_one() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let given = |value| address_with("company_name", value);
    told(&call(&server, 102_323, DELIVERY, &given("null")).await);
    let same = told(&call(&server, 102_323, DELIVERY, &given("\"\"")).await);
    assert_eq!(same["created_delivery_address_id"], Value::Null);
}

#[tokio::test]
async fn lengths_are_those_of_the_bodies_and_answers_are_packed_where_that_is_asked_for() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let plain = get(&server, "/api/v1/common/enum.json").await;
    assert_eq!(plain.header("content-length"), plain.body.len().to_string());
    let asked = Call::new(server.http_address(), "GET", "/api/v1/common/enum.json")
        .header(USER.0, USER.1)
        .header("accept-encoding", "gzip");
    let packed = asked.send().await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    let mut reader = flate2::read::GzDecoder::new(packed.body.as_slice());
    reader.read_to_string(&mut text).expect("gzip");
    assert_eq!(text, plain.body);
}

#[tokio::test]
async fn cancel_takes_its_parameters_from_the_query_a_form_or_json() {
    for (query, kind, body, cancelled_for) in [
        ("", JSON, "", "none"),
        ("?cancellation_type_id=2", JSON, "", "out_of_stock"),
        (
            "",
            FORM,
            "cancellation_type_id=1&delete_exchange=1",
            "customer_request",
        ),
        (
            "",
            JSON,
            "{\"cancellation_type_id\": \"1\"}",
            "customer_request",
        ),
        (
            "?cancellation_type_id=2",
            JSON,
            "{\"cancellation_type_id\": 1}",
            "out_of_stock",
        ),
        (
            "?cancellation_type_id=&delete_exchange=",
            JSON,
            "{}",
            "none",
        ),
        ("?:cancellation_type_id=1", JSON, "", "none"),
    ] {
        let (server, _database) = demo(Backend::Sqlite).await;
        let target = path(121_212, "cancel") + query;
        let sent = request("POST", &target, &[USER, kind], body);
        told(&exchange(&server, &sent).await);
        let after = order(&server, 121_212).await;
        assert_eq!(after.cancellation_type, cancelled_for, "{query} {body}");
    }
    let (server, _database) = demo(Backend::Sqlite).await;
    let refused = call(&server, 121_212, "cancel?cancellation_type_id=9", "").await;
    let why =
        "cancellation_type_id 9 is unknown; known: 0 (Geen), 1 (Verzoek klant), 2 (Niet leverbaar)";
    assert_eq!(message(&refused, 400), why);
    assert_eq!(state(&order(&server, 121_212).await), "pending");
}

#[tokio::test]
async fn transfer_modes_are_those_of_the_list() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let listed = get(
        &server,
        "/api/v1/common/enum/sales-order-store-transfer-modes.json",
    )
    .await;
    let modes = told(&listed)["data"].clone();
    let ids: Vec<_> = modes
        .as_array()
        .expect("a list")
        .iter()
        .map(|mode| &mode["id"])
        .collect();
    assert_eq!(ids, [0, 1, 2, 3]);
    for unknown in [4, -1] {
        for body in [
            format!("{{\"to_store_id\": 2, \"default_mode\": {unknown}}}"),
            format!(
                "{{\"to_store_id\": 2, \"default_mode\": 1, \"items\": [{{\"item_id\": 1, \"mode\": {unknown}}}]}}"
            ),
        ] {
            let refused = message(&call(&server, 102_323, "update-store", &body).await, 400);
            assert!(
                refused.ends_with(
                    "known: 0 (Geen), 1 (Overplaatsen), 2 (Omleiden), 3 (Opnieuw bestellen)"
                ),
                "{refused}"
            );
        }
    }
    assert_eq!(order(&server, 102_323).await.store_id, Some(1));
}

#[tokio::test]
async fn outbound_orders_are_null_without_a_warehouse() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let admin = Caller::new(server.channel().await, "demo-admin");
    let account = Account {
        name: "No warehouse".to_owned(),
        workflow: "cyclesoftware".to_owned(),
        currency_code: "EUR".to_owned(),
        ..Account::default()
    };
    let request = CreateAccountRequest {
        account: Some(account),
        ..CreateAccountRequest::default()
    };
    let account = admin.accounts().create_account(request).await;
    let account_id = account.expect("an account").into_inner().id;
    new_login(&admin, Some(account_id), "Dealer", "Password of the dealer").await;
    let request = CreateCredentialRequest {
        account_id: Some(account_id),
        title: "Manager".to_owned(),
        role: Role::Manager.into(),
        ..CreateCredentialRequest::default()
    };
    let made = admin.accounts().create_credential(request).await;
    let key = made.expect("a credential").into_inner().key;
    let manager = Caller::new(server.channel().await, key);
    for name in ["North", "South"] {
        let store = Store {
            name: name.to_owned(),
            ..Store::default()
        };
        let request = CreateStoreRequest {
            store: Some(store),
            ..CreateStoreRequest::default()
        };
        manager
            .catalogs()
            .create_store(request)
            .await
            .expect("a store");
    }
    let request = CreateOrderRequest {
        order: Some(Order {
            store_id: Some(1),
            ..Order::default()
        }),
        ..CreateOrderRequest::default()
    };
    let made = manager
        .orders()
        .create_order(request)
        .await
        .expect("an order");
    let target = path(made.into_inner().id, "update-store");
    // Dealer:Password of the dealer
    let dealer = (
        "Authorization",
        "Basic RGVhbGVyOlBhc3N3b3JkIG9mIHRoZSBkZWFsZXI=",
    );
    let body = "{\"to_store_id\": 2, \"default_mode\": 1}";
    let sent = order_status_tests::golden::request("POST", &target, &[dealer, JSON], body);
    let moved = exchange(&server, &sent).await;
    assert_eq!(
        told(&moved),
        json!({
            "created_store_order_id": null,
            "affected_supplier_order_ids": [],
            "cancelled_store_order_ids": [],
            "cancelled_supplier_order_ids": [],
            "updated_outbound_order_ids": null,
        })
    );
}

#[tokio::test]
async fn nothing_to_update_is_a_success_without_an_address() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for body in [
        "",
        "{}",
        "{\"new_delivery_method_id\": null, \"new_delivery_address\": null}",
        "{\"new_delivery_method_id\": \"\", \"new_delivery_address\": \"\"}",
    ] {
        let same = told(&call(&server, 102_323, DELIVERY, body).await);
        assert_eq!(same, json!({"created_delivery_address_id": null}), "{body}");
    }
    assert_eq!(order(&server, 102_323).await.version, AT_FIRST);
}

#[tokio::test]
async fn a_move_to_the_same_store_moves_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = "{\"to_store_id\": 1, \"default_mode\": 1, \"new_delivery_method_id\": 3}";
    let moved = told(&call(&server, 102_323, "update-store", body).await);
    assert_eq!(
        moved,
        json!({
            "created_store_order_id": null,
            "affected_supplier_order_ids": [],
            "cancelled_store_order_ids": [],
            "cancelled_supplier_order_ids": [],
            "updated_outbound_order_ids": [],
        })
    );
    let after = order(&server, 102_323).await;
    assert_eq!(
        (after.store_id, after.delivery_method.as_str()),
        (Some(1), "delivery")
    );
}

#[tokio::test]
async fn every_refusal_is_told_in_the_same_form() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let huge = format!("{{\"x\": \"{}\"}}", "x".repeat(300_000));
    let cancel = path(121_213, "cancel");
    for (status, method, target, headers, body) in [
        (400, "POST", cancel.clone(), vec![USER], ""),
        (400, "GET", cancel.clone(), vec![USER], ""),
        (
            400,
            "PATCH",
            path(102_323, "update-store"),
            vec![USER, JSON],
            "{}",
        ),
        (
            400,
            "POST",
            "/api/v1/common/enum.json".to_owned(),
            vec![USER],
            "",
        ),
        (
            400,
            "POST",
            cancel.clone(),
            vec![USER, ("Content-Type", "text/xml")],
            "<x/>",
        ),
        (
            400,
            "POST",
            cancel.clone(),
            vec![USER, ("Content-Type", "application/json; charset=latin1")],
            "{}",
        ),
        (401, "POST", cancel.clone(), vec![], ""),
        (403, "POST", cancel.clone(), vec![READER], ""),
        (404, "POST", path(7, "cancel"), vec![USER], ""),
        (404, "POST", path(0, "cancel"), vec![USER], ""),
        (404, "POST", path(121_213, "approve"), vec![USER], ""),
        (
            404,
            "GET",
            "/api/v1/sales/orders".to_owned(),
            vec![USER],
            "",
        ),
        (
            404,
            "GET",
            "/api/v1/sales/orders/121213".to_owned(),
            vec![USER],
            "",
        ),
        (
            404,
            "GET",
            "/api/v1/sales/orders/121213.json".to_owned(),
            vec![USER],
            "",
        ),
        (404, "POST", cancel.replace(".json", ".xml"), vec![USER], ""),
        (404, "GET", "/api/v1/common".to_owned(), vec![USER], ""),
        (
            404,
            "GET",
            "/api/v1/common/enums.json".to_owned(),
            vec![USER],
            "",
        ),
        (
            404,
            "GET",
            "/api/v1/common/enum/nothing.json".to_owned(),
            vec![USER],
            "",
        ),
        (413, "POST", cancel.clone(), vec![USER, JSON], huge.as_str()),
    ] {
        let answer = exchange(&server, &request(method, &target, &headers, body)).await;
        let told = message(&answer, status);
        assert!(!told.is_empty(), "{method} {target}");
        assert_eq!(
            answer.header("x-ratelimit-daily-limit").is_empty(),
            status == 401,
            "{target}"
        );
    }
    assert_eq!(order(&server, 121_213).await.version, 1);
}

#[tokio::test]
async fn the_status_line_has_its_reason() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let done = get(&server, "/api/v1/common/enum/payment_methods.json").await;
    assert_eq!(done.status_line, "HTTP/1.1 200 OK");
    let missing = get(&server, "/api/v1/common/enum/payment_methods").await;
    assert_eq!(missing.status_line, "HTTP/1.1 404 Not Found");
}
