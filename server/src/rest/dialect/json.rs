//! JSON as the dialects read and answer it: an object at a time, numbers as they are written. No number passes
//! through a float, no name is given twice, and nothing that a contract does not know is built up.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// How many bytes of a body that is too large are read all the same, so that its sender gets to read the answer.
const DRAINED: usize = 8 * 1024 * 1024;

/// Why a body cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is not said to be JSON in UTF-8.
    #[error("the body has to be sent as application/json")]
    MediaType,
    /// It is larger than the contract takes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// It broke off, or took too long.
    #[error("the body did not come whole")]
    Broken,
    /// It is not JSON, or not an object.
    #[error("the body is not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
}

/// The bytes of a request's body, of at most `most`, where its headers say that it is JSON. How long it may take to come
/// is set for every body of the listener.
///
/// # Errors
/// [`Unreadable`], all but the last.
pub async fn body(headers: &HeaderMap, body: Body, most: usize) -> Result<Vec<u8>, Unreadable> {
    if !is_json(headers) {
        return Err(Unreadable::MediaType);
    }
    whole(body, most).await
}

/// The bytes of a body, of at most `most`, whatever its headers say of it.
///
/// # Errors
/// It is too large, or did not come whole.
pub async fn whole(body: Body, most: usize) -> Result<Vec<u8>, Unreadable> {
    let told = http_body::Body::size_hint(&body).lower();
    if told > DRAINED as u64 {
        return Err(Unreadable::TooLarge(most));
    }
    let mut parts = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0_usize;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Unreadable::Broken)?;
        length = length.saturating_add(part.len());
        if length > DRAINED {
            break;
        }
        if length <= most {
            whole.extend_from_slice(&part);
        }
    }
    if length > most {
        return Err(Unreadable::TooLarge(most));
    }
    Ok(whole)
}

/// Whether the content type is JSON, in UTF-8 where it names a character set.
pub fn is_json(headers: &HeaderMap) -> bool {
    is(headers, "application/json")
}

/// Whether the content type is that one, in UTF-8 where it names a character set.
pub fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let Some(Ok(told)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else {
        return false;
    };
    let mut parts = told.split(';').map(str::trim);
    let fits = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case(media_type));
    let utf_8 = |part: &str| match part.split_once('=') {
        Some((name, set)) if name.trim().eq_ignore_ascii_case("charset") => {
            set.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    fits && parts.all(utf_8)
}

/// An object: its values by their names, each still as it is written. A name that is given twice is an error.
#[derive(Clone, Debug, Default)]
pub struct Object<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Object<'a> {
    /// Reads a text that is one object.
    ///
    /// # Errors
    /// What is wrong with the text, and where.
    pub fn parse(text: &'a [u8]) -> Result<Object<'a>, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// The value of that name, [`Json::Null`] where there is none.
    ///
    /// # Errors
    /// It is a text that is none, or an object with a name twice.
    pub fn get(&self, name: &str) -> Result<Json<'a>, serde_json::Error> {
        self.0
            .get(name)
            .map_or(Ok(Json::Null), |value| Json::of(value))
    }

    /// Every name with its value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<'a>, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = BTreeMap<String, &'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if entries.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("{name:?} is given twice")));
                    }
                    entries.insert(name, value);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(Entries).map(Object)
    }
}

/// A value, read one level deep.
#[derive(Clone, Debug)]
pub enum Json<'a> {
    /// `null`, and what is not there.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it is written.
    Number(&'a str),
    /// A text.
    Text(String),
    /// A list, its items still as they are written.
    List(Vec<&'a RawValue>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Json<'a> {
    /// What is written there.
    ///
    /// # Errors
    /// It is a text that is none, or an object with a name twice.
    pub fn of(value: &'a RawValue) -> Result<Json<'a>, serde_json::Error> {
        let text = value.get();
        Ok(match text.as_bytes().first() {
            Some(b'"') => Json::Text(serde_json::from_str(text)?),
            Some(b'{') => Json::Object(serde_json::from_str(text)?),
            Some(b'[') => Json::List(serde_json::from_str(text)?),
            Some(b't') => Json::Bool(true),
            Some(b'f') => Json::Bool(false),
            Some(b'n') | None => Json::Null,
            Some(_) => Json::Number(text),
        })
    }
}

/// A number for an answer, in exactly these digits.
pub fn number(digits: String) -> Box<RawValue> {
    RawValue::from_string(digits).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// An answer in JSON.
pub fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let (status, body) = match serde_json::to_vec(body) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, b"{}".to_vec())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Result<&'static str, String> {
        let text = format!("{{\"x\": {text}}}");
        let object = Object::parse(text.as_bytes()).map_err(|error| error.to_string())?;
        let value = object.get("x").map_err(|error| error.to_string())?;
        Ok(match value {
            Json::Null => "null",
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::Text(_) => "text",
            Json::List(_) => "list",
            Json::Object(_) => "object",
        })
    }

    #[test]
    fn values_are_what_they_are_written_as() {
        for (text, expected) in [
            ("null", "null"),
            ("true", "bool"),
            ("-1.50e3", "number"),
            ("\"\\u00e9\"", "text"),
            ("[1, {}]", "list"),
            ("{\"y\": [[]]}", "object"),
        ] {
            assert_eq!(kind(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_or_no_json_is_refused() {
        for text in [
            "",
            "[]",
            "[\"FR9TL74P\"]",
            "null",
            "7",
            "\"x\"",
            "{",
            "{\"x\": 1",
            "{\"x\": 1} 2",
            "{\"x\": 01}",
            "{\"x\": 1, \"x\": 1}",
            "{\"x\": {\"y\": 1, \"y\": 1}}",
            "{\"x\": \"\\ud800\"}",
            "{x: 1}",
            "{\"x\": 1,}",
            "\u{feff}{\"x\": 1}",
        ] {
            let read = Object::parse(text.as_bytes()).and_then(|object| object.get("x").map(drop));
            assert!(read.is_err(), "{text}");
        }
    }

    #[test]
    fn depth_costs_nothing_until_it_is_looked_at() {
        let deep = format!("{{\"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Object::parse(deep.as_bytes()).is_ok());
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        for (told, expected) in [
            (Some("application/json"), true),
            (Some("Application/JSON; Charset=\"UTF-8\""), true),
            (Some("application/json; charset=latin1"), false),
            (Some("text/plain"), false),
            (Some("application/jsonp"), false),
            (None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(told) = told {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(told));
            }
            assert_eq!(is_json(&headers), expected, "{told:?}");
        }
    }
}
