//! `order-status credential`.

use clap::{Args, Subcommand};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Failure;
use super::access::{Access, CredentialLine, Where};
use super::password;
use crate::auth::keys::Secret;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;

#[derive(Subcommand)]
pub(super) enum Credential {
    /// Make a credential: a key, which is printed this once, or a login with a password.
    Create(Create),
    /// Print an account's credentials: id, role, first characters of the key or the login, whether it works, title.
    List {
        /// The account.
        #[arg(long, value_name = "ID", default_value_t = 1)]
        account: i64,
        #[command(flatten)]
        access: Where,
    },
    /// Revoke a credential; it stops to work within five seconds.
    Revoke {
        /// The credential.
        id: i64,
        /// The account.
        #[arg(long, value_name = "ID", default_value_t = 1)]
        account: i64,
        #[command(flatten)]
        access: Where,
    },
}

#[derive(Args)]
pub(super) struct Create {
    /// The account that it opens.
    #[arg(long, value_name = "ID", default_value_t = 1)]
    account: i64,
    /// What its holder may do: client, staff, manager or admin.
    #[arg(long, value_parser = role)]
    role: Role,
    /// What it is for; history names it as the actor.
    #[arg(long)]
    title: String,
    /// Make a login in place of a key; its password is asked for, or read from the standard input.
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
    /// The only store that it sees.
    #[arg(long, value_name = "ID")]
    store: Option<i64>,
    /// The customer that a client is.
    #[arg(long, value_name = "ID")]
    customer: Option<i64>,
    /// A further right; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// When it stops to work, such as 2030-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = point_in_time)]
    expires: Option<Timestamp>,
    #[command(flatten)]
    access: Where,
}

/// A credential to be made.
pub(super) struct Wanted {
    pub(super) account: i64,
    pub(super) role: Role,
    pub(super) title: String,
    pub(super) login: Option<(String, Secret)>,
    pub(super) store: Option<i64>,
    pub(super) customer: Option<i64>,
    pub(super) scopes: Vec<String>,
    pub(super) expires: Option<Timestamp>,
}

pub(super) async fn run(command: Credential) -> Result<(), Failure> {
    match command {
        Credential::Create(create) => {
            let login = match create.login {
                Some(login) => {
                    let password = password::read(&login)?;
                    Some((login, password))
                }
                None => None,
            };
            let access = create.access.open().await?;
            let wanted = Wanted {
                account: create.account,
                role: create.role,
                title: create.title,
                login,
                store: create.store,
                customer: create.customer,
                scopes: create.scopes,
                expires: create.expires,
            };
            let (made, key) = match access {
                Access::Remote(mut remote) => remote.create_credential(wanted).await?,
                Access::Local(local) => local.finish(local.create_credential(wanted).await).await?,
            };
            println!("credential: {}", made.id);
            if let Some(key) = key {
                println!("key: {}", key.expose());
            }
        }
        Credential::List { account, access } => {
            let credentials = match access.open().await? {
                Access::Remote(mut remote) => remote.credentials(account).await?,
                Access::Local(local) => local.finish(local.credentials(account).await).await?,
            };
            credentials.iter().for_each(CredentialLine::print);
        }
        Credential::Revoke {
            id,
            account,
            access,
        } => {
            let revoked = match access.open().await? {
                Access::Remote(mut remote) => remote.revoke(account, id).await?,
                Access::Local(local) => local.finish(local.revoke(account, id).await).await?,
            };
            revoked.print();
        }
    }
    Ok(())
}

fn role(text: &str) -> Result<Role, String> {
    let known = || {
        Role::ALL
            .iter()
            .map(|role| role.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    Role::parse(text).ok_or_else(|| format!("known roles: {}", known()))
}

fn point_in_time(text: &str) -> Result<Timestamp, String> {
    let wrong = |_| "not a time such as 2030-01-31T00:00:00Z".to_owned();
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)?;
    let micros = i64::try_from(time.unix_timestamp_nanos() / 1000);
    micros
        .map(Timestamp::from_micros)
        .map_err(|_| "out of range".to_owned())
}
