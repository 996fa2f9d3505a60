//! The writing connection of a SQLite file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, ToSql};

use super::{Sqlite, read, rows};
use crate::domain::account::{Counters, CustomerRecord};
use crate::domain::document::DocumentKey;
use crate::store::batch::{Loaded, Wanted};
use crate::store::entity::{change, counter, customer, document, order, request};
use crate::store::error::{CommitError, StoreError};
use crate::store::record::{Record, Taken, beside_key, columns, insert, list, placeholders};
use crate::store::rows as convert;

/// Holds the writing connection until it is dropped.
pub struct Hand {
    home: Arc<Sqlite>,
    connection: Option<Connection>,
}

impl Hand {
    pub(super) fn new(home: Arc<Sqlite>, connection: Connection) -> Hand {
        Hand {
            home,
            connection: Some(connection),
        }
    }

    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable("the pen was given back".to_owned()))
    }

    /// Begins a transaction that keeps every other writer out.
    pub fn begin(&mut self) -> Result<(), StoreError> {
        self.home.check()?;
        self.rollback();
        self.connection()?
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        Ok(())
    }

    /// Commits; what is answered with `Ok` is on the disk.
    pub fn commit(&mut self) -> Result<(), CommitError> {
        let connection = self.connection().map_err(CommitError::Failed)?;
        let committed = connection
            .prepare_cached("COMMIT")
            .and_then(|mut statement| statement.execute([]));
        let Err(error) = committed else { return Ok(()) };
        // A sync that failed leaves open what the disk holds, and a second one proves nothing.
        let unknown = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        );
        if unknown {
            self.home.fail();
        }
        self.rollback();
        if unknown {
            Err(CommitError::Unknown)
        } else {
            Err(CommitError::Failed(error.into()))
        }
    }

    /// Ends a transaction that was begun, if there is one.
    pub fn rollback(&mut self) {
        if let Some(connection) = self
            .connection
            .as_ref()
            .filter(|connection| !connection.is_autocommit())
        {
            // Where this fails too, the next BEGIN does and says why.
            let _ = connection.execute_batch("ROLLBACK");
        }
    }

    /// Reads rows of one table.
    pub fn rows<R: Record>(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<R>, StoreError> {
        rows(self.connection()?, sql, values)
    }

    /// Reads one number; `None` where there is no row or no value.
    pub fn number(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Option<i64>, StoreError> {
        let mut statement = self.connection()?.prepare_cached(sql)?;
        let found = statement
            .query_row(values, |row| row.get::<_, Option<i64>>(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// Runs a statement.
    pub fn execute(&self, sql: &str, values: &[&dyn ToSql]) -> Result<(), StoreError> {
        self.connection()?.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Inserts rows.
    pub fn put<R: Record>(&self, rows: &[R], taken: Taken) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let source = format!("VALUES ({})", placeholders(1, R::COLUMNS.len()));
        let mut statement = self
            .connection()?
            .prepare_cached(&insert::<R>(&source, taken))?;
        for row in rows {
            statement.execute(row.values().as_slice())?;
        }
        Ok(())
    }

    /// Overwrites orders, and adds changes and request ids.
    pub fn write_ledger(
        &self,
        orders: &[order::Model],
        changes: &[change::Model],
        requests: &[request::Model],
    ) -> Result<(), StoreError> {
        if !orders.is_empty() {
            let mut statement = self.connection()?.prepare_cached(&update_order())?;
            for order in orders {
                if statement.execute(order.values().as_slice())? != 1 {
                    let (id, account) = (order.id, order.account_id);
                    return Err(StoreError::Broken(format!(
                        "order {id} of account {account} is not there"
                    )));
                }
            }
        }
        self.put(changes, Taken::Refuse)?;
        self.put(requests, Taken::Refuse)
    }

    /// Reads what a batch needs to know.
    pub fn load(&self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        let connection = self.connection()?;
        let position = self
            .number("SELECT max(position) FROM change", &[])?
            .unwrap_or(0);
        let mut loaded = Loaded {
            position,
            numbers: self.numbers(&wanted.numbers)?,
            ..Loaded::default()
        };
        let mut seen = HashSet::new();
        for (account, named) in &wanted.orders {
            let found = read::any_order(connection, *account, named)?;
            loaded
                .orders
                .extend(found.filter(|order| seen.insert((order.account_id, order.id))));
        }
        self.load_requests(wanted, &mut loaded)?;
        loaded.customers = self.customers(&wanted.customers)?;
        for account in &wanted.accounts {
            let revision = self.number("SELECT revision FROM account WHERE id = $1", &[account])?;
            loaded
                .revisions
                .extend(revision.map(|revision| (*account, revision)));
            if wanted.counters {
                loaded.counters.insert(*account, self.counters(*account)?);
            }
        }
        Ok(loaded)
    }

    fn load_requests(&self, wanted: &Wanted, loaded: &mut Loaded) -> Result<(), StoreError> {
        let all = columns::<request::Model>("");
        let sql = format!("SELECT {all} FROM request WHERE account_id = $1 AND request_id = $2");
        for (account, id) in &wanted.requests {
            for row in self.rows::<request::Model>(&sql, &[account, &id.as_slice()])? {
                loaded
                    .requests
                    .insert((*account, *id), convert::request(row)?);
            }
        }
        Ok(())
    }

    /// The customers with these ids.
    pub fn customers(
        &self,
        customers: &[(i64, i64)],
    ) -> Result<HashMap<(i64, i64), CustomerRecord>, StoreError> {
        let all = columns::<customer::Model>("");
        let sql = format!("SELECT {all} FROM customer WHERE account_id = $1 AND id = $2");
        let mut found = HashMap::new();
        for (account, id) in customers {
            for row in self.rows::<customer::Model>(&sql, &[account, id])? {
                found.insert((*account, *id), convert::customer(row)?);
            }
        }
        Ok(found)
    }

    fn counters(&self, account: i64) -> Result<Counters, StoreError> {
        let all = columns::<counter::Model>("");
        let sql = format!("SELECT {all} FROM counter WHERE account_id = $1");
        let mut counters = Counters::default();
        for row in self.rows::<counter::Model>(&sql, &[&account])? {
            convert::fill_counter(&mut counters, &row.name, row.value);
        }
        Ok(counters)
    }

    /// The documents that have these kinds and numbers.
    pub fn documents(
        &self,
        keys: &[(i64, DocumentKey)],
    ) -> Result<Vec<document::Model>, StoreError> {
        let all = columns::<document::Model>("");
        let sql =
            format!("SELECT {all} FROM document WHERE account_id = $1 AND kind = $2 AND id = $3");
        let mut found = Vec::with_capacity(keys.len());
        for (account, (kind, id)) in keys {
            found.extend(self.rows::<document::Model>(&sql, &[account, &kind.code(), id])?);
        }
        Ok(found)
    }

    /// The orders that have these numbers and are not deleted.
    pub fn numbers(
        &self,
        numbers: &[(i64, String)],
    ) -> Result<HashMap<(i64, String), i64>, StoreError> {
        let sql =
            "SELECT id FROM orders WHERE account_id = $1 AND number = $2 AND delete_time IS NULL";
        let mut found = HashMap::new();
        for (account, number) in numbers {
            let id = self.number(sql, &[account, number])?;
            found.extend(id.map(|id| ((*account, number.clone()), id)));
        }
        Ok(found)
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        self.rollback();
        if let Some(connection) = self.connection.take() {
            // Written back, the log is empty: while no server runs, the file alone is the whole database. Where
            // this fails the log stays beside the file, and the next start reads it.
            if self.home.check().is_ok() {
                let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            }
            self.home.give_back(connection);
        }
    }
}

/// Overwrites one order; the placeholders are in column order.
fn update_order() -> String {
    let at = |column: &&str| {
        order::Model::COLUMNS
            .iter()
            .position(|known| known == column)
            .unwrap_or_default()
            + 1
    };
    let set = list(
        &beside_key::<order::Model>(),
        |column| format!("\"{column}\" = ?{}", at(column)),
        ", ",
    );
    format!(
        "UPDATE orders SET {set} WHERE account_id = ?{} AND id = ?{}",
        at(&"account_id"),
        at(&"id")
    )
}
