//! `order-status account`.

use clap::{Args, Subcommand};

use super::Failure;
use super::access::{Access, Where};
use crate::domain::admin::AccountPatch;

#[derive(Subcommand)]
pub(super) enum Account {
    /// Make an account and print it.
    Create(Create),
    /// Print every account: id, workflow, currency, name.
    List {
        #[command(flatten)]
        access: Where,
    },
}

#[derive(Args)]
pub(super) struct Create {
    /// Its name.
    #[arg(long)]
    name: String,
    /// The code by which log-ins name it, such as a database's name.
    #[arg(long)]
    code: Option<String>,
    /// The workflow that its new orders follow.
    #[arg(long, default_value = "standard")]
    workflow: String,
    /// The currency of its orders, ISO 4217.
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// Decimals of derived amounts, 0 to 4; the currency's own where not given.
    #[arg(long, value_name = "N")]
    decimals: Option<u8>,
    /// Lock orders when they are confirmed, in workflows that know locking.
    #[arg(long)]
    lock_on_confirm: bool,
    /// The account's goods leave from a warehouse.
    #[arg(long)]
    warehouse: bool,
    /// Time zone of its dates, IANA.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    #[command(flatten)]
    access: Where,
}

pub(super) async fn run(command: Account) -> Result<(), Failure> {
    match command {
        Account::Create(create) => {
            let access = create.access.open().await?;
            let patch = AccountPatch {
                name: Some(create.name),
                code: create.code,
                workflow: Some(create.workflow),
                currency: Some(create.currency),
                decimals: Some(create.decimals),
                lock_on_confirm: Some(create.lock_on_confirm),
                warehouse: Some(create.warehouse),
                time_zone: Some(create.time_zone),
                ..AccountPatch::default()
            };
            let made = match access {
                Access::Remote(mut remote) => remote.create_account(patch).await?,
                Access::Local(local) => local.finish(local.create_account(patch).await).await?,
            };
            made.print();
        }
        Account::List { access } => {
            let accounts = match access.open().await? {
                Access::Remote(mut remote) => remote.accounts().await?,
                Access::Local(local) => local.finish(local.accounts().await).await?,
            };
            accounts.iter().for_each(super::access::AccountLine::print);
        }
    }
    Ok(())
}
