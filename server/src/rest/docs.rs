//! The page to read and try the API. It is part of the program and loads nothing from elsewhere: it reads
//! `/openapi.json` and calls the API, both of the server that it came from.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{self, HeaderMap};
use http::{HeaderName, StatusCode};

use super::fixed::Fixed;

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

const PAGE: &str = include_str!("docs/page.html");
/// What the page loads, by its name below `/docs/`.
const PARTS: [(&str, &str, &str); 9] = [
    ("style.css", STYLE, include_str!("docs/style.css")),
    ("icon.svg", PICTURE, include_str!("docs/icon.svg")),
    ("start.js", SCRIPT, include_str!("docs/start.js")),
    ("api.js", SCRIPT, include_str!("docs/api.js")),
    ("element.js", SCRIPT, include_str!("docs/element.js")),
    ("schema.js", SCRIPT, include_str!("docs/schema.js")),
    ("method.js", SCRIPT, include_str!("docs/method.js")),
    ("attempt.js", SCRIPT, include_str!("docs/attempt.js")),
    ("commands.js", SCRIPT, include_str!("docs/commands.js")),
];

/// What a browser may do with the page: run and load what came from here, and nothing else.
const POLICY: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// The page and what it loads.
pub fn router() -> Router {
    Router::new()
        .route("/docs", get(page))
        .route("/docs/", get(page))
        .route("/docs/{part}", get(part))
}

/// Whether a path is the page's, or of something that it loads.
pub fn owns(path: &str) -> bool {
    path == "/docs" || path.starts_with("/docs/")
}

async fn page(headers: HeaderMap) -> Response {
    Fixed::new(HTML, PAGE).answer(&headers, &POLICY)
}

async fn part(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match PARTS.iter().find(|(known, _, _)| *known == name) {
        Some((_, content_type, body)) => Fixed::new(content_type, body).answer(&headers, &POLICY),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
