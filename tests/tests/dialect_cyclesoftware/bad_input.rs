//! What nobody should send: answered by a message that names the member, without a change.

use order_status_tests::Backend;
use order_status_tests::contract::{broken_off, overlong, stalled};
use order_status_tests::golden::{exchange, request};
use serde_json::{Value, json};

use super::{
    ADDRESS, AT_FIRST, FORM, JSON, USER, call, demo, demo_with, message, order, path, told,
};

const DELIVERY: &str = "update-delivery-method";

#[tokio::test]
async fn bodies_that_are_no_object_are_bad_requests() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let deep = format!(
        "{{\"items\": {}{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    for body in [
        "{",
        "[]",
        "null",
        "7",
        "\"x\"",
        "{\"new_delivery_method_id\": 3} 4",
        "{\"new_delivery_method_id\": 3, \"new_delivery_method_id\": 3}",
        "{\"new_delivery_address\": {\"name\": \"a\", \"name\": \"b\"}}",
        "{\"new_delivery_address\": {\"name\": \"\\ud800\"}}",
        "new_delivery_method_id=3",
        "\u{feff}{}",
    ] {
        let refused = call(&server, 102_323, DELIVERY, body).await;
        assert_eq!(message(&refused, 400), "Bad request", "{body}");
    }
    let refused = call(&server, 102_323, "update-store", &deep).await;
    message(&refused, 400);
    let sent = request(
        "POST",
        &path(102_323, DELIVERY),
        &[USER, ("Content-Type", "multipart/form-data")],
        "x",
    );
    let refused = message(&exchange(&server, &sent).await, 400);
    assert!(
        refused.starts_with("Content-type has to be application/json"),
        "{refused}"
    );
    assert_eq!(order(&server, 102_323).await.version, AT_FIRST);
}

#[tokio::test]
async fn members_of_another_type_are_named() {
    let (server, _database) = demo(Backend::Sqlite).await;
    const INTEGER: &str = "has to be a whole number of at most 64 bits";
    let move_with = |member: &str, value: &str| {
        let mut body = json!({"to_store_id": 2, "default_mode": 1});
        body[member] = serde_json::from_str(value).expect("a value");
        body.to_string()
    };
    for (member, value, told) in [
        ("to_store_id", "null", "to_store_id is required".to_owned()),
        ("to_store_id", "\"\"", "to_store_id is required".to_owned()),
        (
            "default_mode",
            "null",
            "default_mode is required".to_owned(),
        ),
        ("to_store_id", "true", format!("to_store_id {INTEGER}")),
        ("to_store_id", "2.0", format!("to_store_id {INTEGER}")),
        ("to_store_id", "\"two\"", format!("to_store_id {INTEGER}")),
        (
            "to_store_id",
            "9223372036854775808",
            format!("to_store_id {INTEGER}"),
        ),
        (
            "default_mode",
            "\"99999999999999999999\"",
            format!("default_mode {INTEGER}"),
        ),
        (
            "new_delivery_method_id",
            "[3]",
            format!("new_delivery_method_id {INTEGER}"),
        ),
        (
            "items",
            "{}",
            "items has to be a list of objects".to_owned(),
        ),
        (
            "items",
            "[1]",
            "items has to be a list of objects".to_owned(),
        ),
        ("items", "[{}]", "items[0].item_id is required".to_owned()),
        (
            "items",
            "[{\"item_id\": 1}, {\"item_id\": \"x\"}]",
            format!("items[1].item_id {INTEGER}"),
        ),
        (
            "items",
            "[{\"item_id\": 1, \"mode\": {}}]",
            format!("items[0].mode {INTEGER}"),
        ),
        (
            "new_delivery_address",
            "[]",
            "new_delivery_address has to be an object or null".to_owned(),
        ),
        (
            "new_delivery_address",
            "\"home\"",
            "new_delivery_address has to be an object or null".to_owned(),
        ),
    ] {
        let refused = call(&server, 102_323, "update-store", &move_with(member, value)).await;
        assert_eq!(message(&refused, 400), told, "{member}: {value}");
    }
    for id in ["x", "1.0", "+1", "9223372036854775808", "", "%31"] {
        let target = format!("/api/v1/sales/orders/{id}/cancel.json");
        let refused = exchange(&server, &request("POST", &target, &[USER], "")).await;
        assert_eq!(
            message(&refused, 400),
            format!("sales_order_id {INTEGER}"),
            "{id}"
        );
    }
    assert_eq!(order(&server, 102_323).await.version, AT_FIRST);
}

#[tokio::test]
async fn what_a_move_names_has_to_be_there_once() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (body, named) in [
        ("{\"to_store_id\": 3, \"default_mode\": 1}", "to_store_id"),
        ("{\"to_store_id\": -1, \"default_mode\": 1}", "to_store_id"),
        (
            "{\"to_store_id\": 2, \"default_mode\": 7}",
            "default_mode 7 is unknown",
        ),
        (
            "{\"to_store_id\": 2, \"default_mode\": 1, \"new_delivery_method_id\": 1}",
            "new_delivery_method_id 1 is unknown; known: 0",
        ),
        (
            "{\"to_store_id\": 2, \"default_mode\": 1, \"items\": [{\"item_id\": 1}, {\"item_id\": 1}]}",
            "items[1].item_id",
        ),
        (
            "{\"to_store_id\": 2, \"default_mode\": 1, \"items\": [{\"item_id\": 4}]}",
            "items[0].item_id",
        ),
        (
            "{\"to_store_id\": 2, \"default_mode\": 1, \"items\": [{\"item_id\": -1}]}",
            "items[0].item_id",
        ),
    ] {
        let refused = message(&call(&server, 102_323, "update-store", body).await, 400);
        assert!(refused.starts_with(named), "{body}: {refused}");
    }
    let many =
        json!({"to_store_id": 2, "default_mode": 1, "items": vec![json!({"item_id": 1}); 1001]});
    let refused = call(&server, 102_323, "update-store", &many.to_string()).await;
    assert!(
        message(&refused, 400).starts_with("items"),
        "{}",
        refused.body
    );
    assert_eq!(order(&server, 102_323).await.version, AT_FIRST);
}

#[tokio::test]
async fn an_address_without_its_members_or_with_too_long_ones_is_refused_member_by_member() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let whole: Value = serde_json::from_str(ADDRESS).expect("an address");
    let members: Vec<String> = whole
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    for member in &members {
        let optional = member == "company_name" || member == "notes";
        let mut less = whole.clone();
        less.as_object_mut().expect("an object").remove(member);
        let mut null = whole.clone();
        null[member] = Value::Null;
        for address in [less, null] {
            let body = json!({"new_delivery_address": address}).to_string();
            let answer = call(&server, 102_323, DELIVERY, &body).await;
            if optional {
                told(&answer);
            } else {
                let told = format!("new_delivery_address.{member} is required");
                assert_eq!(message(&answer, 400), told);
            }
        }
        if member == "is_business_address" {
            continue;
        }
        for wrong in [
            json!(7),
            json!(true),
            json!({}),
            json!("x".repeat(10_000)),
            json!("a\0b"),
        ] {
            let mut address = whole.clone();
            address[member] = wrong;
            let body = json!({"new_delivery_address": address}).to_string();
            let refused = message(&call(&server, 102_323, DELIVERY, &body).await, 400);
            assert!(
                refused.starts_with(&format!("new_delivery_address.{member} ")),
                "{refused}"
            );
        }
    }
    let none = call(&server, 102_323, DELIVERY, "{\"new_delivery_address\": {}}").await;
    let told = message(&none, 400);
    assert_eq!(
        told.matches(" is required").count(),
        members.len() - 2,
        "{told}"
    );
    let blank = json!({"new_delivery_address": {
        "is_business_address": "", "name": "", "street": "", "house_number": "", "house_number_postfix": "",
        "postal_code": "", "city": "", "country_code": "", "phone_number": "", "email": ""}});
    let refused = call(&server, 102_323, DELIVERY, &blank.to_string()).await;
    assert!(message(&refused, 400).starts_with("new_delivery_address must not be empty"));
}

#[tokio::test]
async fn a_form_says_what_json_says() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let form = "to_store_id=2&default_mode=2&items[0][item_id]=1&items[0][mode]=1&items[1][item_id]=2&items[1][mode]=1\
                &new_delivery_method_id=3&new_delivery_address[is_business_address]=0&new_delivery_address[name]=Name+1\
                &new_delivery_address[street]=Streetname&new_delivery_address[house_number]=1\
                &new_delivery_address[house_number_postfix]=a&new_delivery_address[postal_code]=1000AA\
                &new_delivery_address[city]=Amsterdam&new_delivery_address[country_code]=NL\
                &new_delivery_address[phone_number]=073031111&new_delivery_address[email]=test%40test.com";
    let sent = request("POST", &path(102_323, "update-store"), &[USER, FORM], form);
    let moved = told(&exchange(&server, &sent).await);
    assert_eq!(moved["created_store_order_id"], 45_287);
    assert_eq!(moved["cancelled_store_order_ids"], json!([3333, 4444]));
    let address = order(&server, 102_323)
        .await
        .delivery_address
        .expect("an address");
    assert_eq!(
        (address.name.as_str(), address.email.as_str()),
        ("Name 1", "test@test.com")
    );
    for wrong in [
        "new_delivery_address=home",
        "new_delivery_method_id[]=3",
        "new_delivery_method_id=x",
    ] {
        let sent = request("POST", &path(102_323, DELIVERY), &[USER, FORM], wrong);
        let refused = message(&exchange(&server, &sent).await, 400);
        assert!(refused.starts_with("new_delivery_"), "{refused}");
    }
    let bytes = [
        request(
            "POST",
            &path(102_323, DELIVERY),
            &[USER, FORM, ("Content-Length", "1")],
            "",
        ),
        vec![0xff],
    ]
    .concat();
    assert_eq!(
        message(&exchange(&server, &bytes).await, 400),
        "Bad request"
    );
}

#[tokio::test]
async fn bodies_that_do_not_come_as_declared_are_no_calls() {
    let (server, _database) = demo_with(Backend::Sqlite, &["--body-timeout", "300ms"]).await;
    let sent = request(
        "POST",
        &path(121_212, "cancel"),
        &[USER, JSON],
        "{\"cancellation_type_id\": 1}",
    );
    assert_eq!(message(&stalled(&server, &sent).await, 400), "Bad request");
    if let Some(answer) = broken_off(&server, &sent).await {
        assert_eq!(message(&answer, 400), "Bad request");
    }
    assert_eq!(order(&server, 121_212).await.version, 1);
    told(&overlong(&server, &sent).await);
}
