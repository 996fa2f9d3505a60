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

/// How long a password that fitted is known to fit.
const PROVEN: Duration = Duration::from_secs(60);
/// How many of them are known.
const CAPACITY: usize = 10_000;
/// How often a login may fail at once, and after how long once more.
const LOGIN_TRIES: (u32, Duration) = (10, Duration::from_secs(15));
/// The same for an address, whose users are many.
const ADDRESS_TRIES: (u32, Duration) = (50, Duration::from_secs(2));

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
    /// The account; where it is not named, the only one that has that login.
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
    proven: Mutex<HashMap<[u8; 32], Instant>>,
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

    fn is_proven(&self, digest: &[u8; 32]) -> bool {
        let proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        proven
            .get(digest)
            .is_some_and(|since| since.elapsed() < PROVEN)
    }

    fn prove(&self, digest: [u8; 32]) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        if proven.len() >= CAPACITY {
            proven.retain(|_, since| since.elapsed() < PROVEN);
        }
        if proven.len() >= CAPACITY {
            proven.clear();
        }
        proven.insert(digest, Instant::now());
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

    /// Whether the password fits, as far as the attempt may be made at all.
    async fn fits(&self, attempt: &Attempt, known: Option<String>) -> Result<bool, AuthError> {
        let now = Instant::now();
        let login = (attempt.account.clone(), attempt.login.clone());
        let address = attempt.address.map(network);
        self.by_login
            .take(login.clone(), now)
            .map_err(AuthError::Throttled)?;
        let give_login_back = || self.by_login.give_back(&login);
        if let Some(address) = address
            && let Err(wait) = self.by_address.take(address, now)
        {
            give_login_back();
            return Err(AuthError::Throttled(wait));
        }
        let fits = self.passwords.fits(attempt.password.clone(), known).await;
        if fits != Ok(false) {
            give_login_back();
            address.iter().for_each(|at| self.by_address.give_back(at));
        }
        Ok(fits?)
    }
}

impl Authenticator {
    /// The principal whose login and password that is. What was right a moment ago is remembered, by a keyed hash:
    /// the principal for at most five seconds, and that the password fits for a minute.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for an unknown login as for a wrong password, after the same work;
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
        let found = found.filter(|credential| stands(credential, (self.now)()));
        let hash = found
            .as_ref()
            .and_then(|credential| match &credential.proof {
                Proof::Login { password_hash, .. } => Some(password_hash.clone()),
                Proof::Key { .. } => None,
            });
        let proof = hash
            .as_ref()
            .map(|hash| self.logins.digest(&[hash.as_bytes(), password]));
        if !proof.is_some_and(|proof| self.logins.is_proven(&proof))
            && !self.logins.fits(attempt, hash).await?
        {
            return Err(AuthError::Invalid);
        }
        let credential = found.ok_or(AuthError::Invalid)?;
        proof.into_iter().for_each(|proof| self.logins.prove(proof));
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
