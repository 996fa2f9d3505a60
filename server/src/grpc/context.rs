//! What every service works with: the ledger for what is written, the store for what is read.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::ErrorReason as Reason;
use tonic::Status;

use super::accounts::Accounts;
use super::caller::Caller;
use super::convert::codes::View;
use super::convert::order_out::{self, Words};
use super::convert::reader::{Path, Reader};
use super::convert::request::Keyed;
use super::fingerprint::fingerprint;
use super::status::{Fault, internal};
use crate::auth::Authenticator;
use crate::domain::account::Account;
use crate::domain::admin::AdminCommand;
use crate::domain::command::Command;
use crate::domain::decide::{Made, sees_document};
use crate::domain::document::{Document, DocumentKey};
use crate::domain::invoice::Invoice;
use crate::domain::order::{Order, OrderRef};
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;
use crate::domain::workflow::{Workflow, Workflows};
use crate::events::Feed;
use crate::ledger::{AdminAnswer, Answer, Failure, Ledger, Request, Submission, Task};
use crate::store::Store;
use crate::store::batch::{RequestRecord, RequestResult};

/// What every service works with.
pub struct Context {
    /// Takes every write.
    pub ledger: Ledger,
    /// Answers every read.
    pub store: Store,
    /// Every rulebook.
    pub workflows: Arc<Workflows>,
    /// Changes as they happen.
    pub feed: Feed,
    /// Knows who calls.
    pub authenticator: Arc<Authenticator>,
    accounts: Accounts,
}

/// A write as far as it is read: its keys, and what is wrong with it so far.
pub struct Call {
    etag: String,
    request: Option<Request>,
    /// Whether nothing is to be written.
    pub validate_only: bool,
    /// Reads the fields of the request.
    pub reader: Reader,
}

impl Call {
    /// Takes the keys out of a request to that method.
    pub fn new<M: Keyed>(method: &str, request: &mut M) -> Call {
        let keys = request.take_keys();
        let mut reader = Reader::default();
        let id = reader.uuid(&Path::Request.field("request_id"), &keys.request_id);
        let request = id.map(|id| Request {
            id,
            fingerprint: fingerprint(method, request),
        });
        Call {
            etag: keys.etag,
            request,
            validate_only: keys.validate_only,
            reader,
        }
    }
}

/// An order as a write left it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The order.
    pub order: Arc<Order>,
    /// What was made beside it.
    pub made: Vec<Made>,
    /// The invoices that were made; none in an answer that is given again.
    pub invoices: Vec<Invoice>,
    /// Of a move to another store that was only tried, the entity tag of that plan; empty otherwise.
    pub plan_etag: String,
}

/// What an administrative command came to.
pub enum Administered {
    /// What it made or changed.
    Made(AdminAnswer),
    /// The same request was answered before, of this. Nothing keeps how it was then, so it is answered as
    /// it is now.
    Before(RequestResult),
}

impl Context {
    /// Over the ledger, the store, the rulebooks, the feed of changes and the credentials.
    pub fn new(
        ledger: Ledger,
        store: Store,
        workflows: Arc<Workflows>,
        feed: Feed,
        authenticator: Arc<Authenticator>,
    ) -> Context {
        Context {
            ledger,
            store,
            workflows,
            feed,
            authenticator,
            accounts: Accounts::default(),
        }
    }

    /// The caller's account, at most a second old.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn account(&self, caller: &Caller) -> Result<Arc<Account>, Status> {
        let id = caller.account_id();
        self.accounts
            .get(&self.store, id)
            .await?
            .ok_or_else(|| missing_account(id))
    }

    /// An account as it is now.
    ///
    /// # Errors
    /// There is none, or the database does not answer.
    pub async fn present_account(&self, id: i64) -> Result<Arc<Account>, Status> {
        self.accounts
            .read(&self.store, id)
            .await?
            .ok_or_else(|| missing_account(id))
    }

    /// The order that a caller names, if they may see it. A missing order and one out of sight are the
    /// same answer. Without `full` only what stands in the order's row is read.
    ///
    /// # Errors
    /// There is none for this caller, or the database does not answer.
    pub async fn order(
        &self,
        caller: &Caller,
        name: &OrderRef,
        full: bool,
    ) -> Result<Order, Status> {
        let found = self.store.order(caller.account_id(), name, full).await?;
        let seen = found.filter(|order| caller.principal.sees(order));
        seen.ok_or_else(|| Refusal::OrderNotFound(name.clone()).into())
    }

    /// The workflow of an order.
    ///
    /// # Errors
    /// The order follows a rulebook that is not loaded.
    pub fn workflow(&self, order: &Order) -> Result<&Workflow, Status> {
        let workflow = self.workflows.get(&order.workflow, order.workflow_version);
        workflow.map(Arc::as_ref).ok_or_else(|| {
            let (name, version) = (&order.workflow, order.workflow_version);
            internal(&format!(
                "the workflow {name} version {version} is not loaded"
            ))
            .into()
        })
    }

    /// An order as the caller sees it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn show(
        &self,
        caller: &Caller,
        order: &Order,
        view: View,
    ) -> Result<pb::Order, Status> {
        let mut account = self.account(caller).await?;
        if order
            .store_id
            .is_some_and(|id| !account.stores.contains_key(&id))
        {
            // The store is younger than what is remembered of the account.
            account = self.present_account(caller.account_id()).await?;
        }
        Ok(order_out::order(order, self.words(caller, &account), view))
    }

    /// What orders of an account are shown to this caller with.
    pub fn words<'a>(&'a self, caller: &Caller, account: &'a Account) -> Words<'a> {
        Words {
            account,
            internal: caller.principal.role != Role::Client,
            workflows: &self.workflows,
        }
    }

    /// Hands a command over orders to the ledger; answers each order as it left them, or as it left them
    /// when the same request was first answered.
    ///
    /// # Errors
    /// What is wrong with the request, why the rules refuse it, or why there is no answer.
    pub async fn write(
        &self,
        caller: &Caller,
        call: Call,
        command: Command,
    ) -> Result<Vec<Written>, Status> {
        let named = command.orders();
        match self.submit(caller, call, Task::Order(command)).await? {
            Answer::Orders(orders) => {
                let written = |answer: crate::ledger::OrderAnswer| Written {
                    order: answer.order,
                    made: answer.made,
                    invoices: answer.invoices,
                    plan_etag: answer.plan_etag.unwrap_or_default(),
                };
                Ok(orders.into_iter().map(written).collect())
            }
            Answer::Replay(record) => self.replay(caller, &record, &named).await,
            Answer::Document(_) | Answer::Admin(_) | Answer::Session(_) | Answer::Calls(_) => {
                Err(internal("orders were written and something else was answered").into())
            }
        }
    }

    /// The same for a command over one order.
    ///
    /// # Errors
    /// As [`Context::write`].
    pub async fn write_one(
        &self,
        caller: &Caller,
        call: Call,
        command: Command,
    ) -> Result<Written, Status> {
        let written = self.write(caller, call, command).await?;
        written
            .into_iter()
            .next()
            .ok_or_else(|| internal("a command over an order answered none").into())
    }

    /// Hands an administrative command to the ledger.
    ///
    /// # Errors
    /// As [`Context::write`].
    pub async fn administer(
        &self,
        caller: &Caller,
        call: Call,
        command: AdminCommand,
    ) -> Result<Administered, Status> {
        match self.submit(caller, call, Task::Admin(command)).await? {
            Answer::Admin(answer) => Ok(Administered::Made(answer)),
            Answer::Replay(record) => {
                let result = record.results.into_iter().next().ok_or_else(unexpected)?;
                Ok(Administered::Before(result))
            }
            Answer::Orders(_) | Answer::Document(_) | Answer::Session(_) | Answer::Calls(_) => {
                Err(unexpected())
            }
        }
    }

    /// Hands a command over a document to the ledger; answers it as the command left it, also when the same request
    /// was answered before.
    ///
    /// # Errors
    /// As [`Context::write`].
    pub async fn keep_document(
        &self,
        caller: &Caller,
        call: Call,
        command: Command,
    ) -> Result<Arc<Document>, Status> {
        match self.submit(caller, call, Task::Order(command)).await? {
            Answer::Document(document) => Ok(document),
            Answer::Replay(record) => {
                let document = record.document.ok_or_else(unexpected)?;
                // Whoever sent it out of their own sight was answered it before.
                let own = record.credential_id == caller.principal.credential_id;
                if !own && !sees_document(&caller.principal, &document) {
                    return Err(no_document(document.key()));
                }
                Ok(document)
            }
            Answer::Orders(_) | Answer::Admin(_) | Answer::Session(_) | Answer::Calls(_) => {
                Err(unexpected())
            }
        }
    }

    /// A document that the caller may see.
    ///
    /// # Errors
    /// There is none for this caller, or the database does not answer.
    pub async fn document(&self, caller: &Caller, key: DocumentKey) -> Result<Document, Status> {
        let found = self.store.document(caller.account_id(), key).await?;
        let seen = found.filter(|document| sees_document(&caller.principal, document));
        seen.ok_or_else(|| no_document(key))
    }

    async fn submit(&self, caller: &Caller, call: Call, task: Task) -> Result<Answer, Status> {
        call.reader.finish()?;
        let request = call.request;
        let submission = Submission {
            principal: caller.principal.clone(),
            task,
            etag: call.etag,
            request,
            validate_only: call.validate_only,
            deadline: caller.deadline,
        };
        let answer = self.ledger.submit(submission).await;
        answer.map_err(|failure| match (&failure, request) {
            (Failure::Refused(Refusal::RequestIdReused), Some(request)) => {
                let id = uuid::Uuid::from_bytes(request.id);
                Fault::from(failure).with("request_id", id).into()
            }
            _ => failure.into(),
        })
    }

    /// The first answer again: every order at the version that it had then, if this caller may see it.
    async fn replay(
        &self,
        caller: &Caller,
        record: &RequestRecord,
        named: &[OrderRef],
    ) -> Result<Vec<Written>, Status> {
        let mut written = Vec::with_capacity(record.results.len());
        for (at, result) in record.results.iter().enumerate() {
            let found = self
                .store
                .order_as_of(caller.account_id(), result.id, result.version)
                .await?;
            let mut seen = found
                .as_ref()
                .is_some_and(|order| caller.principal.sees(order));
            if !seen && result.version > 1 {
                // Whoever gave the order away, to another store, saw it until then.
                let before = self
                    .store
                    .order_as_of(caller.account_id(), result.id, result.version - 1)
                    .await?;
                seen = before.is_some_and(|order| caller.principal.sees(&order));
            }
            let order = found.filter(|_| seen).ok_or_else(|| {
                let name = named.get(at).cloned().unwrap_or(OrderRef::Id(result.id));
                Status::from(Refusal::OrderNotFound(name))
            })?;
            written.push(Written {
                order: Arc::new(order),
                made: result.made.clone(),
                invoices: Vec::new(),
                plan_etag: String::new(),
            });
        }
        Ok(written)
    }
}

/// The ledger answered another kind of thing than it was asked for.
pub fn unexpected() -> Status {
    internal("the ledger answered another kind of thing than it was asked for").into()
}

fn no_document((kind, id): DocumentKey) -> Status {
    Refusal::ResourceNotFound {
        kind: kind.title(),
        name: id.to_string(),
    }
    .into()
}

fn missing_account(id: i64) -> Status {
    Refusal::ResourceNotFound {
        kind: "account",
        name: id.to_string(),
    }
    .into()
}

/// An error that says which reason it has and what may be given instead.
pub fn invalid(field: &str, description: impl Into<String>) -> Status {
    let description = description.into();
    Fault::new(Reason::InvalidField, format!("{field}: {description}"))
        .with("field", field)
        .field(field, description)
        .into()
}
