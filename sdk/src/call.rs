//! One call: its request, its options, and sending it.

mod filter;
mod pages;
mod setters;

use std::fmt;
use std::time::Duration;

pub use pages::{Items, Paged};
use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::client::Client;
use crate::error::{CORRELATION_ID, Error};
use crate::method::{Method, Unary};
use crate::retry::{Attempt, Decision, RetryPolicy};

/// The header of the W3C trace context.
const TRACEPARENT: &str = "traceparent";

/// No call lasts longer; longer timeouts mean this one.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A call of the method `M`, made by a method of [`Client`]. Set what it needs, then
/// [`send`](Self::send) it.
///
/// Setters are there for the fields that the method has: `reason` for all that move an order,
/// `request_id` for all that change something, and so on. Required fields are arguments of the method
/// of [`Client`] already.
#[must_use = "a call does nothing until it is sent"]
pub struct Call<M: Method> {
    pub(crate) client: Client,
    pub(crate) request: M::Request,
    pub(crate) options: Options,
}

/// What the caller said about one call, beside its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    timeout: Option<Duration>,
    retry: Option<RetryPolicy>,
    correlation_id: Option<String>,
    traceparent: Option<String>,
}

/// A call that is on its way: everything that its attempts share.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) correlation_id: String,
    headers: MetadataMap,
}

impl<M: Method> Call<M> {
    pub(crate) fn new(client: Client, request: M::Request) -> Self {
        Self {
            client,
            request,
            options: Options::default(),
        }
    }

    /// How long the call may take, its repetitions included; the client's timeout otherwise. The
    /// service is told, and stops working on what nobody waits for.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// When to try again; the client's policy otherwise.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = Some(policy);
        self
    }

    /// The id under which the logs of both sides speak of this call; a fresh UUID otherwise.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.options.correlation_id = Some(id.into());
        self
    }

    /// The W3C trace context of this call (`00-…-…-01`); what the client's
    /// [`traceparent`](crate::ClientBuilder::traceparent) gives otherwise.
    pub fn traceparent(mut self, traceparent: impl Into<String>) -> Self {
        self.options.traceparent = Some(traceparent.into());
        self
    }

    /// A span for the call.
    pub(crate) fn span(envelope: &Envelope) -> tracing::Span {
        tracing::info_span!(
            "order_status.call",
            otel.kind = "client",
            rpc.system = "grpc",
            rpc.service = M::SERVICE,
            rpc.method = M::NAME,
            correlation.id = envelope.correlation_id,
        )
    }
}

impl<M: Unary> Call<M> {
    /// Sends the call and waits for its answer, trying again as the retry policy says.
    ///
    /// A write gets a request id, unless it has one, and keeps it through its repetitions: the
    /// service carries it out once, however often it arrives.
    ///
    /// # Errors
    ///
    /// Whatever the service refuses with; a timeout; [`Error::is_unavailable`] where the service
    /// could not be reached; [`Error::is_invalid`] where a correlation id or a traceparent
    /// cannot stand in a header.
    pub async fn send(mut self) -> Result<M::Response, Error> {
        let id = M::request_id(&mut self.request);
        let idempotent = M::READ_ONLY || id.is_some();
        if let Some(id) = id
            && id.is_empty()
        {
            *id = Uuid::now_v7().to_string();
        }
        let envelope = self.options.seal(&self.client)?;
        let span = Self::span(&envelope);
        attempts::<M>(&self.client, &self.request, idempotent, &envelope)
            .instrument(span)
            .await
            .map_err(|error| error.with_correlation_id(&envelope.correlation_id))
    }
}

/// Makes attempts until one succeeds, the policy gives up, or the time is over.
async fn attempts<M: Unary>(
    client: &Client,
    request: &M::Request,
    idempotent: bool,
    envelope: &Envelope,
) -> Result<M::Response, Error> {
    let deadline = Instant::now() + envelope.timeout;
    let mut number = 1;
    loop {
        let remaining = deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(Error::deadline(envelope.timeout));
        }
        let sent = client.unary::<M>(envelope.request(request.clone(), Some(remaining)));
        let error = match tokio::time::timeout_at(deadline, sent).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => error,
            Err(_) => return Err(Error::deadline(envelope.timeout)),
        };
        let attempt = Attempt {
            number,
            idempotent,
            remaining: deadline.saturating_duration_since(Instant::now()),
        };
        match envelope.retry.on_error(attempt, &error, rand::random()) {
            Decision::GiveUp => return Err(error),
            Decision::RetryAfter(wait) => {
                tracing::debug!(%error, attempt = number, ?wait, "trying again");
                tokio::time::sleep(wait).await;
            }
        }
        number += 1;
    }
}

impl Options {
    /// Puts the options together with the client's.
    pub(crate) fn seal(&self, client: &Client) -> Result<Envelope, Error> {
        let settings = client.settings();
        let correlation_id = self
            .correlation_id
            .clone()
            .unwrap_or_else(|| Uuid::now_v7().to_string());
        let traceparent = self
            .traceparent
            .clone()
            .or_else(|| settings.traceparent.as_ref().and_then(|hook| hook()));

        let mut headers = MetadataMap::new();
        headers.insert(CORRELATION_ID, header("correlation id", &correlation_id)?);
        if let Some(traceparent) = traceparent {
            headers.insert(TRACEPARENT, header("traceparent", &traceparent)?);
        }
        if let Some(authorization) = &settings.authorization {
            headers.insert("authorization", authorization.clone());
        }
        Ok(Envelope {
            timeout: self.timeout.unwrap_or(settings.timeout).min(LONGEST),
            retry: self.retry.clone().unwrap_or_else(|| settings.retry.clone()),
            correlation_id,
            headers,
        })
    }
}

impl Envelope {
    /// The request with its headers; `remaining` is what the service may take.
    pub(crate) fn request<T>(&self, message: T, remaining: Option<Duration>) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        *request.metadata_mut() = self.headers.clone();
        if let Some(remaining) = remaining {
            request.set_timeout(remaining);
        }
        request
    }
}

/// A text as the value of a header.
fn header(what: &str, text: &str) -> Result<MetadataValue<Ascii>, Error> {
    text.parse()
        .map_err(|_| Error::invalid(format!("the {what} {text:?} cannot be sent")))
}

impl<M: Method> Clone for Call<M> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            request: self.request.clone(),
            options: self.options.clone(),
        }
    }
}

/// Without the request, which may hold personal data.
impl<M: Method> fmt::Debug for Call<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("service", &M::SERVICE)
            .field("method", &M::NAME)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
