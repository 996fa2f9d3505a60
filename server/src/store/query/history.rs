//! Changes, and orders as they once were.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select, SelectTwo,
};

use crate::domain::change::Change;
use crate::domain::fields;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::store::entity::change::{Column, Entity};
use crate::store::entity::{order, order_detail, personal_value};
use crate::store::error::damaged;
use crate::store::{Store, StoreError, rows};

/// How many changes are read at once while an order is folded.
const FOLD_PAGE: u64 = 500;

impl Store {
    /// Changes of one order in version order: those after `after_version`, up to and with
    /// `up_to_version`.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn changes(
        &self,
        account: i64,
        order: i64,
        after_version: i64,
        up_to_version: i64,
        limit: u64,
    ) -> Result<Vec<Change>, StoreError> {
        let found = of_order(account, order)
            .filter(Column::Version.gt(after_version))
            .filter(Column::Version.lte(up_to_version))
            .order_by_asc(Column::Version)
            .limit(limit);
        self.read_changes(found.find_also_related(personal_value::Entity))
            .await
    }

    /// Changes of the whole ledger in position order, those after `position`.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn changes_after(
        &self,
        position: i64,
        limit: u64,
    ) -> Result<Vec<Change>, StoreError> {
        let found = Entity::find()
            .filter(Column::Position.gt(position))
            .order_by_asc(Column::Position)
            .limit(limit);
        self.read_changes(found.find_also_related(personal_value::Entity))
            .await
    }

    async fn read_changes(
        &self,
        found: SelectTwo<Entity, personal_value::Entity>,
    ) -> Result<Vec<Change>, StoreError> {
        let found = found.all(&self.inner.pool).await?;
        found
            .into_iter()
            .map(|(change, personal)| rows::change(change, personal))
            .collect()
    }

    /// The hash of the change at a position, if the ledger holds it.
    ///
    /// # Errors
    /// Where the database does not answer, or the row makes no sense.
    pub async fn change_hash(&self, position: i64) -> Result<Option<[u8; 32]>, StoreError> {
        let found = Entity::find_by_id(position)
            .select_only()
            .column(Column::Hash);
        let hash: Option<Vec<u8>> = found.into_tuple().one(&self.inner.pool).await?;
        hash.map(|hash| {
            hash.try_into()
                .map_err(|_| damaged(format_args!("hash of change {position}")))
        })
        .transpose()
    }

    /// The position of the last change; 0 where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn last_position(&self) -> Result<i64, StoreError> {
        self.position(Entity::find().order_by_desc(Column::Position))
            .await
    }

    /// The position of the first change that the ledger still holds; 0 where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn first_position(&self) -> Result<i64, StoreError> {
        self.position(Entity::find().order_by_asc(Column::Position))
            .await
    }

    async fn position(&self, sorted: Select<Entity>) -> Result<i64, StoreError> {
        let first = sorted.select_only().column(Column::Position).limit(1);
        Ok(first.into_tuple().one(&self.inner.pool).await?.unwrap_or(0))
    }

    /// The last version of an order that was made at or before a time.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn change_before(
        &self,
        account: i64,
        order: i64,
        time: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        // Times never go back from one version to the next.
        let last = of_order(account, order)
            .filter(Column::CreateTime.lte(time.micros()))
            .order_by_desc(Column::Version)
            .select_only()
            .column(Column::Version)
            .limit(1);
        Ok(last.into_tuple().one(&self.inner.pool).await?)
    }

    /// An order as it was at one of its versions, with its detail; also one that was deleted since.
    /// `None` where there is no such order or version.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn order_as_of(
        &self,
        account: i64,
        id: i64,
        version: i64,
    ) -> Result<Option<Order>, StoreError> {
        let found =
            order::Entity::find_by_id((account, id)).find_also_related(order_detail::Entity);
        let Some((row, detail)) = found.one(&self.inner.pool).await? else {
            return Ok(None);
        };
        let body = detail
            .ok_or_else(|| {
                damaged(format_args!(
                    "order {id} of account {account} has no detail"
                ))
            })?
            .body;
        let present = rows::order(row, Some(&body))?;
        if version < 1 || version > present.version {
            return Ok(None);
        }
        if present.version - version <= version {
            self.unfolded(present, version).await.map(Some)
        } else {
            self.folded(account, id, version).await
        }
    }

    /// Takes the changes after `version` back, the last one first.
    async fn unfolded(&self, mut order: Order, version: i64) -> Result<Order, StoreError> {
        while order.version > version {
            // With the change before them: it says what stood before the first that is taken back.
            let from = version.max(order.version - FOLD_PAGE as i64);
            let changes = self
                .changes(
                    order.account_id,
                    order.id,
                    from - 1,
                    order.version,
                    FOLD_PAGE + 1,
                )
                .await?;
            for pair in changes.windows(2).rev() {
                let [before, change] = pair else { continue };
                check_version(change, order.version)?;
                fields::unfold(&mut order, change, Some((before.create_time, before.hash)));
            }
            if order.version != from {
                return Err(damaged(format_args!(
                    "history of order {} of account {}",
                    order.id, order.account_id
                )));
            }
        }
        Ok(order)
    }

    /// Applies the changes up to `version`, from the first.
    async fn folded(
        &self,
        account: i64,
        id: i64,
        version: i64,
    ) -> Result<Option<Order>, StoreError> {
        let mut order = Order::default();
        while order.version < version {
            let changes = self
                .changes(account, id, order.version, version, FOLD_PAGE)
                .await?;
            if changes.is_empty() {
                return Err(damaged(format_args!(
                    "history of order {id} of account {account}"
                )));
            }
            for change in &changes {
                check_version(change, order.version + 1)?;
                fields::fold(&mut order, change);
            }
        }
        Ok(Some(order))
    }
}

fn check_version(change: &Change, expected: i64) -> Result<(), StoreError> {
    if change.version == expected {
        return Ok(());
    }
    Err(damaged(format_args!(
        "order {} of account {} has version {} where {expected} belongs",
        change.order_id, change.account_id, change.version
    )))
}

fn of_order(account: i64, order: i64) -> Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::OrderId.eq(order))
}
