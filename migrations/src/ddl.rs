//! One text for both databases: what differs between them is named in braces.

use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// The name, what it stands for in PostgreSQL, and in SQLite.
///
/// Text compares by bytes in both: `COLLATE "C"` is what SQLite does anyway.
const NAMES: [(&str, &str, &str); 8] = [
    ("{int}", "bigint", "INTEGER"),
    ("{code}", "integer", "INTEGER"),
    ("{bool}", "boolean", "INTEGER"),
    ("{text}", "text COLLATE \"C\"", "TEXT"),
    ("{bytes}", "bytea", "BLOB"),
    // A small table that is read by its key.
    ("{keyed}", "", "STRICT, WITHOUT ROWID"),
    // A table with large rows, or with a number as its key.
    ("{plain}", "", "STRICT"),
    // A keyed table whose rows are rewritten often: room on each page lets an update stay there.
    (
        "{rewritten}",
        "WITH (fillfactor = 85)",
        "STRICT, WITHOUT ROWID",
    ),
];

/// Runs statements that mean the same in both databases.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let postgres = connection.get_database_backend() == DbBackend::Postgres;
    for statement in statements {
        let sql = NAMES.iter().fold(
            (*statement).to_owned(),
            |sql, (name, in_postgres, in_sqlite)| {
                sql.replace(name, if postgres { in_postgres } else { in_sqlite })
            },
        );
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Runs statements of the one database or of the other.
pub(crate) async fn run_either(
    manager: &SchemaManager<'_>,
    postgres: &[&str],
    sqlite: &[&str],
) -> Result<(), DbErr> {
    let ours = match manager.get_connection().get_database_backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    };
    run(manager, ours).await
}
