//! Administrative commands in a batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::batch::remember;
use super::desk::Desk;
use super::queue::Job;
use super::{AdminAnswer, Answer};
use crate::domain::account::Account;
use crate::domain::admin::{self, AdminCommand, AdminDecided, AdminGround, Proof};
use crate::domain::decide::Ground as _;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;
use crate::store::batch::{CredentialRecord, RequestResult, Wanted};
use crate::store::{Pen, StoreError};

/// Adds what the command needs to know to what is loaded.
pub fn want(command: &AdminCommand, own: i64, wanted: &mut Wanted) {
    let account = subject(command, own);
    wanted.accounts.push(account);
    wanted
        .customers
        .extend(customer(command).map(|customer| (account, customer)));
}

/// Which account the command is about.
fn subject(command: &AdminCommand, own: i64) -> i64 {
    match command {
        AdminCommand::UpdateAccount(id, _) => *id,
        AdminCommand::CreateCredential(account, _) | AdminCommand::RevokeCredential(account, _) => {
            account.unwrap_or(own)
        }
        _ => own,
    }
}

fn customer(command: &AdminCommand) -> Option<i64> {
    match command {
        AdminCommand::CreateCustomer(patch) => patch.id,
        AdminCommand::UpdateCustomer(id, _) => Some(*id),
        AdminCommand::CreateCredential(_, input) => input.customer_id,
        _ => None,
    }
}

/// Decides the command and puts what it makes on the desk.
pub async fn run(
    pen: &mut Pen,
    desk: &mut Desk,
    job: &Job,
    command: &AdminCommand,
    workflows: &Workflows,
    now: Timestamp,
) -> Result<Result<Answer, Refusal>, StoreError> {
    let submission = &job.submission;
    let account_id = subject(command, submission.principal.account_id);
    let account = desk.accounts.get(&account_id).cloned();
    let next_account_id = match command {
        AdminCommand::CreateAccount(_) => {
            let on_desk = desk
                .writes
                .accounts
                .iter()
                .map(|account| account.id + 1)
                .max()
                .unwrap_or(1);
            pen.next_account_id().await?.max(on_desk)
        }
        _ => 0,
    };
    let credential = match command {
        AdminCommand::RevokeCredential(_, id) => credential(pen, desk, account_id, *id).await?,
        _ => None,
    };
    let code_in_use = match named_code(command) {
        Some((catalog, key)) => {
            desk.names(account_id, catalog, key)
                || pen.code_in_use(account_id, catalog, key).await?
        }
        None => false,
    };
    let code_owner = code_owner(pen, desk, command).await?;
    let login_taken = login_taken(pen, desk, account_id, command).await?;
    let view = desk.view(account_id);
    let ground = AdminGround {
        principal: &submission.principal,
        account: account.as_deref(),
        next_account_id,
        code_owner,
        login_taken,
        customer: customer(command).and_then(|id| view.customer(id)),
        credential_exists: credential.is_some(),
        code_in_use,
        workflows,
        etag: &submission.etag,
        now,
    };
    let mut counters = desk.counters(account_id);
    let decided = match admin::decide(command, &ground, &mut counters) {
        Ok(decided) => decided,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let made = Made {
        account_id,
        account,
        credential,
        now,
    };
    let answer = made.answer(decided.clone());
    if !submission.validate_only {
        desk.set_counters(account_id, counters);
        let result = made.put(desk, decided, &answer);
        remember(desk, job, vec![result], None, now);
    }
    Ok(Ok(Answer::Admin(answer)))
}

/// The entry of a catalog that may be gone, or be another, after the command.
fn named_code(command: &AdminCommand) -> Option<(&str, &str)> {
    match command {
        AdminCommand::DeleteEntry(catalog, key) => Some((catalog, key)),
        AdminCommand::UpsertEntry(entry) => Some((&entry.catalog, &entry.key)),
        _ => None,
    }
}

async fn credential(
    pen: &mut Pen,
    desk: &Desk,
    account: i64,
    id: i64,
) -> Result<Option<CredentialRecord>, StoreError> {
    let on_desk = desk
        .writes
        .credentials
        .iter()
        .rev()
        .find(|c| (c.account_id, c.id) == (account, id));
    match on_desk {
        Some(credential) => Ok(Some(credential.clone())),
        None => pen.credential(account, id).await,
    }
}

/// The account that has the code that the command gives. What the batch frees is taken until it is written.
async fn code_owner(
    pen: &mut Pen,
    desk: &Desk,
    command: &AdminCommand,
) -> Result<Option<i64>, StoreError> {
    let (AdminCommand::CreateAccount(patch) | AdminCommand::UpdateAccount(_, patch)) = command
    else {
        return Ok(None);
    };
    let Some(code) = patch.code.as_deref().filter(|code| !code.is_empty()) else {
        return Ok(None);
    };
    let mut on_desk = desk.writes.accounts.iter();
    match on_desk.find(|account| account.code == code) {
        Some(account) => Ok(Some(account.id)),
        None => pen.code_owner(code).await,
    }
}

/// Whether a credential has the login that the command gives. What the batch frees is taken until it is written.
async fn login_taken(
    pen: &mut Pen,
    desk: &Desk,
    account_id: i64,
    command: &AdminCommand,
) -> Result<bool, StoreError> {
    let AdminCommand::CreateCredential(_, input) = command else {
        return Ok(false);
    };
    let Proof::Login { login, .. } = &input.proof else {
        return Ok(false);
    };
    let same = |credential: &CredentialRecord| {
        let Proof::Login { login: other, .. } = &credential.proof else {
            return false;
        };
        credential.account_id == account_id && other == login
    };
    Ok(desk.writes.credentials.iter().any(same) || pen.login_taken(account_id, login).await?)
}

struct Made {
    account_id: i64,
    account: Option<Arc<Account>>,
    credential: Option<CredentialRecord>,
    now: Timestamp,
}

impl Made {
    fn answer(&self, decided: AdminDecided) -> AdminAnswer {
        match decided {
            AdminDecided::Account(account) => AdminAnswer::Account(Arc::from(account)),
            AdminDecided::Store(store) => AdminAnswer::Store(store),
            AdminDecided::Customer(customer) => AdminAnswer::Customer(customer),
            AdminDecided::Entry(entry) => AdminAnswer::Entry(entry),
            AdminDecided::RemoveEntry(..) => AdminAnswer::Removed,
            AdminDecided::Credential(id, input) => {
                AdminAnswer::Credential(Box::new(CredentialRecord {
                    id,
                    account_id: self.account_id,
                    title: input.title,
                    role: input.role,
                    proof: input.proof,
                    store_id: input.store_id,
                    customer_id: input.customer_id,
                    scopes: input.scopes,
                    create_time: self.now,
                    expire_time: input.expire_time,
                    revoke_time: None,
                }))
            }
            AdminDecided::Revoke(_) => match self.credential.clone() {
                // A second revocation keeps the time of the first.
                Some(credential) => AdminAnswer::Credential(Box::new(CredentialRecord {
                    revoke_time: credential.revoke_time.or(Some(self.now)),
                    ..credential
                })),
                None => AdminAnswer::Removed,
            },
        }
    }

    /// Puts what was decided on the desk, and the account's revision up where it concerns the account.
    fn put(&self, desk: &mut Desk, decided: AdminDecided, answer: &AdminAnswer) -> RequestResult {
        let mut result = RequestResult {
            id: 0,
            version: 0,
            made: Vec::new(),
        };
        match (decided, answer) {
            (AdminDecided::Account(account), _) => {
                (result.id, result.version) = (account.id, account.revision);
                if account.revision == 1 {
                    let entries = account.catalogs.values().flatten().cloned();
                    desk.writes
                        .entries
                        .extend(entries.map(|entry| (account.id, entry)));
                }
                keep(desk, *account);
            }
            (AdminDecided::Store(store), _) => {
                (result.id, result.version) = (store.id, store.version);
                desk.writes.stores.push((self.account_id, store.clone()));
                self.revise(desk, |account| drop(account.stores.insert(store.id, store)));
            }
            (AdminDecided::Entry(entry), _) => {
                result.id = i64::from(entry.id);
                desk.writes.entries.push((self.account_id, entry.clone()));
                self.revise(desk, |account| replace_entry(&mut account.catalogs, entry));
            }
            (AdminDecided::RemoveEntry(catalog, key), _) => {
                desk.writes
                    .removed_entries
                    .push((self.account_id, catalog.clone(), key.clone()));
                self.revise(desk, |account| {
                    account
                        .catalogs
                        .entry(catalog)
                        .or_default()
                        .retain(|entry| entry.key != key);
                });
            }
            (AdminDecided::Customer(customer), _) => {
                (result.id, result.version) = (customer.id, customer.version);
                desk.writes
                    .customers
                    .push((self.account_id, (*customer).clone()));
                desk.add_customer(self.account_id, *customer);
            }
            (
                AdminDecided::Credential(..) | AdminDecided::Revoke(_),
                AdminAnswer::Credential(credential),
            ) => {
                result.id = credential.id;
                desk.writes.credentials.push((**credential).clone());
            }
            (AdminDecided::Credential(..) | AdminDecided::Revoke(_), _) => {}
        }
        result
    }

    fn revise(&self, desk: &mut Desk, change: impl FnOnce(&mut Account)) {
        if let Some(account) = &self.account {
            let mut account = Account::clone(account);
            change(&mut account);
            account.revision += 1;
            keep(desk, account);
        }
    }
}

/// Puts the account on the desk, to be written once.
fn keep(desk: &mut Desk, account: Account) {
    desk.writes.accounts.retain(|other| other.id != account.id);
    desk.writes.accounts.push(account.clone());
    desk.accounts.insert(account.id, Arc::new(account));
}

fn replace_entry(
    catalogs: &mut BTreeMap<String, Vec<crate::domain::account::CatalogEntry>>,
    entry: crate::domain::account::CatalogEntry,
) {
    let entries = catalogs.entry(entry.catalog.clone()).or_default();
    entries.retain(|other| other.key != entry.key);
    entries.push(entry);
    entries.sort_by_key(|entry| entry.id);
}
