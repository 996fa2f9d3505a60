//! Answers of the layers themselves, with the same details as every other error.

use std::collections::HashMap;
use std::time::Duration;

use order_status_proto::ERROR_DOMAIN as DOMAIN;
use order_status_proto::v1::ErrorReason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::grpc::convert::codes::reason_name;

/// A status with its reason and the parts of its message that vary.
pub(super) fn refuse(
    code: Code,
    reason: ErrorReason,
    message: String,
    metadata: &[(&str, &str)],
) -> Status {
    Status::with_error_details(code, message, details(reason, metadata))
}

/// The same, for what may be tried again after a while.
pub(super) fn retry_later(
    code: Code,
    reason: ErrorReason,
    message: String,
    metadata: &[(&str, &str)],
    after: Duration,
) -> Status {
    let mut details = details(reason, metadata);
    details.set_retry_info(Some(after));
    Status::with_error_details(code, message, details)
}

fn details(reason: ErrorReason, metadata: &[(&str, &str)]) -> ErrorDetails {
    let metadata: HashMap<String, String> = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    ErrorDetails::with_error_info(reason_name(reason), DOMAIN, metadata)
}
