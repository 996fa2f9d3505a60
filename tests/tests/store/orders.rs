//! Orders come back as they were written, at every version.

use std::sync::Arc;

use order_status_server::domain::change::ChangeKind;
use order_status_server::domain::order::{Customer, Order, OrderRef};
use order_status_server::domain::time::Timestamp;
use order_status_server::store::StoreError;
use order_status_server::store::batch::{OrderWrite, Wanted, Writes};
use order_status_tests::on_both;

use crate::book::{Book, full_order, plain_order};

/// The order as its narrow row alone tells of it.
fn narrow(order: &Order) -> Order {
    Order {
        locked: order.locked,
        delivery_status: order.delivery_status,
        customer: Customer {
            id: order.customer.id,
            ..Customer::default()
        },
        store_id: order.store_id,
        derived: order.derived.clone(),
        order_date: order.order_date,
        update_time: order.update_time,
        delete_time: order.delete_time,
        state: order.state.clone(),
        version: order.version,
        last_hash: order.last_hash,
        create_time: order.create_time,
        ..plain_order(order.account_id, order.id, &order.number)
    }
}

#[tokio::test]
async fn an_order_with_every_field_comes_back_as_it_was_written() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let order = book.create(full_order(1, 42, "FR-42")).await;
        for named in [OrderRef::Id(42), OrderRef::Number("FR-42".to_owned())] {
            let full = book.store.order(1, &named, true).await.unwrap();
            assert_eq!(full.as_ref(), Some(&order), "{named}");
            let row = book.store.order(1, &named, false).await.unwrap();
            assert_eq!(row, Some(narrow(&order)), "{named}");
            assert_eq!(
                book.store.order(2, &named, true).await.unwrap(),
                None,
                "of another account"
            );
        }
        let listed = book
            .store
            .orders(1, &[42], &["FR-42".to_owned()], true)
            .await
            .unwrap();
        assert_eq!(listed, vec![order.clone()]);
        book.pen.begin().await.unwrap();
        let wanted = Wanted {
            orders: vec![
                (1, OrderRef::Id(42)),
                (1, OrderRef::Number("FR-42".to_owned())),
            ],
            ..Wanted::default()
        };
        assert_eq!(
            book.pen.load(&wanted).await.unwrap().orders,
            vec![order.clone()]
        );
        book.pen.rollback().await;
        let payments = book.store.payments(1, Some(42), 0, 10).await.unwrap();
        let expected: Vec<_> = order
            .payments
            .iter()
            .map(|payment| (42, payment.clone()))
            .collect();
        assert_eq!(payments, expected);
        assert_eq!(
            book.store.payments(1, None, 4201, 10).await.unwrap(),
            expected[1..]
        );
        assert_eq!(book.store.payments(1, Some(43), 0, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn every_version_of_an_order_can_be_had_again() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut versions = vec![book.create(full_order(1, 7, "A")).await];
        for round in 0..9 {
            let last = versions.last().unwrap().clone();
            let next = book.change(&last, |order| match round % 3 {
                0 => order.lines.rotate_left(1),
                1 => order.customer.phone = format!("+{round}"),
                _ => {
                    order.state = "confirmed".to_owned();
                    order.locked = !order.locked;
                    order
                        .attributes
                        .insert(format!("round {round}"), String::new());
                }
            });
            versions.push(next.await);
        }
        for order in &versions {
            let again = book.store.order_as_of(1, 7, order.version).await.unwrap();
            assert_eq!(again.as_ref(), Some(order), "version {}", order.version);
            let at = book
                .store
                .change_before(1, 7, order.update_time)
                .await
                .unwrap();
            assert_eq!(at, Some(order.version));
        }
        assert_eq!(book.store.order_as_of(1, 7, 11).await.unwrap(), None);
        assert_eq!(book.store.order_as_of(1, 7, 0).await.unwrap(), None);
        assert_eq!(book.store.order_as_of(2, 7, 1).await.unwrap(), None);
        let before_all = Timestamp::from_micros(1);
        assert_eq!(
            book.store.change_before(1, 7, before_all).await.unwrap(),
            None
        );
        let gone = book.change(versions.last().unwrap(), |order| {
            order.delete_time = Some(Timestamp::from_micros(9));
        });
        let gone = gone.await;
        assert_eq!(
            book.store.order(1, &OrderRef::Id(7), true).await.unwrap(),
            None
        );
        for order in versions.iter().chain([&gone]) {
            let again = book.store.order_as_of(1, 7, order.version).await.unwrap();
            assert_eq!(
                again.as_ref(),
                Some(order),
                "version {} of a deleted order",
                order.version
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_number_belongs_to_one_order_at_a_time_and_small_letters_are_other_letters() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let first = book.create(plain_order(1, 1, "Foo")).await;
        let second = book.create(plain_order(1, 2, "foo")).await;
        book.create(plain_order(2, 1, "Foo")).await;
        let named = |number: &str| OrderRef::Number(number.to_owned());
        let found = book.store.order(1, &named("Foo"), false).await.unwrap();
        assert_eq!(found.map(|order| order.id), Some(1));
        let found = book.store.order(1, &named("foo"), false).await.unwrap();
        assert_eq!(found.map(|order| order.id), Some(2));
        assert_eq!(
            book.store.order(1, &named("FOO"), false).await.unwrap(),
            None
        );
        let mut third = plain_order(1, 3, "Foo");
        let writes = book.step(&Order::default(), &mut third, ChangeKind::Create);
        let refused = book.write(&writes).await.unwrap_err();
        assert!(matches!(refused, StoreError::Refused(_)), "{refused}");
        book.position -= 1;
        assert_eq!(
            book.store.last_position().await.unwrap(),
            3,
            "a refused batch leaves nothing"
        );
        // A number that is given up and one that is taken, in one batch.
        let (mut deleted, mut renamed) = (first.clone(), second.clone());
        deleted.delete_time = Some(Timestamp::from_micros(5));
        let mut writes = book.step(&first, &mut deleted, ChangeKind::Delete);
        let more = book.step(&Order::default(), &mut third, ChangeKind::Create);
        writes.orders.extend(more.orders);
        writes.changes.extend(more.changes);
        book.write(&writes).await.unwrap();
        let found = book.store.order(1, &named("Foo"), false).await.unwrap();
        assert_eq!(found.map(|order| order.id), Some(3));
        renamed.number = "bar".to_owned();
        let writes = book.step(&second, &mut renamed, ChangeKind::Update);
        book.write(&writes).await.unwrap();
        book.pen.begin().await.unwrap();
        let numbers: Vec<_> = ["Foo", "foo", "bar"]
            .map(|number| (1, number.to_owned()))
            .into();
        let mut owners: Vec<_> = book
            .pen
            .numbers(&numbers)
            .await
            .unwrap()
            .into_iter()
            .collect();
        owners.sort();
        assert_eq!(
            owners,
            [((1, "Foo".to_owned()), 3), ((1, "bar".to_owned()), 2)]
        );
        // The deleted order is found by its id, and no longer by its number.
        let wanted = Wanted {
            orders: vec![(1, OrderRef::Id(1)), (1, named("foo"))],
            ..Wanted::default()
        };
        assert_eq!(book.pen.load(&wanted).await.unwrap().orders, [deleted]);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_changed_only_in_its_row_keeps_its_detail() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let order = book.create(full_order(1, 7, "A")).await;
        let mut after = order.clone();
        after.state = "confirmed".to_owned();
        after.locked = false;
        after.store_id = None;
        let mut writes = book.step(&order, &mut after, ChangeKind::Transition);
        writes.orders[0].detail = false;
        book.write(&writes).await.unwrap();
        let found = book.store.order(1, &OrderRef::Id(7), true).await.unwrap();
        assert_eq!(found, Some(after));
    })
    .await;
}

#[tokio::test]
async fn an_order_whose_state_no_rulebook_has_is_not_written() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut order = plain_order(1, 7, "A");
        order.state = "lost".to_owned();
        let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
        let refused = book.write(&writes).await.unwrap_err();
        assert!(matches!(refused, StoreError::Broken(_)), "{refused}");
        let mut missing = plain_order(1, 8, "B");
        missing.version = 3;
        let orders = vec![OrderWrite {
            order: Arc::new(missing),
            insert: false,
            detail: false,
        }];
        let refused = book
            .write(&Writes {
                orders,
                ..Writes::default()
            })
            .await
            .unwrap_err();
        assert!(
            matches!(refused, StoreError::Broken(_)),
            "nothing to overwrite: {refused}"
        );
    })
    .await;
}
