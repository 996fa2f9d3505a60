//! The rows of a database that no server runs on.

use order_status_tests::Backend;
use rusqlite::params;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::load::ROUND;
use crate::specimen::{QUERY, Specimen};

/// The tables that hold an order, each with what makes a row of the copy: a column and what it holds, where `s.g` is
/// the copy's id.
const COPIED: [(&str, &[(&str, &str)]); 4] = [
    (
        "orders",
        &[("id", "s.g"), ("number", "'B' || (10000000 + s.g)")],
    ),
    ("order_detail", &[("order_id", "s.g")]),
    (
        "change",
        &[("order_id", "s.g"), ("position", "{positions} + s.g")],
    ),
    ("personal_value", &[("order_id", "s.g")]),
];

/// The indexes that lists need and writing pays for.
const LIST_INDEXES: [&str; 2] = ["orders_state", "change_time"];

/// A connection to the database.
pub enum Rows {
    /// A file.
    Sqlite(rusqlite::Connection),
    /// A server.
    Postgres(PgConnection),
}

impl Rows {
    /// Connects to the database that `--database-url` names so.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub async fn open(backend: Backend, url: &str) -> Self {
        match backend {
            Backend::Sqlite => {
                let rows = rusqlite::Connection::open(sqlite_path(url)).expect("open the file");
                rows.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA foreign_keys = OFF")
                    .expect("settings of a connection");
                Self::Sqlite(rows)
            }
            Backend::Postgres => Self::Postgres(
                PgConnection::connect(url)
                    .await
                    .expect("connect to PostgreSQL"),
            ),
        }
    }

    /// What each step of the round wrote for an order that went it once.
    ///
    /// # Panics
    ///
    /// If it did not.
    pub async fn specimens(&mut self, account_id: i64, order_id: i64) -> [Specimen; ROUND.len()] {
        let read: Vec<Specimen> = match self {
            Self::Sqlite(rows) => {
                let mut query = rows.prepare(QUERY).expect("a query that fits the schema");
                query
                    .query_map(params![account_id, order_id], Specimen::from_sqlite)
                    .and_then(Iterator::collect)
                    .expect("rows that fit the schema")
            }
            Self::Postgres(rows) => {
                let query = sqlx::query(QUERY).bind(account_id).bind(order_id);
                let found = query
                    .fetch_all(rows)
                    .await
                    .expect("a query that fits the schema");
                let read: sqlx::Result<_> = found.iter().map(Specimen::from_postgres).collect();
                read.expect("rows that fit the schema")
            }
        };
        read.try_into()
            .unwrap_or_else(|read: Vec<_>| panic!("{} steps of a round", read.len()))
    }

    /// Copies an order, with its first change, `count` times to ids from `first` on, and leaves the database as one
    /// that has been in service: analysed, and with its log written out.
    pub async fn multiply(&mut self, account_id: i64, template: i64, first: i64, count: u64) {
        let last = first - 1 + i64::try_from(count).expect("a number of orders");
        let position = self.number("SELECT max(position) FROM change").await;
        for (table, changed) in COPIED {
            let columns = self.columns(table).await;
            let sql = copy(table, &columns, changed)
                .replace("{account}", &account_id.to_string())
                .replace("{template}", &template.to_string())
                .replace("{first}", &first.to_string())
                .replace("{last}", &last.to_string())
                .replace("{positions}", &(position + 1 - first).to_string());
            self.run(&sql).await;
        }
        self.run(&format!(
            "UPDATE counter SET value = {last} WHERE account_id = {account_id} AND name = 'order'"
        ))
        .await;
        if let Self::Postgres(_) = self {
            self.run("VACUUM (FREEZE, ANALYZE)").await;
            self.run("CHECKPOINT").await;
        }
    }

    /// Drops the indexes that only lists use.
    pub async fn drop_list_indexes(&mut self) {
        for index in LIST_INDEXES {
            self.run(&format!("DROP INDEX {index}")).await;
        }
    }

    /// The position of the last change.
    pub async fn last_position(&mut self) -> i64 {
        self.number("SELECT max(position) FROM change").await
    }

    /// Lets go of the database. A file then stands alone, without a log beside it.
    ///
    /// # Panics
    ///
    /// If something else holds it.
    pub async fn close(self) {
        match self {
            Self::Sqlite(rows) => {
                let busy: i64 = rows
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
                    .expect("a checkpoint");
                assert_eq!(busy, 0, "somebody reads the file");
                drop(rows);
            }
            Self::Postgres(rows) => rows.close().await.expect("close a connection"),
        }
    }

    async fn run(&mut self, sql: &str) {
        let done = match self {
            Self::Sqlite(rows) => rows.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(rows) => sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(rows)
                .await
                .map(|_| ())
                .map_err(|error| error.to_string()),
        };
        if let Err(error) = done {
            panic!("{sql}: {error}");
        }
    }

    async fn number(&mut self, sql: &str) -> i64 {
        let number = match self {
            Self::Sqlite(rows) => rows
                .query_row(sql, [], |row| row.get(0))
                .map_err(|error| error.to_string()),
            Self::Postgres(rows) => sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(rows)
                .await
                .map_err(|error| error.to_string()),
        };
        number.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    async fn columns(&mut self, table: &str) -> Vec<String> {
        match self {
            Self::Sqlite(rows) => {
                let mut query = rows
                    .prepare("SELECT name FROM pragma_table_info($1) ORDER BY cid")
                    .expect("a table-valued function");
                query
                    .query_map([table], |row| row.get(0))
                    .and_then(Iterator::collect)
                    .expect("names of columns")
            }
            Self::Postgres(rows) => sqlx::query_scalar(
                "SELECT column_name::text FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position",
            )
            .bind(table)
            .fetch_all(rows)
            .await
            .expect("names of columns"),
        }
    }
}

/// The statement that copies a template's row to a range of ids. Both databases read it the same way.
fn copy(table: &str, columns: &[String], changed: &[(&str, &str)]) -> String {
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let values: Vec<String> = columns
        .iter()
        .map(|column| {
            let other = changed.iter().find(|(changed, _)| changed == column);
            other.map_or_else(
                || format!("t.\"{column}\""),
                |(_, value)| (*value).to_owned(),
            )
        })
        .collect();
    let key = if table == "orders" { "id" } else { "order_id" };
    format!(
        "WITH RECURSIVE s(g) AS (SELECT CAST({{first}} AS bigint) UNION ALL SELECT g + 1 FROM s WHERE g < {{last}})
        INSERT INTO {table} ({}) SELECT {} FROM s, {table} t
        WHERE t.account_id = {{account}} AND t.{key} = {{template}} ORDER BY s.g",
        names.join(", "),
        values.join(", "),
    )
}

/// The number of an order by its id, of the template as of its copies.
pub fn number(id: i64) -> String {
    format!("B{}", 10_000_000 + id)
}

/// The file that a URL of SQLite names.
pub fn sqlite_path(url: &str) -> &str {
    url.trim_start_matches("sqlite:").trim_start_matches("//")
}
