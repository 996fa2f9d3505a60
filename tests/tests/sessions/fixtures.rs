//! An account with a login, and log-ins to it.

use order_status_proto::v1::session_service_client::SessionServiceClient;
use order_status_proto::v1::{
    Account, CreateCredentialRequest, CreateSessionRequest, CreateSessionResponse,
    GetSessionRequest, Role, Session, create_session_request,
};
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant};
use prost_types::Duration;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

/// The password of every login here.
pub const PASSWORD: &str = "correct horse battery";

/// An account with a code of its own.
pub async fn tenant(server: &Server) -> (Tenant, String) {
    let code = format!("t-{}", Uuid::new_v4().simple());
    let account = Account {
        code: code.clone(),
        workflow: "standard".to_owned(),
        ..Account::default()
    };
    (Tenant::with(server, account).await, code)
}

/// The request for a login of a member of staff.
pub fn login(name: &str) -> CreateCredentialRequest {
    CreateCredentialRequest {
        title: format!("{name} at the till"),
        login: name.to_owned(),
        password: PASSWORD.to_owned(),
        ..credential(Role::Staff)
    }
}

/// An account with a code of its own and a login in it; the login's credential number.
pub async fn with_login(server: &Server, name: &str) -> (Tenant, String, i64) {
    let (tenant, code) = tenant(server).await;
    let made = tenant.admin.accounts().create_credential(login(name)).await;
    let made = made.expect("make a login").into_inner();
    assert_eq!(made.key, "");
    let id = made.credential.expect("a credential").id;
    (tenant, code, id)
}

/// The request for a session.
pub fn request(code: &str, login: &str, password: &str) -> CreateSessionRequest {
    CreateSessionRequest {
        account: Some(create_session_request::Account::AccountCode(
            code.to_owned(),
        )),
        login: login.to_owned(),
        password: password.to_owned(),
        ..CreateSessionRequest::default()
    }
}

/// Logs in without a credential.
pub async fn open(
    channel: &Channel,
    request: CreateSessionRequest,
) -> Result<CreateSessionResponse, Status> {
    let mut sessions = SessionServiceClient::new(channel.clone());
    let opened = sessions.create_session(request).await;
    opened.map(tonic::Response::into_inner)
}

/// Who the caller is.
pub async fn whoami(caller: &Caller) -> Result<Session, Status> {
    let found = caller.sessions().get_session(GetSessionRequest {}).await;
    found.map(tonic::Response::into_inner)
}

/// So many milliseconds.
pub fn millis(millis: i64) -> Option<Duration> {
    Some(Duration {
        seconds: millis / 1000,
        nanos: i32::try_from(millis % 1000 * 1_000_000).expect("below a second"),
    })
}

/// The code and the reason of a refusal.
pub fn told(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    (status.code(), reason.unwrap_or_default())
}
