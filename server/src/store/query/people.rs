//! Accounts, credentials, customers, payments, rulebooks.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::domain::account::{Account, CustomerRecord};
use crate::domain::order::Payment;
use crate::store::batch::CredentialRecord;
use crate::store::entity::{account, catalog_entry, credential, customer, payment, shop, workflow};
use crate::store::error::damaged;
use crate::store::{Store, StoreError, rows};

impl Store {
    /// An account with its stores and catalogs.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn account(&self, id: i64) -> Result<Option<Account>, StoreError> {
        let Some(row) = account::Entity::find_by_id(id)
            .one(&self.inner.pool)
            .await?
        else {
            return Ok(None);
        };
        self.whole_account(row).await.map(Some)
    }

    /// The revision of an account, which every change of its settings, stores and catalogs raises.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn revision(&self, id: i64) -> Result<Option<i64>, StoreError> {
        let found = account::Entity::find_by_id(id)
            .select_only()
            .column(account::Column::Revision);
        Ok(found.into_tuple().one(&self.inner.pool).await?)
    }

    /// Accounts by id, those after `after`.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn accounts(&self, after: i64, limit: u64) -> Result<Vec<Account>, StoreError> {
        let found = account::Entity::find()
            .filter(account::Column::Id.gt(after))
            .order_by_asc(account::Column::Id);
        let mut accounts = Vec::new();
        for row in found.limit(limit).all(&self.inner.pool).await? {
            accounts.push(self.whole_account(row).await?);
        }
        Ok(accounts)
    }

    async fn whole_account(&self, row: account::Model) -> Result<Account, StoreError> {
        let shops = shop::Entity::find()
            .filter(shop::Column::AccountId.eq(row.id))
            .all(&self.inner.pool)
            .await?;
        let entries =
            catalog_entry::Entity::find().filter(catalog_entry::Column::AccountId.eq(row.id));
        let entries = entries.all(&self.inner.pool).await?;
        rows::account(row, shops, entries)
    }

    /// Credentials of an account by id, those after `after`.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn credentials(
        &self,
        account: i64,
        after: i64,
        limit: u64,
    ) -> Result<Vec<CredentialRecord>, StoreError> {
        let found = credential::Entity::find()
            .filter(credential::Column::AccountId.eq(account))
            .filter(credential::Column::Id.gt(after))
            .order_by_asc(credential::Column::Id)
            .limit(limit);
        found
            .all(&self.inner.pool)
            .await?
            .into_iter()
            .map(rows::credential)
            .collect()
    }

    /// A registered customer.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn customer(
        &self,
        account: i64,
        id: i64,
    ) -> Result<Option<CustomerRecord>, StoreError> {
        let found = customer::Entity::find_by_id((account, id))
            .one(&self.inner.pool)
            .await?;
        found.map(rows::customer).transpose()
    }

    /// Registered customers of an account by id, those after `after`.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn customers(
        &self,
        account: i64,
        after: i64,
        limit: u64,
    ) -> Result<Vec<CustomerRecord>, StoreError> {
        let found = customer::Entity::find()
            .filter(customer::Column::AccountId.eq(account))
            .filter(customer::Column::Id.gt(after))
            .order_by_asc(customer::Column::Id)
            .limit(limit);
        found
            .all(&self.inner.pool)
            .await?
            .into_iter()
            .map(rows::customer)
            .collect()
    }

    /// Payments and refunds by id, each with its order's id: those after `after`, of one order or of the
    /// whole account.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn payments(
        &self,
        account: i64,
        order: Option<i64>,
        after: i64,
        limit: u64,
    ) -> Result<Vec<(i64, Payment)>, StoreError> {
        let mut found = payment::Entity::find()
            .filter(payment::Column::AccountId.eq(account))
            .filter(payment::Column::Id.gt(after))
            .order_by_asc(payment::Column::Id)
            .limit(limit);
        if let Some(order) = order {
            found = found.filter(payment::Column::OrderId.eq(order));
        }
        let found = found.all(&self.inner.pool).await?;
        Ok(found
            .into_iter()
            .map(|row| (row.order_id, rows::payment(row)))
            .collect())
    }

    /// The digests of the rulebooks that were in use: name, version, digest.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn workflow_digests(&self) -> Result<Vec<(String, u32, String)>, StoreError> {
        let found = workflow::Entity::find()
            .order_by_asc(workflow::Column::Name)
            .order_by_asc(workflow::Column::Version);
        let found = found.all(&self.inner.pool).await?.into_iter();
        found
            .map(|row| {
                Ok((
                    row.name,
                    u32::try_from(row.version).map_err(damaged)?,
                    row.digest,
                ))
            })
            .collect()
    }
}
