//! The catalog of hold reasons, for accounts that were made before there was one.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// The catalog of hold reasons, for accounts that were made before there was one.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0007_hold_reasons"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run_either(manager, &[FILL_POSTGRES], &[FILL_SQLITE]).await?;
        ddl::run(manager, &["UPDATE account SET revision = revision + 1"]).await
    }
}

const FILL_POSTGRES: &str = r#"INSERT INTO catalog_entry (account_id, catalog, "key", id, text, text_en, active)
    SELECT account.id, 'hold_reasons', usual.word, usual.id, usual.text, usual.text, true
    FROM account CROSS JOIN (VALUES
        (1, 'payment_review', 'Payment under review'),
        (2, 'address_incomplete', 'Address incomplete'),
        (3, 'awaiting_stock', 'Awaiting stock'),
        (4, 'customer_request', 'Customer''s request'),
        (5, 'other', 'Other')
    ) AS usual (id, word, text)"#;

// SQLite names the columns of VALUES itself.
const FILL_SQLITE: &str = r#"INSERT INTO catalog_entry (account_id, catalog, "key", id, text, text_en, active)
    SELECT account.id, 'hold_reasons', usual.column2, usual.column1, usual.column3, usual.column3, 1
    FROM account CROSS JOIN (VALUES
        (1, 'payment_review', 'Payment under review'),
        (2, 'address_incomplete', 'Address incomplete'),
        (3, 'awaiting_stock', 'Awaiting stock'),
        (4, 'customer_request', 'Customer''s request'),
        (5, 'other', 'Other')
    ) AS usual"#;
