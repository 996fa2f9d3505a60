//! Why a call failed, in the contract's error body, and the one table from our reasons to it.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use order_status_proto::v1::ErrorReason as Reason;
use serde::Serialize;
use time::UtcDateTime;
use time::macros::format_description;
use tonic::Status;

use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{self, Unreadable};

const TOKEN: &str = "Token invalid or expired.";
const KEY: &str = "Invalid private key.";
const NOT_AUTHENTICATED: &str =
    "API construct session from token failed with error: Not authenticated";

/// A failure.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Something is wrong with the call, or the rules refuse it.
    Refused(String),
    /// The token is none, or of another account.
    Token,
    /// The key opens nothing.
    Key,
    /// There were too many calls; how many seconds to wait.
    Throttled(String, u64),
}

#[derive(Serialize)]
struct Body<'a> {
    error: Error<'a>,
    reason: &'a str,
}

#[derive(Serialize)]
struct Error<'a> {
    operation: Option<()>,
    date: String,
    title: &'a str,
    details: Option<&'a str>,
    errorurl: Option<()>,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Message {
    title: &'static str,
    details: &'static str,
    errorurl: Option<()>,
}

#[derive(Serialize)]
struct Throttled<'a> {
    error: Throttling<'a>,
    reason: &'a str,
}

#[derive(Serialize)]
struct Throttling<'a> {
    r#type: &'static str,
    message: &'a str,
}

impl Failure {
    /// A failure in these words.
    pub fn new(text: impl Into<String>) -> Failure {
        Failure::Refused(text.into())
    }

    /// The answer.
    pub fn into_response(self) -> Response {
        match self {
            Failure::Refused(text) => refused(&text, None, Vec::new(), &text),
            Failure::Key => refused(KEY, None, Vec::new(), KEY),
            Failure::Token => {
                let message = Message {
                    title: "Not authenticated",
                    details: NOT_AUTHENTICATED,
                    errorurl: None,
                };
                let reason = format!("Not authenticated - {NOT_AUTHENTICATED}");
                refused(TOKEN, Some(TOKEN), vec![message], &reason)
            }
            Failure::Throttled(text, seconds) => throttled(&text, seconds),
        }
    }
}

fn refused(title: &str, details: Option<&str>, messages: Vec<Message>, reason: &str) -> Response {
    let body = Body {
        error: Error {
            operation: None,
            date: now(),
            title,
            details,
            errorurl: None,
            messages,
        },
        reason,
    };
    json::answer(StatusCode::BAD_REQUEST, &body)
}

fn throttled(text: &str, seconds: u64) -> Response {
    let body = Throttled {
        error: Throttling {
            r#type: "Throttling error",
            message: text,
        },
        reason: text,
    };
    let mut response = json::answer(StatusCode::TOO_MANY_REQUESTS, &body);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The present time, to a tenth of a microsecond.
fn now() -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
    UtcDateTime::now().format(format).unwrap_or_default()
}

/// The table.
impl From<Status> for Failure {
    fn from(status: Status) -> Failure {
        let fault = Fault::from(status);
        match fault.reason {
            Reason::CredentialMissing | Reason::CredentialInvalid => Failure::Token,
            Reason::QueueFull | Reason::LimitExceeded => {
                let text = format!("Requests throttled. {}", fault.message);
                Failure::Throttled(text, fault.retry_seconds().unwrap_or(1))
            }
            Reason::OrderNotFound => {
                let id = fault.part("order.id");
                Failure::new(format!("The order {id} does not exist."))
            }
            Reason::UnknownTarget => {
                let known = fault.fields.first().map_or("", |(_, text)| text.as_str());
                Failure::new(format!("The status does not exist: {known}."))
            }
            Reason::TransitionNotAllowed | Reason::RoleNotAllowed => {
                let text = "The order cannot go from the status";
                let (from, to) = (fault.part("state_title"), fault.part("target"));
                Failure::new(format!("{text} \"{from}\" to \"{to}\" by this user."))
            }
            Reason::MethodNotAllowedForRole => Failure::new("This user is not allowed to do this."),
            // What else there is has no words of the contract's.
            _ => Failure::new(fault.message),
        }
    }
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Failure {
        Failure::new(format!("Invalid request: {unreadable}."))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Unreadable::Json(error).into()
    }
}
