//! Callers who hang up leave nothing behind: no open transaction, no panic, no half-done change.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use order_status_proto::v1::{
    AddOrderNoteRequest, ConfirmOrderRequest, GetOrderRequest, ListOrdersRequest, OrderView,
    add_order_note_request, confirm_order_request, get_order_request,
};
use order_status_tests::audit::histories;
use order_status_tests::refusal::said;
use order_status_tests::{Backend, Caller, Fleet, figure, load, on_both};
use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;
use tonic::{Code, Status};
use uuid::Uuid;

/// How many callers hang up at once.
const WIDTH: usize = 64;

/// How many connections to each server they share.
const CONNECTIONS: usize = 16;

/// The longest a caller waits before it hangs up, in microseconds.
const LONGEST_WAIT: u64 = 50_000;

/// Sends a call of one kind or another, with a request id where it writes.
async fn call(caller: Caller, at: usize, order: i64, request_id: String) -> Result<(), Status> {
    let mut orders = caller.orders();
    match at % 5 {
        0 => drop(orders.create_order(load::create(&request_id)).await?),
        1 => {
            let request = AddOrderNoteRequest {
                order: Some(add_order_note_request::Order::Id(order)),
                message: "written by somebody who may have left".to_owned(),
                request_id,
                ..AddOrderNoteRequest::default()
            };
            drop(orders.add_order_note(request).await?);
        }
        2 => {
            // Most of these are refused: also a transaction that is rolled back has a caller who may leave.
            let request = ConfirmOrderRequest {
                order: Some(confirm_order_request::Order::Id(order)),
                request_id,
                ..ConfirmOrderRequest::default()
            };
            drop(orders.confirm_order(request).await?);
        }
        3 => {
            let request = GetOrderRequest {
                order: Some(get_order_request::Order::Id(order)),
                view: OrderView::Full.into(),
                ..GetOrderRequest::default()
            };
            drop(orders.get_order(request).await?);
        }
        _ => {
            let request = ListOrdersRequest {
                page_size: 5,
                count: true,
                ..ListOrdersRequest::default()
            };
            drop(orders.list_orders(request).await?);
        }
    }
    Ok(())
}

/// Looks, until it is told to stop, for a transaction that has stood still for more than a second.
async fn look_for_idlers(url: String, stop: Arc<AtomicBool>) -> Vec<String> {
    let mut connection = PgConnection::connect(&url).await.expect("connect");
    let mut found = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let idlers: Vec<String> = sqlx::query_scalar(
            "SELECT format('%s %s: %s', application_name, state, query) FROM pg_stat_activity
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'
             AND clock_timestamp() - state_change > interval '1 s'",
        )
        .fetch_all(&mut connection)
        .await
        .expect("ask who idles");
        found.extend(idlers);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_cancelled_at_random_moments_leave_nothing_behind() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        // A connection on which too many calls are reset before they began is closed: that is a protection of its own.
        // Over many connections each stays below it, mostly.
        let callers: Vec<Caller> = (0..CONNECTIONS)
            .flat_map(|_| fleet.callers(&tenant.staff.key))
            .collect();
        let made = tenant.staff.orders().create_order(load::create("")).await;
        let order = made.expect("make an order").into_inner().id;
        let stop = Arc::new(AtomicBool::new(false));
        let idlers = (backend == Backend::Postgres)
            .then(|| tokio::spawn(look_for_idlers(fleet.url().to_owned(), Arc::clone(&stop))));

        let total = figure("CANCELS", 2000, 20_000);
        let mut calls = JoinSet::new();
        let (mut started, mut cancelled, mut broken) = (0, 0, 0);
        let mut written = Vec::new();
        while cancelled < total {
            while calls.len() < WIDTH {
                let (at, request_id) = (started, Uuid::new_v4().to_string());
                let call = call(
                    callers[at % callers.len()].clone(),
                    at,
                    order,
                    request_id.clone(),
                );
                if at % 5 < 2 {
                    written.push((at, request_id));
                }
                let wait = Duration::from_micros(rand::random_range(0..LONGEST_WAIT));
                calls.spawn(async move { tokio::time::timeout(wait, call).await });
                started += 1;
            }
            let ended = calls.join_next().await.expect("a call under way");
            match ended.expect("a call that does not panic") {
                Err(_elapsed) => cancelled += 1,
                Ok(Ok(())) => {}
                Ok(Err(status)) if !said(&status) => broken += 1,
                Ok(Err(status)) => {
                    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
                }
            }
        }
        while calls.join_next().await.is_some() {}
        println!("{backend}: {cancelled} of {started} calls were cancelled, {broken} cut off");

        // Whoever left finds out what came of the call by sending it again; it has one effect, then or now.
        let sample = written.iter().rev().take(200);
        let fresh = fleet.callers(&tenant.staff.key);
        for (at, request_id) in sample {
            let caller = fresh[(at + 1) % fresh.len()].clone();
            let answer = call(caller, *at, order, request_id.clone()).await;
            answer.expect("later calls are served");
        }
        let histories = histories(&fresh[0]).await.expect("every history");
        let mut ids: Vec<_> = histories
            .values()
            .flatten()
            .map(|change| change.request_id.as_str())
            .filter(|id| !id.is_empty())
            .collect();
        let effects = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), effects, "no request has two effects");
        for (_, request_id) in written.iter().rev().take(200) {
            assert!(
                ids.binary_search(&request_id.as_str()).is_ok(),
                "{request_id}"
            );
        }

        stop.store(true, Ordering::Relaxed);
        if let Some(idlers) = idlers {
            let found = idlers.await.expect("a look that does not panic");
            assert!(found.is_empty(), "open transactions: {found:?}");
        }
        for server in &fleet.servers {
            let (_, log) = server.output();
            // The state of a connection whose transaction failed and was not rolled back.
            assert!(!log.contains("25P02"), "{log}");
        }
        fleet.finish().await;
    })
    .await;
}
