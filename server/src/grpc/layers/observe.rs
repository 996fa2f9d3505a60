//! The outermost layer: catches panics, gives the call its ids, and sees how it ends.

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use order_status_proto::v1::ErrorReason;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::Service;
use tracing::{Instrument as _, field::Empty};

use super::correlation::CorrelationId;
use super::record::Record;
use super::refuse::refuse;
use super::trace::TraceContext;
use crate::auth::{Peer, rights};

/// See the module.
#[derive(Clone)]
pub struct Observe<S> {
    inner: S,
}

impl<S> Observe<S> {
    pub(super) fn new(inner: S) -> Observe<S> {
        Observe { inner }
    }
}

impl<S> Service<Request<Body>> for Observe<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let correlation = CorrelationId::of(request.headers());
        let trace = TraceContext::of(request.headers());
        // Only methods that exist become labels and fields: a caller could make up any number of others.
        let row = rights::of(request.uri().path());
        let span = tracing::info_span!(
            "call",
            rpc.method = row.map_or("unknown", |row| row.path),
            correlation.id = %correlation.0,
            trace.id = %trace.trace(),
            span.id = %trace.span(),
            client.address = Empty,
            account.id = Empty,
            credential.id = Empty,
        );
        if let Some(Peer(address)) = request.extensions().get() {
            span.record("client.address", tracing::field::display(address));
        }
        request.extensions_mut().insert(correlation.clone());
        request.extensions_mut().insert(trace);
        let mut record = Record::begin(row, span.clone());
        // The clone that was polled ready takes the call; its successor stays for the next one.
        let successor = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, successor);
        let answer = async move {
            let call = AssertUnwindSafe(async move { inner.call(request).await }).catch_unwind();
            let mut response = match call.await {
                Ok(Ok(response)) => response,
                Err(_panic) => internal(&correlation).into_http(),
            };
            correlation.put(response.headers_mut());
            match code_of(response.headers()) {
                Some(code) => {
                    record.end(code);
                    Ok(response)
                }
                None => Ok(response.map(|inner| {
                    Body::new(Observed {
                        inner,
                        record,
                        correlation,
                    })
                })),
            }
        };
        Box::pin(answer.instrument(span))
    }
}

/// The status of an answer in its headers or trailers.
fn code_of(headers: &HeaderMap) -> Option<Code> {
    headers
        .get(Status::GRPC_STATUS)
        .map(|value| Code::from_bytes(value.as_bytes()))
}

fn internal(correlation: &CorrelationId) -> Status {
    refuse(
        Code::Internal,
        ErrorReason::Internal,
        "the service met an error of its own".to_owned(),
        &[("correlation_id", &correlation.0)],
    )
}

/// A body that is watched until its trailers tell the status.
struct Observed {
    inner: Body,
    record: Record,
    correlation: CorrelationId,
}

impl http_body::Body for Observed {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let this = &mut *self;
        // A stream's items are made here, outside the future that the layer guards.
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| {
            Pin::new(&mut this.inner).poll_frame(context)
        }));
        let polled = polled.unwrap_or_else(|_panic| {
            this.inner = Body::empty();
            let mut trailers = HeaderMap::new();
            Poll::Ready(
                internal(&this.correlation)
                    .add_header(&mut trailers)
                    .ok()
                    .map(|()| Ok(Frame::trailers(trailers))),
            )
        });
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(code) = frame.trailers_ref().and_then(code_of) {
                    this.record.end(code);
                }
            }
            Poll::Ready(Some(Err(status))) => this.record.end(status.code()),
            Poll::Ready(None) => this.record.end(Code::Unknown),
            Poll::Pending => {}
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
