//! The documents that requests were answered with.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// The documents that requests were answered with.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0011_answered_documents"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &["ALTER TABLE request ADD COLUMN document {text}"]).await
    }
}
