//! Streams that end when the server closes, whatever their own service thinks of it.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::HeaderMap;
use http_body::{Frame, SizeHint};
use order_status_proto::v1::ErrorReason;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::body::Body;
use tonic::{Code, Status};

use super::refuse::retry_later;

/// When to come again: another server, or the next one here, takes over within about this time.
const SOON: std::time::Duration = std::time::Duration::from_secs(1);

/// The answer of a stream, which ends as UNAVAILABLE once the server closes.
pub(super) struct Ending {
    inner: Body,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: bool,
}

impl Ending {
    pub(super) fn wrap(inner: Body, closing: &CancellationToken) -> Body {
        let closing = Box::pin(closing.clone().cancelled_owned());
        Body::new(Ending {
            inner,
            closing,
            ended: false,
        })
    }
}

impl http_body::Body for Ending {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // What the service has to say comes first.
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if polled.is_ready() || self.closing.as_mut().poll(context).is_pending() {
            return polled;
        }
        self.ended = true;
        let mut trailers = HeaderMap::new();
        Poll::Ready(
            closed()
                .add_header(&mut trailers)
                .ok()
                .map(|()| Ok(Frame::trailers(trailers))),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn closed() -> Status {
    let message = "the server is shutting down: call again".to_owned();
    retry_later(
        Code::Unavailable,
        ErrorReason::DatabaseUnavailable,
        message,
        &[],
        SOON,
    )
}
