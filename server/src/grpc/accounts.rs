//! Accounts as they were a moment ago, so that not every answer reads its account anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::account::Account;
use crate::store::{Store, StoreError};

/// How long an account is taken as it was read.
const FRESH: Duration = Duration::from_secs(1);
/// How many accounts are kept.
const KEPT: usize = 4096;

/// Accounts by id, each at most a second old. They give words to answers; no rule is decided by them.
#[derive(Default)]
pub struct Accounts {
    known: Mutex<HashMap<i64, (Instant, Arc<Account>)>>,
}

impl Accounts {
    /// The account; `None` where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn get(&self, store: &Store, id: i64) -> Result<Option<Arc<Account>>, StoreError> {
        let known = self.known(id);
        if let Some((since, account)) = &known
            && since.elapsed() < FRESH
        {
            return Ok(Some(Arc::clone(account)));
        }
        // An account that nobody changed need not be read whole again.
        if let Some((_, account)) = known
            && store.revision(id).await? == Some(account.revision)
        {
            self.keep(Arc::clone(&account));
            return Ok(Some(account));
        }
        self.read(store, id).await
    }

    /// The account as it is now.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn read(&self, store: &Store, id: i64) -> Result<Option<Arc<Account>>, StoreError> {
        let account = store.account(id).await?.map(Arc::new);
        if let Some(account) = &account {
            self.keep(Arc::clone(account));
        }
        Ok(account)
    }

    fn known(&self, id: i64) -> Option<(Instant, Arc<Account>)> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn keep(&self, account: Arc<Account>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(account.id, (Instant::now(), account));
    }
}
