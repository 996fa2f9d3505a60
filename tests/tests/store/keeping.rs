//! What is written comes back as it was.

use std::sync::Arc;

use order_status_server::domain::account::{CatalogEntry, Counters, CustomerRecord, Store as Shop};
use order_status_server::domain::address::Address;
use order_status_server::domain::change::ChangeKind;
use order_status_server::domain::order::{Customer, Order, OrderRef};
use order_status_server::domain::role::Role;
use order_status_server::domain::time::Timestamp;
use order_status_server::store::StoreError;
use order_status_server::store::batch::{CredentialRecord, OrderWrite, Wanted, Writes};
use order_status_tests::{Backend, on_both};

use crate::book::{Book, account, full_order, plain_order, request_id};

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
        assert_eq!(listed, [order.clone()]);
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
            [order.clone()]
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
            [second.clone()]
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
        };
        let customer = customer(6298);
        let writes = Writes {
            counters: vec![(1, counters)],
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
            loaded.counters.get(&2).copied().unwrap_or_default(),
            Counters::default()
        );
        let empty = book.pen.load(&Wanted::default()).await.unwrap();
        assert_eq!((empty.position, empty.orders.len()), (1, 0));
    })
    .await;
}

fn customer(id: i64) -> CustomerRecord {
    CustomerRecord {
        id,
        code: "C-1".to_owned(),
        name: "Name".to_owned(),
        phone: "1".to_owned(),
        email: "2".to_owned(),
        contact_name: "3".to_owned(),
        address: Some(Address {
            city: "Utrecht".to_owned(),
            ..Address::default()
        }),
        create_time: Timestamp::from_micros(4),
        version: 5,
    }
}

fn entry(key: &str, id: i32) -> CatalogEntry {
    CatalogEntry {
        catalog: "channels".to_owned(),
        id,
        key: key.to_owned(),
        text: format!("Kanaal {key}"),
        text_en: format!("Channel {key}"),
        active: true,
    }
}

#[tokio::test]
async fn an_account_comes_back_with_its_stores_and_catalogs() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut account = account(3);
        account.decimals = Some(1);
        account.lock_on_confirm = true;
        account.warehouse = true;
        let shop = Shop {
            id: 2,
            name: "Centre".to_owned(),
            active: true,
            create_time: Timestamp::from_micros(8),
            version: 1,
        };
        account.stores.insert(2, shop.clone());
        account.catalogs = order_status_server::domain::account::CATALOGS
            .iter()
            .map(|(catalog, _)| ((*catalog).to_owned(), Vec::new()))
            .collect();
        let entries = vec![entry("b", 1), entry("a", 2)];
        account
            .catalogs
            .insert("channels".to_owned(), entries.clone());
        let mut renamed = entry("b", 1);
        renamed.text = "before".to_owned();
        let writes = Writes {
            accounts: vec![account.clone()],
            stores: vec![
                (
                    3,
                    Shop {
                        version: 0,
                        ..shop.clone()
                    },
                ),
                (3, shop),
            ],
            // The last of several wins, and what was written and removed in one batch is not there.
            entries: [renamed, entry("gone", 9)]
                .into_iter()
                .chain(entries)
                .map(|entry| (3, entry))
                .collect(),
            removed_entries: ["gone", "a"]
                .map(|key| (3, "channels".to_owned(), key.to_owned()))
                .into(),
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        assert_eq!(book.store.account(3).await.unwrap(), Some(account.clone()));
        assert_eq!(book.store.account(4).await.unwrap(), None);
        assert_eq!(book.store.revision(3).await.unwrap(), Some(1));
        assert_eq!(book.store.accounts(2, 10).await.unwrap(), [account.clone()]);
        assert_eq!(book.store.accounts(0, 2).await.unwrap().len(), 2);
        book.pen.begin().await.unwrap();
        assert_eq!(book.pen.account(3).await.unwrap(), Some(account));
        assert_eq!(book.pen.next_account_id().await.unwrap(), 4);
        book.pen.rollback().await;
        let writes = Writes {
            removed_entries: vec![(3, "channels".to_owned(), "a".to_owned())],
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        let left = book.store.account(3).await.unwrap().unwrap();
        assert_eq!(left.catalogs["channels"], [entry("b", 1)]);
    })
    .await;
}

#[tokio::test]
async fn credentials_and_customers_come_back_as_they_were_written() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let credential = CredentialRecord {
            id: 9,
            account_id: 1,
            title: "Till".to_owned(),
            role: Role::Manager,
            key_hash: [3; 32],
            prefix: "os_ab".to_owned(),
            store_id: Some(2),
            customer_id: Some(6298),
            scopes: vec!["e-commerce".to_owned(), "\"".to_owned()],
            create_time: Timestamp::from_micros(1),
            expire_time: Some(Timestamp::from_micros(2)),
            revoke_time: Some(Timestamp::from_micros(3)),
        };
        let bare = CredentialRecord {
            id: 10,
            key_hash: [4; 32],
            role: Role::Client,
            scopes: Vec::new(),
            store_id: None,
            customer_id: None,
            expire_time: None,
            revoke_time: None,
            ..credential.clone()
        };
        let writes = Writes {
            credentials: vec![credential.clone(), bare.clone()],
            customers: vec![
                (1, customer(1)),
                (
                    1,
                    CustomerRecord {
                        address: None,
                        ..customer(2)
                    },
                ),
            ],
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        assert_eq!(
            book.store.credential_by_hash(&[3; 32]).await.unwrap(),
            Some(credential.clone())
        );
        assert_eq!(book.store.credential_by_hash(&[5; 32]).await.unwrap(), None);
        assert_eq!(
            book.store.credentials(1, 0, 10).await.unwrap(),
            [credential.clone(), bare.clone()]
        );
        assert_eq!(book.store.credentials(1, 9, 10).await.unwrap(), [bare]);
        book.pen.begin().await.unwrap();
        assert_eq!(
            book.pen.credential(1, 9).await.unwrap(),
            Some(credential.clone())
        );
        assert_eq!(book.pen.credential(2, 9).await.unwrap(), None);
        book.pen.rollback().await;
        assert_eq!(book.store.customer(1, 1).await.unwrap(), Some(customer(1)));
        assert_eq!(book.store.customer(2, 1).await.unwrap(), None);
        let after = book.store.customers(1, 1, 10).await.unwrap();
        assert_eq!(
            after,
            [CustomerRecord {
                address: None,
                ..customer(2)
            }]
        );
        let twice = CredentialRecord {
            id: 11,
            ..credential
        };
        let writes = Writes {
            credentials: vec![twice],
            ..Writes::default()
        };
        let refused = book.write(&writes).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Refused(_)),
            "one key opens one account: {refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_is_in_use_once_an_order_has_named_it() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let order = book.create(full_order(1, 7, "A")).await;
        book.change(&order, |order| order.channel = "phone".to_owned())
            .await;
        book.pen.begin().await.unwrap();
        for (catalog, key, used) in [
            ("channels", "web", true),
            ("channels", "phone", true),
            ("channels", "fax", false),
            ("payment_methods", "cash", true),
            ("delivery_methods", "truck", true),
            ("sources", "fair", true),
            ("cancellation_types", "0", true),
            ("sources", "web", false),
        ] {
            assert_eq!(
                book.pen.code_in_use(1, catalog, key).await.unwrap(),
                used,
                "{catalog} {key}"
            );
            assert!(!book.pen.code_in_use(2, catalog, key).await.unwrap());
        }
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

#[tokio::test]
async fn digests_of_rulebooks_are_noted_once() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let noted = vec![
            ("odoo".to_owned(), 1, "aa".to_owned()),
            ("standard".to_owned(), 2, "bb".to_owned()),
        ];
        for digests in [
            noted.clone(),
            vec![("odoo".to_owned(), 1, "other".to_owned())],
        ] {
            book.pen.begin().await.unwrap();
            book.pen.record_workflows(&digests).await.unwrap();
            book.pen.commit().await.unwrap();
        }
        assert_eq!(book.store.workflow_digests().await.unwrap(), noted);
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
