//! Odoo's contract: JSON-RPC over `/web/dataset/call_kw` for the model `sale.order`, and the sessions that it takes.
//!
//! A failure is an answer too: HTTP 200 with `error` in the envelope. Only a request that is no JSON-RPC at all, or
//! that has no place here, gets another status.

mod arguments;
mod call_kw;
mod comments;
mod cookie;
mod domain;
mod envelope;
mod failure;
mod moves;
mod record;
mod search;
mod session;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::Dialect;
use crate::rest::{Api, Caller, Secure};
use envelope::{Envelope, Outcome};
use failure::Failure;

/// Odoo's contract.
pub fn dialect(api: &Api) -> Dialect {
    Dialect {
        prefixes: &["/web/dataset", "/web/session"],
        routes: Router::new().fallback(answer).with_state(api.clone()),
        plain_http,
    }
}

/// What the paths of the contract stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    CallKw,
    Authenticate,
    SessionInfo,
    Check,
    Destroy,
    Logout,
}

/// What follows `call_kw/` is of no meaning: model and method come from the parameters alone.
fn route(path: &str) -> Option<Route> {
    let path = path.strip_suffix('/').unwrap_or(path);
    Some(match path {
        "/web/dataset/call_kw" => Route::CallKw,
        "/web/session/authenticate" => Route::Authenticate,
        "/web/session/get_session_info" => Route::SessionInfo,
        "/web/session/check" => Route::Check,
        "/web/session/destroy" => Route::Destroy,
        "/web/session/logout" => Route::Logout,
        _ if path.starts_with("/web/dataset/call_kw/") => Route::CallKw,
        _ => return None,
    })
}

async fn answer(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(route) = route(parts.uri.path()) else {
        return envelope::without_id(StatusCode::NOT_FOUND, &Failure::not_found());
    };
    if route == Route::Logout {
        return match parts.method {
            Method::GET | Method::POST => session::logout(&api, &caller(&parts), &parts).await,
            _ => wrong_method("GET, POST"),
        };
    }
    if parts.method != Method::POST {
        return wrong_method("POST");
    }
    match envelope::read(&parts, body).await {
        Ok(text) => called(&api, &parts, route, &text).await,
        Err(refused) => refused,
    }
}

async fn called(api: &Api, parts: &Parts, route: Route, text: &[u8]) -> Response {
    let envelope = match Envelope::parse(text) {
        Ok(envelope) => envelope,
        Err(refused) => return *refused,
    };
    let caller = caller(parts);
    let mut cookie = None;
    let outcome: Outcome = match route {
        Route::CallKw => call_kw::call(api, &caller, envelope.params()).await,
        Route::Authenticate => {
            let opened = session::authenticate(api, &caller, parts, envelope.params()).await;
            opened.map(|(info, token)| {
                cookie = cookie::keep(&token, Secure::of(parts));
                Some(info)
            })
        }
        Route::SessionInfo => session::info(api, &caller, parts).await.map(Some),
        Route::Check => session::check(api, &caller).await,
        Route::Destroy | Route::Logout => {
            let ended = session::destroy(api, &caller).await;
            if ended.is_ok() {
                cookie = cookie::drop_it(Secure::of(parts));
            }
            ended
        }
    };
    let mut response = envelope.answer(outcome);
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether a request can be understood; the answer to one that cannot.
#[cfg(feature = "fuzzing")]
pub(in crate::rest) async fn read(request: Request) -> Result<(), Response> {
    let (parts, body) = request.into_parts();
    drop(caller(&parts));
    let Some(route) = route(parts.uri.path()) else {
        return Err(envelope::without_id(
            StatusCode::NOT_FOUND,
            &Failure::not_found(),
        ));
    };
    let text = envelope::read(&parts, body).await?;
    let envelope = Envelope::parse(&text).map_err(|refused| *refused)?;
    let asked = match route {
        Route::CallKw => call_kw::asked(envelope.params()).map(drop),
        Route::Authenticate => session::credentials(envelope.params()).map(drop),
        Route::SessionInfo | Route::Check | Route::Destroy | Route::Logout => Ok(()),
    };
    asked.map_err(|failure| envelope.answer(Err(failure)))
}

/// Whoever sent the cookie.
fn caller(parts: &Parts) -> Caller {
    let caller = Caller::of(parts);
    match cookie::session(&parts.headers) {
        Some(token) => caller.with_key(&token),
        None => caller,
    }
}

fn wrong_method(allowed: &'static str) -> Response {
    let failure = Failure::wrong_method();
    let mut response = envelope::without_id(StatusCode::METHOD_NOT_ALLOWED, &failure);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

fn plain_http() -> Response {
    let failure = Failure::access("This server is reached over HTTPS only.");
    envelope::without_id(StatusCode::FORBIDDEN, &failure)
}

/// An answer that is a text.
fn text(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}
