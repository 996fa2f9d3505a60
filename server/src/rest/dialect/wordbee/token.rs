//! `auth/token`: tokens, for the key of a user.

use axum::http::StatusCode;
use axum::http::request::Parts;
use order_status_proto::v1 as pb;
use prost_types::Duration;
use tonic::Status;

use super::failure::Failure;
use super::user::User;
use super::{Outcome, done};
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{self, Json, Object};
use crate::rest::{Api, Caller};

/// After how long without a call a token expires.
const IDLE: Duration = Duration {
    seconds: 30 * 60,
    nanos: 0,
};
/// The longest that a session lasts: the contract knows no end to a token in use.
const LONGEST: Duration = Duration {
    seconds: 30 * 24 * 60 * 60,
    nanos: 0,
};

/// Opens a session by a key; the answer is its token.
pub async fn open(api: &Api, parts: &Parts, body: &Object<'_>) -> Outcome {
    let (account, key) = credentials(body)?;
    let request = pb::CreateSessionRequest {
        account: Some(pb::create_session_request::Account::AccountCode(account)),
        key,
        lifetime: Some(LONGEST),
        idle_timeout: Some(IDLE),
        ..pb::CreateSessionRequest::default()
    };
    let mut sessions = api.sessions(&Caller::of(parts));
    let opened = sessions.create_session(request).await.map_err(refused)?;
    Ok(json::answer(StatusCode::OK, &opened.into_inner().token))
}

/// The account, and the key.
pub fn credentials(body: &Object<'_>) -> Result<(String, String), Failure> {
    match (body.get("accountid")?, body.get("key")?) {
        (Json::Text(account), Json::Text(key)) => Ok((account, key)),
        _ => Err(Failure::Key),
    }
}

/// Account and key are wrong together: which of them is not told.
fn refused(status: Status) -> Failure {
    use pb::ErrorReason as Reason;
    match Fault::from(status.clone()).reason {
        Reason::CredentialMissing | Reason::CredentialInvalid | Reason::InvalidField => {
            Failure::Key
        }
        _ => status.into(),
    }
}

/// Ends the session. A key that was used as a token has none, and goes on.
pub async fn close(user: &User<'_>) -> Outcome {
    let mut sessions = user.sessions();
    match sessions.delete_session(pb::DeleteSessionRequest {}).await {
        Ok(_) => Ok(done()),
        Err(status) => match Fault::from(status.clone()).reason {
            pb::ErrorReason::ResourceNotFound => Ok(done()),
            _ => Err(status.into()),
        },
    }
}
