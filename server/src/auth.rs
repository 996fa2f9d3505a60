//! Who calls, and what they may call: keys, the principal behind a key, rights by method.

mod cache;
pub mod keys;
pub mod rights;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use subtle::ConstantTimeEq;

pub use crate::domain::admin::OPERATOR;
use crate::domain::principal::Principal;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::store::batch::CredentialRecord;

use cache::Cache;
use keys::Secret;

/// Why a key does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Unknown, expired or revoked; which of them is not told.
    #[error("the credential is unknown, expired or revoked")]
    Invalid,
    /// The credentials could not be read.
    #[error("credentials cannot be read at the moment")]
    Unavailable,
}

/// What [`CredentialSource::by_hash`] promises.
pub type Lookup<'a> =
    Pin<Box<dyn Future<Output = Result<Option<CredentialRecord>, AuthError>> + Send + 'a>>;

/// Where credentials are kept.
pub trait CredentialSource: Send + Sync {
    /// The credential whose key has that SHA-256.
    fn by_hash<'a>(&'a self, hash: &'a [u8; 32]) -> Lookup<'a>;
}

/// Finds the principal behind a key, and remembers it for at most five seconds.
pub struct Authenticator {
    source: Arc<dyn CredentialSource>,
    cache: Cache,
    now: fn() -> Timestamp,
}

impl Authenticator {
    /// Over a source of credentials and a clock.
    pub fn new(source: Arc<dyn CredentialSource>, now: fn() -> Timestamp) -> Authenticator {
        Authenticator {
            source,
            cache: Cache::default(),
            now,
        }
    }

    /// The principal whose key that is.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for a key that is unknown, expired or revoked, [`AuthError::Unavailable`]
    /// where the credentials cannot be read.
    pub async fn authenticate(&self, key: &Secret) -> Result<Arc<Principal>, AuthError> {
        let hash = key.hash();
        if let Some(found) = self.cache.get(&hash, (self.now)()) {
            return Ok(found);
        }
        let record = self
            .source
            .by_hash(&hash)
            .await?
            .ok_or(AuthError::Invalid)?;
        let same: bool = record.key_hash.ct_eq(&hash).into();
        let now = (self.now)();
        if !same || record.revoke_time.is_some() || record.expire_time.is_some_and(|end| end <= now)
        {
            return Err(AuthError::Invalid);
        }
        let expire_time = record.expire_time;
        let principal = Arc::new(principal(record));
        self.cache.put(hash, principal.clone(), expire_time);
        Ok(principal)
    }
}

fn principal(record: CredentialRecord) -> Principal {
    Principal {
        account_id: record.account_id,
        credential_id: record.id,
        actor: record.title,
        role: record.role,
        customer_id: record.customer_id,
        store_id: record.store_id,
        scopes: record.scopes,
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
    }
}

#[cfg(test)]
mod tests;
