//! The envelope of JSON-RPC: what a call comes in, and what it is answered in.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::{RawValue, to_raw_value};

use super::failure::Failure;
use super::{comments, text};
use crate::rest::dialect::json::{self, Json, Object};

/// The largest body that is read, in bytes.
const MOST_BYTES: usize = 256 * 1024;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NOSNIFF: HeaderName = HeaderName::from_static("x-content-type-options");

/// What a method came to: its result, nothing, or why it failed.
pub type Outcome = Result<Option<Box<RawValue>>, Failure>;

/// A call.
pub struct Envelope<'a> {
    id: &'a RawValue,
    params: Json<'a>,
}

#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
}

/// The body of a call, or the answer to one that cannot be a call.
pub async fn read(parts: &Parts, body: Body) -> Result<Vec<u8>, Response> {
    let headers = as_json(&parts.headers);
    match json::body(&headers, body, MOST_BYTES).await {
        Ok(bytes) => Ok(comments::without(&bytes).into_owned()),
        Err(json::Unreadable::MediaType) => {
            let message = "Bad Request: the content type has to be application/json";
            Err(text(StatusCode::BAD_REQUEST, message))
        }
        Err(_) => Err(invalid()),
    }
}

/// The contract takes `application/json-rpc` as well.
fn as_json(headers: &HeaderMap) -> Cow<'_, HeaderMap> {
    let told = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    match told {
        Some(told) if told.trim().eq_ignore_ascii_case("application/json-rpc") => {
            Cow::Owned(HeaderMap::from_iter([(CONTENT_TYPE, JSON)]))
        }
        _ => Cow::Borrowed(headers),
    }
}

fn invalid() -> Response {
    text(StatusCode::BAD_REQUEST, "Invalid JSON data")
}

impl<'a> Envelope<'a> {
    /// Reads a call, or answers what is none. `jsonrpc` and `method` are of no meaning.
    pub fn parse(body: &'a [u8]) -> Result<Envelope<'a>, Box<Response>> {
        let parsed = Object::parse(body).and_then(|envelope| {
            let id = envelope.iter().find(|(name, _)| *name == "id");
            Ok(Envelope {
                id: id.map_or(RawValue::NULL, |(_, id)| id),
                params: envelope.get("params")?,
            })
        });
        parsed.map_err(|_| {
            let json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
            Box::new(if json && !body.trim_ascii_start().starts_with(b"{") {
                text(StatusCode::BAD_REQUEST, "Invalid JSON-RPC data")
            } else {
                invalid()
            })
        })
    }

    /// The parameters.
    pub fn params(&self) -> &Json<'a> {
        &self.params
    }

    /// Answers the call, under its own id.
    pub fn answer(&self, outcome: Outcome) -> Response {
        let (result, error) = match outcome {
            Ok(result) => (result, None),
            Err(failure) => (None, Some(failure)),
        };
        write(
            StatusCode::OK,
            &Answer {
                jsonrpc: "2.0",
                id: self.id,
                result,
                error: error.as_ref(),
            },
        )
    }
}

/// Answers what never was a call.
pub fn without_id(status: StatusCode, failure: &Failure) -> Response {
    let answer = Answer {
        jsonrpc: "2.0",
        id: RawValue::NULL,
        result: None,
        error: Some(failure),
    };
    write(status, &answer)
}

fn write(status: StatusCode, answer: &Answer<'_>) -> Response {
    let mut response = json::answer(status, answer);
    if let Some(failure) = answer.error {
        response.extensions_mut().insert(failure.because());
    }
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(NOSNIFF, HeaderValue::from_static("nosniff"));
    response
}

/// A result.
pub fn result(value: &impl Serialize) -> Outcome {
    to_raw_value(value)
        .map(Some)
        .map_err(|error| Failure::user(error.to_string()))
}
