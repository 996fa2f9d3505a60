//! The demo: one account per workflow with the orders that the five contracts speak of, made through the
//! same commands as everything else.

mod cyclesoftware;
mod draft;
mod getfly;
mod logins;
mod odoo;
mod omni;
mod plan;
mod standard;
mod wordbee;

use crate::auth::keys::Secret;
use crate::auth::system;
use crate::domain::account::CATALOGS;
use crate::domain::admin::{
    AccountPatch, AdminCommand, CredentialInput, EntryInput, Proof, StorePatch,
};
use crate::domain::command::{Command, InvoiceInput};
use crate::domain::order::OrderRef;
use crate::domain::principal::Principal;
use crate::ledger::{AdminAnswer, Answer, Failure, Ledger, Submission, Task};
use crate::store::{Store, StoreError};

pub use logins::open_sessions;
use plan::Plan;

/// Who made the demo, as history tells it.
const ACTOR: &str = "demo data";

/// The database file of the demo, unless another one is named.
pub const DATABASE: &str = "sqlite:order-status-demo.db";

/// What a database holds, as far as the demo is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Nothing.
    Empty,
    /// The demo, whole.
    Demo,
    /// The demo, not filled to the end.
    Torn,
    /// Somebody's own data.
    Foreign,
}

/// Why the demo could not be filled in.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger refused a command of the demo.
    #[error("the demo data cannot be written: {0}")]
    Ledger(String),
}

fn plans() -> Vec<Plan> {
    vec![
        standard::plan(),
        omni::plan(),
        odoo::plan(),
        cyclesoftware::plan(),
        cyclesoftware::single_plan(),
        wordbee::plan(),
        getfly::plan(),
    ]
}

/// What the database holds. The first account's name tells the demo, its last key, which is made last of all, that
/// it is whole.
///
/// # Errors
/// The database does not answer.
pub async fn inspect(store: &Store) -> Result<Contents, StoreError> {
    let plans = plans();
    let Some(first) = store.accounts(0, 1).await?.into_iter().next() else {
        return Ok(Contents::Empty);
    };
    if plans
        .first()
        .is_none_or(|plan| plan.account.name.as_ref() != Some(&first.name))
    {
        return Ok(Contents::Foreign);
    }
    let last = plans.last().and_then(|plan| plan.keys.last());
    let whole = match last {
        Some(key) => store
            .credential_by_hash(&Secret::new(key.word).hash())
            .await?
            .is_some(),
        None => false,
    };
    Ok(if whole {
        Contents::Demo
    } else {
        Contents::Torn
    })
}

/// Fills an empty database.
///
/// # Errors
/// The ledger refuses or does not answer; the database then holds a part of the demo.
pub async fn fill(ledger: &Ledger) -> Result<(), DemoError> {
    for mut plan in plans() {
        // The series is there once the account is.
        let next_invoice_number = plan.account.next_invoice_number.take();
        let account = make_account(ledger, plan.account).await?;
        let filler = Filler {
            ledger,
            principal: system(account, ACTOR),
        };
        if next_invoice_number.is_some() {
            let patch = AccountPatch {
                next_invoice_number,
                ..AccountPatch::default()
            };
            filler
                .admin(AdminCommand::UpdateAccount(account, patch))
                .await?;
        }
        for (id, name) in plan.stores {
            let store = StorePatch {
                id: Some(*id),
                name: Some((*name).to_owned()),
                active: Some(true),
            };
            filler.admin(AdminCommand::CreateStore(store)).await?;
        }
        filler.catalogs(&plan.entries).await?;
        for customer in plan.customers {
            filler
                .admin(AdminCommand::CreateCustomer(Box::new(customer)))
                .await?;
        }
        filler
            .submit(Task::Order(Command::Import(plan.orders)))
            .await?;
        for document in plan.documents {
            let (kind, id, patch) = (document.kind, document.id, Box::new(document.patch));
            filler
                .submit(Task::Order(Command::CreateDocument(kind, Some(id), patch)))
                .await?;
        }
        for order in plan.invoiced {
            let booked = InvoiceInput {
                book: true,
                ..InvoiceInput::default()
            };
            let command = Command::CreateInvoices(OrderRef::Id(*order), Box::new(booked));
            filler.submit(Task::Order(command)).await?;
        }
        logins::fill(&filler, &plan.logins).await?;
        for key in plan.keys {
            let secret = Secret::new(key.word);
            let credential = CredentialInput {
                title: key.title.to_owned(),
                role: key.role,
                proof: Proof::Key {
                    hash: secret.hash(),
                    prefix: secret.prefix(),
                },
                store_id: key.store_id,
                customer_id: key.customer_id,
                scopes: key.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                expire_time: None,
            };
            filler
                .admin(AdminCommand::CreateCredential(Some(account), credential))
                .await?;
        }
    }
    Ok(())
}

async fn make_account(ledger: &Ledger, account: AccountPatch) -> Result<i64, DemoError> {
    let filler = Filler {
        ledger,
        principal: system(0, ACTOR),
    };
    match filler.admin(AdminCommand::CreateAccount(account)).await? {
        Answer::Admin(AdminAnswer::Account(account)) => Ok(account.id),
        other => Err(DemoError::Ledger(format!(
            "an account was answered by {other:?}"
        ))),
    }
}

struct Filler<'a> {
    ledger: &'a Ledger,
    principal: Principal,
}

impl Filler<'_> {
    async fn admin(&self, command: AdminCommand) -> Result<Answer, DemoError> {
        self.submit(Task::Admin(command)).await
    }

    async fn submit(&self, task: Task) -> Result<Answer, DemoError> {
        let submission = Submission {
            principal: self.principal.clone(),
            task,
            etag: String::new(),
            request: None,
            validate_only: false,
            deadline: None,
        };
        let answer = self.ledger.submit(submission).await;
        answer.map_err(|failure| match failure {
            Failure::Refused(refusal) => DemoError::Ledger(format!("{refusal:?}")),
            other => DemoError::Ledger(format!("{other:?}")),
        })
    }

    /// Puts the plan's entries in place of the usual ones, in the catalogs that it speaks of.
    async fn catalogs(&self, entries: &[plan::Entry]) -> Result<(), DemoError> {
        let usual = crate::domain::admin::usual_entries();
        for (catalog, _) in CATALOGS {
            if !entries.iter().any(|entry| entry.catalog == catalog) {
                continue;
            }
            for entry in usual.get(catalog).map_or(&[][..], Vec::as_slice) {
                self.admin(AdminCommand::DeleteEntry(
                    catalog.to_owned(),
                    entry.key.clone(),
                ))
                .await?;
            }
        }
        for entry in entries {
            let input = EntryInput {
                catalog: entry.catalog.to_owned(),
                id: Some(entry.id),
                key: entry.key.to_owned(),
                text: entry.text.to_owned(),
                text_en: entry.text_en.to_owned(),
                active: true,
            };
            self.admin(AdminCommand::UpsertEntry(input)).await?;
        }
        Ok(())
    }
}
