//! What was acknowledged survives the end of a server and of the database, and a request has one effect over both.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use order_status_proto::v1::{
    AddOrderNoteRequest, Change, GetOrderRequest, add_order_note_request, get_order_request,
};
use order_status_tests::audit::{audit, history};
use order_status_tests::postgres::Cluster;
use order_status_tests::proxy::{Commit, Proxy};
use order_status_tests::{Caller, Fleet, Load, figure, load, on_both};
use tonic::Code;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

/// How long a restarted server may take until it serves, in the median.
const SERVES_WITHIN: Duration = Duration::from_secs(2);

/// How many callers write at once.
const WIDTH: usize = 64;

/// A moment that nobody could guess.
async fn some_time(most: u64) {
    tokio::time::sleep(Duration::from_millis(rand::random_range(50..most))).await;
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

async fn read(caller: &Caller, id: i64) -> bool {
    let request = GetOrderRequest {
        order: Some(get_order_request::Order::Id(id)),
        ..GetOrderRequest::default()
    };
    caller.orders().get_order(request).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_servers_are_killed_under_load() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        let load = Load::start(&callers, WIDTH).await;
        let mut returns = Vec::new();
        for _ in 0..figure("KILLS", 4, 20) {
            load.advance(1, PATIENCE).await;
            some_time(800).await;
            let victim = rand::random_range(0..fleet.servers.len());
            fleet.servers[victim].kill9();
            let started = Instant::now();
            fleet.servers[victim].restart().await;
            let fresh = fleet.callers(&tenant.staff.key);
            while !read(&fresh[victim], 1).await {
                assert!(started.elapsed() < PATIENCE, "it does not serve again");
            }
            returns.push(started.elapsed());
        }
        load.advance(WIDTH, PATIENCE).await;
        let log = load.stop().await;
        println!(
            "{backend}: {} acknowledged, serving again within {returns:?}, codes {:?}",
            log.acknowledged.len(),
            log.codes()
        );
        assert!(log.refused.is_empty(), "{:?}", log.refused.first());
        assert!(median(returns) < SERVES_WITHIN);
        audit(&fleet.callers(&tenant.staff.key)[0], &log).await;
        fleet.finish().await;
    })
    .await;
}

async fn health(channel: &Channel) -> Option<ServingStatus> {
    let request = HealthCheckRequest {
        service: String::new(),
    };
    let answer = HealthClient::new(channel.clone()).check(request).await;
    ServingStatus::try_from(answer.ok()?.into_inner().status).ok()
}

/// Waits until every server says of itself that it is so.
async fn all_say(channels: &[Channel], wanted: ServingStatus) {
    let wait = async {
        for channel in channels {
            while health(channel).await != Some(wanted) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    let said = tokio::time::timeout(PATIENCE, wait).await;
    assert!(said.is_ok(), "not every server says {wanted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_under_load_costs_time_and_nothing_else() {
    let cluster = Cluster::start().await;
    let database = cluster.database().await;
    let fleet = Fleet::on(&database.url, 3).await;
    let tenant = fleet.tenant("standard").await;
    let channels = fleet.channels();
    all_say(&channels, ServingStatus::Serving).await;
    let load = Load::start(&fleet.callers(&tenant.staff.key), WIDTH).await;
    let mut returns = Vec::new();
    for _ in 0..figure("RESTARTS", 2, 20) {
        load.advance(WIDTH, PATIENCE).await;
        some_time(400).await;
        cluster.crash();
        all_say(&channels, ServingStatus::NotServing).await;
        cluster.recover().await;
        let accepts = Instant::now();
        load.advance(1, PATIENCE).await;
        returns.push(accepts.elapsed());
        all_say(&channels, ServingStatus::Serving).await;
    }
    let log = load.stop().await;
    println!(
        "{} acknowledged, first success after {returns:?}, codes {:?}",
        log.acknowledged.len(),
        log.codes()
    );
    assert!(log.refused.is_empty(), "{:?}", log.refused.first());
    let allowed = [
        Code::Ok,
        Code::Aborted,
        Code::Unavailable,
        Code::FailedPrecondition,
    ];
    let strange: Vec<_> = log
        .codes()
        .into_iter()
        .filter(|code| !allowed.contains(code))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(log.saw(Code::Unavailable), "nobody noticed the crash");
    assert!(median(returns) < SERVES_WITHIN);
    audit(&tenant.staff, &log).await;
    fleet.finish().await;
}

/// What becomes of the commits: of every three one passes, one is cut before the database, one behind it.
fn plan(number: usize) -> Commit {
    match number % 3 {
        0 => Commit::Pass,
        1 => Commit::CutBefore,
        _ => Commit::CutAfter,
    }
}

/// A proxy before a database of its own, and where a server reaches the database through it. The plan applies to the
/// commits that come while `armed` is set.
async fn proxy(
    armed: &Arc<AtomicBool>,
    plan: impl Fn(usize) -> Commit + Send + Sync + 'static,
) -> (Proxy, String) {
    let database = Cluster::shared().await.database().await;
    let (address, name) = database.url.rsplit_once('/').expect("a URL with a name");
    let (user, address) = address.rsplit_once('@').expect("a URL with a user");
    let address: SocketAddr = address.parse().expect("an address");
    let armed = Arc::clone(armed);
    let proxy = Proxy::start(address, move |number| {
        if armed.load(Ordering::Relaxed) {
            plan(number)
        } else {
            Commit::Pass
        }
    });
    let proxy = proxy.await;
    let url = format!("{user}@{}/{name}", proxy.address());
    (proxy, url)
}

fn note(order: i64, message: &str, request_id: &str) -> AddOrderNoteRequest {
    AddOrderNoteRequest {
        order: Some(add_order_note_request::Order::Id(order)),
        message: message.to_owned(),
        request_id: request_id.to_owned(),
        ..AddOrderNoteRequest::default()
    }
}

/// How many changes carry this message.
fn effects(changes: &[Change], message: &str) -> usize {
    let of_it = changes.iter().filter(|change| change.message == message);
    of_it.count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_of_unknown_outcome_is_resolved_and_never_guessed() {
    let armed = Arc::new(AtomicBool::new(false));
    let (proxy, url) = proxy(&armed, plan).await;
    let fleet = Fleet::on(&url, 1).await;
    let tenant = fleet.tenant("standard").await;
    let made = tenant.staff.orders().create_order(load::create("")).await;
    let id = made.expect("make an order").into_inner().id;
    armed.store(true, Ordering::Relaxed);

    let goal = proxy.cut() + figure("COMMIT_CUTS", 60, 1000);
    let (mut named, mut nameless) = (Vec::new(), Vec::new());
    while proxy.cut() < goal {
        // A few at once, so that some share a commit.
        let calls = (0..4).map(|at| {
            let (message, mut orders) = (Uuid::new_v4().to_string(), tenant.staff.orders());
            async move {
                // The label of the note is the id of its request, where it has one.
                let request_id = if at < 2 { message.as_str() } else { "" };
                let answer = orders.add_order_note(note(id, &message, request_id)).await;
                (at < 2, message, answer)
            }
        });
        for (has_id, message, answer) in join_all(calls).await {
            let code = answer.as_ref().err().map(tonic::Status::code);
            let list = if has_id { &mut named } else { &mut nameless };
            list.push((message, code));
        }
    }
    armed.store(false, Ordering::Relaxed);

    let unsure =
        |calls: &[(String, Option<Code>)]| calls.iter().filter(|call| call.1.is_some()).count();
    println!(
        "{} commits, {} cut; errors: {} of {} with a request id, {} of {} without",
        proxy.commits(),
        proxy.cut(),
        unsure(&named),
        named.len(),
        unsure(&nameless),
        nameless.len()
    );
    for (message, code) in &named {
        if let Some(code) = code {
            assert_eq!(
                *code,
                Code::Unavailable,
                "whoever has an id is told to send it again"
            );
            let again = tenant
                .staff
                .orders()
                .add_order_note(note(id, message, message))
                .await;
            again.expect("the connection is not cut any more");
        }
    }
    let changes = history(&tenant.staff, id).await.expect("a history");
    for (message, _) in &named {
        assert_eq!(effects(&changes, message), 1, "one effect for one id");
    }
    for (message, code) in &nameless {
        match code {
            None => assert_eq!(
                effects(&changes, message),
                1,
                "what was acknowledged is there, once"
            ),
            Some(Code::Unavailable) => {
                assert_eq!(effects(&changes, message), 0, "safe to send again")
            }
            Some(Code::Unknown) => assert!(effects(&changes, message) <= 1, "once at most"),
            Some(code) => panic!("{code:?} is no answer to a lost connection"),
        }
    }
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_database_stays_away_after_a_commit_the_answer_says_what_is_not_known() {
    let armed = Arc::new(AtomicBool::new(false));
    let (proxy, url) = proxy(&armed, |_| Commit::CutAfterAndStayAway).await;
    let fleet = Fleet::on(&url, 1).await;
    let tenant = fleet.tenant("standard").await;
    let made = tenant.staff.orders().create_order(load::create("")).await;
    let id = made.expect("make an order").into_inner().id;

    let mut asked = Vec::new();
    let mut wanted = vec![Uuid::new_v4().to_string(), String::new()];
    let mut tries = 0;
    while let Some(request_id) = wanted.pop() {
        tries += 1;
        assert!(tries <= 10, "no commit of a note is ever cut");
        armed.store(true, Ordering::Relaxed);
        let message = Uuid::new_v4().to_string();
        let told = tenant
            .staff
            .orders()
            .add_order_note(note(id, &message, &request_id))
            .await;
        let told = told.expect_err("nobody can know");
        armed.store(false, Ordering::Relaxed);
        proxy.come_back();
        all_say(&fleet.channels(), ServingStatus::Serving).await;
        // Clients send again on their own what is UNAVAILABLE: only with an id is that safe, or where nothing was begun.
        match (told.code(), request_id.is_empty()) {
            (Code::Unknown, true) | (Code::Unavailable, false) => asked.push((message, request_id)),
            (Code::Unavailable, true) => {
                let changes = history(&tenant.staff, id).await.expect("a history");
                assert_eq!(
                    effects(&changes, &message),
                    0,
                    "the commit that was cut was one of the service's own"
                );
                wanted.push(request_id);
            }
            _ => panic!("{told:?}"),
        }
    }
    for (message, request_id) in &asked {
        if !request_id.is_empty() {
            let again = tenant
                .staff
                .orders()
                .add_order_note(note(id, message, request_id))
                .await;
            again.expect("the first answer");
        }
        let changes = history(&tenant.staff, id).await.expect("a history");
        assert_eq!(effects(&changes, message), 1);
    }
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_told_to_end_under_load_answers_what_it_took_and_loses_nothing() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let load = Load::start(&fleet.callers(&tenant.staff.key), WIDTH).await;
        load.advance(WIDTH, PATIENCE).await;
        for at in 0..fleet.servers.len() {
            let status = fleet.servers[at].stop().await;
            assert!(status.success(), "{status}");
            fleet.servers[at].restart().await;
            load.advance(WIDTH, PATIENCE).await;
        }
        let log = load.stop().await;
        assert!(log.refused.is_empty(), "{:?}", log.refused.first());
        audit(&fleet.callers(&tenant.staff.key)[0], &log).await;
        fleet.finish().await;
    })
    .await;
}
