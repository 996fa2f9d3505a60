//! The API itself as JSON over HTTP, by the annotations of its methods and nothing of its own.

mod answer;
mod call;
#[cfg(feature = "fuzzing")]
pub(super) mod fuzzing;
mod request;
mod route;
mod router;
mod stream;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderValue, Method, StatusCode};

use super::body;
use super::codec::Tables;
use super::error::{self, Refused};
use super::schema::{self, SchemaError};
use super::{Api, Caller};
use crate::auth::rights::{self, Right};
use route::Route;
use router::{Found, Routes};

/// How many bytes of JSON may stand for one byte of a message.
const SPREAD: usize = 2;
/// The one method with a limit of its own.
const IMPORT: &str = "/orderstatus.v1.OrderService/ImportOrders";

/// How long request messages may be, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Lengths {
    /// Of every method but one.
    pub message: usize,
    /// Of ImportOrders.
    pub import: usize,
}

/// See the module.
pub struct Native {
    api: Api,
    tables: &'static Tables,
    routes: Routes,
    lengths: Lengths,
}

impl Native {
    /// Every method of the API.
    ///
    /// # Errors
    /// The API describes something that has no form over HTTP.
    pub fn new(api: Api, lengths: Lengths) -> Result<Native, &'static SchemaError> {
        let tables = schema::tables()?;
        Ok(Native {
            api,
            tables,
            routes: Routes::all(tables)?,
            lengths,
        })
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request) -> Response {
        let head = *request.method() == Method::HEAD;
        let response = match self.find(request).await {
            Ok(response) => response,
            Err(refused) => refused.answer(self.tables),
        };
        if head { bare(response) } else { response }
    }

    /// An error in the words of the API.
    pub fn refuse(&self, refused: &Refused) -> Response {
        refused.answer(self.tables)
    }

    async fn find(&self, request: Request) -> Result<Response, Refused> {
        let path = request.uri().path();
        match self.routes.find(request.method(), path) {
            Found::Route(route, segments) => {
                let captured = route.captured(&segments)?;
                self.serve(route, captured, request).await
            }
            Found::Methods(methods) if request.method() == Method::OPTIONS => Ok(options(&methods)),
            Found::Methods(methods) => Err(error::method_not_allowed(request.method(), &methods)),
            Found::Nothing => Err(error::not_found(path)),
        }
    }

    async fn serve(
        &self,
        route: &Route,
        captured: Vec<String>,
        request: Request,
    ) -> Result<Response, Refused> {
        let (parts, body) = request.into_parts();
        let caller = Caller::with_own_credential(&parts);
        let known =
            parts.headers.contains_key(AUTHORIZATION) || parts.headers.contains_key("x-api-key");
        // Who shows no credential where one is needed is told so, and nothing of theirs is read.
        if !known && needs_credential(route) {
            body::discard(body).await;
            let message = call::unary(self.api.channel(&caller), route, Vec::new()).await?;
            return answer::unary(self.tables, route, &parts, &message);
        }
        let body = body::whole(body, self.limit(route)).await?;
        let message = request::read(self.tables, route, &captured, &parts, &body)?;
        let channel = self.api.channel(&caller);
        if route.streams {
            let answers = call::stream(channel, route, message).await?;
            return Ok(stream::answer(self.tables, route, &parts.headers, answers));
        }
        let message = call::unary(channel, route, message).await?;
        answer::unary(self.tables, route, &parts, &message)
    }

    fn limit(&self, route: &Route) -> usize {
        let bytes = if route.path.path() == IMPORT {
            self.lengths.import
        } else {
            self.lengths.message
        };
        bytes.saturating_mul(SPREAD)
    }
}

fn needs_credential(route: &Route) -> bool {
    rights::of(route.path.path()).is_none_or(|row| row.right != Right::Open)
}

/// The answer to OPTIONS that no browser sent: what the path takes.
fn options(methods: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if let Ok(allow) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

/// The same answer without its body.
fn bare(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = http_body::Body::size_hint(&body).exact() {
        parts
            .headers
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests;
