//! How often credentials have called, by day.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// How often credentials have called, by day.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0010_daily_calls"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &[DAILY_CALLS]).await
    }
}

const DAILY_CALLS: &str = r#"CREATE TABLE daily_calls (
    account_id {int} NOT NULL REFERENCES account (id),
    credential_id {int} NOT NULL,
    day {int} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (account_id, credential_id, day)
) {rewritten}"#;
