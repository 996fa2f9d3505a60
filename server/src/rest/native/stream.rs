//! Streams of answers: one JSON text a line, or Server-Sent Events for those who ask for them.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::stream;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use tonic::codec::Streaming;

use super::answer;
use super::route::Route;
use crate::rest::codec::{Field, Message, Tables};
use crate::rest::error::Refused;

/// Where a client of events goes on.
pub(super) const LAST_EVENT_ID: &str = "last-event-id";
const EVENTS: &str = "text/event-stream";
const LINES: &str = "application/x-ndjson";

/// Whether the caller asks for Server-Sent Events.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let lists = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|list| list.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .filter_map(|kind| kind.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case(EVENTS))
}

/// The answer of a method with a stream of them.
pub(super) fn answer(
    tables: &'static Tables,
    route: &Route,
    headers: &HeaderMap,
    answers: Streaming<Bytes>,
) -> Response {
    let events = wants_events(headers);
    let printer = Printer {
        tables,
        output: route.output,
        shown: route.shown,
        token: route.shown_token,
        events,
    };
    let pieces = stream::unfold(Some((answers, printer)), async |state| {
        let (mut answers, printer) = state?;
        match answers.message().await {
            Ok(Some(message)) => match printer.piece(&message) {
                Ok(piece) => Some((Ok::<_, Infallible>(piece), Some((answers, printer)))),
                Err(refused) => Some((Ok(printer.end(&refused)), None)),
            },
            Ok(None) => None,
            Err(status) => Some((Ok(printer.end(&status.into())), None)),
        }
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    let kind = if events { EVENTS } else { LINES };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather an answer before they pass it on would never pass on this one.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Printer {
    tables: &'static Tables,
    output: &'static Message,
    shown: Option<&'static Field>,
    token: Option<&'static Field>,
    events: bool,
}

impl Printer {
    fn piece(&self, message: &[u8]) -> Result<Bytes, Refused> {
        let mut out = Vec::with_capacity(message.len() * 2 + 64);
        if self.events {
            let token = self.token.and_then(|field| answer::text(message, field));
            if let Some(token) = token.filter(|token| !token.contains(['\n', '\r', '\0'])) {
                out.extend(b"id: ");
                out.extend(token.as_bytes());
                out.push(b'\n');
            }
            out.extend(b"data: ");
        }
        let printed = match self.shown {
            Some(field) => self
                .tables
                .decode_field(self.output, field, message, &mut out),
            None => self.tables.decode(self.output, message, &mut out),
        };
        printed.map_err(answer::undecodable)?;
        out.extend(if self.events {
            b"\n\n".as_slice()
        } else {
            b"\n"
        });
        Ok(out.into())
    }

    /// The last piece of a stream that failed: the error, as an answer without a stream has it.
    fn end(&self, refused: &Refused) -> Bytes {
        let mut out = Vec::new();
        if self.events {
            out.extend(b"event: error\ndata: ");
        }
        out.extend(refused.body(self.tables));
        out.extend(if self.events {
            b"\n\n".as_slice()
        } else {
            b"\n"
        });
        out.into()
    }
}
