//! Why a call failed, in the contract's words, and the one table from our reasons to them.

use order_status_proto::v1::ErrorReason as Reason;
use order_status_proto::v1::GetSessionRequest;
use serde::{Serialize, Serializer};
use tonic::Status;

use crate::rest::dialect::fault::Fault;
use crate::rest::record::Because;
use crate::rest::{Api, Caller};

const USER: &str = "odoo.exceptions.UserError";
const VALIDATION: &str = "odoo.exceptions.ValidationError";
const MISSING: &str = "odoo.exceptions.MissingError";
const ACCESS: &str = "odoo.exceptions.AccessError";
const DENIED: &str = "odoo.exceptions.AccessDenied";
const EXPIRED: &str = "odoo.http.SessionExpiredException";
/// How many characters of a caller's own word are told back.
const MOST_TOLD: usize = 100;

/// A failure: the `error` of an answer.
#[derive(Clone, Debug)]
pub struct Failure {
    code: i32,
    message: &'static str,
    name: &'static str,
    text: String,
    argument: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    code: i32,
    message: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    name: &'a str,
    debug: String,
    message: &'a str,
    arguments: [&'a str; 1],
    context: Context,
}

#[derive(Serialize)]
struct Context {}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.name.trim_start_matches("builtins.");
        let shown = Shown {
            code: self.code,
            message: self.message,
            data: Data {
                name: self.name,
                debug: format!(
                    "Traceback (most recent call last):\n{name}: {}\n",
                    self.text
                ),
                message: &self.text,
                arguments: [&self.argument],
                context: Context {},
            },
        };
        shown.serialize(serializer)
    }
}

impl Failure {
    fn new(name: &'static str, text: impl Into<String>) -> Failure {
        let text = text.into();
        Failure {
            code: 200,
            message: "Odoo Server Error",
            name,
            argument: text.clone(),
            text,
        }
    }

    /// The name of the exception.
    pub fn because(&self) -> Because {
        Because(self.name)
    }

    /// What the rules refuse.
    pub fn user(text: impl Into<String>) -> Failure {
        Failure::new(USER, text)
    }

    /// What this caller may not.
    pub fn access(text: impl Into<String>) -> Failure {
        Failure::new(ACCESS, text)
    }

    /// A log-in that fails.
    pub fn denied(text: impl Into<String>) -> Failure {
        Failure::new(DENIED, text)
    }

    /// No session, or none any more.
    pub fn session_expired() -> Failure {
        Failure {
            code: 100,
            message: "Odoo Session Expired",
            ..Failure::new(EXPIRED, "Session expired")
        }
    }

    /// A path that is not the contract's.
    pub fn not_found() -> Failure {
        Failure {
            code: 404,
            message: "404: Not Found",
            ..Failure::new("werkzeug.exceptions.NotFound", "404: Not Found")
        }
    }

    /// A method of HTTP that the path does not have.
    pub fn wrong_method() -> Failure {
        Failure {
            code: 405,
            message: "405: Method Not Allowed",
            ..Failure::new(
                "werkzeug.exceptions.MethodNotAllowed",
                "405: Method Not Allowed",
            )
        }
    }

    /// Arguments that do not fit.
    pub fn of_type(text: impl Into<String>) -> Failure {
        Failure::new("builtins.TypeError", text)
    }

    /// A value that means nothing there.
    pub fn of_value(text: impl Into<String>) -> Failure {
        Failure::new("builtins.ValueError", text)
    }

    /// A position that a list does not have.
    pub fn of_index() -> Failure {
        Failure::new("builtins.IndexError", "list index out of range")
    }

    /// A method that the model does not have.
    pub fn of_attribute(method: &str) -> Failure {
        let text = format!(
            "type object 'sale.order' has no attribute {}",
            quoted(method)
        );
        Failure::new("builtins.AttributeError", text)
    }

    /// A model that there is not.
    pub fn of_model(model: &str) -> Failure {
        Failure {
            argument: model.chars().take(MOST_TOLD).collect(),
            ..Failure::new("builtins.KeyError", quoted(model))
        }
    }

    /// What a call of ours failed with. `refusal` is what the contract says where the rules refuse the method; without
    /// one our own words stand.
    pub async fn of(api: &Api, caller: &Caller, status: Status, refusal: Option<&str>) -> Failure {
        let fault = Fault::from(status);
        let reason = match fault.reason {
            // Of a batch, the first that refuses says why.
            Reason::BatchRefused => {
                let name = format!("ERROR_REASON_{}", fault.part("reason"));
                Reason::from_str_name(&name).unwrap_or(Reason::BatchRefused)
            }
            reason => reason,
        };
        match reason {
            Reason::OrderNotFound => missing(api, caller, fault.part("order.id")).await,
            Reason::CredentialMissing | Reason::CredentialInvalid => Failure::session_expired(),
            Reason::MethodNotAllowedForRole | Reason::RoleNotAllowed => {
                Failure::access(fault.message)
            }
            Reason::TransitionNotAllowed
            | Reason::GuardFailed
            | Reason::StateFinal
            | Reason::OrderLocked
            | Reason::EditNotAllowed
            | Reason::NotDeletable => Failure::user(refusal.map_or(fault.message, str::to_owned)),
            Reason::InvalidField
            | Reason::UnknownTarget
            | Reason::UnknownCode
            | Reason::PageTokenInvalid => Failure::new(VALIDATION, fault.message),
            // Nothing in the contract stands for these: a person reads what it is.
            _ => Failure::user(fault.message),
        }
    }
}

/// A text or a list in the arguments that is no JSON, or an object with a name twice.
impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::of_value(error.to_string())
    }
}

async fn missing(api: &Api, caller: &Caller, order: &str) -> Failure {
    let known = api.sessions(caller).get_session(GetSessionRequest {}).await;
    let user = known.map_or(0, |session| session.into_inner().credential_id);
    let text = format!(
        "Record does not exist or has been deleted.\n(Record: sale.order({order},), User: {user})"
    );
    Failure::new(MISSING, text)
}

/// A word of the caller's as the contract tells it back: in quotes, on one line, and short.
pub fn quoted(word: &str) -> String {
    let told: String = word.chars().take(MOST_TOLD).collect();
    format!("'{}'", told.escape_debug())
}
