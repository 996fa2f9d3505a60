//! What a call of our services failed with, as dialects look at it.

use std::collections::HashMap;
use std::time::Duration;

use order_status_proto::v1::ErrorReason;
use tonic::Status;
use tonic_types::StatusExt as _;

/// A failed call: its reason, and what is said beside it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Why. What names no reason is a fault of the service.
    pub reason: ErrorReason,
    /// For people.
    pub message: String,
    /// The parts of the message that vary.
    pub metadata: HashMap<String, String>,
    /// The fields that are wrong, each with what would be right.
    pub fields: Vec<(String, String)>,
    /// When to come again.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A part of the message; empty where there is none of that name.
    pub fn part(&self, name: &str) -> &str {
        self.metadata.get(name).map_or("", String::as_str)
    }

    /// The seconds of a `Retry-After` header: at least one.
    pub fn retry_seconds(&self) -> Option<u64> {
        let after = self.retry_after?;
        Some(after.as_millis().div_ceil(1000).max(1) as u64)
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Fault {
        let details = status.get_error_details();
        let info = details.error_info();
        let reason = info
            .and_then(|info| ErrorReason::from_str_name(&format!("ERROR_REASON_{}", info.reason)));
        let fields = details.bad_request().map_or_else(Vec::new, |request| {
            let violations = request.field_violations.iter();
            violations
                .map(|wrong| (wrong.field.clone(), wrong.description.clone()))
                .collect()
        });
        Fault {
            reason: reason.unwrap_or(ErrorReason::Internal),
            message: status.message().to_owned(),
            metadata: info.map_or_else(HashMap::new, |info| info.metadata.clone()),
            fields,
            retry_after: details.retry_info().and_then(|retry| retry.retry_delay),
        }
    }
}
