//! Applying the steps, and telling which are there.

use sea_orm_migration::sea_orm::{
    ActiveValue, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, QueryOrder, Schema as EntitySchema, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::{MigrationTrait, SchemaManager, seaql_migrations};

use crate::{APPLICATION_ID, steps};

/// Which steps a database has had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Known steps that were applied, in order.
    pub applied: Vec<String>,
    /// Known steps that are still to be applied, in order.
    pub pending: Vec<String>,
    /// Applied steps that this program does not know: the schema is newer than the program.
    pub unknown: Vec<String>,
}

/// Why a migration stopped.
#[derive(Debug)]
pub enum MigrateError {
    /// The schema has steps that this program does not know, by name.
    Newer(Vec<String>),
    /// The database refused or was away.
    Database(DbErr),
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> MigrateError {
        MigrateError::Database(error)
    }
}

/// Reads which steps the database has had, without writing anything.
pub async fn schema(database: &DatabaseConnection) -> Result<Schema, DbErr> {
    if !SchemaManager::new(database)
        .has_table("seaql_migrations")
        .await?
    {
        return Ok(compare(Vec::new()));
    }
    Ok(compare(recorded(database).await?))
}

/// Applies the steps that are missing and answers their names. Safe to call again, and from several
/// processes at once: each step waits for whoever else is at it, then looks again.
pub async fn migrate(database: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
    prepare(database).await?;
    let mut applied = Vec::new();
    while let Some(name) = apply_next(database).await? {
        applied.push(name);
    }
    Ok(applied)
}

/// Applies the first missing step in a transaction of its own; `None` where none is missing.
async fn apply_next(database: &DatabaseConnection) -> Result<Option<String>, MigrateError> {
    let transaction = begin(database).await?;
    let found = compare(recorded(&transaction).await?);
    if !found.unknown.is_empty() {
        transaction.rollback().await?;
        return Err(MigrateError::Newer(found.unknown));
    }
    let at = found.applied.len();
    let Some(step) = steps().into_iter().find(|step| {
        found
            .pending
            .first()
            .is_some_and(|name| name == step.name())
    }) else {
        transaction.rollback().await?;
        return Ok(None);
    };
    apply(&transaction, step.as_ref(), at + 1).await?;
    transaction.commit().await?;
    Ok(Some(step.name().to_owned()))
}

async fn apply(
    transaction: &DatabaseTransaction,
    step: &dyn MigrationTrait,
    number: usize,
) -> Result<(), DbErr> {
    step.up(&SchemaManager::new(transaction)).await?;
    let row = seaql_migrations::ActiveModel {
        version: ActiveValue::Set(step.name().to_owned()),
        applied_at: ActiveValue::Set(now()),
    };
    seaql_migrations::Entity::insert(row)
        .exec_without_returning(transaction)
        .await?;
    if transaction.get_database_backend() == DbBackend::Sqlite {
        // Both lie in the file's header and are part of the transaction.
        transaction
            .execute_unprepared(&format!("PRAGMA application_id = {APPLICATION_ID}"))
            .await?;
        transaction
            .execute_unprepared(&format!("PRAGMA user_version = {number}"))
            .await?;
    }
    Ok(())
}

/// Makes the table of steps. Two migrators that meet here are told apart by the second look.
async fn prepare(database: &DatabaseConnection) -> Result<(), DbErr> {
    for attempt in 0.. {
        if SchemaManager::new(database)
            .has_table("seaql_migrations")
            .await?
        {
            break;
        }
        let mut table = EntitySchema::new(database.get_database_backend())
            .create_table_from_entity(seaql_migrations::Entity);
        match database.execute(table.if_not_exists()).await {
            Ok(_) => break,
            Err(error) if attempt > 0 => return Err(error),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Begins a transaction that keeps every other migrator out.
async fn begin(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    if database.get_database_backend() == DbBackend::Sqlite {
        return database.begin_with_options(options).await;
    }
    let transaction = database.begin().await?;
    transaction
        .execute_unprepared("LOCK TABLE seaql_migrations IN EXCLUSIVE MODE")
        .await?;
    Ok(transaction)
}

async fn recorded(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let rows = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

fn compare(recorded: Vec<String>) -> Schema {
    let known: Vec<String> = steps().iter().map(|step| step.name().to_owned()).collect();
    let (applied, pending) = known
        .iter()
        .cloned()
        .partition(|name| recorded.contains(name));
    Schema {
        applied,
        pending,
        unknown: recorded
            .into_iter()
            .filter(|name| !known.contains(name))
            .collect(),
    }
}

/// Seconds since the epoch, for the record alone.
fn now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
