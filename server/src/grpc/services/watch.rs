//! Watches: their tokens, and their stream of answers.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, BoxStream, StreamExt as _};
use order_status_proto::v1 as pb;
use order_status_proto::v1::ErrorReason as Reason;
use tonic::Status;

use crate::domain::role::Role;
use crate::events::{Cursor, Ended, Selection, Told, Watch};
use crate::grpc::caller::Caller;
use crate::grpc::context::Context;
use crate::grpc::convert::change::change;
use crate::grpc::convert::codes::View;
use crate::grpc::convert::filter::filter;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::status::{Fault, internal};
use crate::grpc::token::{self, Form};

/// How long a watch may be silent where the caller does not say.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When to come again after there were too many watches, or after having been too slow.
const RETRY: Duration = Duration::from_secs(1);

/// The answers of a watch.
pub type Answers = BoxStream<'static, Result<pb::WatchOrdersResponse, Status>>;

/// Starts the watch that a request asks for.
///
/// # Errors
/// What is wrong with the request, or why the watch cannot start there.
pub async fn watch(
    context: Arc<Context>,
    caller: Caller,
    request: pb::WatchOrdersRequest,
) -> Result<Answers, Status> {
    let mut reader = Reader::default();
    let mut filter = filter(&mut reader, request.filter);
    let heartbeat = heartbeat(&mut reader, request.heartbeat_interval);
    if request.from_start && !request.token.is_empty() {
        reader.refuse(&Path::Request.field("from_start"), "does not go with token");
    }
    reader.finish()?;
    filter.only_store = caller.principal.store_id;
    filter.only_customer = caller.principal.customer_id;
    if caller.principal.role == Role::Client && filter.only_customer.is_none() {
        return Err(internal("a client's credential names no customer").into());
    }
    let account_id = caller.account_id();
    let (from, first) = match request.token.as_str() {
        "" if request.from_start => (Cursor::default(), None),
        "" => {
            let end = context.feed.end().await?;
            // So that the caller has a place to come back to from the start.
            (end, Some(Told::Heartbeat(end)))
        }
        token => (read_token(account_id, token)?, None),
    };
    let selection = Selection {
        principal: caller.principal.clone(),
        filter,
    };
    let watch = context
        .feed
        .watch(from, selection, heartbeat)
        .await
        .map_err(ended)?;
    let listening = Listening {
        context,
        caller,
        watch,
        first,
    };
    let answers = stream::unfold(Some(listening), |listening| async {
        let mut listening = listening?;
        match listening.next().await {
            Ok(answer) => Some((Ok(answer), Some(listening))),
            Err(status) => Some((Err(status), None)),
        }
    });
    Ok(answers.boxed())
}

struct Listening {
    context: Arc<Context>,
    caller: Caller,
    watch: Watch,
    first: Option<Told>,
}

impl Listening {
    async fn next(&mut self) -> Result<pb::WatchOrdersResponse, Status> {
        let told = match self.first.take() {
            Some(first) => first,
            None => self.watch.next().await.map_err(ended)?,
        };
        let account_id = self.caller.account_id();
        match told {
            Told::Heartbeat(cursor) => Ok(pb::WatchOrdersResponse {
                token: write_token(account_id, cursor),
                heartbeat: true,
                ..Default::default()
            }),
            Told::Change(entry) => {
                let order = &entry.after;
                let workflow = self.context.workflow(order)?;
                let internal = self.caller.principal.role != Role::Client;
                Ok(pb::WatchOrdersResponse {
                    token: write_token(account_id, entry.cursor()),
                    change: Some(change(&entry.change, Some(workflow), internal)),
                    order: Some(self.context.show(&self.caller, order, View::Basic).await?),
                    heartbeat: false,
                })
            }
        }
    }
}

fn heartbeat(reader: &mut Reader, given: Option<prost_types::Duration>) -> Duration {
    let Some(given) = given else { return HEARTBEAT };
    // The bounds come first: a conversion carries nanoseconds over, and what is far out overflows.
    let possible = (1..=300).contains(&given.seconds) && (0..1_000_000_000).contains(&given.nanos);
    let interval = possible.then(|| Duration::try_from(given).ok()).flatten();
    let interval = interval.filter(|interval| *interval <= Duration::from_secs(300));
    interval.unwrap_or_else(|| {
        reader.refuse(
            &Path::Request.field("heartbeat_interval"),
            "is not between 1 and 300 seconds",
        );
        HEARTBEAT
    })
}

/// A token holds the account, the place and the hash of the change there.
fn write_token(account_id: i64, cursor: Cursor) -> String {
    let mut body = account_id.to_be_bytes().to_vec();
    body.extend(cursor.position.to_be_bytes());
    body.extend(cursor.hash);
    token::write(Form::Watch, &body)
}

fn read_token(account_id: i64, given: &str) -> Result<Cursor, Status> {
    let wrong = |description: &str| {
        Fault::new(Reason::WatchTokenInvalid, format!("token {description}"))
            .with("field", "token")
            .field("token", description)
    };
    let parts = || {
        let body = token::read(Form::Watch, given)?;
        let (account, rest) = body.split_first_chunk::<8>()?;
        let (position, hash) = rest.split_first_chunk::<8>()?;
        let position = i64::from_be_bytes(*position);
        Some((
            i64::from_be_bytes(*account),
            Cursor {
                position,
                hash: hash.try_into().ok()?,
            },
        ))
    };
    match parts() {
        Some((account, cursor)) if account == account_id && cursor.position >= 0 => Ok(cursor),
        Some(_) => Err(wrong("belongs to another account").into()),
        None => Err(wrong("is not a watch token").into()),
    }
}

/// What the caller is told where a watch ends.
fn ended(ended: Ended) -> Status {
    let fault = match ended {
        Ended::Lost { position, last } => {
            let message = "the ledger does not hold the change at which the watch was: it was set back, \
                           so read the orders anew and watch from there";
            Fault::new(Reason::WatchTokenOutOfRange, message)
                .with("position", position)
                .with("last", last)
        }
        Ended::Revoked => {
            let message = "the credential is revoked or past its time";
            Fault::new(Reason::CredentialInvalid, message)
        }
        Ended::Stalled => {
            let message =
                "nothing was taken from the watch for too long; go on with the last token";
            Fault::new(Reason::LimitExceeded, message)
                .with("limit", "stall")
                .retry_after(RETRY)
        }
        Ended::TooMany(most) => {
            let message = format!("there are {most} watches already, as many as there may be");
            Fault::new(Reason::LimitExceeded, message)
                .with("limit", "watches")
                .with("value", most)
                .retry_after(RETRY)
        }
        Ended::Draining => {
            let message = "the service is going down; go on with the last token";
            Fault::new(Reason::DatabaseUnavailable, message).retry_after(RETRY)
        }
        Ended::Store(error) => error.into(),
    };
    fault.into()
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[test]
    fn a_watch_token_comes_back_as_its_place_for_its_account_only() {
        let cursor = Cursor {
            position: 48_213,
            hash: [7; 32],
        };
        let token = write_token(3, cursor);
        assert_eq!(read_token(3, &token).ok(), Some(cursor));
        for (account, token) in [(4, token.as_str()), (3, "nonsense"), (3, &token[1..])] {
            let code = read_token(account, token).map_err(|status| status.code());
            assert_eq!(code, Err(Code::InvalidArgument), "{token}");
        }
    }

    #[test]
    fn a_watch_is_silent_for_1_to_300_seconds() {
        for (seconds, expected) in [
            (1, Ok(1)),
            (300, Ok(300)),
            (0, Err(())),
            (301, Err(())),
            (-5, Err(())),
            (i64::MIN, Err(())),
            (i64::MAX, Err(())),
        ] {
            let mut reader = Reader::default();
            let given = prost_types::Duration { seconds, nanos: 0 };
            let interval = heartbeat(&mut reader, Some(given)).as_secs();
            let read = if reader.found().is_empty() {
                Ok(interval)
            } else {
                Err(())
            };
            assert_eq!(read, expected, "{seconds}");
        }
        assert_eq!(heartbeat(&mut Reader::default(), None), HEARTBEAT);
    }
}
