//! What nobody should send: answered in the contract's own shape, without a change.

use order_status_tests::contract::{
    broken_off, declaring, impatient_demo, malformed, overlong, stalled,
};
use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, on_both};

use super::{ACCOUNT, CLIENT, JSON, done, order_in, put, refused, shared, standing};

#[tokio::test]
async fn bodies_that_are_no_json_object_change_nothing() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "proposal").await;
        let body = "{\"status\": 2, \"message\": \"m\"}";
        for body in malformed(body, "\"m\"", 300_000)
            .iter()
            .map(String::as_str)
            .chain(["{\"status\": 02}", "{\"status\": NaN}"])
        {
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
    let (path, body) = (format!("/api/orders/{id}/status"), "{\"status\": 2}");
    let headers = [JSON, ACCOUNT, ("X-Auth-Token", CLIENT)];
    let call = request("PUT", &path, &headers, body);
    for length in [body.len() as u64 - 1, 99_999_999_999] {
        refused(&exchange(server, &declaring(length, &call)).await);
    }
    assert_eq!(standing(server, id).await, (1, 1));
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_is_given_up_in_time() {
    let (server, _database) = impatient_demo(Backend::Sqlite).await;
    let headers = [JSON, ACCOUNT, ("X-Auth-Token", CLIENT)];
    let call = request(
        "PUT",
        "/api/orders/5001/status",
        &headers,
        "{\"status\": 2}",
    );
    let title = refused(&stalled(&server, &call).await);
    assert_eq!(title, "Invalid request: the body did not come whole.");
    if let Some(answer) = broken_off(&server, &call).await {
        refused(&answer);
    }
    assert_eq!(standing(&server, 5001).await, (1, 1));
    done(&overlong(&server, &call).await);
    assert_eq!(standing(&server, 5001).await, (2, 2));
}
