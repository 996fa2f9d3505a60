//! What nobody should send: answered in the contract's own shape, without a change.

use std::time::{Duration, Instant};

use order_status_tests::contract::{broken_off, demo_with, overlong, stalled};
use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, on_both};

use super::{ACCOUNT, CLIENT, JSON, done, order_in, put, refused, shared, standing};

#[tokio::test]
async fn bodies_that_are_no_json_object_change_nothing() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "proposal").await;
        let deep = format!(
            "{{\"status\": {}{}}}",
            "[".repeat(20_000),
            "]".repeat(20_000)
        );
        let huge = format!("{{\"status\": 2, \"x\": \"{}\"}}", "x".repeat(300_000));
        for body in [
            "",
            "{",
            "{\"status\": 2",
            "{\"status\": 2,}",
            "{\"status\": 2} {}",
            "{\"status\": 1, \"status\": 2}",
            "{'status': 2}",
            "{\"status\": 02}",
            "{\"status\": NaN}",
            "{\"status\": 2, \"message\": \"\\ud800\"}",
            "[{\"status\": 2}]",
            "status=2",
            "\u{feff}{\"status\": 2}",
            deep.as_str(),
            huge.as_str(),
        ] {
            let shown: String = body.chars().take(60).collect();
            assert!(
                !refused(&put(server, CLIENT, id, body).await).is_empty(),
                "{shown}"
            );
        }
        assert_eq!(standing(server, id).await, (1, 1));
        done(&put(server, CLIENT, id, "{\"status\": 2}").await);
    })
    .await;
}

#[tokio::test]
async fn bodies_that_are_not_said_to_be_json_are_refused() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "proposal").await;
    let path = format!("/api/orders/{id}/status");
    let token = ("X-Auth-Token", CLIENT);
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin1",
        "",
    ] {
        let headers = [("Content-Type", kind), ACCOUNT, token];
        refused(&exchange(server, &request("PUT", &path, &headers, "{\"status\": 2}")).await);
    }
    let headers = [ACCOUNT, token];
    refused(&exchange(server, &request("PUT", &path, &headers, "{\"status\": 2}")).await);
    assert_eq!(standing(server, id).await, (1, 1));
}

#[tokio::test]
async fn bodies_longer_or_shorter_than_declared_do_no_harm() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "proposal").await;
    let body = "{\"status\": 2}";
    let (name, kind) = JSON;
    let head = format!(
        "PUT /api/orders/{id}/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: {kind}\r\nX-Auth-Token: {CLIENT}\r\nX-Auth-AccountId: demo\r\n"
    );
    let shorter = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len() - 1);
    refused(&exchange(server, shorter.as_bytes()).await);
    let longer = format!("{head}Content-Length: 99999999999\r\n\r\n{body}");
    refused(&exchange(server, longer.as_bytes()).await);
    assert_eq!(standing(server, id).await, (1, 1));
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_is_given_up_in_time() {
    let args = ["--body-timeout", "500ms"];
    let (server, _database) = demo_with(Backend::Sqlite, &args).await;
    let headers = [JSON, ACCOUNT, ("X-Auth-Token", CLIENT)];
    let call = request(
        "PUT",
        "/api/orders/5001/status",
        &headers,
        "{\"status\": 2}",
    );
    let begun = Instant::now();
    let title = refused(&stalled(&server, &call).await);
    assert_eq!(title, "Invalid request: the body did not come whole.");
    assert!(begun.elapsed() < Duration::from_secs(10));
    if let Some(answer) = broken_off(&server, &call).await {
        refused(&answer);
    }
    assert_eq!(standing(&server, 5001).await, (1, 1));
    done(&overlong(&server, &call).await);
    assert_eq!(standing(&server, 5001).await, (2, 2));
}
