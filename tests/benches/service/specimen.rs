//! What one step of the round writes, as the service wrote it.

use rusqlite::Row;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

/// Reads what a [`Specimen`] holds: one row for each step of an order that went the round once, in order.
pub const QUERY: &str = r#"SELECT c.kind, c.transition, c.verb, c.actor, c.role, c.from_state, c.to_state, c.fields,
        c.passed_over, c.hash, r.credential_id, r.results
    FROM change c JOIN request r ON r.account_id = c.account_id AND r.request_id = c.request_id
    WHERE c.account_id = $1 AND c.order_id = $2 AND c.transition <> ''
    ORDER BY c.version"#;

/// The row of a change and of its request id, without what differs from call to call.
pub struct Specimen {
    /// The kind of the change.
    pub kind: i32,
    /// The edge.
    pub transition: String,
    /// What was asked for.
    pub verb: String,
    /// Who asked.
    pub actor: String,
    /// As what.
    pub role: String,
    /// The state before.
    pub from_state: String,
    /// The state after.
    pub to_state: String,
    /// The fields before and after.
    pub fields: String,
    /// The rules passed over.
    pub passed_over: String,
    /// A hash; the fingerprint of a request is as long.
    pub hash: Vec<u8>,
    /// The credential that asked.
    pub credential_id: i64,
    /// What was answered.
    pub results: String,
}

impl Specimen {
    /// Reads a row of [`QUERY`].
    ///
    /// # Errors
    ///
    /// Where the schema is another.
    pub fn from_sqlite(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            kind: row.get("kind")?,
            transition: row.get("transition")?,
            verb: row.get("verb")?,
            actor: row.get("actor")?,
            role: row.get("role")?,
            from_state: row.get("from_state")?,
            to_state: row.get("to_state")?,
            fields: row.get("fields")?,
            passed_over: row.get("passed_over")?,
            hash: row.get("hash")?,
            credential_id: row.get("credential_id")?,
            results: row.get("results")?,
        })
    }

    /// Reads a row of [`QUERY`].
    ///
    /// # Errors
    ///
    /// Where the schema is another.
    pub fn from_postgres(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            kind: row.try_get("kind")?,
            transition: row.try_get("transition")?,
            verb: row.try_get("verb")?,
            actor: row.try_get("actor")?,
            role: row.try_get("role")?,
            from_state: row.try_get("from_state")?,
            to_state: row.try_get("to_state")?,
            fields: row.try_get("fields")?,
            passed_over: row.try_get("passed_over")?,
            hash: row.try_get("hash")?,
            credential_id: row.try_get("credential_id")?,
            results: row.try_get("results")?,
        })
    }

    /// The number of the phase of the state after, in the order row.
    pub fn phase(&self) -> i32 {
        match self.to_state.as_str() {
            "pending" => 1,
            "approved" => 10,
            _ => 30,
        }
    }
}
