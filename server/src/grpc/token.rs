//! Opaque tokens: a kind, a body, and a checksum that tells a token of ours from anything else.
//!
//! A token grants nothing: whoever presents one is checked as everybody is. So it is not secret, and
//! the checksum is against mistakes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// How many bytes of the checksum a token carries.
const CHECKED: usize = 8;
/// No token is longer, in characters.
const LONGEST: usize = 512;

/// The form of a token's body. A changed form gets another number, so that old tokens are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Form {
    /// The end of a page.
    Page = 1,
    /// A place in a watch.
    Watch = 2,
}

/// The token for a body.
pub fn write(form: Form, body: &[u8]) -> String {
    let mut bytes = vec![form as u8];
    bytes.extend(body);
    bytes.extend(checksum(&bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The body of a token; `None` where it is not one of ours, or of another form.
pub fn read(form: Form, token: &str) -> Option<Vec<u8>> {
    if token.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (content, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECKED)?)?;
    let (first, body) = content.split_first()?;
    (*first == form as u8 && check == checksum(content)).then(|| body.to_vec())
}

fn checksum(content: &[u8]) -> [u8; CHECKED] {
    let digest: [u8; 32] = Sha256::new_with_prefix(b"order status token")
        .chain_update(content)
        .finalize()
        .into();
    std::array::from_fn(|at| digest[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_its_body_and_any_other_text_as_nothing() {
        let token = write(Form::Page, b"body");
        assert_eq!(read(Form::Page, &token).as_deref(), Some(&b"body"[..]));
        assert_eq!(read(Form::Watch, &token), None);
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                read(Form::Page, &String::from_utf8_lossy(&other)),
                None,
                "{at}"
            );
        }
        for text in ["", "AAAA", "not base64!", &"A".repeat(4_000), &token[1..]] {
            assert_eq!(read(Form::Page, text), None, "{text}");
        }
    }
}
