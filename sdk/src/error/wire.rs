//! From what the transport reports to an [`Error`].

use std::error::Error as StdError;

use tonic::{Status, TimeoutExpired};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{Blocker, Code, Error, FieldViolation, Inner};

/// The domain of the service's own reasons; those of others (a proxy) mean nothing here.
const DOMAIN: &str = "orderstatus";

/// The header that names a call.
pub(crate) const CORRELATION_ID: &str = "x-correlation-id";

impl Error {
    /// The error that a status stands for.
    pub(crate) fn from_status(status: &Status) -> Self {
        match status.source() {
            Some(source) => Self::broken(status, source),
            None => Self::answered(status),
        }
    }

    /// The error that a failed connection stands for.
    pub(crate) fn from_transport(error: &tonic::transport::Error) -> Self {
        Self::local(Code::Unavailable, chain(error))
    }

    /// The service answered with this status.
    fn answered(status: &Status) -> Self {
        let details = status.get_error_details();
        let mut inner = Inner {
            code: status.code().into(),
            message: status.message().to_owned(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
            field_violations: field_violations(&details),
            blockers: blockers(&details),
            correlation_id: status
                .metadata()
                .get(CORRELATION_ID)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            ..Inner::default()
        };
        if let Some(info) = details.error_info().filter(|info| info.domain == DOMAIN) {
            inner.reason_name.clone_from(&info.reason);
            inner.metadata = info.metadata.clone().into_iter().collect();
        }
        Self(Box::new(inner))
    }

    /// The status was made on this side: there was no answer, or only half of one. A connection
    /// that breaks is UNAVAILABLE, whatever the layer below calls it.
    fn broken(status: &Status, source: &(dyn StdError + 'static)) -> Self {
        let timed_out = sources(source).any(|source| source.is::<TimeoutExpired>());
        let code = match Code::from(status.code()) {
            _ if timed_out => Code::DeadlineExceeded,
            Code::Unknown | Code::Cancelled | Code::Internal | Code::ResourceExhausted => {
                Code::Unavailable
            }
            code => code,
        };
        Self::local(code, chain(source))
    }
}

/// The fields that the details complain about.
fn field_violations(details: &ErrorDetails) -> Vec<FieldViolation> {
    let Some(bad_request) = details.bad_request() else {
        return Vec::new();
    };
    bad_request
        .field_violations
        .iter()
        .map(|violation| FieldViolation {
            field: violation.field.clone(),
            description: violation.description.clone(),
        })
        .collect()
}

/// The rules that the details name.
fn blockers(details: &ErrorDetails) -> Vec<Blocker> {
    let Some(failure) = details.precondition_failure() else {
        return Vec::new();
    };
    failure
        .violations
        .iter()
        .map(|violation| Blocker {
            rule: violation.r#type.clone(),
            subject: violation.subject.clone(),
            message: violation.description.clone(),
        })
        .collect()
}

/// An error and what caused it, outermost first.
fn sources<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The text of an error and of what caused it; a layer that repeats the one below is left out.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    for part in sources(error).map(ToString::to_string) {
        if text.is_empty() {
            text = part;
        } else if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use super::*;
    use crate::ErrorReason;

    #[test]
    fn an_answer_keeps_its_reason_its_rules_and_its_wait() {
        let mut details = ErrorDetails::new();
        details
            .set_error_info(
                "GUARD_FAILED",
                DOMAIN,
                HashMap::from([("open".to_owned(), "pay, cancel".to_owned())]),
            )
            .add_precondition_failure_violation("balance_settled", "orders/12", "25.00 EUR is open")
            .set_retry_info(Some(Duration::from_millis(1500)));
        let mut status = Status::with_error_details(
            tonic::Code::FailedPrecondition,
            "order 12 cannot be completed",
            details,
        );
        status
            .metadata_mut()
            .insert(CORRELATION_ID, "abc".parse().expect("a header value"));

        let error = Error::from_status(&status);
        assert!(error.is_refused());
        assert_eq!(error.reason(), Some(ErrorReason::GuardFailed));
        assert_eq!(error.metadata()["open"], "pay, cancel");
        assert_eq!(error.blockers()[0].rule, "balance_settled");
        assert_eq!(error.blockers()[0].subject, "orders/12");
        assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
        assert_eq!(
            error.with_correlation_id("own").correlation_id(),
            Some("abc")
        );
    }

    #[test]
    fn a_reason_that_is_not_known_keeps_its_name() {
        let details = ErrorDetails::with_error_info("NEWER", DOMAIN, HashMap::new());
        let status = Status::with_error_details(tonic::Code::Aborted, "no", details);
        let error = Error::from_status(&status);
        assert_eq!((error.reason(), error.reason_name()), (None, "NEWER"));
    }

    #[test]
    fn the_reason_of_another_domain_is_not_ours() {
        let details = ErrorDetails::with_error_info("GUARD_FAILED", "example.com", HashMap::new());
        let status = Status::with_error_details(tonic::Code::Aborted, "no", details);
        assert_eq!(Error::from_status(&status).reason(), None);
    }

    #[test]
    fn every_wrong_field_is_named_in_the_text() {
        let mut details = ErrorDetails::new();
        details
            .add_bad_request_violation("order.lines[0].quantity", "-1 is below 0")
            .add_bad_request_violation("order.notes", "too long");
        let status =
            Status::with_error_details(tonic::Code::InvalidArgument, "two fields", details);
        let error = Error::from_status(&status);
        assert_eq!(error.field_violations().len(), 2);
        assert_eq!(
            error.to_string(),
            "invalid argument: two fields; order.lines[0].quantity: -1 is below 0; \
             order.notes: too long"
        );
    }

    #[test]
    fn a_connection_that_breaks_is_unavailable() {
        let broken = std::io::Error::new(std::io::ErrorKind::BrokenPipe, "broken pipe");
        let error = Error::from_status(&Status::from_error(Box::new(broken)));
        assert!(error.is_unavailable());
        assert_eq!(error.message(), "broken pipe");
    }

    #[test]
    fn an_unknown_failure_of_the_service_stays_unknown() {
        let error = Error::from_status(&Status::unknown("what?"));
        assert_eq!(error.code(), Code::Unknown);
    }
}
