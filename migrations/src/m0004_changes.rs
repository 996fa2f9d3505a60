//! The ledger: one row for each change, append-only, with personal values beside it.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// The ledger: one row for each change, append-only, with personal values beside it.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0004_changes"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(
            manager,
            &[CHANGE, CHANGE_VERSION, CHANGE_TIME, PERSONAL_VALUE],
        )
        .await?;
        ddl::run_either(manager, &APPEND_ONLY_POSTGRES, &APPEND_ONLY_SQLITE).await
    }
}

// No foreign key to the order: each would be looked up and locked once more for every change, and
// the one writer puts both into one transaction. Verification proves that they belong together.
const CHANGE: &str = r#"CREATE TABLE change (
    position {int} NOT NULL PRIMARY KEY,
    account_id {int} NOT NULL,
    order_id {int} NOT NULL,
    version {int} NOT NULL,
    kind {code} NOT NULL,
    transition {text} NOT NULL,
    verb {text} NOT NULL,
    actor {text} NOT NULL,
    role {text} NOT NULL,
    from_state {text} NOT NULL,
    to_state {text} NOT NULL,
    reason {text} NOT NULL,
    message {text} NOT NULL,
    public {bool} NOT NULL,
    notify {bool} NOT NULL,
    request_id {bytes},
    fields {text} NOT NULL,
    passed_over {text} NOT NULL,
    create_time {int} NOT NULL,
    hash {bytes} NOT NULL
) {plain}"#;

const CHANGE_VERSION: &str =
    "CREATE UNIQUE INDEX change_version ON change (account_id, order_id, version)";

const CHANGE_TIME: &str = "CREATE INDEX change_time ON change (account_id, create_time)";

// Not append-only: erasing a person removes rows here, and the digests in `change` still hold.
const PERSONAL_VALUE: &str = r#"CREATE TABLE personal_value (
    account_id {int} NOT NULL,
    order_id {int} NOT NULL,
    version {int} NOT NULL,
    salt {bytes} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (account_id, order_id, version)
) {plain}"#;

const APPEND_ONLY_POSTGRES: [&str; 3] = [
    r#"CREATE FUNCTION change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$"#,
    r#"CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON change
    FOR EACH ROW EXECUTE FUNCTION change_is_append_only()"#,
    r#"CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON change
    FOR EACH STATEMENT EXECUTE FUNCTION change_is_append_only()"#,
];

const APPEND_ONLY_SQLITE: [&str; 2] = [
    r#"CREATE TRIGGER change_not_updated BEFORE UPDATE ON change
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"#,
    r#"CREATE TRIGGER change_not_deleted BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"#,
];
