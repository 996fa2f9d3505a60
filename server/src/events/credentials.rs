//! Whether the credential of a watch, and its session, still stand.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::domain::principal::Principal;
use crate::store::Store;

/// How long an answer is believed.
const BELIEVED: Duration = Duration::from_secs(2);
/// How many answers are kept.
const KEPT: usize = 4096;

/// Account, credential, and the hash of the session's token.
type Key = (i64, i64, Option<[u8; 32]>);

/// What was last known of the credentials that watch, so that many watches of one ask once.
#[derive(Default)]
pub struct Credentials {
    known: Mutex<HashMap<Key, (Instant, bool)>>,
}

impl Credentials {
    /// Whether the credential is neither revoked nor past its time, and the session has not ended. Where the database does not answer
    /// it is believed to be as it was.
    pub async fn stand(&self, store: &Store, principal: &Principal) -> bool {
        let key = (
            principal.account_id,
            principal.credential_id,
            principal.session,
        );
        if let Some(known) = self.known(key) {
            return known;
        }
        let Ok(credential) = store.credential(key.0, key.1).await else {
            return true;
        };
        let session = match &principal.session {
            Some(hash) => store.session(hash).await,
            None => Ok(None),
        };
        let Ok(session) = session else { return true };
        let now = clock::now();
        let stands = credential.is_some_and(|credential| {
            credential.revoke_time.is_none() && credential.expire_time.is_none_or(|end| now < end)
        }) && (principal.session.is_none() || session.is_some_and(|s| s.stands(now)));
        let mut answers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= KEPT {
            answers.clear();
        }
        answers.insert(key, (Instant::now(), stands));
        stands
    }

    fn known(&self, key: Key) -> Option<bool> {
        let answers = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .get(&key)
            .filter(|(since, _)| since.elapsed() < BELIEVED)
            .map(|(_, stands)| *stands)
    }
}
