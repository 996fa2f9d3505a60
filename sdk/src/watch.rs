//! Watching orders: a stream that outlives its connection.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use order_status_proto::v1::{WatchOrdersRequest, WatchOrdersResponse};
use tonic::Streaming;
use tracing::Instrument as _;

use crate::call::{Call, Envelope};
use crate::client::Client;
use crate::error::{Code, Error};
use crate::method::WatchOrders;
use crate::types::{Change, Order};

/// How often the service says that it is still there, unless asked otherwise.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many heartbeats may be missing before a stream counts as broken.
const MISSING: u32 = 3;

/// One change, as a watch tells it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Where the watch is after this change; opaque. Keep it once the change is dealt with, and
    /// give it to [`after`](Call::after) to go on from there.
    pub token: String,
    /// What happened.
    pub change: Change,
    /// The order as it was right after, in the basic view.
    pub order: Order,
}

/// The changes of orders as they happen: each at least once, those of one order in their order.
/// It is a [`Stream`], and [`next`](Self::next) serves callers without one of the crates for
/// streams.
///
/// A watch whose connection breaks goes on where it was, as often as it takes. It ends with an
/// error only where going on would leave a gap or cannot help: the ledger does not hold the
/// change that the token names any more ([`Error::is_out_of_range`]: read everything anew, then
/// watch anew), or the key is refused. It also ends where the first connection does not come
/// about within the attempts of the retry policy.
#[must_use = "a watch does nothing until it is asked for its events"]
pub struct Watch {
    answers: BoxStream<'static, Result<WatchOrdersResponse, Error>>,
    token: String,
}

impl Call<WatchOrders> {
    /// Go on after the event with this token; begin with what happens from now on otherwise.
    pub fn after(mut self, token: impl Into<String>) -> Self {
        self.request.token = token.into();
        self
    }

    /// Begin with the first change that the ledger holds. It does not go with
    /// [`after`](Self::after).
    pub fn from_start(mut self) -> Self {
        self.request.from_start = true;
        self
    }

    /// How long the service may be silent before it says that it is still there, 1 s to 300 s;
    /// 15 s otherwise. A stream that is silent for three of them is made anew.
    pub fn heartbeat_interval(mut self, interval: Duration) -> Self {
        let longest = prost_types::Duration {
            seconds: i64::MAX,
            nanos: 0,
        };
        self.request.heartbeat_interval = Some(interval.try_into().unwrap_or(longest));
        self
    }

    /// Starts the watch, which connects when it is first asked for an event. The call's timeout
    /// is that of each connection.
    ///
    /// ```no_run
    /// # async fn example(client: order_status_sdk::Client) -> Result<(), order_status_sdk::Error> {
    /// let mut watch = client.watch_orders().store_ids([1]).into_stream();
    /// while let Some(event) = watch.next().await {
    ///     let event = event?;
    ///     println!("{} was changed by {}", event.order.number, event.change.actor);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn into_stream(self) -> Watch {
        let token = self.request.token.clone();
        let watcher = Watcher {
            call: self,
            envelope: None,
            stream: None,
            connected: false,
            failures: 0,
        };
        let answers = stream::try_unfold(watcher, |mut watcher| async move {
            let answer = watcher.next().await?;
            Ok(Some((answer, watcher)))
        });
        Watch {
            answers: answers.boxed(),
            token,
        }
    }
}

impl Watch {
    /// The next event. It may be dropped while it waits; nothing is lost by that.
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        StreamExt::next(self).await
    }

    /// Where the watch is: the token of the last event, or a later one where nothing matched
    /// since. Empty before there is one.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Stream for Watch {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let answer = match ready!(self.answers.poll_next_unpin(cx)) {
                Some(Ok(answer)) => answer,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            self.token.clone_from(&answer.token);
            // Without a change it is a heartbeat, which is for the token only.
            if let Some(change) = answer.change {
                let order = answer.order.unwrap_or_default();
                return Poll::Ready(Some(Ok(Event {
                    token: answer.token,
                    change,
                    order,
                })));
            }
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// Keeps a stream going over as many connections as it takes.
struct Watcher {
    /// The call; its request moves on with every token.
    call: Call<WatchOrders>,
    /// What the connections share, once there is one.
    envelope: Option<Envelope>,
    stream: Option<Streaming<WatchOrdersResponse>>,
    /// Whether there was a stream before.
    connected: bool,
    /// Failures since the last answer.
    failures: u32,
}

impl Watcher {
    /// The next answer, on this connection or on another.
    async fn next(&mut self) -> Result<WatchOrdersResponse, Error> {
        let envelope = match self.envelope.take() {
            Some(envelope) => envelope,
            None => self.call.options.seal(&self.call.client)?,
        };
        let envelope = self.envelope.insert(envelope).clone();
        loop {
            match self.attempt(&envelope).await {
                Ok(answer) => {
                    self.failures = 0;
                    self.call.request.token.clone_from(&answer.token);
                    self.call.request.from_start = false;
                    return Ok(answer);
                }
                Err(error) => {
                    let error = error.with_correlation_id(&envelope.correlation_id);
                    self.stream = None;
                    self.failures = self.failures.saturating_add(1);
                    let wait = self.wait(&envelope, error)?;
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// One answer of the present stream, opened if there is none.
    async fn attempt(&mut self, envelope: &Envelope) -> Result<WatchOrdersResponse, Error> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            None => {
                let stream = open(&self.call.client, &self.call.request, envelope).await?;
                self.connected = true;
                self.stream.insert(stream)
            }
        };
        let silence = silence(&self.call.request);
        match tokio::time::timeout(silence, stream.message()).await {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(Error::local(
                Code::Unavailable,
                "the service ended the stream",
            )),
            Ok(Err(status)) => Err(Error::from_status(&status)),
            Err(_) => {
                let text = format!("the stream was silent for {silence:?}");
                Err(Error::local(Code::Unavailable, text))
            }
        }
    }

    /// How long to wait before the next connection, or the error where there is to be none.
    fn wait(&self, envelope: &Envelope, error: Error) -> Result<Duration, Error> {
        let policy = &envelope.retry;
        if !policy.retries(&error) {
            return Err(error);
        }
        let request = &self.call.request;
        let has_place = !request.token.is_empty() || request.from_start;
        let goes_on = if self.connected {
            // Without a place to go on from, a new stream would begin later and leave a gap.
            has_place
        } else {
            policy.allows(self.failures)
        };
        if !goes_on {
            return Err(error);
        }
        let wait = policy.wait(self.failures, &error, rand::random());
        tracing::debug!(%error, failures = self.failures, ?wait, "the watch goes on");
        Ok(wait)
    }
}

/// Opens a stream. The deadline is that of the opening, so the service is not told of it.
async fn open(
    client: &Client,
    request: &WatchOrdersRequest,
    envelope: &Envelope,
) -> Result<Streaming<WatchOrdersResponse>, Error> {
    let opening = client
        .stream::<WatchOrders>(envelope.request(request.clone(), None))
        .instrument(Call::<WatchOrders>::span(envelope));
    match tokio::time::timeout(envelope.timeout, opening).await {
        Ok(opened) => opened,
        // For a stream that is to go on this is a service that does not answer, not the end.
        Err(_) => {
            let text = format!("no stream within {:?}", envelope.timeout);
            Err(Error::local(Code::Unavailable, text))
        }
    }
}

/// How long the stream of this request may be silent.
fn silence(request: &WatchOrdersRequest) -> Duration {
    let interval = request
        .heartbeat_interval
        .and_then(|interval| Duration::try_from(interval).ok())
        .unwrap_or(HEARTBEAT);
    interval.saturating_mul(MISSING)
}
