//! The rulebooks in use, and the pen.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// The rulebooks in use, and the pen.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0002_workflows"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &[WORKFLOW, PEN, "INSERT INTO pen (id) VALUES (1)"]).await
    }
}

const WORKFLOW: &str = r#"CREATE TABLE workflow (
    name {text} NOT NULL,
    version {int} NOT NULL,
    digest {text} NOT NULL,
    PRIMARY KEY (name, version)
) {keyed}"#;

// One row that nobody updates; who holds its lock may write the ledger.
const PEN: &str = r#"CREATE TABLE pen (
    id {int} NOT NULL PRIMARY KEY CHECK (id = 1)
) {plain}"#;
