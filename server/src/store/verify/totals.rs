//! What holds over the whole database: positions and request ids.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::Audit;
use crate::domain::decide::Made;
use crate::store::entity::{change, payment, request};
use crate::store::{StoreError, rows};

/// How many rows are held at once.
const PAGE: u64 = 1000;

/// Positions are 1, 2, 3 … without a gap.
pub async fn positions(pool: &DatabaseConnection, audit: &mut Audit<'_>) -> Result<(), StoreError> {
    use change::Column::Position;
    let totals = change::Entity::find()
        .select_only()
        .column_as(Position.count(), "count")
        .column_as(Position.max(), "last");
    let totals: Option<(i64, Option<i64>)> = totals.into_tuple().one(pool).await?;
    // Positions are unique and, where nothing is wrong, begin with 1.
    let first = change::Entity::find()
        .select_only()
        .column(Position)
        .order_by_asc(Position);
    let first: Option<i64> = first.into_tuple().one(pool).await?;
    match (totals, first) {
        (None | Some((0, _)), _) => Ok(()),
        (Some((count, last)), Some(1)) if Some(count) == last => Ok(()),
        _ => gaps(pool, audit).await,
    }
}

/// Reports each gap. Only walked through where there is one.
async fn gaps(pool: &DatabaseConnection, audit: &mut Audit<'_>) -> Result<(), StoreError> {
    use change::Column::Position;
    let mut last = 0;
    loop {
        let page = change::Entity::find()
            .select_only()
            .column(Position)
            .filter(Position.gt(last));
        let page: Vec<i64> = page
            .order_by_asc(Position)
            .limit(PAGE)
            .into_tuple()
            .all(pool)
            .await?;
        if page.is_empty() {
            return Ok(());
        }
        for position in page {
            if position != last + 1 {
                audit.find(
                    (0, 0),
                    0,
                    format!(
                        "positions {} to {} of the ledger are missing",
                        last + 1,
                        position - 1
                    ),
                );
            }
            last = position;
        }
    }
}

/// The payments that request ids were answered with are there.
pub async fn requests(pool: &DatabaseConnection, audit: &mut Audit<'_>) -> Result<(), StoreError> {
    use request::Column::{AccountId, RequestId};
    let mut after: Option<(i64, Vec<u8>)> = None;
    loop {
        let mut page = request::Entity::find()
            .order_by_asc(AccountId)
            .order_by_asc(RequestId)
            .limit(PAGE);
        if let Some((account, id)) = after.take() {
            let place = Expr::tuple([AccountId, RequestId].map(|column| column.into_expr()));
            page = page.filter(place.gt(Expr::tuple([Expr::val(account), Expr::val(id)])));
        }
        let page = page.all(pool).await?;
        audit.summary.requests += page.len() as u64;
        after = page
            .last()
            .map(|row| (row.account_id, row.request_id.clone()));
        let mut told = Vec::new();
        for row in page {
            let account = row.account_id;
            match rows::request(row) {
                Ok(record) => told.extend(
                    record
                        .results
                        .iter()
                        .flat_map(|result| result.made.iter().map(|made| (result.id, *made)))
                        .filter_map(|(order, made)| match made {
                            Made::Payment(payment) => Some((account, order, payment)),
                            Made::Address(_) | Made::Invoice(_) => None,
                        }),
                ),
                Err(error) => audit.find((account, 0), 0, error.to_string()),
            }
        }
        check_payments(pool, told, audit).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn check_payments(
    pool: &DatabaseConnection,
    told: Vec<(i64, i64, i64)>,
    audit: &mut Audit<'_>,
) -> Result<(), StoreError> {
    if told.is_empty() {
        return Ok(());
    }
    let keys = told
        .iter()
        .map(|(account, _, id)| Expr::tuple([Expr::val(*account), Expr::val(*id)]));
    let place = Expr::tuple(
        [payment::Column::AccountId, payment::Column::Id].map(|column| column.into_expr()),
    );
    let found = payment::Entity::find()
        .filter(place.is_in(keys.collect::<Vec<_>>()))
        .all(pool)
        .await?;
    let found: HashSet<_> = found
        .into_iter()
        .map(|row| (row.account_id, row.order_id, row.id))
        .collect();
    for (account, order, id) in told {
        if !found.contains(&(account, order, id)) {
            audit.find(
                (account, order),
                0,
                format!("payment {id}, which a request id tells of, is not there"),
            );
        }
    }
    Ok(())
}
