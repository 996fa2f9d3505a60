//! Who calls, and what they may call: keys, sessions and log-ins, the principal behind them, rights by method.

mod cache;
pub mod keys;
pub mod limits;
mod logins;
pub mod passwords;
mod peer;
pub mod rights;
mod throttle;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use subtle::ConstantTimeEq;

pub use crate::domain::admin::OPERATOR;
use crate::domain::admin::Proof;
pub use crate::domain::principal::Principal;
use crate::domain::role::Role;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::store::batch::CredentialRecord;
pub use peer::Peer;

use cache::Cache;
use keys::Secret;
use logins::Logins;
pub use logins::{AccountName, Attempt, SAME_LOGINS};
use passwords::{PasswordError, Passwords};

/// Why a credential does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Unknown, expired or revoked, or a password that does not fit; which of them is not told.
    #[error("the credential is unknown, expired or revoked")]
    Invalid,
    /// The credentials could not be read.
    #[error("credentials cannot be read at the moment")]
    Unavailable,
    /// The login or the address has failed several times; how long to wait.
    #[error("there were too many failed log-ins")]
    Throttled(Duration),
    /// More passwords are being checked than may be.
    #[error("more passwords are being checked than the service takes on")]
    Busy,
}

impl From<PasswordError> for AuthError {
    fn from(error: PasswordError) -> AuthError {
        match error {
            PasswordError::Busy => AuthError::Busy,
            PasswordError::Failed => AuthError::Unavailable,
        }
    }
}

/// A credential that was found, and the session by whose token it was found, if it was.
#[derive(Clone, Debug)]
pub struct Known {
    /// The credential.
    pub credential: CredentialRecord,
    /// The session.
    pub session: Option<Session>,
}

/// What a look-up promises.
pub type Lookup<'a, T> = Pin<Box<dyn Future<Output = Result<T, AuthError>> + Send + 'a>>;

/// Where credentials are kept.
pub trait CredentialSource: Send + Sync {
    /// The credential whose key, or the session whose token, has that SHA-256.
    fn by_hash<'a>(&'a self, hash: &'a [u8; 32]) -> Lookup<'a, Option<Known>>;

    /// The credential that has this login in that account; where none is named the credentials that have it in any,
    /// the oldest first, [`SAME_LOGINS`] at most.
    fn by_login<'a>(
        &'a self,
        account: Option<&'a AccountName>,
        login: &'a str,
    ) -> Lookup<'a, Vec<CredentialRecord>>;

    /// Notes that the session was used. Nobody waits for it.
    fn note_use(&self, session: &Session);
}

/// Finds the principal behind a key, a token or a log-in, and remembers it for at most five seconds.
pub struct Authenticator {
    source: Arc<dyn CredentialSource>,
    cache: Cache,
    logins: Logins,
    now: fn() -> Timestamp,
}

impl Authenticator {
    /// Over a source of credentials and a clock.
    ///
    /// # Errors
    /// The operating system gives no random bits.
    pub fn new(
        source: Arc<dyn CredentialSource>,
        now: fn() -> Timestamp,
    ) -> Result<Authenticator, getrandom::Error> {
        Ok(Authenticator {
            source,
            cache: Cache::default(),
            logins: Logins::new()?,
            now,
        })
    }

    /// The principal whose key, or session's token, that is.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for one that is unknown, expired or revoked, [`AuthError::Unavailable`] where the
    /// credentials cannot be read.
    pub async fn authenticate(&self, key: &Secret) -> Result<Arc<Principal>, AuthError> {
        let hash = key.hash();
        if let Some(found) = self.cache.get(&hash, (self.now)()) {
            return Ok(found);
        }
        let found = self.source.by_hash(&hash).await?;
        let known = found.ok_or(AuthError::Invalid)?;
        let now = (self.now)();
        let same: bool = match (&known.session, &known.credential.proof) {
            (Some(session), _) => session.token_hash.ct_eq(&hash).into(),
            (None, Proof::Key { hash: kept, .. }) => kept.ct_eq(&hash).into(),
            (None, Proof::Login { .. }) => false,
        };
        let ended = known.session.as_ref().is_some_and(|s| !s.stands(now));
        if !same || ended || !stands(&known.credential, now) {
            return Err(AuthError::Invalid);
        }
        if let Some(session) = known.session.as_ref().filter(|session| session.is_due(now)) {
            self.source.note_use(session);
        }
        Ok(self.remember(hash, known))
    }

    /// Forgets what was found by that hash of a key or token: it was ended here.
    pub fn forget(&self, hash: &[u8; 32]) {
        self.cache.forget(hash);
    }

    /// Hashes passwords, on the threads on which they are checked.
    pub fn passwords(&self) -> &Passwords {
        &self.logins.passwords
    }

    fn remember(&self, hash: [u8; 32], known: Known) -> Arc<Principal> {
        let expire_time = known.credential.expire_time;
        let (end, lifetime) = match &known.session {
            None => (expire_time, cache::LIFETIME),
            Some(session) => {
                let noted = u64::try_from(session.noted()).unwrap_or(0);
                let end = expire_time.map_or(session.end_time, |end| end.min(session.end_time));
                (Some(end), Duration::from_micros(noted))
            }
        };
        let principal = Arc::new(principal(known));
        self.cache.put(hash, principal.clone(), end, lifetime);
        principal
    }
}

/// Whether a credential is neither revoked nor past its time.
fn stands(credential: &CredentialRecord, now: Timestamp) -> bool {
    credential.revoke_time.is_none() && credential.expire_time.is_none_or(|end| end > now)
}

fn principal(known: Known) -> Principal {
    let record = known.credential;
    Principal {
        account_id: record.account_id,
        credential_id: record.id,
        actor: record.title,
        role: record.role,
        customer_id: record.customer_id,
        store_id: record.store_id,
        scopes: record.scopes,
        session: known.session.map(|session| session.token_hash),
    }
}

/// The service itself as a caller: it makes the first account and what the command line asks for.
/// Account 0 stands for none.
pub fn system(account_id: i64, actor: &str) -> Principal {
    Principal {
        account_id,
        credential_id: 0,
        actor: actor.to_owned(),
        role: Role::Admin,
        customer_id: None,
        store_id: None,
        scopes: vec![OPERATOR.to_owned()],
        session: None,
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
