//! What happens around every call, in this order: panics are caught, the call gets its correlation id
//! and its place in a trace, it is logged and counted, it is admitted (limits, credential, rights), and it
//! is given a deadline.

mod admit;
mod capped;
mod correlation;
mod deadline;
mod observe;
mod record;
mod refuse;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tower::Layer;

use crate::auth::Authenticator;

pub use admit::Admit;
pub use correlation::CorrelationId;
pub use observe::{Observe, Peer};
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
pub struct Layers {
    authenticator: Arc<Authenticator>,
    limits: Limits,
    calls: Arc<Semaphore>,
}

impl Layers {
    /// With these limits, for callers that this authenticator knows.
    pub fn new(authenticator: Arc<Authenticator>, limits: Limits) -> Layers {
        let calls = Arc::new(Semaphore::new(limits.calls.min(Semaphore::MAX_PERMITS)));
        Layers {
            authenticator,
            limits,
            calls,
        }
    }
}

impl<S> Layer<S> for Layers {
    type Service = Observe<Admit<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        Observe::new(Admit::new(
            inner,
            self.authenticator.clone(),
            self.limits,
            self.calls.clone(),
        ))
    }
}

#[cfg(test)]
mod tests;
