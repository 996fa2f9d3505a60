//! Logins with passwords: checking one without making each check cost a hash.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::keys::Secret;
use super::passwords::Passwords;
use super::throttle::Throttle;
use super::{AuthError, Authenticator, Known, stands};
use crate::domain::admin::Proof;
use crate::domain::principal::Principal;
use crate::store::batch::CredentialRecord;

/// How long a password that fitted is known to fit.
const PROVEN: Duration = Duration::from_secs(60);
/// How many of them are known.
const CAPACITY: usize = 10_000;
/// How often a login may fail at once, and after how long once more.
const LOGIN_TRIES: (u32, Duration) = (10, Duration::from_secs(15));
/// The same for an address, whose users are many.
const ADDRESS_TRIES: (u32, Duration) = (50, Duration::from_secs(2));

/// In how many accounts a login is looked for, the oldest first, where a log-in names none: each costs a hash.
pub const SAME_LOGINS: u64 = 8;

/// How a log-in names its account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AccountName {
    /// By its number.
    Id(i64),
    /// By its code.
    Code(String),
}

/// A login and a password, as somebody presents them.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The account; where it is not named, the one whose login has that password.
    pub account: Option<AccountName>,
    /// The login.
    pub login: String,
    /// The password.
    pub password: Secret,
    /// From where.
    pub address: Option<IpAddr>,
}

/// What is remembered of log-ins.
pub(super) struct Logins {
    pub(super) passwords: Passwords,
    /// Random, so that what is remembered of passwords is worth nothing outside of this process.
    key: [u8; 32],
    /// Whether a password fits, by the hash over both.
    proven: Mutex<HashMap<[u8; 32], (Instant, bool)>>,
    /// Log-ins under way: whoever presents the same as another one waits for what that comes to.
    under_way: Mutex<HashMap<[u8; 32], Arc<tokio::sync::Mutex<()>>>>,
    by_login: Throttle<(Option<AccountName>, String)>,
    by_address: Throttle<IpAddr>,
}

impl Logins {
    /// Nothing remembered yet.
    ///
    /// # Errors
    /// The operating system gives no random bits.
    pub(super) fn new() -> Result<Logins, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Logins {
            passwords: Passwords::default(),
            key,
            proven: Mutex::default(),
            under_way: Mutex::default(),
            by_login: Throttle::new(LOGIN_TRIES.0, LOGIN_TRIES.1),
            by_address: Throttle::new(ADDRESS_TRIES.0, ADDRESS_TRIES.1),
        })
    }

    /// A keyed hash over parts, none of which runs into the next.
    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.key);
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn proven(&self, digest: &[u8; 32]) -> Option<bool> {
        let proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        let known = proven.get(digest);
        known
            .filter(|(since, _)| since.elapsed() < PROVEN)
            .map(|(_, fits)| *fits)
    }

    fn prove(&self, candidates: &[Candidate]) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= CAPACITY {
            proven.retain(|_, (since, _)| since.elapsed() < PROVEN);
        }
        if proven.len() >= CAPACITY {
            proven.clear();
        }
        let now = Instant::now();
        let known = candidates
            .iter()
            .filter_map(|it| Some((it.digest, (now, it.fits?))));
        proven.extend(known);
    }

    /// Forgets which passwords fit.
    #[cfg(test)]
    pub(super) fn forget(&self) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        proven.clear();
    }

    /// What whoever presents that holds while it is looked into.
    fn turn(&self, digest: [u8; 32]) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= CAPACITY {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(digest).or_default())
    }

    /// Which of the credentials the password fits. Where several accounts have one login it tells them apart; where
    /// it fits two of them nobody can tell which one is meant, and it opens neither.
    async fn fitting(
        &self,
        attempt: &Attempt,
        found: Vec<CredentialRecord>,
    ) -> Result<CredentialRecord, AuthError> {
        let password = attempt.password.expose().as_bytes();
        let candidate = |credential: CredentialRecord| {
            let Proof::Login { password_hash, .. } = &credential.proof else {
                return None;
            };
            let hash = password_hash.clone();
            let digest = self.digest(&[hash.as_bytes(), password]);
            Some(Candidate {
                fits: self.proven(&digest),
                credential,
                hash,
                digest,
            })
        };
        let mut candidates: Vec<_> = found.into_iter().filter_map(candidate).collect();
        if candidates.is_empty() || candidates.iter().any(|it| it.fits.is_none()) {
            self.try_each(attempt, &mut candidates).await?;
        }
        let at = only(&candidates).ok_or(AuthError::Invalid)?;
        self.prove(&candidates);
        Ok(candidates.swap_remove(at).credential)
    }

    /// Tries the password on each candidate of whom it is not known, as far as the attempt may be made at all. A
    /// password that opens the one account that has the login costs no try. Where several have it, it costs one all
    /// the same: whoever can make logins in one of them could ask by it, as often as they like, for the passwords of
    /// the others.
    async fn try_each(
        &self,
        attempt: &Attempt,
        candidates: &mut [Candidate],
    ) -> Result<(), AuthError> {
        let now = Instant::now();
        let login = (attempt.account.clone(), attempt.login.clone());
        let address = attempt.address.map(network);
        self.by_login
            .take(login.clone(), now)
            .map_err(AuthError::Throttled)?;
        if let Some(address) = address
            && let Err(wait) = self.by_address.take(address, now)
        {
            self.by_login.give_back(&login);
            return Err(AuthError::Throttled(wait));
        }
        let tried = self.hash_each(&attempt.password, candidates).await;
        let opens = matches!(
            candidates,
            [Candidate {
                fits: Some(true),
                ..
            }]
        );
        if tried.is_err() || opens {
            self.by_login.give_back(&login);
            address.iter().for_each(|at| self.by_address.give_back(at));
        }
        tried
    }

    async fn hash_each(
        &self,
        password: &Secret,
        candidates: &mut [Candidate],
    ) -> Result<(), AuthError> {
        if candidates.is_empty() {
            // As much work as a wrong password for a login that there is.
            self.passwords.fits(password.clone(), None).await?;
        }
        for candidate in candidates.iter_mut().filter(|it| it.fits.is_none()) {
            let hash = Some(candidate.hash.clone());
            candidate.fits = Some(self.passwords.fits(password.clone(), hash).await?);
        }
        Ok(())
    }
}

/// A credential whose password it may be.
struct Candidate {
    credential: CredentialRecord,
    hash: String,
    /// The hash over the password and that hash.
    digest: [u8; 32],
    /// Whether the password fits, as far as that is known.
    fits: Option<bool>,
}

/// Where the only one stands whom the password fits.
fn only(candidates: &[Candidate]) -> Option<usize> {
    let fits = |candidate: &Candidate| candidate.fits == Some(true);
    let at = candidates.iter().position(fits)?;
    (!candidates[at + 1..].iter().any(fits)).then_some(at)
}

impl Authenticator {
    /// The principal whose login and password that is. What was right a moment ago is remembered, by a keyed hash:
    /// the principal for at most five seconds, and that the password fits for a minute.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for an unknown login as for a wrong password of a login that one account has, after the
    /// same work, and for a password that fits the login in two accounts where none is named;
    /// [`AuthError::Throttled`] after several failures of the login or from the address; [`AuthError::Busy`] where more
    /// passwords are being checked than may be.
    pub async fn log_in(&self, attempt: &Attempt) -> Result<Arc<Principal>, AuthError> {
        let (name, number) = match &attempt.account {
            None => ("", [0; 8]),
            Some(AccountName::Code(code)) => (code.as_str(), [0; 8]),
            Some(AccountName::Id(id)) => ("", id.to_le_bytes()),
        };
        let password = attempt.password.expose().as_bytes();
        let whole =
            self.logins
                .digest(&[name.as_bytes(), &number, attempt.login.as_bytes(), password]);
        if let Some(found) = self.cache.get(&whole, (self.now)()) {
            return Ok(found);
        }
        let turn = self.logins.turn(whole);
        let _turn = turn.lock().await;
        if let Some(found) = self.cache.get(&whole, (self.now)()) {
            return Ok(found);
        }
        let account = attempt.account.as_ref();
        let found = self.source.by_login(account, &attempt.login).await?;
        let candidates = found
            .into_iter()
            .filter(|credential| stands(credential, (self.now)()))
            .collect();
        let credential = self.logins.fitting(attempt, candidates).await?;
        let known = Known {
            credential,
            session: None,
        };
        Ok(self.remember(whole, known))
    }
}

/// Whose address it is: of the sixth version of the protocol everybody has as many as they like within one network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}
