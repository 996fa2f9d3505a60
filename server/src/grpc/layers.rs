//! What happens around every call, in this order: panics are caught, the call gets its correlation id
//! and its place in a trace, it is logged and counted, it is admitted (limits, credential, rights), and it
//! is given a deadline.

mod admit;
mod capped;
mod correlation;
mod deadline;
mod ending;
mod observe;
mod record;
mod refuse;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::Layer;

use crate::auth::Authenticator;

pub use admit::Admit;
use admit::Shared;
pub use correlation::CorrelationId;
pub use observe::Observe;
pub use trace::TraceContext;

/// Limits on calls.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest that a unary call may take.
    pub call_timeout: Duration,
    /// How many calls are worked on at once.
    pub calls: usize,
    /// The largest request message, in bytes.
    pub message_bytes: usize,
    /// The largest message of ImportOrders, in bytes.
    pub import_bytes: usize,
}

/// Puts everything around the routes.
#[derive(Clone)]
pub struct Layers(Arc<Shared>);

impl Layers {
    /// With these limits, for callers that this authenticator knows. Streams end with `closing`.
    pub fn new(
        authenticator: Arc<Authenticator>,
        limits: Limits,
        closing: CancellationToken,
    ) -> Layers {
        let calls = Semaphore::new(limits.calls.min(Semaphore::MAX_PERMITS));
        Layers(Arc::new(Shared {
            authenticator,
            limits,
            calls,
            closing,
        }))
    }
}

impl<S> Layer<S> for Layers {
    type Service = Observe<Admit<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        Observe::new(Admit::new(inner, self.0.clone()))
    }
}

#[cfg(test)]
mod tests;
