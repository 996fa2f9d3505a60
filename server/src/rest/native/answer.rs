//! From the bytes of a message to an answer.

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tonic::Status;

use super::route::Route;
use crate::rest::codec::{self, Field, Tables, Undecodable};
use crate::rest::error::{JSON, Refused};

/// The answer of a method with one.
pub(super) fn unary(
    tables: &Tables,
    route: &Route,
    parts: &Parts,
    message: &[u8],
) -> Result<Response, Refused> {
    let etag = route.shown_etag.and_then(|field| text(message, field));
    let etag = etag.and_then(|etag| HeaderValue::from_str(etag).ok());
    let known = etag.as_ref().is_some_and(|etag| {
        let read = parts.method == Method::GET || parts.method == Method::HEAD;
        read && matches(&parts.headers, etag)
    });
    let mut response = if known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let mut json = Vec::with_capacity(message.len() * 2 + 2);
        print(tables, route, message, &mut json).map_err(undecodable)?;
        let mut response = Response::new(Body::from(json));
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        response
    };
    let headers = response.headers_mut();
    // One caller's answer is nobody else's, and is asked for again before it is used again.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Some(etag) = etag {
        headers.insert(ETAG, etag);
    }
    Ok(response)
}

/// Appends what of an answer is shown.
pub(super) fn print(
    tables: &Tables,
    route: &Route,
    message: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Undecodable> {
    match route.shown {
        Some(field) => tables.decode_field(route.output, field, message, out),
        None => tables.decode(route.output, message, out),
    }
}

/// A field of text, where it is not empty.
pub(super) fn text<'m>(message: &'m [u8], field: &Field) -> Option<&'m str> {
    match codec::find(message, &[field])? {
        codec::Value::Bytes(bytes) => std::str::from_utf8(bytes)
            .ok()
            .filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// What the service answered is no message of its own: a fault inside.
pub(super) fn undecodable(error: Undecodable) -> Refused {
    tracing::error!(%error, "an answer has no form in JSON");
    Status::internal("the service failed; its log says why under the correlation id").into()
}

/// Whether the caller has that version. Versions are compared as If-None-Match has it: weakly.
fn matches(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let lists = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|list| list.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|given| {
            given == "*" || given.strip_prefix("W/").unwrap_or(given).as_bytes() == etag.as_bytes()
        })
}
