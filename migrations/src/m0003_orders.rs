//! Orders: the narrow row that a transition rewrites, everything else, and payments.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Orders: the narrow row that a transition rewrites, everything else, and payments.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0003_orders"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(
            manager,
            &[
                ORDERS,
                ORDERS_NUMBER,
                ORDERS_STATE,
                ORDER_DETAIL,
                PAYMENT,
                PAYMENT_ORDER,
            ],
        )
        .await
    }
}

const ORDERS: &str = r#"CREATE TABLE orders (
    account_id {int} NOT NULL REFERENCES account (id),
    id {int} NOT NULL,
    number {text} NOT NULL,
    workflow {text} NOT NULL,
    workflow_version {int} NOT NULL,
    state {text} NOT NULL,
    phase {code} NOT NULL,
    payment_status {code} NOT NULL,
    invoice_status {code} NOT NULL,
    delivery_status {code},
    locked {bool} NOT NULL,
    customer_id {int},
    store_id {int},
    currency {text} NOT NULL,
    total {int} NOT NULL,
    discount {int} NOT NULL,
    tax {int} NOT NULL,
    grand_total {int} NOT NULL,
    amount_paid {int} NOT NULL,
    order_date {int},
    create_time {int} NOT NULL,
    update_time {int} NOT NULL,
    delete_time {int},
    version {int} NOT NULL,
    last_hash {bytes} NOT NULL,
    PRIMARY KEY (account_id, id)
) {rewritten}"#;

const ORDERS_NUMBER: &str =
    "CREATE UNIQUE INDEX orders_number ON orders (account_id, number) WHERE delete_time IS NULL";

const ORDERS_STATE: &str = "CREATE INDEX orders_state ON orders (account_id, state, id)";

const ORDER_DETAIL: &str = r#"CREATE TABLE order_detail (
    account_id {int} NOT NULL,
    order_id {int} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (account_id, order_id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
) {plain}"#;

const PAYMENT: &str = r#"CREATE TABLE payment (
    account_id {int} NOT NULL,
    id {int} NOT NULL,
    order_id {int} NOT NULL,
    refund {bool} NOT NULL,
    method {text} NOT NULL,
    amount {int} NOT NULL,
    currency {text} NOT NULL,
    description {text} NOT NULL,
    pay_date {text} NOT NULL,
    create_time {int} NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
) {keyed}"#;

const PAYMENT_ORDER: &str = "CREATE INDEX payment_order ON payment (account_id, order_id)";
