//! Passwords: Argon2id on a few threads of its own, with a short queue before them.
//!
//! One hash takes 19 MiB and tens of milliseconds of a core, on purpose. Without a bound anybody could have the
//! process compute nothing else.

use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;

use super::keys::Secret;

/// Memory of one hash, in KiB; with one lane and two passes this is what OWASP's cheat sheet on password storage asks
/// of Argon2id.
const MEMORY: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// How many threads hash at once, at most.
const THREADS: usize = 2;
/// How many hashes may wait for a thread.
pub const QUEUE: usize = 16;

/// Why a password was not hashed or checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// As many wait as may.
    #[error("more passwords are being checked than the service takes on")]
    Busy,
    /// No random bits, or a hash that is none.
    #[error("the password cannot be hashed")]
    Failed,
}

/// Hashes and checks passwords. Clones share the threads.
#[derive(Clone)]
pub struct Passwords {
    threads: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    /// Half of the cores, two at most.
    fn default() -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (cores / 2).clamp(1, THREADS);
        Passwords {
            threads: Arc::new(Semaphore::new(threads)),
            places: Arc::new(Semaphore::new(threads + QUEUE)),
        }
    }
}

impl Passwords {
    /// The hash of a new password with a salt of its own, as the PHC string format writes it.
    ///
    /// # Errors
    /// [`PasswordError`] says why there is none.
    pub async fn hash(&self, password: Secret) -> Result<String, PasswordError> {
        self.work(move || hash(&password)).await?
    }

    /// Whether the password is the one with that hash. Without a hash it is not, and finding that out takes as long.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] where it was not looked at.
    pub async fn fits(
        &self,
        password: Secret,
        known: Option<String>,
    ) -> Result<bool, PasswordError> {
        self.work(move || match known {
            Some(known) => fits(&password, &known),
            None => hash(&password).map(|_| false),
        })
        .await?
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| PasswordError::Busy)?;
        let thread = Arc::clone(&self.threads).acquire_owned().await;
        let thread = thread.map_err(|_| PasswordError::Busy)?;
        // The work holds its places itself: it goes on after a caller who hung up.
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, thread));
            done
        });
        worked.await.map_err(|_| PasswordError::Failed)
    }
}

#[cfg(test)]
impl Passwords {
    /// Without a thread: whoever asks finds the queue full.
    pub(super) fn none() -> Passwords {
        Passwords {
            threads: Arc::new(Semaphore::new(0)),
            places: Arc::new(Semaphore::new(0)),
        }
    }
}

fn hash(password: &Secret) -> Result<String, PasswordError> {
    let failed = |_| PasswordError::Failed;
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Failed)?;
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .map_err(failed)?;
    Ok(hash.to_string())
}

/// The parameters are those of the hash, so that hashes outlive a change of those above.
fn fits(password: &Secret, known: &str) -> Result<bool, PasswordError> {
    let known = PasswordHash::new(known).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::default()
        .verify_password(password.expose().as_bytes(), &known)
        .is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_two_hashes_are_alike() {
        let passwords = Passwords::default();
        let secret = || Secret::new("correct horse");
        let (one, other) = (
            passwords.hash(secret()).await.unwrap(),
            passwords.hash(secret()).await.unwrap(),
        );
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert_eq!(passwords.fits(secret(), Some(one.clone())).await, Ok(true));
        let wrong = Secret::new("correct house");
        assert_eq!(passwords.fits(wrong, Some(one)).await, Ok(false));
        assert_eq!(passwords.fits(secret(), None).await, Ok(false));
        let none = Some("plain".to_owned());
        assert_eq!(
            passwords.fits(secret(), none).await,
            Err(PasswordError::Failed)
        );
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_told_at_once() {
        let passwords = Passwords {
            threads: Arc::new(Semaphore::new(0)),
            places: Arc::new(Semaphore::new(1)),
        };
        let first = passwords.hash(Secret::new("first"));
        tokio::pin!(first);
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        let second = passwords.hash(Secret::new("second")).await;
        assert_eq!(second, Err(PasswordError::Busy));
        passwords.threads.add_permits(1);
        assert!(first.await.is_ok());
    }
}
