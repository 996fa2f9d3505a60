//! From a signal to the end: say so, stop accepting, let calls end, and stop what does not.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::ServeError;
use crate::config::Config;

/// Waits for SIGTERM or SIGINT and drains. A second signal cuts every wait short.
pub(super) async fn until_told(
    config: &Config,
    signals: &mut Signals,
    draining: &watch::Sender<bool>,
    closing: &CancellationToken,
    connections: &TaskTracker,
    listeners: [JoinHandle<()>; 2],
) {
    let name = signals.next().await;
    info!(signal = name, "draining: health says NOT_SERVING");
    draining.send_replace(true);
    let grace = tokio::select! {
        () = tokio::time::sleep(config.drain_announce) => config.drain_grace,
        _ = signals.next() => Duration::ZERO,
    };
    closing.cancel();
    for listener in listeners {
        // It ends by the token; had it panicked, there would be nothing to wait for either.
        let _ = listener.await;
    }
    connections.close();
    tokio::select! {
        biased;
        () = connections.wait() => return info!("every call has ended"),
        () = tokio::time::sleep(grace) => {}
        _ = signals.next() => {}
    }
    warn!(
        connections = connections.len(),
        "the grace is over: connections are cut"
    );
}

/// The signals that end the server.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Receives them from now on, instead of being ended by them.
    ///
    /// # Errors
    /// The operating system does not let it.
    pub(super) fn new() -> Result<Signals, ServeError> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| ServeError::Setup(format!("signals cannot be received: {error}")))
        };
        Ok(Signals {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    /// The name of the next signal.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
