//! Store, supplier and outbound orders.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::domain::document::{Document, DocumentKey, DocumentKind, DocumentState};
use crate::store::entity::document;
use crate::store::{Store, StoreError, rows};

impl Store {
    /// A document.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn document(
        &self,
        account: i64,
        (kind, id): DocumentKey,
    ) -> Result<Option<Document>, StoreError> {
        let found = document::Entity::find_by_id((account, kind.code(), id))
            .one(&self.inner.pool)
            .await?;
        found.map(rows::document).transpose()
    }

    /// Documents of a kind by id, those after `after`, in one state or in any.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn documents(
        &self,
        account: i64,
        kind: DocumentKind,
        state: Option<DocumentState>,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Document>, StoreError> {
        let mut found = document::Entity::find()
            .filter(document::Column::AccountId.eq(account))
            .filter(document::Column::Kind.eq(kind.code()))
            .filter(document::Column::Id.gt(after))
            .order_by_asc(document::Column::Id)
            .limit(limit);
        if let Some(state) = state {
            found = found.filter(document::Column::State.eq(state.code()));
        }
        let found = found.all(&self.inner.pool).await?;
        found.into_iter().map(rows::document).collect()
    }

    /// The documents of a kind with these numbers, by id.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn documents_by_id(
        &self,
        account: i64,
        kind: DocumentKind,
        ids: &[i64],
    ) -> Result<Vec<Document>, StoreError> {
        let found = document::Entity::find()
            .filter(document::Column::AccountId.eq(account))
            .filter(document::Column::Kind.eq(kind.code()))
            .filter(document::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(document::Column::Id);
        let found = found.all(&self.inner.pool).await?;
        found.into_iter().map(rows::document).collect()
    }
}
