//! Getfly: sales orders of a customer relationship system, by their codes.

mod decode;
mod filter;
mod list;
mod payments;
mod refused;
mod show;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use order_status_proto::v1 as pb;
use order_status_proto::v1::ErrorReason as Reason;
use prost_types::FieldMask;
use serde::Serialize;
use tonic::Status;

use super::fault::Fault;
use super::json::{self, Object, Unreadable};
use super::query::Query;
use super::{Api, Dialect};
use crate::auth::keys::Secret;
use crate::rest::Caller;
use decode::Draft;
use refused::Refused;

/// Every path of the contract lies below this one.
const ROOT: &str = "/api/v6.1";
/// The largest body, in bytes.
const LARGEST_BODY: usize = 1024 * 1024;
/// How often an order is read and written that others change meanwhile.
const TRIES: usize = 5;

/// The contract on the listener.
pub fn dialect(api: &Api) -> Dialect {
    let routes = Router::new()
        .fallback(serve)
        .with_state(Arc::new(api.clone()));
    Dialect {
        prefixes: &[ROOT],
        routes,
        plain_http,
    }
}

/// What the contract's clients call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Detail,
    Create,
    Update,
    Delete,
    Approve,
    Cancel,
    Restore,
    List,
    Payments,
}

/// Each path with its methods and what they call.
const PATHS: [(&str, &[(&str, Call)]); 6] = [
    (
        "sale_order",
        &[
            ("GET", Call::Detail),
            ("POST", Call::Create),
            ("PUT", Call::Update),
            ("DELETE", Call::Delete),
        ],
    ),
    ("sale_order/approve", &[("PUT", Call::Approve)]),
    ("sale_order/cancel", &[("PUT", Call::Cancel)]),
    ("sale_order/restore", &[("PUT", Call::Restore)]),
    ("sale_orders", &[("GET", Call::List)]),
    ("sale_order_payments", &[("GET", Call::Payments)]),
];

/// What was done, and to which order.
#[derive(Serialize)]
struct Done<'a> {
    message: &'a str,
    data: Named<'a>,
}

#[derive(Serialize)]
struct Named<'a> {
    order_id: i64,
    order_code: &'a str,
}

async fn serve(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = caller(&parts);
    let Some(methods) = methods(parts.uri.path()) else {
        return known(&api, &caller, Refused::no_such_path()).await.answer();
    };
    let Some(call) = called(methods, &parts.method) else {
        let allowed: Vec<&str> = methods.iter().map(|(method, _)| *method).collect();
        let allowed = allowed.join(", ");
        let refused = Refused::method_not_allowed(&parts.method, &allowed);
        let mut response = known(&api, &caller, refused).await.answer();
        if let Ok(allowed) = HeaderValue::try_from(allowed) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        return response;
    };
    answer(&api, &caller, call, &parts, body)
        .await
        .unwrap_or_else(Refused::answer)
}

/// The methods of a path, each with what it calls.
fn methods(path: &str) -> Option<&'static [(&'static str, Call)]> {
    let name = path.strip_prefix(ROOT).unwrap_or_default();
    let name = name.strip_prefix('/').unwrap_or_default();
    let name = name.strip_suffix('/').unwrap_or(name);
    let found = PATHS.iter().find(|(path, _)| *path == name);
    found.map(|(_, methods)| *methods)
}

fn called(methods: &[(&str, Call)], method: &Method) -> Option<Call> {
    let asked = match method.as_str() {
        "HEAD" => "GET",
        method => method,
    };
    let found = methods.iter().find(|(method, _)| *method == asked);
    found.map(|(_, call)| *call)
}

fn plain_http() -> Response {
    Refused::plain_http().answer()
}

fn caller(parts: &Parts) -> Caller {
    let caller = Caller::of(parts);
    let key = parts.headers.get("x-api-key");
    match key.and_then(|key| key.to_str().ok()).map(str::trim) {
        Some(key) if !key.is_empty() => caller.with_key(&Secret::new(key)),
        _ => caller,
    }
}

/// What to answer where the request itself is refused: that, or that the caller is nobody.
async fn known(api: &Api, caller: &Caller, refused: Refused) -> Refused {
    somebody(api, caller).await.err().unwrap_or(refused)
}

/// Fails where the caller is nobody: for answers that no call of the API stands behind.
async fn somebody(api: &Api, caller: &Caller) -> Result<(), Refused> {
    let request = pb::ListCatalogsRequest::default();
    api.catalogs(caller).list_catalogs(request).await?;
    Ok(())
}

async fn answer(
    api: &Api,
    caller: &Caller,
    call: Call,
    parts: &Parts,
    body: Body,
) -> Result<Response, Refused> {
    let query = Query::of(&parts.uri);
    match call {
        Call::Detail => return detail(api, caller, &query).await,
        Call::List => return list::orders(api, caller, &query).await,
        Call::Payments => return payments::payments(api, caller, &query).await,
        _ => {}
    }
    let asked = match asked(call, parts, body).await {
        Ok(asked) => asked,
        Err(refused) => return Err(known(api, caller, refused).await),
    };
    match (asked, call) {
        (Asked::Update(draft), _) => update(api, caller, *draft).await,
        (Asked::Create(draft), _) => create(api, caller, *draft).await,
        (Asked::Order(code), Call::Delete) => delete(api, caller, code).await,
        (Asked::Order(code), _) => step(api, caller, call, code).await,
    }
}

/// What a body asks.
enum Asked {
    Update(Box<Draft>),
    Create(Box<Draft>),
    Order(String),
}

async fn asked(call: Call, parts: &Parts, body: Body) -> Result<Asked, Refused> {
    let body = json::body(&parts.headers, body, LARGEST_BODY).await?;
    let body = Object::parse(&body).map_err(Unreadable::Json)?;
    Ok(match call {
        Call::Update => Asked::Update(Box::new(decode::update(&body)?)),
        Call::Create => Asked::Create(Box::new(decode::create(&body)?)),
        _ => Asked::Order(decode::order_code(&body)?),
    })
}

/// Whether a request can be understood; the answer to one that cannot.
#[cfg(feature = "fuzzing")]
pub(in crate::rest) async fn read(request: Request) -> Result<(), Response> {
    let (parts, body) = request.into_parts();
    drop(caller(&parts));
    let query = Query::of(&parts.uri);
    let call = methods(parts.uri.path()).and_then(|methods| called(methods, &parts.method));
    let read = match call {
        None => Err(Refused::no_such_path()),
        Some(Call::Detail) => code(&query).map(drop),
        Some(Call::List) => list::read(&query).map(drop),
        Some(Call::Payments) => payments::read(&query).map(drop),
        Some(call) => asked(call, &parts, body).await.map(drop),
    };
    read.map_err(Refused::answer)
}

fn done(message: &str, order: &pb::Order) -> Response {
    let data = Named {
        order_id: order.id,
        order_code: &order.number,
    };
    json::answer(StatusCode::OK, &Done { message, data })
}

async fn find(api: &Api, caller: &Caller, code: String) -> Result<pb::Order, Status> {
    let request = pb::GetOrderRequest {
        order: Some(pb::get_order_request::Order::Number(code)),
        ..Default::default()
    };
    let found = api.orders(caller).get_order(request).await;
    found.map(tonic::Response::into_inner)
}

/// The code of the one order that is asked for, and which of its fields.
fn code(query: &Query) -> Result<(String, show::Fields), Refused> {
    match query.get("order_code") {
        None | Some("") => Err(Refused::bad_request("order_code is required")),
        Some(code) => Ok((code.to_owned(), show::Fields::of(query))),
    }
}

async fn detail(api: &Api, caller: &Caller, query: &Query) -> Result<Response, Refused> {
    let (code, fields) = match code(query) {
        Ok(read) => read,
        Err(refused) => return Err(known(api, caller, refused).await),
    };
    let order = find(api, caller, code).await?;
    Ok(json::answer(StatusCode::OK, &show::order(&order, &fields)))
}

async fn update(api: &Api, caller: &Caller, draft: Draft) -> Result<Response, Refused> {
    let mut refused = None;
    for _ in 0..TRIES {
        let mut order = draft.order.clone();
        let mut paths = draft.paths.clone();
        let mut etag = String::new();
        if draft.rename.is_none() && draft.attributes.is_empty() {
            order.number.clone_from(&draft.code);
        } else {
            let present = find(api, caller, draft.code.clone()).await?;
            order.id = present.id;
            etag = present.etag;
            if let Some(code) = &draft.rename {
                order.number.clone_from(code);
                paths.push("number".to_owned());
            }
            order.attributes = draft.merged(present.attributes);
            paths.push("attributes".to_owned());
        }
        if paths.is_empty() {
            // A mask without paths would mean every field: there is nothing to change.
            let present = find(api, caller, draft.code.clone()).await?;
            return Ok(done("Successfully updated", &present));
        }
        let request = pb::UpdateOrderRequest {
            order: Some(order),
            update_mask: Some(FieldMask { paths }),
            etag,
            ..Default::default()
        };
        match api.orders(caller).update_order(request).await {
            Ok(updated) => return Ok(done("Successfully updated", &updated.into_inner())),
            Err(status) => {
                let fault = Fault::from(status);
                let stale = fault.reason == Reason::EtagStale;
                refused = Some(Refused::from(fault));
                if !stale {
                    break;
                }
            }
        }
    }
    Err(refused.unwrap_or_else(|| Refused::bad_request("the order could not be updated")))
}

async fn create(api: &Api, caller: &Caller, draft: Draft) -> Result<Response, Refused> {
    let attributes = draft.merged(draft.order.attributes.clone());
    let request = pb::CreateOrderRequest {
        order: Some(pb::Order {
            number: draft.code,
            attributes,
            ..draft.order
        }),
        ..Default::default()
    };
    let order = api.orders(caller).create_order(request).await?.into_inner();
    if draft.approve {
        let id = pb::confirm_order_request::Order::Id(order.id);
        let request = pb::ConfirmOrderRequest {
            order: Some(id),
            ..Default::default()
        };
        let approved = api.orders(caller).confirm_order(request).await;
        approved.map_err(|status| Refused::from(status).after_adding(&order.number))?;
    }
    Ok(done("Successfully added", &order))
}

async fn delete(api: &Api, caller: &Caller, code: String) -> Result<Response, Refused> {
    let request = pb::DeleteOrderRequest {
        order: Some(pb::delete_order_request::Order::Number(code)),
        ..Default::default()
    };
    let deleted = api.orders(caller).delete_order(request).await?;
    Ok(done("Successfully deleted", &deleted.into_inner()))
}

async fn step(api: &Api, caller: &Caller, call: Call, code: String) -> Result<Response, Refused> {
    let mut orders = api.orders(caller);
    let (message, order) = match call {
        Call::Approve => {
            let request = pb::ConfirmOrderRequest {
                order: Some(pb::confirm_order_request::Order::Number(code)),
                ..Default::default()
            };
            ("Successfully updated", orders.confirm_order(request).await?)
        }
        Call::Cancel => {
            let request = pb::CancelOrderRequest {
                order: Some(pb::cancel_order_request::Order::Number(code)),
                ..Default::default()
            };
            ("Successfully updated", orders.cancel_order(request).await?)
        }
        _ => {
            let restore = pb::transition_order_request::Target::Transition("restore".to_owned());
            let request = pb::TransitionOrderRequest {
                order: Some(pb::transition_order_request::Order::Number(code)),
                target: Some(restore),
                ..Default::default()
            };
            let restored = orders.transition_order(request).await?;
            ("Successfully restored", restored)
        }
    };
    Ok(done(message, &order.into_inner()))
}
