//! From the changes of the log to the orders around them.

use std::collections::HashMap;
use std::sync::Arc;

use super::Entry;
use crate::domain::change::Change;
use crate::domain::fields::fold;
use crate::domain::order::Order;
use crate::store::{Store, StoreError};

/// How many orders each of the two halves of the memory holds.
const KEPT: usize = 2048;

/// Folds changes, which come in the order of the log, into the orders that they belong to.
pub struct Unroller {
    store: Store,
    /// Orders as of the last change that was seen of them: those touched lately, and those before.
    recent: HashMap<(i64, i64), Arc<Order>>,
    older: HashMap<(i64, i64), Arc<Order>>,
}

impl Unroller {
    /// One that knows no order yet.
    pub fn new(store: Store) -> Unroller {
        Unroller {
            store,
            recent: HashMap::new(),
            older: HashMap::new(),
        }
    }

    /// Forgets every order.
    pub fn clear(&mut self) {
        self.recent.clear();
        self.older.clear();
    }

    /// The change with its order before and after it.
    ///
    /// # Errors
    /// Where the order cannot be read.
    pub async fn entry(&mut self, change: Change) -> Result<Entry, StoreError> {
        let before = self.before(&change).await?;
        let mut after = before.as_deref().cloned().unwrap_or_default();
        fold(&mut after, &change);
        slim(&mut after);
        let after = Arc::new(after);
        if self.recent.len() >= KEPT {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent
            .insert((change.account_id, change.order_id), Arc::clone(&after));
        Ok(Entry {
            change,
            before,
            after,
        })
    }

    async fn before(&self, change: &Change) -> Result<Option<Arc<Order>>, StoreError> {
        if change.version == 1 {
            return Ok(None);
        }
        let (account, order, version) = (change.account_id, change.order_id, change.version - 1);
        let key = (account, order);
        let known = self.recent.get(&key).or_else(|| self.older.get(&key));
        if let Some(known) = known.filter(|known| known.version == version) {
            return Ok(Some(Arc::clone(known)));
        }
        let found = self.store.order_as_of(account, order, version).await?;
        let mut found = found.ok_or_else(|| {
            StoreError::Broken(format!(
                "order {order} of account {account} has no version {version}"
            ))
        })?;
        slim(&mut found);
        Ok(Some(Arc::new(found)))
    }
}

/// Drops the parts of an order that are never shown with a change. The amounts do not need them: a
/// change carries those that it moved.
fn slim(order: &mut Order) {
    order.lines = Vec::new();
    order.terms = Vec::new();
    order.payments = Vec::new();
    order.attributes.clear();
    order.customer.address = None;
    order.delivery_address = None;
    order.notes = String::new();
}
