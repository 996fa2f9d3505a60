//! Lists: every filter against what the test itself knows, in pages and by skipping, with equal results on both
//! databases.

use order_status_proto::v1::{
    CreateStoreRequest, ListOrdersRequest, ListPaymentsRequest, Order, OrderFilter, OrderView,
    PaymentKind, PaymentStatus, Phase, Store, TimeRange, list_payments_request,
};
use order_status_tests::{Backend, Caller, Server, Tenant, on_both};
use prost_types::Timestamp;
use tonic::Code;

use super::answers::{granted, refused};
use super::fixtures::{import, order_in, payment, read, refund, state};

const STATES: [(&str, Phase); 4] = [
    ("new", Phase::New),
    ("confirmed", Phase::Confirmed),
    ("complete", Phase::Complete),
    ("cancelled", Phase::Cancelled),
];

const PREFIXES: [&str; 5] = ["A-", "a-", "A_", "Ä%", "注"];

/// Sixty orders that differ in everything that a filter knows.
async fn stocked(backend: Backend) -> (Tenant, Vec<Order>) {
    let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
    for name in ["One", "Two"] {
        let store = Store {
            name: name.to_owned(),
            ..Store::default()
        };
        let request = CreateStoreRequest {
            store: Some(store),
            ..CreateStoreRequest::default()
        };
        granted(tenant.manager.catalogs().create_store(request).await);
    }
    let orders = (0..60_i64).map(|at| {
        let pick = usize::try_from(at).expect("a small number");
        let mut order = order_in(STATES[pick % 4].0, tenant.customer_id);
        if at % 3 == 0 {
            order.customer = None;
        }
        order.store_id = (at % 5 < 3).then_some(at % 2 + 1);
        order.number = format!("{}{at}", PREFIXES[pick % 5]);
        order.create_time = Some(day(at));
        order.payments = match at % 7 {
            0 => vec![payment(1000)],
            1 => vec![payment(1)],
            2 => vec![payment(1001)],
            3 => vec![payment(5), refund(5)],
            _ => vec![],
        };
        order
    });
    let orders = import(&tenant.manager, orders.collect()).await;
    (tenant, orders)
}

fn day(at: i64) -> Timestamp {
    Timestamp {
        seconds: 1_600_000_000 + at * 86_400,
        nanos: 1000,
    }
}

#[tokio::test]
async fn every_filter_finds_what_fits_it_and_nothing_else() {
    let found = std::sync::Mutex::new(Vec::new());
    on_both(async |backend| {
        let (tenant, orders) = stocked(backend).await;
        let customer = tenant.customer_id;
        let store = |order: &Order| order.store_id.unwrap_or(0);
        let of = |order: &Order| order.customer.as_ref().and_then(|customer| customer.id);
        let none = OrderFilter::default;
        type Fits<'f> = Box<dyn Fn(&Order) -> bool + 'f>;
        let mut cases: Vec<(OrderFilter, Fits<'_>)> = vec![
            (none(), Box::new(|_| true)),
            (
                OrderFilter {
                    states: vec!["new".into(), "complete".into()],
                    ..none()
                },
                Box::new(|order| ["new", "complete"].contains(&state(order))),
            ),
            (
                OrderFilter {
                    phases: vec![Phase::Confirmed.into(), Phase::Cancelled.into()],
                    ..none()
                },
                Box::new(|order| ["confirmed", "cancelled"].contains(&state(order))),
            ),
            (
                OrderFilter {
                    store_ids: vec![1],
                    ..none()
                },
                Box::new(|order| store(order) == 1),
            ),
            (
                OrderFilter {
                    store_ids: vec![1, 2],
                    ..none()
                },
                Box::new(|order| store(order) != 0),
            ),
            (
                OrderFilter {
                    customer_ids: vec![customer],
                    ..none()
                },
                Box::new(move |order| of(order) == Some(customer)),
            ),
            (
                OrderFilter {
                    states: vec!["new".into()],
                    store_ids: vec![2],
                    number_prefix: "A".into(),
                    ..none()
                },
                Box::new(|order| {
                    state(order) == "new" && store(order) == 2 && order.number.starts_with('A')
                }),
            ),
            (
                OrderFilter {
                    create_time: Some(TimeRange {
                        start_time: Some(day(10)),
                        end_time: Some(day(20)),
                    }),
                    ..none()
                },
                Box::new(|order| (10..20).any(|at| order.create_time == Some(day(at)))),
            ),
            (
                OrderFilter {
                    create_time: Some(TimeRange {
                        start_time: Some(day(55)),
                        end_time: None,
                    }),
                    ..none()
                },
                Box::new(|order| (55..60).any(|at| order.create_time == Some(day(at)))),
            ),
            (
                OrderFilter {
                    update_time: Some(TimeRange {
                        start_time: None,
                        end_time: Some(day(60)),
                    }),
                    ..none()
                },
                Box::new(|_| false),
            ),
            (
                OrderFilter {
                    number_prefix: "nothing like it".into(),
                    ..none()
                },
                Box::new(|_| false),
            ),
        ];
        for prefix in PREFIXES {
            let fits = move |order: &Order| order.number.starts_with(prefix);
            cases.push((
                OrderFilter {
                    number_prefix: prefix.into(),
                    ..none()
                },
                Box::new(fits),
            ));
        }
        for status in [
            PaymentStatus::Unpaid,
            PaymentStatus::Paid,
            PaymentStatus::PartlyPaid,
            PaymentStatus::Overpaid,
        ] {
            let fits = move |order: &Order| order.payment_status() == status;
            cases.push((
                OrderFilter {
                    payment_statuses: vec![status.into()],
                    ..none()
                },
                Box::new(fits),
            ));
        }
        let mut results = Vec::new();
        for (filter, fits) in &cases {
            let expected: Vec<_> = orders
                .iter()
                .filter(|order| fits(order))
                .map(|order| order.id)
                .collect();
            for order_by in ["id", "id desc", ""] {
                let mut expected = expected.clone();
                if order_by != "id" {
                    expected.reverse();
                }
                let request = ListOrdersRequest {
                    filter: Some(filter.clone()),
                    order_by: order_by.to_owned(),
                    count: true,
                    page_size: 7,
                    ..ListOrdersRequest::default()
                };
                let found = pages(&tenant.staff, request.clone(), expected.len()).await;
                assert_eq!(found, expected, "{filter:?} by {order_by:?}");
                let request = ListOrdersRequest {
                    skip: 3,
                    page_size: 5,
                    ..request
                };
                let skipped = granted(tenant.staff.orders().list_orders(request).await);
                let skipped: Vec<_> = skipped.orders.iter().map(|order| order.id).collect();
                assert_eq!(
                    skipped,
                    expected.into_iter().skip(3).take(5).collect::<Vec<_>>()
                );
                results.push(found);
            }
        }
        found.lock().expect("no panic holds it").push(results);
    })
    .await;
    let found = found.into_inner().expect("no panic holds it");
    assert_eq!(found[0], found[1], "the databases differ");
}

/// The ids of all pages; each page must count them all.
async fn pages(caller: &Caller, mut request: ListOrdersRequest, size: usize) -> Vec<i64> {
    let mut ids = Vec::new();
    loop {
        let page = granted(caller.orders().list_orders(request.clone()).await);
        assert_eq!(usize::try_from(page.total_size), Ok(size), "{request:?}");
        assert!(page.orders.len() <= usize::try_from(request.page_size).expect("a size"));
        ids.extend(page.orders.iter().map(|order| order.id));
        if page.next_page_token.is_empty() {
            return ids;
        }
        request.page_token = page.next_page_token;
    }
}

#[tokio::test]
async fn a_list_answers_rows_or_whole_orders() {
    on_both(async |backend| {
        let (tenant, orders) = stocked(backend).await;
        let list = async |view: OrderView| {
            let request = ListOrdersRequest {
                view: view.into(),
                order_by: "id".to_owned(),
                page_size: 1000,
                ..ListOrdersRequest::default()
            };
            granted(tenant.staff.orders().list_orders(request).await).orders
        };
        assert_eq!(list(OrderView::Full).await, orders);
        let narrow = list(OrderView::Basic).await;
        assert_eq!(list(OrderView::Unspecified).await, narrow);
        for (narrow, order) in narrow.iter().zip(&orders) {
            assert_eq!((narrow.lines.len(), narrow.payments.len()), (0, 0));
            assert_eq!(
                (narrow.id, &narrow.number, &narrow.state),
                (order.id, &order.number, &order.state)
            );
            assert_eq!(
                (&narrow.grand_total, &narrow.etag),
                (&order.grand_total, &order.etag)
            );
            assert_eq!(narrow.store_name, order.store_name);
        }
        // What is read alone is what is listed.
        assert_eq!(read(&tenant.staff, orders[7].id).await, orders[7]);
    })
    .await;
}

#[tokio::test]
async fn pages_stay_whole_while_orders_come_in() {
    on_both(async |backend| {
        let (tenant, orders) = stocked(backend).await;
        let mut request = ListOrdersRequest {
            page_size: 10,
            ..ListOrdersRequest::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = granted(tenant.staff.orders().list_orders(request.clone()).await);
            seen.extend(page.orders.iter().map(|order| order.id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
            // A newer order stands before the first page.
            import(&tenant.manager, vec![order_in("new", tenant.customer_id)]).await;
        }
        let mut expected: Vec<_> = orders.iter().map(|order| order.id).collect();
        expected.reverse();
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_cannot_be_is_refused_by_its_field() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let orders = vec![order_in("new", tenant.customer_id); 3];
        import(&tenant.manager, orders).await;
        let first = ListOrdersRequest {
            page_size: 2,
            ..ListOrdersRequest::default()
        };
        let token = granted(tenant.staff.orders().list_orders(first.clone()).await).next_page_token;
        let base = || ListOrdersRequest::default();
        let filter = |filter: OrderFilter| ListOrdersRequest {
            filter: Some(filter),
            ..base()
        };
        let cases = [
            (
                ListOrdersRequest {
                    page_size: -1,
                    ..base()
                },
                "page_size",
            ),
            (
                ListOrdersRequest {
                    skip: 10_001,
                    ..base()
                },
                "skip",
            ),
            (ListOrdersRequest { skip: -1, ..base() }, "skip"),
            (
                ListOrdersRequest {
                    skip: 1,
                    page_token: token.clone(),
                    ..first.clone()
                },
                "skip",
            ),
            (
                ListOrdersRequest {
                    page_token: token.clone(),
                    order_by: "id".into(),
                    ..first.clone()
                },
                "page_token",
            ),
            (
                ListOrdersRequest {
                    page_token: "not one of ours".into(),
                    ..base()
                },
                "page_token",
            ),
            (
                ListOrdersRequest {
                    page_token: token[..token.len() - 2].into(),
                    ..first
                },
                "page_token",
            ),
            (
                ListOrdersRequest {
                    order_by: "total".into(),
                    ..base()
                },
                "order_by",
            ),
            (ListOrdersRequest { view: 77, ..base() }, "view"),
            (
                filter(OrderFilter {
                    phases: vec![5],
                    ..OrderFilter::default()
                }),
                "filter.phases[0]",
            ),
            (
                filter(OrderFilter {
                    payment_statuses: vec![1, -9],
                    ..OrderFilter::default()
                }),
                "filter.payment_statuses[1]",
            ),
            (
                filter(OrderFilter {
                    store_ids: vec![1; 101],
                    ..OrderFilter::default()
                }),
                "filter.store_ids",
            ),
            (
                filter(OrderFilter {
                    states: vec!["new".into(), String::new()],
                    ..OrderFilter::default()
                }),
                "filter.states[1]",
            ),
            (
                filter(OrderFilter {
                    states: vec!["x".repeat(33)],
                    ..OrderFilter::default()
                }),
                "filter.states[0]",
            ),
            (
                filter(OrderFilter {
                    numbers: vec![String::new()],
                    ..OrderFilter::default()
                }),
                "filter.numbers[0]",
            ),
            (
                filter(OrderFilter {
                    numbers: vec!["x".repeat(65)],
                    ..OrderFilter::default()
                }),
                "filter.numbers[0]",
            ),
            (
                filter(OrderFilter {
                    number_prefix: "x".repeat(65),
                    ..OrderFilter::default()
                }),
                "filter.number_prefix",
            ),
            (
                filter(OrderFilter {
                    create_time: Some(TimeRange {
                        start_time: Some(Timestamp {
                            seconds: 1,
                            nanos: -1,
                        }),
                        end_time: None,
                    }),
                    ..OrderFilter::default()
                }),
                "filter.create_time.start_time",
            ),
        ];
        for (request, field) in cases {
            let answer = refused(tenant.staff.orders().list_orders(request).await);
            assert_eq!(answer.code, Code::InvalidArgument, "{field}: {answer:?}");
            assert!(answer.paths()[0].starts_with(field), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn payments_are_listed_by_order_and_by_account() {
    on_both(async |backend| {
        let (tenant, orders) = stocked(backend).await;
        let all: Vec<_> = orders
            .iter()
            .flat_map(|order| order.payments.clone())
            .collect();
        assert!(
            all.iter()
                .any(|payment| payment.kind() == PaymentKind::Refund)
        );
        let mut listed = Vec::new();
        let mut request = ListPaymentsRequest {
            page_size: 4,
            ..ListPaymentsRequest::default()
        };
        loop {
            let page = granted(tenant.staff.billing().list_payments(request.clone()).await);
            listed.extend(page.payments);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(listed, all);
        for order in orders.iter().take(8) {
            let request = ListPaymentsRequest {
                order: Some(list_payments_request::Order::Number(order.number.clone())),
                ..ListPaymentsRequest::default()
            };
            let listed = granted(tenant.staff.billing().list_payments(request).await);
            assert_eq!(listed.payments, order.payments);
        }
        // A client sees the own ones.
        let own = granted(
            tenant
                .client
                .billing()
                .list_payments(ListPaymentsRequest::default())
                .await,
        );
        let theirs = orders.iter().filter(|order| {
            order
                .customer
                .as_ref()
                .is_some_and(|customer| customer.id.is_some())
        });
        assert_eq!(
            own.payments,
            theirs
                .flat_map(|order| order.payments.clone())
                .collect::<Vec<_>>()
        );
    })
    .await;
}
