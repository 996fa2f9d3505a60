//! Bodies that may not be longer than so much.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use order_status_proto::v1::ErrorReason;
use tonic::body::Body;
use tonic::{Code, Status};

use super::refuse::refuse;

/// The five bytes that stand before a gRPC message.
const PREFIX: usize = 5;

/// A request body that ends in an error where it holds more than one message of the largest size.
pub(super) struct Capped {
    inner: Body,
    limit: usize,
    left: usize,
}

impl Capped {
    pub(super) fn wrap(inner: Body, limit: usize) -> Body {
        Body::new(Capped {
            inner,
            limit,
            left: limit.saturating_add(PREFIX),
        })
    }
}

impl http_body::Body for Capped {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            match self.left.checked_sub(data.len()) {
                Some(left) => self.left = left,
                None => return Poll::Ready(Some(Err(too_long(self.limit)))),
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn too_long(limit: usize) -> Status {
    let message = format!("the request message is longer than {limit} bytes");
    let limit = limit.to_string();
    refuse(
        Code::ResourceExhausted,
        ErrorReason::LimitExceeded,
        message,
        &[("limit_bytes", &limit)],
    )
}
