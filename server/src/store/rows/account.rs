//! Accounts and what they own beside orders.

use serde::{Deserialize, Serialize};

use crate::domain::account::{
    Account, CATALOGS, CatalogEntry, Counters, CustomerRecord, Store as Shop,
};
use crate::domain::admin::Proof;
use crate::domain::decimal::Decimal;
use crate::domain::invoice::is_series_counter;
use crate::domain::role::Role;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::store::batch::{CredentialRecord, DailyCalls};
use crate::store::detail;
use crate::store::entity::{
    account, catalog_entry, counter, credential, customer, daily_calls, session, shop,
};
use crate::store::error::{StoreError, damaged};

use super::bytes;

/// The account's own row.
pub fn account_row(account: &Account) -> account::Model {
    account::Model {
        id: account.id,
        name: account.name.clone(),
        workflow: account.workflow.clone(),
        currency: account.currency.clone(),
        decimals: account.decimals.map(i32::from),
        lock_on_confirm: account.lock_on_confirm,
        warehouse: account.warehouse,
        time_zone: account.time_zone.clone(),
        revision: account.revision,
        create_time: account.create_time.micros(),
        invoice_series: account.invoice_series,
        phone_messages: account.phone_messages,
        email_messages: account.email_messages,
        service_vat_correction: account.service_vat_correction.map(Decimal::ten_thousandths),
        seller_details: account.seller_details.clone(),
        code: (!account.code.is_empty()).then(|| account.code.clone()),
    }
}

/// An account with its stores and the entries of its catalogs.
///
/// # Errors
/// Where a row makes no sense.
pub fn account(
    row: account::Model,
    shops: Vec<shop::Model>,
    entries: Vec<catalog_entry::Model>,
) -> Result<Account, StoreError> {
    let mut account = Account {
        id: row.id,
        name: row.name,
        code: row.code.unwrap_or_default(),
        workflow: row.workflow,
        currency: row.currency,
        decimals: row
            .decimals
            .map(|decimals| u8::try_from(decimals).map_err(damaged))
            .transpose()?,
        lock_on_confirm: row.lock_on_confirm,
        warehouse: row.warehouse,
        time_zone: row.time_zone,
        invoice_series: row.invoice_series,
        phone_messages: row.phone_messages,
        email_messages: row.email_messages,
        seller_details: row.seller_details,
        service_vat_correction: row
            .service_vat_correction
            .map(Decimal::from_ten_thousandths),
        revision: row.revision,
        create_time: Timestamp::from_micros(row.create_time),
        stores: shops.into_iter().map(|row| (row.id, shop(row))).collect(),
        catalogs: CATALOGS
            .iter()
            .map(|(catalog, _)| ((*catalog).to_owned(), Vec::new()))
            .collect(),
    };
    for row in entries {
        let entry = entry(row);
        account
            .catalogs
            .entry(entry.catalog.clone())
            .or_default()
            .push(entry);
    }
    for entries in account.catalogs.values_mut() {
        entries.sort_by(|one, other| (one.id, &one.key).cmp(&(other.id, &other.key)));
    }
    Ok(account)
}

fn shop(row: shop::Model) -> Shop {
    Shop {
        id: row.id,
        name: row.name,
        active: row.active,
        create_time: Timestamp::from_micros(row.create_time),
        version: row.version,
    }
}

/// The row of a store.
pub fn shop_row(account_id: i64, shop: &Shop) -> shop::Model {
    shop::Model {
        account_id,
        id: shop.id,
        name: shop.name.clone(),
        active: shop.active,
        create_time: shop.create_time.micros(),
        version: shop.version,
    }
}

fn entry(row: catalog_entry::Model) -> CatalogEntry {
    CatalogEntry {
        catalog: row.catalog,
        id: row.id,
        key: row.key,
        text: row.text,
        text_en: row.text_en,
        active: row.active,
    }
}

/// The row of a catalog entry.
pub fn entry_row(account_id: i64, entry: &CatalogEntry) -> catalog_entry::Model {
    catalog_entry::Model {
        account_id,
        catalog: entry.catalog.clone(),
        key: entry.key.clone(),
        id: entry.id,
        text: entry.text.clone(),
        text_en: entry.text_en.clone(),
        active: entry.active,
    }
}

/// The row of a customer.
pub fn customer_row(account_id: i64, customer: &CustomerRecord) -> customer::Model {
    customer::Model {
        account_id,
        id: customer.id,
        code: customer.code.clone(),
        name: customer.name.clone(),
        phone: customer.phone.clone(),
        email: customer.email.clone(),
        contact_name: customer.contact_name.clone(),
        address: customer.address.as_ref().map(detail::write_address),
        create_time: customer.create_time.micros(),
        version: customer.version,
    }
}

/// The customer of a row.
///
/// # Errors
/// Where the address makes no sense.
pub fn customer(row: customer::Model) -> Result<CustomerRecord, StoreError> {
    Ok(CustomerRecord {
        id: row.id,
        code: row.code,
        name: row.name,
        phone: row.phone,
        email: row.email,
        contact_name: row.contact_name,
        address: row
            .address
            .as_deref()
            .map(detail::read_address)
            .transpose()?,
        create_time: Timestamp::from_micros(row.create_time),
        version: row.version,
    })
}

/// The row of a credential.
pub fn credential_row(record: &CredentialRecord) -> credential::Model {
    let (key_hash, prefix, login, password_hash) = match &record.proof {
        Proof::Key { hash, prefix } => (Some(hash.to_vec()), prefix.clone(), None, None),
        Proof::Login {
            login,
            password_hash,
        } => (
            None,
            String::new(),
            Some(login.clone()),
            Some(password_hash.clone()),
        ),
    };
    credential::Model {
        account_id: record.account_id,
        id: record.id,
        title: record.title.clone(),
        role: record.role.name().to_owned(),
        key_hash,
        prefix,
        store_id: record.store_id,
        customer_id: record.customer_id,
        scopes: to_text(&record.scopes),
        create_time: record.create_time.micros(),
        expire_time: record.expire_time.map(Timestamp::micros),
        revoke_time: record.revoke_time.map(Timestamp::micros),
        login,
        password_hash,
    }
}

/// The credential of a row.
///
/// # Errors
/// Where the row makes no sense.
pub fn credential(row: credential::Model) -> Result<CredentialRecord, StoreError> {
    let wrong = |what: &dyn std::fmt::Display| {
        damaged(format_args!(
            "credential {} of account {}: {what}",
            row.id, row.account_id
        ))
    };
    let proof = match (&row.key_hash, &row.login, &row.password_hash) {
        (Some(hash), None, None) => Proof::Key {
            hash: bytes(hash, "hash of a key")?,
            prefix: row.prefix.clone(),
        },
        (None, Some(login), Some(password_hash)) => Proof::Login {
            login: login.clone(),
            password_hash: password_hash.clone(),
        },
        _ => return Err(wrong(&"it is neither a key nor a login")),
    };
    Ok(CredentialRecord {
        id: row.id,
        account_id: row.account_id,
        role: Role::parse(&row.role).ok_or_else(|| wrong(&"its role is not known"))?,
        proof,
        scopes: from_text(&row.scopes).map_err(|error| wrong(&error))?,
        title: row.title,
        store_id: row.store_id,
        customer_id: row.customer_id,
        create_time: Timestamp::from_micros(row.create_time),
        expire_time: row.expire_time.map(Timestamp::from_micros),
        revoke_time: row.revoke_time.map(Timestamp::from_micros),
    })
}

/// The row of a session.
pub fn session_row(session: &Session) -> session::Model {
    session::Model {
        token_hash: session.token_hash.to_vec(),
        account_id: session.account_id,
        credential_id: session.credential_id,
        idle: session.idle,
        create_time: session.create_time.micros(),
        expire_time: session.expire_time.micros(),
        end_time: session.end_time.micros(),
    }
}

/// The session of a row.
///
/// # Errors
/// Where the hash is none.
pub fn session(row: session::Model) -> Result<Session, StoreError> {
    Ok(Session {
        token_hash: bytes(&row.token_hash, "hash of a token")?,
        account_id: row.account_id,
        credential_id: row.credential_id,
        idle: row.idle,
        create_time: Timestamp::from_micros(row.create_time),
        expire_time: Timestamp::from_micros(row.expire_time),
        end_time: Timestamp::from_micros(row.end_time),
    })
}

/// The rows of an account's counters.
pub fn counter_rows(account_id: i64, counters: &Counters) -> Vec<counter::Model> {
    let mut counters = counters.clone();
    let row = |name: &str, value| counter::Model {
        account_id,
        name: name.to_owned(),
        value,
    };
    let mut rows: Vec<_> = COUNTERS
        .iter()
        .map(|(name, counter)| row(name, *counter(&mut counters)))
        .collect();
    let series = counters.series.iter();
    rows.extend(series.map(|(name, last)| row(name, *last)));
    rows
}

/// Sets the counter of that name; a name that is not known is passed over.
pub fn fill_counter(counters: &mut Counters, name: &str, value: i64) {
    if let Some((_, counter)) = COUNTERS.iter().find(|(known, _)| *known == name) {
        *counter(counters) = value;
    } else if is_series_counter(name) {
        counters.series.insert(name.to_owned(), value);
    }
}

type Counter = (&'static str, fn(&mut Counters) -> &mut i64);

const COUNTERS: [Counter; 10] = [
    ("order", |counters| &mut counters.order),
    ("payment", |counters| &mut counters.payment),
    ("store", |counters| &mut counters.store),
    ("customer", |counters| &mut counters.customer),
    ("address", |counters| &mut counters.address),
    ("credential", |counters| &mut counters.credential),
    ("store_order", |counters| &mut counters.store_order),
    ("supplier_order", |counters| &mut counters.supplier_order),
    ("outbound_order", |counters| &mut counters.outbound_order),
    ("message", |counters| &mut counters.message),
];

/// Text without a way to fail: lists of text and of numbers.
pub(super) fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn from_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// The row of a day's calls.
pub fn calls_row(calls: &DailyCalls) -> daily_calls::Model {
    daily_calls::Model {
        account_id: calls.account_id,
        credential_id: calls.credential_id,
        day: i64::from(calls.day),
        calls: calls.calls,
    }
}
