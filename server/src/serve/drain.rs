//! From a signal to the end: say so, stop accepting, let calls end, and stop what does not.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::ServeError;
use crate::config::Config;

/// Waits for SIGTERM or SIGINT and drains. A second signal cuts every wait short.
///
/// # Errors
/// Signals cannot be received.
pub(super) async fn until_told(
    config: &Config,
    draining: &watch::Sender<bool>,
    closing: &CancellationToken,
    connections: &TaskTracker,
    listeners: [JoinHandle<()>; 2],
) -> Result<(), ServeError> {
    let mut signals = Signals::new()?;
    let name = signals.next().await;
    info!(signal = name, "draining: health says NOT_SERVING");
    draining.send_replace(true);
    let mut hurry = std::pin::pin!(signals.next());
    tokio::select! {
        () = tokio::time::sleep(config.drain_announce) => {}
        _ = hurry.as_mut() => warn!("a second signal: not waiting"),
    }
    closing.cancel();
    for listener in listeners {
        // It ends by the token; had it panicked, there would be nothing to wait for either.
        let _ = listener.await;
    }
    connections.close();
    tokio::select! {
        () = connections.wait() => info!("every call has ended"),
        () = tokio::time::sleep(config.drain_grace) => {
            warn!(connections = connections.len(), "the grace is over: connections are cut");
        }
        _ = hurry.as_mut(), if !connections.is_empty() => {
            warn!(connections = connections.len(), "a second signal: connections are cut");
        }
    }
    Ok(())
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Signals, ServeError> {
        let listen = |kind| {
            signal(kind).map_err(|error| ServeError::Setup(format!("signals cannot be received: {error}")))
        };
        Ok(Signals { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
