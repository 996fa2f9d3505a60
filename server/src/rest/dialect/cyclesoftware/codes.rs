//! The numbers of an account's catalogs: what the contract has in their place are numbers only.

use order_status_proto::v1 as pb;

use super::refused::Refused;
use super::user::User;

/// How many entries are asked for at once.
const PAGE: i32 = 1000;

/// The entries of a catalog that may be named from now on, by their numbers.
pub async fn entries(user: &User<'_>, catalog: &str) -> Result<Vec<pb::CatalogEntry>, Refused> {
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
            return Ok(entries);
        }
    }
}

/// The key of the entry with that number; empty for 0 where no entry has it.
pub async fn key_or_none(
    user: &User<'_>,
    catalog: &str,
    field: &str,
    number: i64,
) -> Result<String, Refused> {
    let entries = entries(user, catalog).await?;
    if number == 0 && entries.iter().all(|entry| entry.id() != 0) {
        return Ok(String::new());
    }
    among(&entries, field, number)
}

/// The key of the entry with that number.
pub async fn key(
    user: &User<'_>,
    catalog: &str,
    field: &str,
    number: i64,
) -> Result<String, Refused> {
    among(&entries(user, catalog).await?, field, number)
}

/// The key of the one of these entries that has that number.
pub fn among(entries: &[pb::CatalogEntry], field: &str, number: i64) -> Result<String, Refused> {
    let mut found = entries.iter();
    let found = found.find(|entry| i64::from(entry.id()) == number);
    found
        .map(|entry| entry.key.clone())
        .ok_or_else(|| unknown(entries, field, number))
}

fn unknown(entries: &[pb::CatalogEntry], field: &str, number: i64) -> Refused {
    let known: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} ({})", entry.id(), entry.text))
        .collect();
    let known = known.join(", ");
    Refused::field(field, &format!("{number} is unknown; known: {known}"))
}
