//! Who calls: what of an HTTP request goes along with every call that is made for it.

use axum::http::request::Parts;
use http::Request;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::record::ApiRefused;
use crate::auth::keys::Secret;
use crate::auth::{Attempt, Peer};

/// The headers that mean the same in every contract.
const SHARED: [HeaderName; 4] = [
    HeaderName::from_static("x-correlation-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("grpc-timeout"),
];
/// The headers that hold a credential of ours.
const CREDENTIALS: [HeaderName; 2] = [AUTHORIZATION, HeaderName::from_static("x-api-key")];

/// The caller of our services: credential, address, correlation id, place in a trace, deadline.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    headers: HeaderMap,
    login: Option<Attempt>,
    peer: Option<Peer>,
    refused: Option<ApiRefused>,
}

impl Caller {
    /// Whoever sent that request, still without a credential.
    pub fn of(parts: &Parts) -> Caller {
        let mut caller = Caller {
            headers: HeaderMap::new(),
            login: None,
            peer: parts.extensions.get().copied(),
            refused: parts.extensions.get().cloned(),
        };
        caller.take(&parts.headers, &SHARED);
        caller
    }

    /// Whoever sent that request, with the credential in `authorization` or `x-api-key` as it stands there.
    pub fn with_own_credential(parts: &Parts) -> Caller {
        let mut caller = Caller::of(parts);
        caller.take(&parts.headers, &CREDENTIALS);
        caller
    }

    /// The same caller, with that key.
    #[must_use]
    pub fn with_key(mut self, key: &Secret) -> Caller {
        // A key that no header can hold is no key of ours: without one the call is refused.
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", key.expose())) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// The same caller, with that login and password.
    #[must_use]
    pub fn with_login(mut self, login: Attempt) -> Caller {
        self.login = Some(login);
        self
    }

    fn take(&mut self, headers: &HeaderMap, names: &[HeaderName]) {
        for name in names {
            if let Some(value) = headers.get(name) {
                self.headers.insert(name.clone(), value.clone());
            }
        }
    }

    /// Puts the caller into a call.
    pub(super) fn put<B>(&self, call: &mut Request<B>) {
        let headers = call.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some(login) = &self.login {
            call.extensions_mut().insert(login.clone());
        }
        if let Some(peer) = self.peer {
            call.extensions_mut().insert(peer);
        }
    }

    /// The API refused a call of this caller.
    pub(super) fn note_refusal(&self) {
        if let Some(refused) = &self.refused {
            refused.note();
        }
    }
}
