//! Who calls: the holder of a token, in the account that the call names.

use axum::http::request::Parts;
use order_status_proto::v1 as pb;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::session_service_client::SessionServiceClient;

use super::failure::Failure;
use crate::auth::keys::Secret;
use crate::rest::api::Channel;
use crate::rest::{Api, Caller};

const TOKEN: &str = "x-auth-token";
const ACCOUNT: &str = "x-auth-accountid";

/// The holder of a token.
pub struct User<'a> {
    api: &'a Api,
    caller: Caller,
    role: pb::Role,
}

impl User<'_> {
    /// The holder of the token that the call carries.
    ///
    /// # Errors
    /// There is no such token, or it is of another account than the call says.
    pub async fn of<'a>(api: &'a Api, parts: &Parts) -> Result<User<'a>, Failure> {
        let header = |name| parts.headers.get(name)?.to_str().ok().map(str::trim);
        let (Some(token), Some(account)) = (header(TOKEN), header(ACCOUNT)) else {
            return Err(Failure::Token);
        };
        let caller = Caller::of(parts).with_key(&Secret::new(token));
        let request = pb::GetSessionRequest {};
        let session = api.sessions(&caller).get_session(request).await?;
        let session = session.into_inner();
        if session.account_code.is_empty() || session.account_code != account {
            return Err(Failure::Token);
        }
        Ok(User {
            api,
            role: session.role(),
            caller,
        })
    }

    /// Whether it is a client, and not one of the agency's people.
    pub fn is_client(&self) -> bool {
        self.role == pb::Role::Client
    }

    /// OrderService for the user.
    pub fn orders(&self) -> OrderServiceClient<Channel> {
        self.api.orders(&self.caller)
    }

    /// SessionService for the user.
    pub fn sessions(&self) -> SessionServiceClient<Channel> {
        self.api.sessions(&self.caller)
    }
}
