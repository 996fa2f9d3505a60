//! The changes of a page of orders, in the order of their history, a bounded number at a time.

use std::collections::{HashMap, VecDeque};

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{Audit, Key, key, pair};
use crate::domain::change::Change;
use crate::store::batch::RequestRecord;
use crate::store::entity::change::{Column, Entity, Model};
use crate::store::entity::{personal_value, request};
use crate::store::{StoreError, rows};

/// How many changes are held at once.
const PAGE: u64 = 500;

/// A change, or why its row makes no sense.
pub struct Found {
    pub key: Key,
    pub version: i64,
    pub change: Result<Change, StoreError>,
    /// What its request id was answered with, where that is still kept.
    pub request: Option<RequestRecord>,
}

/// Reads the changes of the orders after one key, up to and with another.
pub struct Changes<'a> {
    snapshot: &'a DatabaseTransaction,
    after: (Key, i64),
    last: Option<Key>,
    held: VecDeque<Found>,
    finished: bool,
}

impl<'a> Changes<'a> {
    pub fn new(snapshot: &'a DatabaseTransaction, after: Key, last: Option<Key>) -> Changes<'a> {
        // No version is as high as that: the next change is of the next order.
        Changes {
            snapshot,
            after: (after, i64::MAX),
            last,
            held: VecDeque::new(),
            finished: false,
        }
    }

    /// The order of the next change.
    pub async fn peek(&mut self, audit: &mut Audit<'_>) -> Result<Option<Key>, StoreError> {
        if self.held.is_empty() && !self.finished {
            self.fill(audit).await?;
        }
        Ok(self.held.front().map(|found| found.key))
    }

    /// The next change.
    pub async fn next(&mut self, audit: &mut Audit<'_>) -> Result<Option<Found>, StoreError> {
        self.peek(audit).await?;
        Ok(self.held.pop_front())
    }

    async fn fill(&mut self, audit: &mut Audit<'_>) -> Result<(), StoreError> {
        let ((account, order), version) = self.after;
        let place = Expr::tuple(
            [Column::AccountId, Column::OrderId, Column::Version].map(|column| column.into_expr()),
        );
        let after = Expr::tuple([account, order, version].map(Expr::val));
        let mut found = Entity::find()
            .find_also_related(personal_value::Entity)
            .filter(place.gt(after));
        if let Some(last) = self.last {
            found = found.filter(key(Column::AccountId, Column::OrderId).lte(pair(last)));
        }
        let found = found
            .order_by_asc(Column::AccountId)
            .order_by_asc(Column::OrderId)
            .order_by_asc(Column::Version)
            .limit(PAGE)
            .all(self.snapshot)
            .await?;
        self.finished = (found.len() as u64) < PAGE;
        audit.summary.changes += found.len() as u64;
        if let Some((last, _)) = found.last() {
            self.after = ((last.account_id, last.order_id), last.version);
        }
        let requests = self.requests(&found, audit).await?;
        self.held.extend(found.into_iter().map(|(row, personal)| {
            Found {
                key: (row.account_id, row.order_id),
                version: row.version,
                request: row
                    .request_id
                    .as_ref()
                    .and_then(|id| requests.get(&(row.account_id, id.clone())).cloned()),
                change: rows::change(row, personal),
            }
        }));
        Ok(())
    }

    /// What the request ids of these changes were answered with.
    async fn requests(
        &self,
        changes: &[(Model, Option<personal_value::Model>)],
        audit: &mut Audit<'_>,
    ) -> Result<HashMap<(i64, Vec<u8>), RequestRecord>, StoreError> {
        let named = changes
            .iter()
            .filter_map(|(row, _)| Some((row.account_id, row.request_id.clone()?)));
        let keys: Vec<_> = named
            .map(|(account, id)| Expr::tuple([Expr::val(account), Expr::val(id)]))
            .collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let place = [request::Column::AccountId, request::Column::RequestId]
            .map(|column| column.into_expr());
        let found = request::Entity::find()
            .filter(Expr::tuple(place).is_in(keys))
            .all(self.snapshot)
            .await?;
        let mut requests = HashMap::with_capacity(found.len());
        for row in found {
            let key = (row.account_id, row.request_id.clone());
            match rows::request(row) {
                Ok(record) => drop(requests.insert(key, record)),
                Err(error) => audit.find((key.0, 0), 0, error.to_string()),
            }
        }
        Ok(requests)
    }
}
