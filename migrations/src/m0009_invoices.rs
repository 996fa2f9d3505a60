//! Invoices, the messages about them, and what accounts say about both.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Invoices, the messages about them, and what accounts say about both.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0009_invoices"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(
            manager,
            &[
                "ALTER TABLE account ADD COLUMN invoice_series {code}",
                "ALTER TABLE account ADD COLUMN phone_messages {bool} NOT NULL DEFAULT false",
                "ALTER TABLE account ADD COLUMN email_messages {bool} NOT NULL DEFAULT false",
                "ALTER TABLE account ADD COLUMN service_vat_correction {int}",
                INVOICE,
                INVOICE_ORDER,
                MESSAGE,
                MESSAGE_ORDER,
            ],
        )
        .await
    }
}

const INVOICE: &str = r#"CREATE TABLE invoice (
    account_id {int} NOT NULL,
    number {int} NOT NULL,
    order_id {int} NOT NULL,
    customer_id {int},
    pro_forma {bool} NOT NULL,
    state {code} NOT NULL,
    date {text} NOT NULL,
    grand_total {int} NOT NULL,
    body {text} NOT NULL,
    create_time {int} NOT NULL,
    PRIMARY KEY (account_id, number),
    FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
) {plain}"#;

const INVOICE_ORDER: &str = "CREATE INDEX invoice_order ON invoice (account_id, order_id, number)";

const MESSAGE: &str = r#"CREATE TABLE message (
    account_id {int} NOT NULL,
    id {int} NOT NULL,
    kind {text} NOT NULL,
    recipient {text} NOT NULL,
    order_id {int} NOT NULL,
    invoice_number {int} NOT NULL,
    state {text} NOT NULL,
    create_time {int} NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
) {keyed}"#;

const MESSAGE_ORDER: &str = "CREATE INDEX message_order ON message (account_id, order_id)";
