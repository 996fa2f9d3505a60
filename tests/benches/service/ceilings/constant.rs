//! A tonic server that answers one order to everyone: what gRPC costs without a service behind it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll};

use order_status_proto::v1::{GetOrderRequest, Order};
use prost::Message;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tonic::codegen::{Body, BoxFuture, Service, StdError, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use super::child::{Child, hear, say};

/// The name of the child that serves.
pub const NAME: &str = "constant";

/// A server in a process of its own.
pub struct Constant {
    child: Child,
    address: SocketAddr,
}

impl Constant {
    /// Starts a server that answers this order, and waits until it listens. The file is for the order's way there.
    ///
    /// # Panics
    ///
    /// If the file cannot be written, or the server does not start.
    pub async fn start(order: &Order, file: &Path) -> Self {
        std::fs::write(file, order.encode_to_vec()).expect("write a file");
        let mut child = Child::start(NAME, &[file.as_os_str()], &[]);
        let address = child.line().await.parse().expect("an address");
        Self { child, address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }
}

/// In the child: serves the order in a file until the parent is done.
///
/// # Errors
///
/// If the file is no order, or the server does not start.
pub fn serve(file: &Path) -> io::Result<()> {
    let order = Order::decode(std::fs::read(file)?.as_slice()).map_err(io::Error::other)?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        say(&listener.local_addr()?.to_string());
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let answering = Answering(Arc::new(order));
        let served = Server::builder()
            .add_service(answering)
            .serve_with_incoming(incoming);
        tokio::spawn(served);
        tokio::task::spawn_blocking(|| while hear().is_some() {})
            .await
            .map_err(io::Error::other)
    })
}

/// The OrderService as far as it goes here: every method answers the order.
#[derive(Clone)]
struct Answering(Arc<Order>);

impl NamedService for Answering {
    const NAME: &'static str = "orderstatus.v1.OrderService";
}

impl UnaryService<GetOrderRequest> for Answering {
    type Response = Order;
    type Future = Ready<Result<Response<Order>, Status>>;

    fn call(&mut self, _: Request<GetOrderRequest>) -> Self::Future {
        ready(Ok(Response::new(Order::clone(&self.0))))
    }
}

impl<B> Service<http::Request<B>> for Answering
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let answering = self.clone();
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<Order, GetOrderRequest>::default());
            Ok(grpc.unary(answering, request).await)
        })
    }
}
