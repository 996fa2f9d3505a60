//! A call as it is put into HTTP.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;
use uuid::Uuid;

/// A call about any order.
pub struct Form {
    method: Method,
    headers: HeaderMap,
    /// The path, by the id of the order.
    target: fn(i64) -> String,
    /// The body, by the id of the order and the id of the request; empty for none.
    body: fn(i64, Uuid) -> String,
    /// How a success is answered: by this code, with this in its body.
    success: (StatusCode, &'static str),
}

impl Form {
    /// A call that is answered by 200.
    pub fn new(method: Method, target: fn(i64) -> String, body: fn(i64, Uuid) -> String) -> Self {
        let mut headers = HeaderMap::new();
        if method != Method::GET {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Self {
            method,
            headers,
            target,
            body,
            success: (StatusCode::OK, ""),
        }
    }

    /// The same with a header.
    ///
    /// # Panics
    ///
    /// If the value is none for a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        let value = value.parse().expect("a value for a header");
        self.headers.insert(name, value);
        self
    }

    /// The same with a key of ours.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {key}"))
    }

    /// The same, answered by that code and with that in its body.
    #[must_use]
    pub fn answered(self, status: StatusCode, body: &'static str) -> Self {
        Self {
            success: (status, body),
            ..self
        }
    }

    /// The same, for that host.
    #[must_use]
    pub fn host(self, host: &str) -> Self {
        self.header(HOST, host)
    }

    /// The request about an order.
    ///
    /// # Panics
    ///
    /// If the target is no path.
    pub fn request(&self, id: i64, request_id: Uuid) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::from((self.body)(id, request_id)));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = (self.target)(id).parse().expect("a path");
        request.headers_mut().clone_from(&self.headers);
        request
    }

    /// Whether that is a success.
    pub fn accepts(&self, status: StatusCode, body: &[u8]) -> bool {
        let (wanted, told) = self.success;
        let told = told.as_bytes();
        let holds = || body.windows(told.len()).any(|part| part == told);
        status == wanted && (told.is_empty() || holds())
    }

    /// GetOrder of the API.
    pub fn get_order(key: &str) -> Self {
        Self::new(
            Method::GET,
            |id| format!("/v1/orders/{id}"),
            |_, _| String::new(),
        )
        .key(key)
    }

    /// ConfirmOrder of the API, under a request id.
    pub fn confirm_order(key: &str) -> Self {
        Self::new(
            Method::POST,
            |id| format!("/v1/orders/{id}:confirm"),
            |_, request_id| format!(r#"{{"requestId":"{request_id}"}}"#),
        )
        .key(key)
    }
}
