//! One request id, one effect, one answer.

use futures_util::future::join_all;
use order_status_proto::v1::{
    AddOrderNoteRequest, Change, CompleteOrderRequest, ConfirmOrderRequest,
    CreateCredentialRequest, CreateOrderRequest, MarkOrderPaidRequest, Order, RecordPaymentRequest,
    RecordPaymentResponse, Role, UpdateOrderRequest, add_order_note_request,
    complete_order_request, confirm_order_request, mark_order_paid_request, record_payment_request,
};
use order_status_tests::account::credential;
use order_status_tests::audit::{histories, history};
use order_status_tests::load::{self, euros};
use order_status_tests::refusal::reason;
use order_status_tests::{Caller, Fleet, Server, Tenant, figure, on_both};
use tonic::{Code, Response, Status};
use uuid::Uuid;

/// How often each request is sent at once.
const COPIES: usize = 50;

fn fresh() -> String {
    Uuid::new_v4().to_string()
}

async fn order(caller: &Caller) -> Order {
    let made = caller.orders().create_order(load::create("")).await;
    made.expect("make an order").into_inner()
}

fn confirm(id: i64, request_id: &str) -> ConfirmOrderRequest {
    ConfirmOrderRequest {
        order: Some(confirm_order_request::Order::Id(id)),
        request_id: request_id.to_owned(),
        ..ConfirmOrderRequest::default()
    }
}

fn complete(id: i64, request_id: &str) -> CompleteOrderRequest {
    CompleteOrderRequest {
        order: Some(complete_order_request::Order::Id(id)),
        request_id: request_id.to_owned(),
        ..CompleteOrderRequest::default()
    }
}

fn mark_paid(id: i64, request_id: &str) -> MarkOrderPaidRequest {
    MarkOrderPaidRequest {
        order: Some(mark_order_paid_request::Order::Id(id)),
        request_id: request_id.to_owned(),
        ..MarkOrderPaidRequest::default()
    }
}

fn note(id: i64, message: &str, request_id: &str) -> AddOrderNoteRequest {
    AddOrderNoteRequest {
        order: Some(add_order_note_request::Order::Id(id)),
        message: message.to_owned(),
        request_id: request_id.to_owned(),
        ..AddOrderNoteRequest::default()
    }
}

fn notes(id: i64, notes: &str, request_id: &str) -> UpdateOrderRequest {
    UpdateOrderRequest {
        order: Some(Order {
            id,
            notes: notes.to_owned(),
            ..Order::default()
        }),
        request_id: request_id.to_owned(),
        ..UpdateOrderRequest::default()
    }
}

fn payment(id: i64, request_id: &str) -> RecordPaymentRequest {
    RecordPaymentRequest {
        order: Some(record_payment_request::Order::Id(id)),
        amount: Some(euros(4)),
        request_id: request_id.to_owned(),
        ..RecordPaymentRequest::default()
    }
}

/// Sends copies of one call at once, spread over the callers, and answers what all of them were told.
///
/// # Panics
///
/// Unless all were told the same.
async fn one_answer<T, F>(callers: &[Caller], copies: usize, call: impl Fn(Caller) -> F) -> T
where
    T: PartialEq + std::fmt::Debug,
    F: Future<Output = Result<Response<T>, Status>>,
{
    let calls = (0..copies).map(|at| call(callers[at % callers.len()].clone()));
    let answers = join_all(calls).await.into_iter();
    let mut answers = answers.map(|answer| answer.expect("an answer").into_inner());
    let first = answers.next().expect("one copy at least");
    for answer in answers {
        assert_eq!(answer, first, "every copy gets the one answer");
    }
    first
}

/// The changes of an order that a request made.
async fn effects(caller: &Caller, id: i64, request_id: &str) -> Vec<Change> {
    let mut changes = history(caller, id).await.expect("a history");
    changes.retain(|change| change.request_id == request_id);
    changes
}

fn assert_reused<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) {
    let status = answer.expect_err("the id has served for something else");
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(reason(&status), "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_sent_at_once_through_every_server_have_one_effect_and_one_answer() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let callers = fleet.callers(&tenant.staff.key);
        for _ in 0..figure("COPIES_ROUNDS", 3, 100) {
            let made = fresh();
            let make = |caller: Caller| {
                let request: CreateOrderRequest = load::create(&made);
                async move { caller.orders().create_order(request).await }
            };
            let order = one_answer(&callers, COPIES, make).await;
            let confirmed = fresh();
            let confirm = |caller: Caller| {
                let request = confirm(order.id, &confirmed);
                async move { caller.orders().confirm_order(request).await }
            };
            let first = one_answer(&callers, COPIES, confirm).await;
            assert_eq!(first.version, 2);
            let paid = fresh();
            let pay = |caller: Caller| {
                let request = payment(order.id, &paid);
                async move { caller.billing().record_payment(request).await }
            };
            let receipt: RecordPaymentResponse = one_answer(&callers, COPIES, pay).await;
            assert_eq!(receipt.order.as_ref().map(|order| order.version), Some(3));

            // Later changes change none of the answers, nor does another key of the account.
            let later = note(order.id, "a later change", &fresh());
            tenant
                .staff
                .orders()
                .add_order_note(later)
                .await
                .expect("add a note");
            let mut everybody = callers.clone();
            everybody.extend(fleet.callers(&tenant.manager.key));
            assert_eq!(one_answer(&everybody, 6, make).await, order);
            assert_eq!(one_answer(&everybody, 6, confirm).await, first);
            assert_eq!(one_answer(&everybody, 6, pay).await, receipt);

            let changes = history(&tenant.staff, order.id).await.expect("a history");
            let requests: Vec<_> = changes.iter().map(|change| &change.request_id).collect();
            assert_eq!(requests[..3], [&made, &confirmed, &paid]);
            assert_eq!(requests.len(), 4);
        }
        let orders = histories(&tenant.staff).await.expect("every history");
        assert_eq!(
            orders.len(),
            figure("COPIES_ROUNDS", 3, 100),
            "one order for each request"
        );
        fleet.finish().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_served_is_refused_for_another_body_and_for_another_method() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let (made, other) = (order(staff).await, order(staff).await);
        let id = fresh();
        let first = staff.orders().confirm_order(confirm(made.id, &id)).await;
        let first = first.expect("confirm an order").into_inner();
        assert_reused(staff.orders().confirm_order(confirm(other.id, &id)).await);
        let reasoned = ConfirmOrderRequest {
            reason: "another body".to_owned(),
            ..confirm(made.id, &id)
        };
        assert_reused(staff.orders().confirm_order(reasoned).await);
        assert_reused(
            staff
                .orders()
                .mark_order_paid(mark_paid(made.id, &id))
                .await,
        );
        assert_reused(staff.orders().create_order(load::create(&id)).await);
        assert_reused(staff.billing().record_payment(payment(made.id, &id)).await);
        // An etag says when a request may act, not what it asks: it is no other body.
        let guarded = ConfirmOrderRequest {
            etag: made.etag.clone(),
            ..confirm(made.id, &id)
        };
        let again = staff.orders().confirm_order(guarded).await;
        assert_eq!(again.expect("the first answer").into_inner(), first);
        assert_eq!(effects(staff, made.id, &id).await.len(), 1);
        assert_eq!(history(staff, other.id).await.expect("a history").len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_command_leaves_no_record_and_its_retry_is_decided_anew() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let made = order(staff).await;
        staff
            .orders()
            .confirm_order(confirm(made.id, ""))
            .await
            .expect("confirm");
        let id = fresh();
        let refused = staff.orders().complete_order(complete(made.id, &id)).await;
        let refused = refused.expect_err("nothing is paid");
        assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
        // Even for something else the id is still free.
        let other = order(staff).await;
        let refused = staff.orders().complete_order(complete(other.id, &id)).await;
        assert_eq!(
            refused.expect_err("not confirmed").code(),
            Code::FailedPrecondition
        );
        staff
            .orders()
            .mark_order_paid(mark_paid(made.id, ""))
            .await
            .expect("pay");
        let done = staff.orders().complete_order(complete(made.id, &id)).await;
        let done = done.expect("all is paid now").into_inner();
        assert_eq!(done.state.as_ref().map(|state| state.code), Some(20));
        let again = staff.orders().complete_order(complete(made.id, &id)).await;
        assert_eq!(again.expect("the first answer").into_inner(), done);
        assert_eq!(effects(staff, made.id, &id).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_only_validated_leaves_its_id_free() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let made = order(staff).await;
        let id = fresh();
        let only_asked = ConfirmOrderRequest {
            validate_only: true,
            ..confirm(made.id, &id)
        };
        let told = staff.orders().confirm_order(only_asked.clone()).await;
        let told = told.expect("it would succeed").into_inner();
        // It stands where it would stand, under the version that is there.
        assert_eq!(told.state.as_ref().map(|state| state.code), Some(10));
        assert_eq!((told.version, told.etag), (1, made.etag.clone()));
        assert_eq!(history(staff, made.id).await.expect("a history").len(), 1);
        let done = staff.orders().confirm_order(confirm(made.id, &id)).await;
        assert_eq!(done.expect("confirm").into_inner().version, 2);
        // Asked again, it is decided on what is there now; nothing is replayed.
        let told = staff.orders().confirm_order(only_asked).await;
        let told = told.expect_err("it is confirmed already");
        assert_eq!(told.code(), Code::FailedPrecondition, "{told:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_success_that_changed_nothing_is_remembered_too() {
    on_both(|backend| async move {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let made = order(staff).await;
        staff
            .orders()
            .update_order(notes(made.id, "one", ""))
            .await
            .expect("update");
        let id = fresh();
        let same = staff
            .orders()
            .update_order(notes(made.id, "one", &id))
            .await;
        let same = same.expect("nothing to change").into_inner();
        assert_eq!(same.version, 2);
        staff
            .orders()
            .update_order(notes(made.id, "two", ""))
            .await
            .expect("update");
        let again = staff
            .orders()
            .update_order(notes(made.id, "one", &id))
            .await;
        let again = again.expect("the first answer").into_inner();
        assert_eq!((again.version, again.notes.as_str()), (2, "one"));
        let now = history(staff, made.id).await.expect("a history");
        assert_eq!(now.len(), 3, "the copy did not write `one` again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_belongs_to_one_account_and_its_answer_to_those_who_may_read_it() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let (here, there) = tokio::join!(
            Tenant::create(server, "standard"),
            Tenant::create(server, "standard")
        );
        let id = fresh();
        let (ours, theirs) = (order(&here.staff).await, order(&there.staff).await);
        assert_eq!(ours.id, theirs.id, "both are the first of their accounts");
        let request = note(ours.id, "the same request", &id);
        here.staff
            .orders()
            .add_order_note(request.clone())
            .await
            .expect("add a note");
        let answer = there.staff.orders().add_order_note(request.clone()).await;
        let answer = answer
            .expect("another account's id is nobody's here")
            .into_inner();
        assert_eq!((answer.account_id, answer.version), (there.account_id, 2));
        assert_eq!(effects(&there.staff, theirs.id, &id).await.len(), 1);

        // A customer who may not see the order is told what anyone is told of an order that is not there.
        let channel = server.channel().await;
        let stranger = here.caller(
            &channel,
            CreateCredentialRequest {
                customer_id: Some(here.customer_id),
                ..credential(Role::Client)
            },
        );
        let stranger = stranger.await;
        let told = stranger.orders().add_order_note(request).await;
        let told = told.expect_err("not this caller's to read");
        assert_eq!(told.code(), Code::NotFound, "{told:?}");
        assert_eq!(effects(&here.staff, ours.id, &id).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_remembered_over_a_restart() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let tenant = fleet.tenant("standard").await;
        let made = order(&tenant.staff).await;
        let id = fresh();
        let first = tenant
            .staff
            .orders()
            .confirm_order(confirm(made.id, &id))
            .await;
        let first = first.expect("confirm").into_inner();
        fleet.restart().await;
        let callers = fleet.callers(&tenant.staff.key);
        let again = one_answer(&callers, callers.len(), |caller| {
            let request = confirm(made.id, &id);
            async move { caller.orders().confirm_order(request).await }
        });
        assert_eq!(again.await, first);
        assert_eq!(effects(&callers[0], made.id, &id).await.len(), 1);
        fleet.finish().await;
    })
    .await;
}
