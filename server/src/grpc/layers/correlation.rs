//! Correlation ids: how people find one call again in logs and answers.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

/// The header, in requests and in answers.
pub(super) const HEADER: &str = "x-correlation-id";
const LONGEST: usize = 128;

/// The correlation id of a call, in the extensions of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationId(pub Arc<str>);

impl CorrelationId {
    /// The one that the caller gave, if it is 1 to 128 characters of `A-Z a-z 0-9 . _ : / + = -`: anything
    /// else could forge a log line. Else a new one.
    pub fn of(headers: &HeaderMap) -> CorrelationId {
        let given = headers
            .get(HEADER)
            .and_then(|value| value.to_str().ok())
            .filter(|text| is_plain(text));
        CorrelationId(given.map_or_else(|| Uuid::now_v7().to_string().into(), Arc::from))
    }

    /// Writes it into the headers of an answer.
    pub fn put(&self, headers: &mut HeaderMap) {
        if let Ok(mut value) = HeaderValue::from_str(&self.0) {
            // No two answers share it: in HTTP/2's table of headers it would only push out what recurs.
            value.set_sensitive(true);
            headers.insert(HEADER, value);
        }
    }
}

fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:/+=-".contains(&b);
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain)
}
