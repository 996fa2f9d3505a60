//! Bringing the schema up to date.

use std::time::Duration;

use order_status_migrations::MigrateError;
use sea_orm::{Database, DatabaseConnection};

use super::{Base, Store, StoreError, pool_options};

pub use order_status_migrations::Schema;

impl Store {
    /// Applies the steps that the schema lacks and answers their names. Several processes may call this
    /// at once.
    ///
    /// # Errors
    /// [`StoreError::Broken`] where the schema is newer than this program.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.migrating_connection().await?;
        let applied = order_status_migrations::migrate(&connection).await;
        // The steps are committed; a connection that cannot be closed is dropped.
        let _ = connection.close().await;
        applied.map_err(|error| match error {
            MigrateError::Newer(unknown) => newer(&unknown),
            MigrateError::Database(error) => error.into(),
        })
    }

    /// Reads which steps the schema has had.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        Ok(order_status_migrations::schema(&self.inner.pool).await?)
    }

    /// Refuses a schema that lacks a step or is newer than this program.
    ///
    /// # Errors
    /// [`StoreError::Broken`], naming the steps.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let schema = self.schema().await?;
        if !schema.unknown.is_empty() {
            return Err(newer(&schema.unknown));
        }
        if !schema.pending.is_empty() {
            let pending = schema.pending.join(", ");
            return Err(StoreError::Broken(format!(
                "the schema lacks {pending}; run the migrate command"
            )));
        }
        Ok(())
    }

    /// Removes every table with everything in it. Whoever holds this store connects anew afterwards.
    ///
    /// # Errors
    /// Where the database does not answer, or somebody else uses it.
    pub async fn erase(&self) -> Result<(), StoreError> {
        let connection = self.migrating_connection().await?;
        let erased = order_status_migrations::erase(&connection).await;
        // The tables are gone or not; a connection that cannot be closed is dropped.
        let _ = connection.close().await;
        Ok(erased?)
    }

    /// One connection that may change the schema.
    async fn migrating_connection(&self) -> Result<DatabaseConnection, StoreError> {
        let mut options = match &self.inner.base {
            Base::Sqlite(sqlite) => {
                let mut options = pool_options("sqlite:", 1);
                let path = sqlite.path().to_owned();
                options.map_sqlx_sqlite_opts(move |options| {
                    options
                        .filename(&path)
                        .busy_timeout(Duration::from_secs(30))
                        .pragma("synchronous", "FULL")
                });
                options
            }
            Base::Postgres(postgres) => {
                let mut options = pool_options(postgres.url(), 1);
                options.map_sqlx_postgres_opts(|options| {
                    // A step over a large table takes the time that it takes.
                    options.application_name("order-status migrate").options([
                        ("statement_timeout", "0"),
                        ("lock_timeout", "60s"),
                        ("tcp_user_timeout", "5s"),
                    ])
                });
                options
            }
        };
        options.connect_lazy(false);
        Ok(Database::connect(options).await?)
    }
}

fn newer(unknown: &[String]) -> StoreError {
    let unknown = unknown.join(", ");
    StoreError::Broken(format!(
        "the schema is newer than this program: it has had {unknown}"
    ))
}
