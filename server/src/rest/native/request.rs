//! From a request to the bytes of a message. Parts of a message may follow each other on the wire, so body, path,
//! query and headers are written one after the other; what contradicts itself is refused.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, IF_MATCH};
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::route::{Carries, Route, dotted};
use super::stream;
use crate::rest::codec::{self, Field, Message, Repeat, Tables, Violation};
use crate::rest::error::{Refused, invalid, invalid_part, unsupported};

/// The message that a request means. `captured` are the values in its path; a body of no bytes is none.
pub(super) fn read(
    tables: &'static Tables,
    route: &Route,
    captured: &[String],
    parts: &Parts,
    body: &[u8],
) -> Result<Vec<u8>, Refused> {
    if matches!(route.body, Carries::Nothing) && !body.is_empty() {
        let description = "must be empty: this method takes none";
        return Err(invalid_part("body", description));
    }
    let mut reader = Reader {
        tables,
        route,
        out: Vec::new(),
        given: Vec::new(),
        wrong: Vec::new(),
    };
    if !body.is_empty() {
        content(&parts.headers)?;
        reader.body(body);
    }
    for (capture, value) in route.captures.iter().zip(captured) {
        reader.captured(&capture.field, value);
    }
    reader.query(parts.uri.query().unwrap_or_default());
    reader.headers(&parts.headers);
    if reader.wrong.is_empty() {
        Ok(reader.out)
    } else {
        Err(invalid(reader.wrong))
    }
}

/// Only JSON in UTF-8 is understood, packed by gzip at most.
fn content(headers: &HeaderMap) -> Result<(), Refused> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(unsupported(&CONTENT_ENCODING, "gzip or none"));
    }
    let text = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    if !parts
        .next()
        .unwrap_or_default()
        .eq_ignore_ascii_case("application/json")
    {
        return Err(unsupported(&CONTENT_TYPE, "application/json"));
    }
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let utf8 = value.trim_matches('"').eq_ignore_ascii_case("utf-8");
        if name.trim().eq_ignore_ascii_case("charset") && !utf8 {
            return Err(unsupported(
                &CONTENT_TYPE,
                "application/json; charset=utf-8",
            ));
        }
    }
    Ok(())
}

struct Reader<'r> {
    tables: &'static Tables,
    route: &'r Route,
    out: Vec<u8>,
    /// The fields that path and query gave.
    given: Vec<Vec<&'static Field>>,
    wrong: Vec<Violation>,
}

impl Reader<'_> {
    fn refuse(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.wrong.push(Violation {
            field: field.into(),
            description: description.into(),
        });
    }

    fn body(&mut self, body: &[u8]) {
        let read = match self.route.body {
            Carries::Nothing => return,
            Carries::Everything => self.tables.encode(self.route.input, body, &mut self.out),
            Carries::One(field) => self.tables.encode_field(field, body, &mut self.out),
        };
        self.wrong.extend(read.err());
    }

    /// A value in the path. What the body says of the same field must be the same.
    fn captured(&mut self, field: &[&'static Field], value: &str) {
        let mut written = Vec::new();
        if let Err(problem) = self.tables.encode_text(field, value, &mut written) {
            return self.refuse(dotted(field), problem);
        }
        if self.wrong.is_empty() {
            let said = codec::find(&self.out, field);
            if said.is_some() && said != codec::find(&written, field) {
                self.refuse(dotted(field), "is another one in the path than in the body");
            } else if let Some(other) = self.rival(field) {
                self.refuse(
                    other,
                    format!("excludes {}, which is in the path", dotted(field)),
                );
            }
        }
        self.out.extend(written);
        self.given.push(field.to_vec());
    }

    /// Another field of the same oneof, where the body has one.
    fn rival(&self, field: &[&'static Field]) -> Option<String> {
        let (last, above) = field.split_last()?;
        let oneof = last.oneof?;
        let mut message = self.route.input;
        for field in above {
            message = self.tables.below(field)?;
        }
        let others = message
            .fields()
            .filter(|other| other.oneof == Some(oneof) && other.number != last.number);
        others
            .map(|other| [above, &[other]].concat())
            .find(|path| codec::find(&self.out, path).is_some())
            .map(|path| dotted(&path))
    }

    fn query(&mut self, query: &str) {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (plain(name), plain(value)) {
                (Some(name), Some(value)) => self.parameter(&name, &value),
                _ => self.refuse("query", "is not UTF-8"),
            }
        }
    }

    fn parameter(&mut self, name: &str, value: &str) {
        let path = match self.resolve(name) {
            Ok(path) => path,
            Err(problem) => return self.refuse(name, problem),
        };
        let (Some(first), Some(last)) = (path.first(), path.last()) else {
            return;
        };
        match self.route.body {
            Carries::One(field) if field.number == first.number => {
                return self.refuse(name, "comes in the body, not in the query");
            }
            _ => {}
        }
        for given in &self.given {
            if *given == path && last.repeat != Repeat::List {
                return self.refuse(dotted(&path), "is given twice");
            }
            let siblings = given.len() == path.len()
                && given.iter().zip(&path).rev().skip(1).all(|(a, b)| a == b);
            let rivals = given
                .last()
                .is_some_and(|other| *other != *last && other.oneof == last.oneof);
            if siblings && rivals && last.oneof.is_some() {
                let other = dotted(given);
                return self.refuse(
                    dotted(&path),
                    format!("excludes {other}, which is given, too"),
                );
            }
        }
        if let Err(problem) = self.tables.encode_text(&path, value, &mut self.out) {
            self.refuse(dotted(&path), problem);
        }
        self.given.push(path);
    }

    /// The field that a parameter names, in either spelling.
    fn resolve(&self, name: &str) -> Result<Vec<&'static Field>, String> {
        if matches!(self.route.body, Carries::Everything) {
            return Err("is no parameter here: everything comes in the body".to_owned());
        }
        let mut message: Option<&'static Message> = Some(self.route.input);
        let mut path: Vec<&'static Field> = Vec::new();
        for part in name.split('.') {
            let here = message.ok_or("is no parameter here: nothing lies below")?;
            let field = here
                .field(part)
                .ok_or_else(|| format!("is no parameter here; known: {}", here.known()))?;
            message = self
                .tables
                .below(field)
                .filter(|_| field.repeat == Repeat::Single);
            path.push(field);
        }
        Ok(path)
    }

    fn headers(&mut self, headers: &HeaderMap) {
        if let Some(etag) = self.route.etag
            && let Some(value) = self.header(headers, IF_MATCH.as_str())
            && value != "*"
        {
            let inside = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            if inside.is_some_and(|inside| !inside.is_empty() && !inside.contains('"')) {
                self.fill(etag, IF_MATCH.as_str(), &value);
            } else {
                self.refuse(IF_MATCH.as_str(), "must be one etag in quotes, or *");
            }
        }
        if let Some(request_id) = self.route.request_id
            && let Some(value) = self.header(headers, IDEMPOTENCY_KEY)
        {
            // The draft of the header has the key in quotes, most callers send it bare.
            let inside = value
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            match inside.unwrap_or(&value) {
                "" => self.refuse(IDEMPOTENCY_KEY, "must be a UUID, in quotes or bare"),
                key => self.fill(request_id, IDEMPOTENCY_KEY, key),
            }
        }
        if let Some(token) = self.route.token.filter(|_| stream::wants_events(headers))
            && let Some(value) = self.header(headers, stream::LAST_EVENT_ID)
            && !value.is_empty()
        {
            // A browser that comes again asks with the address of the first time: what it saw since counts.
            let path = [token];
            self.wrong.extend(
                self.tables
                    .encode_text(&path, &value, &mut self.out)
                    .err()
                    .map(|description| Violation {
                        field: dotted(&path),
                        description,
                    }),
            );
        }
    }

    fn header(&mut self, headers: &HeaderMap, name: &str) -> Option<String> {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?;
        match value.to_str() {
            Ok(text) if values.next().is_none() => Some(text.trim().to_owned()),
            _ => {
                self.refuse(name, "must be one text in ASCII");
                None
            }
        }
    }

    /// A field by a header. Where the field is given, too, it must be the same.
    fn fill(&mut self, field: &'static Field, header: &str, value: &str) {
        match codec::find(&self.out, &[field]) {
            Some(codec::Value::Bytes(said)) if said != value.as_bytes() => {
                self.refuse(
                    &field.name,
                    format!("is another one than in the header {header}"),
                );
            }
            Some(_) => {}
            None => {
                // A text fits into a field of text.
                let written = self.tables.encode_text(&[field], value, &mut self.out);
                debug_assert!(written.is_ok());
            }
        }
    }
}

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A part of a query: a plus is a space.
fn plain(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
        return Some(decoded.into_owned().into());
    }
    percent_decode_str(text).decode_utf8().ok()
}
