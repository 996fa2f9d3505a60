//! Entries of an account's catalogs.

use std::collections::BTreeMap;

use super::{AdminDecided, AdminGround, check_name, finish, own_account};
use crate::domain::account::{CATALOGS, CatalogEntry, EMPLOYEES};
use crate::domain::admin::EntryInput;
use crate::domain::decide::check_text;
use crate::domain::refusal::{Refusal, Violation};

/// The largest id that a catalog entry may have: the next free one after it fits, too.
const LARGEST_ENTRY_ID: i32 = 999_999_999;

/// Makes or overwrites an entry; a new one gets the next id where none is given.
pub(super) fn upsert(
    input: &EntryInput,
    ground: &AdminGround<'_>,
) -> Result<AdminDecided, Refusal> {
    let account = own_account(ground)?;
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
    // Of employees, invoices keep the id.
    let kept = input.catalog == EMPLOYEES && ground.code_in_use;
    if let Some(known) = known.filter(|known| kept && known.id != id) {
        let message = format!("must stay {}: invoices name it", known.id);
        violations.push(Violation::new("entry.id", message));
    }
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

/// Removes an entry that no order or invoice names.
pub(super) fn remove(
    catalog: &str,
    key: &str,
    ground: &AdminGround<'_>,
) -> Result<AdminDecided, Refusal> {
    let entries = own_account(ground)?.catalogs.get(catalog);
    let Some(entry) = entries.and_then(|entries| entries.iter().find(|entry| entry.key == key))
    else {
        return Err(Refusal::ResourceNotFound {
            kind: "catalog entry",
            name: format!("{catalog}/{key}"),
        });
    };
    if ground.code_in_use {
        return Err(Refusal::CodeInUse {
            catalog: catalog.to_owned(),
            key: entry.key.clone(),
        });
    }
    Ok(AdminDecided::RemoveEntry(
        catalog.to_owned(),
        key.to_owned(),
    ))
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
