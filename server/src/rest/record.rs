//! The record of a call that the API itself does not refuse, but what stands before it: one log line and a figure.
//! Calls of the API have theirs from the API.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::response::Response;
use http::{HeaderValue, Method, Request, Uri};

use crate::auth::{Peer, keys};

/// How many characters of a path are told.
const PATH: usize = 200;
/// The same of a method: callers may make up their own.
const METHOD: usize = 16;

/// Why a call is refused, in one word, in the extensions of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Because(pub(super) &'static str);

/// Whether the API refused a call that was made for a request, in the extensions of the request.
#[derive(Clone, Debug, Default)]
pub(super) struct ApiRefused(Arc<AtomicBool>);

impl ApiRefused {
    /// It did.
    pub(super) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A call under way.
pub(super) struct Record {
    method: Method,
    uri: Uri,
    correlation: Option<HeaderValue>,
    peer: Option<Peer>,
    since: Instant,
    api_refused: ApiRefused,
}

impl Record {
    /// A call begins.
    pub(super) fn begin<B>(request: &mut Request<B>) -> Record {
        let api_refused = ApiRefused::default();
        request.extensions_mut().insert(api_refused.clone());
        Record {
            method: request.method().clone(),
            uri: request.uri().clone(),
            correlation: request.headers().get("x-correlation-id").cloned(),
            peer: request.extensions().get().copied(),
            since: Instant::now(),
            api_refused,
        }
    }

    /// The call was answered.
    pub(super) fn end(self, response: &Response) {
        let because = response.extensions().get().map(|Because(reason)| *reason);
        let status = response.status();
        let refused = because.is_some() || status.is_client_error() || status.is_server_error();
        if refused && !self.api_refused.0.load(Ordering::Relaxed) {
            self.write(status.as_u16(), because);
        }
    }

    fn write(&self, status: u16, because: Option<&'static str>) {
        let code = status.to_string();
        metrics::counter!("rest_refused_total", "code" => code).increment(1);
        let method: String = self.method.as_str().chars().take(METHOD).collect();
        // What is asked for may hold secrets, and the place of a key is sometimes taken for the path.
        let path = keys::before_any(self.uri.path());
        let path: String = path.escape_default().take(PATH).collect();
        let correlation = self.correlation.as_ref().and_then(|id| id.to_str().ok());
        tracing::info!(
            http.method = method,
            url.path = path,
            http.status = status,
            error.reason = because,
            correlation.id = correlation,
            client.address = self.peer.map(|Peer(address)| display(address)),
            duration.ms = (self.since.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            "call refused"
        );
    }
}
