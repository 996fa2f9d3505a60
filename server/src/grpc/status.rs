//! From what went wrong to what the caller is told: one table of reasons and codes.

mod denied;
mod refused;

use std::collections::HashMap;
use std::time::Duration;

use order_status_proto::ERROR_DOMAIN as DOMAIN;
use order_status_proto::v1::ErrorReason as Reason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::convert::codes::reason_name;
use crate::auth::AuthError;
use crate::domain::refusal::Refusal;
use crate::ledger::Failure;
use crate::store::StoreError;

/// How many bytes the texts of one status may have: with its names and lengths a status then stays
/// below the 8 KiB that proxies let through.
const BUDGET: usize = 4 * 1024;
/// How many bytes one text may have.
const LONGEST: usize = 512;
/// When to come again after the queue was full.
const QUEUE_FULL: Duration = Duration::from_millis(500);
/// When to come again after the database did not answer.
const AWAY: Duration = Duration::from_secs(1);

/// The code that goes with a reason.
pub const fn code_of(reason: Reason) -> Code {
    match reason {
        Reason::InvalidField
        | Reason::RequestIdReused
        | Reason::UnknownTarget
        | Reason::UnknownCode
        | Reason::PageTokenInvalid
        | Reason::WatchTokenInvalid
        | Reason::HttpMethodNotAllowed
        | Reason::MediaTypeUnsupported => Code::InvalidArgument,
        Reason::OrderNotFound | Reason::ResourceNotFound => Code::NotFound,
        Reason::CredentialMissing | Reason::CredentialInvalid => Code::Unauthenticated,
        Reason::MethodNotAllowedForRole | Reason::RoleNotAllowed | Reason::HttpsRequired => {
            Code::PermissionDenied
        }
        Reason::TransitionNotAllowed
        | Reason::GuardFailed
        | Reason::StateFinal
        | Reason::OrderLocked
        | Reason::EditNotAllowed
        | Reason::NotDeletable
        | Reason::AmountExceeded
        | Reason::OrderHeld
        | Reason::PartialCancelNotAllowed
        | Reason::SingleStore
        | Reason::ItemShipped
        | Reason::DocumentNotAllowed
        | Reason::NothingToInvoice
        | Reason::CodeInUse
        | Reason::BatchRefused => Code::FailedPrecondition,
        Reason::EtagStale => Code::Aborted,
        Reason::NumberTaken => Code::AlreadyExists,
        Reason::WatchTokenOutOfRange => Code::OutOfRange,
        Reason::QueueFull | Reason::LimitExceeded => Code::ResourceExhausted,
        Reason::DeadlineExceeded => Code::DeadlineExceeded,
        Reason::DatabaseUnavailable => Code::Unavailable,
        Reason::Internal | Reason::Unspecified => Code::Internal,
    }
}

/// An error on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    reason: Reason,
    code: Code,
    message: String,
    metadata: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    blockers: Vec<Unmet>,
    retry: Option<Duration>,
}

/// A rule that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unmet {
    rule: String,
    subject: String,
    description: String,
}

impl Fault {
    /// An error with its reason and a message for people.
    pub fn new(reason: Reason, message: impl Into<String>) -> Fault {
        Fault {
            reason,
            code: code_of(reason),
            message: message.into(),
            metadata: Vec::new(),
            fields: Vec::new(),
            blockers: Vec::new(),
            retry: None,
        }
    }

    /// Adds a part of the message that varies.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Fault {
        self.metadata.push((key, value.to_string()));
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, description: impl Into<String>) -> Fault {
        self.fields.push((field.into(), description.into()));
        self
    }

    /// Says when the same request may be sent again.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Fault {
        self.retry = Some(delay);
        self
    }

    fn unmet(mut self, rule: &str, subject: &str, description: &str) -> Fault {
        let rule = rule.to_owned();
        let (subject, description) = (subject.to_owned(), description.to_owned());
        self.blockers.push(Unmet {
            rule,
            subject,
            description,
        });
        self
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Status {
        let mut budget = BUDGET;
        let metadata: HashMap<String, String> = fault
            .metadata
            .into_iter()
            .map(|(key, value)| (key.to_owned(), cut(value, &mut budget)))
            .collect();
        let mut details =
            ErrorDetails::with_error_info(reason_name(fault.reason), DOMAIN, metadata);
        let count = fault.fields.len();
        for (at, (field, description)) in fault.fields.into_iter().enumerate() {
            if budget == 0 {
                details.add_bad_request_violation("", format!("and {} more", count - at));
                break;
            }
            details
                .add_bad_request_violation(cut(field, &mut budget), cut(description, &mut budget));
        }
        let count = fault.blockers.len();
        for (at, unmet) in fault.blockers.into_iter().enumerate() {
            if budget == 0 {
                details.add_precondition_failure_violation(
                    "",
                    "",
                    format!("and {} more", count - at),
                );
                break;
            }
            let (subject, description) = (
                cut(unmet.subject, &mut budget),
                cut(unmet.description, &mut budget),
            );
            details.add_precondition_failure_violation(
                cut(unmet.rule, &mut budget),
                subject,
                description,
            );
        }
        if let Some(delay) = fault.retry {
            details.set_retry_info(Some(delay));
        }
        Status::with_error_details(fault.code, cut(fault.message, &mut { LONGEST }), details)
    }
}

/// At most [`LONGEST`] bytes of the text and of what is left of the budget, cut between characters.
fn cut(mut text: String, budget: &mut usize) -> String {
    let most = LONGEST.min(*budget);
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most.saturating_sub('…'.len_utf8())));
        text.push('…');
    }
    *budget = budget.saturating_sub(text.len());
    text
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        refused::fault(refusal)
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Fault {
        denied::fault(error)
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::QueueFull => {
                let message = "more writes are waiting than the service takes on; nothing was done";
                Fault::new(Reason::QueueFull, message).retry_after(QUEUE_FULL)
            }
            Failure::DeadlineExceeded => {
                let message = "the deadline passed before the ledger came to it; nothing was done";
                Fault::new(Reason::DeadlineExceeded, message)
            }
            Failure::Unavailable => unavailable(),
            Failure::OutcomeUnknown => {
                let message = "the database went away while this was being written, and without a \
                               request id its outcome cannot be asked for: read before sending it again";
                // Not UNAVAILABLE, which clients take as leave to send the call again.
                let fault =
                    Fault::new(Reason::DatabaseUnavailable, message).with("outcome", "unknown");
                Fault {
                    code: Code::Unknown,
                    ..fault
                }
            }
            Failure::Internal(text) => internal(&text),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        match error {
            StoreError::Unavailable(text) | StoreError::Conflict(text) => {
                tracing::warn!(error = %text, "the database did not answer a read");
                unavailable()
            }
            StoreError::Refused(text) | StoreError::Broken(text) | StoreError::Unsafe(text) => {
                internal(&text)
            }
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Status {
        Fault::from(refusal).into()
    }
}

impl From<AuthError> for Status {
    fn from(error: AuthError) -> Status {
        Fault::from(error).into()
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Status {
        Fault::from(failure).into()
    }
}

impl From<StoreError> for Status {
    fn from(error: StoreError) -> Status {
        Fault::from(error).into()
    }
}

fn unavailable() -> Fault {
    let message = "the database does not answer at the moment";
    Fault::new(Reason::DatabaseUnavailable, message).retry_after(AWAY)
}

/// A fault of the service: the log gets its cause, the caller does not.
pub fn internal(cause: &str) -> Fault {
    tracing::error!(error = %cause, "a call failed inside");
    Fault::new(
        Reason::Internal,
        "the service failed; its log says why under the correlation id",
    )
}

#[cfg(test)]
mod tests;
