//! Accounts and their settings.

use super::catalog::usual_entries;
use super::{AdminDecided, AdminGround, OPERATOR, check_etag, check_name, finish, missing};
use crate::domain::account::{Account, Counters};
use crate::domain::admin::AccountPatch;
use crate::domain::calendar;
use crate::domain::decide::check_text;
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{LARGEST_RUNNING, Series, is_series};
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::time::Timestamp;

/// The most lines that invoices print below the seller's name.
const MOST_SELLER_LINES: usize = 20;

/// Makes an account, with the usual catalogs.
pub(super) fn create(
    patch: &AccountPatch,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    let account = Account {
        id: ground.next_account_id,
        workflow: "standard".to_owned(),
        currency: "EUR".to_owned(),
        time_zone: "UTC".to_owned(),
        create_time: ground.now,
        catalogs: usual_entries(),
        ..Account::default()
    };
    set(account, patch, true, ground, counters)
}

/// Changes an account: the caller's own, but for operators.
pub(super) fn update(
    id: i64,
    patch: &AccountPatch,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    let operator = ground.principal.has_scope(OPERATOR);
    let account = ground
        .account
        .filter(|_| operator || id == ground.principal.account_id);
    let account = account.ok_or_else(|| missing("account", id))?;
    check_etag(ground, account.revision)?;
    set(account.clone(), patch, false, ground, counters)
}

fn set(
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
    if let Some(details) = &patch.seller_details {
        check_text("account.seller_details", details, 1000, violations);
        if details.lines().count() > MOST_SELLER_LINES {
            let message = format!("must have at most {MOST_SELLER_LINES} lines");
            violations.push(Violation::new("account.seller_details", message));
        }
        account.seller_details.clone_from(details);
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
