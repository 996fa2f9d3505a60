//! Addresses as callers give them.

use order_status_proto::v1 as pb;

use super::given::Given;
use super::refused::Refused;

/// How many problems are told at once.
const SEPARATOR: &str = "; ";

/// A text of an address, as it is set.
type Part = fn(&mut pb::Address) -> &mut String;

/// The members that every address has, empty as they may be.
const REQUIRED: [(&str, Part); 9] = [
    ("name", |a| &mut a.name),
    ("street", |a| &mut a.street),
    ("house_number", |a| &mut a.house_number),
    ("house_number_postfix", |a| &mut a.house_number_postfix),
    ("postal_code", |a| &mut a.postal_code),
    ("city", |a| &mut a.city),
    ("country_code", |a| &mut a.country_code),
    ("phone_number", |a| &mut a.phone),
    ("email", |a| &mut a.email),
];
/// Those that may be left out, or null.
const OPTIONAL: [(&str, Part); 2] = [
    ("company_name", |a| &mut a.company_name),
    ("notes", |a| &mut a.notes),
];

/// The address, where one is given.
///
/// # Errors
/// Every member that is missing, or the first that is of another type.
pub fn new_delivery_address(given: &Given<'_>) -> Result<Option<pb::Address>, Refused> {
    let Some(given) = given.object("new_delivery_address")? else {
        return Ok(None);
    };
    let mut address = pb::Address::default();
    let mut missing = Vec::new();
    match given.boolean("is_business_address")? {
        Some(business) => address.business = business,
        None => missing.push("is_business_address"),
    }
    for (name, part) in REQUIRED {
        match given.text(name)? {
            Some(text) => *part(&mut address) = text,
            None => missing.push(name),
        }
    }
    for (name, part) in OPTIONAL {
        *part(&mut address) = given.text(name)?.unwrap_or_default();
    }
    if missing.is_empty() {
        return Ok(Some(address));
    }
    let told = missing
        .iter()
        .map(|name| format!("new_delivery_address.{name} is required"));
    let told: Vec<String> = told.collect();
    Err(Refused::bad_request(told.join(SEPARATOR)))
}
