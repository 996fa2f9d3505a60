//! How a client is made.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use super::{Client, Settings, TraceparentHook};
use crate::error::Error;
use crate::retry::RetryPolicy;

/// How long a call may take unless it says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a connection in use is asked whether it is still there.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// How long it may take to say so.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// What this client calls itself.
const USER_AGENT: &str = concat!("order-status-sdk/", env!("CARGO_PKG_VERSION"));

/// Makes a [`Client`]. Mistakes in what is set show when it connects.
///
/// ```no_run
/// use std::time::Duration;
/// use order_status_sdk::{Client, RetryPolicy};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://orders.example.com")
///     .key(std::env::var("ORDER_STATUS_KEY")?)
///     .ca_pem(std::fs::read("ca.pem")?)
///     .timeout(Duration::from_secs(2))
///     .retry(RetryPolicy::default().max_attempts(3))
///     .connect_lazy()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until it connects"]
pub struct ClientBuilder {
    uri: String,
    key: Option<String>,
    insecure: bool,
    ca_pem: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    tls_domain: Option<String>,
    connect_timeout: Duration,
    timeout: Duration,
    retry: RetryPolicy,
    traceparent: Option<TraceparentHook>,
}

impl ClientBuilder {
    pub(super) fn new(uri: String) -> Self {
        Self {
            uri,
            key: None,
            insecure: false,
            ca_pem: None,
            identity: None,
            tls_domain: None,
            connect_timeout: CONNECT_TIMEOUT,
            timeout: TIMEOUT,
            retry: RetryPolicy::default(),
            traceparent: None,
        }
    }

    /// The API key that says who calls, or the token of a session.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Allows `http://` beyond this machine. Everything travels in the clear then, the key too.
    pub fn insecure(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// The certificate authorities to trust with `https://`, as PEM; those of the Web otherwise.
    pub fn ca_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self
    }

    /// The certificate and the key that this client shows with `https://`, as PEM.
    pub fn identity_pem(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// The name that the service's certificate must have; the host of the URI otherwise.
    pub fn tls_domain(mut self, name: impl Into<String>) -> Self {
        self.tls_domain = Some(name.into());
        self
    }

    /// How long a connection may take to come about, 5 s otherwise.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call may take unless it says otherwise, its repetitions included; 10 s
    /// otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// When a failed call is made again, unless the call says otherwise.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Where the W3C trace context of a call comes from: asked once for every call that has none
    /// of its own.
    pub fn traceparent(
        mut self,
        current: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.traceparent = Some(Arc::new(current));
        self
    }

    /// Connects, and fails where the service cannot be reached now. A connection that breaks
    /// later comes back by itself.
    ///
    /// # Errors
    ///
    /// [`Error::is_unavailable`] where the service cannot be reached; [`Error::is_invalid`] where
    /// the URI, the key or a certificate cannot be used, or `http://` would leave this machine
    /// without [`insecure`](Self::insecure).
    pub async fn connect(self) -> Result<Client, Error> {
        let (endpoint, settings) = self.build()?;
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| Error::from_transport(&error))?;
        Ok(Client::new(channel, settings))
    }

    /// Makes a client that connects with its first call. It has to be made within a Tokio
    /// runtime, and panics elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::is_invalid`] as with [`connect`](Self::connect).
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let (endpoint, settings) = self.build()?;
        Ok(Client::new(endpoint.connect_lazy(), settings))
    }

    /// Checks what was set and turns it into what the transport takes.
    fn build(self) -> Result<(Endpoint, Settings), Error> {
        let uri: Uri = self
            .uri
            .parse()
            .map_err(|error| Error::invalid(format!("the URI {:?}: {error}", self.uri)))?;
        let unusable = |error| Error::invalid(Error::from_transport(&error).message());
        let host = uri.host().unwrap_or_default();
        let mut endpoint = Endpoint::from(uri.clone())
            .user_agent(USER_AGENT)
            .map_err(unusable)?
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .tcp_keepalive(Some(KEEP_ALIVE_INTERVAL))
            .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
        match uri.scheme_str() {
            Some("https") => endpoint = endpoint.tls_config(self.tls()).map_err(unusable)?,
            Some("http") if self.insecure || is_loopback(host) => {}
            Some("http") => {
                return Err(Error::invalid(format!(
                    "http://{host} is not this machine, so everything would travel in the clear: \
                     use https://, or allow it with insecure()"
                )));
            }
            _ => {
                return Err(Error::invalid(format!(
                    "the URI {:?} begins with neither http:// nor https://",
                    self.uri
                )));
            }
        }
        let settings = Settings {
            authorization: self.key.as_deref().map(authorization).transpose()?,
            timeout: self.timeout,
            retry: self.retry,
            traceparent: self.traceparent,
        };
        Ok((endpoint, settings))
    }

    /// The settings of TLS.
    fn tls(&self) -> ClientTlsConfig {
        let mut tls = match &self.ca_pem {
            Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
            None => ClientTlsConfig::new().with_webpki_roots(),
        };
        if let Some((certificate, key)) = &self.identity {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        if let Some(name) = &self.tls_domain {
            tls = tls.domain_name(name);
        }
        tls
    }
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The header that carries the key, marked so that it is not logged.
pub(super) fn authorization(key: &str) -> Result<MetadataValue<Ascii>, Error> {
    let mut value: MetadataValue<Ascii> = format!("Bearer {key}")
        .parse()
        .map_err(|_| Error::invalid("the key holds characters that cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Without the keys.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("uri", &self.uri)
            .field("insecure", &self.insecure)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
