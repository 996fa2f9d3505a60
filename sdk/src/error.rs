//! What can go wrong with a call, without the transport that it went wrong on.

mod code;
mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

pub use code::Code;
pub use order_status_proto::v1::ErrorReason;
pub(crate) use wire::CORRELATION_ID;

/// Why a call failed.
///
/// The predicates ([`is_refused`](Self::is_refused), [`is_conflict`](Self::is_conflict), …) say
/// what a program should do about it; [`reason`](Self::reason) and [`metadata`](Self::metadata)
/// say what exactly happened; the text is for people and may change.
///
/// ```no_run
/// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
/// match client.confirm_order("FR9TL74P").send().await {
///     Ok(order) => println!("version {}", order.version),
///     Err(error) if error.is_refused() => {
///         println!("{error}; open: {:?}", error.metadata().get("open"));
///     }
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

/// What an error knows. Boxed, so that results stay small.
#[derive(Default)]
struct Inner {
    code: Code,
    message: String,
    reason_name: String,
    metadata: BTreeMap<String, String>,
    field_violations: Vec<FieldViolation>,
    blockers: Vec<Blocker>,
    retry_after: Option<Duration>,
    correlation_id: Option<String>,
}

/// A field of the request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// Its path in the request: `order.lines[0].quantity`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

/// A rule that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blocker {
    /// The name of the rule: `balance_settled`.
    pub rule: String,
    /// What it blocks: `orders/12`.
    pub subject: String,
    /// Why it does.
    pub message: String,
}

impl Error {
    /// An error that this side found before anything was sent.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::local(Code::InvalidArgument, message)
    }

    /// An error that this side made up.
    pub(crate) fn local(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            ..Inner::default()
        }))
    }

    /// The deadline of the call passed.
    pub(crate) fn deadline(timeout: Duration) -> Self {
        Self::local(
            Code::DeadlineExceeded,
            format!("no answer within {timeout:?}"),
        )
    }

    /// The same error of the call with this correlation id, unless it names one itself.
    pub(crate) fn with_correlation_id(mut self, id: &str) -> Self {
        self.0.correlation_id.get_or_insert_with(|| id.to_owned());
        self
    }

    /// The kind of failure.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The service's reason, where it gave one that this version of the SDK knows.
    #[must_use]
    pub fn reason(&self) -> Option<ErrorReason> {
        ErrorReason::from_str_name(&format!("ERROR_REASON_{}", self.0.reason_name))
    }

    /// The service's reason as it wrote it (`GUARD_FAILED`), known or not; empty where it gave
    /// none.
    #[must_use]
    pub fn reason_name(&self) -> &str {
        &self.0.reason_name
    }

    /// The parts of the message that change from case to case, by name: the order, its state,
    /// what was asked, what is open. Each reason says which it has.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// Every field of the request that is wrong.
    #[must_use]
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.field_violations
    }

    /// Every rule that stands in the way.
    #[must_use]
    pub fn blockers(&self) -> &[Blocker] {
        &self.0.blockers
    }

    /// How long the service asks to wait before the same request is sent again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id under which the service's log speaks of the call. Absent where no call was made.
    #[must_use]
    pub fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }

    /// The order, or whatever else was named, is not there for this caller.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.code == Code::NotFound
    }

    /// No answer came in time. A write may have happened all the same: sent again with the same
    /// request id it is answered and not done twice.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.code == Code::DeadlineExceeded
    }

    /// The service could not be reached or could not answer. What is idempotent was tried again
    /// already, as the retry policy says.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        self.0.code == Code::Unavailable
    }

    /// Somebody else was quicker: the etag is stale. Read again and decide again;
    /// `metadata()["etag"]` is the present one.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.0.code == Code::Aborted
    }

    /// The workflow or a rule refuses, from the state where the order stands.
    /// [`blockers`](Self::blockers) names the rules.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.code == Code::FailedPrecondition
    }

    /// The request is wrong. [`field_violations`](Self::field_violations) names the fields.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.0.code == Code::InvalidArgument
    }

    /// The caller's role may not do this.
    #[must_use]
    pub fn is_permission_denied(&self) -> bool {
        self.0.code == Code::PermissionDenied
    }

    /// The key is missing, unknown, expired or revoked.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        self.0.code == Code::Unauthenticated
    }

    /// Something of that number, name or id is there already.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        self.0.code == Code::AlreadyExists
    }

    /// The service takes no more for now; [`retry_after`](Self::retry_after) says when to come
    /// again. Nothing was done.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.0.code == Code::ResourceExhausted
    }

    /// The ledger does not hold the change that a watch token names: what was seen before may no
    /// longer be true, and has to be read anew.
    #[must_use]
    pub fn is_out_of_range(&self) -> bool {
        self.0.code == Code::OutOfRange
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)?;
        for violation in &self.0.field_violations {
            write!(f, "; {}: {}", violation.field, violation.description)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("reason", &self.0.reason_name)
            .field("metadata", &self.0.metadata)
            .field("field_violations", &self.0.field_violations)
            .field("blockers", &self.0.blockers)
            .field("retry_after", &self.0.retry_after)
            .field("correlation_id", &self.0.correlation_id)
            .finish()
    }
}

impl std::error::Error for Error {}
