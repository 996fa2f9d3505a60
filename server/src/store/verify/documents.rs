//! Documents against the orders whose lines they carry: each tells the same of the other.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{Audit, Key, key, pair};
use crate::domain::document::{Document, DocumentKey, DocumentState};
use crate::domain::order::Order;
use crate::store::entity::{document, order, order_detail};
use crate::store::{Store, StoreError, rows};

/// How many documents are looked at in one snapshot.
const PAGE: u64 = 200;

type Place = (i64, i32, i64);

/// Looks at every document and the orders that it carries lines of.
pub async fn check(store: &Store, audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let mut after = (i64::MIN, i32::MIN, i64::MIN);
    while let Some(last) = page(store, after, audit).await? {
        after = last;
    }
    Ok(())
}

async fn page(
    store: &Store,
    after: Place,
    audit: &mut Audit<'_>,
) -> Result<Option<Place>, StoreError> {
    use document::Column::{AccountId, Id, Kind};
    let snapshot = store.snapshot().await?;
    let place = Expr::tuple([AccountId.into_expr(), Kind.into_expr(), Id.into_expr()]);
    let start = Expr::tuple([Expr::val(after.0), Expr::val(after.1), Expr::val(after.2)]);
    let found = document::Entity::find()
        .filter(place.gt(start))
        .order_by_asc(AccountId)
        .order_by_asc(Kind)
        .order_by_asc(Id)
        .limit(PAGE)
        .all(&snapshot)
        .await?;
    let last = found
        .last()
        .map(|row| (row.account_id, row.kind, row.id))
        .filter(|_| found.len() as u64 == PAGE);
    let mut documents = Vec::with_capacity(found.len());
    for row in found {
        let account = row.account_id;
        match rows::document(row) {
            Ok(document) => documents.push(document),
            Err(error) => audit.find((account, 0), 0, error.to_string()),
        }
    }
    audit.summary.documents += documents.len() as u64;
    let orders = orders(&snapshot, &documents).await?;
    for document in &documents {
        compare(document, &orders, audit);
    }
    snapshot.rollback().await?;
    Ok(last)
}

/// Holds a document against the orders that it carries lines of.
fn compare(document: &Document, orders: &BTreeMap<Key, Order>, audit: &mut Audit<'_>) {
    let (kind, id) = (document.kind.title(), document.id);
    let account = document.account_id;
    if (document.state == DocumentState::Cancelled) != document.lines.is_empty() {
        let state = document.state.name();
        let count = document.lines.len();
        let problem = format!("{kind} {id} is {state} and carries {count} lines");
        audit.find((account, 0), 0, problem);
    }
    for order_id in document.orders() {
        let at = (account, order_id);
        let known = orders.get(&at).map(|order| {
            let shares = order.documents.iter();
            shares
                .filter(|share| share.key() == document.key())
                .cloned()
                .collect::<Vec<_>>()
        });
        if known != Some(document.share(order_id).into_iter().collect()) {
            audit.find(
                at,
                0,
                format!("{kind} {id} carries something else of it than it tells"),
            );
        }
    }
}

/// The orders whose lines these documents carry, as they are now.
async fn orders(
    snapshot: &DatabaseTransaction,
    documents: &[Document],
) -> Result<BTreeMap<Key, Order>, StoreError> {
    let mut keys: Vec<Key> = documents
        .iter()
        .flat_map(|document| {
            let orders = document.orders().into_iter();
            orders.map(|order| (document.account_id, order))
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let mut orders = BTreeMap::new();
    for some in keys.chunks(500) {
        let places: Vec<_> = some.iter().copied().map(pair).collect();
        let found = order::Entity::find()
            .find_also_related(order_detail::Entity)
            .filter(key(order::Column::AccountId, order::Column::Id).is_in(places))
            .all(snapshot)
            .await?;
        for (row, detail) in found {
            let at = (row.account_id, row.id);
            // What cannot be read is told of where the orders are looked at.
            if let Ok(order) = rows::order(row, detail.as_ref().map(|detail| detail.body.as_str()))
            {
                orders.insert(at, order);
            }
        }
    }
    Ok(orders)
}

/// Which of the documents that these orders tell of are not there, or do not carry lines of them.
pub async fn missing(
    snapshot: &DatabaseTransaction,
    orders: &[Order],
    audit: &mut Audit<'_>,
) -> Result<(), StoreError> {
    use document::Column::{AccountId, Id, Kind};
    let told: Vec<(&Order, DocumentKey)> = orders
        .iter()
        .flat_map(|order| {
            order
                .documents
                .iter()
                .map(move |share| (order, share.key()))
        })
        .collect();
    for some in told.chunks(500) {
        let place = Expr::tuple([AccountId.into_expr(), Kind.into_expr(), Id.into_expr()]);
        let places = some.iter().map(|(order, (kind, id))| {
            let (account, kind) = (Expr::val(order.account_id), Expr::val(kind.code()));
            Expr::tuple([account, kind, Expr::val(*id)])
        });
        let found = document::Entity::find()
            .filter(place.is_in(places.collect::<Vec<_>>()))
            .all(snapshot)
            .await?;
        let found = found.into_iter().filter_map(|row| rows::document(row).ok());
        let carries: BTreeMap<_, _> = found
            .map(|document| ((document.account_id, document.key()), document.orders()))
            .collect();
        for (order, (kind, id)) in some {
            let carries = carries.get(&(order.account_id, (*kind, *id)));
            if !carries.is_some_and(|orders| orders.contains(&order.id)) {
                let problem = format!("{} {id} does not carry what it tells of", kind.title());
                audit.find((order.account_id, order.id), 0, problem);
            }
        }
    }
    Ok(())
}
