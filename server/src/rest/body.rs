//! Bodies of requests: how long they may be, and how long they may take.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::StreamExt as _;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use order_status_proto::v1::ErrorReason;
use tokio::time::Sleep;
use tonic::Code;

use super::codec::Violation;
use super::error::{Refused, invalid, refuse};

/// A body that did not come whole in time.
#[derive(Debug)]
struct TooSlow(Duration);

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body did not come within {:?}", self.0)
    }
}

impl Error for TooSlow {}

/// A body that ends in an error where it takes too long to come.
struct Timed {
    inner: Body,
    time: Duration,
    end: Option<Pin<Box<Sleep>>>,
}

/// The body, to come whole within that time from when it is first waited for.
pub(super) fn timed(inner: Body, time: Duration) -> Body {
    if http_body::Body::is_end_stream(&inner) {
        return inner;
    }
    Body::new(Timed {
        inner,
        time,
        end: None,
    })
}

impl http_body::Body for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.inner).poll_frame(context);
        if polled.is_ready() {
            return polled;
        }
        let time = this.time;
        let end = this
            .end
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        match end.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new(TooSlow(time))))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How much of a refused body is still read, in bytes: whoever sends it reads no answer before that.
const DISCARDED: u64 = 4 * 1024 * 1024;

/// The whole of a body of at most so many bytes.
///
/// # Errors
/// It is longer, came too slowly, broke off, or is not packed as its header says.
pub(super) async fn whole(body: Body, limit: usize) -> Result<Bytes, Refused> {
    if http_body::Body::size_hint(&body).lower() > limit as u64 {
        discard(body).await;
        return Err(too_long(limit));
    }
    let mut chunks = body.into_data_stream();
    let mut first = Bytes::new();
    let mut rest: Vec<u8> = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if first.len().max(rest.len()) + chunk.len() > limit {
            discard(Body::from_stream(chunks)).await;
            return Err(too_long(limit));
        }
        // Only what comes in pieces is put together.
        if first.is_empty() {
            first = chunk;
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&first);
            }
            rest.extend_from_slice(&chunk);
        }
    }
    Ok(if rest.is_empty() { first } else { rest.into() })
}

/// Reads what nobody wants, unless it is very long.
pub(super) async fn discard(body: Body) {
    if http_body::Body::size_hint(&body).lower() > DISCARDED {
        return;
    }
    let mut left = DISCARDED;
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        match left.checked_sub(chunk.len() as u64) {
            Some(fewer) => left = fewer,
            None => return,
        }
    }
}

fn too_long(limit: usize) -> Refused {
    let message = format!("the body is longer than {limit} bytes");
    let limit = limit.to_string();
    let metadata = [("limit", "message_bytes"), ("value", limit.as_str())];
    refuse(
        Code::ResourceExhausted,
        ErrorReason::LimitExceeded,
        &message,
        &metadata,
    )
}

fn broken(error: &axum::Error) -> Refused {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(slow) = error.downcast_ref::<TooSlow>() {
            let time = format!("{:?}", slow.0);
            let metadata = [("deadline", time.as_str())];
            return refuse(
                Code::DeadlineExceeded,
                ErrorReason::DeadlineExceeded,
                &slow.to_string(),
                &metadata,
            )
            .over_http(StatusCode::REQUEST_TIMEOUT);
        }
        cause = error.source();
    }
    let description = format!("cannot be read: {error}");
    invalid(vec![Violation {
        field: String::new(),
        description,
    }])
}
