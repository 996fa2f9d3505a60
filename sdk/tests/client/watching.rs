//! Watches over more than one connection.

use std::time::Duration;

use order_status_proto::v1::{Change, Order, WatchOrdersResponse};
use order_status_sdk::{Error, Watch};
use tonic::Status;

use crate::server::{Server, Step, quick};

fn told(position: i64) -> Step {
    Step::Tell(Box::new(WatchOrdersResponse {
        token: format!("t{position}"),
        change: Some(Change {
            position,
            ..Default::default()
        }),
        order: Some(Order {
            id: 1,
            version: position,
            ..Default::default()
        }),
        heartbeat: false,
    }))
}

fn heartbeat(token: &str) -> Step {
    let token = token.to_owned();
    Step::Tell(Box::new(WatchOrdersResponse {
        token,
        heartbeat: true,
        ..Default::default()
    }))
}

fn cut() -> Step {
    Step::Cut(Status::unavailable("the service is shutting down"))
}

async fn position(watch: &mut Watch) -> i64 {
    let event = watch
        .next()
        .await
        .expect("a watch that goes on")
        .expect("an event");
    assert_eq!(event.order.version, event.change.position);
    assert_eq!(event.token, format!("t{}", event.change.position));
    assert_eq!(watch.token(), event.token);
    event.change.position
}

async fn end(mut watch: Watch) -> Error {
    let error = watch
        .next()
        .await
        .expect("an end with an error")
        .expect_err("an error");
    assert!(watch.next().await.is_none(), "nothing follows the error");
    error
}

fn tokens(server: &Server) -> Vec<String> {
    server
        .script()
        .watched
        .iter()
        .map(|request| request.token.clone())
        .collect()
}

#[tokio::test]
async fn a_watch_that_is_cut_goes_on_after_what_it_told() {
    let server = Server::start().await;
    server.script().watches.extend([
        Ok(vec![told(4), told(5), cut()]),
        Err(Status::unavailable("still away")),
        Ok(vec![told(6)]),
        Ok(vec![told(7), Step::Hang]),
    ]);
    let mut watch = server
        .client()
        .watch_orders()
        .store_ids([2])
        .after("t3")
        .into_stream();
    for expected in 4..=7 {
        assert_eq!(position(&mut watch).await, expected);
    }
    assert_eq!(tokens(&server), ["t3", "t5", "t5", "t6"]);
    for request in &server.script().watched {
        assert_eq!(request.filter.as_ref().expect("a filter").store_ids, [2]);
    }
}

#[tokio::test]
async fn heartbeats_are_not_told_but_their_tokens_count() {
    let server = Server::start().await;
    server.script().watches.extend([
        Ok(vec![heartbeat("t8"), told(9), heartbeat("t30"), cut()]),
        Ok(vec![told(31), Step::Hang]),
    ]);
    let mut watch = server.client().watch_orders().into_stream();
    assert_eq!(watch.token(), "");
    assert_eq!(position(&mut watch).await, 9);
    assert_eq!(position(&mut watch).await, 31);
    assert_eq!(tokens(&server), ["", "t30"]);
}

#[tokio::test]
async fn a_watch_from_the_start_begins_there_once() {
    let server = Server::start().await;
    server.script().watches.extend([
        Ok(vec![cut()]),
        Ok(vec![told(1), cut()]),
        Ok(vec![told(2), Step::Hang]),
    ]);
    let mut watch = server.client().watch_orders().from_start().into_stream();
    assert_eq!(position(&mut watch).await, 1);
    assert_eq!(position(&mut watch).await, 2);
    let starts: Vec<_> = server
        .script()
        .watched
        .iter()
        .map(|request| request.from_start)
        .collect();
    assert_eq!(starts, [true, true, false]);
}

#[tokio::test]
async fn a_ledger_that_went_back_ends_the_watch() {
    let server = Server::start().await;
    server.script().watches.extend([
        Ok(vec![told(4), cut()]),
        Err(Status::out_of_range("the ledger ends at 3")),
    ]);
    let mut watch = server.client().watch_orders().into_stream();
    assert_eq!(position(&mut watch).await, 4);
    let error = end(watch).await;
    assert!(error.is_out_of_range());
    assert!(error.correlation_id().is_some());
}

#[tokio::test]
async fn a_key_that_is_refused_ends_the_watch() {
    let server = Server::start().await;
    let revoked = Step::Cut(Status::unauthenticated("revoked"));
    server
        .script()
        .watches
        .push_back(Ok(vec![heartbeat("t1"), revoked]));
    assert!(
        end(server.client().watch_orders().into_stream())
            .await
            .is_unauthenticated()
    );
}

#[tokio::test]
async fn a_watch_without_a_place_to_go_on_from_never_skips_silently() {
    let server = Server::start().await;
    server.script().watches.push_back(Ok(vec![cut()]));
    assert!(
        end(server.client().watch_orders().into_stream())
            .await
            .is_unavailable()
    );
    assert_eq!(tokens(&server).len(), 1);
}

#[tokio::test]
async fn a_first_connection_is_tried_as_often_as_the_policy_says() {
    let server = Server::start().await;
    for _ in 0..10 {
        server
            .script()
            .watches
            .push_back(Err(Status::unavailable("away")));
    }
    let call = server
        .client()
        .watch_orders()
        .after("t3")
        .retry(quick().max_attempts(3));
    assert!(end(call.into_stream()).await.is_unavailable());
    assert_eq!(tokens(&server).len(), 3);
}

#[tokio::test]
async fn a_watch_that_went_on_once_survives_any_number_of_failures() {
    let server = Server::start().await;
    server.script().watches.push_back(Ok(vec![told(1), cut()]));
    for _ in 0..20 {
        server
            .script()
            .watches
            .push_back(Err(Status::unavailable("away")));
    }
    server
        .script()
        .watches
        .push_back(Ok(vec![told(2), Step::Hang]));
    let mut watch = server.client().watch_orders().into_stream();
    assert_eq!(position(&mut watch).await, 1);
    assert_eq!(position(&mut watch).await, 2);
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_made_anew() {
    let server = Server::start().await;
    server
        .script()
        .watches
        .extend([Ok(vec![told(1), Step::Hang]), Ok(vec![told(2), Step::Hang])]);
    let interval = Duration::from_millis(50);
    let mut watch = server
        .client()
        .watch_orders()
        .heartbeat_interval(interval)
        .into_stream();
    assert_eq!(position(&mut watch).await, 1);
    assert_eq!(position(&mut watch).await, 2);
    assert_eq!(tokens(&server), ["", "t1"]);
}

#[tokio::test]
async fn waiting_for_an_event_can_be_given_up_without_losing_it() {
    let server = Server::start().await;
    let many = (1..=50).map(told).chain([Step::Hang]).collect();
    server.script().watches.push_back(Ok(many));
    let mut watch = server.client().watch_orders().into_stream();
    let mut expected = 1;
    while expected <= 50 {
        tokio::select! {
            biased;
            () = tokio::task::yield_now() => {}
            told = position(&mut watch) => {
                assert_eq!(told, expected);
                expected += 1;
            }
        }
    }
}
