//! The sessions of the contract: opened by login and password, carried by a cookie.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{HOST, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::response::Response;
use order_status_proto::v1 as pb;
use prost_types::Duration;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tonic::Status;

use super::call_kw::required;
use super::cookie;
use super::envelope::Outcome;
use super::failure::Failure;
use crate::auth::keys::Secret;
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::Json;
use crate::rest::{Api, Caller, Secure};

/// What a user is told of the own session.
#[derive(Serialize)]
struct Info<'a> {
    uid: i64,
    is_system: bool,
    is_admin: bool,
    is_public: bool,
    is_internal_user: bool,
    user_context: UserContext,
    db: &'a str,
    user_settings: Nothing,
    server_version: &'static str,
    server_version_info: (u8, u8, u8, &'static str, u8, &'static str),
    support_url: &'static str,
    name: &'a str,
    username: &'a str,
    partner_id: Value,
    partner_display_name: &'a str,
    company_id: i64,
    user_companies: Companies<'a>,
    currencies: Nothing,
    #[serde(rename = "web.base.url")]
    base_url: String,
    active_ids_limit: u32,
    max_file_upload_size: u32,
    home_action_id: bool,
    bundle_params: BundleParams,
}

#[derive(Serialize)]
struct UserContext {
    lang: &'static str,
    tz: &'static str,
    uid: i64,
}

#[derive(Serialize)]
struct Companies<'a> {
    current_company: i64,
    allowed_companies: std::collections::BTreeMap<String, Company<'a>>,
}

#[derive(Serialize)]
struct Company<'a> {
    id: i64,
    name: &'a str,
    sequence: u8,
}

#[derive(Serialize)]
struct BundleParams {
    lang: &'static str,
}

#[derive(Serialize)]
struct Nothing {}

/// Opens a session; answers what the user is told, and its token. The session that the cookie names ends.
pub async fn authenticate(
    api: &Api,
    caller: &Caller,
    parts: &Parts,
    params: &Json<'_>,
) -> Result<(Box<RawValue>, Secret), Failure> {
    let [db, login, password] = credentials(params)?;
    let week = Duration {
        seconds: i64::from(cookie::LIFETIME),
        nanos: 0,
    };
    let request = pb::CreateSessionRequest {
        account: Some(pb::create_session_request::Account::AccountCode(db)),
        login,
        password,
        lifetime: Some(week),
        idle_timeout: Some(week),
        ..pb::CreateSessionRequest::default()
    };
    let opened = api.sessions(caller).create_session(request).await;
    let opened = opened.map_err(denied)?.into_inner();
    let session = opened.session.unwrap_or_default();
    Ok((told(&session, parts)?, Secret::new(opened.token)))
}

/// Database, login and password.
pub fn credentials(params: &Json<'_>) -> Result<[String; 3], Failure> {
    const NAMES: [&str; 3] = ["db", "login", "password"];
    let Json::Object(params) = params else {
        let missing = NAMES.map(|name| format!("'{name}'"));
        return Err(required("Session.authenticate()", &missing));
    };
    let mut words = [const { String::new() }; 3];
    let mut missing = Vec::new();
    for (word, name) in words.iter_mut().zip(NAMES) {
        match params.get(name)? {
            Json::Text(text) => *word = text,
            Json::Null => missing.push(format!("'{name}'")),
            _ => return Err(Failure::of_type(format!("{name} has to be a text"))),
        }
    }
    if missing.is_empty() {
        Ok(words)
    } else {
        Err(required("Session.authenticate()", &missing))
    }
}

/// Which of them was wrong is not told: neither which databases there are nor which logins.
fn denied(status: Status) -> Failure {
    use pb::ErrorReason as Reason;
    let fault = Fault::from(status);
    match fault.reason {
        Reason::CredentialMissing | Reason::CredentialInvalid | Reason::InvalidField => {
            Failure::denied("Access Denied")
        }
        Reason::LimitExceeded => {
            Failure::denied("Too many login failures, please wait a bit before trying again.")
        }
        _ => Failure::user(fault.message),
    }
}

/// What the user of the session is told.
pub async fn info(api: &Api, caller: &Caller, parts: &Parts) -> Result<Box<RawValue>, Failure> {
    told(&known(api, caller).await?, parts)
}

/// Fails where there is no session.
pub async fn check(api: &Api, caller: &Caller) -> Outcome {
    known(api, caller).await.map(|_| None)
}

/// Ends the session.
pub async fn destroy(api: &Api, caller: &Caller) -> Outcome {
    let request = pb::DeleteSessionRequest {};
    match api.sessions(caller).delete_session(request).await {
        Ok(_) => Ok(None),
        Err(status) => Err(Failure::of(api, caller, status, None).await),
    }
}

/// Ends the session, if there is one, and leads a browser on.
pub async fn logout(api: &Api, caller: &Caller, parts: &Parts) -> Response {
    let request = pb::DeleteSessionRequest {};
    if let Err(status) = api.sessions(caller).delete_session(request).await {
        tracing::debug!(%status, "there was no session to end");
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_static("/web"));
    if let Some(cookie) = cookie::drop_it(Secure::of(parts)) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

async fn known(api: &Api, caller: &Caller) -> Result<pb::Session, Failure> {
    let request = pb::GetSessionRequest {};
    match api.sessions(caller).get_session(request).await {
        Ok(session) => Ok(session.into_inner()),
        Err(status) => Err(Failure::of(api, caller, status, None).await),
    }
}

fn told(session: &pb::Session, parts: &Parts) -> Result<Box<RawValue>, Failure> {
    let is_client = session.role() == pb::Role::Client;
    let is_admin = session.role() == pb::Role::Admin;
    let company = Company {
        id: session.account_id,
        name: &session.account_code,
        sequence: 10,
    };
    let info = Info {
        uid: session.credential_id,
        is_system: is_admin,
        is_admin,
        is_public: false,
        is_internal_user: !is_client,
        user_context: UserContext {
            lang: "en_US",
            tz: "UTC",
            uid: session.credential_id,
        },
        db: &session.account_code,
        user_settings: Nothing {},
        server_version: "16.0",
        server_version_info: (16, 0, 0, "final", 0, ""),
        support_url: "",
        name: &session.display_name,
        username: &session.login,
        partner_id: session.customer_id.map_or(Value::Bool(false), Value::from),
        partner_display_name: &session.display_name,
        company_id: session.account_id,
        user_companies: Companies {
            current_company: session.account_id,
            allowed_companies: [(session.account_id.to_string(), company)].into(),
        },
        currencies: Nothing {},
        base_url: base_url(parts),
        active_ids_limit: 20_000,
        max_file_upload_size: 0,
        home_action_id: false,
        bundle_params: BundleParams { lang: "en_US" },
    };
    to_raw_value(&info).map_err(|error| Failure::user(error.to_string()))
}

/// Where the caller reached the service, as far as the call tells.
fn base_url(parts: &Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    // HTTP/2 tells it beside the path.
    let host = host.or_else(|| parts.uri.authority().map(Authority::as_str));
    let scheme = if Secure::of(parts) { "https" } else { "http" };
    host.map_or_else(String::new, |host| format!("{scheme}://{host}"))
}
