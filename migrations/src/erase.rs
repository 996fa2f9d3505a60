//! Taking the whole schema away again.

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, TransactionTrait,
};

/// Every table, those that refer to others first.
const TABLES: [&str; 21] = [
    "request",
    "personal_value",
    "change",
    "payment",
    "document",
    "message",
    "invoice",
    "order_detail",
    "orders",
    "pen",
    "workflow",
    "session",
    "daily_calls",
    "credential",
    "used_code",
    "catalog_entry",
    "customer",
    "store",
    "counter",
    "account",
    "seaql_migrations",
];

/// Removes every table with everything in it, in one transaction.
pub async fn erase(database: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = database.begin().await?;
    for table in TABLES {
        transaction
            .execute_unprepared(&format!("DROP TABLE IF EXISTS {table}"))
            .await?;
    }
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction
            .execute_unprepared("DROP FUNCTION IF EXISTS change_is_append_only()")
            .await?;
    }
    transaction.commit().await
}
