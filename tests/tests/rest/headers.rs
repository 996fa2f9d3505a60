//! What headers say: versions, request ids, correlation, methods that a path does not take.

use order_status_tests::{Backend, on_both};
use serde_json::json;

use super::world::{World, error_info, id};

#[tokio::test]
async fn an_order_carries_its_etag_and_a_caller_who_has_it_is_told_so() {
    let world = World::new(Backend::Sqlite).await;
    let order = world.order("new").await;
    let target = format!("/v1/orders/{}", id(&order));
    let answer = world.call("GET", &target).send().await;
    let etag = answer.header("etag").expect("an etag").to_owned();
    assert_eq!(json!(etag), order["etag"]);
    for given in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"x\", {etag}"),
        "*".to_owned(),
    ] {
        let known = world
            .call("GET", &target)
            .header("if-none-match", &given)
            .send()
            .await;
        assert_eq!((known.status, known.body.len()), (304, 0), "{given}");
        assert_eq!(known.header("etag"), Some(etag.as_str()));
    }
    let changed = world
        .call("GET", &target)
        .header("if-none-match", "\"x\"")
        .send()
        .await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn if_match_is_the_etag_of_the_request_and_may_not_contradict_it() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let order = world.order("new").await;
        let etag = order["etag"].as_str().expect("an etag");
        let target = format!("/v1/orders/{}:confirm", id(&order));
        let confirm = |given: &str, body: serde_json::Value| {
            world
                .call("POST", &target)
                .header("if-match", given)
                .json(body)
                .send()
        };
        let stale = confirm("\"1-000000000000\"", json!({})).await;
        assert_eq!(stale.status, 409, "{}", stale.text());
        let error = &stale.json()["error"];
        assert_eq!(
            (&error["code"], &error["status"]),
            (&json!(409), &json!("ABORTED"))
        );
        assert_eq!(error["details"][0]["metadata"]["etag"], order["etag"]);
        for given in ["", "bare", "\"a\", \"b\"", "W/\"a\"", "\"\""] {
            let wrong = confirm(given, json!({})).await;
            assert_eq!(field(&wrong), "if-match", "{given}");
        }
        let both = confirm(etag, json!({"etag": "\"other\""})).await;
        assert_eq!(field(&both), "etag");
        let same = confirm(etag, json!({"etag": etag, "validateOnly": true})).await;
        assert_eq!(same.status, 200, "{}", same.text());
        let matched = confirm(etag, json!({})).await;
        assert_eq!(matched.json()["state"]["key"], "confirmed");
        let deleted = world.order("new").await;
        let target = format!("/v1/orders/{}", id(&deleted));
        let any = world
            .call("DELETE", &target)
            .header("if-match", "*")
            .send()
            .await;
        assert_eq!(any.status, 200, "{}", any.text());
    })
    .await;
}

#[tokio::test]
async fn an_idempotency_key_is_the_request_id() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let order = world.order("new").await;
        let target = format!("/v1/orders/{}/notes", id(&order));
        let key = uuid::Uuid::new_v4().to_string();
        let note = |message: &str, key: &str| {
            let body = json!({"message": message});
            world
                .call("POST", &target)
                .header("idempotency-key", key)
                .json(body)
                .send()
        };
        let first = note("seen", &key).await;
        assert_eq!(first.status, 200, "{}", first.text());
        let again = note("seen", &format!("\"{key}\"")).await;
        assert_eq!(again.json(), first.json());
        let other = note("not seen", &key).await;
        assert_eq!(other.status, 422, "{}", other.text());
        let error = &other.json()["error"];
        assert_eq!(error["details"][0]["reason"], "REQUEST_ID_REUSED");
        assert_eq!(
            (&error["code"], &error["status"]),
            (&json!(422), &json!("INVALID_ARGUMENT"))
        );
        let body = json!({"message": "seen", "requestId": uuid::Uuid::new_v4().to_string()});
        let both = world
            .call("POST", &target)
            .header("idempotency-key", &key)
            .json(body)
            .send()
            .await;
        assert_eq!(field(&both), "request_id");
        for given in ["no UUID", &format!("\"{key}"), &format!("{key}\"")] {
            assert_eq!(field(&note("seen", given).await), "request_id", "{given}");
        }
        // Whoever sends the header counts on it.
        for given in ["", " ", "\"\""] {
            assert_eq!(
                field(&note("seen", given).await),
                "idempotency-key",
                "{given}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_answer_carries_its_correlation_id() {
    let world = World::new(Backend::Sqlite).await;
    for (target, status) in [
        ("/v1/orders", 200),
        ("/v1/orders/0", 400),
        ("/nothing", 404),
        ("/livez", 200),
    ] {
        let given = world
            .call("GET", target)
            .header("x-correlation-id", "order-7/try:2")
            .send()
            .await;
        assert_eq!(
            given.header("x-correlation-id"),
            Some("order-7/try:2"),
            "{target}"
        );
        let made = world
            .call("GET", target)
            .header("x-correlation-id", "two words")
            .send()
            .await;
        assert_eq!(
            made.header("x-correlation-id").map(str::len),
            Some(36),
            "{target}"
        );
        assert_eq!(made.status, status, "{target}: {}", made.text());
    }
    let (_, log) = world.server.output();
    assert!(
        log.contains("order-7/try:2"),
        "the call's line in the log names it"
    );
}

#[tokio::test]
async fn a_deadline_may_be_set_and_is_kept() {
    let world = World::new(Backend::Sqlite).await;
    let late = world
        .call("GET", "/v1/orders")
        .header("grpc-timeout", "1n")
        .send()
        .await;
    assert_eq!(late.status, 504, "{}", late.text());
    assert_eq!(late.json()["error"]["status"], "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn head_is_a_get_without_its_body() {
    let world = World::new(Backend::Sqlite).await;
    let target = format!("/v1/orders/{}", id(&world.order("new").await));
    let get = world.call("GET", &target).send().await;
    let head = world.call("HEAD", &target).send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn a_path_says_which_methods_it_takes() {
    let world = World::new(Backend::Sqlite).await;
    for (method, target, allow) in [
        ("PUT", "/v1/orders/7", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (
            "POST",
            "/v1/orders/number/X",
            "DELETE, GET, HEAD, OPTIONS, PATCH",
        ),
        ("GET", "/v1/orders/7:confirm", "OPTIONS, POST"),
        ("DELETE", "/v1/orders", "GET, HEAD, OPTIONS, POST"),
        ("BREW", "/v1/orders", "GET, HEAD, OPTIONS, POST"),
    ] {
        let refused = world.call(method, target).send().await;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, Some(allow)),
            "{method} {target}"
        );
        assert_eq!(refused.json()["error"]["code"], 405);
        let info = error_info(&refused);
        assert_eq!(info["reason"], "HTTP_METHOD_NOT_ALLOWED", "{target}");
        let metadata = json!({"method": method, "allowed": allow});
        assert_eq!(info["metadata"], metadata, "{target}");
        let options = world.call("OPTIONS", target).send().await;
        assert_eq!(
            (options.status, options.header("allow")),
            (204, Some(allow)),
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_caller_without_a_credential_is_told_how_to_show_one() {
    let world = World::new(Backend::Sqlite).await;
    let refused = world.bare("GET", "/v1/orders").send().await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    let by_key = world
        .bare("GET", "/v1/orders")
        .header("x-api-key", &world.tenant.staff.key);
    assert_eq!(by_key.send().await.status, 200);
}

/// The first field that a refusal names.
fn field(answer: &order_status_tests::http::Answer) -> String {
    let error = &answer.json()["error"];
    assert_eq!(
        (answer.status, &error["status"]),
        (400, &json!("INVALID_ARGUMENT")),
        "{error}"
    );
    let details = error["details"].as_array().expect("details").iter();
    let mut fields = details.filter_map(|detail| detail["fieldViolations"][0]["field"].as_str());
    fields.next().unwrap_or_default().to_owned()
}
