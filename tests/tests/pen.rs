//! The pen: who waited for it decides on what is there now, and who holds it and stands still is passed over.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use order_status_proto::v1::{
    CancelOrderRequest, ConfirmOrderRequest, Order, cancel_order_request, confirm_order_request,
};
use order_status_tests::audit::{audit, history};
use order_status_tests::refusal::{fact, reason};
use order_status_tests::{Backend, Caller, Fleet, Load, figure, load};
use sqlx::{Connection, PgConnection};
use tonic::{Code, Response, Status};

const PATIENCE: Duration = Duration::from_secs(20);

/// How long a server may hold up the others by standing still.
const PASSED_OVER_WITHIN: Duration = Duration::from_secs(3);

async fn confirm(caller: &Caller, id: i64, etag: String) -> Result<Order, Status> {
    let request = ConfirmOrderRequest {
        order: Some(confirm_order_request::Order::Id(id)),
        etag,
        ..ConfirmOrderRequest::default()
    };
    let answer = caller.orders().confirm_order(request).await;
    answer.map(Response::into_inner)
}

async fn cancel(caller: &Caller, id: i64, etag: String) -> Result<Order, Status> {
    let request = CancelOrderRequest {
        order: Some(cancel_order_request::Order::Id(id)),
        etag,
        ..CancelOrderRequest::default()
    };
    let answer = caller.orders().cancel_order(request).await;
    answer.map(Response::into_inner)
}

async fn connect(fleet: &Fleet) -> PgConnection {
    let connected = PgConnection::connect(fleet.url()).await;
    connected.expect("connect")
}

/// Waits until so many sessions of this database wait for a lock. The connection has no transaction open: within one,
/// PostgreSQL shows the sessions as they were when it first looked.
async fn waiting(connection: &mut PgConnection, sessions: i64) {
    let wait = async {
        loop {
            let count: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(&mut *connection)
            .await
            .expect("ask who waits");
            if count >= sessions {
                break;
            }
        }
    };
    let waited = tokio::time::timeout(PATIENCE, wait).await;
    assert!(
        waited.is_ok(),
        "{sessions} sessions should wait for the pen"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_waited_for_the_pen_decide_on_the_order_as_the_winner_left_it() {
    let fleet = Fleet::start(Backend::Postgres).await;
    let tenant = fleet.tenant("standard").await;
    let callers = fleet.callers(&tenant.staff.key);
    let (mut connection, mut observer) = (connect(&fleet).await, connect(&fleet).await);
    for _ in 0..figure("ROUNDS", 25, 1000) {
        let made = tenant.staff.orders().create_order(load::create("")).await;
        let made = made.expect("make an order").into_inner();
        // The barrier: nobody gets the pen until every server has come to wait for it, and what each would read
        // together with its wait is read by then.
        let mut barrier = connection.begin().await.expect("begin");
        let held = sqlx::query("SELECT 1 FROM pen WHERE id = 1 FOR UPDATE");
        held.execute(&mut *barrier).await.expect("hold the pen");
        let with_etag = |at: usize| {
            let (caller, etag) = (callers[at % callers.len()].clone(), made.etag.clone());
            tokio::spawn(async move {
                if at.is_multiple_of(2) {
                    confirm(&caller, made.id, etag).await
                } else {
                    cancel(&caller, made.id, etag).await
                }
            })
        };
        let calls: Vec<_> = (0..2 * callers.len()).map(with_etag).collect();
        waiting(
            &mut observer,
            i64::try_from(callers.len()).expect("a count"),
        )
        .await;
        barrier.rollback().await.expect("let the pen go");
        let answers = join_all(calls).await.into_iter();
        let answers = answers.map(|answer| answer.expect("a call that does not panic"));
        let (won, lost): (Vec<_>, Vec<_>) = answers.partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{won:?}");
        let won = won.into_iter().flatten().next().expect("one");
        for status in lost.into_iter().filter_map(Result::err) {
            assert_eq!(status.code(), Code::Aborted, "{status:?}");
            assert_eq!(reason(&status), "ETAG_STALE");
            assert_eq!(fact(&status, "etag"), won.etag, "told what is there now");
        }
        let changes = history(&tenant.staff, made.id).await.expect("a history");
        assert_eq!(changes.len(), 2);
    }
    fleet.finish().await;
}

/// The transaction that stands still between two statements for longer than any server would take, if there is one.
async fn stands_still(connection: &mut PgConnection) -> Option<i32> {
    sqlx::query_scalar(
        "SELECT holder.pid FROM pg_stat_activity holder
         WHERE holder.datname = current_database() AND holder.state = 'idle in transaction'
         AND clock_timestamp() - holder.state_change > interval '150 ms'",
    )
    .fetch_optional(connection)
    .await
    .expect("ask who stands still")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stopped_while_it_holds_the_pen_is_passed_over_and_nothing_is_lost_or_doubled() {
    let fleet = Fleet::start(Backend::Postgres).await;
    let tenant = fleet.tenant("standard").await;
    let callers = fleet.callers(&tenant.staff.key);
    let mut connection = connect(&fleet).await;
    let mut longest = Duration::ZERO;
    for _ in 0..figure("PAUSES", 2, 20) {
        // Only this server writes, so a transaction that stands still is its.
        let load = Load::start(&callers[..1], 32).await;
        load.advance(32, PATIENCE).await;
        let stopped = Instant::now();
        loop {
            assert!(
                stopped.elapsed() < PATIENCE,
                "it is never caught holding the pen"
            );
            fleet.servers[0].sigstop();
            tokio::time::sleep(Duration::from_millis(200)).await;
            if stands_still(&mut connection).await.is_some() {
                break;
            }
            fleet.servers[0].sigcont();
            load.advance(1, PATIENCE).await;
        }
        let stopped = Instant::now();
        let others = callers[1..].iter().map(|caller| async {
            let made = caller.orders().create_order(load::create("")).await;
            made.expect("another server takes over");
            stopped.elapsed()
        });
        let served = join_all(others).await.into_iter().max().unwrap_or_default();
        longest = longest.max(served);
        fleet.servers[0].sigcont();
        // It finds its transaction gone, and sends what it held again.
        load.advance(64, PATIENCE).await;
        let log = load.stop().await;
        assert!(log.refused.is_empty(), "{:?}", log.refused.first());
        audit(&tenant.staff, &log).await;
    }
    println!("passed over within {longest:?}");
    assert!(longest < PASSED_OVER_WITHIN, "{longest:?}");
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_holds_the_pen_from_outside_delays_writes_and_loses_none() {
    let fleet = Fleet::start(Backend::Postgres).await;
    let tenant = fleet.tenant("standard").await;
    let load = Load::start(&fleet.callers(&tenant.staff.key), 32).await;
    load.advance(32, PATIENCE).await;
    let (mut connection, mut observer) = (connect(&fleet).await, connect(&fleet).await);
    for _ in 0..figure("PAUSES", 2, 20) {
        let mut holder = connection.begin().await.expect("begin");
        let held = sqlx::query("SELECT 1 FROM pen WHERE id = 1 FOR UPDATE");
        held.execute(&mut *holder).await.expect("hold the pen");
        waiting(&mut observer, 3).await;
        holder.rollback().await.expect("let the pen go");
        load.advance(64, PATIENCE).await;
    }
    let log = load.stop().await;
    assert!(log.refused.is_empty(), "{:?}", log.refused.first());
    audit(&tenant.staff, &log).await;
    fleet.finish().await;
}
