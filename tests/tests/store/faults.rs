//! What happens when the database goes away, or somebody else holds the pen.

use std::time::{Duration, Instant};

use order_status_server::domain::change::ChangeKind;
use order_status_server::domain::order::{Order, OrderRef};
use order_status_server::store::batch::Wanted;
use order_status_server::store::{CommitError, Store, StoreError};
use order_status_tests::Backend;
use order_status_tests::backend::Database;
use order_status_tests::postgres::Cluster;

use crate::book::{Book, account, full_order, options, plain_order};

/// A book in a cluster that may be treated badly.
async fn book_in(cluster: &Cluster) -> Book {
    let mut book = Book::open(Backend::Postgres).await;
    let mut database: Database = Backend::Sqlite.database().await;
    database.url = cluster.database().await.url;
    let store = Store::connect(&options(&database)).await.unwrap();
    store.migrate().await.unwrap();
    book.pen = store.pen().await.unwrap();
    (book.store, book.database) = (store, database);
    let accounts = vec![account(1), account(2)];
    let writes = order_status_server::store::batch::Writes {
        accounts,
        ..Default::default()
    };
    book.write(&writes).await.unwrap();
    book
}

#[tokio::test]
async fn a_server_that_is_away_is_told_of_within_two_seconds_and_used_again_when_it_is_back() {
    let cluster = Cluster::start().await;
    let mut book = book_in(&cluster).await;
    let order = book.create(full_order(1, 7, "A")).await;
    let named = OrderRef::Id(7);
    assert!(book.store.order(1, &named, false).await.unwrap().is_some());
    cluster.crash();
    let started = Instant::now();
    let read = book.store.order(1, &named, true).await.unwrap_err();
    assert!(matches!(read, StoreError::Unavailable(_)), "{read}");
    assert!(
        started.elapsed() < Duration::from_millis(2500),
        "{:?}",
        started.elapsed()
    );
    for failure in [
        book.store.ping().await,
        book.pen.begin().await,
        book.store.last_position().await.map(drop),
    ] {
        let failure = failure.unwrap_err();
        assert!(matches!(failure, StoreError::Unavailable(_)), "{failure}");
    }
    let opened = Store::connect(&options(&book.database)).await.unwrap();
    cluster.recover().await;
    book.pen.begin().await.unwrap();
    book.pen.rollback().await;
    let order = book
        .change(&order, |order| order.notes = "back".to_owned())
        .await;
    for store in [&book.store, &opened] {
        // The readers rest for at most a second after a failure.
        let found = loop {
            match store.order(1, &named, true).await {
                Err(StoreError::Unavailable(_)) if started.elapsed() < Duration::from_secs(60) => {
                    tokio::task::yield_now().await;
                }
                found => break found.unwrap(),
            }
        };
        assert_eq!(found.as_ref(), Some(&order));
    }
    book.store.ping().await.unwrap();
}

#[tokio::test]
async fn a_commit_that_the_server_did_not_answer_is_not_known_and_nothing_is_half_there() {
    let cluster = Cluster::start().await;
    let mut book = book_in(&cluster).await;
    let mut order = plain_order(1, 7, "A");
    let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
    book.pen.begin().await.unwrap();
    book.pen.write(&writes).await.unwrap();
    cluster.crash();
    assert_eq!(book.pen.commit().await, Err(CommitError::Unknown));
    cluster.recover().await;
    book.pen.begin().await.unwrap();
    let wanted = Wanted {
        orders: vec![(1, OrderRef::Id(7))],
        ..Wanted::default()
    };
    let loaded = book.pen.load(&wanted).await.unwrap();
    assert_eq!(
        (loaded.position, loaded.orders.len()),
        (0, 0),
        "COMMIT was never heard"
    );
    book.pen.write(&writes).await.unwrap();
    book.pen.commit().await.unwrap();
    assert_eq!(book.store.last_position().await.unwrap(), 1);
}

#[tokio::test]
async fn a_commit_with_a_warning_of_the_server_is_not_known() {
    let mut book = Book::open(Backend::Postgres).await;
    // A stop of the wait for a standby is confirmed in just this way: a warning, then success.
    let warn = "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication'; RETURN NULL; END $$; \
                CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION warn()";
    book.tamper(warn).await.unwrap();
    let mut order = plain_order(1, 7, "A");
    let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
    book.pen.begin().await.unwrap();
    book.pen.write(&writes).await.unwrap();
    assert_eq!(book.pen.commit().await, Err(CommitError::Unknown));
    book.pen.begin().await.unwrap();
    let wanted = Wanted {
        requests: vec![(1, crate::book::request_id(1))],
        ..Wanted::default()
    };
    assert_eq!(
        book.pen.load(&wanted).await.unwrap().requests.len(),
        1,
        "the request id tells"
    );
    book.pen.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_refused_at_the_commit_is_known_not_to_be_there() {
    let mut book = Book::open(Backend::Postgres).await;
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                  $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$; \
                  CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED \
                  FOR EACH ROW EXECUTE FUNCTION refuse()";
    book.tamper(refuse).await.unwrap();
    let mut order = plain_order(1, 7, "A");
    let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
    book.pen.begin().await.unwrap();
    book.pen.write(&writes).await.unwrap();
    let failed = book.pen.commit().await.unwrap_err();
    assert!(
        matches!(failed, CommitError::Failed(StoreError::Conflict(_))),
        "{failed}"
    );
    assert_eq!(book.store.last_position().await.unwrap(), 0);
}

#[tokio::test]
async fn replicas_take_turns_with_the_pen_and_each_sees_what_the_other_wrote() {
    let mut book = Book::open(Backend::Postgres).await;
    let other = Store::connect(&options(&book.database)).await.unwrap();
    let mut second = other.pen().await.unwrap();
    let mut order = plain_order(1, 7, "A");
    let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
    book.pen.begin().await.unwrap();
    let waiting = async {
        second.begin().await.unwrap();
        let position = second.load(&Wanted::default()).await.unwrap().position;
        second.rollback().await;
        position
    };
    let writing = async {
        // The other one waits for the pen now, or will in a moment: either way it has to see this.
        tokio::time::timeout(Duration::from_millis(300), std::future::pending::<()>())
            .await
            .unwrap_err();
        book.pen.write(&writes).await.unwrap();
        book.pen.commit().await.unwrap();
    };
    let (position, ()) = tokio::join!(waiting, writing);
    assert_eq!(position, 1);
}

#[tokio::test]
async fn a_holder_of_the_pen_that_hangs_loses_it() {
    let mut book = Book::open(Backend::Postgres).await;
    let other = Store::connect(&options(&book.database)).await.unwrap();
    let mut second = other.pen().await.unwrap();
    book.pen.begin().await.unwrap();
    second.begin().await.unwrap();
    let mut order = plain_order(1, 7, "A");
    let writes = book.step(&Order::default(), &mut order, ChangeKind::Create);
    let lost = book.pen.write(&writes).await.unwrap_err();
    assert!(matches!(lost, StoreError::Unavailable(_)), "{lost}");
    second.rollback().await;
    book.pen.rollback().await;
    book.write(&writes).await.unwrap();
}

#[tokio::test]
async fn many_reads_at_once_share_statements_and_each_gets_its_own_order() {
    for backend in Backend::all() {
        let mut book = Book::open(backend).await;
        let mut orders = Vec::new();
        for id in 1..=20 {
            orders.push(book.create(full_order(1, id, &format!("N{id}"))).await);
        }
        let mut reads = tokio::task::JoinSet::new();
        for round in 0..2000_usize {
            let (store, order) = (book.store.clone(), orders[round % 20].clone());
            reads.spawn(async move {
                let named = match round % 3 {
                    0 => OrderRef::Number(order.number.clone()),
                    _ => OrderRef::Id(order.id),
                };
                let full = round % 2 == 0;
                let found = store.order(1, &named, full).await.unwrap().unwrap();
                assert_eq!((found.id, found.version), (order.id, order.version));
                assert_eq!(found == order, full);
                let missing = OrderRef::Id(1000 + order.id);
                assert_eq!(store.order(1, &missing, full).await.unwrap(), None);
            });
        }
        reads.join_all().await;
    }
}
