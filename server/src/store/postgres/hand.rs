//! The writing connection to a PostgreSQL server.

use std::ops::AsyncFnOnce;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgDatabaseError, PgSeverity};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::connect_to_write;
use super::notice::Warnings;
use crate::store::entity::{change, order, request};
use crate::store::error::{CommitError, StoreError};
use crate::store::pen::Param;
use crate::store::record::{Record, Taken, beside_key, columns, insert, list, placeholders};

/// How long the server may take to answer a statement before the connection counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for a commit, which may wait for a standby.
const COMMIT_PATIENCE: Duration = Duration::from_secs(30);

/// Begins, and takes the pen in a statement of its own: what is read afterwards is as of having it.
const BEGIN: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT id FROM pen WHERE id = 1 FOR UPDATE";

/// Holds the writing connection. It is taken out of `connection` while it works, so that one that was
/// given up halfway is never used again.
pub struct Hand {
    options: PgConnectOptions,
    pub(super) connection: Option<PgConnection>,
    warnings: Warnings,
    /// Whether a transaction was begun, and whether a statement of it failed.
    begun: bool,
    failed: bool,
}

impl Hand {
    pub(super) fn new(options: PgConnectOptions) -> Hand {
        Hand {
            options,
            connection: None,
            warnings: Warnings::new(),
            begun: false,
            failed: false,
        }
    }

    /// Begins a transaction and takes the pen.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        self.rollback().await;
        if self.connection.is_some() {
            match self.try_begin().await {
                // A connection that was lost while it lay idle is made anew.
                Err(StoreError::Unavailable(_)) if self.connection.is_none() => {}
                begun => return begun,
            }
        }
        self.connection = Some(connect_to_write(&self.options).await?);
        self.try_begin().await
    }

    async fn try_begin(&mut self) -> Result<(), StoreError> {
        (self.begun, self.failed) = (true, false);
        let rows = self
            .work(PATIENCE, async |connection| {
                sqlx::raw_sql(BEGIN).fetch_all(connection).await
            })
            .await?;
        match rows.len() {
            1 => Ok(()),
            _ => Err(StoreError::Broken(
                "the row of the pen is not there".to_owned(),
            )),
        }
    }

    /// Runs `work` on the connection; what fails beyond a refusal loses the connection.
    pub(super) async fn work<T>(
        &mut self,
        patience: Duration,
        work: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> Result<T, StoreError> {
        let lost = || StoreError::Unavailable("the connection was lost".to_owned());
        let mut connection = self.connection.take().ok_or_else(lost)?;
        match tokio::time::timeout(patience, work(&mut connection)).await {
            Ok(Ok(done)) => {
                self.connection = Some(connection);
                Ok(done)
            }
            Ok(Err(error)) => {
                self.failed = true;
                if is_refusal(&error) {
                    self.connection = Some(connection);
                }
                Err(error.into())
            }
            Err(_) => Err(StoreError::Unavailable(
                "the server does not answer".to_owned(),
            )),
        }
    }

    /// Commits; what is answered with `Ok` is durable.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        if self.failed || !self.begun {
            self.rollback().await;
            return Err(CommitError::Failed(StoreError::Unavailable(
                "there is nothing to commit".to_owned(),
            )));
        }
        // Without a connection COMMIT is never sent.
        let Some(mut connection) = self.connection.take() else {
            self.begun = false;
            return Err(CommitError::Failed(StoreError::Unavailable(
                "the connection was lost".to_owned(),
            )));
        };
        self.begun = false;
        let commit = tokio::time::timeout(
            COMMIT_PATIENCE,
            sqlx::raw_sql("COMMIT").execute(&mut connection),
        );
        match self.warnings.during(commit).await {
            (Ok(Ok(_)), false) => {
                self.connection = Some(connection);
                Ok(())
            }
            (Ok(Err(error)), _) if is_refusal(&error) => {
                self.connection = Some(connection);
                Err(CommitError::Failed(error.into()))
            }
            _ => Err(CommitError::Unknown),
        }
    }

    /// Ends a transaction that was begun, if there is one.
    pub async fn rollback(&mut self) {
        if !self.begun {
            return;
        }
        let rolled_back = self.work(PATIENCE, async |connection| {
            sqlx::raw_sql("ROLLBACK").execute(connection).await
        });
        if rolled_back.await.is_err() {
            // Closing the connection ends its transaction.
            self.connection = None;
        }
        self.begun = false;
    }

    /// Reads rows of one table.
    pub async fn rows<R: Record>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<R>, StoreError> {
        let query = bind(sqlx::query(AssertSqlSafe(sql.to_owned())), params);
        let rows = self
            .work(PATIENCE, async |connection| {
                query.fetch_all(connection).await
            })
            .await?;
        rows.iter()
            .map(|row| Ok(R::from_postgres(row, 0)?))
            .collect()
    }

    /// Reads one number; `None` where there is no row or no value.
    pub async fn number(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Option<i64>, StoreError> {
        let query = bind(sqlx::query(AssertSqlSafe(sql.to_owned())), params);
        let row = self
            .work(PATIENCE, async |connection| {
                query.fetch_optional(connection).await
            })
            .await?;
        row.map_or(Ok(None), |row| Ok(row.try_get(0)?))
    }

    /// Runs a statement.
    pub async fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<(), StoreError> {
        let query = bind(sqlx::query(AssertSqlSafe(sql.to_owned())), params);
        self.work(PATIENCE, async |connection| query.execute(connection).await)
            .await?;
        Ok(())
    }

    /// Inserts rows in one statement.
    pub async fn put<R: Record>(&mut self, rows: &[R], taken: Taken) -> Result<(), StoreError> {
        let sql = insert::<R>(&unnest::<R>(1), taken);
        let query = R::bind_arrays(rows, sqlx::query(AssertSqlSafe(sql)));
        self.work(PATIENCE, async |connection| query.execute(connection).await)
            .await?;
        Ok(())
    }

    /// Overwrites orders, and adds changes and request ids, in one statement.
    pub async fn write_ledger(
        &mut self,
        orders: &[order::Model],
        changes: &[change::Model],
        requests: &[request::Model],
    ) -> Result<(), StoreError> {
        let query = sqlx::query(LEDGER.as_str());
        let query = change::Model::bind_arrays(changes, query);
        let query = request::Model::bind_arrays(requests, query);
        let query = order::Model::bind_arrays(orders, query);
        let row = self
            .work(PATIENCE, async |connection| {
                query.fetch_one(connection).await
            })
            .await?;
        let updated: i64 = row.try_get(0)?;
        if usize::try_from(updated) != Ok(orders.len()) {
            let text = format!(
                "{} orders were to be overwritten, and {updated} are there",
                orders.len()
            );
            return Err(StoreError::Broken(text));
        }
        Ok(())
    }
}

/// One statement for changes, request ids and orders, each given as arrays.
static LEDGER: LazyLock<String> = LazyLock::new(|| {
    let (changes, requests) = (change::Model::COLUMNS.len(), request::Model::COLUMNS.len());
    let set = list(
        &beside_key::<order::Model>(),
        |column| format!("\"{column}\" = n.\"{column}\""),
        ", ",
    );
    format!(
        "WITH c AS ({}), r AS ({}), u AS (UPDATE orders o SET {set} FROM unnest({}) AS n ({}) \
         WHERE o.account_id = n.account_id AND o.id = n.id RETURNING 1) SELECT count(*) FROM u",
        insert::<change::Model>(&unnest::<change::Model>(1), Taken::Refuse),
        insert::<request::Model>(&unnest::<request::Model>(1 + changes), Taken::Refuse),
        placeholders(1 + changes + requests, order::Model::COLUMNS.len()),
        columns::<order::Model>(""),
    )
});

fn unnest<R: Record>(first: usize) -> String {
    format!(
        "SELECT * FROM unnest({})",
        placeholders(first, R::COLUMNS.len())
    )
}

fn bind<'q>(
    query: Query<'q, sqlx::Postgres, PgArguments>,
    params: &[Param<'_>],
) -> Query<'q, sqlx::Postgres, PgArguments> {
    params.iter().fold(query, |query, param| match param {
        Param::Int(number) => query.bind(*number),
        Param::Text(text) => query.bind((*text).to_owned()),
        Param::Bytes(bytes) => query.bind(bytes.to_vec()),
    })
}

/// Whether the server refused the statement and goes on with the session: then nothing was committed.
/// Anything worse than an error ends the session, and 40003 says itself that the outcome is not known.
fn is_refusal(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        let severity = error
            .try_downcast_ref::<PgDatabaseError>()
            .map(PgDatabaseError::severity);
        severity == Some(PgSeverity::Error) && error.code().as_deref() != Some("40003")
    })
}
