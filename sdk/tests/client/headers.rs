//! What travels beside a request.

use crate::server::Server;
use order_status_sdk::Uuid;
use tonic::Status;

#[tokio::test]
async fn the_key_travels_as_a_bearer() {
    let server = Server::start().await;
    let client = server
        .builder()
        .key("demo-omni")
        .connect()
        .await
        .expect("a connection");
    client.get_order(1).send().await.expect("an answer");
    assert_eq!(server.seen()[0].header("authorization"), "Bearer demo-omni");
    assert!(
        server.seen()[0]
            .header("user-agent")
            .starts_with("order-status-sdk/")
    );
}

#[tokio::test]
async fn a_call_keeps_its_correlation_id_and_its_error_tells_it() {
    let server = Server::start().await;
    server.fail([Status::unavailable("away"), Status::aborted("stale")]);
    let error = server
        .client()
        .confirm_order(1)
        .send()
        .await
        .expect_err("a conflict");
    let seen = server.seen();
    let id = seen[0].header("x-correlation-id");
    Uuid::parse_str(id).expect("a UUID unless one is given");
    assert_eq!(seen[1].header("x-correlation-id"), id);
    assert_eq!(error.correlation_id(), Some(id));
}

#[tokio::test]
async fn a_correlation_id_that_is_given_is_sent() {
    let server = Server::start().await;
    server
        .client()
        .get_order(1)
        .correlation_id("checkout-7")
        .send()
        .await
        .expect("an answer");
    assert_eq!(server.seen()[0].header("x-correlation-id"), "checkout-7");
}

#[tokio::test]
async fn the_trace_context_comes_from_the_call_or_from_the_client() {
    const OF_THE_CLIENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const OF_THE_CALL: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    let server = Server::start().await;
    let builder = server
        .builder()
        .traceparent(|| Some(OF_THE_CLIENT.to_owned()));
    let client = builder.connect_lazy().expect("a client");
    client.get_order(1).send().await.expect("an answer");
    client
        .get_order(1)
        .traceparent(OF_THE_CALL)
        .send()
        .await
        .expect("an answer");
    server
        .client()
        .get_order(1)
        .send()
        .await
        .expect("an answer");
    let sent: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("traceparent").to_owned())
        .collect();
    assert_eq!(sent, [OF_THE_CLIENT, OF_THE_CALL, ""]);
}

#[tokio::test]
async fn what_cannot_stand_in_a_header_is_refused_before_it_is_sent() {
    let server = Server::start().await;
    let call = server.client().get_order(1).correlation_id("two\nlines");
    let error = call.send().await.expect_err("no header");
    assert!(error.is_invalid());
    assert!(server.seen().is_empty());
}
