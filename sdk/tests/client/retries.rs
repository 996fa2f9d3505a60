//! What is tried again, when, and with what.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use order_status_sdk::types::Account;
use order_status_sdk::{Client, RetryPolicy, Uuid};
use tokio::net::TcpListener;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::server::{Reply, Server, quick};

fn away() -> Status {
    Status::unavailable("the database is away")
}

fn come_back_after(code: Code, delay: Duration) -> Status {
    Status::with_error_details(code, "later", ErrorDetails::with_retry_info(Some(delay)))
}

#[tokio::test]
async fn a_write_keeps_its_request_id_through_all_attempts() {
    let server = Server::start().await;
    server.fail([away(), away()]);

    let order = server
        .client()
        .confirm_order("FR9TL74P")
        .send()
        .await
        .expect("the third attempt");

    assert_eq!(order.number, "FR9TL74P");
    let ids: Vec<_> = server
        .seen()
        .into_iter()
        .map(|seen| seen.request_id)
        .collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(HashSet::<_>::from_iter(&ids).len(), 1);
    Uuid::parse_str(&ids[0]).expect("the request id is a UUID");
}

#[tokio::test]
async fn two_writes_have_two_request_ids() {
    let server = Server::start().await;
    let call = server.client().confirm_order(1);
    call.clone().send().await.expect("an answer");
    call.send().await.expect("an answer");
    let seen = server.seen();
    assert_ne!(seen[0].request_id, seen[1].request_id);
}

#[tokio::test]
async fn a_request_id_that_is_given_is_sent() {
    let server = Server::start().await;
    let id = Uuid::from_u128(7);
    server
        .client()
        .confirm_order(1)
        .request_id(id)
        .send()
        .await
        .expect("an answer");
    assert_eq!(server.seen()[0].request_id, id.to_string());
}

#[tokio::test]
async fn a_read_is_tried_again() {
    let server = Server::start().await;
    server.fail([away()]);
    server
        .client()
        .get_order(1)
        .send()
        .await
        .expect("the second attempt");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_is_not_about_orders_has_a_request_id_too() {
    let server = Server::start().await;
    server.fail([away()]);
    server
        .client()
        .create_account(Account::default())
        .send()
        .await
        .expect("the second attempt");
    let seen = server.seen();
    Uuid::parse_str(&seen[0].request_id).expect("the request id is a UUID");
    assert_eq!(seen[1].request_id, seen[0].request_id);
}

#[tokio::test]
async fn nothing_but_unavailable_is_tried_again() {
    let server = Server::start().await;
    for code in (1..=16)
        .map(Code::from)
        .filter(|&code| code != Code::Unavailable)
    {
        server.fail([come_back_after(code, Duration::ZERO)]);
        let before = server.seen().len();
        server
            .client()
            .confirm_order(1)
            .send()
            .await
            .expect_err("one attempt");
        assert_eq!(server.seen().len() - before, 1, "{code:?}");
    }
}

#[tokio::test]
async fn a_full_service_is_asked_again_only_on_request() {
    let server = Server::start().await;
    server.fail([come_back_after(
        Code::ResourceExhausted,
        Duration::from_millis(1),
    )]);
    let willing = quick().when_exhausted(true);
    server
        .client()
        .confirm_order(1)
        .retry(willing)
        .send()
        .await
        .expect("the second attempt");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn attempts_end_with_the_policy_and_the_last_error_is_told() {
    let server = Server::start().await;
    server.fail([away(), away(), away()]);
    let policy = quick().max_attempts(2);
    let error = server
        .client()
        .confirm_order(1)
        .retry(policy)
        .send()
        .await
        .expect_err("two");
    assert!(error.is_unavailable());
    assert_eq!(error.message(), "the database is away");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn the_wait_that_the_service_asks_for_is_kept() {
    let server = Server::start().await;
    let delay = Duration::from_millis(300);
    server.fail([come_back_after(Code::Unavailable, delay)]);
    server
        .client()
        .confirm_order(1)
        .send()
        .await
        .expect("the second attempt");
    let seen = server.seen();
    assert!(seen[1].at - seen[0].at >= delay);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_ends_the_call_at_once() {
    let server = Server::start().await;
    server.fail([come_back_after(Code::Unavailable, Duration::from_secs(60))]);
    let started = Instant::now();
    let error = server
        .client()
        .confirm_order(1)
        .send()
        .await
        .expect_err("no time");
    assert!(error.is_unavailable());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_call_without_an_answer_ends_with_its_deadline() {
    let server = Server::start().await;
    server.script().replies.push_back(Reply::Hang);
    let started = Instant::now();
    let timeout = Duration::from_millis(150);
    let call = server.client().confirm_order(1).timeout(timeout);
    let error = call.send().await.expect_err("no answer");
    assert!(error.is_timeout(), "{error}");
    assert!(error.correlation_id().is_some());
    assert!(started.elapsed() >= timeout);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn every_attempt_is_told_what_is_left_of_the_time() {
    let server = Server::start().await;
    let delay = Duration::from_millis(200);
    server.fail([come_back_after(Code::Unavailable, delay)]);
    let timeout = Duration::from_secs(5);
    server
        .client()
        .get_order(1)
        .timeout(timeout)
        .send()
        .await
        .expect("the second attempt");
    let told: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| micros(seen.header("grpc-timeout")))
        .collect();
    assert!(told[0] <= timeout);
    assert!(told[1] <= told[0] - delay, "{told:?}");
}

/// A `grpc-timeout` in microseconds.
fn micros(header: &str) -> Duration {
    let digits = header.strip_suffix('u').expect("microseconds");
    Duration::from_micros(digits.parse().expect("a number"))
}

#[tokio::test]
async fn a_connection_that_breaks_is_unavailable_and_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let uri = format!("http://{}", listener.local_addr().expect("its address"));
    let hangs_up = tokio::spawn(async move {
        for _ in 0..3 {
            drop(listener.accept().await);
        }
    });
    let client = Client::builder(uri)
        .retry(quick().max_attempts(3))
        .connect_lazy();
    let error = client
        .expect("a usable address")
        .get_order(1)
        .send()
        .await
        .expect_err("no answer");
    assert!(error.is_unavailable(), "{error:?}");
    hangs_up.await.expect("three connections were made");
}

#[tokio::test]
async fn a_policy_that_never_retries_makes_one_attempt() {
    let server = Server::start().await;
    server.fail([away()]);
    let client = server
        .builder()
        .retry(RetryPolicy::never())
        .connect_lazy()
        .expect("a client");
    client.get_order(1).send().await.expect_err("one attempt");
    assert_eq!(server.seen().len(), 1);
}
