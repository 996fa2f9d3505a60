//! Store, supplier and outbound orders.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Store, supplier and outbound orders.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0008_documents"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &[DOCUMENT]).await
    }
}

const DOCUMENT: &str = r#"CREATE TABLE document (
    account_id {int} NOT NULL REFERENCES account (id),
    kind {code} NOT NULL,
    id {int} NOT NULL,
    state {code} NOT NULL,
    body {text} NOT NULL,
    create_time {int} NOT NULL,
    update_time {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (account_id, kind, id)
) {rewritten}"#;
