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

/// In how many accounts one login is looked for, the oldest first, where a log-in names no account: each costs a hash.
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

    fn prove(&self, digests: impl Iterator<Item = ([u8; 32], bool)>) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= CAPACITY {
            proven.retain(|_, (since, _)| since.elapsed() < PROVEN);
        }
        if proven.len() >= CAPACITY {
            proven.clear();
        }
        proven.extend(digests.map(|(digest, fits)| (digest, (Instant::now(), fits))));
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
        mut candidates: Vec<CredentialRecord>,
    ) -> Result<CredentialRecord, AuthError> {
        let hashes: Vec<String> = candidates
            .iter()
            .filter_map(|credential| match &credential.proof {
                Proof::Login { password_hash, .. } => Some(password_hash.clone()),
                Proof::Key { .. } => None,
            })
            .collect();
        let password = attempt.password.expose().as_bytes();
        let digests: Vec<_> = hashes
            .iter()
            .map(|hash| self.digest(&[hash.as_bytes(), password]))
            .collect();
        let proven: Option<Vec<bool>> = digests.iter().map(|it| self.proven(it)).collect();
        let fits = match proven.filter(|fits| !fits.is_empty()) {
            Some(fits) => fits,
            None => self.try_each(attempt, hashes).await?,
        };
        let at = only(&fits).ok_or(AuthError::Invalid)?;
        self.prove(digests.into_iter().zip(fits));
        Ok(candidates.swap_remove(at))
    }

    /// Whether the password fits each hash, as far as the attempt may be made at all. One that opens nothing counts
    /// as a failure, and costs a hash even where there is none.
    async fn try_each(
        &self,
        attempt: &Attempt,
        hashes: Vec<String>,
    ) -> Result<Vec<bool>, AuthError> {
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
        let fits = self.hash_each(&attempt.password, hashes).await;
        if fits.as_ref().map_or(true, |fits| only(fits).is_some()) {
            self.by_login.give_back(&login);
            address.iter().for_each(|at| self.by_address.give_back(at));
        }
        fits
    }

    async fn hash_each(
        &self,
        password: &Secret,
        hashes: Vec<String>,
    ) -> Result<Vec<bool>, AuthError> {
        if hashes.is_empty() {
            self.passwords.fits(password.clone(), None).await?;
        }
        let mut fits = Vec::with_capacity(hashes.len());
        for hash in hashes {
            fits.push(self.passwords.fits(password.clone(), Some(hash)).await?);
        }
        Ok(fits)
    }
}

/// Where the only `true` stands.
fn only(fits: &[bool]) -> Option<usize> {
    let at = fits.iter().position(|fits| *fits)?;
    (!fits[at + 1..].contains(&true)).then_some(at)
}

impl Authenticator {
    /// The principal whose login and password that is. What was right a moment ago is remembered, by a keyed hash:
    /// the principal for at most five seconds, and that the password fits for a minute.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for an unknown login as for a wrong password, after the same work, and for a password
    /// that fits the login in two accounts where none is named;
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
