//! How paths, queries and bodies become requests.

use order_status_tests::http::Answer;
use order_status_tests::{Backend, on_both};
use serde_json::{Value, json};

use super::world::{World, id};

/// The ids of listed orders.
fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let listed = answer.json();
    listed["orders"]
        .as_array()
        .into_iter()
        .flatten()
        .map(id)
        .collect()
}

/// The fields that a refusal names, each with what is wrong.
fn violations(answer: &Answer) -> Vec<(String, String)> {
    let error = &answer.json()["error"];
    assert_eq!(
        (answer.status, &error["status"]),
        (400, &json!("INVALID_ARGUMENT")),
        "{error}"
    );
    let all = error["details"].as_array().expect("details").iter();
    let fields = all.flat_map(|detail| {
        detail["fieldViolations"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    });
    fields
        .map(|field| {
            let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
            (text("field"), text("description"))
        })
        .collect()
}

#[tokio::test]
async fn a_query_takes_nested_and_repeated_fields_enums_by_name_and_number_and_both_spellings() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let (new, confirmed) = (world.order("new").await, world.order("confirmed").await);
        for (query, expected) in [
            ("", vec![&new, &confirmed]),
            ("filter.states=confirmed", vec![&confirmed]),
            (
                "filter.states=confirmed&filter.states=new",
                vec![&new, &confirmed],
            ),
            ("filter.phases=PHASE_NEW", vec![&new]),
            ("filter.phases=10&page_size=5", vec![&confirmed]),
            (
                "filter.payment_statuses=PAYMENT_STATUS_UNPAID&pageSize=5",
                vec![&new, &confirmed],
            ),
            ("filter.paymentStatuses=2", vec![]),
            (
                "filter.create_time.start_time=2020-01-01T00:00:00%2B01:00",
                vec![&new, &confirmed],
            ),
            ("filter.createTime.endTime=2020-01-01T00:00:00.5Z", vec![]),
            ("filter%2Estates=n%65w", vec![&new]),
        ] {
            let mut listed = ids(&world
                .call("GET", &format!("/v1/orders?{query}"))
                .send()
                .await);
            listed.sort();
            let mut expected: Vec<String> = expected.into_iter().map(id).collect();
            expected.sort();
            assert_eq!(listed, expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_refused_by_the_names_of_its_fields() {
    let world = World::new(Backend::Sqlite).await;
    for (query, field, description) in [
        ("colour=red", "colour", "known: filter, pageSize"),
        ("filter.colour=red", "filter.colour", "known: states"),
        ("page_size.x=1", "page_size.x", "nothing lies below"),
        ("filter=new", "filter", "is an object"),
        ("page_size=1&pageSize=2", "page_size", "is given twice"),
        ("page_size=many", "page_size", "a whole number"),
        ("page_size=1.5", "page_size", "a whole number"),
        ("page_size=4294967296", "page_size", "a whole number from"),
        ("page_size=%2B1", "page_size", "a whole number"),
        ("page_size=", "page_size", "a whole number"),
        ("filter.phases=PHASE_RED", "filter.phases", "PHASE_NEW"),
        ("count=1", "count", "must be true or false"),
        ("page_token=%ff", "query", "UTF-8"),
        (
            "filter.create_time.start_time=yesterday",
            "filter.create_time.start_time",
            "must be a time",
        ),
        (
            "filter.create_time.start_time=0000-01-01T00:00:00Z",
            "filter.create_time.start_time",
            "must be a time",
        ),
    ] {
        let answer = world
            .call("GET", &format!("/v1/orders?{query}"))
            .send()
            .await;
        let found = violations(&answer);
        assert_eq!(found.len(), 1, "{query}: {found:?}");
        assert_eq!(found[0].0, field, "{query}");
        assert!(found[0].1.contains(description), "{query}: {found:?}");
    }
    let all = world
        .call("GET", "/v1/orders?colour=red&page_size=x&count=y")
        .send()
        .await;
    let fields: Vec<String> = violations(&all)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(fields, ["colour", "page_size", "count"]);
}

#[tokio::test]
async fn what_is_in_the_path_cannot_be_said_otherwise_elsewhere() {
    let world = World::new(Backend::Sqlite).await;
    let order = world.order("new").await;
    let (id, number) = (id(&order), order["number"].as_str().expect("a number"));
    for query in [format!("id={id}"), format!("number={number}")] {
        let answer = world
            .call("GET", &format!("/v1/orders/{id}?{query}"))
            .send()
            .await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
    }
    let confirm = format!("/v1/orders/{id}:confirm");
    let same = json!({"id": id, "validateOnly": true});
    assert_eq!(
        world.call("POST", &confirm).json(same).send().await.status,
        200
    );
    for (body, field) in [
        (json!({"id": "1000000"}), "id"),
        (json!({"number": number}), "number"),
    ] {
        let answer = world.call("POST", &confirm).json(&body).send().await;
        assert_eq!(violations(&answer)[0].0, field, "{body}");
    }
    let in_query = world
        .call("POST", &format!("{confirm}?reason=x"))
        .json(json!({}))
        .send()
        .await;
    assert!(
        violations(&in_query)[0]
            .1
            .contains("everything comes in the body")
    );
    let update = world
        .call("PATCH", &format!("/v1/orders/{id}?order.notes=x"))
        .json(json!({"notes": "y"}));
    assert!(
        violations(&update.send().await)[0]
            .1
            .contains("comes in the body")
    );
}

#[tokio::test]
async fn a_path_is_decoded_segment_by_segment() {
    let world = World::new(Backend::Sqlite).await;
    for (number, path) in [
        ("A/1", "A%2F1"),
        ("A:1", "A:1"),
        ("A:2", "A%3A2"),
        ("a b", "a%20b"),
        ("\u{e4}+1", "%C3%A4+1"),
        ("transitions", "transitions"),
        ("x:confirm", "x%3Aconfirm"),
    ] {
        let order = world.post("/v1/orders", json!({"number": number})).await;
        assert_eq!(order["number"], number);
        let found = world
            .call("GET", &format!("/v1/orders/number/{path}"))
            .send()
            .await;
        assert_eq!(found.json()["id"], order["id"], "{number}");
    }
    let verb = world
        .call("POST", "/v1/orders/number/A:1:confirm")
        .json(json!({}))
        .send()
        .await;
    assert_eq!(verb.json()["state"]["key"], "confirmed", "{}", verb.text());
    let wrong = world.call("GET", "/v1/orders/number/%FF").send().await;
    assert!(violations(&wrong)[0].1.contains("UTF-8"));
}

#[tokio::test]
async fn a_body_takes_both_spellings_numbers_as_texts_and_nothing_twice() {
    let world = World::new(Backend::Sqlite).await;
    let taken = [
        json!({"lines": [{"productCode": "A", "name": "n", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}),
        json!({"lines": [{"product_code": "A", "name": "n", "quantity": {"value": "1"}, "unit_price": {"units": 5e0}}]}),
        json!({"storeId": null, "lines": null, "notes": "x", "orderDate": "2026-01-02T03:04:05.5+02:00"}),
    ];
    for body in taken {
        let answer = world.call("POST", "/v1/orders").json(&body).send().await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    }
    for (body, field, description) in [
        (
            r#"{"colour": "red"}"#,
            "order[\"colour\"]",
            "is not a field here; known: id",
        ),
        (
            r#"{"lines": [{}, {"colour": 1}]}"#,
            "order.lines[1][\"colour\"]",
            "is not a field",
        ),
        (
            r#"{"notes": "a", "notes": "b"}"#,
            "order.notes",
            "is given twice",
        ),
        (
            r#"{"storeId": 1, "store_id": 1}"#,
            "order.store_id",
            "is given twice",
        ),
        (
            r#"{"attributes": {"a": "1", "a": "2"}}"#,
            "order.attributes[\"a\"]",
            "is given twice",
        ),
        (
            r#"{"attributes": {"a": 1}}"#,
            "order.attributes[\"a\"]",
            "a text",
        ),
        (r#"{"notes": 5}"#, "order.notes", "a text, not a number"),
        (r#"{"notes": {}}"#, "order.notes", "a text, not an object"),
        (r#"{"notes": ["x"]}"#, "order.notes", "a text, not a list"),
        (r#"{"lines": {}}"#, "order.lines", "must be a list"),
        (r#"{"lines": [null]}"#, "order.lines[0]", "not null"),
        (r#"{"lines": [5]}"#, "order.lines[0]", "an object"),
        (
            r#"{"storeId": 9223372036854775808}"#,
            "order.store_id",
            "a whole number from",
        ),
        (
            r#"{"storeId": "9223372036854775808"}"#,
            "order.store_id",
            "a whole number",
        ),
        (
            r#"{"storeId": 123456789012345678901234567890}"#,
            "order.store_id",
            "a whole number",
        ),
        (r#"{"storeId": 1.5}"#, "order.store_id", "a whole number"),
        (
            r#"{"storeId": true}"#,
            "order.store_id",
            "not true or false",
        ),
        (
            r#"{"locked": "true"}"#,
            "order.locked",
            "true or false, not a text",
        ),
        (
            r#"{"locked": 1}"#,
            "order.locked",
            "true or false, not a number",
        ),
        (
            r#"{"orderDate": "2026-13-01T00:00:00Z"}"#,
            "order.order_date",
            "must be a time",
        ),
        (r#"{"orderDate": 5}"#, "order.order_date", ""),
        (
            r#"{"paymentStatus": "PAID"}"#,
            "order.payment_status",
            "PAYMENT_STATUS_PAID",
        ),
    ] {
        let call = world
            .call("POST", "/v1/orders")
            .header("content-type", "application/json")
            .body(body);
        let found = violations(&call.send().await);
        assert_eq!(found[0].0, field, "{body}: {found:?}");
        assert!(found[0].1.contains(description), "{body}: {found:?}");
    }
}

#[tokio::test]
async fn a_whole_number_with_a_point_is_that_number_to_the_last_digit() {
    let world = World::new(Backend::Sqlite).await;
    for (written, number) in [
        ("2165817543220369.0", "2165817543220369"),
        ("9007199254740991.0", "9007199254740991"),
        ("9.007199254740991e15", "9007199254740991"),
    ] {
        let call = world
            .call("POST", "/v1/orders:batchDelete")
            .header("content-type", "application/json")
            .body(format!(r#"{{"ids": [{written}]}}"#));
        let answer = call.send().await;
        assert_eq!(answer.status, 404, "{written}: {}", answer.text());
        let told = format!("there is no order {number}\"");
        assert!(
            answer.text().contains(&told),
            "{written}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn one_of_several_fields_may_be_given_and_not_two() {
    let world = World::new(Backend::Sqlite).await;
    let target = format!("/v1/orders/{}:transition", id(&world.order("new").await));
    let body = json!({"state": "confirmed", "stateCode": 10});
    let both = world.call("POST", &target).json(body).send().await;
    assert!(violations(&both)[0].1.contains("excludes another"));
    let empty = world
        .call("POST", &target.replace(":transition", ":confirm"))
        .send()
        .await;
    assert_eq!(
        empty.json()["state"]["key"],
        "confirmed",
        "an empty body is an empty request"
    );
}

#[tokio::test]
async fn an_unknown_path_is_not_found_in_the_words_of_the_api() {
    let world = World::new(Backend::Sqlite).await;
    for target in [
        "/",
        "/v1",
        "/v1/",
        "/v1/orders/",
        "/v1/orders//notes",
        "/v2/orders",
        "/v1/orders/7/nothing",
        "/v1/orders/7:nothing",
        "/v1/orders:nothing",
        "//v1/orders",
        "/v1/orders/7/",
        "/v1/Orders",
    ] {
        let answer = world.call("GET", target).send().await;
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status, &error["status"]),
            (404, &json!("NOT_FOUND")),
            "{target}"
        );
        assert_eq!(error["details"][0]["reason"], "RESOURCE_NOT_FOUND");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let none: Value = world.call("GET", "/v1/workflows/none").send().await.json();
    assert_eq!(none["error"]["code"], 404);
}
