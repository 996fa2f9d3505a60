//! Which pages of other origins may read answers: none, unless they are named.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// The origins that may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All.
    Any,
    /// These, such as `https://shop.example`.
    These(Vec<HeaderValue>),
}

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);
/// What pages may read beside the answer: what a caller can act on.
const SHOWN: [&str; 8] = [
    "etag",
    "retry-after",
    "x-correlation-id",
    "www-authenticate",
    "allow",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
];

/// The layer that tells browsers so; none where no page may. Credentials are keys in headers, which pages have to
/// know; cookies stay at home.
pub(super) fn layer(origins: &Origins) -> Option<CorsLayer> {
    let allowed = match origins {
        Origins::Any => AllowOrigin::any(),
        Origins::These(list) if list.is_empty() => return None,
        Origins::These(list) => AllowOrigin::list(list.clone()),
    };
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(SHOWN.map(HeaderName::from_static))
        .max_age(REMEMBERED);
    Some(layer)
}
