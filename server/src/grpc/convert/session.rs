//! Sessions and who has them.

use std::net::IpAddr;

use order_status_proto::v1 as pb;
use prost_types::Duration;

use super::codes::{ROLES, number_of};
use super::reader::{Path, Reader};
use super::time::timestamp;
use crate::auth::keys::{self, Secret};
use crate::auth::{AccountName, Attempt};
use crate::domain::account::Account;
use crate::domain::admin::Proof;
use crate::domain::principal::Principal;
use crate::domain::session::Session;
use crate::store::batch::CredentialRecord;

/// By what somebody wants to log in.
pub enum Means {
    /// A login and its password.
    Password(Attempt),
    /// An API key, of that account where it is named.
    Key(Secret, Option<AccountName>),
}

/// What a request for a session asks for.
pub struct Wanted {
    /// By what.
    pub means: Means,
    /// How long it may last, in microseconds.
    pub lifetime: Option<i64>,
    /// After how long without a call it ends, in microseconds.
    pub idle: Option<i64>,
}

/// Reads a request for a session that came from an address.
pub fn wanted(
    reader: &mut Reader,
    given: pb::CreateSessionRequest,
    address: Option<IpAddr>,
) -> Wanted {
    use pb::create_session_request::Account as Given;
    let account = given.account.map(|account| match account {
        Given::AccountId(id) => AccountName::Id(reader.id(&Path::Request.field("account_id"), id)),
        Given::AccountCode(code) => AccountName::Code(short(reader, "account_code", code, 64)),
    });
    let lifetime = duration(reader, "lifetime", given.lifetime);
    let idle = duration(reader, "idle_timeout", given.idle_timeout);
    let means = if given.key.is_empty() {
        if given.login.is_empty() {
            reader.refuse(
                &Path::Request.field("login"),
                "is required unless a key is given",
            );
        }
        Means::Password(Attempt {
            account,
            login: short(reader, "login", given.login, 200),
            password: Secret::new(short(reader, "password", given.password, 256)),
            address,
        })
    } else {
        for (name, text) in [("login", given.login), ("password", given.password)] {
            if !text.is_empty() {
                reader.refuse(
                    &Path::Request.field(name),
                    "does not go together with a key",
                );
            }
        }
        let key = Secret::new(short(reader, "key", given.key, keys::LONGEST));
        Means::Key(key, account)
    };
    Wanted {
        means,
        lifetime,
        idle,
    }
}

/// Text of so many characters at most.
fn short(reader: &mut Reader, name: &str, text: String, most: usize) -> String {
    let path = Path::Request.field(name);
    if text.chars().nth(most).is_some() {
        reader.refuse(&path, format!("must have at most {most} characters"));
    }
    reader.text(&path, text)
}

/// A span of time in microseconds.
fn duration(reader: &mut Reader, name: &str, given: Option<Duration>) -> Option<i64> {
    let given = given?;
    let seconds = given.seconds.checked_mul(1_000_000);
    let micros = seconds.and_then(|all| all.checked_add(i64::from(given.nanos / 1_000)));
    if micros.is_none() {
        reader.refuse(&Path::Request.field(name), "is out of range");
    }
    micros
}

/// A caller as their session, or the credential without one, describes them.
pub fn session(
    principal: &Principal,
    account: &Account,
    credential: &CredentialRecord,
    session: Option<&Session>,
) -> pb::Session {
    let ends = credential.expire_time;
    let expire_time = match session {
        Some(session) => Some(ends.map_or(session.expire_time, |end| end.min(session.expire_time))),
        None => ends,
    };
    pb::Session {
        account_id: account.id,
        account_code: account.code.clone(),
        credential_id: credential.id,
        login: match &credential.proof {
            Proof::Login { login, .. } => login.clone(),
            Proof::Key { .. } => String::new(),
        },
        display_name: principal.actor.clone(),
        role: number_of(ROLES, &principal.role),
        store_id: principal.store_id,
        customer_id: principal.customer_id,
        scopes: principal.scopes.clone(),
        create_time: session.map(|session| timestamp(session.create_time)),
        expire_time: expire_time.map(timestamp),
        idle_timeout: session.map(|session| Duration {
            seconds: session.idle / 1_000_000,
            // Below 10^9 since the remainder is below 10^6.
            nanos: (session.idle % 1_000_000 * 1_000) as i32,
        }),
    }
}
