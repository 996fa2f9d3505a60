//! The ledger: the one writer. It takes commands in batches, decides them under the pen, commits, and
//! answers after the commit.

mod admin;
mod batch;
mod calls;
mod desk;
mod queue;
mod session;
mod writer;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{oneshot, watch};

use crate::domain::account::{Account, CatalogEntry, CustomerRecord, Store as StoreRecord};
use crate::domain::admin::AdminCommand;
use crate::domain::command::Command;
use crate::domain::decide::Made;
use crate::domain::document::Document;
use crate::domain::invoice::Invoice;
use crate::domain::order::Order;
use crate::domain::principal::Principal;
use crate::domain::refusal::Refusal;
use crate::domain::session::{Session, SessionCommand};
use crate::domain::workflow::Workflows;
use crate::store::batch::{CredentialRecord, DailyCalls, RequestRecord};
use crate::store::{Store, StoreError};
use queue::Queue;

/// A command on its way to the ledger.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Who asks.
    pub principal: Principal,
    /// What is asked.
    pub task: Task,
    /// The entity tag that the caller saw; empty for none.
    pub etag: String,
    /// The request id of the call, if it has one.
    pub request: Option<Request>,
    /// Decide only; change nothing.
    pub validate_only: bool,
    /// When the caller stops waiting. A command past its deadline joins no batch.
    pub deadline: Option<Instant>,
}

/// A request id with what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The id, unique within the account.
    pub id: [u8; 16],
    /// SHA-256 over method and body.
    pub fingerprint: [u8; 32],
}

/// What is asked of the ledger.
#[derive(Clone, Debug)]
pub enum Task {
    /// A command over orders.
    Order(Command),
    /// A command over everything else but sessions.
    Admin(AdminCommand),
    /// A command over sessions.
    Session(SessionCommand),
    /// Calls to be added to those of their days.
    Calls(Vec<DailyCalls>),
}

/// What came of a command.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The orders as the command left them, in the command's order.
    Orders(Vec<OrderAnswer>),
    /// The document that the command made or changed.
    Document(Arc<Document>),
    /// What an administrative command made.
    Admin(AdminAnswer),
    /// The session as the command left it; `None` where there was none, or nothing to note.
    Session(Option<Session>),
    /// The calls of each day, with those that were added.
    Calls(Vec<i64>),
    /// The request id was answered before: the answer is to be rebuilt from what it told of.
    Replay(RequestRecord),
}

/// One order as a command left it.
#[derive(Clone, Debug)]
pub struct OrderAnswer {
    /// The order.
    pub order: Arc<Order>,
    /// What was made beside it.
    pub made: Vec<Made>,
    /// The invoices that were made.
    pub invoices: Vec<Invoice>,
    /// Of a move to another store, the entity tag that its plan has.
    pub plan_etag: Option<String>,
}

/// What an administrative command made or changed.
#[derive(Clone, Debug)]
pub enum AdminAnswer {
    /// An account.
    Account(Arc<Account>),
    /// A store.
    Store(StoreRecord),
    /// A customer.
    Customer(Box<CustomerRecord>),
    /// A catalog entry.
    Entry(CatalogEntry),
    /// Something that is no more.
    Removed,
    /// A credential.
    Credential(Box<CredentialRecord>),
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The rules refuse.
    Refused(Refusal),
    /// Too much is waiting already.
    QueueFull,
    /// The caller's deadline passed before the command joined a batch.
    DeadlineExceeded,
    /// The database is away; nothing was changed, or the call can be sent again with its request id.
    Unavailable,
    /// The database went away during the commit, and the call had no request id to ask again with.
    OutcomeUnknown,
    /// The database holds or says what it must not; the text is for the log.
    Internal(String),
}

/// How the ledger works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many commands may wait; one account may fill half of it.
    pub queue_length: usize,
    /// How many orders one batch may change.
    pub batch_size: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue_length: 4096,
            batch_size: 128,
        }
    }
}

/// A handle to the ledger; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    queue: Arc<Queue>,
    position: watch::Receiver<i64>,
    available: watch::Receiver<bool>,
    finished: watch::Receiver<bool>,
}

impl Ledger {
    /// Takes the pen and starts the ledger on a thread of its own.
    ///
    /// # Errors
    /// Where the store does not give its pen, or the thread cannot be started.
    pub async fn start(
        store: &Store,
        workflows: Arc<Workflows>,
        options: Options,
    ) -> Result<Ledger, StoreError> {
        let pen = store.pen().await?;
        let queue = Arc::new(Queue::new(options.queue_length));
        let (position_sender, position) = watch::channel(store.last_position().await?);
        let (available_sender, available) = watch::channel(true);
        let (finished_sender, finished) = watch::channel(false);
        let writer = writer::Writer::new(
            pen,
            workflows,
            options,
            Arc::clone(&queue),
            position_sender,
            available_sender,
        );
        std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || {
                writer.run();
                let _ = finished_sender.send(true);
            })
            .map_err(|error| {
                StoreError::Unavailable(format!("the ledger's thread cannot start: {error}"))
            })?;
        Ok(Ledger {
            queue,
            position,
            available,
            finished,
        })
    }

    /// Hands a command in and waits for its answer. Whoever stops waiting leaves the command to run.
    ///
    /// # Errors
    /// [`Failure`] says why there is no answer, and whether anything was changed.
    pub async fn submit(&self, submission: Submission) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(queue::Job::new(submission, reply))?;
        answer.await.unwrap_or(Err(Failure::Unavailable))
    }

    /// The position of the last change that this process committed.
    pub fn position(&self) -> watch::Receiver<i64> {
        self.position.clone()
    }

    /// Whether the database answers.
    pub fn available(&self) -> watch::Receiver<bool> {
        self.available.clone()
    }

    /// Answers what waits, takes nothing more, and gives the pen back.
    pub async fn stop(&self) {
        self.queue.close();
        let mut finished = self.finished.clone();
        // An error means that the thread is gone, which is what is waited for.
        let _ = finished.wait_for(|finished| *finished).await;
    }
}
