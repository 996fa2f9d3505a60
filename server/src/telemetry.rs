//! Logs on stderr, and the figures that `/metrics` shows.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, LogFormat};

/// Name of the histogram of call durations, in seconds.
pub const CALL_SECONDS: &str = "grpc_server_handling_seconds";
/// Upper bounds of its buckets, in seconds: from half a millisecond to the longest call.
const CALL_BUCKETS: [f64; 15] = [
    0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// Starts to write log lines to stderr; colours only where a terminal shows them.
///
/// # Errors
/// The filter cannot be read, or logging was started before.
pub fn start_log(format: LogFormat, filter: &str) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| ConfigError(format!("log-filter {filter:?}: {error}")))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
    };
    started.map_err(|error| ConfigError(format!("logging cannot start: {error}")))?;
    log_panics();
    Ok(())
}

/// A panic is told in the log like everything else. Its text is told only where it is written in the
/// program: one that was formatted could hold what a caller sent.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let text = panic
            .payload()
            .downcast_ref::<&'static str>()
            .copied()
            .unwrap_or("(formatted text withheld)");
        tracing::error!(panic.location = place, panic.text = text, "a task panicked");
    }));
}

/// Starts to collect figures.
///
/// # Errors
/// Collecting was started before.
pub fn start_metrics() -> Result<PrometheusHandle, ConfigError> {
    let failed = |error| ConfigError(format!("metrics cannot start: {error}"));
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(CALL_SECONDS.to_owned()), &CALL_BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(failed)?;
    metrics::describe_counter!(
        "grpc_server_handled_total",
        "Calls that ended, by method and status code"
    );
    metrics::describe_histogram!(
        CALL_SECONDS,
        metrics::Unit::Seconds,
        "How long calls took, by method"
    );
    metrics::describe_gauge!("grpc_server_in_flight", "Calls that are under way");
    metrics::describe_counter!(
        "rest_refused_total",
        "Calls over HTTP that were refused before the API had a word in it, by HTTP status"
    );
    metrics::describe_gauge!("server_connections", "Open connections, by listener");
    metrics::describe_counter!(
        "server_accept_errors_total",
        "Connections that could not be accepted, by listener"
    );
    Ok(handle)
}
