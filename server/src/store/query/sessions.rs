//! What callers prove themselves by: keys, logins, sessions.

use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::domain::session::Session;
use crate::domain::time::Timestamp;
use crate::store::batch::CredentialRecord;
use crate::store::entity::{account, credential, daily_calls, session};
use crate::store::record::columns;
use crate::store::{Base, Store, StoreError, rows};

impl Store {
    /// The credential whose key has this SHA-256, revoked and expired ones too.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn credential_by_hash(
        &self,
        hash: &[u8; 32],
    ) -> Result<Option<CredentialRecord>, StoreError> {
        let found = match &self.inner.base {
            Base::Sqlite(sqlite) => {
                let all = columns::<credential::Model>("");
                let sql = format!("SELECT {all} FROM credential WHERE key_hash = $1");
                sqlite
                    .rows::<credential::Model>(&sql, &[&hash.as_slice()])?
                    .pop()
            }
            Base::Postgres(_) => {
                let found = credential::Entity::find()
                    .filter(credential::Column::KeyHash.eq(hash.to_vec()));
                found.one(&self.inner.pool).await?
            }
        };
        found.map(rows::credential).transpose()
    }

    /// The session whose token has this SHA-256, as long as the row is kept, which is longer than it stands.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let found = match &self.inner.base {
            Base::Sqlite(sqlite) => {
                let all = columns::<session::Model>("");
                let sql = format!("SELECT {all} FROM session WHERE token_hash = $1");
                sqlite
                    .rows::<session::Model>(&sql, &[&hash.as_slice()])?
                    .pop()
            }
            Base::Postgres(_) => {
                session::Entity::find_by_id(hash.to_vec())
                    .one(&self.inner.pool)
                    .await?
            }
        };
        found.map(rows::session).transpose()
    }

    /// A credential by its id.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn credential(
        &self,
        account: i64,
        id: i64,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        let found = credential::Entity::find_by_id((account, id))
            .one(&self.inner.pool)
            .await?;
        found.map(rows::credential).transpose()
    }

    /// The credentials with this login that stand, those of the oldest accounts first: of the one account where it is
    /// given.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn credentials_by_login(
        &self,
        account: Option<i64>,
        login: &str,
        now: Timestamp,
        at_most: u64,
    ) -> Result<Vec<CredentialRecord>, StoreError> {
        let mut found = credential::Entity::find()
            .filter(credential::Column::Login.eq(login))
            .filter(credential::Column::RevokeTime.is_null())
            .filter(
                Condition::any()
                    .add(credential::Column::ExpireTime.is_null())
                    .add(credential::Column::ExpireTime.gt(now.micros())),
            )
            .order_by_asc(credential::Column::AccountId)
            .limit(at_most);
        if let Some(account) = account {
            found = found.filter(credential::Column::AccountId.eq(account));
        }
        let found = found.all(&self.inner.pool).await?.into_iter();
        found.map(rows::credential).collect()
    }

    /// How often a credential has called on a day.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn calls(&self, account: i64, credential: i64, day: i32) -> Result<i64, StoreError> {
        let found = daily_calls::Entity::find_by_id((account, credential, i64::from(day)));
        let found = found.one(&self.inner.pool).await?;
        Ok(found.map_or(0, |row| row.calls))
    }

    /// The time zone of an account.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn time_zone(&self, account: i64) -> Result<Option<String>, StoreError> {
        let found = account::Entity::find_by_id(account)
            .select_only()
            .column(account::Column::TimeZone);
        Ok(found.into_tuple().one(&self.inner.pool).await?)
    }

    /// The number of the account that has this code.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn account_by_code(&self, code: &str) -> Result<Option<i64>, StoreError> {
        let found = account::Entity::find()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::Code.eq(code));
        Ok(found.into_tuple().one(&self.inner.pool).await?)
    }
}
