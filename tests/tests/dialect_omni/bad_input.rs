//! What nobody should send: answered in the contract's own shape, without a change.

use order_status_tests::Backend;
use order_status_tests::contract::{
    broken_off, declaring, impatient_demo, malformed, overlong, stalled,
};
use order_status_tests::golden::{Answer, exchange, request};

use super::{JSON, TOKEN, demo, error, json, order, send, told, verb};

const PATH: &str = "/api/store/orders/confirm";
const BODY: &str = "{\"number\": \"FR9TL74P\"}";

/// Holds an answer to the contract's shape of errors.
fn in_shape(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 400, "{what}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json", "{what}");
    assert_eq!(answer.header("allow"), "POST, OPTIONS", "{what}");
    let told = json(answer);
    let shape = told["detail"].is_string() || told["error_code"].is_string();
    assert!(shape, "{what}: {told}");
}

#[tokio::test]
async fn bodies_that_are_no_json_object_change_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for body in malformed(BODY, "\"FR9TL74P\"", 100_000)
        .iter()
        .map(String::as_str)
        .chain(["{number: FR9TL74P}"])
    {
        let what: String = body.chars().take(60).collect();
        in_shape(&send(&server, "POST", PATH, body).await, &what);
    }
    for value in [
        "7",
        "true",
        "{}",
        "[]",
        "[67,68]",
        "1e400",
        "99999999999999999999",
    ] {
        let refused = send(&server, "POST", PATH, &format!("{{\"number\": {value}}}")).await;
        let expected = told("invalid", "Not a valid string.", "number");
        assert_eq!(error(&refused), expected, "{value}");
    }
    assert_eq!(order(&server, "FR9TL74P").await.version, 1);
    assert_eq!(verb(&server, "confirm", "FR9TL74P").await.status, 200);
}

#[tokio::test]
async fn bodies_that_are_not_said_to_be_json_are_refused() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let authorization = format!("token {TOKEN}");
    let token = ("Authorization", authorization.as_str());
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "",
    ] {
        let headers = [token, ("Content-Type", kind)];
        let answer = exchange(&server, &request("POST", PATH, &headers, BODY)).await;
        in_shape(&answer, kind);
    }
    in_shape(
        &exchange(&server, &request("POST", PATH, &[token], BODY)).await,
        "none",
    );
    let headers = [token, ("Content-Type", "application/json; charset=UTF-8")];
    assert_eq!(order(&server, "FR9TL74P").await.version, 1);
    let answer = exchange(&server, &request("POST", PATH, &headers, BODY)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn bodies_of_another_length_than_declared_change_nothing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let authorization = format!("token {TOKEN}");
    let token = ("Authorization", authorization.as_str());
    let call = request("POST", PATH, &[JSON, token], BODY);
    // Shorter than it is: what is left of it is no JSON.
    in_shape(&exchange(&server, &declaring(10, &call)).await, "short");
    // More than is taken is refused before it comes.
    let long = declaring(99_999_999, &call);
    in_shape(&exchange(&server, &long).await, "long");
    let headers = [JSON, token, ("Transfer-Encoding", "chunked")];
    let mut chunked = request("POST", PATH, &headers, "");
    chunked.extend(format!("{:x}\r\n{}\r\n0\r\n\r\n", 100_000, "x".repeat(100_000)).into_bytes());
    in_shape(&exchange(&server, &chunked).await, "chunked");
    assert_eq!(order(&server, "FR9TL74P").await.version, 1);
    assert_eq!(verb(&server, "confirm", "FR9TL74P").await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_is_given_up_in_time() {
    let (server, _database) = impatient_demo(Backend::Sqlite).await;
    let authorization = format!("token {TOKEN}");
    let headers = [JSON, ("Authorization", authorization.as_str())];
    let call = request("POST", PATH, &headers, BODY);
    in_shape(&stalled(&server, &call).await, "stalled");
    if let Some(answer) = broken_off(&server, &call).await {
        in_shape(&answer, "broken off");
    }
    assert_eq!(order(&server, "FR9TL74P").await.version, 1);
    assert_eq!(overlong(&server, &call).await.status, 200);
}
