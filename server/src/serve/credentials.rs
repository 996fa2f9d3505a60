//! Where the authenticator finds credentials: in the database.

use tracing::{debug, warn};

use crate::auth::{AccountName, AuthError, CredentialSource, Known, Lookup, SAME_LOGINS, system};
use crate::clock;
use crate::domain::session::{Session, SessionCommand};
use crate::ledger::{Ledger, Submission, Task};
use crate::store::batch::CredentialRecord;
use crate::store::{Store, StoreError};

/// The credentials in the database, and the ledger for what is noted of their use.
pub(super) struct Credentials {
    store: Store,
    ledger: Ledger,
}

impl Credentials {
    pub(super) fn new(store: Store, ledger: Ledger) -> Credentials {
        Credentials { store, ledger }
    }

    async fn known(&self, hash: &[u8; 32]) -> Result<Option<Known>, StoreError> {
        if let Some(credential) = self.store.credential_by_hash(hash).await? {
            return Ok(Some(Known {
                credential,
                session: None,
            }));
        }
        let Some(session) = self.store.session(hash).await? else {
            return Ok(None);
        };
        let (account, id) = (session.account_id, session.credential_id);
        let credential = self.store.credential(account, id).await?;
        Ok(credential.map(|credential| Known {
            credential,
            session: Some(session),
        }))
    }

    async fn logins(
        &self,
        account: Option<&AccountName>,
        login: &str,
    ) -> Result<Vec<CredentialRecord>, StoreError> {
        let account = match account {
            None => None,
            Some(AccountName::Id(id)) => Some(*id),
            // There is no account 0, and looking for it takes as long.
            Some(AccountName::Code(code)) => {
                Some(self.store.account_by_code(code).await?.unwrap_or(0))
            }
        };
        self.store
            .credentials_by_login(account, login, clock::now(), SAME_LOGINS)
            .await
    }
}

impl CredentialSource for Credentials {
    fn by_hash<'a>(&'a self, hash: &'a [u8; 32]) -> Lookup<'a, Option<Known>> {
        Box::pin(async move { self.known(hash).await.map_err(|error| away(&error)) })
    }

    fn by_login<'a>(
        &'a self,
        account: Option<&'a AccountName>,
        login: &'a str,
    ) -> Lookup<'a, Vec<CredentialRecord>> {
        Box::pin(async move {
            let found = self.logins(account, login).await;
            found.map_err(|error| away(&error))
        })
    }

    fn note_use(&self, session: &Session) {
        let submission = Submission {
            principal: system(session.account_id, "session"),
            task: Task::Session(SessionCommand::Renew(session.token_hash)),
            etag: String::new(),
            request: None,
            validate_only: false,
            deadline: None,
        };
        let ledger = self.ledger.clone();
        tokio::spawn(async move {
            // The next call notes it again.
            if let Err(failure) = ledger.submit(submission).await {
                debug!(?failure, "the use of a session was not noted");
            }
        });
    }
}

fn away(error: &StoreError) -> AuthError {
    warn!(%error, "a credential cannot be read");
    AuthError::Unavailable
}
