//! What the caller is told of a credential that does not open anything.

use order_status_proto::v1::ErrorReason as Reason;

use super::{AWAY, Fault};
use crate::auth::{AuthError, passwords};

/// When to come again after too many passwords were being checked.
const BUSY: std::time::Duration = std::time::Duration::from_secs(1);

/// What the caller is told of it.
pub fn fault(error: AuthError) -> Fault {
    let message = error.to_string();
    match error {
        AuthError::Invalid => Fault::new(Reason::CredentialInvalid, message),
        AuthError::Unavailable => {
            Fault::new(Reason::DatabaseUnavailable, message).retry_after(AWAY)
        }
        AuthError::Throttled(wait) => Fault::new(Reason::LimitExceeded, message)
            .with("limit", "failed log-ins")
            .retry_after(wait),
        AuthError::Busy => Fault::new(Reason::LimitExceeded, message)
            .with("limit", "password checks")
            .with("value", passwords::QUEUE)
            .retry_after(BUSY),
    }
}
