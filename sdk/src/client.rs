//! The client: one connection, and a method for every method of the API.

mod admin;
mod billing;
mod builder;
mod catalogs;
mod fulfillment;
mod orders;
mod sessions;
mod verbs;
mod workflows;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use builder::ClientBuilder;
use http::uri::PathAndQuery;
use tonic::client::Grpc;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Channel;
use tonic::{Request, Streaming};
use tonic_prost::ProstCodec;

use crate::OrderRef;
use crate::call::Call;
use crate::error::Error;
use crate::method::{Method, NamesOrder};
use crate::retry::RetryPolicy;

/// The largest answer taken, in bytes: a page of 1,000 orders in full.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// A client of the order-status service. Clones are cheap and share one connection; calls may
/// run at the same time.
///
/// ```no_run
/// use order_status_sdk::Client;
///
/// # async fn example() -> Result<(), order_status_sdk::Error> {
/// let client = Client::builder("http://127.0.0.1:50051").key("demo-omni").connect().await?;
/// let order = client.confirm_order("FR9TL74P").reason("stock checked").send().await?;
/// println!("{} is {}", order.number, order.state.unwrap_or_default().title);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Shared>);

/// What clones share.
struct Shared {
    channel: Channel,
    settings: Settings,
}

/// What calls use unless they say otherwise.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) traceparent: Option<TraceparentHook>,
}

/// Where the trace context of a call comes from.
pub(crate) type TraceparentHook = Arc<dyn Fn() -> Option<String> + Send + Sync>;

impl Client {
    /// A builder for a client of the service at `uri` (`http://127.0.0.1:50051`,
    /// `https://orders.example.com`).
    pub fn builder(uri: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(uri.into())
    }

    fn new(channel: Channel, settings: Settings) -> Self {
        Self(Arc::new(Shared { channel, settings }))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// A call with this request.
    fn call<M: Method>(&self, request: M::Request) -> Call<M> {
        Call::new(self.clone(), request)
    }

    /// A call that is about one order.
    fn call_on<M: NamesOrder>(&self, order: impl Into<OrderRef>) -> Call<M> {
        let mut request = M::Request::default();
        M::name_order(&mut request, order.into());
        self.call(request)
    }

    /// Sends one request for one answer, once.
    pub(crate) async fn unary<M: Method>(
        &self,
        request: Request<M::Request>,
    ) -> Result<M::Response, Error> {
        let mut grpc = self.ready().await?;
        let codec = ProstCodec::<M::Request, M::Response>::default();
        let answer = grpc
            .unary(request, PathAndQuery::from_static(M::PATH), codec)
            .await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| Error::from_status(&status))
    }

    /// Sends one request for a stream of answers, once.
    pub(crate) async fn stream<M: Method>(
        &self,
        request: Request<M::Request>,
    ) -> Result<Streaming<M::Response>, Error> {
        let mut grpc = self.ready().await?;
        let codec = ProstCodec::<M::Request, M::Response>::default();
        let answer = grpc
            .server_streaming(request, PathAndQuery::from_static(M::PATH), codec)
            .await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| Error::from_status(&status))
    }

    /// The connection, once it can take a request.
    async fn ready(&self) -> Result<Grpc<Channel>, Error> {
        let mut grpc = Grpc::new(self.0.channel.clone()).max_decoding_message_size(MAX_ANSWER);
        match grpc.ready().await {
            Ok(()) => Ok(grpc),
            Err(error) => Err(Error::from_transport(&error)),
        }
    }
}

/// Without the key.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("timeout", &self.0.settings.timeout)
            .field("retry", &self.0.settings.retry)
            .finish_non_exhaustive()
    }
}
