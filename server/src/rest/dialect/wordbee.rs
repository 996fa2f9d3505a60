//! Wordbee's contract: orders for translations, as their clients and the agency's managers see them.
//!
//! Every failure is HTTP 400 with an error body, but for calls that come too fast, which are 429. What has no result is
//! 204.

mod failure;
mod list;
mod order;
mod query;
mod status;
mod token;
mod traces;
mod transitions;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::Dialect;
use super::json::{self, Object, Unreadable};
use crate::rest::Api;
use failure::Failure;
use user::Users;

/// The largest body that is read, in bytes.
const MOST_BYTES: usize = 256 * 1024;
/// The longest path that is looked at, in segments.
const MOST_SEGMENTS: usize = 8;

/// What a call comes to.
type Outcome = Result<Response, Failure>;

/// Wordbee's contract.
pub fn dialect(api: &Api) -> Dialect {
    Dialect {
        prefixes: &["/api/orders", "/api/auth"],
        routes: Router::new()
            .fallback(answer)
            .with_state(Arc::new(Users::new(api))),
        plain_http,
    }
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    OpenToken,
    CloseToken,
    List,
    Order(i64),
    SetStatus(i64),
    Override(i64),
    Transitions(i64),
    Traces(i64),
    AddTrace(i64),
    WorkProgress(i64),
}

impl Route {
    /// # Errors
    /// The contract has no such call.
    fn of(method: &Method, path: &str) -> Result<Route, Failure> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments: Vec<&str> = path.split('/').skip(2).take(MOST_SEGMENTS).collect();
        let (get, put) = (*method == Method::GET, *method == Method::PUT);
        let (post, delete) = (*method == Method::POST, *method == Method::DELETE);
        let (fits, route) = match segments[..] {
            ["auth", "token"] if delete => (true, Route::CloseToken),
            ["auth", "token"] => (post, Route::OpenToken),
            ["orders", "list"] => (post, Route::List),
            ["orders", "list", "item", id] => (post, Route::Order(order_id(id)?)),
            ["orders", "list", "items", id] | ["orders", id] => (get, Route::Order(order_id(id)?)),
            ["orders", id, "status"] => (put, Route::SetStatus(order_id(id)?)),
            ["orders", id, "status", "override"] => (put, Route::Override(order_id(id)?)),
            ["orders", id, "status", "transitions"] => (get, Route::Transitions(order_id(id)?)),
            ["orders", id, "traces"] if post => (true, Route::AddTrace(order_id(id)?)),
            ["orders", id, "traces"] => (get, Route::Traces(order_id(id)?)),
            ["orders", id, "workprogress"] => (get, Route::WorkProgress(order_id(id)?)),
            _ => return Err(Failure::new("There is no such method.")),
        };
        if fits {
            Ok(route)
        } else {
            let text = format!("The method {method} is not supported here.");
            Err(Failure::new(text))
        }
    }
}

fn order_id(segment: &str) -> Result<i64, Failure> {
    let id = segment.parse().ok().filter(|id| *id > 0);
    id.ok_or_else(|| Failure::new("The order ID has to be a whole number from 1."))
}

async fn answer(State(users): State<Arc<Users>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let outcome = answered(&users, &parts, body).await;
    outcome.unwrap_or_else(|failure| failure.into_response())
}

async fn answered(users: &Users, parts: &Parts, body: Body) -> Outcome {
    let route = Route::of(&parts.method, parts.uri.path())?;
    if route == Route::OpenToken {
        let body = read(parts, body).await?;
        return token::open(users.api(), parts, &object(&body)?).await;
    }
    let user = users.of(parts).await?;
    match route {
        Route::OpenToken | Route::CloseToken => token::close(&user).await,
        Route::Order(id) => order::get(&user, id).await,
        Route::WorkProgress(id) => order::work_progress(&user, id).await,
        Route::Transitions(id) => transitions::get(&user, id).await,
        Route::Traces(id) => traces::get(&user, id).await,
        Route::List => {
            let body = read_if_any(parts, body).await?;
            list::list(&user, list::read(&object(&body)?)?).await
        }
        Route::AddTrace(id) => {
            let body = read(parts, body).await?;
            traces::add(&user, id, &object(&body)?).await
        }
        Route::SetStatus(id) => {
            let body = read(parts, body).await?;
            status::set(&user, id, &object(&body)?).await
        }
        Route::Override(id) => {
            let body = read(parts, body).await?;
            status::set_anyhow(&user, id, &object(&body)?).await
        }
    }
}

/// Whether a request can be understood; the answer to one that cannot.
#[cfg(feature = "fuzzing")]
pub(in crate::rest) async fn understand(request: Request) -> Result<(), Response> {
    let (parts, body) = request.into_parts();
    let understood = async {
        let route = Route::of(&parts.method, parts.uri.path())?;
        match route {
            Route::OpenToken => {
                let body = read(&parts, body).await?;
                token::credentials(&object(&body)?).map(drop)
            }
            Route::List => {
                let body = read_if_any(&parts, body).await?;
                list::read(&object(&body)?).map(drop)
            }
            Route::AddTrace(_) => {
                let body = read(&parts, body).await?;
                traces::message(&object(&body)?).map(drop)
            }
            Route::SetStatus(_) | Route::Override(_) => {
                let body = read(&parts, body).await?;
                status::Change::read(&object(&body)?).map(drop)
            }
            _ => Ok(()),
        }
    };
    understood.await.map_err(Failure::into_response)
}

async fn read(parts: &Parts, body: Body) -> Result<Vec<u8>, Failure> {
    Ok(json::body(&parts.headers, body, MOST_BYTES).await?)
}

/// A body that may be left out.
async fn read_if_any(parts: &Parts, body: Body) -> Result<Vec<u8>, Failure> {
    let headers = &parts.headers;
    let length = headers.get(CONTENT_LENGTH).map(|length| length.as_bytes());
    let none = length.map_or_else(|| !headers.contains_key(TRANSFER_ENCODING), |it| it == b"0");
    if none && http_body::Body::is_end_stream(&body) {
        return Ok(b"{}".to_vec());
    }
    read(parts, body).await
}

fn object(body: &[u8]) -> Result<Object<'_>, Failure> {
    Object::parse(body).map_err(|error| Unreadable::Json(error).into())
}

/// The answer to a call that has no result.
fn done() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn plain_http() -> Response {
    Failure::new("The API is reached over HTTPS only.").into_response()
}
