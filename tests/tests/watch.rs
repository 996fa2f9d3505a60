//! A watch tells every change once it is there, in order, and says so when it cannot.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use order_status_proto::v1::{
    AddOrderNoteRequest, Change, ConfirmOrderRequest, Order, OrderFilter, UpdateOrderRequest,
    WatchOrdersRequest, WatchOrdersResponse, add_order_note_request, confirm_order_request,
};
use order_status_tests::audit::histories;
use order_status_tests::postgres::Cluster;
use order_status_tests::refusal::{self, reason};
use order_status_tests::{Backend, Caller, Fleet, Server, Tenant, figure, load, on_both};
use prost_types::Duration as Interval;
use tokio::sync::watch;
use tonic::{Code, Status, Streaming};

const PATIENCE: Duration = Duration::from_secs(60);

/// How many watch at once.
const WATCHERS: usize = 50;

async fn open(
    caller: &Caller,
    request: WatchOrdersRequest,
) -> Result<Streaming<WatchOrdersResponse>, Status> {
    let opened = caller.orders().watch_orders(request).await;
    opened.map(tonic::Response::into_inner)
}

/// The next answer of a watch.
async fn next(watch: &mut Streaming<WatchOrdersResponse>) -> Result<WatchOrdersResponse, Status> {
    let told = tokio::time::timeout(PATIENCE, watch.message()).await;
    let told = told.expect("the watch is silent for too long")?;
    told.ok_or_else(|| Status::data_loss("the watch ended without saying why"))
}

/// The next change that a watch tells, with its token; heartbeats are passed over.
async fn next_change(watch: &mut Streaming<WatchOrdersResponse>) -> (Change, String) {
    loop {
        let told = next(watch).await.expect("the watch goes on");
        if let Some(change) = told.change {
            return (change, told.token);
        }
    }
}

fn from_start() -> WatchOrdersRequest {
    WatchOrdersRequest {
        from_start: true,
        ..WatchOrdersRequest::default()
    }
}

fn after(token: &str) -> WatchOrdersRequest {
    WatchOrdersRequest {
        token: token.to_owned(),
        ..WatchOrdersRequest::default()
    }
}

async fn order(caller: &Caller) -> Order {
    let made = caller.orders().create_order(load::create("")).await;
    made.expect("make an order").into_inner()
}

async fn note(caller: &Caller, id: i64, message: &str) {
    let request = AddOrderNoteRequest {
        order: Some(add_order_note_request::Order::Id(id)),
        message: message.to_owned(),
        ..AddOrderNoteRequest::default()
    };
    caller
        .orders()
        .add_order_note(request)
        .await
        .expect("add a note");
}

async fn confirm(caller: &Caller, id: i64) {
    let request = ConfirmOrderRequest {
        order: Some(confirm_order_request::Order::Id(id)),
        ..ConfirmOrderRequest::default()
    };
    caller
        .orders()
        .confirm_order(request)
        .await
        .expect("confirm an order");
}

/// Whether the connection broke, as a client's own does after a thousand cuts, or the server is too busy and says so.
fn may_be_resumed(status: &Status) -> bool {
    !refusal::said(status) || status.code() == Code::Unavailable
}

/// Watches until it has been told the last position, and is cut and resumed at random meanwhile, on any server.
/// Answers every change in the order told, and how often it was cut.
async fn keep_watching(
    callers: Arc<[Caller]>,
    mut last: watch::Receiver<Option<i64>>,
) -> (Vec<Change>, usize) {
    let mut told: Vec<Change> = Vec::new();
    let (mut token, mut cuts) = (String::new(), 0);
    loop {
        let caller = &callers[rand::random_range(0..callers.len())];
        let request = if token.is_empty() {
            from_start()
        } else {
            after(&token)
        };
        let mut stream = match open(caller, request).await {
            Ok(stream) => stream,
            Err(status) if may_be_resumed(&status) => continue,
            Err(status) => panic!("a watch is opened: {status:?}"),
        };
        // A cut after so many answers; what is under way then is lost and must be told again.
        for _ in 0..rand::random_range(1..200) {
            let answer = tokio::select! {
                answer = next(&mut stream) => answer,
                done = last.wait_for(|last| {
                    let told = told.last().map(|change| change.position);
                    last.is_some_and(|last| told == Some(last))
                }) => {
                    drop(done.expect("the writer is there"));
                    return (told, cuts);
                }
            };
            let answer = match answer {
                Ok(answer) => answer,
                Err(status) if may_be_resumed(&status) => break,
                Err(status) => panic!("the watch goes on: {status:?}"),
            };
            token = answer.token;
            if let Some(change) = answer.change {
                let order = answer.order.expect("a change comes with its order");
                assert_eq!((order.id, order.version), (change.order_id, change.version));
                let state = order.state.map(|state| state.key);
                assert_eq!(state, change.to.as_ref().map(|state| state.key.clone()));
                told.push(change);
            }
        }
        cuts += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_cut_and_resumed_at_random_miss_nothing_and_are_told_nothing_twice() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let (tenant, other) = tokio::join!(fleet.tenant("standard"), fleet.tenant("standard"));
        let (done, last) = watch::channel(None);
        let callers: Arc<[Caller]> = fleet.callers(&tenant.staff.key).into();
        let watching: Vec<_> = (0..WATCHERS)
            .map(|_| tokio::spawn(keep_watching(Arc::clone(&callers), last.clone())))
            .collect();
        // Another account writes at the same time: nobody here may hear of it.
        let load = load::Load::start(&callers, 24).await;
        let others = load::Load::start(&fleet.callers(&other.staff.key), 8).await;
        load.advance(figure("WATCHED", 500, 20_000), PATIENCE * 20)
            .await;
        let (log, _) = tokio::join!(load.stop(), others.stop());
        assert!(log.refused.is_empty(), "{:?}", log.refused.first());
        let histories = histories(&tenant.staff).await.expect("every history");
        let written: BTreeMap<i64, Change> = histories
            .into_values()
            .flatten()
            .map(|change| (change.position, change))
            .collect();
        done.send_replace(written.keys().next_back().copied());
        let mut cuts = 0;
        for watcher in watching {
            let watcher = tokio::time::timeout(PATIENCE * 5, watcher).await;
            let (told, cut) = watcher.expect("told the last change").expect("a watcher");
            cuts += cut;
            for pair in told.windows(2) {
                let [before, behind] = pair else { continue };
                assert!(before.position < behind.position, "in order, and once");
            }
            assert_eq!(told.len(), written.len(), "complete");
            assert!(told.iter().eq(written.values()), "as the history has it");
        }
        println!(
            "{backend}: {WATCHERS} watchers, {} changes, {cuts} cuts",
            written.len()
        );
        fleet.finish().await;
    })
    .await;
}

/// The database as it is now, kept aside while no server runs on it.
async fn back_up(fleet: &Fleet, backend: Backend) {
    match backend {
        Backend::Sqlite => {
            let file = fleet.file();
            std::fs::copy(&file, file.with_extension("backup")).expect("copy the file");
            // A server that ended well leaves nothing beside its file.
            assert_eq!(std::fs::metadata(wal(&file)).map_or(0, |wal| wal.len()), 0);
        }
        Backend::Postgres => {
            let name = name(fleet.url());
            let copy = format!("CREATE DATABASE {name}_backup TEMPLATE {name}");
            Cluster::shared().await.execute(&copy).await;
        }
    }
}

/// Puts the database back to where [`back_up`] found it.
async fn restore(fleet: &Fleet, backend: Backend) {
    match backend {
        Backend::Sqlite => {
            let file = fleet.file();
            std::fs::copy(file.with_extension("backup"), &file).expect("copy the file");
            std::fs::remove_file(wal(&file)).ok();
            std::fs::remove_file(file.with_extension("db-shm")).ok();
        }
        Backend::Postgres => {
            let (cluster, name) = (Cluster::shared().await, name(fleet.url()));
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            cluster.execute(&drop).await;
            let copy = format!("CREATE DATABASE {name} TEMPLATE {name}_backup");
            cluster.execute(&copy).await;
        }
    }
}

fn wal(file: &Path) -> std::path::PathBuf {
    file.with_extension("db-wal")
}

fn name(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_every_watcher_is_told_and_none_misses_silently() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let key = tenant.staff.key.clone();
        let staff = fleet.callers(&key).remove(0);
        let made = order(&staff).await;
        for at in 0..5 {
            note(&staff, made.id, &format!("before {at}")).await;
        }
        let mut stream = open(&staff, from_start()).await.expect("watch");
        let mut kept = Vec::new();
        for _ in 0..6 {
            kept.push(next_change(&mut stream).await);
        }
        drop(stream);
        fleet.stop().await;
        back_up(&fleet, backend).await;

        fleet.restart().await;
        let staff = fleet.callers(&key).remove(0);
        let mut stream = open(&staff, after(&kept[5].1)).await.expect("watch");
        let mut lost = Vec::new();
        for at in 0..WATCHERS {
            note(&staff, made.id, &format!("lost {at}")).await;
            lost.push(next_change(&mut stream).await);
        }
        drop(stream);
        fleet.stop().await;
        restore(&fleet, backend).await;

        fleet.restart().await;
        let callers = fleet.callers(&key);
        // The positions that the tokens name are there again at first only in part, then all, with other changes.
        for (at, wave) in [0, 20, WATCHERS + 10].into_iter().enumerate() {
            for number in 0..wave {
                note(&callers[0], made.id, &format!("other {at} {number}")).await;
            }
            let resumed = lost.iter().enumerate().map(|(at, (_, token))| (at, token));
            let resumed = resumed.map(async |(at, token)| {
                let caller = &callers[at % callers.len()];
                // It may be said when the watch is opened or by its first answer.
                match open(caller, after(token)).await {
                    Ok(mut stream) => next(&mut stream).await.map(drop),
                    Err(status) => Err(status),
                }
            });
            for told in join_all(resumed).await {
                let status = told.expect_err("its change is not in the ledger");
                assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
                assert_eq!(reason(&status), "WATCH_TOKEN_OUT_OF_RANGE");
            }
        }
        // What was seen before the backup is still true: these watchers go on, and miss nothing.
        for (at, (_, token)) in kept.iter().enumerate() {
            let caller = &callers[at % callers.len()];
            let mut stream = open(caller, after(token)).await.expect("watch");
            let (next, _) = next_change(&mut stream).await;
            assert_eq!(next.position, kept[at].0.position + 1);
        }
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_that_is_open_while_the_database_is_restored_ends_with_out_of_range() {
    let database = Cluster::shared().await.database().await;
    let mut fleet = Fleet::on(&database.url, 2).await;
    let tenant = fleet.tenant("standard").await;
    let made = order(&tenant.staff).await;
    fleet.stop().await;
    back_up(&fleet, Backend::Postgres).await;
    fleet.restart().await;
    let callers = fleet.callers(&tenant.staff.key);
    let mut watches = Vec::new();
    for caller in &callers {
        watches.push(open(caller, from_start()).await.expect("watch"));
    }
    for at in 0..5 {
        note(&callers[0], made.id, &format!("lost {at}")).await;
    }
    let mut tokens = Vec::new();
    for watch in &mut watches {
        let mut token = String::new();
        for _ in 0..6 {
            token = next_change(watch).await.1;
        }
        tokens.push(token);
    }
    // The servers stay up; the database under them goes back in time.
    restore(&fleet, Backend::Postgres).await;
    for ((mut watch, token), caller) in watches.into_iter().zip(tokens).zip(&callers) {
        let ended = async {
            loop {
                let status = match next(&mut watch).await {
                    Ok(told) => {
                        assert!(told.change.is_none(), "{told:?}");
                        continue;
                    }
                    Err(status) => status,
                };
                // The database was away for a moment: a watch that was cut by that is resumed.
                if status.code() != Code::Unavailable {
                    break status;
                }
                match open(caller, after(&token)).await {
                    Ok(resumed) => watch = resumed,
                    Err(status) if status.code() == Code::Unavailable => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(status) => break status,
                }
            }
        };
        let status = tokio::time::timeout(PATIENCE, ended).await;
        let status = status.expect("the watch is told in time");
        assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    }
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_if_its_order_matched_before_or_after_it() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let in_state = |state: &str| WatchOrdersRequest {
            filter: Some(OrderFilter {
                states: vec![state.to_owned()],
                ..OrderFilter::default()
            }),
            ..from_start()
        };
        let (one, other) = (order(staff).await, order(staff).await);
        confirm(staff, one.id).await;
        note(staff, one.id, "in confirmed").await;
        note(staff, other.id, "in new").await;
        let sentinel = order(staff).await;

        let told = async |state: &str, count: usize| {
            let mut stream = open(staff, in_state(state)).await.expect("watch");
            let mut told = Vec::new();
            for _ in 0..count {
                let (change, _) = next_change(&mut stream).await;
                told.push((change.order_id, change.version));
            }
            told
        };
        // Leaving a state is told to those who watch it, and so is coming into it; what happens elsewhere is not.
        let new = told("new", 5).await;
        let expected = [
            (one.id, 1),
            (other.id, 1),
            (one.id, 2),
            (other.id, 2),
            (sentinel.id, 1),
        ];
        assert_eq!(new, expected);
        assert_eq!(told("confirmed", 2).await, [(one.id, 2), (one.id, 3)]);

        // The same by a field that an update moves.
        let named = |prefix: &str| WatchOrdersRequest {
            filter: Some(OrderFilter {
                number_prefix: prefix.to_owned(),
                ..OrderFilter::default()
            }),
            ..WatchOrdersRequest::default()
        };
        let (mut old, mut new) = (
            open(staff, named(&other.number)).await.expect("watch"),
            open(staff, named("RENAMED")).await.expect("watch"),
        );
        let rename = UpdateOrderRequest {
            order: Some(Order {
                id: other.id,
                number: "RENAMED-1".to_owned(),
                ..Order::default()
            }),
            ..UpdateOrderRequest::default()
        };
        staff
            .orders()
            .update_order(rename)
            .await
            .expect("rename an order");
        for stream in [&mut old, &mut new] {
            let (change, _) = next_change(stream).await;
            assert_eq!((change.order_id, change.version), (other.id, 3));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_move_the_token_on_past_what_does_not_match() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let nothing = WatchOrdersRequest {
            filter: Some(OrderFilter {
                states: vec!["cancelled".to_owned()],
                ..OrderFilter::default()
            }),
            heartbeat_interval: Some(Interval {
                seconds: 1,
                nanos: 0,
            }),
            ..from_start()
        };
        let mut stream = open(staff, nothing).await.expect("watch");
        let before = order(staff).await;
        // A heartbeat that was sent after the order was made tells of a place behind it, soon.
        let (behind, next_order) = loop {
            let told = next(&mut stream).await.expect("the watch goes on");
            assert!(told.heartbeat, "{told:?}");
            assert!(told.change.is_none());
            let mut unfiltered = open(staff, after(&told.token)).await.expect("watch");
            let sentinel = order(staff).await;
            let (change, _) = next_change(&mut unfiltered).await;
            if change.order_id == sentinel.id {
                break (told.token, sentinel);
            }
            assert!(change.order_id >= before.id);
        };
        assert!(!behind.is_empty());
        assert!(next_order.id > before.id);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_without_a_token_begins_now_and_its_first_token_can_be_resumed() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let earlier = order(staff).await;
        let mut stream = open(staff, WatchOrdersRequest::default())
            .await
            .expect("watch");
        let made = order(staff).await;
        let (change, token) = next_change(&mut stream).await;
        assert!(made.id > earlier.id);
        assert_eq!((change.order_id, change.version), (made.id, 1));
        drop(stream);
        note(staff, made.id, "while nobody watches").await;
        let mut stream = open(staff, after(&token)).await.expect("watch");
        let (change, _) = next_change(&mut stream).await;
        assert_eq!((change.order_id, change.version), (made.id, 2));
    })
    .await;
}
