//! Our own services, called inside the process: the very service that the gRPC listener serves, without a
//! socket between.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use order_status_proto::v1::admin_service_client::AdminServiceClient;
use order_status_proto::v1::billing_service_client::BillingServiceClient;
use order_status_proto::v1::catalog_service_client::CatalogServiceClient;
use order_status_proto::v1::fulfillment_service_client::FulfillmentServiceClient;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::session_service_client::SessionServiceClient;
use order_status_proto::v1::workflow_service_client::WorkflowServiceClient;
use tonic::Status;
use tonic::body::Body;
use tower::util::BoxCloneSyncService;

use super::Caller;

/// The whole stack, whoever calls.
pub type Service = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// The API.
#[derive(Clone, Debug)]
pub struct Api(Service);

impl Api {
    /// Over the whole stack of the gRPC listener: routes and the layers around them.
    pub fn new<S>(service: S) -> Api
    where
        S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Api(BoxCloneSyncService::new(service))
    }

    /// Where calls of that caller go in, for the generated clients.
    pub fn channel(&self, caller: &Caller) -> Channel {
        Channel {
            inner: self.0.clone(),
            caller: Arc::new(caller.clone()),
        }
    }

    /// The stack itself, for calls that bring their own headers.
    pub(super) fn service(&self) -> Service {
        self.0.clone()
    }

    /// OrderService for a caller.
    pub fn orders(&self, caller: &Caller) -> OrderServiceClient<Channel> {
        OrderServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// BillingService for a caller.
    pub fn billing(&self, caller: &Caller) -> BillingServiceClient<Channel> {
        BillingServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// FulfillmentService for a caller.
    pub fn fulfillment(&self, caller: &Caller) -> FulfillmentServiceClient<Channel> {
        FulfillmentServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// CatalogService for a caller.
    pub fn catalogs(&self, caller: &Caller) -> CatalogServiceClient<Channel> {
        CatalogServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// SessionService for a caller.
    pub fn sessions(&self, caller: &Caller) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// WorkflowService for a caller.
    pub fn workflows(&self, caller: &Caller) -> WorkflowServiceClient<Channel> {
        WorkflowServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }

    /// AdminService for a caller.
    pub fn admin(&self, caller: &Caller) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel(caller)).max_decoding_message_size(usize::MAX)
    }
}

/// The API as one caller sees it.
#[derive(Clone, Debug)]
pub struct Channel {
    inner: Service,
    caller: Arc<Caller>,
}

impl tower::Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Answering {
        self.caller.put(&mut request);
        Answering {
            inner: self.inner.call(request),
            caller: Arc::clone(&self.caller),
        }
    }
}

/// A call under way, of which its caller comes to know whether it was refused.
pub struct Answering {
    inner: <Service as tower::Service<Request<Body>>>::Future,
    caller: Arc<Caller>,
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = self.inner.as_mut().poll(context);
        // Only what is refused has its status before its messages.
        if let Poll::Ready(Ok(response)) = &polled
            && response.headers().contains_key(Status::GRPC_STATUS)
        {
            self.caller.note_refusal();
        }
        polled
    }
}
