//! A server of the generated traits that answers from a script and keeps what it saw.

mod admin;
mod orders;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use order_status_proto::v1::admin_service_server::AdminServiceServer;
use order_status_proto::v1::order_service_server::OrderServiceServer;
use order_status_proto::v1::{ListOrdersRequest, WatchOrdersRequest, WatchOrdersResponse};
use order_status_sdk::{Client, ClientBuilder, RetryPolicy};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::metadata::MetadataMap;
use tonic::transport::{Server as Tonic, ServerTlsConfig};
use tonic::{Request, Status};

/// What the server does with a call. With nothing left to do it answers.
pub enum Reply {
    Answer,
    Fail(Status),
    Hang,
}

/// What the server does on one watch, in order; afterwards it ends the stream.
pub enum Step {
    Tell(Box<WatchOrdersResponse>),
    Cut(Status),
    Hang,
}

/// A call that arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub request_id: String,
    pub metadata: MetadataMap,
    pub at: Instant,
}

impl Seen {
    /// A header of the call, empty where it has none.
    pub fn header(&self, name: &str) -> &str {
        self.metadata
            .get(name)
            .map_or("", |value| value.to_str().expect("a header in ASCII"))
    }
}

/// What is to come, and what came.
#[derive(Default)]
pub struct Script {
    pub replies: VecDeque<Reply>,
    pub seen: Vec<Seen>,
    pub lists: Vec<ListOrdersRequest>,
    pub watches: VecDeque<Result<Vec<Step>, Status>>,
    pub watched: Vec<WatchOrdersRequest>,
}

/// A running server. It ends with the runtime of its test.
#[derive(Clone)]
pub struct Server {
    script: Arc<Mutex<Script>>,
    address: String,
}

impl Server {
    /// Starts a server on a port of its own.
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Starts a server that speaks TLS where it is told how.
    pub async fn start_with(tls: Option<ServerTlsConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let server = Self {
            script: Arc::default(),
            address,
        };
        let mut tonic = Tonic::builder();
        if let Some(tls) = tls {
            tonic = tonic.tls_config(tls).expect("a usable certificate");
        }
        let serving = tonic
            .add_service(OrderServiceServer::new(server.clone()))
            .add_service(AdminServiceServer::new(server.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(serving);
        server
    }

    /// The address of the server, `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The script, to write and to read.
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no test panics while it writes")
    }

    /// Has the next calls fail so, one after the other.
    pub fn fail(&self, statuses: impl IntoIterator<Item = Status>) {
        self.script()
            .replies
            .extend(statuses.into_iter().map(Reply::Fail));
    }

    /// The calls that arrived.
    pub fn seen(&self) -> Vec<Seen> {
        self.script().seen.clone()
    }

    /// A builder of clients of this server that do not wait long.
    pub fn builder(&self) -> ClientBuilder {
        Client::builder(format!("http://{}", self.address)).retry(quick())
    }

    /// A client of this server.
    pub fn client(&self) -> Client {
        self.builder().connect_lazy().expect("a usable address")
    }

    /// Notes a call down and does what the script says.
    async fn reply<T>(
        &self,
        request: Request<T>,
        id: impl FnOnce(&T) -> String,
    ) -> Result<T, Status> {
        let (metadata, _, message) = request.into_parts();
        let reply = {
            let mut script = self.script();
            script.seen.push(Seen {
                request_id: id(&message),
                metadata,
                at: Instant::now(),
            });
            script.replies.pop_front().unwrap_or(Reply::Answer)
        };
        match reply {
            Reply::Answer => Ok(message),
            Reply::Fail(status) => Err(status),
            Reply::Hang => std::future::pending().await,
        }
    }
}

/// A policy whose waits a test hardly notices.
pub fn quick() -> RetryPolicy {
    let wait = std::time::Duration::from_millis(2);
    RetryPolicy::default()
        .max_attempts(4)
        .initial_backoff(wait)
        .max_backoff(wait)
}

/// The answer to a method that no test calls.
fn unscripted<T>() -> Result<T, Status> {
    Err(Status::unimplemented("no test calls it"))
}
