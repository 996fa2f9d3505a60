//! The record of one call: one log line and its figures, written when the call ends, however it ends.

use std::time::Instant;

use tonic::Code;
use tracing::Span;

use crate::telemetry::CALL_SECONDS;

/// One call under way. Dropped before [`Record::end`] it was cancelled by the caller.
pub(super) struct Record {
    method: &'static str,
    since: Instant,
    span: Span,
    ended: bool,
}

impl Record {
    /// A call of that method begins.
    pub(super) fn begin(method: &'static str, span: Span) -> Record {
        metrics::gauge!("grpc_server_in_flight").increment(1);
        Record {
            method,
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
        let seconds = self.since.elapsed().as_secs_f64();
        let name = name(code);
        metrics::gauge!("grpc_server_in_flight").decrement(1);
        metrics::counter!("grpc_server_handled_total", "method" => self.method, "code" => name)
            .increment(1);
        metrics::histogram!(CALL_SECONDS, "method" => self.method).record(seconds);
        let _inside = self.span.enter();
        tracing::info!(
            rpc.code = name,
            duration.ms = (seconds * 1e6).round() / 1e3,
            "call ended"
        );
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

/// The name of a code as the gRPC specification spells it.
pub(super) const fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
