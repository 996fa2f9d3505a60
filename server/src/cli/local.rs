//! Accounts and credentials in the database itself, through the same ledger as the server's.

use std::sync::Arc;

use super::Failure;
use super::access::{AccountLine, CredentialLine};
use super::credentials::Wanted;
use crate::auth::keys::Secret;
use crate::auth::passwords::Passwords;
use crate::auth::system;
use crate::clock;
use crate::config::Config;
use crate::domain::account::Account;
use crate::domain::admin::{AccountPatch, AdminCommand, CredentialInput, Proof, check_password};
use crate::domain::refusal::Refusal;
use crate::ledger::{self, AdminAnswer, Answer, Ledger, Options, Submission, Task};
use crate::serve::database;
use crate::store::Store;
use crate::store::batch::CredentialRecord;

/// Who did it, as the database tells it.
const ACTOR: &str = "command line";
/// How many rows are read at a time.
const PAGE: u64 = 500;

/// An open database and its ledger.
pub(super) struct Local {
    store: Store,
    ledger: Ledger,
}

impl Local {
    /// Opens the database, which must be up to date, and takes the pen.
    pub(super) async fn open(config: &Config) -> Result<Local, Failure> {
        let workflows = database::workflows(config)?;
        let store = database::connect(config, &workflows)
            .await
            .map_err(|error| {
                Failure(format!(
                    "{error}; --server URL asks a running server instead"
                ))
            })?;
        store.check_schema().await?;
        database::record_workflows(&store, &workflows).await?;
        let ledger = Ledger::start(&store, Arc::clone(&workflows), Options::default()).await?;
        Ok(Local { store, ledger })
    }

    /// Gives the pen back, whatever came out.
    pub(super) async fn finish<T>(&self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.ledger.stop().await;
        self.store.close().await;
        outcome
    }

    pub(super) async fn create_account(&self, patch: AccountPatch) -> Result<AccountLine, Failure> {
        match self.submit(AdminCommand::CreateAccount(patch)).await? {
            AdminAnswer::Account(account) => Ok(account_line(&account)),
            other => Err(odd(&other)),
        }
    }

    pub(super) async fn accounts(&self) -> Result<Vec<AccountLine>, Failure> {
        let mut lines: Vec<AccountLine> = Vec::new();
        loop {
            let page = self
                .store
                .accounts(lines.last().map_or(0, |last| last.id), PAGE)
                .await?;
            if page.is_empty() {
                return Ok(lines);
            }
            lines.extend(page.iter().map(account_line));
        }
    }

    pub(super) async fn create_credential(
        &self,
        wanted: Wanted,
    ) -> Result<(CredentialLine, Option<Secret>), Failure> {
        let (proof, key) = proof(wanted.login).await?;
        let input = CredentialInput {
            title: wanted.title,
            role: wanted.role,
            proof,
            store_id: wanted.store,
            customer_id: wanted.customer,
            scopes: wanted.scopes,
            expire_time: wanted.expires,
        };
        match self
            .submit(AdminCommand::CreateCredential(Some(wanted.account), input))
            .await?
        {
            AdminAnswer::Credential(credential) => Ok((credential_line(&credential), key)),
            other => Err(odd(&other)),
        }
    }

    pub(super) async fn credentials(&self, account: i64) -> Result<Vec<CredentialLine>, Failure> {
        let mut lines: Vec<CredentialLine> = Vec::new();
        loop {
            let page = self
                .store
                .credentials(account, lines.last().map_or(0, |last| last.id), PAGE)
                .await?;
            if page.is_empty() {
                return Ok(lines);
            }
            lines.extend(page.iter().map(credential_line));
        }
    }

    pub(super) async fn revoke(&self, account: i64, id: i64) -> Result<CredentialLine, Failure> {
        match self
            .submit(AdminCommand::RevokeCredential(Some(account), id))
            .await?
        {
            AdminAnswer::Credential(credential) => Ok(credential_line(&credential)),
            other => Err(odd(&other)),
        }
    }

    async fn submit(&self, command: AdminCommand) -> Result<AdminAnswer, Failure> {
        let submission = Submission {
            principal: system(0, ACTOR),
            task: Task::Admin(command),
            etag: String::new(),
            request: None,
            validate_only: false,
            deadline: None,
        };
        match self.ledger.submit(submission).await {
            Ok(Answer::Admin(answer)) => Ok(answer),
            Ok(other) => Err(Failure(format!("the ledger answered {other:?}"))),
            Err(ledger::Failure::Refused(refusal)) => Err(Failure(told(&refusal))),
            Err(ledger::Failure::Unavailable) => Err(Failure("the database is away".to_owned())),
            Err(other) => Err(Failure(format!("the ledger failed: {other:?}"))),
        }
    }
}

/// What a new credential is known by, and the key where it is one.
async fn proof(login: Option<(String, Secret)>) -> Result<(Proof, Option<Secret>), Failure> {
    let Some((login, password)) = login else {
        let key =
            Secret::generate().map_err(|error| Failure(format!("no random bits: {error}")))?;
        let (hash, prefix) = (key.hash(), key.prefix());
        return Ok((Proof::Key { hash, prefix }, Some(key)));
    };
    if let Some(wrong) = check_password(password.expose()) {
        return Err(Failure(told(&wrong.into())));
    }
    let hashed = Passwords::default().hash(password).await;
    let password_hash = hashed.map_err(|error| Failure(error.to_string()))?;
    let proof = Proof::Login {
        login,
        password_hash,
    };
    Ok((proof, None))
}

fn odd(answer: &AdminAnswer) -> Failure {
    Failure(format!("the ledger answered {answer:?}"))
}

/// What an administrative command can be refused for, in words.
fn told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid(violations) => {
            let each = violations
                .iter()
                .map(|violation| format!("{}: {}", violation.field, violation.description));
            each.collect::<Vec<_>>().join("; ")
        }
        Refusal::ResourceNotFound { kind, name } => format!("there is no {kind} {name}"),
        Refusal::AlreadyExists { kind, name } => format!("{kind} {name} is taken"),
        other => format!("{other:?}"),
    }
}

fn account_line(account: &Account) -> AccountLine {
    AccountLine {
        id: account.id,
        workflow: account.workflow.clone(),
        currency: account.currency.clone(),
        name: account.name.clone(),
    }
}

fn credential_line(credential: &CredentialRecord) -> CredentialLine {
    let expired = credential
        .expire_time
        .is_some_and(|end| end <= clock::now());
    CredentialLine {
        id: credential.id,
        role: credential.role.name().to_owned(),
        known_by: match &credential.proof {
            Proof::Key { prefix, .. } => format!("{prefix}…"),
            Proof::Login { login, .. } => login.clone(),
        },
        state: match (credential.revoke_time, expired) {
            (Some(_), _) => "revoked",
            (None, true) => "expired",
            (None, false) => "works",
        },
        title: credential.title.clone(),
    }
}
