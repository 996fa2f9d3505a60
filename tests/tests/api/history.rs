//! What happened to an order, and what it was at any time.

use std::collections::BTreeSet;

use order_status_proto::v1::{
    AddOrderNoteRequest, Change, ChangeKind, ConfirmOrderRequest, CreateOrderRequest,
    DeleteOrderRequest, GetOrderRequest, ListOrderChangesRequest, MarkOrderPaidRequest, Order,
    OrderView, OverrideOrderStateRequest, RecordPaymentRequest, RecordRefundRequest, Role,
    UpdateOrderRequest, add_order_note_request, confirm_order_request, delete_order_request,
    get_order_request, list_order_changes_request, mark_order_paid_request,
    override_order_state_request, record_payment_request, record_refund_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::Code;

use super::answers::{Refused, granted};
use super::fixtures::{by_id, cents, line, order_of, read, request, request_id};

#[tokio::test]
async fn an_order_as_of_any_version_is_what_was_answered_then() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let answers = lived(&tenant).await;
        let id = answers[0].id;
        for (answer, version) in answers.iter().zip(1..) {
            assert_eq!(answer.version, version);
            assert_eq!(
                as_of(&tenant.staff, id, version).await,
                *answer,
                "version {version}"
            );
            let request = GetOrderRequest {
                as_of: Some(get_order_request::AsOf::Time(
                    answer.update_time.expect("a time"),
                )),
                ..by_id(id)
            };
            let then = granted(tenant.staff.orders().get_order(request).await);
            assert_eq!(then, *answer, "at {:?}", answer.update_time);
        }
        let etags: BTreeSet<_> = answers.iter().map(|answer| &answer.etag).collect();
        assert_eq!(etags.len(), answers.len());
        // A narrow view of then is the narrow view of what was.
        let request = GetOrderRequest {
            view: OrderView::Basic.into(),
            as_of: Some(get_order_request::AsOf::Version(2)),
            ..by_id(id)
        };
        let narrow = granted(tenant.staff.orders().get_order(request).await);
        assert_eq!((narrow.version, narrow.lines.len()), (2, 0));
        assert_eq!(narrow.grand_total, answers[1].grand_total);
    })
    .await;
}

#[tokio::test]
async fn a_version_or_a_time_that_an_order_never_had_is_not_found() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = lived(&tenant).await.remove(0);
        let first = order.create_time.expect("a time");
        for point in [
            get_order_request::AsOf::Version(99),
            get_order_request::AsOf::Time(prost_types::Timestamp {
                seconds: first.seconds - 1,
                ..first
            }),
        ] {
            let request = GetOrderRequest {
                as_of: Some(point),
                ..by_id(order.id)
            };
            let answer = tenant.staff.orders().get_order(request).await;
            let refused = Refused::read(&answer.expect_err("no such version"));
            assert_eq!(
                (refused.code, refused.reason.as_str()),
                (Code::NotFound, "RESOURCE_NOT_FOUND")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn history_tells_who_did_what_and_why() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = lived(&tenant).await[0].id;
        let changes = history(&tenant.staff, id, 1000).await;
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.kind(), change.role(), change.actor.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (ChangeKind::Create, Role::Client, "client"),
                (ChangeKind::Update, Role::Staff, "staff"),
                (ChangeKind::Note, Role::Staff, "staff"),
                (ChangeKind::Transition, Role::Staff, "staff"),
                (ChangeKind::Payment, Role::Staff, "staff"),
                (ChangeKind::Refund, Role::Manager, "manager"),
                (ChangeKind::Transition, Role::Staff, "staff"),
                (ChangeKind::Override, Role::Manager, "manager"),
                (ChangeKind::Note, Role::Client, "client"),
            ]
        );
        assert_eq!(
            changes
                .iter()
                .map(|change| change.version)
                .collect::<Vec<_>>(),
            (1..=9).collect::<Vec<_>>()
        );
        for pair in changes.windows(2) {
            assert!(pair[0].position < pair[1].position);
            let time = |change: &Change| change.create_time.map(|time| (time.seconds, time.nanos));
            assert!(time(&pair[0]) <= time(&pair[1]));
            // Each begins where the one before ended.
            assert_eq!(pair[0].to, pair[1].from);
            assert_ne!(pair[0].hash, pair[1].hash);
        }
        assert_eq!(changes[0].from, None);
        assert!(
            changes
                .iter()
                .all(|change| change.hash.len() == 32 && change.order_id == id)
        );

        let update = &changes[1];
        let field = update
            .fields
            .iter()
            .find(|field| field.path == "notes")
            .expect("the notes changed");
        assert_eq!(
            (field.before.as_deref(), field.after.as_deref()),
            (None, Some("by the back door"))
        );
        let confirmed = &changes[3];
        assert_eq!(
            (confirmed.transition.as_str(), confirmed.reason.as_str()),
            ("confirm", "stock checked")
        );
        assert_eq!(
            (confirmed.message.as_str(), confirmed.notify),
            ("See you on Friday.", false)
        );
        assert_eq!(confirmed.request_id.len(), 36);
        assert_eq!(confirmed.to.as_ref().map(|state| state.code), Some(10));
        let overridden = &changes[7];
        assert_eq!(
            (overridden.reason.as_str(), overridden.transition.as_str()),
            ("a slip of the pen", "")
        );
        assert_eq!(overridden.passed_over, ["no_edge"]);
    })
    .await;
}

#[tokio::test]
async fn history_comes_in_pages_that_make_the_whole() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = lived(&tenant).await[0].id;
        let whole = history(&tenant.staff, id, 1000).await;
        for size in [1, 2, 4, 9, 10] {
            assert_eq!(
                history(&tenant.staff, id, size).await,
                whole,
                "pages of {size}"
            );
        }
        // A token goes with the order that it was answered for.
        let first = page(id, 2, String::new());
        let first = granted(tenant.staff.orders().list_order_changes(first).await);
        let other = granted(
            tenant
                .staff
                .orders()
                .create_order(CreateOrderRequest {
                    order: Some(order_of(tenant.customer_id)),
                    ..CreateOrderRequest::default()
                })
                .await,
        );
        let wrong = page(other.id, 2, first.next_page_token);
        let answer = tenant.staff.orders().list_order_changes(wrong).await;
        let refused = Refused::read(&answer.expect_err("a token of another order"));
        assert_eq!(refused.reason, "PAGE_TOKEN_INVALID");
    })
    .await;
}

#[tokio::test]
async fn a_client_reads_public_changes_only() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = lived(&tenant).await[0].id;
        let all = history(&tenant.staff, id, 1000).await;
        let public: Vec<_> = all.iter().filter(|change| change.public).cloned().collect();
        assert_eq!(public.len(), all.len() - 1);
        assert_eq!(history(&tenant.client, id, 2).await, public);
        let text = format!("{public:?}");
        assert!(!text.contains("owes us money") && text.contains("thank you"));
    })
    .await;
}

#[tokio::test]
async fn a_deleted_order_frees_its_number_and_is_not_found_any_more() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = Order {
            number: "Again".to_owned(),
            ..order_of(tenant.customer_id)
        };
        let create = || CreateOrderRequest {
            order: Some(order.clone()),
            ..CreateOrderRequest::default()
        };
        let first = granted(tenant.staff.orders().create_order(create()).await);
        let taken = tenant.staff.orders().create_order(create()).await;
        let refused = Refused::read(&taken.expect_err("the number is taken"));
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::AlreadyExists, "NUMBER_TAKEN")
        );
        let delete = request!(DeleteOrderRequest, delete_order_request, first.id);
        let deleted = granted(tenant.staff.orders().delete_order(delete).await);
        assert!(deleted.delete_time.is_some());
        let gone = tenant.staff.orders().get_order(by_id(first.id)).await;
        assert_eq!(gone.expect_err("it is deleted").code(), Code::NotFound);
        let second = granted(tenant.staff.orders().create_order(create()).await);
        assert_eq!(
            (second.number.as_str(), second.id > first.id),
            ("Again", true)
        );
        // Upper and lower case are apart.
        let order = Order {
            number: "again".to_owned(),
            ..order
        };
        let request = CreateOrderRequest {
            order: Some(order),
            ..CreateOrderRequest::default()
        };
        granted(tenant.staff.orders().create_order(request).await);
    })
    .await;
}

/// An order through nine changes of every kind but the last; what each answered.
async fn lived(tenant: &Tenant) -> Vec<Order> {
    let (client, staff, manager) = (&tenant.client, &tenant.staff, &tenant.manager);
    let mut order = order_of(tenant.customer_id);
    order.lines.push(line("B", 3, 333));
    order.vat_percent = Some(super::fixtures::decimal(21));
    order.delivery_address = Some(order_status_proto::v1::Address {
        name: "Jane Doe".to_owned(),
        street: "Kade".to_owned(),
        ..Default::default()
    });
    order
        .attributes
        .insert("colour".to_owned(), "blue".to_owned());
    let request = CreateOrderRequest {
        order: Some(order),
        ..CreateOrderRequest::default()
    };
    let created = granted(client.orders().create_order(request).await);
    let id = created.id;
    let mut answers = vec![created];
    let update = UpdateOrderRequest {
        order: Some(Order {
            id,
            notes: "by the back door".to_owned(),
            lines: vec![line("B", 2, 333), line("C", 1, 105)],
            ..Order::default()
        }),
        ..UpdateOrderRequest::default()
    };
    answers.push(granted(staff.orders().update_order(update).await));
    let note = request!(AddOrderNoteRequest, add_order_note_request, id, message: "owes us money".to_owned());
    answers.push(granted(staff.orders().add_order_note(note).await));
    let confirm = request!(ConfirmOrderRequest, confirm_order_request, id, reason: "stock checked".to_owned(),
        message: "See you on Friday.".to_owned(), notify: Some(false), request_id: request_id());
    answers.push(granted(staff.orders().confirm_order(confirm).await));
    let pay = request!(RecordPaymentRequest, record_payment_request, id, amount: Some(cents(250)));
    answers.push(
        granted(staff.billing().record_payment(pay).await)
            .order
            .expect("an order"),
    );
    let back = request!(RecordRefundRequest, record_refund_request, id, amount: Some(cents(50)));
    answers.push(
        granted(manager.billing().record_refund(back).await)
            .order
            .expect("an order"),
    );
    let settle = request!(MarkOrderPaidRequest, mark_order_paid_request, id);
    answers.push(granted(staff.orders().mark_order_paid(settle).await));
    let slip = request!(OverrideOrderStateRequest, override_order_state_request, id,
        target: Some(override_order_state_request::Target::State("new".to_owned())),
        reason: "a slip of the pen".to_owned());
    answers.push(granted(manager.orders().override_order_state(slip).await));
    let thanks = request!(AddOrderNoteRequest, add_order_note_request, id,
        message: "thank you".to_owned(), public: true);
    answers.push(granted(client.orders().add_order_note(thanks).await));
    assert_eq!(read(staff, id).await, answers[8]);
    answers
}

async fn as_of(caller: &Caller, id: i64, version: i64) -> Order {
    let request = GetOrderRequest {
        as_of: Some(get_order_request::AsOf::Version(version)),
        ..by_id(id)
    };
    granted(caller.orders().get_order(request).await)
}

/// The request for a page of a history.
fn page(id: i64, page_size: i32, page_token: String) -> ListOrderChangesRequest {
    ListOrderChangesRequest {
        order: Some(list_order_changes_request::Order::Id(id)),
        page_size,
        page_token,
    }
}

/// The whole history, in pages of a size.
async fn history(caller: &Caller, id: i64, page_size: i32) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = page(id, page_size, page_token);
        let page = granted(caller.orders().list_order_changes(request).await);
        assert!(page.changes.len() <= usize::try_from(page_size).expect("a size"));
        changes.extend(page.changes);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return changes;
        }
    }
}
