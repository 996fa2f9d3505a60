//! How long a caller waits.

use std::time::Instant;

/// When the caller stops waiting, as an extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(pub Instant);
