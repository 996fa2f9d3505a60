//! A listener: accepts connections up to a cap, and serves each in a task of its own.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service;
use tracing::{debug, info, warn};

use super::ServeError;
use super::greeting::Counted;
use crate::config::Config;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a connection may take to greet, and a request's header to come.
const GREETING: Duration = Duration::from_secs(10);
/// How long to wait after accepting failed, as it does without free file descriptors.
const BACK_OFF: Duration = Duration::from_millis(100);
/// The largest set of headers, in bytes.
const HEADERS: u32 = 16 * 1024;
/// How many streams a client may reset before they were taken up: hyper's own measure against floods.
const PENDING_RESETS: usize = 20;
/// How many resets a connection may provoke by its own errors (RUSTSEC-2024-0003).
const LOCAL_RESETS: usize = 256;

/// Limits on connections.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    connections: usize,
    streams: u32,
    keepalive_interval: Duration,
    keepalive_timeout: Duration,
    age: Duration,
}

impl Limits {
    pub(super) fn of(config: &Config) -> Limits {
        Limits {
            connections: config.max_connections,
            streams: config.max_streams,
            keepalive_interval: config.keepalive_interval,
            keepalive_timeout: config.keepalive_timeout,
            age: config.connection_age,
        }
    }
}

/// What one listener speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/2 alone.
    Grpc,
    /// HTTP/1 and HTTP/2.
    Http,
}

impl Protocol {
    /// The name in logs and figures.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Protocol::Grpc => "grpc",
            Protocol::Http => "http",
        }
    }

    /// The names in a TLS handshake, the preferred one first.
    pub(super) const fn alpn(self) -> &'static [&'static str] {
        match self {
            Protocol::Grpc => &["h2"],
            Protocol::Http => &["h2", "http/1.1"],
        }
    }

    fn builder(self, limits: Limits) -> Builder<TokioExecutor> {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams)
            .max_local_error_reset_streams(LOCAL_RESETS)
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_header_list_size(HEADERS)
            .keep_alive_interval(limits.keepalive_interval)
            .keep_alive_timeout(limits.keepalive_timeout);
        // Without a timer hyper's limit on slow headers does nothing.
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(GREETING)
            .max_buf_size(HEADERS as usize);
        if self == Protocol::Grpc {
            builder.http2_only()
        } else {
            builder
        }
    }
}

/// A bound socket.
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    protocol: Protocol,
    tls: Option<TlsAcceptor>,
    limits: Limits,
}

impl Listener {
    /// Binds the address.
    ///
    /// # Errors
    /// The address is in use, or not this machine's.
    pub(super) async fn bind(
        address: SocketAddr,
        protocol: Protocol,
        tls: Option<TlsAcceptor>,
        limits: Limits,
    ) -> Result<Listener, ServeError> {
        let failed = |error| ServeError::Bind {
            name: protocol.name(),
            address,
            error,
        };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Listener {
            socket,
            address,
            protocol,
            tls,
            limits,
        })
    }

    /// The address, with the real port where a free one was asked for.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts until `draining`, then closes the socket. Connections go on in `tasks` until their calls end.
    pub(super) async fn serve<S, B>(
        self,
        service: impl Fn(SocketAddr) -> S,
        draining: CancellationToken,
        tasks: TaskTracker,
    ) where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let builder = Arc::new(self.protocol.builder(self.limits));
        while let Some((stream, peer, place)) = self.accept(&places, &draining).await {
            let connection = Connection {
                builder: builder.clone(),
                protocol: self.protocol,
                peer,
                age: age(self.limits.age, peer),
                draining: draining.clone(),
                _place: place,
            };
            tasks.spawn(connection.serve(stream, self.tls.clone(), service(peer)));
        }
    }

    /// The next connection; `None` once draining.
    async fn accept(
        &self,
        places: &Arc<Semaphore>,
        draining: &CancellationToken,
    ) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        loop {
            let place = draining
                .run_until_cancelled(places.clone().acquire_owned())
                .await?
                .ok()?;
            match draining.run_until_cancelled(self.socket.accept()).await? {
                Ok((stream, peer)) => {
                    // Calls are small and wait for each other's answers: never hold bytes back.
                    let _ = stream.set_nodelay(true);
                    return Some((stream, peer, place));
                }
                Err(error) => {
                    metrics::counter!("server_accept_errors_total", "listener" => self.protocol.name()).increment(1);
                    if !is_of_one_connection(&error) {
                        warn!(listener = self.protocol.name(), %error, "connections cannot be accepted");
                        draining
                            .run_until_cancelled(tokio::time::sleep(BACK_OFF))
                            .await?;
                    }
                }
            }
        }
    }
}

/// Whether the error is about a connection that went away while it waited, and not about the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// The age that a connection may reach: up to a tenth more than asked, so that connections which came
/// together do not all leave together. `None` for any.
fn age(asked: Duration, peer: SocketAddr) -> Option<Duration> {
    (!asked.is_zero()).then(|| asked + asked / 10 * u32::from(peer.port() % 100) / 100)
}

struct Connection {
    builder: Arc<Builder<TokioExecutor>>,
    protocol: Protocol,
    peer: SocketAddr,
    age: Option<Duration>,
    draining: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve<S, B>(self, stream: TcpStream, tls: Option<TlsAcceptor>, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let open = metrics::gauge!("server_connections", "listener" => self.protocol.name());
        open.increment(1);
        match tls {
            None => self.speak(stream, service).await,
            Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.speak(stream, service).await,
                Ok(Err(error)) => debug!(%error, "TLS handshake failed"),
                Err(_) => debug!("TLS handshake took too long"),
            },
        }
        open.decrement(1);
    }

    /// Serves calls until the other side leaves, the connection is old, or the process drains; calls under
    /// way end first.
    async fn speak<I, S, B>(&self, io: I, service: S)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send + 'static,
        B: http_body::Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (io, heard) = Counted::new(io);
        let served = self
            .builder
            .serve_connection(TokioIo::new(io), TowerToHyperService::new(service));
        let mut served = std::pin::pin!(served);
        let silent = async {
            tokio::time::sleep(GREETING).await;
            if heard.greeting() {
                std::future::pending::<()>().await;
            }
        };
        let leave = async {
            match self.age {
                Some(age) => drop(
                    self.draining
                        .run_until_cancelled(tokio::time::sleep(age))
                        .await,
                ),
                None => self.draining.cancelled().await,
            }
        };
        tokio::select! {
            ended = served.as_mut() => return self.log_end(ended),
            () = silent => return debug!("the connection said nothing"),
            () = leave => served.as_mut().graceful_shutdown(),
        }
        self.log_end(served.await);
    }

    fn log_end(&self, ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
        let Err(error) = ended else { return };
        let broken = error.downcast_ref::<hyper::Error>();
        if broken.is_some_and(hyper::Error::is_parse) {
            // It was answered, but it is no call that any room further in could tell of.
            let listener = self.protocol.name();
            info!(listener, client.address = %self.peer, %error, "what came is no call");
        } else {
            debug!(%error, "the connection broke");
        }
    }
}
