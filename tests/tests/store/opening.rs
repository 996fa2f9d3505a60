//! What is opened, and what is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use order_status_server::store::{Store, StoreError};
use order_status_tests::{Backend, on_both};

use crate::book::{Book, options, plain_order, tamper};

#[tokio::test]
async fn a_schema_is_made_once_and_making_it_again_changes_nothing() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let store = Store::connect(&options(&database)).await.unwrap();
        let before = store.schema().await.unwrap();
        assert!(before.applied.is_empty() && !before.pending.is_empty());
        let lacking = store.check_schema().await.unwrap_err();
        assert!(
            lacking.to_string().contains(&before.pending[0]),
            "{lacking}"
        );
        assert_eq!(store.migrate().await.unwrap(), before.pending);
        assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
        let after = store.schema().await.unwrap();
        assert_eq!((after.applied, after.pending.len()), (before.pending, 0));
        store.check_schema().await.unwrap();
        store.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn several_may_make_the_schema_at_once() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let store = Store::connect(&options(&database)).await.unwrap();
        // Two processes cannot have one file open; replicas have a server in common.
        let other = match backend {
            Backend::Sqlite => store.clone(),
            Backend::Postgres => Store::connect(&options(&database)).await.unwrap(),
        };
        let steps = store.schema().await.unwrap().pending.len();
        let (one, two, three) = tokio::join!(store.migrate(), other.migrate(), other.migrate());
        let applied = one.unwrap().len() + two.unwrap().len() + three.unwrap().len();
        assert_eq!(applied, steps, "each step is applied by one of them");
    })
    .await;
}

#[tokio::test]
async fn a_schema_that_is_newer_than_the_program_is_refused_by_name() {
    on_both(|backend| async move {
        let book = Book::open(backend).await;
        let newer =
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_tomorrow', 0)";
        book.tamper(newer).await.unwrap();
        assert_eq!(
            book.store.schema().await.unwrap().unknown,
            ["m9999_tomorrow"]
        );
        for refused in [
            book.store.migrate().await.map(drop),
            book.store.check_schema().await,
        ] {
            let refused = refused.unwrap_err();
            assert!(
                matches!(&refused, StoreError::Broken(text) if text.contains("m9999_tomorrow")),
                "{refused}"
            );
        }
    })
    .await;
}

/// A SQLite file with orders in it, closed again.
async fn file() -> (order_status_tests::backend::Database, PathBuf) {
    let mut book = Book::open(Backend::Sqlite).await;
    book.create(plain_order(1, 7, "A")).await;
    let Book {
        store,
        pen,
        database,
        ..
    } = book;
    store.close().await;
    drop((store, pen));
    let path = PathBuf::from(database.url.strip_prefix("sqlite://").unwrap());
    (database, path)
}

#[tokio::test]
async fn a_file_is_open_in_one_place_at_a_time() {
    let (mut database, path) = file().await;
    let store = Store::connect(&options(&database)).await.unwrap();
    let refused = Store::connect(&options(&database)).await.err().unwrap();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    let link = path.with_file_name("other-name.db");
    symlink(&path, &link).unwrap();
    database.url = format!("sqlite:{}", link.display());
    let refused = Store::connect(&options(&database)).await.err().unwrap();
    assert!(
        matches!(refused, StoreError::Unavailable(_)),
        "by another name: {refused}"
    );
    store.close().await;
    drop(store);
    let again = Store::connect(&options(&database)).await.unwrap();
    assert_eq!(again.last_position().await.unwrap(), 1);
}

#[tokio::test]
async fn there_is_one_pen() {
    let book = Book::open(Backend::Sqlite).await;
    let refused = book.store.pen().await.err().unwrap();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    drop(book.pen);
    book.store.pen().await.unwrap().begin().await.unwrap();
}

#[tokio::test]
async fn files_that_are_not_ours_are_refused_and_left_as_they_are() {
    let (database, path) = file().await;
    let refused = async |what: &str| {
        let before = fs::read(&path).unwrap();
        let refused = Store::connect(&options(&database)).await.err();
        let refused = refused.unwrap_or_else(|| panic!("{what} is opened"));
        assert!(
            matches!(refused, StoreError::Broken(_)),
            "{what}: {refused}"
        );
        assert_eq!(fs::read(&path).unwrap(), before, "{what} is left as it is");
    };
    let sql = |statements: &str| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(statements).unwrap();
    };
    sql("PRAGMA user_version = 9999");
    refused("a file of a newer program").await;
    sql("PRAGMA application_id = 12345");
    refused("a file that another program marked").await;
    sql("PRAGMA application_id = 0");
    refused("a file with tables and no mark").await;
    fs::write(
        &path,
        "this is a letter, not a database, and it is long enough to be read as one",
    )
    .unwrap();
    refused("a text").await;
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused() {
    let (database, path) = file().await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let refused = Store::connect(&options(&database)).await.err().unwrap();
    assert!(
        matches!(&refused, StoreError::Unsafe(text) if text.contains("read-only")),
        "{refused}"
    );
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    Store::connect(&options(&database)).await.unwrap();
}

#[tokio::test]
async fn a_new_file_is_for_its_owner_alone() {
    let (_database, path) = file().await;
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn addresses_that_make_no_sense_are_refused() {
    let (mut database, path) = file().await;
    let folder = path.parent().unwrap().display();
    for url in [
        String::new(),
        "mysql://localhost/orders".to_owned(),
        "sqlite:".to_owned(),
        "sqlite::memory:".to_owned(),
        "sqlite:orders.db?mode=ro".to_owned(),
        format!("sqlite:{folder}"),
        "postgres://localhost:99999/orders".to_owned(),
    ] {
        database.url = url;
        let refused = Store::connect(&options(&database)).await.err().unwrap();
        assert!(
            matches!(refused, StoreError::Refused(_)),
            "{}: {refused}",
            database.url
        );
    }
    database.url = format!("sqlite:{folder}/no/such/folder.db");
    let refused = Store::connect(&options(&database)).await.err().unwrap();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
}

#[tokio::test]
async fn a_server_that_may_lose_a_commit_is_refused() {
    // A server's own setting cannot be had for one test, so this database says it of itself.
    for (setting, value) in [("fsync", "off"), ("synchronous_commit", "local")] {
        let database = Backend::Postgres.database().await;
        let name = database.url.rsplit('/').next().unwrap();
        let pretend = format!(
            "CREATE FUNCTION current_setting(name text) RETURNS text LANGUAGE sql AS \
             $$ SELECT CASE name WHEN '{setting}' THEN '{value}' ELSE pg_catalog.current_setting(name) END $$; \
             ALTER DATABASE {name} SET search_path = public, pg_catalog"
        );
        tamper(&database, &pretend).await.unwrap();
        let refused = Store::connect(&options(&database)).await.err().unwrap();
        assert!(
            matches!(&refused, StoreError::Unsafe(text) if text.contains(value)),
            "{refused}"
        );
    }
}
