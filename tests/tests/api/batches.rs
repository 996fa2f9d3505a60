//! Several orders at once: all of them, or none.

use order_status_proto::v1::{
    BatchDeleteOrdersRequest, BatchGetOrdersRequest, BatchTransitionOrdersRequest,
    ConfirmOrderRequest, CreateOrderRequest, ImportOrdersRequest, ListOrdersRequest, Order,
    OrderState, batch_transition_orders_request, confirm_order_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::Code;

use super::answers::{Refused, granted, refused};
use super::fixtures::{
    import, in_cents, order_in, order_of, payment, read, refund, request_id, state,
};

#[tokio::test]
async fn orders_are_answered_in_the_order_asked() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let orders = import(
            &tenant.manager,
            (0..5)
                .map(|_| order_in("new", tenant.customer_id))
                .collect(),
        )
        .await;
        let request = BatchGetOrdersRequest {
            ids: [3, 0, 4].map(|at: usize| orders[at].id).to_vec(),
            numbers: [2, 1, 2]
                .map(|at: usize| orders[at].number.clone())
                .to_vec(),
            ..BatchGetOrdersRequest::default()
        };
        let found = granted(tenant.staff.orders().batch_get_orders(request).await).orders;
        assert_eq!(
            found,
            [3, 0, 4, 2, 1, 2].map(|at: usize| orders[at].clone())
        );
        let request = BatchGetOrdersRequest {
            ids: vec![orders[0].id, 99_999],
            ..BatchGetOrdersRequest::default()
        };
        let missing = refused(tenant.staff.orders().batch_get_orders(request).await);
        assert_eq!(
            (missing.code, missing.reason.as_str()),
            (Code::NotFound, "ORDER_NOT_FOUND")
        );
        assert!(missing.text().contains("99999"), "{missing:?}");
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_transitions_moves_all_or_none() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut orders: Vec<_> = (0..4)
            .map(|_| order_in("new", tenant.customer_id))
            .collect();
        orders.push(order_in("complete", tenant.customer_id));
        let orders = import(&tenant.manager, orders).await;
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        let confirm = |ids: &[i64]| BatchTransitionOrdersRequest {
            ids: ids.to_vec(),
            target: Some(batch_transition_orders_request::Target::Transition(
                "confirm".to_owned(),
            )),
            ..BatchTransitionOrdersRequest::default()
        };
        let all = refused(
            tenant
                .staff
                .orders()
                .batch_transition_orders(confirm(&ids))
                .await,
        );
        assert_eq!(
            (all.code, all.reason.as_str()),
            (Code::FailedPrecondition, "BATCH_REFUSED")
        );
        assert_eq!(
            (all.rules.as_slice(), all.metadata["refused"].as_str()),
            (&["STATE_FINAL".to_owned()][..], "1")
        );
        assert_eq!(all.metadata["order.id"], ids[4].to_string());
        let twice = refused(
            tenant
                .staff
                .orders()
                .batch_transition_orders(confirm(&[ids[0], ids[0]]))
                .await,
        );
        assert_eq!(
            (twice.code, twice.paths()),
            (Code::InvalidArgument, vec!["ids[1]"])
        );
        let none = refused(
            tenant
                .staff
                .orders()
                .batch_transition_orders(confirm(&[]))
                .await,
        );
        assert_eq!(
            (none.code, none.paths()),
            (Code::InvalidArgument, vec!["ids"])
        );
        let many: Vec<_> = (1..=501).collect();
        let many = refused(
            tenant
                .staff
                .orders()
                .batch_transition_orders(confirm(&many))
                .await,
        );
        assert_eq!(
            (many.code, many.paths()),
            (Code::InvalidArgument, vec!["ids"])
        );
        for order in &orders {
            assert_eq!(read(&tenant.staff, order.id).await, *order);
        }
        let moved = granted(
            tenant
                .staff
                .orders()
                .batch_transition_orders(confirm(&ids[..4]))
                .await,
        )
        .orders;
        assert_eq!(
            moved
                .iter()
                .map(|order| (order.id, state(order), order.version))
                .collect::<Vec<_>>(),
            ids[..4]
                .iter()
                .map(|id| (*id, "confirmed", 2))
                .collect::<Vec<_>>()
        );
    })
    .await;
}

#[tokio::test]
async fn a_batch_deletes_every_order_or_none() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let orders = ["new", "new", "confirmed"]
            .map(|state| order_in(state, tenant.customer_id))
            .to_vec();
        let orders = import(&tenant.manager, orders).await;
        let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
        let delete = async |ids: &[i64]| {
            let request = BatchDeleteOrdersRequest {
                ids: ids.to_vec(),
                ..BatchDeleteOrdersRequest::default()
            };
            tenant.staff.orders().batch_delete_orders(request).await
        };
        let all = refused(delete(&ids).await);
        assert_eq!(
            (all.code, all.reason.as_str()),
            (Code::FailedPrecondition, "BATCH_REFUSED")
        );
        assert_eq!(all.rules, ["NOT_DELETABLE"]);
        assert_eq!(all.metadata["order.id"], ids[2].to_string());
        let twice = refused(delete(&[ids[0], ids[0]]).await);
        assert_eq!(twice.paths(), ["ids[1]"]);
        for order in &orders {
            assert_eq!(read(&tenant.staff, order.id).await, *order);
        }
        let deleted = granted(delete(&ids[..2]).await).orders;
        assert!(deleted.iter().all(|order| order.delete_time.is_some()));
        for id in &ids[..2] {
            let request = BatchGetOrdersRequest {
                ids: vec![*id],
                ..BatchGetOrdersRequest::default()
            };
            let gone = refused(tenant.staff.orders().batch_get_orders(request).await);
            assert_eq!(gone.code, Code::NotFound);
        }
    })
    .await;
}

#[tokio::test]
async fn orders_are_imported_in_mid_life_all_or_none() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let long_ago = prost_types::Timestamp {
            seconds: 1_420_070_400,
            nanos: 123_456_000,
        };
        let settled = Order {
            id: 5000,
            number: "OLD-1".to_owned(),
            payments: vec![payment(1500), refund(500)],
            create_time: Some(long_ago),
            cancellation_type: String::new(),
            ..order_in("complete", tenant.customer_id)
        };
        let by_code = Order {
            state: Some(OrderState {
                code: 10,
                ..OrderState::default()
            }),
            ..order_of(tenant.customer_id)
        };
        let orders = import(&tenant.manager, vec![settled.clone(), by_code.clone()]).await;
        assert_eq!(
            (orders[0].id, orders[0].number.as_str(), state(&orders[0])),
            (5000, "OLD-1", "complete")
        );
        assert_eq!(
            (
                orders[0].create_time,
                in_cents(orders[0].amount_paid.as_ref())
            ),
            (Some(long_ago), 1000)
        );
        assert_eq!((orders[1].id, state(&orders[1])), (5001, "confirmed"));
        // The next one counts on from there.
        let next = CreateOrderRequest {
            order: Some(order_of(tenant.customer_id)),
            ..CreateOrderRequest::default()
        };
        assert_eq!(
            granted(tenant.staff.orders().create_order(next).await).id,
            5002
        );

        let before = count(&tenant.staff).await;
        let fine = order_in("new", tenant.customer_id);
        let unknown = order_in("shipped", tenant.customer_id);
        let numbered = |number: &str| Order {
            number: number.to_owned(),
            ..fine.clone()
        };
        let cases = [
            (vec![fine.clone(), settled], Code::AlreadyExists, "5000"),
            (
                vec![fine.clone(), unknown],
                Code::InvalidArgument,
                "shipped",
            ),
            (vec![numbered("OLD-1")], Code::AlreadyExists, "OLD-1"),
            (
                vec![numbered("TWIN"), numbered("TWIN")],
                Code::AlreadyExists,
                "TWIN",
            ),
            (vec![], Code::InvalidArgument, "orders"),
            (vec![fine.clone(); 501], Code::InvalidArgument, "orders"),
        ];
        for (orders, code, named) in cases {
            let request = ImportOrdersRequest {
                orders,
                ..ImportOrdersRequest::default()
            };
            let answer = refused(tenant.manager.orders().import_orders(request).await);
            assert_eq!(answer.code, code, "{answer:?}");
            assert!(
                answer.text().contains(named),
                "{named} is not in {answer:?}"
            );
        }
        assert_eq!(count(&tenant.staff).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_trial_answers_what_would_be_and_leaves_nothing() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let trial = || CreateOrderRequest {
            order: Some(order_of(tenant.customer_id)),
            request_id: request_id(),
            validate_only: true,
        };
        let one = granted(tenant.staff.orders().create_order(trial()).await);
        let other = granted(tenant.staff.orders().create_order(trial()).await);
        assert_eq!(
            (one.id, one.version, in_cents(one.grand_total.as_ref())),
            (other.id, 1, 1000)
        );
        assert_eq!(count(&tenant.staff).await, 0);
        // The same request id then does it for good: a trial is not remembered.
        let request = trial();
        granted(tenant.staff.orders().create_order(request.clone()).await);
        let real = CreateOrderRequest {
            validate_only: false,
            ..request
        };
        let real = granted(tenant.staff.orders().create_order(real).await);
        assert_eq!(read(&tenant.staff, real.id).await, real);
    })
    .await;
}

#[tokio::test]
async fn a_stale_etag_is_told_the_present_one() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let orders = import(
            &tenant.manager,
            vec![order_in("new", tenant.customer_id); 2],
        )
        .await;
        let confirm = |id: i64, etag: &str| ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(id)),
            etag: etag.to_owned(),
            ..ConfirmOrderRequest::default()
        };
        // That of another order is not this one's, at the same version.
        let stale = refused(
            tenant
                .staff
                .orders()
                .confirm_order(confirm(orders[0].id, &orders[1].etag))
                .await,
        );
        assert_eq!(
            (stale.code, stale.reason.as_str()),
            (Code::Aborted, "ETAG_STALE")
        );
        assert_eq!(stale.metadata["etag"], orders[0].etag);
        let moved = granted(
            tenant
                .staff
                .orders()
                .confirm_order(confirm(orders[0].id, &orders[0].etag))
                .await,
        );
        let stale = refused(
            tenant
                .staff
                .orders()
                .confirm_order(confirm(orders[0].id, &orders[0].etag))
                .await,
        );
        assert_eq!(
            (stale.code, stale.metadata["etag"].as_str()),
            (Code::Aborted, moved.etag.as_str())
        );
        assert_eq!(stale.metadata["state"], "confirmed");
    })
    .await;
}

async fn count(caller: &Caller) -> i32 {
    let request = ListOrdersRequest {
        count: true,
        page_size: 1,
        ..ListOrdersRequest::default()
    };
    match caller.orders().list_orders(request).await {
        Ok(answer) => answer.into_inner().total_size,
        Err(status) => panic!("{:?}", Refused::read(&status)),
    }
}
