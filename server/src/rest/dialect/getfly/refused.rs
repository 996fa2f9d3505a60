//! The contract's errors: a message each. Which reasons of ours become which status.

use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use order_status_proto::v1::ErrorReason as Reason;
use serde::Serialize;
use tonic::Status;

use super::decode::contract_name;
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{self, Unreadable};

/// A refusal in the contract's words.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    message: String,
    retry_after: Option<u64>,
}

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
}

impl Refused {
    fn new(status: StatusCode, message: impl Into<String>) -> Refused {
        Refused {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    /// What is asked cannot be done.
    pub fn bad_request(message: impl Into<String>) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, message)
    }

    /// A path that is not the contract's.
    pub fn no_such_path() -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "There is no such endpoint")
    }

    /// A method that the path does not allow.
    pub fn method_not_allowed(method: &Method, allowed: &str) -> Refused {
        let message = format!("Method {method} is not allowed; allowed: {allowed}");
        Refused::new(StatusCode::METHOD_NOT_ALLOWED, message)
    }

    /// A call over plain HTTP where HTTPS is required.
    pub fn plain_http() -> Refused {
        Refused::new(StatusCode::FORBIDDEN, "Please use https instead of http")
    }

    /// The same, of an order that was added before its approval was refused.
    #[must_use]
    pub fn after_adding(mut self, code: &str) -> Refused {
        self.message = format!("{code} was added and waits for approval: {}", self.message);
        self
    }

    /// The answer.
    pub fn answer(self) -> Response {
        let body = Body {
            message: &self.message,
        };
        let mut response = json::answer(self.status, &body);
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Refused {
        let (status, message) = match fault.reason {
            Reason::CredentialMissing | Reason::CredentialInvalid => {
                (StatusCode::UNAUTHORIZED, "X-API-KEY is missing or wrong")
            }
            Reason::OrderNotFound => (StatusCode::NOT_FOUND, "Order not found"),
            Reason::MethodNotAllowedForRole | Reason::RoleNotAllowed => {
                (StatusCode::FORBIDDEN, fault.message.as_str())
            }
            Reason::QueueFull | Reason::LimitExceeded => {
                (StatusCode::TOO_MANY_REQUESTS, "Please try again later")
            }
            Reason::DatabaseUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "Please try again later")
            }
            Reason::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "The request took too long"),
            Reason::Internal | Reason::Unspecified => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
            }
            _ => (StatusCode::BAD_REQUEST, fault.message.as_str()),
        };
        let told = if status == StatusCode::BAD_REQUEST && !fault.fields.is_empty() {
            let fields = fault.fields.iter();
            let fields: Vec<String> = fields
                .map(|(field, description)| format!("{} {description}", contract_name(field)))
                .collect();
            fields.join("; ")
        } else {
            message.to_owned()
        };
        Refused {
            retry_after: fault.retry_seconds(),
            ..Refused::new(status, told)
        }
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Refused {
        Refused::from(Fault::from(status))
    }
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Refused {
        let mut message = unreadable.to_string();
        if let Some(first) = message.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        Refused::bad_request(message)
    }
}
