//! What the ledger reads and writes in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::account::{
    Account, CatalogEntry, Counters, CustomerRecord, Store as StoreRecord,
};
use crate::domain::admin::Proof;
use crate::domain::change::Change;
use crate::domain::decide::Made;
use crate::domain::document::Document;
use crate::domain::invoice::{Invoice, InvoiceState, QueuedMessage};
use crate::domain::order::{Order, OrderRef, Payment};
use crate::domain::role::Role;
use crate::domain::session::Session;
use crate::domain::time::Timestamp;

/// What a batch of commands needs to know.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Orders to be changed, by account; deleted ones are found by id only.
    pub orders: Vec<(i64, OrderRef)>,
    /// Order numbers that commands want to give.
    pub numbers: Vec<(i64, String)>,
    /// Request ids of the commands.
    pub requests: Vec<(i64, [u8; 16])>,
    /// Registered customers that commands name.
    pub customers: Vec<(i64, i64)>,
    /// Accounts whose revision (and counters) matter.
    pub accounts: Vec<i64>,
    /// Whether the counters of those accounts are needed.
    pub counters: bool,
}

/// What the database knew, read under the pen.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The position of the last change in the ledger; 0 where there is none.
    pub position: i64,
    /// Orders that were found, whole.
    pub orders: Vec<Order>,
    /// Numbers that orders (not deleted) have, with the orders' ids.
    pub numbers: HashMap<(i64, String), i64>,
    /// Request ids that were answered before.
    pub requests: HashMap<(i64, [u8; 16]), RequestRecord>,
    /// Customers that were found.
    pub customers: HashMap<(i64, i64), CustomerRecord>,
    /// The revision of each account that exists.
    pub revisions: HashMap<i64, i64>,
    /// The counters of each account, where they were asked for.
    pub counters: HashMap<i64, Counters>,
}

/// A request id that was answered, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The account of the caller.
    pub account_id: i64,
    /// The request id.
    pub request_id: [u8; 16],
    /// SHA-256 over method and body.
    pub fingerprint: [u8; 32],
    /// The credential that asked.
    pub credential_id: i64,
    /// What was changed or made, with the version that the answer had.
    pub results: Vec<RequestResult>,
    /// The document that was the answer, as it was then: documents have no history of their own to rebuild it from.
    pub document: Option<Arc<Document>>,
    /// When it was answered.
    pub create_time: Timestamp,
}

/// One thing that an answer told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestResult {
    /// The thing's id: an order, or what an administrative call made or changed.
    pub id: i64,
    /// Its version as of the answer.
    pub version: i64,
    /// What was made beside it.
    pub made: Vec<Made>,
}

/// Everything that a batch writes, in one transaction.
#[derive(Clone, Debug, Default)]
pub struct Writes {
    /// Orders to insert or overwrite, each once, as they are after the batch.
    pub orders: Vec<OrderWrite>,
    /// Changes in position order.
    pub changes: Vec<Change>,
    /// Documents to insert or overwrite, each once.
    pub documents: Vec<Document>,
    /// Payments and refunds to insert: account, order, payment.
    pub payments: Vec<(i64, i64, Payment)>,
    /// Invoices to insert, by account.
    pub invoices: Vec<(i64, Invoice)>,
    /// Where invoices stand from now on: account, number, state.
    pub invoice_states: Vec<(i64, i64, InvoiceState)>,
    /// Codes that something beside an order names: account, catalog, key.
    pub used_codes: Vec<(i64, &'static str, String)>,
    /// Messages to insert, by account.
    pub messages: Vec<(i64, QueuedMessage)>,
    /// Request ids to insert.
    pub requests: Vec<RequestRecord>,
    /// Counters to overwrite.
    pub counters: Vec<(i64, Counters)>,
    /// Accounts to insert or overwrite (their own row only).
    pub accounts: Vec<Account>,
    /// Stores to insert or overwrite.
    pub stores: Vec<(i64, StoreRecord)>,
    /// Customers to insert or overwrite.
    pub customers: Vec<(i64, CustomerRecord)>,
    /// Catalog entries to insert or overwrite.
    pub entries: Vec<(i64, CatalogEntry)>,
    /// Catalog entries to remove: account, catalog, key.
    pub removed_entries: Vec<(i64, String, String)>,
    /// Credentials to insert or overwrite.
    pub credentials: Vec<CredentialRecord>,
    /// Sessions to insert or overwrite.
    pub sessions: Vec<Session>,
    /// How often credentials have called, by day, to insert or overwrite.
    pub daily_calls: Vec<DailyCalls>,
    /// Removes request ids that were answered before that day.
    pub forget_requests_before: Option<Timestamp>,
    /// Removes sessions that ended before that time.
    pub forget_sessions_before: Option<Timestamp>,
    /// Removes the calls of days before that one.
    pub forget_calls_before: Option<i32>,
}

impl Writes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
            && self.changes.is_empty()
            && self.documents.is_empty()
            && self.requests.is_empty()
            && self.counters.is_empty()
            && self.accounts.is_empty()
            && self.stores.is_empty()
            && self.customers.is_empty()
            && self.entries.is_empty()
            && self.removed_entries.is_empty()
            && self.credentials.is_empty()
            && self.sessions.is_empty()
            && self.daily_calls.is_empty()
            && self.forget_requests_before.is_none()
            && self.forget_sessions_before.is_none()
            && self.forget_calls_before.is_none()
    }
}

/// An order to write.
#[derive(Clone, Debug)]
pub struct OrderWrite {
    /// The order as it is to be.
    pub order: Arc<Order>,
    /// Whether the order is new.
    pub insert: bool,
    /// Whether anything beside the narrow order row changed.
    pub detail: bool,
}

/// How a caller proves who they are, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRecord {
    /// The credential's number within its account.
    pub id: i64,
    /// The account that it opens.
    pub account_id: i64,
    /// What people call it; history names it as the actor.
    pub title: String,
    /// What it may do.
    pub role: Role,
    /// By what its holder is known.
    pub proof: Proof,
    /// The only store that it sees.
    pub store_id: Option<i64>,
    /// The only customer that it sees.
    pub customer_id: Option<i64>,
    /// Further rights by name.
    pub scopes: Vec<String>,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it stops to work.
    pub expire_time: Option<Timestamp>,
    /// When it was revoked.
    pub revoke_time: Option<Timestamp>,
}

/// How often a credential has called on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DailyCalls {
    /// The account of the credential.
    pub account_id: i64,
    /// The credential.
    pub credential_id: i64,
    /// The day: how many there were since 1970-01-01, in the account's time zone.
    pub day: i32,
    /// The calls.
    pub calls: i64,
}

/// The fields that lie in the narrow order row. Every other field lies beside it, and is written only
/// when it changed.
pub const ROW_FIELDS: [&str; 21] = [
    "number",
    "workflow",
    "workflow_version",
    "state",
    "locked",
    "delivery_status",
    "customer.id",
    "store_id",
    "currency_code",
    "order_date",
    "create_time",
    "delete_time",
    "derived.total",
    "derived.discount",
    "derived.tax",
    "grand_total",
    "amount_paid",
    "payment_status",
    "invoice_status",
    "version",
    "update_time",
];
