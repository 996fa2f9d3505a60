//! The inner layer: lets a call in, or says why not.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::{HeaderMap, Request, Response};
use order_status_proto::v1::ErrorReason;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::Service;

use super::capped::Capped;
use super::ending::Ending;
use super::refuse::{refuse, retry_later};
use super::{Limits, deadline};
use crate::auth::rights::{self, Right};
use crate::auth::{Attempt, AuthError, Authenticator, keys};
use crate::domain::principal::Principal;
use crate::grpc::deadline::Deadline;

/// Methods that go on for as long as the caller listens.
const STREAMS: [&str; 4] = [
    WATCH,
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
/// The stream that ends by itself when the server closes, and says where to go on.
const WATCH: &str = "/orderstatus.v1.OrderService/WatchOrders";
/// The one method with a limit of its own.
const IMPORT: &str = "/orderstatus.v1.OrderService/ImportOrders";
/// When to come again after the process had too much to do.
const BUSY: Duration = Duration::from_millis(200);

/// What all calls are admitted by.
pub(super) struct Shared {
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) limits: Limits,
    pub(super) calls: Semaphore,
    pub(super) closing: CancellationToken,
}

/// See the module.
#[derive(Clone)]
pub struct Admit<S> {
    inner: S,
    shared: Arc<Shared>,
}

impl<S> Admit<S> {
    pub(super) fn new(inner: S, shared: Arc<Shared>) -> Admit<S> {
        Admit { inner, shared }
    }
}

impl<S> Service<Request<Body>> for Admit<S>
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

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let successor = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, successor);
        let shared = self.shared.clone();
        Box::pin(async move {
            let admitted = admit(request, &shared, inner).await;
            Ok(admitted.unwrap_or_else(|refused| refused.into_http()))
        })
    }
}

async fn admit<S>(
    mut request: Request<Body>,
    shared: &Shared,
    mut inner: S,
) -> Result<Response<Body>, Status>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let limits = shared.limits;
    let Some(row) = rights::of(request.uri().path()) else {
        return Err(unknown_method(request.uri().path()));
    };
    let method = row.path;
    // Held until the answer begins: a watch that stays open does not count as work.
    let _place = shared.calls.try_acquire().map_err(|_| {
        let message = "the service has as many calls under way as it takes".to_owned();
        let most = limits.calls.to_string();
        let metadata = [("limit", "calls"), ("value", most.as_str())];
        retry_later(
            Code::ResourceExhausted,
            ErrorReason::LimitExceeded,
            message,
            &metadata,
            BUSY,
        )
    })?;
    let time = deadline::of(request.headers(), limits.call_timeout);
    let end = Instant::now() + time;
    let work = async {
        if let Right::Needs(access) = row.right {
            let principal = {
                let login = request.extensions().get();
                authenticate(request.headers(), login, &shared.authenticator).await?
            };
            let span = tracing::Span::current();
            span.record("account.id", principal.account_id);
            span.record("credential.id", principal.credential_id);
            if !access.admits(&principal) {
                return Err(not_allowed(method, &access, &principal));
            }
            request
                .extensions_mut()
                .insert(Principal::clone(&principal));
        }
        let limit = if method == IMPORT {
            limits.import_bytes
        } else {
            limits.message_bytes
        };
        let mut request = request.map(|body| Capped::wrap(body, limit));
        if !STREAMS.contains(&method) {
            // The timer below goes by milliseconds: what is late already is told here.
            if Instant::now() >= end {
                return Err(too_late(method, time));
            }
            request.extensions_mut().insert(Deadline(end));
        }
        let Ok(response) = inner.call(request).await;
        match unreadable(response.headers()) {
            Some(refused) => Err(refused),
            None => Ok(response),
        }
    };
    if STREAMS.contains(&method) {
        let response = work.await?;
        if method == WATCH {
            return Ok(response);
        }
        return Ok(response.map(|body| Ending::wrap(body, &shared.closing)));
    }
    tokio::time::timeout_at(end.into(), work)
        .await
        .unwrap_or_else(|_| Err(too_late(method, time)))
}

/// What is told of a message that cannot be read, in place of the generated services' own words: they call it a
/// fault of the server.
fn unreadable(headers: &HeaderMap) -> Option<Status> {
    const UNREADABLE: &str = "failed to decode Protobuf message";
    let status = Status::from_header_map(headers)?;
    let told = status.code() == Code::Internal && status.message().starts_with(UNREADABLE);
    told.then(|| {
        let message = format!("the request message cannot be read: {}", status.message());
        refuse(
            Code::InvalidArgument,
            ErrorReason::InvalidField,
            message,
            &[],
        )
    })
}

/// The principal behind a call. A login with its password comes beside the headers, from within the process alone.
async fn authenticate(
    headers: &HeaderMap,
    login: Option<&Attempt>,
    authenticator: &Authenticator,
) -> Result<Arc<Principal>, Status> {
    if let Some(attempt) = login {
        return Ok(authenticator.log_in(attempt).await?);
    }
    if !headers.contains_key(http::header::AUTHORIZATION) && !headers.contains_key("x-api-key") {
        let message = "no credential: send authorization: Bearer KEY, or x-api-key: KEY".to_owned();
        let accepted = [("accepted", "authorization, x-api-key")];
        return Err(refuse(
            Code::Unauthenticated,
            ErrorReason::CredentialMissing,
            message,
            &accepted,
        ));
    }
    let found = match keys::from_headers(headers) {
        Some(key) => authenticator.authenticate(&key).await,
        None => Err(AuthError::Invalid),
    };
    Ok(found?)
}

fn not_allowed(method: &str, access: &rights::Access, principal: &Principal) -> Status {
    let method = method.trim_start_matches('/');
    let role = principal.role.name();
    let needed = match (access.scope, access.client) {
        (Some(scope), _) => format!("{} with the scope {scope}", access.least.name()),
        (None, true) => format!("client or {}", access.least.name()),
        (None, false) => access.least.name().to_owned(),
    };
    let message = format!("{method} is not for the role {role}: it takes {needed}");
    let metadata = [("method", method), ("role", role), ("needed", &needed)];
    refuse(
        Code::PermissionDenied,
        ErrorReason::MethodNotAllowedForRole,
        message,
        &metadata,
    )
}

fn too_late(method: &str, time: Duration) -> Status {
    let method = method.trim_start_matches('/');
    let message = format!("{method} did not end within {time:?}");
    let metadata = [("deadline", &*format!("{time:?}"))];
    refuse(
        Code::DeadlineExceeded,
        ErrorReason::DeadlineExceeded,
        message,
        &metadata,
    )
}

/// The path is told back cut and escaped: it is the caller's own word.
fn unknown_method(path: &str) -> Status {
    let path: String = path
        .trim_start_matches('/')
        .escape_default()
        .take(200)
        .collect();
    Status::unimplemented(format!("there is no method {path}"))
}
