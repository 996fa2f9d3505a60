//! Of writes that rule each other out exactly one wins, whichever servers they came through.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use order_status_proto::v1::{
    AddOrderNoteRequest, CancelOrderRequest, ConfirmOrderRequest, GetOrderRequest, Order,
    OrderView, UpdateOrderRequest, add_order_note_request, cancel_order_request,
    confirm_order_request, get_order_request,
};
use order_status_tests::audit::history;
use order_status_tests::refusal::{fact, reason};
use order_status_tests::{Backend, Caller, Fleet, Tenant, figure, load, on_both};
use tonic::{Code, Status};

/// How many calls fight for one order.
const WIDTH: usize = 64;

type Answer = Result<Order, Status>;

/// Makes an order of the tenant's customer, who may then cancel it while it is new.
async fn order(tenant: &Tenant) -> Order {
    let made = tenant.client.orders().create_order(load::create("")).await;
    made.expect("make an order").into_inner()
}

async fn get(caller: &Caller, id: i64) -> Order {
    let request = GetOrderRequest {
        order: Some(get_order_request::Order::Id(id)),
        view: OrderView::Full.into(),
        ..GetOrderRequest::default()
    };
    let found = caller.orders().get_order(request).await;
    found.expect("get an order").into_inner()
}

async fn confirm(caller: &Caller, id: i64, etag: &str) -> Answer {
    let request = ConfirmOrderRequest {
        order: Some(confirm_order_request::Order::Id(id)),
        etag: etag.to_owned(),
        ..ConfirmOrderRequest::default()
    };
    let answer = caller.orders().confirm_order(request).await;
    answer.map(tonic::Response::into_inner)
}

async fn cancel(caller: &Caller, id: i64, etag: &str) -> Answer {
    let request = CancelOrderRequest {
        order: Some(cancel_order_request::Order::Id(id)),
        etag: etag.to_owned(),
        ..CancelOrderRequest::default()
    };
    let answer = caller.orders().cancel_order(request).await;
    answer.map(tonic::Response::into_inner)
}

async fn write_notes(caller: &Caller, id: i64, notes: String, etag: &str) -> Answer {
    let request = UpdateOrderRequest {
        order: Some(Order {
            id,
            notes,
            ..Order::default()
        }),
        etag: etag.to_owned(),
        ..UpdateOrderRequest::default()
    };
    let answer = caller.orders().update_order(request).await;
    answer.map(tonic::Response::into_inner)
}

/// Tells the winner from the losers.
///
/// # Panics
///
/// Unless there is exactly one winner, and its answer is the order as it is now.
async fn winner(reader: &Caller, answers: Vec<Answer>) -> (Order, Vec<Status>) {
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let won: Vec<Order> = won.into_iter().flatten().collect();
    let lost: Vec<Status> = lost.into_iter().filter_map(Result::err).collect();
    let states: Vec<_> = won.iter().map(|order| &order.state).collect();
    assert_eq!(
        won.len(),
        1,
        "winners: {states:?}; losers: {:?}",
        lost.first()
    );
    let won = won.into_iter().next().expect("one");
    assert_eq!(won.version, 2);
    let now = get(reader, won.id).await;
    assert_eq!((now.version, &now.etag), (2, &won.etag));
    let versions = history(reader, won.id).await.expect("a history");
    let versions: Vec<_> = versions.iter().map(|change| change.version).collect();
    assert_eq!(versions, [1, 2]);
    (won, lost)
}

fn state(order: &Order) -> &str {
    order.state.as_ref().map_or("", |state| &state.key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_confirmations_and_cancellations_with_one_etag_exactly_one_wins() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..figure("ROUNDS", 25, 1000) {
            let made = order(&tenant).await;
            let calls = (0..WIDTH).map(|at| {
                let caller = &callers[at % callers.len()];
                let (id, etag) = (made.id, made.etag.clone());
                async move {
                    if at.is_multiple_of(2) {
                        confirm(caller, id, &etag).await
                    } else {
                        cancel(caller, id, &etag).await
                    }
                }
            });
            let (won, lost) = winner(&tenant.staff, join_all(calls).await).await;
            for status in lost {
                assert_eq!(status.code(), Code::Aborted, "{status:?}");
                assert_eq!(reason(&status), "ETAG_STALE");
                assert_eq!(fact(&status, "etag"), won.etag);
                assert_eq!(fact(&status, "state"), state(&won));
            }
            *outcomes.entry(state(&won).to_owned()).or_default() += 1;
        }
        println!("{backend}: {outcomes:?}");
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_transitions_that_rule_each_other_out_exactly_one_wins_without_an_etag() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        // A customer may cancel until the order is confirmed; a cancelled order is confirmed by nobody.
        let staff = fleet.callers(&tenant.staff.key);
        let clients = fleet.callers(&tenant.client.key);
        for _ in 0..figure("ROUNDS", 25, 1000) {
            let made = order(&tenant).await;
            let calls = (0..WIDTH).map(|at| {
                let (staff, client) = (&staff[at % staff.len()], &clients[at % clients.len()]);
                async move {
                    if at.is_multiple_of(2) {
                        confirm(staff, made.id, "").await
                    } else {
                        cancel(client, made.id, "").await
                    }
                }
            });
            let (won, lost) = winner(&tenant.staff, join_all(calls).await).await;
            for status in lost {
                let refused = [Code::FailedPrecondition, Code::PermissionDenied];
                assert!(refused.contains(&status.code()), "{status:?}");
                assert_eq!(fact(&status, "state"), state(&won), "{status:?}");
            }
        }
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_updates_with_one_etag_exactly_one_wins() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        for _ in 0..figure("ROUNDS", 25, 1000) {
            let made = order(&tenant).await;
            let calls = (0..WIDTH).map(|at| {
                let caller = &callers[at % callers.len()];
                write_notes(caller, made.id, format!("written by {at}"), &made.etag)
            });
            let answers = join_all(calls).await;
            let (won, lost) = winner(&tenant.staff, answers).await;
            assert_eq!(get(&tenant.staff, won.id).await.notes, won.notes);
            for status in lost {
                assert_eq!(status.code(), Code::Aborted, "{status:?}");
                assert_eq!(reason(&status), "ETAG_STALE");
                assert_eq!(fact(&status, "etag"), won.etag);
            }
        }
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_kept_by_reading_and_writing_with_etags_loses_no_step() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        let made = order(&tenant).await;
        let made = write_notes(&tenant.staff, made.id, "0".to_owned(), &made.etag).await;
        let made = made.expect("write the first number");
        let (writers, steps) = (9, figure("ROUNDS", 25, 1000).div_ceil(4));
        let write = async |caller: &Caller| {
            let mut stale = 0;
            for _ in 0..steps {
                let mut seen = get(caller, made.id).await;
                loop {
                    let next = seen.notes.parse::<usize>().expect("a number") + 1;
                    match write_notes(caller, made.id, next.to_string(), &seen.etag).await {
                        Ok(_) => break,
                        Err(status) => {
                            assert_eq!(status.code(), Code::Aborted, "{status:?}");
                            stale += 1;
                            seen = get(caller, made.id).await;
                        }
                    }
                }
            }
            stale
        };
        let calls = (0..writers).map(|at| write(&callers[at % callers.len()]));
        let stale: usize = join_all(calls).await.into_iter().sum();
        let now = get(&tenant.staff, made.id).await;
        assert_eq!(now.notes, (writers * steps).to_string());
        assert_eq!(
            now.version,
            made.version + i64::try_from(writers * steps).expect("a count")
        );
        println!("{backend}: {} steps, {stale} stale tries", writers * steps);
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_written_everywhere_at_once_number_the_versions_without_a_gap() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        let made = order(&tenant).await;
        let calls = (0..WIDTH * 5).map(|at| {
            let request = AddOrderNoteRequest {
                order: Some(add_order_note_request::Order::Id(made.id)),
                message: format!("note {at}"),
                ..AddOrderNoteRequest::default()
            };
            let mut orders = callers[at % callers.len()].orders();
            async move {
                let answer = orders.add_order_note(request).await;
                (answer.expect("add a note").into_inner().version, at)
            }
        });
        let mut told = join_all(calls).await;
        told.sort_unstable();
        let changes = history(&tenant.staff, made.id).await.expect("a history");
        let kept = changes.iter().skip(1);
        let kept: Vec<_> = kept
            .map(|change| (change.version, change.message.clone()))
            .collect();
        let told: Vec<_> = told
            .into_iter()
            .map(|(version, at)| (version, format!("note {at}")))
            .collect();
        assert_eq!(
            kept, told,
            "each note is kept as the version that its answer told"
        );
        let versions: Vec<_> = changes.iter().map(|change| change.version).collect();
        let gapless: Vec<_> = (1..).take(versions.len()).collect();
        assert_eq!(versions, gapless);
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_make_orders_at_once_give_no_id_or_number_twice() {
    let fleet = Fleet::start(Backend::Postgres).await;
    let tenant = fleet.tenant("standard").await;
    let callers = fleet.callers(&tenant.staff.key);
    let calls = (0..WIDTH * 3).map(|at| {
        let mut orders = callers[at % callers.len()].orders();
        async move {
            let made = orders.create_order(load::create("")).await;
            let made = made.expect("make an order").into_inner();
            (made.id, made.number)
        }
    });
    let made = join_all(calls).await;
    let ids: BTreeMap<_, _> = made.iter().cloned().collect();
    let numbers: BTreeMap<_, _> = made
        .iter()
        .cloned()
        .map(|(id, number)| (number, id))
        .collect();
    assert_eq!((ids.len(), numbers.len()), (made.len(), made.len()));
    assert!(
        ids.keys()
            .copied()
            .eq(1..=i64::try_from(made.len()).expect("a count"))
    );
    fleet.finish().await;
}
