//! Accounts and what they own beside orders.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Accounts and what they own beside orders.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0001_accounts"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(
            manager,
            &[
                ACCOUNT,
                COUNTER,
                STORE,
                CUSTOMER,
                CATALOG_ENTRY,
                USED_CODE,
                CREDENTIAL,
                CREDENTIAL_KEY,
            ],
        )
        .await
    }
}

const ACCOUNT: &str = r#"CREATE TABLE account (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    workflow {text} NOT NULL,
    currency {text} NOT NULL,
    decimals {code},
    lock_on_confirm {bool} NOT NULL,
    warehouse {bool} NOT NULL,
    time_zone {text} NOT NULL,
    revision {int} NOT NULL,
    create_time {int} NOT NULL
) {plain}"#;

const COUNTER: &str = r#"CREATE TABLE counter (
    account_id {int} NOT NULL REFERENCES account (id),
    name {text} NOT NULL,
    value {int} NOT NULL,
    PRIMARY KEY (account_id, name)
) {rewritten}"#;

const STORE: &str = r#"CREATE TABLE store (
    account_id {int} NOT NULL REFERENCES account (id),
    id {int} NOT NULL,
    name {text} NOT NULL,
    active {bool} NOT NULL,
    create_time {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (account_id, id)
) {keyed}"#;

const CUSTOMER: &str = r#"CREATE TABLE customer (
    account_id {int} NOT NULL REFERENCES account (id),
    id {int} NOT NULL,
    code {text} NOT NULL,
    name {text} NOT NULL,
    phone {text} NOT NULL,
    email {text} NOT NULL,
    contact_name {text} NOT NULL,
    address {text},
    create_time {int} NOT NULL,
    version {int} NOT NULL,
    PRIMARY KEY (account_id, id)
) {plain}"#;

const CATALOG_ENTRY: &str = r#"CREATE TABLE catalog_entry (
    account_id {int} NOT NULL REFERENCES account (id),
    catalog {text} NOT NULL,
    "key" {text} NOT NULL,
    id {code} NOT NULL,
    "text" {text} NOT NULL,
    text_en {text} NOT NULL,
    active {bool} NOT NULL,
    PRIMARY KEY (account_id, catalog, "key")
) {keyed}"#;

// Codes that an order has named. A row stays: history goes on naming the code.
const USED_CODE: &str = r#"CREATE TABLE used_code (
    account_id {int} NOT NULL REFERENCES account (id),
    catalog {text} NOT NULL,
    "key" {text} NOT NULL,
    PRIMARY KEY (account_id, catalog, "key")
) {keyed}"#;

const CREDENTIAL: &str = r#"CREATE TABLE credential (
    account_id {int} NOT NULL REFERENCES account (id),
    id {int} NOT NULL,
    title {text} NOT NULL,
    role {text} NOT NULL,
    key_hash {bytes} NOT NULL,
    prefix {text} NOT NULL,
    store_id {int},
    customer_id {int},
    scopes {text} NOT NULL,
    create_time {int} NOT NULL,
    expire_time {int},
    revoke_time {int},
    PRIMARY KEY (account_id, id)
) {plain}"#;

const CREDENTIAL_KEY: &str = "CREATE UNIQUE INDEX credential_key ON credential (key_hash)";
