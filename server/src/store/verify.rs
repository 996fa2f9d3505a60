//! Proving that everything that is kept fits together.
//!
//! Orders are walked in pages, each page in one snapshot with its history, so that a service may go on
//! writing meanwhile. Memory does not grow with the number of orders or changes.

mod chain;
mod cursor;
mod documents;
mod invoices;
mod totals;

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    AccessMode, DatabaseTransaction, DbBackend, EntityTrait as _, IsolationLevel, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TransactionTrait as _,
};

use super::entity::{order, order_detail, payment};
use super::{Store, StoreError, rows};
use crate::domain::order::{Order, Payment};
use chain::Chain;
use cursor::Changes;

/// How many orders are looked at in one snapshot.
const PAGE: u64 = 200;

/// The key of an order: account and id.
type Key = (i64, i64);

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The account; 0 where it is about no account.
    pub account_id: i64,
    /// The order; 0 where it is about no order.
    pub order_id: i64,
    /// The version of the order; 0 where it is about the order as it is.
    pub version: i64,
    /// What does not fit.
    pub problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.account_id, self.order_id, self.version) {
            (0, ..) => f.write_str(&self.problem),
            (account, 0, _) => write!(f, "account {account}: {}", self.problem),
            (account, order, 0) => write!(f, "account {account}, order {order}: {}", self.problem),
            (account, order, version) => {
                write!(
                    f,
                    "account {account}, order {order}, version {version}: {}",
                    self.problem
                )
            }
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Orders, deleted ones too.
    pub orders: u64,
    /// Changes.
    pub changes: u64,
    /// Payments and refunds.
    pub payments: u64,
    /// Store, supplier and outbound orders.
    pub documents: u64,
    /// Invoices.
    pub invoices: u64,
    /// Messages about invoices.
    pub messages: u64,
    /// Request ids that were answered.
    pub requests: u64,
    /// Things that do not fit.
    pub findings: u64,
}

/// Where findings go.
pub type Report<'a> = &'a mut (dyn FnMut(Finding) + Send);

/// Counts what is looked at, and passes findings on.
struct Audit<'a> {
    summary: Summary,
    report: Report<'a>,
}

impl Audit<'_> {
    fn find(&mut self, (account_id, order_id): Key, version: i64, problem: impl Into<String>) {
        self.summary.findings += 1;
        (self.report)(Finding {
            account_id,
            order_id,
            version,
            problem: problem.into(),
        });
    }
}

impl Store {
    /// Looks at every row and reports each that does not fit: versions and positions without gaps, the
    /// chain of hashes, the digests of personal values, the fold of history against the present order,
    /// payments against their listing, documents against the orders whose lines they carry, invoices against their orders,
    /// their sums, the messages about them and the counts of their numbers, and request ids against what they were answered with.
    ///
    /// # Errors
    /// Where the database does not answer. Rows that make no sense are findings, not errors.
    pub async fn verify(&self, report: Report<'_>) -> Result<Summary, StoreError> {
        let mut audit = Audit {
            summary: Summary::default(),
            report,
        };
        let mut after = (i64::MIN, i64::MIN);
        while let Some(last) = self.verify_page(after, &mut audit).await? {
            after = last;
        }
        documents::check(self, &mut audit).await?;
        totals::positions(&self.inner.pool, &mut audit).await?;
        let snapshot = self.snapshot().await?;
        invoices::series(&snapshot, &mut audit).await?;
        snapshot.rollback().await?;
        totals::requests(&self.inner.pool, &mut audit).await?;
        Ok(audit.summary)
    }

    /// Looks at the orders that follow `after`, and answers where the page ended; `None` at the end.
    async fn verify_page(
        &self,
        after: Key,
        audit: &mut Audit<'_>,
    ) -> Result<Option<Key>, StoreError> {
        let snapshot = self.snapshot().await?;
        let found = order::Entity::find()
            .find_also_related(order_detail::Entity)
            .filter(key(order::Column::AccountId, order::Column::Id).gt(pair(after)))
            .order_by_asc(order::Column::AccountId)
            .order_by_asc(order::Column::Id)
            .limit(PAGE)
            .all(&snapshot)
            .await?;
        let last = found
            .last()
            .map(|(row, _)| (row.account_id, row.id))
            .filter(|_| found.len() as u64 == PAGE);
        let mut changes = Changes::new(&snapshot, after, last);
        let mut payments = payments(&snapshot, after, last)
            .await?
            .into_iter()
            .peekable();
        let mut orders = Vec::new();
        let mut billings = invoices::of_page(&snapshot, after, last, audit).await?;
        for (row, detail) in found {
            let at = (row.account_id, row.id);
            audit.summary.orders += 1;
            let mut listed = Vec::new();
            while let Some((key, payment)) = payments.next_if(|(key, _)| *key <= at) {
                audit.summary.payments += 1;
                match key == at {
                    true => listed.push(payment),
                    false => audit.find(
                        key,
                        0,
                        format!("payment {} belongs to no order", payment.id),
                    ),
                }
            }
            let chain = walk(&mut changes, at, audit).await?;
            let billed = billings.remove(&at).unwrap_or_default();
            orders.extend(self.compare(row, detail, &chain, (&listed, &billed), audit));
        }
        for (key, payment) in payments {
            audit.summary.payments += 1;
            audit.find(
                key,
                0,
                format!("payment {} belongs to no order", payment.id),
            );
        }
        for at in billings.keys() {
            audit.find(*at, 0, "the order of its invoices or messages is not there");
        }
        while let Some(change) = changes.next(audit).await? {
            audit.find(change.key, change.version, "the change belongs to no order");
        }
        documents::missing(&snapshot, &orders, audit).await?;
        snapshot.rollback().await?;
        Ok(last)
    }

    /// A transaction that sees one state of the database.
    async fn snapshot(&self) -> Result<DatabaseTransaction, StoreError> {
        let pool = &self.inner.pool;
        Ok(match pool.get_database_backend() {
            DbBackend::Postgres => {
                let (isolation, access) = (IsolationLevel::RepeatableRead, AccessMode::ReadOnly);
                pool.begin_with_config(Some(isolation), Some(access))
                    .await?
            }
            // A reader of a SQLite file sees one state from its first read to its end.
            _ => pool.begin().await?,
        })
    }

    /// Holds the present order against its history, its row's phase, its payments' listing and its invoices. Answers the
    /// order where it can be read.
    fn compare(
        &self,
        row: order::Model,
        detail: Option<order_detail::Model>,
        chain: &Chain,
        (listed, billed): (&[Payment], &invoices::Billing),
        audit: &mut Audit<'_>,
    ) -> Option<Order> {
        let at = (row.account_id, row.id);
        let phase = row.phase;
        let Some(detail) = detail else {
            audit.find(at, 0, "the order has no detail");
            return None;
        };
        let order: Order = match rows::order(row, Some(&detail.body)) {
            Ok(order) => order,
            Err(error) => {
                audit.find(at, 0, error.to_string());
                return None;
            }
        };
        match rows::order_row(&order, &self.inner.workflows) {
            Ok(row) if row.phase == phase => {}
            Ok(row) => audit.find(
                at,
                0,
                format!("its row has phase {phase}, its state {}", row.phase),
            ),
            Err(error) => audit.find(at, 0, error.to_string()),
        }
        if order.payments != listed {
            audit.find(at, 0, "its payments are not those in the listing");
        }
        invoices::compare(&order, billed, audit);
        chain.compare(&order, audit);
        Some(order)
    }
}

/// Folds the changes of one order; changes of orders before it belong to none.
async fn walk(
    changes: &mut Changes<'_>,
    at: Key,
    audit: &mut Audit<'_>,
) -> Result<Chain, StoreError> {
    let mut chain = Chain::default();
    while changes.peek(audit).await?.is_some_and(|key| key <= at) {
        let Some(change) = changes.next(audit).await? else {
            break;
        };
        if change.key == at {
            chain.add(change, audit);
        } else {
            audit.find(change.key, change.version, "the change belongs to no order");
        }
    }
    Ok(chain)
}

/// The listed payments of the orders after `after`, up to and with `last`, by order and id.
async fn payments(
    snapshot: &DatabaseTransaction,
    after: Key,
    last: Option<Key>,
) -> Result<Vec<(Key, Payment)>, StoreError> {
    use payment::Column::{AccountId, Id, OrderId};
    let mut found = payment::Entity::find().filter(key(AccountId, OrderId).gt(pair(after)));
    if let Some(last) = last {
        found = found.filter(key(AccountId, OrderId).lte(pair(last)));
    }
    let found = found
        .order_by_asc(AccountId)
        .order_by_asc(OrderId)
        .order_by_asc(Id)
        .all(snapshot)
        .await?;
    Ok(found
        .into_iter()
        .map(|row| ((row.account_id, row.order_id), rows::payment(row)))
        .collect())
}

fn key<C: sea_orm::ColumnTrait>(account: C, order: C) -> Expr {
    Expr::tuple([account.into_expr(), order.into_expr()])
}

fn pair((account, order): Key) -> Expr {
    Expr::tuple([Expr::val(account), Expr::val(order)])
}
