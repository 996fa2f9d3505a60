//! Holds: what stands is told before and refused when it is tried, and nothing but what the hold names.

use order_status_proto::v1::{
    AddOrderNoteRequest, CancelOrderRequest, ChangeKind, ConfirmOrderRequest,
    DeleteCatalogEntryRequest, HeldAction, ListOrderChangesRequest, ListTransitionsRequest,
    ListTransitionsResponse, Order, OverrideOrderStateRequest, PlaceHoldRequest, PlaceHoldResponse,
    RecordPaymentRequest, ReleaseHoldRequest, UpdateOrderRequest, add_order_note_request,
    cancel_order_request, confirm_order_request, list_order_changes_request,
    list_transitions_request, override_order_state_request, place_hold_request,
    record_payment_request, release_hold_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Response, Status};

use super::answers::{granted, refused};
use super::fixtures::{cents, import_one, line, order_in, read, request, request_id, state};

#[tokio::test]
async fn a_held_order_is_not_confirmed_until_every_hold_is_released() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let id = import_one(&tenant.manager, order_in("new", tenant.customer_id))
            .await
            .id;
        let first = granted(place(staff, id, "payment_review", &[], &[]).await);
        let hold = first.hold.expect("a hold");
        assert_eq!((hold.id, hold.reason.as_str()), (1, "payment_review"));
        let usual = [
            HeldAction::Transition,
            HeldAction::Move,
            HeldAction::Invoice,
        ];
        assert_eq!(hold.blocks, usual.map(i32::from));
        let second = granted(place(staff, id, "Awaiting stock", &[1], &[]).await);
        let hold = second.hold.expect("a hold");
        assert_eq!(
            (hold.id, hold.reason.as_str(), hold.line_ids),
            (2, "awaiting_stock", vec![1])
        );

        // What is refused is listed before, with the same rules.
        let listed = transitions(staff, id).await;
        let rules = |name: &str| -> Vec<String> {
            let edge = listed.transitions.iter().find(|edge| edge.name == name);
            edge.expect(name)
                .blockers
                .iter()
                .map(|it| it.rule.clone())
                .collect()
        };
        assert_eq!(rules("confirm"), ["held", "held"]);
        assert!(rules("cancel").is_empty() && rules("pay").is_empty());
        let error = refused(confirm(staff, id).await);
        assert_eq!(
            (error.code, error.reason.as_str()),
            (Code::FailedPrecondition, "ORDER_HELD")
        );
        assert_eq!(error.rules, ["held", "held"]);
        assert!(
            error.message.contains("hold 1 (payment_review) stands"),
            "{}",
            error.message
        );
        assert!(
            error.message.contains("hold 2 (awaiting_stock) stands"),
            "{}",
            error.message
        );

        release(staff, id, 1).await;
        assert_eq!(refused(confirm(staff, id).await).rules, ["held"]);
        let order = release(staff, id, 2).await;
        assert!(order.holds.is_empty());
        assert_eq!(state(&granted(confirm(staff, id).await)), "confirmed");
        // A number is never given twice.
        let third = granted(place(staff, id, "other", &[], &[]).await);
        assert_eq!(third.hold.expect("a hold").id, 3);
    })
    .await;
}

#[tokio::test]
async fn a_hold_refuses_what_it_names_and_nothing_else() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let order = Order {
            lines: vec![line("A", 1, 1000), line("B", 2, 500)],
            ..order_in("new", tenant.customer_id)
        };
        let id = import_one(&tenant.manager, order).await.id;
        let actions = [HeldAction::Cancel, HeldAction::Edit];
        granted(place(staff, id, "other", &[], &actions).await);
        let cancel = || request!(CancelOrderRequest, cancel_order_request, id);
        let edit = |notes: &str| UpdateOrderRequest {
            order: Some(Order {
                id,
                notes: notes.to_owned(),
                ..Order::default()
            }),
            ..UpdateOrderRequest::default()
        };
        assert_eq!(
            refused(staff.orders().cancel_order(cancel()).await).reason,
            "ORDER_HELD"
        );
        assert_eq!(
            refused(staff.orders().update_order(edit("a")).await).reason,
            "ORDER_HELD"
        );
        let note =
            request!(AddOrderNoteRequest, add_order_note_request, id, message: "called".to_owned());
        granted(staff.orders().add_order_note(note).await);
        let paid =
            request!(RecordPaymentRequest, record_payment_request, id, amount: Some(cents(100)));
        granted(staff.billing().record_payment(paid).await);
        assert_eq!(state(&granted(confirm(staff, id).await)), "confirmed");

        // On one line it refuses changes of that line only, and never lets the line go.
        release(staff, id, 1).await;
        let id = import_one(
            &tenant.manager,
            Order {
                lines: vec![line("A", 1, 1000), line("B", 2, 500)],
                ..order_in("new", tenant.customer_id)
            },
        )
        .await
        .id;
        let edit = |lines: Vec<_>| UpdateOrderRequest {
            order: Some(Order {
                id,
                lines,
                ..Order::default()
            }),
            ..UpdateOrderRequest::default()
        };
        granted(place(staff, id, "other", &[2], &[HeldAction::Edit]).await);
        let dearer = vec![line("A", 5, 1000), line("B", 2, 500)];
        granted(staff.orders().update_order(edit(dearer)).await);
        let fewer = vec![line("A", 5, 1000), line("B", 1, 500)];
        assert_eq!(
            refused(staff.orders().update_order(edit(fewer)).await).reason,
            "ORDER_HELD"
        );
        release(staff, id, 1).await;
        granted(place(staff, id, "other", &[2], &[]).await);
        let gone = vec![line("A", 5, 1000)];
        assert_eq!(
            refused(staff.orders().update_order(edit(gone)).await).reason,
            "ORDER_HELD"
        );
    })
    .await;
}

#[tokio::test]
async fn a_manager_passes_over_a_hold_and_the_history_says_so() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = import_one(&tenant.manager, order_in("new", tenant.customer_id))
            .await
            .id;
        granted(place(&tenant.staff, id, "other", &[], &[]).await);
        let target = override_order_state_request::Target::State("confirmed".to_owned());
        let command = request!(OverrideOrderStateRequest, override_order_state_request, id,
            target: Some(target), reason: "the customer waits".to_owned());
        granted(tenant.manager.orders().override_order_state(command).await);
        let request = request!(ListOrderChangesRequest, list_order_changes_request, id);
        let changes = granted(
            tenant
                .staff
                .orders()
                .list_order_changes(request.clone())
                .await,
        )
        .changes;
        assert_eq!(changes[1].kind(), ChangeKind::Hold);
        assert_eq!(changes[1].fields[0].path, "holds.1");
        assert_eq!(changes[2].passed_over, ["held"]);
        // The customer reads neither of the hold nor of its reason.
        let seen = granted(tenant.client.orders().list_order_changes(request).await).changes;
        assert_eq!(
            seen.iter().map(|change| change.version).collect::<Vec<_>>(),
            [1, 3]
        );
        assert!(read(&tenant.client, id).await.holds.is_empty());
        assert_eq!(read(&tenant.staff, id).await.holds.len(), 1);
        let pay = transitions(&tenant.client, id).await;
        assert!(!format!("{pay:?}").contains("other"), "{pay:?}");
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_is_asked_for_wrongly_is_refused_by_field() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        let id = import_one(&tenant.manager, order_in("new", tenant.customer_id))
            .await
            .id;
        let twice = [HeldAction::Edit, HeldAction::Edit];
        for (answer, path) in [
            (place(staff, id, "", &[], &[]).await, "reason"),
            (place(staff, id, "whim", &[], &[]).await, "reason"),
            (place(staff, id, "other", &[7], &[]).await, "line_ids[0]"),
            (place(staff, id, "other", &[1, 1], &[]).await, "line_ids[1]"),
            (place(staff, id, "other", &[], &twice).await, "blocks[1]"),
        ] {
            let error = refused(answer);
            assert_eq!(
                (error.code, error.paths()),
                (Code::InvalidArgument, vec![path])
            );
        }
        let missing = request!(ReleaseHoldRequest, release_hold_request, id, hold_id: 1);
        let error = refused(staff.fulfillment().release_hold(missing).await);
        assert_eq!(
            (error.code, error.reason.as_str()),
            (Code::NotFound, "RESOURCE_NOT_FOUND")
        );
        assert_eq!(read(staff, id).await.version, 1);
        let done = import_one(&tenant.manager, order_in("cancelled", tenant.customer_id))
            .await
            .id;
        assert_eq!(
            refused(place(staff, done, "other", &[], &[]).await).reason,
            "STATE_FINAL"
        );

        // A repeated call places one hold and answers it again; its reason cannot be deleted any more.
        let request = PlaceHoldRequest {
            request_id: request_id(),
            ..request!(PlaceHoldRequest, place_hold_request, id, reason: "other".to_owned())
        };
        let first = granted(staff.fulfillment().place_hold(request.clone()).await);
        granted(place(staff, id, "payment_review", &[], &[]).await);
        assert_eq!(
            granted(staff.fulfillment().place_hold(request).await),
            first
        );
        let entry = DeleteCatalogEntryRequest {
            catalog: "hold_reasons".to_owned(),
            key: "other".to_owned(),
            ..DeleteCatalogEntryRequest::default()
        };
        let error = refused(tenant.manager.catalogs().delete_catalog_entry(entry).await);
        assert_eq!(error.reason, "CODE_IN_USE");
    })
    .await;
}

async fn place(
    caller: &Caller,
    id: i64,
    reason: &str,
    line_ids: &[i64],
    blocks: &[HeldAction],
) -> Result<Response<PlaceHoldResponse>, Status> {
    let request = request!(PlaceHoldRequest, place_hold_request, id, reason: reason.to_owned(),
        line_ids: line_ids.to_vec(), blocks: blocks.iter().map(|it| (*it).into()).collect());
    caller.fulfillment().place_hold(request).await
}

async fn release(caller: &Caller, id: i64, hold_id: i64) -> Order {
    let request = request!(ReleaseHoldRequest, release_hold_request, id, hold_id: hold_id);
    granted(caller.fulfillment().release_hold(request).await)
}

async fn confirm(caller: &Caller, id: i64) -> Result<Response<Order>, Status> {
    let request = request!(ConfirmOrderRequest, confirm_order_request, id);
    caller.orders().confirm_order(request).await
}

async fn transitions(caller: &Caller, id: i64) -> ListTransitionsResponse {
    let order = Some(list_transitions_request::Order::Id(id));
    granted(
        caller
            .orders()
            .list_transitions(ListTransitionsRequest { order })
            .await,
    )
}
