//! The numbers of an account's catalogs: what the contract has in their place are numbers only.

use std::sync::Arc;
use std::time::Duration;

use order_status_proto::v1 as pb;

use super::refused::Refused;
use super::user::User;
use crate::rest::dialect::recent::Recent;

/// How long a catalog is remembered for orders that name its numbers. Those that it does not have are looked up anew,
/// and whether a key may still be named the API knows.
const FRESH: Duration = Duration::from_secs(1);
/// How many entries are asked for at once.
const PAGE: i32 = 1000;

/// What was read a moment ago, by account and catalog.
pub type Known = Recent<(i64, &'static str), Arc<[pb::CatalogEntry]>>;

/// Nothing read yet.
pub fn nothing_known() -> Known {
    Recent::new(FRESH)
}

/// The entries of a catalog that may be named from now on, by their numbers.
pub async fn entries(
    user: &User<'_>,
    catalog: &'static str,
) -> Result<Arc<[pb::CatalogEntry]>, Refused> {
    let mut catalogs = user.catalogs();
    let mut entries: Vec<pb::CatalogEntry> = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListCatalogEntriesRequest {
            catalog: catalog.to_owned(),
            page_size: PAGE,
            page_token,
        };
        let page = catalogs.list_catalog_entries(request).await?.into_inner();
        entries.extend(page.entries.into_iter().filter(pb::CatalogEntry::active));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            entries.sort_by_key(pb::CatalogEntry::id);
            let entries: Arc<[_]> = entries.into();
            let key = (user.account(), catalog);
            user.known().put(key, Arc::clone(&entries));
            return Ok(entries);
        }
    }
}

/// The same, as they were a moment ago where those numbers were among them.
pub async fn entries_with(
    user: &User<'_>,
    catalog: &'static str,
    mut numbers: impl Iterator<Item = i64>,
) -> Result<Arc<[pb::CatalogEntry]>, Refused> {
    match user.known().get(&(user.account(), catalog)) {
        Some(known) if numbers.all(|number| find(&known, number).is_some()) => Ok(known),
        _ => entries(user, catalog).await,
    }
}

/// The key of the entry with that number; empty for 0 where no entry has it.
pub async fn key_or_none(
    user: &User<'_>,
    catalog: &'static str,
    field: &str,
    number: i64,
) -> Result<String, Refused> {
    let named = Some(number).filter(|number| *number != 0);
    let entries = entries_with(user, catalog, named.into_iter()).await?;
    if number == 0 && find(&entries, number).is_none() {
        return Ok(String::new());
    }
    among(&entries, field, number)
}

/// The key of the entry with that number.
pub async fn key(
    user: &User<'_>,
    catalog: &'static str,
    field: &str,
    number: i64,
) -> Result<String, Refused> {
    let entries = entries_with(user, catalog, std::iter::once(number)).await?;
    among(&entries, field, number)
}

/// The key of the one of these entries that has that number.
pub fn among(entries: &[pb::CatalogEntry], field: &str, number: i64) -> Result<String, Refused> {
    find(entries, number)
        .map(|entry| entry.key.clone())
        .ok_or_else(|| unknown(entries, field, number))
}

fn find(entries: &[pb::CatalogEntry], number: i64) -> Option<&pb::CatalogEntry> {
    let mut entries = entries.iter();
    entries.find(|entry| i64::from(entry.id()) == number)
}

fn unknown(entries: &[pb::CatalogEntry], field: &str, number: i64) -> Refused {
    let known: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} ({})", entry.id(), entry.text))
        .collect();
    let known = known.join(", ");
    Refused::field(field, &format!("{number} is unknown; known: {known}"))
}
