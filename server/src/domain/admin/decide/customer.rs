//! Customers of an account.

use super::{AdminDecided, AdminGround, check_etag, finish, missing, new_id};
use crate::domain::account::{Counters, CustomerRecord};
use crate::domain::address::Address;
use crate::domain::admin::CustomerPatch;
use crate::domain::decide::{check_address, check_text};
use crate::domain::refusal::Refusal;

/// Registers a customer.
pub(super) fn create(
    patch: &CustomerPatch,
    ground: &AdminGround<'_>,
    counters: &mut Counters,
) -> Result<AdminDecided, Refusal> {
    if let Some(known) = ground.customer {
        return Err(Refusal::AlreadyExists {
            kind: "customer",
            name: known.id.to_string(),
        });
    }
    let id = new_id(patch.id, &mut counters.customer, "customer.id")?;
    let customer = CustomerRecord {
        id,
        create_time: ground.now,
        ..CustomerRecord::default()
    };
    set(customer, patch)
}

/// Changes a customer's record.
pub(super) fn update(
    id: i64,
    patch: &CustomerPatch,
    ground: &AdminGround<'_>,
) -> Result<AdminDecided, Refusal> {
    let customer = ground.customer.ok_or_else(|| missing("customer", id))?;
    check_etag(ground, customer.version)?;
    set(customer.clone(), patch)
}

fn set(mut customer: CustomerRecord, patch: &CustomerPatch) -> Result<AdminDecided, Refusal> {
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
