//! Catalogs, stores and customers.

use order_status_proto::v1 as pb;
use prost_types::FieldMask;

use super::mask::Mask;
use super::order_in;
use super::order_out;
use super::reader::{Path, Reader};
use super::time::timestamp;
use crate::domain::account::{Account, CATALOGS, CatalogEntry, CustomerRecord, Store};
use crate::domain::admin::{CustomerPatch, EntryInput, StorePatch};

/// The entity tag of something that counts its versions.
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The account's catalogs.
pub fn catalogs(account: &Account) -> Vec<pb::Catalog> {
    let catalog = |(key, title): (&str, &str)| pb::Catalog {
        key: key.to_owned(),
        title: title.to_owned(),
        // A catalog has at most 1,000 entries.
        entry_count: account.catalogs.get(key).map_or(0, Vec::len) as i32,
    };
    CATALOGS.into_iter().map(catalog).collect()
}

/// Notes a catalog that there is not.
pub fn check_catalog(reader: &mut Reader, path: &Path<'_>, key: &str) {
    if !CATALOGS.iter().any(|(known, _)| *known == key) {
        reader.unknown(path, key, &CATALOGS.map(|(known, _)| known.to_owned()));
    }
}

/// A catalog entry.
pub fn entry(entry: &CatalogEntry) -> pb::CatalogEntry {
    pb::CatalogEntry {
        catalog: entry.catalog.clone(),
        id: Some(entry.id),
        key: entry.key.clone(),
        text: entry.text.clone(),
        text_en: entry.text_en.clone(),
        active: Some(entry.active),
    }
}

/// Reads a catalog entry to be made or changed; what it does not say stays as it is in `account`.
pub fn entry_input(
    reader: &mut Reader,
    given: Option<pb::CatalogEntry>,
    account: &Account,
) -> EntryInput {
    let path = Path::Request.field("entry");
    let given = reader.required(&path, given).unwrap_or_default();
    let present = account.catalogs.get(&given.catalog);
    let present = present.and_then(|entries| entries.iter().find(|entry| entry.key == given.key));
    EntryInput {
        catalog: given.catalog,
        id: given.id,
        key: reader.text(&path.field("key"), given.key),
        text: reader.text(&path.field("text"), given.text),
        text_en: reader.text(&path.field("text_en"), given.text_en),
        active: given
            .active
            .unwrap_or_else(|| present.is_none_or(|entry| entry.active)),
    }
}

/// A store.
pub fn store(store: &Store) -> pb::Store {
    pb::Store {
        id: store.id,
        name: store.name.clone(),
        active: Some(store.active),
        create_time: Some(timestamp(store.create_time)),
        etag: etag(store.version),
    }
}

/// Reads a store to be made.
pub fn new_store(reader: &mut Reader, given: Option<pb::Store>) -> StorePatch {
    let path = Path::Request.field("store");
    let given = reader.required(&path, given).unwrap_or_default();
    StorePatch {
        id: (given.id != 0).then_some(given.id),
        ..store_patch(reader, &path, given, &Mask::All)
    }
}

/// Reads a change of a store: its id and what to set.
pub fn store_update(
    reader: &mut Reader,
    given: Option<pb::Store>,
    mask: Option<FieldMask>,
) -> (i64, StorePatch) {
    let path = Path::Request.field("store");
    let given = reader.required(&path, given).unwrap_or_default();
    let mask = Mask::read(
        reader,
        mask,
        &["name", "active"],
        &["id", "create_time", "etag"],
    );
    (
        reader.id(&path.field("id"), given.id),
        store_patch(reader, &path, given, &mask),
    )
}

fn store_patch(reader: &mut Reader, path: &Path<'_>, given: pb::Store, mask: &Mask) -> StorePatch {
    StorePatch {
        id: None,
        name: named(reader, path, mask, "name", given.name),
        active: mask
            .wants("active", given.active.is_some())
            .then(|| given.active.unwrap_or(true)),
    }
}

/// A customer.
pub fn customer(customer: &CustomerRecord) -> pb::Customer {
    pb::Customer {
        id: customer.id,
        name: customer.name.clone(),
        phone: customer.phone.clone(),
        email: customer.email.clone(),
        contact_name: customer.contact_name.clone(),
        address: customer.address.as_ref().map(order_out::address),
        create_time: Some(timestamp(customer.create_time)),
        etag: etag(customer.version),
        code: customer.code.clone(),
    }
}

/// Reads a customer to be registered.
pub fn new_customer(reader: &mut Reader, given: Option<pb::Customer>) -> CustomerPatch {
    let path = Path::Request.field("customer");
    let given = reader.required(&path, given).unwrap_or_default();
    CustomerPatch {
        id: (given.id != 0).then_some(given.id),
        ..customer_patch(reader, &path, given, &Mask::All)
    }
}

/// Reads a change of a customer: their id and what to set.
pub fn customer_update(
    reader: &mut Reader,
    given: Option<pb::Customer>,
    mask: Option<FieldMask>,
) -> (i64, CustomerPatch) {
    const SETTABLE: [&str; 6] = ["name", "phone", "email", "contact_name", "address", "code"];
    let path = Path::Request.field("customer");
    let given = reader.required(&path, given).unwrap_or_default();
    let mask = Mask::read(reader, mask, &SETTABLE, &["id", "create_time", "etag"]);
    (
        reader.id(&path.field("id"), given.id),
        customer_patch(reader, &path, given, &mask),
    )
}

fn customer_patch(
    reader: &mut Reader,
    path: &Path<'_>,
    given: pb::Customer,
    mask: &Mask,
) -> CustomerPatch {
    let wants_address = mask.wants("address", given.address.is_some());
    let address = given
        .address
        .map(|address| order_in::address(reader, &path.field("address"), address, false));
    let mut text = |name, text| named(reader, path, mask, name, text);
    CustomerPatch {
        id: None,
        code: text("code", given.code),
        name: text("name", given.name),
        phone: text("phone", given.phone),
        email: text("email", given.email),
        contact_name: text("contact_name", given.contact_name),
        address: wants_address.then_some(address),
    }
}

/// Text that the mask asks for.
pub(super) fn named(
    reader: &mut Reader,
    path: &Path<'_>,
    mask: &Mask,
    name: &str,
    text: String,
) -> Option<String> {
    mask.wants(name, !text.is_empty())
        .then(|| reader.text(&path.field(name), text))
}
