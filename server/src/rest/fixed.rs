//! Content that stays the same while the process runs: told apart by an entity tag, so that it is sent once.

use axum::body::Body;
use axum::response::Response;
use http::header::{self, HeaderMap, HeaderValue};
use http::{HeaderName, StatusCode};
use sha2::{Digest as _, Sha256};

/// A content with its type and its entity tag.
#[derive(Clone, Debug)]
pub struct Fixed {
    content_type: &'static str,
    body: &'static str,
    etag: String,
}

impl Fixed {
    /// That content.
    pub fn new(content_type: &'static str, body: &'static str) -> Fixed {
        let digest = Sha256::digest(body.as_bytes());
        let tag: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Fixed {
            content_type,
            body,
            etag: format!("\"{tag}\""),
        }
    }

    /// The answer to a request with these headers: the content, or that it is still the same.
    pub fn answer(&self, asked: &HeaderMap, more: &[(HeaderName, &'static str)]) -> Response {
        let known = asked
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| matches!(tag.trim().trim_start_matches("W/"), tag if tag == "*" || tag == self.etag));
        let mut response = if known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(Body::from(self.body))
        };
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        for (name, value) in more {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_is_known_is_not_sent_again() {
        let fixed = Fixed::new("text/plain", "hello");
        let first = fixed.answer(&HeaderMap::new(), &[]);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers().get(header::ETAG).expect("a tag").clone();
        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, tag);
        assert_eq!(fixed.answer(&asked, &[]).status(), StatusCode::NOT_MODIFIED);
        asked.insert(header::IF_NONE_MATCH, HeaderValue::from_static("\"other\""));
        assert_eq!(fixed.answer(&asked, &[]).status(), StatusCode::OK);
    }
}
