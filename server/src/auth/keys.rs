//! API keys. Only their SHA-256 is ever kept: a key with 256 random bits needs no salt and no slow hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What every key made here begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "osk_";
/// How many characters of a key are kept to tell keys apart.
const SHOWN: usize = 8;
/// No key is longer, in bytes; anything over it is not looked up.
pub const LONGEST: usize = 512;

/// A key as a caller presents it. It never shows itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A key that somebody presented.
    pub fn new(key: impl Into<String>) -> Secret {
        Secret(key.into())
    }

    /// A new key: `osk_` and 43 characters of base64url over 256 random bits.
    ///
    /// # Errors
    /// The operating system gives no random bits.
    pub fn generate() -> Result<Secret, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Secret(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// SHA-256 of the key, under which it is looked up.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The first characters, which are not secret.
    pub fn prefix(&self) -> String {
        self.0.chars().take(SHOWN).collect()
    }

    /// The key itself, to be shown to its owner once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// The key in the headers of a call: `authorization: Bearer KEY`, else `x-api-key: KEY`. `None` where
/// there is neither, or where a header holds something else.
pub fn from_headers(headers: &http::HeaderMap) -> Option<Secret> {
    let key = match headers.get(http::header::AUTHORIZATION) {
        Some(value) => {
            let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())?
        }
        None => headers.get("x-api-key")?.to_str().ok()?.trim(),
    };
    (!key.is_empty() && key.len() <= LONGEST).then(|| Secret::new(key))
}
