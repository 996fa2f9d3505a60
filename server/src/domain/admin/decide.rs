//! Decides administrative commands.

use std::collections::BTreeMap;

use super::credential::check_credential;
use super::{AccountPatch, AdminCommand, CredentialInput, CustomerPatch, EntryInput, StorePatch};
use crate::domain::account::{Account, CATALOGS, CatalogEntry, Counters, CustomerRecord, Store};
use crate::domain::address::Address;
use crate::domain::calendar;
use crate::domain::decide::{check_address, check_id, check_text};
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{LARGEST_RUNNING, Series, is_series};
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
    /// Whether some order uses the catalog entry that the command names.
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
        AdminCommand::CreateAccount(patch) => {
            let account = Account {
                id: ground.next_account_id,
                workflow: "standard".to_owned(),
                currency: "EUR".to_owned(),
                time_zone: "UTC".to_owned(),
                create_time: ground.now,
                catalogs: usual_entries(),
                ..Account::default()
            };
            set_account(account, patch, true, ground, counters)
        }
        AdminCommand::UpdateAccount(id, patch) => {
            let account = ground
                .account
                .filter(|_| operator || *id == ground.principal.account_id);
            let account = account.ok_or_else(|| missing("account", *id))?;
            check_etag(ground, account.revision)?;
            set_account(account.clone(), patch, false, ground, counters)
        }
        AdminCommand::CreateStore(patch) => create_store(patch, ground, counters),
        AdminCommand::UpdateStore(id, patch) => {
            let store = own_account(ground)?
                .stores
                .get(id)
                .ok_or_else(|| missing("store", *id))?;
            check_etag(ground, store.version)?;
            set_store(store.clone(), patch, ground)
        }
        AdminCommand::CreateCustomer(patch) => {
            if let Some(known) = ground.customer {
                return Err(Refusal::AlreadyExists {
                    kind: "customer",
                    name: known.id.to_string(),
                });
            }
            let id = new_id(patch.id, &mut counters.customer, "customer.id")?;
            set_customer(
                CustomerRecord {
                    id,
                    create_time: ground.now,
                    ..CustomerRecord::default()
                },
                patch,
            )
        }
        AdminCommand::UpdateCustomer(id, patch) => {
            let customer = ground.customer.ok_or_else(|| missing("customer", *id))?;
            check_etag(ground, customer.version)?;
            set_customer(customer.clone(), patch)
        }
        AdminCommand::UpsertEntry(entry) => upsert_entry(entry, own_account(ground)?),
        AdminCommand::DeleteEntry(catalog, key) => {
            let entries = own_account(ground)?.catalogs.get(catalog);
            let Some(entry) =
                entries.and_then(|entries| entries.iter().find(|entry| entry.key == *key))
            else {
                return Err(Refusal::ResourceNotFound {
                    kind: "catalog entry",
                    name: format!("{catalog}/{key}"),
                });
            };
            if ground.code_in_use {
                return Err(Refusal::CodeInUse {
                    catalog: catalog.clone(),
                    key: entry.key.clone(),
                });
            }
            Ok(AdminDecided::RemoveEntry(catalog.clone(), key.clone()))
        }
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

fn set_account(
    mut account: Account,
    patch: &AccountPatch,
    new: bool,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    let mut violations = Vec::new();
    account.name = patch.name.clone().unwrap_or(account.name);
    check_name("account.name", &account.name, &mut violations);
    if let Some(code) = &patch.code {
        check_code(code, &mut violations);
        if ground.code_owner.is_some_and(|owner| owner != account.id) {
            return Err(Refusal::AlreadyExists {
                kind: "account code",
                name: code.clone(),
            });
        }
        account.code.clone_from(code);
    }
    if let Some(workflow) = &patch.workflow {
        if ground.workflows.latest(workflow).is_none() {
            let known: Vec<_> = ground
                .workflows
                .iter()
                .map(|workflow| workflow.name.clone())
                .collect();
            violations.push(Violation::unknown("account.workflow", workflow, &known));
        }
        account.workflow.clone_from(workflow);
    }
    if let Some(currency) = &patch.currency {
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            let message = "must be an ISO 4217 code such as EUR";
            violations.push(Violation::new("account.currency_code", message));
        } else if !new && *currency != account.currency {
            let message = format!(
                "cannot be changed: the account's amounts are in {}",
                account.currency
            );
            violations.push(Violation::new("account.currency_code", message));
        }
        account.currency.clone_from(currency);
    }
    if let Some(decimals) = patch.decimals {
        if decimals.is_some_and(|decimals| decimals > 4) {
            violations.push(Violation::new("account.decimals", "must be from 0 to 4"));
        }
        account.decimals = decimals;
    }
    if let Some(time_zone) = &patch.time_zone {
        match calendar::zone_name(time_zone) {
            Some(name) => account.time_zone = name,
            None => violations.push(Violation::new(
                "account.time_zone",
                "must be a name of the IANA time zone database, such as Europe/Amsterdam",
            )),
        }
    }
    account.lock_on_confirm = patch.lock_on_confirm.unwrap_or(account.lock_on_confirm);
    account.warehouse = patch.warehouse.unwrap_or(account.warehouse);
    set_billing(&mut account, patch, &mut violations);
    if let Some(next) = patch.next_invoice_number {
        if new {
            let message = "can be given once the account is there: its numbers begin with 1";
            violations.push(Violation::new("account.next_invoice_number", message));
        } else if violations.is_empty() {
            start_series(&account, next, ground.now, counters, &mut violations);
        }
    }
    account.revision += 1;
    finish(violations, AdminDecided::Account(Box::new(account)))
}

/// What the account says about invoices.
fn set_billing(account: &mut Account, patch: &AccountPatch, violations: &mut Vec<Violation>) {
    if let Some(series) = patch.invoice_series {
        if series.is_some_and(|digits| !is_series(digits.into())) {
            let message = "must be four digits, the first of them 1 to 8";
            violations.push(Violation::new("account.invoice_series", message));
        }
        account.invoice_series = series;
    }
    if let Some(rate) = patch.service_vat_correction {
        if rate.is_some_and(|rate| rate < Decimal::ZERO || rate > Decimal::whole(100)) {
            let message = "must be a percentage from 0 to 100";
            violations.push(Violation::new("account.service_vat_correction", message));
        }
        account.service_vat_correction = rate;
    }
    account.phone_messages = patch.phone_messages.unwrap_or(account.phone_messages);
    account.email_messages = patch.email_messages.unwrap_or(account.email_messages);
}

/// Lets the present series begin with a number, as long as none of its numbers is given: what was given leaves no gap.
fn start_series(
    account: &Account,
    next: i64,
    now: Timestamp,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) {
    let series = Series::present(account, false, now);
    let mut refuse = |message: String| {
        violations.push(Violation::new("account.next_invoice_number", message));
    };
    if !(1..=LARGEST_RUNNING).contains(&next) {
        return refuse(format!("must be from 1 to {LARGEST_RUNNING}"));
    }
    let kept = |name: String| counters.series.get(&name).copied().unwrap_or(0);
    let last = kept(series.counter());
    if last != kept(series.start()) && next != last + 1 {
        let number = series.number(last);
        return refuse(format!(
            "the last invoice of the series is {number}: its numbers go on without a gap"
        ));
    }
    if next != last + 1 {
        counters.series.insert(series.counter(), next - 1);
        counters.series.insert(series.start(), next - 1);
    }
}

/// A code begins with a letter, so that it is never taken for the number of an account.
fn check_code(code: &str, violations: &mut Vec<Violation>) {
    let further = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let fits = code.starts_with(|first: char| first.is_ascii_alphabetic())
        && code.chars().all(further)
        && code.len() <= 64;
    if !fits && !code.is_empty() {
        let message = "must be a letter, then at most 63 letters, digits, `_`, `.` or `-`";
        violations.push(Violation::new("account.code", message));
    }
}

fn create_store(
    patch: &StorePatch,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    let id = new_id(patch.id, &mut counters.store, "store.id")?;
    if own_account(ground)?.stores.contains_key(&id) {
        return Err(Refusal::AlreadyExists {
            kind: "store",
            name: id.to_string(),
        });
    }
    set_store(
        Store {
            id,
            active: true,
            create_time: ground.now,
            ..Store::default()
        },
        patch,
        ground,
    )
}

fn set_store(
    mut store: Store,
    patch: &StorePatch,
    ground: &AdminGround<'_>,
) -> Result<AdminDecided, Refusal> {
    let mut violations = Vec::new();
    store.name = patch.name.clone().unwrap_or(store.name);
    store.active = patch.active.unwrap_or(store.active);
    store.version += 1;
    check_name("store.name", &store.name, &mut violations);
    if own_account(ground)?
        .stores
        .values()
        .any(|other| other.id != store.id && other.name == store.name)
    {
        return Err(Refusal::AlreadyExists {
            kind: "store name",
            name: store.name,
        });
    }
    finish(violations, AdminDecided::Store(store))
}

fn set_customer(
    mut customer: CustomerRecord,
    patch: &CustomerPatch,
) -> Result<AdminDecided, Refusal> {
    let mut violations = Vec::new();
    for (field, given, slot, most) in [
        ("customer.code", &patch.code, &mut customer.code, 64),
        ("customer.name", &patch.name, &mut customer.name, 200),
        ("customer.phone", &patch.phone, &mut customer.phone, 64),
        ("customer.email", &patch.email, &mut customer.email, 254),
        (
            "customer.contact_name",
            &patch.contact_name,
            &mut customer.contact_name,
            200,
        ),
    ] {
        if let Some(text) = given {
            check_text(field, text, most, &mut violations);
            slot.clone_from(text);
        }
    }
    if let Some(address) = &patch.address {
        check_address(
            "customer.address",
            address.as_ref().unwrap_or(&Address::default()),
            &mut violations,
        );
        customer.address.clone_from(address);
    }
    customer.version += 1;
    finish(violations, AdminDecided::Customer(Box::new(customer)))
}

/// The largest id that a catalog entry may have: the next free one after it fits, too.
const LARGEST_ENTRY_ID: i32 = 999_999_999;

fn upsert_entry(input: &EntryInput, account: &Account) -> Result<AdminDecided, Refusal> {
    if !CATALOGS.iter().any(|(key, _)| *key == input.catalog) {
        let known = CATALOGS.map(|(key, _)| key.to_owned());
        return Err(Violation::unknown("entry.catalog", &input.catalog, &known).into());
    }
    let entries = account
        .catalogs
        .get(&input.catalog)
        .map_or(&[][..], Vec::as_slice);
    let known = entries.iter().find(|entry| entry.key == input.key);
    let next = entries.iter().map(|entry| entry.id + 1).max().unwrap_or(0);
    let id = input.id.or(known.map(|entry| entry.id)).unwrap_or(next);
    let mut violations = Vec::new();
    check_text("entry.key", &input.key, 64, &mut violations);
    if input.key.is_empty() {
        violations.push(Violation::new("entry.key", "must not be empty"));
    }
    check_name("entry.text", &input.text, &mut violations);
    check_text("entry.text_en", &input.text_en, 200, &mut violations);
    if !(0..=LARGEST_ENTRY_ID).contains(&id) {
        let message = format!("must be from 0 to {LARGEST_ENTRY_ID}");
        violations.push(Violation::new("entry.id", message));
    }
    if entries
        .iter()
        .any(|entry| entry.id == id && entry.key != input.key)
    {
        return Err(Refusal::AlreadyExists {
            kind: "catalog entry id",
            name: id.to_string(),
        });
    }
    if known.is_none() && entries.len() >= 1000 {
        violations.push(Violation::new(
            "entry",
            "the catalog is full: it has 1000 entries",
        ));
    }
    let entry = CatalogEntry {
        catalog: input.catalog.clone(),
        id,
        key: input.key.clone(),
        text: input.text.clone(),
        text_en: input.text_en.clone(),
        active: input.active,
    };
    finish(violations, AdminDecided::Entry(entry))
}

/// A catalog with the ids, keys and texts of its first entries.
type Usual = (&'static str, &'static [(i32, &'static str, &'static str)]);

/// The entries that a new account's catalogs start with.
pub fn usual_entries() -> BTreeMap<String, Vec<CatalogEntry>> {
    let usual: [Usual; 7] = [
        (
            "payment_methods",
            &[
                (1, "cash", "Cash"),
                (2, "card", "Card"),
                (3, "bank_transfer", "Bank transfer"),
            ],
        ),
        (
            "delivery_methods",
            &[
                (0, "pickup", "Pickup in store"),
                (1, "delivery", "Delivery"),
            ],
        ),
        (
            "cancellation_types",
            &[
                (0, "none", "None"),
                (1, "customer_request", "Customer's request"),
                (2, "out_of_stock", "Out of stock"),
            ],
        ),
        (
            "transfer_modes",
            &[
                (0, "none", "None"),
                (1, "transfer", "Transfer"),
                (2, "redirect", "Redirect"),
                (3, "reorder", "Reorder"),
            ],
        ),
        (
            "channels",
            &[
                (1, "mobile_app", "Mobile App"),
                (2, "pos", "POS"),
                (3, "kiosk", "Kiosk"),
                (4, "web", "Web"),
            ],
        ),
        ("sources", &[(1, "direct", "Direct")]),
        (
            "hold_reasons",
            &[
                (1, "payment_review", "Payment under review"),
                (2, "address_incomplete", "Address incomplete"),
                (3, "awaiting_stock", "Awaiting stock"),
                (4, "customer_request", "Customer's request"),
                (5, "other", "Other"),
            ],
        ),
    ];
    let entry = |catalog: &str, (id, key, text): &(i32, &str, &str)| CatalogEntry {
        catalog: catalog.to_owned(),
        id: *id,
        key: (*key).to_owned(),
        text: (*text).to_owned(),
        text_en: (*text).to_owned(),
        active: true,
    };
    let catalog = |(key, entries): Usual| {
        (
            key.to_owned(),
            entries.iter().map(|given| entry(key, given)).collect(),
        )
    };
    usual.into_iter().map(catalog).collect()
}
