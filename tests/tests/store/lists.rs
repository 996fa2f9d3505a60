//! Lists give the same on both databases, and the same as a plain look at every order.

use std::cmp::Reverse;

use order_status_server::domain::money::{InvoiceStatus, PaymentStatus};
use order_status_server::domain::order::Order;
use order_status_server::domain::time::Timestamp;
use order_status_server::store::{
    OrderFilter, OrderKey, OrderQuery, OrderSort, StoreError, TimeRange,
};
use order_status_tests::on_both;

use crate::book::{Book, full_order};

const STATES: [(&str, i32); 4] = [
    ("new", 1),
    ("confirmed", 10),
    ("complete", 20),
    ("cancelled", 30),
];

/// Orders that differ in everything that a list can ask for; two deleted ones and another account's among them.
async fn fill(book: &mut Book) -> Vec<Order> {
    let numbers = [
        "A-1",
        "a-1",
        "A-10",
        "A_1",
        "A%1",
        "Ä-1",
        "B",
        "\u{1f600}",
        "A",
        "AA",
        "A-2",
        "Z",
    ];
    let mut orders = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let id = i64::try_from(at).unwrap() + 1;
        let mut order = full_order(1, id, number);
        order.state = STATES[at % 4].0.to_owned();
        order.derived.payment_status = PaymentStatus::ALL[at % 3];
        order.store_id = [None, Some(1), Some(2)][at % 3];
        order.locked = at % 4 == 2;
        order.derived.invoice_status = [
            InvoiceStatus::No,
            InvoiceStatus::ToInvoice,
            InvoiceStatus::Invoiced,
        ][at % 3];
        let ordered = i64::try_from(at).unwrap() * 1_000 - 3_000;
        order.order_date = (at % 3 != 1).then(|| Timestamp::from_micros(ordered));
        order.customer.id = [Some(5), None, Some(6), Some(7), None][at % 5];
        let mut order = book.create(order).await;
        if at % 5 == 4 {
            order = book
                .change(&order, |order| {
                    order.delete_time = Some(Timestamp::from_micros(1))
                })
                .await;
        }
        orders.push(order);
    }
    book.create(full_order(2, 1, "A-1")).await;
    orders
}

fn phase(order: &Order) -> i32 {
    STATES
        .iter()
        .find(|(state, _)| *state == order.state)
        .unwrap()
        .1
}

/// Whether the filter has the order, said in another way than the store says it.
fn fits(order: &Order, filter: &OrderFilter) -> bool {
    let within = |time: Timestamp, range: &TimeRange| {
        range.start.is_none_or(|start| time >= start) && range.end.is_none_or(|end| time < end)
    };
    order.delete_time.is_none()
        && (filter.states.is_empty() || filter.states.contains(&order.state))
        && (filter.phases.is_empty() || filter.phases.contains(&phase(order)))
        && (filter.payment_statuses.is_empty()
            || filter
                .payment_statuses
                .contains(&order.derived.payment_status.code()))
        && (filter.store_ids.is_empty()
            || order
                .store_id
                .is_some_and(|id| filter.store_ids.contains(&id)))
        && (filter.customer_ids.is_empty()
            || order
                .customer
                .id
                .is_some_and(|id| filter.customer_ids.contains(&id)))
        && filter
            .only_store
            .is_none_or(|id| order.store_id == Some(id))
        && filter
            .only_customer
            .is_none_or(|id| order.customer.id == Some(id))
        && order.number.starts_with(&filter.number_prefix)
        && within(order.create_time, &filter.create_time)
        && within(order.update_time, &filter.update_time)
        && (filter.ids.is_empty() || filter.ids.contains(&order.id))
        && (filter.numbers.is_empty() || filter.numbers.contains(&order.number))
        && filter.min_id.is_none_or(|least| order.id >= least)
        && filter.max_id.is_none_or(|greatest| order.id <= greatest)
        && (filter.invoice_statuses.is_empty()
            || filter
                .invoice_statuses
                .contains(&order.derived.invoice_status.code()))
        && filter.locked.is_none_or(|locked| order.locked == locked)
        && (filter.order_date == TimeRange::default()
            || order
                .order_date
                .is_some_and(|time| within(time, &filter.order_date)))
}

fn filters(orders: &[Order]) -> Vec<OrderFilter> {
    let none = OrderFilter::default;
    let range = |from: usize, to: usize, time: fn(&Order) -> Timestamp| TimeRange {
        start: Some(time(&orders[from])),
        end: Some(time(&orders[to])),
    };
    let words = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let mut filters = vec![
        none(),
        OrderFilter {
            states: words(&["new", "complete"]),
            ..none()
        },
        OrderFilter {
            states: words(&["NEW"]),
            ..none()
        },
        OrderFilter {
            phases: vec![10, 30],
            ..none()
        },
        OrderFilter {
            payment_statuses: vec![1, 3],
            ..none()
        },
        OrderFilter {
            store_ids: vec![2, 9],
            ..none()
        },
        OrderFilter {
            customer_ids: vec![5, 7],
            ..none()
        },
        OrderFilter {
            only_store: Some(1),
            ..none()
        },
        OrderFilter {
            only_customer: Some(6),
            store_ids: vec![1, 2],
            ..none()
        },
        OrderFilter {
            create_time: range(2, 8, |order| order.create_time),
            ..none()
        },
        OrderFilter {
            update_time: range(1, 9, |order| order.update_time),
            ..none()
        },
        OrderFilter {
            create_time: TimeRange {
                start: None,
                end: Some(orders[3].create_time),
            },
            ..none()
        },
        OrderFilter {
            ids: vec![orders[1].id, orders[4].id, 999_999],
            ..none()
        },
        OrderFilter {
            numbers: vec![orders[2].number.clone(), "no such number".to_owned()],
            ..none()
        },
        OrderFilter {
            min_id: Some(orders[2].id),
            max_id: Some(orders[6].id),
            ..none()
        },
        OrderFilter {
            invoice_statuses: vec![1, 3],
            ..none()
        },
        OrderFilter {
            invoice_statuses: vec![2],
            ..none()
        },
        OrderFilter {
            locked: Some(true),
            ..none()
        },
        OrderFilter {
            locked: Some(false),
            ..none()
        },
        OrderFilter {
            order_date: TimeRange {
                start: Some(Timestamp::from_micros(0)),
                end: None,
            },
            ..none()
        },
        OrderFilter {
            states: words(&["new"]),
            phases: vec![1],
            number_prefix: "A".to_owned(),
            ..none()
        },
    ];
    for prefix in [
        "A",
        "a",
        "A-1",
        "A_",
        "A%",
        "Ä",
        "\u{1f600}",
        "\u{10ffff}",
        "AAA",
    ] {
        filters.push(OrderFilter {
            number_prefix: prefix.to_owned(),
            ..none()
        });
    }
    filters
}

#[tokio::test]
async fn every_filter_finds_the_orders_that_it_says_and_no_others() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let orders = fill(&mut book).await;
        for filter in filters(&orders) {
            let query = OrderQuery {
                filter,
                limit: 100,
                count: true,
                full: true,
                ..OrderQuery::default()
            };
            let page = book.store.list_orders(1, &query).await.unwrap();
            let expected: Vec<_> = orders
                .iter()
                .filter(|order| fits(order, &query.filter))
                .cloned()
                .collect();
            assert_eq!(page.count, Some(expected.len() as u64), "{query:?}");
            assert_eq!(page.orders, expected, "{query:?}");
            assert_eq!(page.next, None);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_hold_every_order_once_in_each_sort() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let orders = fill(&mut book).await;
        for sort in [
            OrderSort::Id,
            OrderSort::IdDescending,
            OrderSort::Number,
            OrderSort::NumberDescending,
            OrderSort::OrderDate,
            OrderSort::OrderDateDescending,
        ] {
            let mut expected: Vec<_> = orders
                .iter()
                .filter(|order| order.delete_time.is_none())
                .collect();
            match sort {
                OrderSort::Id => expected.sort_by_key(|order| order.id),
                OrderSort::IdDescending => expected.sort_by_key(|order| -order.id),
                OrderSort::Number => {
                    expected.sort_by(|a, b| a.number.as_bytes().cmp(b.number.as_bytes()))
                }
                OrderSort::NumberDescending => {
                    expected.sort_by(|a, b| b.number.as_bytes().cmp(a.number.as_bytes()))
                }
                // Without a date before all others, and of one date by id.
                OrderSort::OrderDate => expected.sort_by_key(|order| (order.order_date, order.id)),
                OrderSort::OrderDateDescending => {
                    expected.sort_by_key(|order| Reverse((order.order_date, order.id)))
                }
            }
            let expected: Vec<_> = expected.iter().map(|order| order.number.clone()).collect();
            for limit in [1, 3, 10, 100] {
                let mut query = OrderQuery {
                    sort,
                    limit,
                    ..OrderQuery::default()
                };
                let mut listed = Vec::new();
                loop {
                    let page = book.store.list_orders(1, &query).await.unwrap();
                    assert!(page.orders.len() as u64 <= limit);
                    listed.extend(page.orders.into_iter().map(|order| order.number));
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                assert_eq!(listed, expected, "{sort:?} by {limit}");
            }
            let query = OrderQuery {
                sort,
                skip: 4,
                limit: 2,
                ..OrderQuery::default()
            };
            let page = book.store.list_orders(1, &query).await.unwrap();
            let listed: Vec<_> = page.orders.into_iter().map(|order| order.number).collect();
            assert_eq!(listed, expected[4..6], "{sort:?}");
        }
        let query = OrderQuery {
            after: Some(OrderKey::Number("A".to_owned())),
            limit: 1,
            ..OrderQuery::default()
        };
        let refused = book.store.list_orders(1, &query).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Refused(_)),
            "a place in a list of another sort"
        );
    })
    .await;
}

#[tokio::test]
async fn many_orders_are_had_at_once_by_id_and_by_number() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let orders = fill(&mut book).await;
        let ids: Vec<i64> = (0..2500).collect();
        let numbers = vec!["A-1".to_owned(), "Z".to_owned(), "nowhere".to_owned()];
        let mut found = book.store.orders(1, &ids, &numbers, true).await.unwrap();
        found.sort_by_key(|order| order.id);
        let live: Vec<_> = orders
            .iter()
            .filter(|order| order.delete_time.is_none())
            .cloned()
            .collect();
        assert_eq!(found, live);
        let mut found = book.store.orders(1, &[], &numbers, false).await.unwrap();
        found.sort_by_key(|order| order.id);
        assert_eq!(
            found.iter().map(|order| order.id).collect::<Vec<_>>(),
            [1, 12]
        );
        assert_eq!(book.store.orders(1, &[], &[], true).await.unwrap(), []);
    })
    .await;
}
