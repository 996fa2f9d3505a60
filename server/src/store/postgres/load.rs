//! What a batch needs to know, in as few round trips as it takes.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::Hand;
use crate::domain::account::CustomerRecord;
use crate::domain::document::DocumentKey;
use crate::domain::order::{Order, OrderRef};
use crate::store::batch::{Loaded, Wanted};
use crate::store::entity::{customer, document, order, request};
use crate::store::error::StoreError;
use crate::store::record::{Record as _, columns};
use crate::store::rows;

const PATIENCE: Duration = Duration::from_secs(10);

static BY_ID: LazyLock<String> = LazyLock::new(|| orders("bigint", "o.id = w.key"));
static BY_NUMBER: LazyLock<String> =
    LazyLock::new(|| orders("text", "o.number = w.key AND o.delete_time IS NULL"));

fn orders(kind: &str, condition: &str) -> String {
    let narrow = columns::<order::Model>("o.");
    format!(
        "SELECT {narrow}, d.body FROM unnest($1::bigint[], $2::{kind}[]) AS w (account_id, key) \
         JOIN orders o ON o.account_id = w.account_id AND {condition} \
         JOIN order_detail d ON d.account_id = o.account_id AND d.order_id = o.id"
    )
}

static CUSTOMERS: LazyLock<String> = LazyLock::new(|| {
    let all = columns::<customer::Model>("c.");
    format!(
        "SELECT {all} FROM unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) \
         JOIN customer c ON c.account_id = w.account_id AND c.id = w.id"
    )
});

static DOCUMENTS: LazyLock<String> = LazyLock::new(|| {
    let all = columns::<document::Model>("d.");
    format!(
        "SELECT {all} FROM unnest($1::bigint[], $2::integer[], $3::bigint[]) AS w (account_id, kind, id) \
         JOIN document d ON d.account_id = w.account_id AND d.kind = w.kind AND d.id = w.id"
    )
});

/// Everything small, told apart by the first column. What a branch does not have is null or nought.
const REST: &str = "\
SELECT 0, 0::bigint, coalesce((SELECT max(position) FROM change), 0), NULL::text, NULL::bytea, NULL::bytea, 0, 0::bigint, NULL::text \
UNION ALL SELECT 1, a.id, a.revision, NULL, NULL, NULL, 0, 0, NULL FROM account a WHERE a.id = ANY($1::bigint[]) \
UNION ALL SELECT 2, c.account_id, c.value, c.name, NULL, NULL, 0, 0, NULL FROM counter c WHERE c.account_id = ANY($2::bigint[]) \
UNION ALL SELECT 3, o.account_id, o.id, o.number, NULL, NULL, 0, 0, NULL \
    FROM unnest($3::bigint[], $4::text[]) AS w (account_id, number) \
    JOIN orders o ON o.account_id = w.account_id AND o.number = w.number AND o.delete_time IS NULL \
UNION ALL SELECT 4, r.account_id, r.credential_id, r.results, r.request_id, r.fingerprint, r.day, r.create_time, r.document \
    FROM unnest($5::bigint[], $6::bytea[]) AS w (account_id, request_id) \
    JOIN request r ON r.account_id = w.account_id AND r.request_id = w.request_id";

impl Hand {
    /// Reads what a batch needs to know.
    pub async fn load(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        let mut loaded = self.load_rest(wanted).await?;
        loaded.orders = self.load_orders(wanted).await?;
        if !wanted.customers.is_empty() {
            loaded.customers = self.customers(&wanted.customers).await?;
        }
        Ok(loaded)
    }

    /// The customers with these ids.
    pub async fn customers(
        &mut self,
        customers: &[(i64, i64)],
    ) -> Result<HashMap<(i64, i64), CustomerRecord>, StoreError> {
        let (accounts, ids): (Vec<i64>, Vec<i64>) = customers.iter().copied().unzip();
        let query = sqlx::query(CUSTOMERS.as_str()).bind(accounts).bind(ids);
        let found = self
            .work(PATIENCE, async |connection| {
                query.fetch_all(connection).await
            })
            .await?;
        let customer = |row: &PgRow| {
            let row = customer::Model::from_postgres(row, 0)?;
            Ok(((row.account_id, row.id), rows::customer(row)?))
        };
        found.iter().map(customer).collect()
    }

    async fn load_orders(&mut self, wanted: &Wanted) -> Result<Vec<Order>, StoreError> {
        let (mut ids, mut numbers) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for (account, order) in &wanted.orders {
            match order {
                OrderRef::Id(id) => {
                    ids.0.push(*account);
                    ids.1.push(*id);
                }
                OrderRef::Number(number) => {
                    numbers.0.push(*account);
                    numbers.1.push(number.as_str());
                }
            }
        }
        let mut found = Vec::new();
        if !ids.0.is_empty() {
            let query = sqlx::query(BY_ID.as_str()).bind(ids.0).bind(ids.1);
            found.extend(
                self.work(PATIENCE, async |connection| {
                    query.fetch_all(connection).await
                })
                .await?,
            );
        }
        if !numbers.0.is_empty() {
            let query = sqlx::query(BY_NUMBER.as_str())
                .bind(numbers.0)
                .bind(numbers.1);
            found.extend(
                self.work(PATIENCE, async |connection| {
                    query.fetch_all(connection).await
                })
                .await?,
            );
        }
        let mut seen = HashSet::new();
        let mut orders = Vec::with_capacity(found.len());
        for row in &found {
            let order = read_order(row)?;
            if seen.insert((order.account_id, order.id)) {
                orders.push(order);
            }
        }
        Ok(orders)
    }

    async fn load_rest(&mut self, wanted: &Wanted) -> Result<Loaded, StoreError> {
        let counted = if wanted.counters {
            wanted.accounts.clone()
        } else {
            Vec::new()
        };
        let (number_accounts, numbers): (Vec<i64>, Vec<&str>) = wanted
            .numbers
            .iter()
            .map(|(account, number)| (*account, number.as_str()))
            .unzip();
        let (request_accounts, requests): (Vec<i64>, Vec<&[u8]>) = wanted
            .requests
            .iter()
            .map(|(account, id)| (*account, id.as_slice()))
            .unzip();
        let mut loaded = Loaded::default();
        loaded
            .counters
            .extend(counted.iter().map(|account| (*account, Default::default())));
        let query = sqlx::query(REST)
            .bind(&wanted.accounts)
            .bind(counted)
            .bind(number_accounts)
            .bind(numbers)
            .bind(request_accounts)
            .bind(requests);
        for row in self
            .work(PATIENCE, async |connection| {
                query.fetch_all(connection).await
            })
            .await?
        {
            add(&row, &mut loaded)?;
        }
        Ok(loaded)
    }

    /// The documents that have these kinds and numbers.
    pub async fn documents(
        &mut self,
        keys: &[(i64, DocumentKey)],
    ) -> Result<Vec<document::Model>, StoreError> {
        let accounts: Vec<i64> = keys.iter().map(|(account, _)| *account).collect();
        let kinds: Vec<i32> = keys.iter().map(|(_, (kind, _))| kind.code()).collect();
        let ids: Vec<i64> = keys.iter().map(|(_, (_, id))| *id).collect();
        let query = sqlx::query(DOCUMENTS.as_str())
            .bind(accounts)
            .bind(kinds)
            .bind(ids);
        let found = self
            .work(PATIENCE, async |connection| {
                query.fetch_all(connection).await
            })
            .await?;
        let read = |row| Ok(document::Model::from_postgres(row, 0)?);
        found.iter().map(read).collect()
    }

    /// The orders that have these numbers and are not deleted.
    pub async fn numbers(
        &mut self,
        numbers: &[(i64, String)],
    ) -> Result<HashMap<(i64, String), i64>, StoreError> {
        let sql = "SELECT o.account_id, o.number, o.id FROM unnest($1::bigint[], $2::text[]) AS w (account_id, number) \
                   JOIN orders o ON o.account_id = w.account_id AND o.number = w.number AND o.delete_time IS NULL";
        let (accounts, numbers): (Vec<i64>, Vec<&str>) = numbers
            .iter()
            .map(|(account, number)| (*account, number.as_str()))
            .unzip();
        let query = sqlx::query(sql).bind(accounts).bind(numbers);
        let found = self
            .work(PATIENCE, async |connection| {
                query.fetch_all(connection).await
            })
            .await?;
        found
            .iter()
            .map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), row.try_get(2)?)))
            .collect()
    }
}

/// The order of a row with its detail behind it.
fn read_order(row: &PgRow) -> Result<Order, StoreError> {
    let body: String = row.try_get(order::Model::COLUMNS.len())?;
    rows::order(order::Model::from_postgres(row, 0)?, Some(&body))
}

/// Puts one row of [`REST`] in its place.
fn add(row: &PgRow, loaded: &mut Loaded) -> Result<(), StoreError> {
    let (kind, account_id, number): (i32, i64, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    match kind {
        0 => loaded.position = number,
        1 => drop(loaded.revisions.insert(account_id, number)),
        2 => {
            let name: &str = row.try_get(3)?;
            rows::fill_counter(loaded.counters.entry(account_id).or_default(), name, number);
        }
        3 => drop(loaded.numbers.insert((account_id, row.try_get(3)?), number)),
        _ => {
            let record = rows::request(request::Model {
                account_id,
                credential_id: number,
                results: row.try_get(3)?,
                request_id: row.try_get(4)?,
                fingerprint: row.try_get(5)?,
                day: row.try_get(6)?,
                create_time: row.try_get(7)?,
                document: row.try_get(8)?,
            })?;
            loaded
                .requests
                .insert((account_id, record.request_id), record);
        }
    }
    Ok(())
}
