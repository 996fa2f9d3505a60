//! Invoices.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::domain::invoice::{Invoice, InvoiceState};
use crate::store::entity::invoice;
use crate::store::{Store, StoreError, rows};

impl Store {
    /// The invoices of the account with these numbers, with where they stand, in the order of their numbers.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn invoices_by_number(
        &self,
        account: i64,
        numbers: &[i64],
    ) -> Result<Vec<(Invoice, InvoiceState)>, StoreError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let found = invoice::Entity::find()
            .filter(invoice::Column::AccountId.eq(account))
            .filter(invoice::Column::Number.is_in(numbers.iter().copied()))
            .order_by_asc(invoice::Column::Number);
        let found = found.all(&self.inner.pool).await?;
        found.into_iter().map(rows::invoice).collect()
    }

    /// The invoices of an order or of the whole account, those with numbers after `after`; only those of one customer
    /// where it is named.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn invoices(
        &self,
        account: i64,
        order: Option<i64>,
        customer: Option<i64>,
        after: i64,
        limit: u64,
    ) -> Result<Vec<(Invoice, InvoiceState)>, StoreError> {
        let mut found = invoice::Entity::find()
            .filter(invoice::Column::AccountId.eq(account))
            .filter(invoice::Column::Number.gt(after))
            .order_by_asc(invoice::Column::Number)
            .limit(limit);
        if let Some(order) = order {
            found = found.filter(invoice::Column::OrderId.eq(order));
        }
        if let Some(customer) = customer {
            found = found.filter(invoice::Column::CustomerId.eq(customer));
        }
        let found = found.all(&self.inner.pool).await?;
        found.into_iter().map(rows::invoice).collect()
    }
}
