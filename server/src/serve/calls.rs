//! Where the calls of days are kept: in the database.

use tracing::{debug, warn};

use crate::auth::limits::{Adding, CallKeeper, Today};
use crate::auth::{AuthError, Lookup, system};
use crate::domain::calendar;
use crate::domain::time::Timestamp;
use crate::ledger::{Answer, Ledger, Submission, Task};
use crate::store::batch::DailyCalls;
use crate::store::{Store, StoreError};

/// The calls in the database, and the ledger, which writes them.
pub(super) struct Calls {
    store: Store,
    ledger: Ledger,
}

impl Calls {
    pub(super) fn new(store: Store, ledger: Ledger) -> Calls {
        Calls { store, ledger }
    }

    async fn read(
        &self,
        account: i64,
        credential: i64,
        now: Timestamp,
    ) -> Result<Today, StoreError> {
        let Some(zone) = self.store.time_zone(account).await? else {
            return Err(StoreError::Broken(format!("there is no account {account}")));
        };
        let (day, end) = calendar::numbered_day(now, &zone);
        let calls = self.store.calls(account, credential, day).await?;
        Ok(Today { day, end, calls })
    }
}

impl CallKeeper for Calls {
    fn today(&self, account: i64, credential: i64, now: Timestamp) -> Lookup<'_, Today> {
        Box::pin(async move {
            let read = self.read(account, credential, now).await;
            read.map_err(|error| {
                warn!(%error, "the calls of a day cannot be read");
                AuthError::Unavailable
            })
        })
    }

    fn add(&self, calls: Vec<DailyCalls>) -> Adding<'_> {
        Box::pin(async move {
            let submission = Submission {
                principal: system(0, "calls"),
                task: Task::Calls(calls),
                etag: String::new(),
                request: None,
                validate_only: false,
                deadline: None,
            };
            match self.ledger.submit(submission).await {
                Ok(Answer::Calls(totals)) => Ok(totals),
                other => {
                    debug!(?other, "the calls of a day were not added");
                    Err(AuthError::Unavailable)
                }
            }
        })
    }
}
