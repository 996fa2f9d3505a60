//! Who calls: the holder of a token, in the account that the call names.

use std::time::Duration;

use axum::http::request::Parts;
use order_status_proto::v1 as pb;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::session_service_client::SessionServiceClient;

use super::failure::Failure;
use crate::auth::keys::Secret;
use crate::rest::api::Channel;
use crate::rest::dialect::recent::Recent;
use crate::rest::{Api, Caller};

const TOKEN: &str = "x-auth-token";
const ACCOUNT: &str = "x-auth-accountid";
/// How long it is remembered whose a token is. Whether the token still opens anything every call finds out by itself.
const FRESH: Duration = Duration::from_secs(1);

/// Whose a token is.
#[derive(Clone)]
struct Holder {
    account_code: String,
    role: pb::Role,
}

/// Everybody who calls.
pub struct Users {
    api: Api,
    /// By the hash of the token.
    known: Recent<[u8; 32], Holder>,
}

/// The holder of a token.
pub struct User<'a> {
    api: &'a Api,
    caller: Caller,
    role: pb::Role,
}

impl Users {
    /// As the API knows them.
    pub fn new(api: &Api) -> Users {
        Users {
            api: api.clone(),
            known: Recent::new(FRESH),
        }
    }

    /// The API.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// The holder of the token that the call carries.
    ///
    /// # Errors
    /// There is no such token, or it is of another account than the call says.
    pub async fn of(&self, parts: &Parts) -> Result<User<'_>, Failure> {
        let header = |name| parts.headers.get(name)?.to_str().ok().map(str::trim);
        let (Some(token), Some(account)) = (header(TOKEN), header(ACCOUNT)) else {
            return Err(Failure::Token);
        };
        let token = Secret::new(token);
        let caller = Caller::of(parts).with_key(&token);
        let holder = self.holder(&token, &caller).await?;
        if holder.account_code.is_empty() || holder.account_code != account {
            return Err(Failure::Token);
        }
        Ok(User {
            api: &self.api,
            role: holder.role,
            caller,
        })
    }

    async fn holder(&self, token: &Secret, caller: &Caller) -> Result<Holder, Failure> {
        let hash = token.hash();
        if let Some(holder) = self.known.get(&hash) {
            return Ok(holder);
        }
        let request = pb::GetSessionRequest {};
        let session = self.api.sessions(caller).get_session(request).await?;
        let session = session.into_inner();
        let holder = Holder {
            role: session.role(),
            account_code: session.account_code,
        };
        self.known.put(hash, holder.clone());
        Ok(holder)
    }
}

impl User<'_> {
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
