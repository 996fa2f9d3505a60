//! Accounts and credentials.

use order_status_proto::v1 as pb;
use prost_types::FieldMask;

use super::amount::decimal;
use super::catalog::{etag, named};
use super::codes::{ROLES, number_of};
use super::mask::Mask;
use super::reader::{Path, Reader};
use super::time::timestamp;
use crate::domain::account::Account;
use crate::domain::admin::{AccountPatch, CredentialInput, Proof};
use crate::domain::role::Role;
use crate::store::batch::CredentialRecord;

/// An account.
pub fn account(account: &Account) -> pb::Account {
    pb::Account {
        id: account.id,
        name: account.name.clone(),
        workflow: account.workflow.clone(),
        currency_code: account.currency.clone(),
        decimals: account.decimals.map(i32::from),
        lock_on_confirm: account.lock_on_confirm,
        warehouse: account.warehouse,
        time_zone: account.time_zone.clone(),
        create_time: Some(timestamp(account.create_time)),
        etag: etag(account.revision),
        revision: account.revision,
        code: account.code.clone(),
        invoice_series: account.invoice_series,
        next_invoice_number: 0,
        phone_messages: account.phone_messages,
        email_messages: account.email_messages,
        service_vat_correction: account.service_vat_correction.map(decimal),
        seller_details: account.seller_details.clone(),
    }
}

/// Reads an account to be made. What it leaves empty gets its default.
pub fn new_account(reader: &mut Reader, given: Option<pb::Account>) -> AccountPatch {
    let path = Path::Request.field("account");
    let given = reader.required(&path, given).unwrap_or_default();
    account_patch(reader, &path, given, &Mask::Filled)
}

/// Reads a change of an account: its id and what to set.
pub fn account_update(
    reader: &mut Reader,
    given: Option<pb::Account>,
    mask: Option<FieldMask>,
) -> (i64, AccountPatch) {
    const SETTABLE: [&str; 14] = [
        "name",
        "workflow",
        "currency_code",
        "decimals",
        "lock_on_confirm",
        "warehouse",
        "time_zone",
        "code",
        "invoice_series",
        "next_invoice_number",
        "phone_messages",
        "email_messages",
        "service_vat_correction",
        "seller_details",
    ];
    let path = Path::Request.field("account");
    let given = reader.required(&path, given).unwrap_or_default();
    let mask = Mask::read(
        reader,
        mask,
        &SETTABLE,
        &["id", "create_time", "etag", "revision"],
    );
    (
        reader.id(&path.field("id"), given.id),
        account_patch(reader, &path, given, &mask),
    )
}

fn account_patch(
    reader: &mut Reader,
    path: &Path<'_>,
    given: pb::Account,
    mask: &Mask,
) -> AccountPatch {
    let decimals = given.decimals.and_then(|decimals| {
        let known = u8::try_from(decimals)
            .ok()
            .filter(|decimals| *decimals <= 4);
        if known.is_none() {
            reader.refuse(
                &path.field("decimals"),
                format!("{decimals} is not between 0 and 4"),
            );
        }
        known
    });
    let rate = reader.decimal(
        &path.field("service_vat_correction"),
        given.service_vat_correction.as_ref(),
    );
    let switch = |name, value: bool| mask.wants(name, value).then_some(value);
    AccountPatch {
        decimals: mask
            .wants("decimals", given.decimals.is_some())
            .then_some(decimals),
        lock_on_confirm: switch("lock_on_confirm", given.lock_on_confirm),
        warehouse: switch("warehouse", given.warehouse),
        name: named(reader, path, mask, "name", given.name),
        workflow: named(reader, path, mask, "workflow", given.workflow),
        currency: named(reader, path, mask, "currency_code", given.currency_code),
        code: named(reader, path, mask, "code", given.code),
        time_zone: named(reader, path, mask, "time_zone", given.time_zone),
        invoice_series: mask
            .wants("invoice_series", given.invoice_series.is_some())
            .then_some(given.invoice_series),
        next_invoice_number: Some(given.next_invoice_number)
            .filter(|next| *next != 0 && mask.wants("next_invoice_number", true)),
        phone_messages: switch("phone_messages", given.phone_messages),
        email_messages: switch("email_messages", given.email_messages),
        seller_details: named(reader, path, mask, "seller_details", given.seller_details),
        service_vat_correction: mask
            .wants("service_vat_correction", rate.is_some())
            .then_some(rate),
    }
}

/// A credential, without its key or password.
pub fn credential(credential: &CredentialRecord) -> pb::Credential {
    let (prefix, login) = match &credential.proof {
        Proof::Key { prefix, .. } => (prefix.clone(), String::new()),
        Proof::Login { login, .. } => (String::new(), login.clone()),
    };
    pb::Credential {
        id: credential.id,
        account_id: credential.account_id,
        title: credential.title.clone(),
        role: number_of(ROLES, &credential.role),
        prefix,
        store_id: credential.store_id,
        customer_id: credential.customer_id,
        scopes: credential.scopes.clone(),
        create_time: Some(timestamp(credential.create_time)),
        expire_time: credential.expire_time.map(timestamp),
        revoke_time: credential.revoke_time.map(timestamp),
        login,
    }
}

/// Reads a credential to be made with that proof.
pub fn new_credential(
    reader: &mut Reader,
    given: pb::CreateCredentialRequest,
    proof: Proof,
) -> CredentialInput {
    let at = Path::Request.field("role");
    if given.role == 0 {
        reader.refuse(&at, "is required");
    }
    let scopes = Path::Request.field("scopes");
    let mut scope = |(at, scope): (usize, String)| reader.text(&scopes.item(at), scope);
    let scopes = given
        .scopes
        .into_iter()
        .enumerate()
        .map(&mut scope)
        .collect();
    CredentialInput {
        title: reader.text(&Path::Request.field("title"), given.title),
        role: reader.code(&at, given.role, ROLES).unwrap_or(Role::Client),
        proof,
        store_id: given.store_id,
        customer_id: given.customer_id,
        scopes,
        expire_time: reader.time(
            &Path::Request.field("expire_time"),
            given.expire_time.as_ref(),
        ),
    }
}
