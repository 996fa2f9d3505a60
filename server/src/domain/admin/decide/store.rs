//! Stores of an account.

use super::{
    AdminDecided, AdminGround, check_etag, check_name, finish, missing, new_id, own_account,
};
use crate::domain::account::{Counters, Store};
use crate::domain::admin::StorePatch;
use crate::domain::refusal::Refusal;

/// Makes a store, active.
pub(super) fn create(
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
    set(
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

/// Changes a store.
pub(super) fn update(
    id: i64,
    patch: &StorePatch,
    ground: &AdminGround<'_>,
) -> Result<AdminDecided, Refusal> {
    let store = own_account(ground)?
        .stores
        .get(&id)
        .ok_or_else(|| missing("store", id))?;
    check_etag(ground, store.version)?;
    set(store.clone(), patch, ground)
}

fn set(
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
