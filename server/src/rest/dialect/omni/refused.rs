//! The contract's errors, and which reasons of ours become which.

use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use order_status_proto::v1::ErrorReason as Reason;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use tonic::Status;

use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{self, Unreadable};

/// The state of an order, in the contract's numbers.
const COMPLETE: &str = "20";
const CANCELLED: &str = "30";
const PENDING_PAYMENT: &str = "40";

/// A refusal in the contract's words.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    body: Body,
    retry_after: Option<u64>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    /// What is wrong with the call itself.
    Detail { detail: String },
    /// What is wrong with what is asked.
    Error {
        error_message: &'static str,
        error_code: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        errors: Option<Errors>,
    },
}

/// One field and its error.
#[derive(Debug)]
struct Errors(&'static str, &'static str);

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}

impl Refused {
    /// A refusal that is one sentence.
    pub fn detail(status: StatusCode, detail: String) -> Refused {
        Refused {
            status,
            body: Body::Detail { detail },
            retry_after: None,
        }
    }

    fn error(code: &'static str, message: &'static str, field: Option<&'static str>) -> Refused {
        let body = Body::Error {
            error_message: message,
            error_code: code,
            errors: field.map(|field| Errors(field, message)),
        };
        Refused {
            status: StatusCode::BAD_REQUEST,
            body,
            retry_after: None,
        }
    }

    /// A field that has to be given.
    pub fn required(field: &'static str) -> Refused {
        Refused::error("required", "This field is required.", Some(field))
    }

    /// A field that is to be a text.
    pub fn not_text(field: &'static str) -> Refused {
        Refused::error("invalid", "Not a valid string.", Some(field))
    }

    /// `details` without a number, or with an unknown one.
    pub fn invalid_request() -> Refused {
        Refused::error("invalid_request", "Your request cannot be completed", None)
    }

    /// `get` without an id, or with something else in its place.
    pub fn invalid_last_order_id() -> Refused {
        let code = "invalid_last_order_id";
        Refused::error(code, "Invalid last order id", Some("last_order_id"))
    }

    /// A path that is not the contract's.
    pub fn not_found() -> Refused {
        Refused::detail(StatusCode::NOT_FOUND, "Not found.".to_owned())
    }

    /// A method that the call does not allow.
    pub fn method_not_allowed(method: &Method) -> Refused {
        let detail = format!("Method \"{method}\" not allowed.");
        Refused::detail(StatusCode::METHOD_NOT_ALLOWED, detail)
    }

    /// Why an order could not take a step; `key` is what the call names the order by.
    pub fn of_step(status: Status, key: &'static str) -> Refused {
        let fault = Fault::from(status);
        let error = |code, message| Refused::error(code, message, Some(key));
        match fault.reason {
            // A number that cannot be one names no order.
            Reason::OrderNotFound | Reason::InvalidField => {
                error("invalid_order_number", "Order not found")
            }
            Reason::TransitionNotAllowed | Reason::StateFinal | Reason::GuardFailed => {
                match fault.part("state_code") {
                    CANCELLED => error("order_already_canceled", "Order already canceled"),
                    _ if fault.part("rules") == "not_paid" => {
                        error("already_paid", "Order already paid")
                    }
                    COMPLETE => error("order_already_completed", "Order already completed"),
                    PENDING_PAYMENT => error("invalid_status", "Order is pending payment"),
                    _ => error("invalid_status", "Order has been confirmed"),
                }
            }
            _ => Refused::from(fault),
        }
    }

    /// Why the details of an order cannot be told.
    pub fn of_details(status: Status) -> Refused {
        let fault = Fault::from(status);
        match fault.reason {
            Reason::OrderNotFound | Reason::InvalidField => Refused::invalid_request(),
            _ => Refused::from(fault),
        }
    }

    /// The answer.
    pub fn answer(self) -> Response {
        let mut response = json::answer(self.status, &self.body);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("token"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Fault> for Refused {
    /// What every call can meet.
    fn from(fault: Fault) -> Refused {
        let (status, detail) = match fault.reason {
            Reason::CredentialMissing | Reason::CredentialInvalid => {
                (StatusCode::UNAUTHORIZED, "Invalid token")
            }
            Reason::MethodNotAllowedForRole | Reason::RoleNotAllowed => (
                StatusCode::FORBIDDEN,
                "You do not have permission for this request",
            ),
            Reason::QueueFull | Reason::LimitExceeded | Reason::DatabaseUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "Please try again later")
            }
            Reason::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "The request took too long"),
            Reason::Internal | Reason::Unspecified => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong")
            }
            _ => return Refused::detail(StatusCode::BAD_REQUEST, fault.message),
        };
        Refused {
            retry_after: fault.retry_seconds(),
            ..Refused::detail(status, detail.to_owned())
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
        let detail = match unreadable {
            Unreadable::Json(error) => format!("JSON parse error - {error}"),
            other => format!("Bad request: {other}"),
        };
        Refused::detail(StatusCode::BAD_REQUEST, detail)
    }
}
