//! Decides administrative commands.

mod account;
mod catalog;
mod customer;
mod store;

pub use catalog::usual_entries;

use super::credential::check_credential;
use super::{AdminCommand, CredentialInput};
use crate::domain::account::{Account, CatalogEntry, Counters, CustomerRecord, Store};
use crate::domain::decide::{check_id, check_text};
use crate::domain::principal::Principal;
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;

/// The scope of credentials that may look after every account.
pub const OPERATOR: &str = "operator";

/// What an administrative command needs to know.
pub struct AdminGround<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The account that the command is about; `None` where there is no such account.
    pub account: Option<&'a Account>,
    /// The id that a new account gets.
    pub next_account_id: i64,
    /// The account that has the code that the command gives, if there is one.
    pub code_owner: Option<i64>,
    /// Whether a credential that is not revoked has the login that the command gives.
    pub login_taken: bool,
    /// The customer that the command names, if there is one.
    pub customer: Option<&'a CustomerRecord>,
    /// Whether the credential that the command names is there.
    pub credential_exists: bool,
    /// Whether some order or invoice names the catalog entry that the command names.
    pub code_in_use: bool,
    /// Every rulebook.
    pub workflows: &'a Workflows,
    /// The entity tag that the caller saw; empty for none.
    pub etag: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// What an administrative command makes or changes.
#[derive(Clone, Debug, PartialEq)]
pub enum AdminDecided {
    /// An account, whole; its entries are new where the account is.
    Account(Box<Account>),
    /// A store of the account.
    Store(Store),
    /// A customer of the account.
    Customer(Box<CustomerRecord>),
    /// A catalog entry of the account.
    Entry(CatalogEntry),
    /// An entry to be removed: catalog and key.
    RemoveEntry(String, String),
    /// A new credential with this id.
    Credential(i64, CredentialInput),
    /// The credential with this id is revoked.
    Revoke(i64),
}

/// Decides an administrative command. `counters` are the account's.
///
/// # Errors
/// The reason why nothing may change.
pub fn decide(
    command: &AdminCommand,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    let operator = ground.principal.has_scope(OPERATOR);
    match command {
        AdminCommand::CreateAccount(patch) => account::create(patch, ground, counters),
        AdminCommand::UpdateAccount(id, patch) => account::update(*id, patch, ground, counters),
        AdminCommand::CreateStore(patch) => store::create(patch, ground, counters),
        AdminCommand::UpdateStore(id, patch) => store::update(*id, patch, ground),
        AdminCommand::CreateCustomer(patch) => customer::create(patch, ground, counters),
        AdminCommand::UpdateCustomer(id, patch) => customer::update(*id, patch, ground),
        AdminCommand::UpsertEntry(entry) => catalog::upsert(entry, ground),
        AdminCommand::DeleteEntry(catalog, key) => catalog::remove(catalog, key, ground),
        AdminCommand::CreateCredential(account, input) => {
            own_or_operator(*account, operator, ground)?;
            check_credential(input, operator, ground)?;
            counters.credential += 1;
            Ok(AdminDecided::Credential(counters.credential, input.clone()))
        }
        AdminCommand::RevokeCredential(account, id) => {
            own_or_operator(*account, operator, ground)?;
            if ground.credential_exists {
                Ok(AdminDecided::Revoke(*id))
            } else {
                Err(missing("credential", *id))
            }
        }
    }
}

fn missing(kind: &'static str, id: i64) -> Refusal {
    Refusal::ResourceNotFound {
        kind,
        name: id.to_string(),
    }
}

fn own_account<'a>(ground: &AdminGround<'a>) -> Result<&'a Account, Refusal> {
    ground
        .account
        .ok_or_else(|| missing("account", ground.principal.account_id))
}

/// Another account is out of reach, and looks missing, but for operators.
fn own_or_operator(
    account: Option<i64>,
    operator: bool,
    ground: &AdminGround<'_>,
) -> Result<(), Refusal> {
    let own = ground.principal.account_id;
    let reachable = ground.account.is_some() && (operator || account.is_none_or(|id| id == own));
    if reachable {
        Ok(())
    } else {
        Err(missing("account", account.unwrap_or(own)))
    }
}

/// The entity tag of something that counts its versions.
fn check_etag(ground: &AdminGround<'_>, version: i64) -> Result<(), Refusal> {
    let present = format!("\"{version}\"");
    if ground.etag.is_empty() || ground.etag == present {
        return Ok(());
    }
    Err(Refusal::Stale {
        order_id: 0,
        given: ground.etag.to_owned(),
        present,
        state: String::new(),
        plan: false,
    })
}

pub(super) fn finish<T>(violations: Vec<Violation>, decided: T) -> Result<T, Refusal> {
    if violations.is_empty() {
        Ok(decided)
    } else {
        Err(Refusal::Invalid(violations))
    }
}

pub(super) fn check_name(field: &str, name: &str, violations: &mut Vec<Violation>) {
    check_text(field, name, 200, violations);
    if name.trim().is_empty() {
        violations.push(Violation::new(field, "must not be empty"));
    }
}

/// The id that the caller chose, or the next one.
fn new_id(chosen: Option<i64>, counter: &mut i64, field: &str) -> Result<i64, Refusal> {
    let mut violations = Vec::new();
    let id = chosen.unwrap_or(*counter + 1);
    if chosen.is_some() && !check_id(field, id, &mut violations) {
        return Err(Refusal::Invalid(violations));
    }
    *counter = (*counter).max(id);
    Ok(id)
}
