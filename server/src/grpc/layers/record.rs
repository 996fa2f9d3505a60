//! The record of one call: one log line and its figures, written when the call ends, however it ends.

use std::sync::{LazyLock, OnceLock};
use std::time::Instant;

use metrics::{Counter, Gauge, Histogram};
use tonic::Code;
use tracing::Span;

use crate::auth::rights::{RIGHTS, Row};
use crate::codes::name;
use crate::telemetry::CALL_SECONDS;

/// How many status codes there are.
const CODES: usize = 17;

/// The figures of one method, looked up once and not at every call.
struct Figures {
    method: &'static str,
    seconds: Histogram,
    handled: [OnceLock<Counter>; CODES],
}

impl Figures {
    fn of(method: &'static str) -> Figures {
        Figures {
            method,
            seconds: metrics::histogram!(CALL_SECONDS, "method" => method),
            handled: Default::default(),
        }
    }

    fn count(&self, code: Code, seconds: f64) {
        self.seconds.record(seconds);
        // A code that was never answered is no line among the figures.
        let counter = || metrics::counter!("grpc_server_handled_total", "method" => self.method, "code" => name(code));
        if let Some(slot) = usize::try_from(i32::from(code))
            .ok()
            .and_then(|at| self.handled.get(at))
        {
            slot.get_or_init(counter).increment(1);
        }
    }
}

/// One entry for each row of the rights table, and one for all other paths.
static FIGURES: LazyLock<Vec<OnceLock<Figures>>> =
    LazyLock::new(|| (0..=RIGHTS.len()).map(|_| OnceLock::new()).collect());
static IN_FLIGHT: LazyLock<Gauge> = LazyLock::new(|| metrics::gauge!("grpc_server_in_flight"));

/// One call under way. Dropped before [`Record::end`] it was cancelled by the caller.
pub(super) struct Record {
    row: Option<&'static Row>,
    since: Instant,
    span: Span,
    ended: bool,
}

impl Record {
    /// A call begins; of a method that does not exist where there is no row.
    pub(super) fn begin(row: Option<&'static Row>, span: Span) -> Record {
        IN_FLIGHT.increment(1);
        Record {
            row,
            since: Instant::now(),
            span,
            ended: false,
        }
    }

    /// The call was answered with that code. Later calls of this change nothing.
    pub(super) fn end(&mut self, code: Code) {
        if !self.ended {
            self.write(code);
        }
    }

    fn write(&mut self, code: Code) {
        self.ended = true;
        let method = self.row.map_or("unknown", |row| row.path);
        let seconds = self.since.elapsed().as_secs_f64();
        IN_FLIGHT.decrement(1);
        if let Some(slot) = FIGURES.get(self.row.map_or(RIGHTS.len(), |row| row.index)) {
            slot.get_or_init(|| Figures::of(method))
                .count(code, seconds);
        }
        let name = name(code);
        let millis = (seconds * 1e6).round() / 1e3;
        let _inside = self.span.enter();
        // Probes ask every few seconds: their lines would bury the others.
        if method.starts_with("/grpc.health.") {
            tracing::debug!(rpc.code = name, duration.ms = millis, "call ended");
        } else {
            tracing::info!(rpc.code = name, duration.ms = millis, "call ended");
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}
