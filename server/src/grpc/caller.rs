//! Who calls, and until when they wait.

use std::time::Instant;

use order_status_proto::v1::ErrorReason as Reason;
use tonic::{Request, Status};

use super::deadline::Deadline;
use super::status::Fault;
use crate::domain::principal::Principal;

/// Who calls, and until when they wait.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who calls.
    pub principal: Principal,
    /// When they stop waiting; `None` for a stream.
    pub deadline: Option<Instant>,
}

impl Caller {
    /// The caller and the message of a request that was let in.
    ///
    /// # Errors
    /// The request was let in without a principal.
    pub fn open<T>(request: Request<T>) -> Result<(Caller, T), Status> {
        let (_, mut extensions, message) = request.into_parts();
        let principal = extensions.remove::<Principal>().ok_or_else(|| {
            Fault::new(Reason::CredentialMissing, "the call carries no credential")
                .with("accepted", "authorization, x-api-key")
        })?;
        let deadline = extensions.get::<Deadline>().map(|deadline| deadline.0);
        Ok((
            Caller {
                principal,
                deadline,
            },
            message,
        ))
    }

    /// The caller's account.
    pub const fn account_id(&self) -> i64 {
        self.principal.account_id
    }
}
