//! History comes back in order and is never rewritten; a batch finds what it asks for.

use order_status_server::domain::account::Counters;
use order_status_server::domain::change::ChangeKind;
use order_status_server::domain::order::{Order, OrderRef};
use order_status_server::domain::time::Timestamp;
use order_status_server::store::batch::{Wanted, Writes};
use order_status_tests::{Backend, on_both};

use crate::accounts::customer;
use crate::book::{Book, full_order, plain_order, request_id};

#[tokio::test]
async fn history_comes_back_in_order_with_its_personal_values() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut order = full_order(1, 7, "A");
        let first = book.step(&Order::default(), &mut order, ChangeKind::Create);
        book.write(&first).await.unwrap();
        let mut after = order.clone();
        after.customer.phone = "new".to_owned();
        let second = book.step(&order, &mut after, ChangeKind::Update);
        book.write(&second).await.unwrap();
        let other = book.create(plain_order(2, 7, "A")).await;
        let (first, second) = (first.changes[0].clone(), second.changes[0].clone());
        let all = book.store.changes(1, 7, 0, i64::MAX, 100).await.unwrap();
        assert_eq!(all, [first.clone(), second.clone()]);
        assert_eq!(
            book.store.changes(1, 7, 1, 2, 100).await.unwrap(),
            vec![second.clone()]
        );
        assert_eq!(book.store.changes(1, 7, 0, 2, 1).await.unwrap(), [first]);
        let told = book.store.changes_after(1, 100).await.unwrap();
        assert_eq!(
            told.iter()
                .map(|change| change.position)
                .collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(told[0], second);
        assert_eq!(book.store.first_position().await.unwrap(), 1);
        assert_eq!(book.store.last_position().await.unwrap(), 3);
        assert_eq!(
            book.store.change_hash(3).await.unwrap(),
            Some(other.last_hash)
        );
        assert_eq!(book.store.change_hash(4).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn history_cannot_be_overwritten_or_removed() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        book.create(plain_order(1, 7, "A")).await;
        for attack in [
            "UPDATE change SET actor = 'somebody else'",
            "DELETE FROM change",
        ] {
            let refused = book.tamper(attack).await.unwrap_err();
            assert!(refused.contains("append-only"), "{attack}: {refused}");
        }
        if backend == Backend::Postgres {
            let refused = book.tamper("TRUNCATE change").await.unwrap_err();
            assert!(refused.contains("append-only"), "{refused}");
        }
        assert_eq!(book.store.last_position().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_batch_finds_everything_that_it_asks_for() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        book.create(plain_order(1, 7, "A")).await;
        let counters = Counters {
            order: 7,
            payment: 6,
            store: 5,
            customer: 4,
            address: 3,
            credential: 2,
            message: 1,
            store_order: 8,
            supplier_order: 9,
            outbound_order: 10,
            series: [
                ("invoice.2017", 3382),
                ("invoice_start.2017", 3381),
                ("pro_forma.92026", 4),
            ]
            .map(|(name, last)| (name.to_owned(), last))
            .into(),
        };
        let customer = customer(6298);
        let writes = Writes {
            counters: vec![(1, counters.clone())],
            customers: vec![(1, customer.clone())],
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        book.pen.begin().await.unwrap();
        let wanted = Wanted {
            orders: vec![
                (1, OrderRef::Id(7)),
                (1, OrderRef::Id(8)),
                (2, OrderRef::Id(7)),
            ],
            numbers: vec![(1, "A".to_owned()), (1, "B".to_owned())],
            requests: vec![(1, request_id(1)), (1, request_id(2)), (2, request_id(1))],
            customers: vec![(1, 6298), (1, 6299)],
            accounts: vec![1, 2, 3],
            counters: true,
        };
        let loaded = book.pen.load(&wanted).await.unwrap();
        assert_eq!(loaded.position, 1);
        assert_eq!(loaded.orders.len(), 1);
        assert_eq!(
            loaded.numbers.into_iter().collect::<Vec<_>>(),
            [((1, "A".to_owned()), 7)]
        );
        let requests: Vec<_> = loaded.requests.into_values().collect();
        assert_eq!(requests.len(), 1);
        assert_eq!(
            (requests[0].fingerprint, requests[0].credential_id),
            ([7; 32], 5)
        );
        assert_eq!(
            (requests[0].results[0].id, requests[0].results[0].version),
            (7, 1)
        );
        assert_eq!(
            loaded.customers.into_values().collect::<Vec<_>>(),
            [customer]
        );
        let mut revisions: Vec<_> = loaded.revisions.into_iter().collect();
        revisions.sort_unstable();
        assert_eq!(revisions, [(1, 1), (2, 1)]);
        assert_eq!(loaded.counters.get(&1), Some(&counters));
        assert_eq!(
            loaded.counters.get(&2).cloned().unwrap_or_default(),
            Counters::default()
        );
        let empty = book.pen.load(&Wanted::default()).await.unwrap();
        assert_eq!((empty.position, empty.orders.len()), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn request_ids_are_forgotten_by_the_day() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let order = book.create(plain_order(1, 7, "A")).await;
        let day = order.update_time.micros() / 86_400_000_000;
        let wanted = Wanted {
            requests: vec![(1, request_id(1))],
            ..Wanted::default()
        };
        for (before, kept) in [(day, 1), (day + 1, 0)] {
            let forget = Timestamp::from_micros(before * 86_400_000_000 + 5);
            let writes = Writes {
                forget_requests_before: Some(forget),
                ..Writes::default()
            };
            book.write(&writes).await.unwrap();
            book.pen.begin().await.unwrap();
            assert_eq!(book.pen.load(&wanted).await.unwrap().requests.len(), kept);
            book.pen.rollback().await;
        }
    })
    .await;
}
