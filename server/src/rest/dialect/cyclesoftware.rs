//! CycleSoftware: sales orders of bicycle dealers, by their ids, and the lists of numbers that stand in them.
//!
//! Whatever is answered says in `error` whether it is an error. Every call carries login and password, and every call
//! but one whose login and password are wrong counts toward the limits of its credential and is told how it stands.

mod address;
mod cancel;
mod codes;
mod commas;
mod delivery;
mod enums;
mod form;
mod given;
mod invoices;
mod limits;
mod refused;
mod store;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::{Dialect, json};
use crate::rest::{Api, Options};
use given::Given;
pub use limits::Rates;
use refused::Refused;
use user::{User, Users};

/// The paths below which the contract's calls lie.
const SALES_ORDERS: &str = "/api/v1/sales/orders";
const COMMON: &str = "/api/v1/common";
/// What stands for the order in a path.
const ORDER: &str = "sales_order_id";
/// What every path ends in.
const FORMAT: &str = ".json";
/// The largest body, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// The contract on the listener.
pub fn dialect(api: &Api, options: &Options) -> Dialect {
    let users = Users::new(api, options);
    Dialect {
        prefixes: &[SALES_ORDERS, COMMON],
        routes: Router::new().fallback(serve).with_state(Arc::new(users)),
        plain_http,
    }
}

/// What the contract's clients call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call<'a> {
    UpdateStore(i64),
    UpdateDeliveryMethod(i64),
    Cancel(i64),
    CreateInvoices(i64),
    Enums,
    Enum(&'a str),
}

impl<'a> Call<'a> {
    /// # Errors
    /// There is no such path, it is not called by that method, or what stands for the order in it is no number.
    fn of(method: &Method, path: &'a str) -> Result<Call<'a>, Refused> {
        let name = path
            .strip_suffix(FORMAT)
            .ok_or_else(Refused::no_such_path)?;
        if let Some(name) = name.strip_prefix(COMMON) {
            let call = match name.strip_prefix("/enum") {
                Some("") => Call::Enums,
                Some(subject) => match subject.strip_prefix('/') {
                    Some(subject) => Call::Enum(subject),
                    None => return Err(Refused::no_such_path()),
                },
                None => return Err(Refused::no_such_path()),
            };
            let reads = *method == Method::GET || *method == Method::HEAD;
            return if reads {
                Ok(call)
            } else {
                Err(Refused::method(method, "GET"))
            };
        }
        let rest = name.strip_prefix(SALES_ORDERS).unwrap_or_default();
        let rest = rest.strip_prefix('/').unwrap_or_default();
        let (id, name) = rest.split_once('/').ok_or_else(Refused::no_such_path)?;
        let call = match name {
            "update-store" => Call::UpdateStore,
            "update-delivery-method" => Call::UpdateDeliveryMethod,
            "cancel" => Call::Cancel,
            "create-invoices" => Call::CreateInvoices,
            _ => return Err(Refused::no_such_path()),
        };
        if *method != Method::POST {
            return Err(Refused::method(method, "POST"));
        }
        let id = given::integer(id).ok_or_else(|| Refused::field(ORDER, given::INTEGER))?;
        // No order has such a number.
        if id < 1 {
            return Err(Refused::no_such_order());
        }
        Ok(call(id))
    }

    /// The right that it takes beside the role.
    fn scope(&self) -> &'static str {
        match self {
            Call::Enums | Call::Enum(_) => "common",
            _ => "e-commerce",
        }
    }
}

async fn serve(State(users): State<Arc<Users>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let user = match users.of(&parts).await {
        Ok(user) => user,
        Err(refused) => return refused.answer(),
    };
    let standing = match user.count(parts.uri.path()).await {
        Ok(standing) => standing,
        Err(refused) => return refused.answer(),
    };
    let answered = match standing.wait {
        Some(wait) => Err(Refused::too_many(&standing, wait)),
        None => answer(&user, &parts, body).await,
    };
    let mut response = answered.unwrap_or_else(Refused::answer);
    limits::tell(&standing, response.headers_mut());
    response
}

async fn answer(user: &User<'_>, parts: &Parts, body: Body) -> Result<Response, Refused> {
    let call = Call::of(&parts.method, parts.uri.path())?;
    user.check_scope(call.scope())?;
    match call {
        Call::Enums => enums::all(user).await,
        Call::Enum(subject) => enums::one(user, subject).await,
        Call::UpdateStore(order) => {
            let text = given::read(&parts.headers, body).await?;
            store::update(user, order, &Given::of(&text)?).await
        }
        Call::UpdateDeliveryMethod(order) => {
            let text = given::read(&parts.headers, body).await?;
            delivery::update(user, order, &Given::of(&text)?).await
        }
        Call::Cancel(order) => {
            let query = form::to_json(parts.uri.query().unwrap_or_default());
            let text = given::read(&parts.headers, body).await?;
            let given = Given::of(&query)?.or(Given::of(&text)?);
            cancel::cancel(user, order, &given).await
        }
        Call::CreateInvoices(order) => {
            let text = given::read(&parts.headers, body).await?;
            invoices::create(user, order, &Given::of(&text)?).await
        }
    }
}

/// Whether a request can be understood; the answer to one that cannot.
#[cfg(feature = "fuzzing")]
pub(in crate::rest) async fn read(request: Request) -> Result<(), Response> {
    let (parts, body) = request.into_parts();
    let understood = async {
        user::attempt(&parts).ok_or_else(Refused::unauthorized)?;
        match Call::of(&parts.method, parts.uri.path())? {
            Call::Enums | Call::Enum(_) => Ok(()),
            Call::UpdateStore(_) => {
                let text = given::read(&parts.headers, body).await?;
                store::Wanted::of(&Given::of(&text)?).map(drop)
            }
            Call::CreateInvoices(_) => {
                let text = given::read(&parts.headers, body).await?;
                invoices::Wanted::of(&Given::of(&text)?).map(drop)
            }
            Call::UpdateDeliveryMethod(_) => {
                let text = given::read(&parts.headers, body).await?;
                delivery::Wanted::of(&Given::of(&text)?).map(drop)
            }
            Call::Cancel(_) => {
                let query = form::to_json(parts.uri.query().unwrap_or_default());
                let text = given::read(&parts.headers, body).await?;
                cancel::Wanted::of(&Given::of(&query)?.or(Given::of(&text)?)).map(drop)
            }
        }
    };
    understood.await.map_err(Refused::answer)
}

/// What every answer begins with, and what comes after it.
#[derive(Serialize)]
struct Told<'a, T> {
    error: bool,
    error_message: Option<&'a str>,
    #[serde(flatten)]
    more: T,
}

/// The members of an answer that has no others.
#[derive(Serialize)]
struct Nothing {}

/// The answer to a call that was carried out.
fn done(more: impl Serialize) -> Response {
    let told = Told {
        error: false,
        error_message: None,
        more,
    };
    typed(json::answer(StatusCode::OK, &told))
}

/// The answer, its type as the contract writes it.
fn typed(mut response: Response) -> Response {
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn plain_http() -> Response {
    Refused::plain_http().answer()
}
