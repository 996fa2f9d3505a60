//! Request ids that were answered, and with what.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Request ids that were answered, and with what.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0005_requests"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &[REQUEST, REQUEST_DAY]).await
    }
}

const REQUEST: &str = r#"CREATE TABLE request (
    account_id {int} NOT NULL,
    request_id {bytes} NOT NULL,
    day {code} NOT NULL,
    fingerprint {bytes} NOT NULL,
    credential_id {int} NOT NULL,
    results {text} NOT NULL,
    create_time {int} NOT NULL,
    PRIMARY KEY (account_id, request_id)
) {keyed}"#;

const REQUEST_DAY: &str = "CREATE INDEX request_day ON request (day)";
