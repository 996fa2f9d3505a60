//! `order-status verify`: it is content with what the service wrote, and finds what a hand changed afterwards.

use std::path::Path;
use std::process::{Command, Output};

use order_status_proto::v1::{
    Account, AddOrderNoteRequest, ConfirmOrderRequest, CreateInvoicesRequest, DeleteOrderRequest,
    MarkOrderPaidRequest, Order, UpdateAccountRequest, UpdateOrderRequest, add_order_note_request,
    confirm_order_request, create_invoices_request, delete_order_request, mark_order_paid_request,
};
use order_status_tests::server::program;
use order_status_tests::{Backend, Config, Server, Tenant, on_both};
use sqlx::{Connection, PgConnection};

use super::answers::granted;
use super::fixtures::{import, import_one, order_in};
use super::stores::{Maker, lines, order, store_order, warehouse};

/// What a hand does to the database, and the word by which verify tells it.
const BY_HAND: &[&str] = &[
    "UPDATE change SET reason = 'another reason' WHERE version = 2 AND transition = 'confirm'",
    "UPDATE change SET actor = 'somebody else' WHERE version = 2 AND transition = 'confirm'",
    "UPDATE change SET create_time = create_time + 1 WHERE version = 2 AND transition = 'confirm'",
    "DELETE FROM change WHERE version = 2 AND transition = 'confirm'",
    "UPDATE orders SET state = 'cancelled' WHERE state = 'confirmed'",
    "UPDATE orders SET grand_total = grand_total + 1 WHERE state = 'confirmed'",
    "UPDATE orders SET version = version + 1 WHERE state = 'confirmed'",
    "UPDATE order_detail SET body = replace(body, 'ring twice', 'ring once')",
    "UPDATE personal_value SET body = replace(body, 'Jane Doe', 'John Doe')",
    "UPDATE payment SET amount = amount - 1",
    "DELETE FROM payment",
    "UPDATE invoice SET state = 3",
    "UPDATE invoice SET grand_total = grand_total + 1",
    "UPDATE invoice SET number = number + 1",
    "DELETE FROM invoice",
    "UPDATE message SET recipient = 'somebody else'",
    "DELETE FROM message",
    "UPDATE document SET body = replace(body, '[[1,1,10000]]', '[[1,1,5000]]')",
    "UPDATE document SET state = 2",
    "DELETE FROM document",
    "UPDATE order_detail SET body = replace(body, '\"store_id\":2', '\"store_id\":1')",
];

#[tokio::test]
async fn verify_is_content_with_what_the_service_wrote() {
    on_both(async |backend| {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        lived(&server).await;
        server.stop().await;
        let output = verify(&database.url);
        assert!(output.status.success(), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("ok"),
            "{output:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn verify_finds_every_row_that_a_hand_changed() {
    on_both(async |backend| {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        lived(&server).await;
        server.stop().await;
        for statement in BY_HAND {
            let url = copy(backend, &database.url).await;
            let changed = by_hand(&url, statement).await;
            assert!(changed > 0, "{statement}: nothing to change");
            let output = verify(&url);
            let told = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(1), "{statement}: {output:?}");
            assert!(
                told.contains("order") && !told.contains("\nok"),
                "{statement}: {told}"
            );
        }
        // The original is as it was.
        assert!(verify(&database.url).status.success());
    })
    .await;
}

#[tokio::test]
async fn the_history_cannot_be_changed_by_a_plain_statement() {
    on_both(async |backend| {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        lived(&server).await;
        server.stop().await;
        for statement in ["UPDATE change SET reason = 'another'", "DELETE FROM change"] {
            let refused = execute(&database.url, &[statement])
                .await
                .expect_err(statement);
            assert!(refused.contains("append-only"), "{refused}");
        }
    })
    .await;
}

/// Orders with a past: confirmed and noted, paid, deleted.
async fn lived(server: &Server) {
    let tenant = Tenant::create(server, "standard").await;
    let telling = UpdateAccountRequest {
        account: Some(Account {
            id: tenant.account_id,
            phone_messages: true,
            ..Account::default()
        }),
        ..UpdateAccountRequest::default()
    };
    granted(tenant.admin.accounts().update_account(telling).await);
    let orders = vec![order_in("new", tenant.customer_id); 3];
    let orders = import(&tenant.manager, orders).await;
    let staff = &tenant.staff;
    let confirm = ConfirmOrderRequest {
        order: Some(confirm_order_request::Order::Id(orders[0].id)),
        reason: "stock checked".to_owned(),
        ..ConfirmOrderRequest::default()
    };
    granted(staff.orders().confirm_order(confirm).await);
    let note = AddOrderNoteRequest {
        order: Some(add_order_note_request::Order::Id(orders[0].id)),
        message: "seen".to_owned(),
        ..AddOrderNoteRequest::default()
    };
    granted(staff.orders().add_order_note(note).await);
    let mut change = Order {
        id: orders[0].id,
        notes: "ring twice".to_owned(),
        ..Order::default()
    };
    let customer = change.customer.get_or_insert_default();
    customer.name = "Jane Doe".to_owned();
    customer.phone = "+31201234567".to_owned();
    let update = UpdateOrderRequest {
        order: Some(change),
        ..UpdateOrderRequest::default()
    };
    granted(staff.orders().update_order(update).await);
    let book = CreateInvoicesRequest {
        order: Some(create_invoices_request::Order::Id(orders[0].id)),
        book: true,
        customer_messages: Some(true),
        ..CreateInvoicesRequest::default()
    };
    granted(staff.billing().create_invoices(book).await);
    let pay = MarkOrderPaidRequest {
        order: Some(mark_order_paid_request::Order::Id(orders[1].id)),
        ..MarkOrderPaidRequest::default()
    };
    granted(staff.orders().mark_order_paid(pay).await);
    let delete = DeleteOrderRequest {
        order: Some(delete_order_request::Order::Id(orders[2].id)),
        ..DeleteOrderRequest::default()
    };
    granted(staff.orders().delete_order(delete).await);
    import_one(&tenant.manager, order_in("complete", tenant.customer_id)).await;
    let shop = warehouse(server, 2).await;
    let carried = order(&shop, 1, &[1]).await;
    let make = Maker(&shop.staff);
    make.store_order(store_order(1, 2, lines(carried, &[1])))
        .await;
}

fn verify(url: &str) -> Output {
    let mut command = Command::new(program("order-status"));
    command
        .args(["verify", "--database-url", url])
        .env_remove("ORDER_STATUS_DATABASE_URL");
    command.output().expect("run order-status")
}

/// A copy of a database that nobody uses at the moment.
async fn copy(backend: Backend, url: &str) -> String {
    match backend {
        Backend::Sqlite => {
            let file = Path::new(url.trim_start_matches("sqlite://"));
            let copied = file.with_file_name("copy.db");
            // What a write-ahead log would hold is in the file since the server ended.
            for beside in ["copy.db-wal", "copy.db-shm"] {
                std::fs::remove_file(file.with_file_name(beside)).ok();
            }
            std::fs::copy(file, &copied).expect("copy the file");
            format!("sqlite://{}", copied.display())
        }
        Backend::Postgres => {
            let (server, name) = url.rsplit_once('/').expect("a database");
            let copied = format!("{name}_copy");
            let statements = [
                format!("DROP DATABASE IF EXISTS {copied}"),
                format!("CREATE DATABASE {copied} TEMPLATE {name}"),
            ];
            let statements: Vec<_> = statements.iter().map(String::as_str).collect();
            execute(&format!("{server}/postgres"), &statements)
                .await
                .expect("copy the database");
            format!("{server}/{copied}")
        }
    }
}

/// Changes a database by hand, past what keeps a hand away; answers how many rows it changed.
async fn by_hand(url: &str, statement: &str) -> u64 {
    let unlocked: &[&str] = if url.starts_with("sqlite") {
        &[
            "DROP TRIGGER change_not_updated",
            "DROP TRIGGER change_not_deleted",
        ]
    } else {
        &["ALTER TABLE change DISABLE TRIGGER ALL"]
    };
    execute(url, unlocked)
        .await
        .expect("a hand with every right");
    execute(url, &[statement]).await.expect(statement)
}

/// Runs statements and answers how many rows the last one changed.
async fn execute(url: &str, statements: &[&str]) -> Result<u64, String> {
    let mut changed = 0;
    if let Some(file) = url.strip_prefix("sqlite://") {
        let connection = rusqlite::Connection::open(file).expect("open the file");
        for statement in statements {
            let done = connection
                .execute(statement, [])
                .map_err(|error| error.to_string())?;
            changed = u64::try_from(done).expect("a number of rows");
        }
    } else {
        let mut connection = PgConnection::connect(url).await.expect("connect");
        for statement in statements {
            let statement = sqlx::AssertSqlSafe((*statement).to_owned());
            let done = sqlx::raw_sql(statement).execute(&mut connection).await;
            changed = done.map_err(|error| error.to_string())?.rows_affected();
        }
        connection.close().await.ok();
    }
    Ok(changed)
}
