//! Lists of orders.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, Order as Direction, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::prefix::after_prefix;
use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::store::entity::order::{Column, Entity, Model};
use crate::store::entity::order_detail;
use crate::store::{Store, StoreError, rows};

/// How many keys one statement names, at most.
const KEYS_AT_ONCE: usize = 1000;

/// Before every date: what an order without one goes by.
const UNDATED: i64 = i64::MIN;

/// Which orders are listed. An empty list of a field means that the field does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Keys of states.
    pub states: Vec<String>,
    /// Codes of phases.
    pub phases: Vec<i32>,
    /// Codes of payment statuses.
    pub payment_statuses: Vec<i32>,
    /// Stores.
    pub store_ids: Vec<i64>,
    /// Registered customers.
    pub customer_ids: Vec<i64>,
    /// The only store that the caller sees.
    pub only_store: Option<i64>,
    /// The only customer that the caller sees.
    pub only_customer: Option<i64>,
    /// How the number begins, by bytes; empty for any.
    pub number_prefix: String,
    /// When the order was made.
    pub create_time: TimeRange,
    /// When its last change was made.
    pub update_time: TimeRange,
    /// The orders themselves.
    pub ids: Vec<i64>,
    /// When it was ordered; an order without a date fits no range.
    pub order_date: TimeRange,
    /// Whole numbers.
    pub numbers: Vec<String>,
    /// The least id.
    pub min_id: Option<i64>,
    /// The greatest id.
    pub max_id: Option<i64>,
    /// Codes of invoice statuses.
    pub invoice_statuses: Vec<i32>,
    /// Whether it is locked.
    pub locked: Option<bool>,
}

/// From `start` until before `end`; what is not set is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// The first moment in the range.
    pub start: Option<Timestamp>,
    /// The first moment after the range.
    pub end: Option<Timestamp>,
}

/// In which order orders are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderSort {
    /// By id, upwards.
    #[default]
    Id,
    /// By id, downwards.
    IdDescending,
    /// By number, upwards by bytes.
    Number,
    /// By number, downwards by bytes.
    NumberDescending,
    /// By order date, upwards, then by id; those without a date first.
    OrderDate,
    /// By order date, downwards, then by id; those without a date last.
    OrderDateDescending,
}

/// The place in a list where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderKey {
    /// In a list by id.
    Id(i64),
    /// In a list by number.
    Number(String),
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderQuery {
    /// Which orders.
    pub filter: OrderFilter,
    /// In which order.
    pub sort: OrderSort,
    /// Where the page before ended; `None` for the first page. It has to be of the kind of `sort`.
    pub after: Option<OrderKey>,
    /// How many orders to pass over from there.
    pub skip: u64,
    /// How many orders the page holds, at most.
    pub limit: u64,
    /// Whether to count all orders of the filter.
    pub count: bool,
    /// Whether the fields outside the narrow row are wanted.
    pub full: bool,
}

/// The answer to an [`OrderQuery`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<Order>,
    /// Where this page ended, if more orders follow.
    pub next: Option<OrderKey>,
    /// How many orders the filter has in all, where that was asked for.
    pub count: Option<u64>,
}

impl Store {
    /// One page of an account's orders; deleted ones are not listed.
    ///
    /// # Errors
    /// Where the database does not answer, a row makes no sense, or `after` is not of the kind of `sort`.
    pub async fn list_orders(
        &self,
        account: i64,
        query: &OrderQuery,
    ) -> Result<OrderPage, StoreError> {
        let listed = Entity::find().filter(condition(account, &query.filter));
        let count = match query.count {
            true => Some(listed.clone().count(&self.inner.pool).await?),
            false => None,
        };
        let date = self.date_before(account, query).await?;
        let page = page(listed, query, date)?.offset((query.skip > 0).then_some(query.skip));
        let mut found = page
            .limit(query.limit.saturating_add(1))
            .all(&self.inner.pool)
            .await?;
        let more = found.len() as u64 > query.limit;
        found.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|last| match query.sort {
            OrderSort::Id
            | OrderSort::IdDescending
            | OrderSort::OrderDate
            | OrderSort::OrderDateDescending => OrderKey::Id(last.id),
            OrderSort::Number | OrderSort::NumberDescending => {
                OrderKey::Number(last.number.clone())
            }
        });
        Ok(OrderPage {
            orders: self.with_details(account, found, query.full).await?,
            next,
            count,
        })
    }

    /// The date of the order after which the page begins, where the list goes by dates.
    async fn date_before(&self, account: i64, query: &OrderQuery) -> Result<i64, StoreError> {
        let by_date = matches!(
            query.sort,
            OrderSort::OrderDate | OrderSort::OrderDateDescending
        );
        match &query.after {
            Some(OrderKey::Id(id)) if by_date => {
                let found = Entity::find_by_id((account, *id));
                let found = found.one(&self.inner.pool).await?;
                Ok(found.and_then(|row| row.order_date).unwrap_or(UNDATED))
            }
            _ => Ok(UNDATED),
        }
    }

    /// The orders with these ids or numbers that are not deleted, each once, in no particular order.
    ///
    /// # Errors
    /// Where the database does not answer, or a row makes no sense.
    pub async fn orders(
        &self,
        account: i64,
        ids: &[i64],
        numbers: &[String],
        full: bool,
    ) -> Result<Vec<Order>, StoreError> {
        let mut conditions: Vec<Expr> = Vec::new();
        conditions.extend(
            ids.chunks(KEYS_AT_ONCE)
                .map(|ids| Column::Id.is_in(ids.iter().copied())),
        );
        conditions.extend(
            numbers
                .chunks(KEYS_AT_ONCE)
                .map(|numbers| Column::Number.is_in(numbers)),
        );
        let mut found: HashMap<i64, Model> = HashMap::new();
        for condition in conditions {
            let live = Entity::find()
                .filter(Column::AccountId.eq(account))
                .filter(Column::DeleteTime.is_null());
            let rows = live.filter(condition).all(&self.inner.pool).await?;
            found.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        self.with_details(account, found.into_values().collect(), full)
            .await
    }

    async fn with_details(
        &self,
        account: i64,
        found: Vec<Model>,
        full: bool,
    ) -> Result<Vec<Order>, StoreError> {
        if !full {
            return found
                .into_iter()
                .map(|row| rows::order(row, None))
                .collect();
        }
        let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
        let mut bodies: HashMap<i64, String> = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(KEYS_AT_ONCE) {
            let details = order_detail::Entity::find()
                .filter(order_detail::Column::AccountId.eq(account))
                .filter(order_detail::Column::OrderId.is_in(ids.iter().copied()));
            let details = details.all(&self.inner.pool).await?;
            bodies.extend(
                details
                    .into_iter()
                    .map(|detail| (detail.order_id, detail.body)),
            );
        }
        let whole = found.into_iter().map(|row| {
            let body = bodies.remove(&row.id);
            let missing = || {
                StoreError::Broken(format!(
                    "order {} of account {account} has no detail",
                    row.id
                ))
            };
            let body = body.ok_or_else(missing)?;
            rows::order(row, Some(&body))
        });
        whole.collect()
    }
}

fn condition(account: i64, filter: &OrderFilter) -> Condition {
    let among = |column: Column, codes: &[i64]| {
        (!codes.is_empty()).then(|| column.is_in(codes.iter().copied()))
    };
    let wide = |codes: &[i32]| codes.iter().copied().map(i64::from).collect::<Vec<_>>();
    let mut all = Condition::all()
        .add(Column::AccountId.eq(account))
        .add(Column::DeleteTime.is_null());
    if !filter.states.is_empty() {
        all = all.add(Column::State.is_in(&filter.states));
    }
    if !filter.numbers.is_empty() {
        all = all.add(Column::Number.is_in(&filter.numbers));
    }
    if !filter.number_prefix.is_empty() {
        all = all.add(Column::Number.gte(&filter.number_prefix));
        all = all
            .add_option(after_prefix(&filter.number_prefix).map(|after| Column::Number.lt(after)));
    }
    let parts = [
        among(Column::Phase, &wide(&filter.phases)),
        among(Column::PaymentStatus, &wide(&filter.payment_statuses)),
        among(Column::StoreId, &filter.store_ids),
        among(Column::CustomerId, &filter.customer_ids),
        filter.only_store.map(|store| Column::StoreId.eq(store)),
        filter
            .only_customer
            .map(|customer| Column::CustomerId.eq(customer)),
        filter
            .create_time
            .start
            .map(|start| Column::CreateTime.gte(start.micros())),
        filter
            .create_time
            .end
            .map(|end| Column::CreateTime.lt(end.micros())),
        filter
            .update_time
            .start
            .map(|start| Column::UpdateTime.gte(start.micros())),
        filter
            .update_time
            .end
            .map(|end| Column::UpdateTime.lt(end.micros())),
        among(Column::Id, &filter.ids),
        filter.min_id.map(|least| Column::Id.gte(least)),
        filter.max_id.map(|greatest| Column::Id.lte(greatest)),
        among(Column::InvoiceStatus, &wide(&filter.invoice_statuses)),
        filter.locked.map(|locked| Column::Locked.eq(locked)),
        filter
            .order_date
            .start
            .map(|start| Column::OrderDate.gte(start.micros())),
        filter
            .order_date
            .end
            .map(|end| Column::OrderDate.lt(end.micros())),
    ];
    parts.into_iter().flatten().fold(all, Condition::add)
}

/// The date that an order goes by.
fn dated() -> Expr {
    let date = Column::OrderDate.into_expr();
    Func::coalesce([date, Expr::val(UNDATED)]).into()
}

/// Sorts the list, and cuts off what the pages before held; `date` is where they ended, in a list by dates.
fn page(
    listed: Select<Entity>,
    query: &OrderQuery,
    date: i64,
) -> Result<Select<Entity>, StoreError> {
    let wrong =
        || StoreError::Refused("the place in the list is not of this list's order".to_owned());
    let id = |key: &OrderKey| match key {
        OrderKey::Id(id) => Ok(*id),
        OrderKey::Number(_) => Err(wrong()),
    };
    let number = |key: &OrderKey| match key {
        OrderKey::Number(number) => Ok(number.clone()),
        OrderKey::Id(_) => Err(wrong()),
    };
    let (sorted, after): (_, Option<Expr>) = match (query.sort, &query.after) {
        (OrderSort::Id, after) => {
            let after = after
                .as_ref()
                .map(id)
                .transpose()?
                .map(|id| Column::Id.gt(id));
            (listed.order_by_asc(Column::Id), after)
        }
        (OrderSort::IdDescending, after) => {
            let after = after
                .as_ref()
                .map(id)
                .transpose()?
                .map(|id| Column::Id.lt(id));
            (listed.order_by_desc(Column::Id), after)
        }
        (OrderSort::Number, after) => {
            let after = after
                .as_ref()
                .map(number)
                .transpose()?
                .map(|number| Column::Number.gt(number));
            (listed.order_by_asc(Column::Number), after)
        }
        (OrderSort::NumberDescending, after) => {
            let after = after
                .as_ref()
                .map(number)
                .transpose()?
                .map(|number| Column::Number.lt(number));
            (listed.order_by_desc(Column::Number), after)
        }
        (OrderSort::OrderDate, after) => {
            let after = after.as_ref().map(id).transpose()?.map(|id| {
                let same = dated().eq(date).and(Column::Id.gt(id));
                dated().gt(date).or(same)
            });
            let sorted = listed.order_by(dated(), Direction::Asc);
            (sorted.order_by_asc(Column::Id), after)
        }
        (OrderSort::OrderDateDescending, after) => {
            let after = after.as_ref().map(id).transpose()?.map(|id| {
                let same = dated().eq(date).and(Column::Id.lt(id));
                dated().lt(date).or(same)
            });
            let sorted = listed.order_by(dated(), Direction::Desc);
            (sorted.order_by_desc(Column::Id), after)
        }
    };
    Ok(match after {
        Some(after) => sorted.filter(after),
        None => sorted,
    })
}
