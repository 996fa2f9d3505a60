//! Writing a batch.

use std::collections::HashMap;

use super::{Hand, Param, Pen};
use crate::domain::invoice::{Invoice, QueuedMessage};
use crate::store::batch::Writes;
use crate::store::entity::used_code;
use crate::store::error::StoreError;
use crate::store::record::{Record, Taken};
use crate::store::rows;

/// At most so many request ids are forgotten at once, so that nobody waits for it.
const FORGET_AT_ONCE: i64 = 10_000;

impl Pen {
    /// Writes a batch.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where the database does not take one of the rows; the transaction is then
    /// to be rolled back.
    pub async fn write(&mut self, writes: &Writes) -> Result<(), StoreError> {
        self.write_accounts(writes).await?;
        self.write_orders(writes).await?;
        if let Some(before) = writes.forget_requests_before {
            let sql = "DELETE FROM request WHERE (account_id, request_id) IN \
                       (SELECT account_id, request_id FROM request WHERE day < $1 LIMIT $2)";
            let params = [
                Param::Int(i64::from(before.day())),
                Param::Int(FORGET_AT_ONCE),
            ];
            self.hand.execute(sql, &params).await?;
        }
        if let Some(before) = writes.forget_sessions_before {
            let sql = "DELETE FROM session WHERE token_hash IN \
                       (SELECT token_hash FROM session WHERE end_time < $1 LIMIT $2)";
            let params = [Param::Int(before.micros()), Param::Int(FORGET_AT_ONCE)];
            self.hand.execute(sql, &params).await?;
        }
        if let Some(day) = writes.forget_calls_before {
            let sql = "DELETE FROM daily_calls WHERE day < $1";
            self.hand
                .execute(sql, &[Param::Int(i64::from(day))])
                .await?;
        }
        Ok(())
    }

    async fn write_accounts(&mut self, writes: &Writes) -> Result<(), StoreError> {
        let accounts = last_of_each(&writes.accounts, |account| account.id);
        self.put(accounts, rows::account_row, Taken::Overwrite)
            .await?;
        for (account, catalog, key) in &writes.removed_entries {
            let sql =
                "DELETE FROM catalog_entry WHERE account_id = $1 AND catalog = $2 AND \"key\" = $3";
            self.hand
                .execute(
                    sql,
                    &[Param::Int(*account), Param::Text(catalog), Param::Text(key)],
                )
                .await?;
        }
        // An entry that was written and removed in one batch is not there afterwards.
        let gone = |account: i64, catalog: &str, key: &str| {
            let after = writes.accounts.iter().rfind(|after| after.id == account);
            let entries = after.and_then(|after| after.catalogs.get(catalog));
            after.is_some()
                && entries.is_none_or(|entries| entries.iter().all(|entry| entry.key != key))
        };
        let entries = last_of_each(&writes.entries, |(account, entry)| {
            (*account, &entry.catalog, &entry.key)
        });
        let entries = entries
            .into_iter()
            .filter(|(account, entry)| !gone(*account, &entry.catalog, &entry.key));
        self.put(
            entries,
            |(account, entry)| rows::entry_row(*account, entry),
            Taken::Overwrite,
        )
        .await?;
        let shops = last_of_each(&writes.stores, |(account, shop)| (*account, shop.id));
        self.put(
            shops,
            |(account, shop)| rows::shop_row(*account, shop),
            Taken::Overwrite,
        )
        .await?;
        let customers = last_of_each(&writes.customers, |(account, customer)| {
            (*account, customer.id)
        });
        self.put(
            customers,
            |(account, customer)| rows::customer_row(*account, customer),
            Taken::Overwrite,
        )
        .await?;
        let credentials =
            last_of_each(&writes.credentials, |record| (record.account_id, record.id));
        self.put(credentials, rows::credential_row, Taken::Overwrite)
            .await?;
        let sessions = last_of_each(&writes.sessions, |session| session.token_hash);
        self.put(sessions, rows::session_row, Taken::Overwrite)
            .await?;
        let calls = last_of_each(&writes.daily_calls, |calls| {
            (calls.account_id, calls.credential_id, calls.day)
        });
        self.put(calls, rows::calls_row, Taken::Overwrite).await?;
        let counters = last_of_each(&writes.counters, |(account, _)| *account);
        let counters: Vec<_> = counters
            .into_iter()
            .flat_map(|(account, counters)| rows::counter_rows(*account, counters))
            .collect();
        self.hand.put(&counters, Taken::Overwrite).await
    }

    async fn write_orders(&mut self, writes: &Writes) -> Result<(), StoreError> {
        let (mut inserts, mut updates, mut details, mut codes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut currencies = HashMap::new();
        for write in &writes.orders {
            let order = &write.order;
            let row = rows::order_row(order, &self.workflows)?;
            if write.insert {
                inserts.push(row)
            } else {
                updates.push(row)
            }
            if write.insert || write.detail {
                details.push(rows::detail_row(order));
                codes.extend(rows::used_codes(order));
            }
            currencies.insert((order.account_id, order.id), order.currency.as_str());
        }
        let changes: Vec<_> = writes.changes.iter().map(rows::change_row).collect();
        let requests: Vec<_> = writes.requests.iter().map(rows::request_row).collect();
        // Rows that give a number up come before rows that take one.
        match &mut self.hand {
            _ if updates.is_empty() && changes.is_empty() && requests.is_empty() => {}
            Hand::Sqlite(hand) => hand.write_ledger(&updates, &changes, &requests)?,
            Hand::Postgres(hand) => hand.write_ledger(&updates, &changes, &requests).await?,
        }
        self.hand.put(&inserts, Taken::Refuse).await?;
        self.hand.put(&details, Taken::Overwrite).await?;
        let personal: Vec<_> = writes
            .changes
            .iter()
            .filter_map(rows::personal_row)
            .collect();
        self.hand.put(&personal, Taken::Refuse).await?;
        let payments = writes.payments.iter().map(|(account, order, payment)| {
            let currency = currencies
                .get(&(*account, *order))
                .copied()
                .unwrap_or_default();
            rows::payment_row(*account, *order, currency, payment)
        });
        self.hand
            .put(&payments.collect::<Vec<_>>(), Taken::Refuse)
            .await?;
        self.put(&writes.documents, rows::document_row, Taken::Overwrite)
            .await?;
        self.write_invoices(writes).await?;
        let used = writes.used_codes.iter();
        codes.extend(used.map(|(account_id, catalog, key)| used_code::Model {
            account_id: *account_id,
            catalog: (*catalog).to_owned(),
            key: key.clone(),
        }));
        codes.retain(|code| !self.used.contains(code));
        self.hand.put(&codes, Taken::Keep).await?;
        self.newly_used.extend(codes);
        Ok(())
    }

    /// Invoices come before what becomes of them, which the same batch may tell of.
    async fn write_invoices(&mut self, writes: &Writes) -> Result<(), StoreError> {
        let invoices = writes.invoices.iter();
        let row = |(account, invoice): &(i64, Invoice)| rows::invoice_row(*account, invoice);
        self.put(invoices, row, Taken::Refuse).await?;
        for (account, number, state) in &writes.invoice_states {
            let sql = "UPDATE invoice SET state = $1 WHERE account_id = $2 AND number = $3";
            let params = [i64::from(state.code()), *account, *number].map(Param::Int);
            self.hand.execute(sql, &params).await?;
        }
        let messages = writes.messages.iter();
        let row = |(account, message): &(i64, QueuedMessage)| rows::message_row(*account, message);
        self.put(messages, row, Taken::Refuse).await
    }

    pub(super) async fn put<T, R: Record>(
        &mut self,
        things: impl IntoIterator<Item = T>,
        row: impl Fn(T) -> R,
        taken: Taken,
    ) -> Result<(), StoreError> {
        let rows: Vec<R> = things.into_iter().map(row).collect();
        self.hand.put(&rows, taken).await
    }
}

/// The last of the items that have the same key, in the order of their first.
fn last_of_each<'a, T, K: Eq + std::hash::Hash>(
    items: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<&'a T> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut last: Vec<&'a T> = Vec::with_capacity(items.len());
    for item in items {
        match places.entry(key(item)) {
            std::collections::hash_map::Entry::Occupied(place) => last[*place.get()] = item,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(last.len());
                last.push(item);
            }
        }
    }
    last
}
