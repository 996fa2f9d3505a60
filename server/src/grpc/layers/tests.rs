use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body as _;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use super::*;
use crate::auth::keys::Secret;
use crate::auth::{AccountName, CredentialSource, Known, Lookup};
use crate::domain::admin::Proof;
use crate::domain::principal::Principal;
use crate::domain::role::Role;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::store::batch::CredentialRecord;

const GET: &str = "/orderstatus.v1.OrderService/GetOrder";
const IMPORT: &str = "/orderstatus.v1.OrderService/ImportOrders";

/// Every key opens account 1 as its own role: `client`, `staff`, `manager`, `admin`.
struct Roles;

impl CredentialSource for Roles {
    fn by_hash<'a>(&'a self, hash: &'a [u8; 32]) -> Lookup<'a, Option<Known>> {
        let role = Role::ALL
            .iter()
            .copied()
            .find(|role| Secret::new(role.name()).hash() == *hash);
        let record = role.map(|role| CredentialRecord {
            id: 7,
            account_id: 1,
            title: role.name().to_owned(),
            role,
            proof: Proof::Key {
                hash: *hash,
                prefix: String::new(),
            },
            store_id: None,
            customer_id: None,
            scopes: Vec::new(),
            create_time: Timestamp::default(),
            expire_time: None,
            revoke_time: None,
        });
        let known = record.map(|credential| Known {
            credential,
            session: None,
        });
        Box::pin(std::future::ready(Ok(known)))
    }

    fn by_login<'a>(
        &'a self,
        _: Option<&'a AccountName>,
        _: &'a str,
    ) -> Lookup<'a, Vec<CredentialRecord>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn note_use(&self, _: &Session) {}
}

fn layers(calls: usize) -> Layers {
    let limits = Limits {
        call_timeout: Duration::from_millis(200),
        calls,
        message_bytes: 100,
        import_bytes: 1000,
    };
    Layers::new(
        Arc::new(Authenticator::new(Arc::new(Roles), Timestamp::default).unwrap()),
        limits,
        CancellationToken::new(),
    )
}

fn request(path: &str, headers: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

fn ok() -> Response<Body> {
    Status::ok("").into_http()
}

async fn through<S>(layers: &Layers, inner: S, request: Request<Body>) -> Response<Body>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let Ok(response) = layers.layer(inner).oneshot(request).await;
    response
}

fn status(response: &Response<Body>) -> Status {
    Status::from_header_map(response.headers()).unwrap()
}

fn reason(response: &Response<Body>) -> String {
    status(response)
        .get_error_details()
        .error_info()
        .map(|info| info.reason.clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_call_without_or_with_a_wrong_credential_is_refused_and_never_reaches_the_service() {
    let never = service_fn(|_| async { panic!("reached") });
    let missing = through(&layers(9), never, request(GET, &[])).await;
    assert_eq!(
        (status(&missing).code(), reason(&missing).as_str()),
        (Code::Unauthenticated, "CREDENTIAL_MISSING")
    );
    let wrong = through(&layers(9), never, request(GET, &[("x-api-key", "nobody")])).await;
    assert_eq!(
        (status(&wrong).code(), reason(&wrong).as_str()),
        (Code::Unauthenticated, "CREDENTIAL_INVALID")
    );
    let basic = through(
        &layers(9),
        never,
        request(GET, &[("authorization", "Basic staff")]),
    )
    .await;
    assert_eq!(reason(&basic), "CREDENTIAL_INVALID");
}

#[tokio::test]
async fn health_needs_no_credential_and_an_unknown_method_is_unimplemented() {
    let inner = service_fn(|_| async { Ok(ok()) });
    let health = through(
        &layers(9),
        inner,
        request("/grpc.health.v1.Health/Check", &[]),
    )
    .await;
    assert_eq!(status(&health).code(), Code::Ok);
    let unknown = through(
        &layers(9),
        inner,
        request("/orderstatus.v1.OrderService/Nothing", &[]),
    )
    .await;
    assert_eq!(status(&unknown).code(), Code::Unimplemented);
}

#[tokio::test]
async fn a_role_below_the_table_is_denied_and_the_others_reach_the_service_as_themselves() {
    let inner = service_fn(|request: Request<Body>| async move {
        let principal = request.extensions().get::<Principal>().cloned();
        assert_eq!(
            principal.map(|principal| principal.role),
            Some(Role::Manager)
        );
        Ok(ok())
    });
    let denied = through(
        &layers(9),
        inner,
        request(IMPORT, &[("x-api-key", "staff")]),
    )
    .await;
    assert_eq!(
        (status(&denied).code(), reason(&denied).as_str()),
        (Code::PermissionDenied, "METHOD_NOT_ALLOWED_FOR_ROLE")
    );
    let allowed = through(
        &layers(9),
        inner,
        request(IMPORT, &[("authorization", "Bearer manager")]),
    )
    .await;
    assert_eq!(status(&allowed).code(), Code::Ok);
}

#[tokio::test]
async fn a_call_past_its_deadline_ends_as_deadline_exceeded() {
    let forever = service_fn(|_| std::future::pending());
    let late = through(
        &layers(9),
        forever,
        request(GET, &[("x-api-key", "staff"), ("grpc-timeout", "50m")]),
    )
    .await;
    assert_eq!(
        (status(&late).code(), reason(&late).as_str()),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED")
    );
    let capped = through(
        &layers(9),
        forever,
        request(GET, &[("x-api-key", "staff"), ("grpc-timeout", "1H")]),
    )
    .await;
    assert!(
        status(&capped).message().ends_with("within 200ms"),
        "{}",
        status(&capped).message()
    );
}

#[tokio::test]
async fn a_panic_becomes_internal_and_tells_nothing() {
    let inner = service_fn(|_| async { panic!("secret") });
    let answer = through(&layers(9), inner, request(GET, &[("x-api-key", "staff")])).await;
    assert_eq!(
        (status(&answer).code(), reason(&answer).as_str()),
        (Code::Internal, "INTERNAL")
    );
    assert!(!status(&answer).message().contains("secret"));
}

#[tokio::test]
async fn a_correlation_id_is_given_back_and_one_that_could_forge_a_line_is_replaced() {
    let inner = service_fn(|_| async { Ok(ok()) });
    let answered = |given: &'static str| async move {
        let headers = [("x-api-key", "staff"), ("x-correlation-id", given)];
        let response = through(&layers(9), inner, request(GET, &headers)).await;
        response.headers()["x-correlation-id"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(answered("order-7/try:2").await, "order-7/try:2");
    let made = answered("two words").await;
    assert_eq!(made.len(), 36, "{made}");
}

#[tokio::test]
async fn calls_beyond_the_limit_are_told_when_to_come_again() {
    let layers = layers(1);
    let (entered, gate) = (
        Arc::new(tokio::sync::Notify::new()),
        Arc::new(tokio::sync::Notify::new()),
    );
    let inner = {
        let (entered, gate) = (entered.clone(), gate.clone());
        service_fn(move |_| {
            let (entered, gate) = (entered.clone(), gate.clone());
            async move {
                entered.notify_one();
                gate.notified().await;
                Ok(ok())
            }
        })
    };
    let first = tokio::spawn({
        let (layers, inner) = (layers.clone(), inner.clone());
        async move { through(&layers, inner, request(GET, &[("x-api-key", "staff")])).await }
    });
    entered.notified().await;
    let second = through(&layers, inner, request(GET, &[("x-api-key", "staff")])).await;
    assert_eq!(
        (status(&second).code(), reason(&second).as_str()),
        (Code::ResourceExhausted, "LIMIT_EXCEEDED")
    );
    assert!(status(&second).get_error_details().retry_info().is_some());
    gate.notify_one();
    assert_eq!(status(&first.await.unwrap()).code(), Code::Ok);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_except_where_orders_are_imported() {
    // Reads the whole body, as decoding a message does.
    let inner = service_fn(|request: Request<Body>| async move {
        let mut body = request.into_body();
        loop {
            let frame =
                std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context))
                    .await;
            match frame {
                None => return Ok(ok()),
                Some(Ok(_)) => {}
                Some(Err(status)) => return Ok(status.into_http()),
            }
        }
    });
    for (path, bytes, code) in [
        (GET, 105, Code::Ok),
        (GET, 106, Code::ResourceExhausted),
        (IMPORT, 106, Code::Ok),
    ] {
        let request =
            request(path, &[("x-api-key", "manager")]).map(|_| Body::new("x".repeat(bytes)));
        assert_eq!(
            status(&through(&layers(9), inner, request).await).code(),
            code,
            "{path} with {bytes} bytes"
        );
    }
}
