//! The schema of the order-status service, step by step, for SQLite and PostgreSQL.
//!
//! Every step runs in a transaction of its own that also records it, so a step is either there or
//! not. Two migrators at once wait for each other; a schema that is newer than this crate is refused.

mod ddl;
mod erase;
mod m0001_accounts;
mod m0002_workflows;
mod m0003_orders;
mod m0004_changes;
mod m0005_requests;
mod m0006_sessions;
mod m0007_hold_reasons;
mod m0008_documents;
mod m0009_invoices;
mod m0010_daily_calls;
mod m0011_answered_documents;
mod m0012_seller_details;
mod runner;

pub use erase::erase;
pub use runner::{MigrateError, Schema, migrate, schema};

use sea_orm_migration::MigrationTrait;

/// What marks a SQLite file as one of this service: `ORST` in the header's application id.
pub const APPLICATION_ID: i32 = 0x4F52_5354;

/// The steps in order. A step that was released is never edited.
fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_accounts::Step),
        Box::new(m0002_workflows::Step),
        Box::new(m0003_orders::Step),
        Box::new(m0004_changes::Step),
        Box::new(m0005_requests::Step),
        Box::new(m0006_sessions::Step),
        Box::new(m0007_hold_reasons::Step),
        Box::new(m0008_documents::Step),
        Box::new(m0009_invoices::Step),
        Box::new(m0010_daily_calls::Step),
        Box::new(m0011_answered_documents::Step),
        Box::new(m0012_seller_details::Step),
    ]
}

/// How many steps there are: the `user_version` of a SQLite file that has them all.
pub fn latest() -> usize {
    steps().len()
}
