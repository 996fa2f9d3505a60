//! Verification proves what fits, and finds what does not.

use order_status_server::domain::order::Order;
use order_status_server::store::Summary;
use order_status_tests::{Backend, on_both};

use crate::book::{Book, full_order, plain_order};

async fn verify(book: &Book) -> (Summary, Vec<String>) {
    let mut found = Vec::new();
    let summary = book
        .store
        .verify(&mut |finding| found.push(finding.to_string()))
        .await
        .unwrap();
    assert_eq!(summary.findings, found.len() as u64);
    (summary, found)
}

/// Three orders with a little history each.
async fn filled(backend: Backend) -> Book {
    let mut book = Book::open(backend).await;
    for id in 1..=3 {
        let order = book.create(full_order(1, id, &format!("N{id}"))).await;
        let order = book
            .change(&order, |order| order.customer.email = "new@b".to_owned())
            .await;
        book.change(&order, |order| order.state = "confirmed".to_owned())
            .await;
    }
    book
}

#[tokio::test]
async fn a_database_as_it_should_be_has_no_findings() {
    on_both(|backend| async move {
        let book = filled(backend).await;
        let (summary, found) = verify(&book).await;
        assert_eq!(found, Vec::<String>::new());
        let expected = Summary {
            orders: 3,
            changes: 9,
            payments: 6,
            invoices: 0,
            messages: 0,
            documents: 0,
            requests: 9,
            findings: 0,
        };
        assert_eq!(summary, expected);
        let empty = Book::open(backend).await;
        assert_eq!(verify(&empty).await, (Summary::default(), Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn more_orders_and_changes_than_fit_a_page_are_all_looked_at() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut writes = order_status_server::store::batch::Writes::default();
        let add = |writes: &mut order_status_server::store::batch::Writes,
                   book: &mut Book,
                   before: &Order,
                   after: &mut Order| {
            let more = book.step(
                before,
                after,
                order_status_server::domain::change::ChangeKind::Update,
            );
            writes.orders.retain(|write| {
                (write.order.account_id, write.order.id) != (after.account_id, after.id)
            });
            writes.orders.extend(more.orders);
            writes.changes.extend(more.changes);
            writes.requests.extend(more.requests);
        };
        for id in 1..=450 {
            let mut order = plain_order(1 + id % 2, id, &format!("N{id}"));
            add(&mut writes, &mut book, &Order::default(), &mut order);
            if id == 201 {
                for round in 0..1200 {
                    let before = order.clone();
                    order.notes = format!("round {round}");
                    add(&mut writes, &mut book, &before, &mut order);
                }
            }
        }
        writes
            .orders
            .iter_mut()
            .for_each(|write| write.insert = true);
        book.write(&writes).await.unwrap();
        let (summary, found) = verify(&book).await;
        assert_eq!(found, Vec::<String>::new());
        assert_eq!((summary.orders, summary.changes), (450, 1650));
        // Folded forwards and backwards, over more than one page.
        for version in [1, 2, 600, 601, 602, 1200, 1201] {
            let again = book
                .store
                .order_as_of(2, 201, version)
                .await
                .unwrap()
                .unwrap();
            let notes = if version == 1 {
                String::new()
            } else {
                format!("round {}", version - 2)
            };
            assert_eq!((again.version, again.notes), (version, notes));
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found() {
    let attacks = [
        (
            "UPDATE orders SET state = 'complete', phase = 20 WHERE id = 2",
            "order 2: the order is not the fold of its history in: state",
        ),
        (
            "UPDATE orders SET phase = 20 WHERE id = 2",
            "order 2: its row has phase 20",
        ),
        ("UPDATE orders SET version = 2 WHERE id = 2", "in: version"),
        (
            "UPDATE order_detail SET body = '{}' WHERE order_id = 2",
            "customer.name",
        ),
        (
            "UPDATE order_detail SET body = '{' WHERE order_id = 2",
            "damaged row",
        ),
        (
            "DELETE FROM order_detail WHERE order_id = 2",
            "order 2: the order has no detail",
        ),
        (
            "UPDATE payment SET amount = amount + 1 WHERE id = 201",
            "order 2: its payments are not those in the listing",
        ),
        (
            "DELETE FROM payment WHERE id = 201",
            "order 2: its payments are not those in the listing",
        ),
        (
            "UPDATE change SET actor = 'nobody' WHERE position = 5",
            "order 2, version 2: the hash does not follow",
        ),
        (
            "UPDATE change SET fields = replace(fields, 'confirmed', 'complete') WHERE position = 6",
            "order 2, version 3",
        ),
        (
            "UPDATE change SET fields = '[' WHERE position = 5",
            "order 2, version 2: ",
        ),
        (
            "UPDATE change SET hash = zeroblob(32) WHERE position = 5",
            "order 2, version 3: the hash does not follow",
        ),
        (
            "UPDATE change SET version = 9 WHERE position = 6",
            "order 2, version 9: version 3 belongs here",
        ),
        (
            "UPDATE change SET create_time = 5 WHERE position = 5",
            "order 2, version 2: it was made before the version before it",
        ),
        (
            "UPDATE change SET position = 99 WHERE position = 9",
            "positions 9 to 98 of the ledger are missing",
        ),
        (
            "DELETE FROM change WHERE position = 9",
            "order 3: the order is not the fold of its history",
        ),
        (
            "DELETE FROM change WHERE position = 1",
            "positions 1 to 1 of the ledger are missing",
        ),
        (
            "DELETE FROM change WHERE order_id = 2",
            "order 2: the order has no history",
        ),
        (
            "UPDATE change SET order_id = 99 WHERE position = 9",
            "order 99, version 3: the change belongs to no order",
        ),
        (
            "UPDATE personal_value SET body = replace(body, 'new@b', 'old@b') WHERE order_id = 2 AND version = 2",
            "order 2, version 2: the digest of customer.email",
        ),
        (
            "UPDATE personal_value SET salt = zeroblob(16) WHERE order_id = 2 AND version = 2",
            "order 2, version 2: the digest of customer.email",
        ),
        (
            "UPDATE request SET results = '[[1,1,0]]' WHERE credential_id = 5 AND create_time % 5000 = 0",
            "order 2, version 2: its request id was answered with something else",
        ),
        (
            "UPDATE request SET results = '[[2,2,777]]' WHERE credential_id = 5 AND create_time % 5000 = 0",
            "order 2: payment 777, which a request id tells of, is not there",
        ),
    ];
    on_both(|backend| async move {
        for (attack, expected) in attacks {
            let book = filled(backend).await;
            let (open, attack) = match backend {
                Backend::Sqlite => (
                    "PRAGMA foreign_keys = OFF; DROP TRIGGER change_not_updated; DROP TRIGGER change_not_deleted;",
                    attack.to_owned(),
                ),
                Backend::Postgres => (
                    "ALTER TABLE change DISABLE TRIGGER ALL;",
                    attack
                        .replace("zeroblob(32)", "decode(repeat('00', 32), 'hex')")
                        .replace("zeroblob(16)", "decode(repeat('00', 16), 'hex')"),
                ),
            };
            book.tamper(&format!("{open} {attack}")).await.unwrap();
            let (_, found) = verify(&book).await;
            assert!(found.iter().any(|finding| finding.contains(expected)), "{attack}: {found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn erased_personal_values_leave_a_history_that_still_proves_itself() {
    on_both(|backend| async move {
        let book = filled(backend).await;
        book.tamper("DELETE FROM personal_value WHERE order_id = 2")
            .await
            .unwrap();
        let (_, found) = verify(&book).await;
        assert_eq!(found, Vec::<String>::new());
        let changes = book.store.changes(1, 2, 1, 2, 10).await.unwrap();
        let erased = &changes[0].fields[0];
        assert_eq!(erased.path, "customer.email");
        assert!(erased.digest.is_some() && erased.after == Default::default());
    })
    .await;
}
