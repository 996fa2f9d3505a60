//! API keys and the tokens of sessions. Only their SHA-256 is ever kept: 256 random bits need no salt and no slow hash.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What every key made here begins with, so that scanners for leaked secrets know it.
const KEY: &str = "osk_";
/// The same for the token of a session.
const TOKEN: &str = "oss_";
/// How many characters of a key are kept to tell keys apart.
const SHOWN: usize = 8;
/// No key is longer, in bytes; anything over it is not looked up.
pub const LONGEST: usize = 512;

/// A key, a token or a password as a caller presents it. It never shows itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What somebody presented.
    pub fn new(key: impl Into<String>) -> Secret {
        Secret(key.into())
    }

    /// A new key: `osk_` and 43 characters of base64url over 256 random bits.
    ///
    /// # Errors
    /// The operating system gives no random bits.
    pub fn generate() -> Result<Secret, getrandom::Error> {
        random(KEY)
    }

    /// A new token of a session: `oss_` and 43 characters of base64url over 256 random bits.
    ///
    /// # Errors
    /// The operating system gives no random bits.
    pub fn generate_token() -> Result<Secret, getrandom::Error> {
        random(TOKEN)
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

fn random(prefix: &str) -> Result<Secret, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Secret(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// A text up to where something stands in it that begins like a key or a token made here.
pub fn before_any(text: &str) -> &str {
    let starts = [KEY, TOKEN].iter().filter_map(|start| text.find(start));
    starts.min().map_or(text, |at| &text[..at])
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
