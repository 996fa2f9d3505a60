//! Omni: what a restaurant's till asks about the orders of its store.

mod codes;
mod refused;
mod show;
mod sync;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, HeaderMap, HeaderValue, VARY};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use order_status_proto::v1 as pb;
use tonic::Status;

use super::json::{self, Json, Object};
use super::query::Query;
use super::{Api, Dialect};
use crate::auth::keys::Secret;
use crate::rest::Caller;
use codes::Codes;
use refused::Refused;
use show::Shown;

/// Every path of the contract lies below this one.
const ROOT: &str = "/api/store/orders";
/// The largest body, in bytes: it holds one number.
const LARGEST_BODY: usize = 64 * 1024;
/// How many orders `get` answers.
const LATEST: i32 = 15;

/// The contract on the listener.
pub fn dialect(api: &Api) -> Dialect {
    let omni = Omni {
        api: api.clone(),
        codes: Codes::new(api),
    };
    Dialect {
        prefixes: &[ROOT],
        routes: Router::new().fallback(serve).with_state(Arc::new(omni)),
        plain_http,
    }
}

struct Omni {
    api: Api,
    codes: Codes,
}

/// What the contract's clients call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Confirm,
    Paid,
    Complete,
    Cancel,
    Details,
    Sync,
    Get,
}

/// Each call with its name, and the methods that it allows.
const CALLS: [(&str, Call, &str); 7] = [
    ("confirm", Call::Confirm, "POST, OPTIONS"),
    ("paid", Call::Paid, "POST, OPTIONS"),
    ("complete", Call::Complete, "POST, OPTIONS"),
    ("cancel", Call::Cancel, "POST, OPTIONS"),
    ("details", Call::Details, "GET, HEAD, OPTIONS"),
    // Without HEAD: what it gives it gives once.
    ("sync", Call::Sync, "GET, OPTIONS"),
    ("get", Call::Get, "GET, HEAD, OPTIONS"),
];

/// What a request asks.
enum Asked {
    /// A step of the order with that number.
    Step(String),
    /// The order with that number.
    Details(String),
    /// The orders above that id.
    Latest(i64),
    /// The orders that were not given yet.
    New,
}

impl Call {
    /// The call with that name, and the methods that it allows.
    fn named(path: &str) -> Option<(Call, &'static str)> {
        let name = path.strip_prefix(ROOT).unwrap_or_default();
        let name = name.strip_prefix('/').unwrap_or_default();
        // The contract's clients write it with and without.
        let name = name.strip_suffix('/').unwrap_or(name);
        let found = CALLS.iter().find(|(known, _, _)| *known == name)?;
        Some((found.1, found.2))
    }

    /// The name under which its body holds the order's number, and the name that the other calls have for it.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Call::Paid | Call::Complete | Call::Cancel => ("order", "number"),
            Call::Confirm | Call::Details | Call::Sync | Call::Get => ("number", "order"),
        }
    }
}

async fn serve(State(omni): State<Arc<Omni>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (answer, allow) = match Call::named(parts.uri.path()) {
        Some((call, allow)) => (omni.answer(call, allow, &parts, body).await, allow),
        None => {
            let caller = caller(&parts);
            (
                Err(omni.known(&caller, Refused::not_found()).await),
                "OPTIONS",
            )
        }
    };
    with_headers(answer.unwrap_or_else(Refused::answer), allow)
}

fn plain_http() -> Response {
    let message = "Please use https instead of http".to_owned();
    let refused = Refused::detail(StatusCode::FORBIDDEN, message);
    with_headers(refused.answer(), "POST, OPTIONS")
}

/// The headers that every answer has.
fn with_headers(mut response: Response, allow: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept"));
    headers.insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// The caller with the key in `Authorization: token KEY`; without one where there is none.
fn caller(parts: &Parts) -> Caller {
    let caller = Caller::of(parts);
    match token(&parts.headers) {
        Some(key) => caller.with_key(&key),
        None => caller,
    }
}

fn token(headers: &HeaderMap) -> Option<Secret> {
    let told = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = told.split_once(' ')?;
    let key = key.trim();
    let token = scheme.eq_ignore_ascii_case("token") && !key.is_empty();
    token.then(|| Secret::new(key))
}

impl Omni {
    async fn answer(
        &self,
        call: Call,
        allow: &str,
        parts: &Parts,
        body: Body,
    ) -> Result<Response, Refused> {
        let caller = caller(parts);
        if parts.method == Method::OPTIONS {
            return Ok(Response::default());
        }
        let asked = match asked(call, allow, parts, body).await {
            Ok(asked) => asked,
            Err(refused) => return Err(self.known(&caller, refused).await),
        };
        match asked {
            Asked::Step(number) => {
                let moved = self.step(call, &caller, number).await;
                let order = moved.map_err(|status| Refused::of_step(status, call.keys().0))?;
                self.show(&caller, &order).await
            }
            Asked::Details(number) => self.details(&caller, number).await,
            Asked::Latest(above) => self.latest(&caller, above).await,
            Asked::New => {
                let orders = sync::take(&self.api, &caller).await?;
                self.list(&caller, &orders).await
            }
        }
    }

    /// What to answer where the request itself is refused: that, or that the caller is nobody.
    async fn known(&self, caller: &Caller, refused: Refused) -> Refused {
        let request = pb::ListCatalogsRequest::default();
        match self.api.catalogs(caller).list_catalogs(request).await {
            Ok(_) => refused,
            Err(status) => Refused::from(status),
        }
    }

    async fn step(&self, call: Call, caller: &Caller, number: String) -> Result<pb::Order, Status> {
        let mut orders = self.api.orders(caller);
        let answered = match call {
            Call::Paid => {
                let order = Some(pb::mark_order_paid_request::Order::Number(number));
                let request = pb::MarkOrderPaidRequest {
                    order,
                    ..Default::default()
                };
                orders.mark_order_paid(request).await
            }
            Call::Complete => {
                let order = Some(pb::complete_order_request::Order::Number(number));
                let request = pb::CompleteOrderRequest {
                    order,
                    ..Default::default()
                };
                orders.complete_order(request).await
            }
            Call::Cancel => {
                let order = Some(pb::cancel_order_request::Order::Number(number));
                let request = pb::CancelOrderRequest {
                    order,
                    ..Default::default()
                };
                orders.cancel_order(request).await
            }
            Call::Confirm | Call::Details | Call::Sync | Call::Get => {
                let order = Some(pb::confirm_order_request::Order::Number(number));
                let request = pb::ConfirmOrderRequest {
                    order,
                    ..Default::default()
                };
                orders.confirm_order(request).await
            }
        };
        answered.map(tonic::Response::into_inner)
    }

    async fn show(&self, caller: &Caller, order: &pb::Order) -> Result<Response, Refused> {
        let codes = self.codes.of(caller, &[order]).await?;
        Ok(json::answer(StatusCode::OK, &Shown::new(order, &codes)))
    }

    async fn details(&self, caller: &Caller, number: String) -> Result<Response, Refused> {
        let request = pb::GetOrderRequest {
            order: Some(pb::get_order_request::Order::Number(number)),
            ..Default::default()
        };
        let found = self.api.orders(caller).get_order(request).await;
        let order = found.map_err(Refused::of_details)?.into_inner();
        let codes = self.codes.of(caller, &[&order]).await?;
        let whole = Shown::new(&order, &codes).with_items(&order);
        Ok(json::answer(StatusCode::OK, &show::One { order: whole }))
    }

    /// The latest orders of the store above an id.
    async fn latest(&self, caller: &Caller, above: i64) -> Result<Response, Refused> {
        let request = pb::ListOrdersRequest {
            page_size: LATEST,
            order_by: "id desc".to_owned(),
            view: pb::OrderView::Full.into(),
            ..Default::default()
        };
        let found = self.api.orders(caller).list_orders(request).await?;
        let mut orders = found.into_inner().orders;
        orders.retain(|order| order.id > above);
        self.list(caller, &orders).await
    }

    async fn list(&self, caller: &Caller, orders: &[pb::Order]) -> Result<Response, Refused> {
        let all: Vec<&pb::Order> = orders.iter().collect();
        let codes = self.codes.of(caller, &all).await?;
        let orders = orders
            .iter()
            .map(|order| Shown::new(order, &codes).with_items(order))
            .collect();
        Ok(json::answer(StatusCode::OK, &show::Several { orders }))
    }
}

/// What a request asks, where the call allows its method.
async fn asked(call: Call, allow: &str, parts: &Parts, body: Body) -> Result<Asked, Refused> {
    if !allow
        .split(", ")
        .any(|method| method == parts.method.as_str())
    {
        return Err(Refused::method_not_allowed(&parts.method));
    }
    let query = Query::of(&parts.uri);
    Ok(match call {
        Call::Confirm | Call::Paid | Call::Complete | Call::Cancel => {
            Asked::Step(number(call, parts, body).await?)
        }
        Call::Details => {
            let number = query.get("number").filter(|number| !number.is_empty());
            Asked::Details(number.ok_or_else(Refused::invalid_request)?.to_owned())
        }
        Call::Get => {
            let last = query.get("last_order_id").and_then(|id| id.parse().ok());
            let last = last.filter(|last| *last >= 0);
            Asked::Latest(last.ok_or_else(Refused::invalid_last_order_id)?)
        }
        Call::Sync => Asked::New,
    })
}

/// Whether a request can be understood; the answer to one that cannot.
#[cfg(feature = "fuzzing")]
pub(in crate::rest) async fn read(request: Request) -> Result<(), Response> {
    let (parts, body) = request.into_parts();
    drop(caller(&parts));
    let read = match Call::named(parts.uri.path()) {
        Some((call, allow)) => asked(call, allow, &parts, body).await.map(drop),
        None => Err(Refused::not_found()),
    };
    read.map_err(Refused::answer)
}

/// The order's number out of a body. The name that the other calls have for it will do where the documented one is
/// missing.
async fn number(call: Call, parts: &Parts, body: Body) -> Result<String, Refused> {
    let (key, alias) = call.keys();
    let body = json::body(&parts.headers, body, LARGEST_BODY).await?;
    let body = Object::parse(&body).map_err(json::Unreadable::Json)?;
    let read = |name| body.get(name).map_err(json::Unreadable::Json);
    let given = match read(key)? {
        Json::Null => read(alias)?,
        given => given,
    };
    match given {
        Json::Text(number) if !number.is_empty() => Ok(number),
        Json::Text(_) | Json::Null => Err(Refused::required(key)),
        _ => Err(Refused::not_text(key)),
    }
}
