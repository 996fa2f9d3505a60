//! Who calls: the login and the password that come with every call.

use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use order_status_proto::v1::billing_service_client::BillingServiceClient;
use order_status_proto::v1::catalog_service_client::CatalogServiceClient;
use order_status_proto::v1::fulfillment_service_client::FulfillmentServiceClient;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::workflow_service_client::WorkflowServiceClient;

use super::codes::{self, Known};
use super::limits::Rates;
use super::refused::Refused;
use crate::auth::keys::Secret;
use crate::auth::limits::{Limits, Standing};
use crate::auth::{Attempt, Authenticator, Peer, Principal};
use crate::rest::api::Channel;
use crate::rest::{Api, Caller, Options};

/// No login is longer, in characters, and no password.
const LONGEST: usize = 256;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent),
);

/// Everybody who calls.
pub struct Users {
    api: Api,
    authenticator: Arc<Authenticator>,
    limits: Arc<Limits>,
    rates: Rates,
    known: Known,
}

/// Somebody who calls.
pub struct User<'a> {
    users: &'a Users,
    caller: Caller,
    principal: Arc<Principal>,
}

impl Users {
    /// As the authenticator of the listener knows them.
    pub fn new(api: &Api, options: &Options) -> Users {
        Users {
            api: api.clone(),
            authenticator: options.authenticator.clone(),
            limits: options.calls.clone(),
            rates: options.cyclesoftware,
            known: codes::nothing_known(),
        }
    }

    /// Whoever has the login and the password that the call carries.
    ///
    /// # Errors
    /// There is none, or too many have been tried.
    pub async fn of(&self, parts: &Parts) -> Result<User<'_>, Refused> {
        let attempt = attempt(parts).ok_or_else(Refused::unauthorized)?;
        let principal = self.authenticator.log_in(&attempt).await?;
        Ok(User {
            users: self,
            caller: Caller::of(parts).with_login(attempt),
            principal,
        })
    }
}

impl User<'_> {
    /// Counts this call, to that path.
    ///
    /// # Errors
    /// It is not known how many there were.
    pub async fn count(&self, path: &str) -> Result<Standing, Refused> {
        let Users { limits, rates, .. } = self.users;
        Ok(limits
            .count(&self.principal, &rates.allowance(path))
            .await?)
    }

    /// # Errors
    /// The caller does not have that right.
    pub fn check_scope(&self, scope: &str) -> Result<(), Refused> {
        if self.principal.has_scope(scope) {
            Ok(())
        } else {
            Err(Refused::no_scope(scope))
        }
    }

    /// The account that the user is of.
    pub fn account(&self) -> i64 {
        self.principal.account_id
    }

    /// What was read of catalogs a moment ago, by anybody.
    pub fn known(&self) -> &Known {
        &self.users.known
    }

    /// OrderService for the user.
    pub fn orders(&self) -> OrderServiceClient<Channel> {
        self.users.api.orders(&self.caller)
    }

    /// BillingService for the user.
    pub fn billing(&self) -> BillingServiceClient<Channel> {
        self.users.api.billing(&self.caller)
    }

    /// FulfillmentService for the user.
    pub fn fulfillment(&self) -> FulfillmentServiceClient<Channel> {
        self.users.api.fulfillment(&self.caller)
    }

    /// CatalogService for the user.
    pub fn catalogs(&self) -> CatalogServiceClient<Channel> {
        self.users.api.catalogs(&self.caller)
    }

    /// WorkflowService for the user.
    pub fn workflows(&self) -> WorkflowServiceClient<Channel> {
        self.users.api.workflows(&self.caller)
    }
}

/// The login and the password that a call carries: UTF-8, parted by the first colon.
pub fn attempt(parts: &Parts) -> Option<Attempt> {
    let told = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, told) = told.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let told = BASE64.decode(told.trim()).ok()?;
    let told = String::from_utf8(told).ok()?;
    let (login, password) = told.split_once(':')?;
    let short = |text: &str| text.chars().count() <= LONGEST;
    if login.is_empty() || !short(login) || !short(password) {
        return None;
    }
    Some(Attempt {
        account: None,
        login: login.to_owned(),
        password: Secret::new(password),
        address: parts.extensions.get().map(|Peer(address)| address.ip()),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn read(told: &str) -> Option<(String, String)> {
        let mut request = Request::new(());
        let told = told.parse().expect("a header");
        request.headers_mut().insert(AUTHORIZATION, told);
        let attempt = attempt(&request.into_parts().0)?;
        Some((attempt.login, attempt.password.expose().to_owned()))
    }

    #[test]
    fn login_and_password_are_parted_by_the_first_colon() {
        let pair = |login: &str, password: &str| Some((login.to_owned(), password.to_owned()));
        let printed = "Basic VXNlcm5hbWU6UGFzc3dvcmQ=";
        assert_eq!(read(printed), pair("Username", "Password"));
        assert_eq!(
            read(&printed.replace('=', "")),
            pair("Username", "Password")
        );
        assert_eq!(
            read(&printed.replace("Basic", "bAsIc ")),
            pair("Username", "Password")
        );
        assert_eq!(read("Basic YTpiOmM="), pair("a", "b:c"));
        assert_eq!(read("Basic w6k66w=="), None, "not UTF-8");
        assert_eq!(read("Basic w6k6w6k="), pair("é", "é"));
        assert_eq!(read("Basic YTo="), pair("a", ""));
        for wrong in [
            "Basic",
            "Basic ",
            "Basic YQ==",
            "Basic OmI=",
            "Basic ?",
            "Bearer YTpi",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
