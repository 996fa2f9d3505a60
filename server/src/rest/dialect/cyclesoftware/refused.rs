//! The contract's errors: that it is one, and a message. Which reasons of ours become which status.

use std::time::Duration;

use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use order_status_proto::v1::ErrorReason as Reason;
use tonic::Status;

use super::{Nothing, Told, typed};
use crate::auth::AuthError;
use crate::auth::limits::Standing;
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{self, Unreadable};

/// What is told of a body that is none.
const BAD_REQUEST: &str = "Bad request";
/// What is told of a fault of the service.
const FAULT: &str = "Internal server error";
/// How the contract names our fields; what follows them stays as it is.
const NAMES: [(&str, &str); 10] = [
    ("id", "sales_order_id"),
    (
        "delivery_address.phone",
        "new_delivery_address.phone_number",
    ),
    (
        "delivery_address.business",
        "new_delivery_address.is_business_address",
    ),
    ("delivery_address", "new_delivery_address"),
    ("delivery_method", "new_delivery_method_id"),
    ("cancellation_type", "cancellation_type_id"),
    ("state", "order_status_id"),
    ("line_id", "item_id"),
    (
        "split_items_as_text",
        "split_items_as_text_on_default_customer_invoice",
    ),
    ("phone", "phone_number"),
];

/// A refusal in the contract's words.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    message: String,
    retry_after: Option<u64>,
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

    /// A body that cannot be read.
    pub fn unreadable() -> Refused {
        Refused::bad_request(BAD_REQUEST)
    }

    /// A member that is wrong, and what it has to be.
    pub fn field(name: &str, rule: &str) -> Refused {
        Refused::bad_request(format!("{name} {rule}"))
    }

    /// Login and password are missing or wrong.
    pub fn unauthorized() -> Refused {
        Refused::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// A right that the caller does not have.
    pub fn no_scope(scope: &str) -> Refused {
        let message = format!("Forbidden: this takes the scope {scope}");
        Refused::new(StatusCode::FORBIDDEN, message)
    }

    /// An order that is not there, or not in sight.
    pub fn no_such_order() -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "Order not found")
    }

    /// A path that is not the contract's.
    pub fn no_such_path() -> Refused {
        Refused::new(StatusCode::NOT_FOUND, "There is no such resource")
    }

    /// A list that the contract does not have.
    pub fn no_such_subject(known: &str) -> Refused {
        let message = format!("There is no such subject; known: {known}");
        Refused::new(StatusCode::NOT_FOUND, message)
    }

    /// A method that the path does not take.
    pub fn method(method: &Method, taken: &str) -> Refused {
        let method: String = method.as_str().chars().take(16).collect();
        Refused::bad_request(format!("Unsupported method {method}: this takes {taken}"))
    }

    /// A call over plain HTTP where HTTPS is required.
    pub fn plain_http() -> Refused {
        Refused::new(StatusCode::FORBIDDEN, "The API is reached over HTTPS only")
    }

    /// A call that was one too many.
    pub fn too_many(standing: &Standing, wait: Duration) -> Refused {
        let (minute, day) = (standing.per_minute, standing.per_day);
        let seconds = whole_seconds(wait);
        let message = format!(
            "Too many requests: {minute} a minute and {day} a day are allowed; the next one in {seconds} s"
        );
        Refused::later(message, seconds)
    }

    fn later(message: impl Into<String>, seconds: u64) -> Refused {
        Refused {
            retry_after: Some(seconds),
            ..Refused::new(StatusCode::TOO_MANY_REQUESTS, message)
        }
    }

    /// The answer.
    pub fn answer(self) -> Response {
        let told = Told {
            error: true,
            error_message: Some(&self.message),
            more: Nothing {},
        };
        let mut response = typed(json::answer(self.status, &told));
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let asked = "Basic realm=\"CycleSoftware\", charset=\"UTF-8\"";
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(asked));
        }
        response
    }
}

fn whole_seconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(1000))
        .unwrap_or(u64::MAX)
        .max(1)
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Refused {
        match error {
            AuthError::Invalid => Refused::unauthorized(),
            AuthError::Throttled(wait) => {
                Refused::later("Too many failed log-ins", whole_seconds(wait))
            }
            AuthError::Busy => Refused::later("Too many log-ins at once", 1),
            AuthError::Unavailable => Refused {
                retry_after: Some(1),
                ..Refused::new(StatusCode::INTERNAL_SERVER_ERROR, FAULT)
            },
        }
    }
}

impl From<Status> for Refused {
    fn from(status: Status) -> Refused {
        let fault = Fault::from(status);
        let retry_after = fault.retry_seconds();
        let (status, message) = match fault.reason {
            Reason::CredentialMissing | Reason::CredentialInvalid => {
                return Refused::unauthorized();
            }
            Reason::OrderNotFound => return Refused::no_such_order(),
            Reason::MethodNotAllowedForRole | Reason::RoleNotAllowed => {
                (StatusCode::FORBIDDEN, fault.message)
            }
            Reason::QueueFull | Reason::LimitExceeded => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests at once".to_owned(),
            ),
            Reason::DatabaseUnavailable
            | Reason::DeadlineExceeded
            | Reason::Internal
            | Reason::Unspecified => (StatusCode::INTERNAL_SERVER_ERROR, FAULT.to_owned()),
            _ if fault.fields.is_empty() => (StatusCode::BAD_REQUEST, fault.message),
            _ => {
                let fields = fault.fields.iter();
                let fields: Vec<String> = fields
                    .map(|(field, rule)| format!("{} {rule}", contract_name(field)))
                    .collect();
                (StatusCode::BAD_REQUEST, fields.join("; "))
            }
        };
        Refused {
            retry_after,
            ..Refused::new(status, message)
        }
    }
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Refused {
        match unreadable {
            Unreadable::TooLarge(most) => {
                let message = format!("The body is larger than {most} bytes");
                Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message)
            }
            _ => Refused::unreadable(),
        }
    }
}

impl From<serde_json::Error> for Refused {
    fn from(_: serde_json::Error) -> Refused {
        Refused::unreadable()
    }
}

/// The contract's name of one of our fields.
fn contract_name(field: &str) -> String {
    let (list, name) = match field.rsplit_once("].") {
        Some((list, name)) => (format!("{list}]."), name),
        None => (String::new(), field),
    };
    let renamed = NAMES.iter().find_map(|(ours, theirs)| {
        let rest = name.strip_prefix(ours)?;
        let whole = rest.is_empty() || rest.starts_with('.');
        whole.then(|| format!("{theirs}{rest}"))
    });
    list + &renamed.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_of_the_contract() {
        for (ours, theirs) in [
            ("delivery_address.street", "new_delivery_address.street"),
            (
                "delivery_address.phone",
                "new_delivery_address.phone_number",
            ),
            ("delivery_address", "new_delivery_address"),
            ("delivery_method", "new_delivery_method_id"),
            ("items[3].line_id", "items[3].item_id"),
            ("to_store_id", "to_store_id"),
            ("id", "sales_order_id"),
            ("state", "order_status_id"),
        ] {
            assert_eq!(contract_name(ours), theirs);
        }
    }

    #[test]
    fn a_started_second_is_waited_for_to_its_end() {
        let seconds = |millis| whole_seconds(Duration::from_millis(millis));
        assert_eq!([0, 1, 1000, 1001].map(seconds), [1, 1, 1, 2]);
    }
}
