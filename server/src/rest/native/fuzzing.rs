//! The transcoder without anybody who answers: from a request to the message that it means.

use std::sync::LazyLock;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;

use super::request;
use super::router::{Found, Routes};
use crate::rest::error::{self, Refused};
use crate::rest::schema::{self, SchemaError};

static ROUTES: LazyLock<Result<Routes, &'static SchemaError>> =
    LazyLock::new(|| Routes::all(schema::tables()?));

/// The full name of the message that a request means, and its bytes.
///
/// # Errors
/// The answer to what means none.
///
/// # Panics
/// If the API describes something that has no form over HTTP.
pub async fn read(request: Request) -> Result<(&'static str, Vec<u8>), Response> {
    let tables = schema::tables().expect("tables");
    let routes = ROUTES.as_ref().expect("routes");
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body in memory");
    let path = parts.uri.path();
    let read = || -> Result<_, Refused> {
        match routes.find(&parts.method, path) {
            Found::Route(route, segments) => {
                let captured = route.captured(&segments)?;
                let message = request::read(tables, route, &captured, &parts, &body)?;
                Ok((route.input.name.as_str(), message))
            }
            Found::Methods(methods) => Err(error::method_not_allowed(&parts.method, &methods)),
            Found::Nothing => Err(error::not_found(path)),
        }
    };
    read().map_err(|refused| refused.answer(tables))
}
