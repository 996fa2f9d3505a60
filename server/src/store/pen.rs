//! The pen: the one writing connection of this process.
//!
//! A batch is `begin`, `load`, `write`, `commit`; whatever fails before the commit is ended by `rollback`.

mod write;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::batch::{CredentialRecord, Loaded, Wanted};
use super::entity::{account, catalog_entry, credential, session, shop, used_code, workflow};
use super::error::{CommitError, StoreError};
use super::record::{Record, Taken, columns};
use super::{postgres, rows, sqlite};
use crate::domain::account::{Account, CustomerRecord};
use crate::domain::document::{Document, DocumentKey};
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;

/// The right to write. Dropping it gives it back and ends what was begun.
pub struct Pen {
    hand: Hand,
    workflows: Arc<Workflows>,
    /// Codes that are known to be noted as used, and those noted in this transaction.
    used: HashSet<used_code::Model>,
    newly_used: Vec<used_code::Model>,
}

/// The connection behind the pen. The two have the same methods; only one of them waits.
pub(super) enum Hand {
    Sqlite(sqlite::Hand),
    Postgres(Box<postgres::Hand>),
}

/// A value of a statement that is not hot.
#[derive(Clone, Copy)]
pub(super) enum Param<'a> {
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Param::Int(number) => number.to_sql(),
            Param::Text(text) => text.to_sql(),
            Param::Bytes(bytes) => bytes.to_sql(),
        }
    }
}

fn values<'a>(params: &'a [Param<'a>]) -> Vec<&'a dyn rusqlite::ToSql> {
    params
        .iter()
        .map(|param| param as &dyn rusqlite::ToSql)
        .collect()
}

impl Hand {
    async fn rows<R: Record>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<R>, StoreError> {
        match self {
            Hand::Sqlite(hand) => hand.rows(sql, &values(params)),
            Hand::Postgres(hand) => hand.rows(sql, params).await,
        }
    }

    async fn number(&mut self, sql: &str, params: &[Param<'_>]) -> Result<Option<i64>, StoreError> {
        match self {
            Hand::Sqlite(hand) => hand.number(sql, &values(params)),
            Hand::Postgres(hand) => hand.number(sql, params).await,
        }
    }

    async fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<(), StoreError> {
        match self {
            Hand::Sqlite(hand) => hand.execute(sql, &values(params)),
            Hand::Postgres(hand) => hand.execute(sql, params).await,
        }
    }

    async fn put<R: Record>(&mut self, rows: &[R], taken: Taken) -> Result<(), StoreError> {
        match self {
            _ if rows.is_empty() => Ok(()),
            Hand::Sqlite(hand) => hand.put(rows, taken),
            Hand::Postgres(hand) => hand.put(rows, taken).await,
        }
    }
}

impl Pen {
    pub(super) fn new(hand: Hand, workflows: Arc<Workflows>) -> Pen {
        Pen {
            hand,
            workflows,
            used: HashSet::new(),
            newly_used: Vec::new(),
        }
    }

    /// Takes the pen in the database and begins a transaction; what was begun before is ended. On
    /// PostgreSQL a lost connection is made anew.
    ///
    /// # Errors
    /// Where the database does not answer, or somebody else holds the pen for too long.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        self.newly_used.clear();
        match &mut self.hand {
            Hand::Sqlite(hand) => hand.begin(),
            Hand::Postgres(hand) => hand.begin().await,
        }
    }

    /// Reads what a batch needs to know.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        match &mut self.hand {
            Hand::Sqlite(hand) => hand.load(wanted),
            Hand::Postgres(hand) => hand.load(wanted).await,
        }
    }

    /// The orders that have these numbers and are not deleted.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn numbers(
        &mut self,
        numbers: &[(i64, String)],
    ) -> Result<HashMap<(i64, String), i64>, StoreError> {
        match &mut self.hand {
            _ if numbers.is_empty() => Ok(HashMap::new()),
            Hand::Sqlite(hand) => hand.numbers(numbers),
            Hand::Postgres(hand) => hand.numbers(numbers).await,
        }
    }

    /// The documents that have these kinds and numbers.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn documents(
        &mut self,
        keys: &[(i64, DocumentKey)],
    ) -> Result<Vec<Document>, StoreError> {
        let rows = match &mut self.hand {
            Hand::Sqlite(hand) => hand.documents(keys),
            Hand::Postgres(hand) => hand.documents(keys).await,
        }?;
        rows.into_iter().map(rows::document).collect()
    }

    /// The customers with these ids.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn customers(
        &mut self,
        customers: &[(i64, i64)],
    ) -> Result<HashMap<(i64, i64), CustomerRecord>, StoreError> {
        match &mut self.hand {
            _ if customers.is_empty() => Ok(HashMap::new()),
            Hand::Sqlite(hand) => hand.customers(customers),
            Hand::Postgres(hand) => hand.customers(customers).await,
        }
    }

    /// An account with its stores and catalogs.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn account(&mut self, id: i64) -> Result<Option<Account>, StoreError> {
        let sql = |columns: String, table: &str, key: &str| {
            format!("SELECT {columns} FROM {table} WHERE {key} = $1")
        };
        let own = sql(columns::<account::Model>(""), "account", "id");
        let Some(row) = self
            .hand
            .rows::<account::Model>(&own, &[Param::Int(id)])
            .await?
            .pop()
        else {
            return Ok(None);
        };
        let shops = sql(columns::<shop::Model>(""), "store", "account_id");
        let shops = self.hand.rows(&shops, &[Param::Int(id)]).await?;
        let entries = sql(
            columns::<catalog_entry::Model>(""),
            "catalog_entry",
            "account_id",
        );
        let entries = self.hand.rows(&entries, &[Param::Int(id)]).await?;
        rows::account(row, shops, entries).map(Some)
    }

    /// A credential by its id.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn credential(
        &mut self,
        account: i64,
        id: i64,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        let all = columns::<credential::Model>("");
        let sql = format!("SELECT {all} FROM credential WHERE account_id = $1 AND id = $2");
        let found = self
            .hand
            .rows(&sql, &[Param::Int(account), Param::Int(id)])
            .await?
            .pop();
        found.map(rows::credential).transpose()
    }

    /// Whether a credential of the account that is not revoked has this login.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn login_taken(&mut self, account: i64, login: &str) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM credential WHERE login = $1 AND account_id = $2 AND revoke_time IS NULL";
        let found = self
            .hand
            .number(sql, &[Param::Text(login), Param::Int(account)])
            .await?;
        Ok(found.is_some())
    }

    /// The account that has this code.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn code_owner(&mut self, code: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM account WHERE code = $1";
        self.hand.number(sql, &[Param::Text(code)]).await
    }

    /// The session whose token has this SHA-256.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn session(&mut self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let all = columns::<session::Model>("");
        let sql = format!("SELECT {all} FROM session WHERE token_hash = $1");
        let found = self.hand.rows(&sql, &[Param::Bytes(hash)]).await?.pop();
        found.map(rows::session).transpose()
    }

    /// How often a credential has called on a day.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn calls(
        &mut self,
        account: i64,
        credential: i64,
        day: i32,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT calls FROM daily_calls WHERE account_id = $1 AND credential_id = $2 AND day = $3";
        let params = [account, credential, i64::from(day)].map(Param::Int);
        Ok(self.hand.number(sql, &params).await?.unwrap_or(0))
    }

    /// The sessions of a credential that stand at a time, but for the `keep` that stand longest.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn sessions_beyond(
        &mut self,
        (account, credential): (i64, i64),
        now: Timestamp,
        keep: i64,
    ) -> Result<Vec<Session>, StoreError> {
        let all = columns::<session::Model>("");
        let sql = format!(
            "SELECT {all} FROM session WHERE account_id = $1 AND credential_id = $2 AND end_time > $3 \
             ORDER BY end_time DESC, token_hash LIMIT 100 OFFSET $4"
        );
        let params = [account, credential, now.micros(), keep].map(Param::Int);
        let found = self.hand.rows(&sql, &params).await?;
        found.into_iter().map(rows::session).collect()
    }

    /// Whether an order or invoice has ever named this code of a catalog.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn code_in_use(
        &mut self,
        account: i64,
        catalog: &str,
        key: &str,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT account_id FROM used_code WHERE account_id = $1 AND catalog = $2 AND \"key\" = $3";
        let found = self
            .hand
            .number(
                sql,
                &[Param::Int(account), Param::Text(catalog), Param::Text(key)],
            )
            .await?;
        Ok(found.is_some())
    }

    /// The number that the next account gets.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn next_account_id(&mut self) -> Result<i64, StoreError> {
        let last = self.hand.number("SELECT max(id) FROM account", &[]).await?;
        Ok(last.unwrap_or(0) + 1)
    }

    /// Commits. What is answered with `Ok` is durable.
    ///
    /// # Errors
    /// [`CommitError::Unknown`] where the database went away before it said whether it did.
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        match &mut self.hand {
            Hand::Sqlite(hand) => hand.commit(),
            Hand::Postgres(hand) => hand.commit().await,
        }?;
        self.used.extend(self.newly_used.drain(..));
        Ok(())
    }

    /// Ends what was begun, without effect; does nothing where nothing was begun.
    pub async fn rollback(&mut self) {
        self.newly_used.clear();
        match &mut self.hand {
            Hand::Sqlite(hand) => hand.rollback(),
            Hand::Postgres(hand) => hand.rollback().await,
        }
    }

    /// Notes the digests of rulebooks (name, version, digest) that were not in use before.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn record_workflows(
        &mut self,
        workflows: &[(String, u32, String)],
    ) -> Result<(), StoreError> {
        let row = |(name, version, digest): &(String, u32, String)| workflow::Model {
            name: name.clone(),
            version: i64::from(*version),
            digest: digest.clone(),
        };
        self.put(workflows, row, Taken::Keep).await
    }
}
