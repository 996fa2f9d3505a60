//! Logins with passwords, sessions, and the codes by which log-ins name accounts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::ddl;

/// Logins with passwords, sessions, and the codes by which log-ins name accounts.
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0006_sessions"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run_either(manager, &LOGINS_POSTGRES, &LOGINS_SQLITE).await?;
        ddl::run(
            manager,
            &[
                CREDENTIAL_LOGIN,
                "ALTER TABLE account ADD COLUMN code {text}",
                ACCOUNT_CODE,
                SESSION,
                SESSION_CREDENTIAL,
                SESSION_END,
            ],
        )
        .await
    }
}

const LOGINS_POSTGRES: [&str; 3] = [
    "ALTER TABLE credential ALTER COLUMN key_hash DROP NOT NULL",
    "ALTER TABLE credential ADD COLUMN login {text}",
    "ALTER TABLE credential ADD COLUMN password_hash {text}",
];

// SQLite takes no NOT NULL away from a column, so the table is made anew. Nothing refers to it.
const LOGINS_SQLITE: [&str; 5] = [
    r#"CREATE TABLE credential_anew (
    account_id {int} NOT NULL REFERENCES account (id),
    id {int} NOT NULL,
    title {text} NOT NULL,
    role {text} NOT NULL,
    key_hash {bytes},
    prefix {text} NOT NULL,
    store_id {int},
    customer_id {int},
    scopes {text} NOT NULL,
    create_time {int} NOT NULL,
    expire_time {int},
    revoke_time {int},
    login {text},
    password_hash {text},
    PRIMARY KEY (account_id, id)
) {plain}"#,
    "INSERT INTO credential_anew SELECT account_id, id, title, role, key_hash, prefix, store_id, customer_id, scopes, \
     create_time, expire_time, revoke_time, NULL, NULL FROM credential",
    "DROP TABLE credential",
    "ALTER TABLE credential_anew RENAME TO credential",
    "CREATE UNIQUE INDEX credential_key ON credential (key_hash)",
];

// A login is free again once its credential is revoked.
const CREDENTIAL_LOGIN: &str = "CREATE UNIQUE INDEX credential_login ON credential (login, account_id) \
     WHERE login IS NOT NULL AND revoke_time IS NULL";

const ACCOUNT_CODE: &str = "CREATE UNIQUE INDEX account_code ON account (code)";

const SESSION: &str = r#"CREATE TABLE session (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    account_id {int} NOT NULL REFERENCES account (id),
    credential_id {int} NOT NULL,
    idle {int} NOT NULL,
    create_time {int} NOT NULL,
    expire_time {int} NOT NULL,
    end_time {int} NOT NULL
) {rewritten}"#;

const SESSION_CREDENTIAL: &str =
    "CREATE INDEX session_credential ON session (account_id, credential_id, end_time)";

const SESSION_END: &str = "CREATE INDEX session_end ON session (end_time)";
