//! How a command reaches accounts and credentials: through a running server, or in the database itself.

use std::path::PathBuf;

use clap::Args;

use super::local::Local;
use super::remote::Remote;
use super::{Failure, config};
use crate::auth::keys::Secret;
use crate::config::Flags;

/// Where to find a running server; without it the database is opened here.
#[derive(Args)]
pub(super) struct Where {
    /// A running server; without it the command works on the database itself, which SQLite allows only
    /// while no server runs.
    #[arg(long, value_name = "URL", env = "ORDER_STATUS_SERVER")]
    server: Option<String>,
    /// The key of an admin, for --server.
    #[arg(
        long,
        value_name = "KEY",
        env = "ORDER_STATUS_KEY",
        hide_env_values = true,
        requires = "server"
    )]
    key: Option<String>,
    /// Certificates to trust where the server is https, PEM.
    #[arg(long, value_name = "FILE", requires = "server")]
    ca: Option<PathBuf>,
    #[command(flatten)]
    flags: Flags,
}

/// Accounts and credentials within reach.
pub(super) enum Access {
    /// Through a server.
    Remote(Box<Remote>),
    /// In the database.
    Local(Local),
}

impl Where {
    /// Opens the way.
    pub(super) async fn open(&self) -> Result<Access, Failure> {
        match &self.server {
            Some(server) => {
                let key = self
                    .key
                    .as_deref()
                    .ok_or_else(|| Failure("--server needs --key".to_owned()))?;
                let remote = Remote::connect(server, Secret::new(key), self.ca.as_deref()).await?;
                Ok(Access::Remote(Box::new(remote)))
            }
            None => Ok(Access::Local(Local::open(&config(&self.flags)?).await?)),
        }
    }
}

/// One account, as both ways tell it.
pub(super) struct AccountLine {
    pub(super) id: i64,
    pub(super) workflow: String,
    pub(super) currency: String,
    pub(super) name: String,
}

impl AccountLine {
    /// Prints it, with tabs between the columns.
    pub(super) fn print(&self) {
        println!(
            "{}\t{}\t{}\t{}",
            self.id, self.workflow, self.currency, self.name
        );
    }
}

/// One credential, as both ways tell it.
pub(super) struct CredentialLine {
    pub(super) id: i64,
    pub(super) role: String,
    pub(super) known_by: String,
    pub(super) state: &'static str,
    pub(super) title: String,
}

impl CredentialLine {
    /// Prints it, with tabs between the columns.
    pub(super) fn print(&self) {
        println!(
            "{}\t{}\t{}\t{}\t{}",
            self.id, self.role, self.known_by, self.state, self.title
        );
    }
}
