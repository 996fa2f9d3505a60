//! One batch: what it needs is loaded under the pen, and every command is decided in order.

use std::collections::HashMap;
use std::sync::Arc;

use super::desk::Desk;
use super::queue::Job;
use super::{Answer, Failure, OrderAnswer, Task, admin, calls, session};
use crate::clock;
use crate::domain::account::Account;
use crate::domain::command::Command;
use crate::domain::decide::{self, Context, Ground as _};
use crate::domain::document::{Document, DocumentKey};
use crate::domain::order::OrderRef;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;
use crate::store::batch::{RequestRecord, RequestResult, Wanted, Writes};
use crate::store::{Pen, StoreError};

/// What a batch came to, before it is written.
pub struct DecidedBatch {
    /// Each job's answer, valid once the batch is committed.
    pub answers: Vec<Result<Answer, Failure>>,
    /// What is to be written.
    pub writes: Writes,
    /// Whether an answer tells of an earlier commit.
    pub replayed: bool,
    /// The position of the last change.
    pub position: i64,
    /// The accounts as they are after the batch.
    pub accounts: HashMap<i64, Arc<Account>>,
}

/// Takes the pen, loads, and decides every job in order. `look_up_all` also looks for the request ids
/// that were made here, after a commit whose outcome is not known.
///
/// # Errors
/// Where the database does not answer; the transaction is then to be rolled back.
pub async fn decide(
    pen: &mut Pen,
    jobs: &[Job],
    look_up_all: bool,
    workflows: &Workflows,
    known: &mut HashMap<i64, Arc<Account>>,
) -> Result<DecidedBatch, StoreError> {
    pen.begin().await?;
    let loaded = pen.load(&wanted(jobs, look_up_all)).await?;
    let accounts = fresh_accounts(pen, &loaded.revisions, known).await?;
    let now = clock::now();
    let mut desk = Desk::new(loaded, accounts);
    load_documents(pen, &mut desk, jobs).await?;
    let candidates = candidates(jobs, &desk);
    if !candidates.is_empty() {
        desk.add_numbers(&candidates, pen.numbers(&candidates).await?);
    }
    look_up_customers(pen, &mut desk, jobs).await?;
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        answers.push(run(pen, &mut desk, job, workflows, now).await?);
    }
    let (replayed, position, accounts) = (desk.replayed, desk.position(), desk.accounts.clone());
    Ok(DecidedBatch {
        answers,
        writes: desk.into_writes(),
        replayed,
        position,
        accounts,
    })
}

async fn run(
    pen: &mut Pen,
    desk: &mut Desk,
    job: &Job,
    workflows: &Workflows,
    now: Timestamp,
) -> Result<Result<Answer, Failure>, StoreError> {
    let account_id = job.submission.principal.account_id;
    if !job.submission.validate_only
        && let Some(record) = desk.request(account_id, job.request.id)
    {
        if record.fingerprint != job.request.fingerprint {
            return Ok(Err(Failure::Refused(Refusal::RequestIdReused)));
        }
        let record = record.clone();
        desk.replayed = true;
        return Ok(Ok(Answer::Replay(record)));
    }
    let answer = match &job.submission.task {
        Task::Order(command) => {
            look_up_numbers(pen, desk, account_id, command).await?;
            look_up_customers(pen, desk, std::slice::from_ref(job)).await?;
            run_order(desk, job, command, workflows, now)
        }
        Task::Admin(command) => admin::run(pen, desk, job, command, workflows, now).await?,
        Task::Session(command) => session::run(pen, desk, command, now).await?,
        Task::Calls(added) => Ok(calls::run(pen, desk, added).await?),
    };
    Ok(answer.map_err(Failure::Refused))
}

fn run_order(
    desk: &mut Desk,
    job: &Job,
    command: &Command,
    workflows: &Workflows,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let submission = &job.submission;
    let account_id = submission.principal.account_id;
    let account = desk
        .accounts
        .get(&account_id)
        .cloned()
        .ok_or_else(|| no_account(account_id))?;
    let mut counters = desk.counters(account_id);
    let context = Context {
        account: &account,
        principal: &submission.principal,
        workflows,
        ground: &desk.view(account_id),
        now,
        drafts: decide::Drafts::default(),
        salt: *uuid::Uuid::new_v4().as_bytes(),
        request_id: submission.request.map(|request| request.id),
        etag: &submission.etag,
    };
    let decision = decide::decide(command, &context, &mut counters)?;
    let document = decision.document.map(Arc::new);
    if submission.validate_only {
        if let Some(document) = document {
            return Ok(Answer::Document(document));
        }
        // What is only tried has no version of its own: it is shown under the present one, which a later call may name.
        let tried = |mut one: decide::Decided| {
            if let Some(present) = context.ground.order(&OrderRef::Id(one.order.id)) {
                one.order.version = present.version;
                one.order.update_time = present.update_time;
            }
            OrderAnswer {
                order: Arc::new(one.order),
                made: one.made,
                invoices: one.billed.invoices,
                plan_etag: decision.plan_etag.clone(),
            }
        };
        return Ok(Answer::Orders(
            decision.orders.into_iter().map(tried).collect(),
        ));
    }
    desk.set_counters(account_id, counters);
    decision
        .documents
        .into_iter()
        .for_each(|document| desk.put_document(document));
    let apply = |one: decide::Decided| {
        let (made, invoices) = (one.made.clone(), one.billed.invoices.clone());
        OrderAnswer {
            order: desk.apply(one),
            made,
            invoices,
            plan_etag: None,
        }
    };
    let orders: Vec<_> = decision.orders.into_iter().map(apply).collect();
    let results = orders.iter().map(|answer| RequestResult {
        id: answer.order.id,
        version: answer.order.version,
        made: answer.made.clone(),
    });
    remember(desk, job, results.collect(), document.clone(), now);
    Ok(document.map_or(Answer::Orders(orders), Answer::Document))
}

/// Remembers what the request id was answered with.
pub fn remember(
    desk: &mut Desk,
    job: &Job,
    results: Vec<RequestResult>,
    document: Option<Arc<Document>>,
    now: Timestamp,
) {
    desk.remember(RequestRecord {
        account_id: job.submission.principal.account_id,
        request_id: job.request.id,
        fingerprint: job.request.fingerprint,
        credential_id: job.submission.principal.credential_id,
        results,
        document,
        create_time: now,
    });
}

fn no_account(account_id: i64) -> Refusal {
    Refusal::ResourceNotFound {
        kind: "account",
        name: account_id.to_string(),
    }
}

fn wanted(jobs: &[Job], look_up_all: bool) -> Wanted {
    let mut wanted = Wanted::default();
    for job in jobs {
        let principal = &job.submission.principal;
        let account = principal.account_id;
        wanted.accounts.push(account);
        if look_up_all || job.submission.request.is_some() {
            wanted.requests.push((account, job.request.id));
        }
        match &job.submission.task {
            Task::Order(command) => {
                wanted
                    .orders
                    .extend(command.orders().into_iter().map(|order| (account, order)));
                let numbers = command.numbers().into_iter();
                wanted
                    .numbers
                    .extend(numbers.map(|number| (account, number)));
                for patch in command.patches() {
                    let customers = patch.customers().map(|customer| (account, customer));
                    wanted.customers.extend(customers);
                }
                if command.creates() > 0 {
                    wanted
                        .customers
                        .extend(principal.customer_id.map(|customer| (account, customer)));
                }
                wanted.counters |= !matches!(
                    command,
                    Command::AddNote(..)
                        | Command::Delete(_)
                        | Command::Override(..)
                        | Command::CancelLines(..)
                        | Command::PlaceHold(..)
                        | Command::ReleaseHold(..)
                );
            }
            Task::Admin(command) => {
                admin::want(command, account, &mut wanted);
                wanted.counters = true;
            }
            Task::Session(_) | Task::Calls(_) => {}
        }
    }
    wanted
        .orders
        .sort_unstable_by(|a, b| (a.0, order_key(&a.1)).cmp(&(b.0, order_key(&b.1))));
    wanted.orders.dedup();
    wanted.accounts.sort_unstable();
    wanted.accounts.dedup();
    wanted.customers.sort_unstable();
    wanted.customers.dedup();
    wanted
}

fn order_key(order: &OrderRef) -> (i64, &str) {
    match order {
        OrderRef::Id(id) => (*id, ""),
        OrderRef::Number(number) => (0, number),
    }
}

/// Loads the documents that commands name, with the orders that they carry lines of, and the open documents of the
/// orders that commands name.
async fn load_documents(pen: &mut Pen, desk: &mut Desk, jobs: &[Job]) -> Result<(), StoreError> {
    let mut keys: Vec<(i64, DocumentKey)> = desk.open_documents().collect();
    for job in jobs {
        if let Task::Order(command) = &job.submission.task {
            let account = job.submission.principal.account_id;
            keys.extend(command.document().map(|key| (account, key)));
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    keys.sort_unstable();
    keys.dedup();
    let orders = desk.add_documents(pen.documents(&keys).await?);
    if orders.is_empty() {
        return Ok(());
    }
    let wanted = Wanted {
        orders,
        ..Wanted::default()
    };
    desk.add_orders(pen.load(&wanted).await?.orders);
    Ok(())
}

/// The accounts of the batch: as known where their revision is still the same, else read again.
async fn fresh_accounts(
    pen: &mut Pen,
    revisions: &HashMap<i64, i64>,
    known: &mut HashMap<i64, Arc<Account>>,
) -> Result<HashMap<i64, Arc<Account>>, StoreError> {
    let mut fresh = HashMap::with_capacity(revisions.len());
    for (id, revision) in revisions {
        if let Some(account) = known
            .get(id)
            .filter(|account| account.revision == *revision)
        {
            fresh.insert(*id, Arc::clone(account));
        } else if let Some(account) = pen.account(*id).await? {
            let account = Arc::new(account);
            known.insert(*id, Arc::clone(&account));
            fresh.insert(*id, account);
        }
    }
    Ok(fresh)
}

/// The numbers that orders without one of their own would get, if nobody gave one of them by hand.
fn candidates(jobs: &[Job], desk: &Desk) -> Vec<(i64, String)> {
    let mut wanted: HashMap<i64, usize> = HashMap::new();
    for job in jobs {
        if let Task::Order(command) = &job.submission.task {
            let creates = command.unnumbered();
            if creates > 0 {
                *wanted
                    .entry(job.submission.principal.account_id)
                    .or_default() += creates;
            }
        }
    }
    let numbers = |(account, count): (i64, usize)| {
        let first = desk.counters(account).order + 1;
        (0..count as i64).map(move |at| (account, (first + at).to_string()))
    };
    wanted.into_iter().flat_map(numbers).collect()
}

/// Looks up the customers whom invoices are for. They follow from the order, which is loaded by then; for one that the
/// batch made or changed they are looked up again before the command is decided.
async fn look_up_customers(pen: &mut Pen, desk: &mut Desk, jobs: &[Job]) -> Result<(), StoreError> {
    let named = jobs.iter().flat_map(|job| match &job.submission.task {
        Task::Order(Command::CreateInvoices(order, _)) => {
            desk.unknown_customers(job.submission.principal.account_id, order)
        }
        _ => Vec::new(),
    });
    let mut named: Vec<_> = named.collect();
    if named.is_empty() {
        return Ok(());
    }
    named.sort_unstable();
    named.dedup();
    desk.add_customers(&named, pen.customers(&named).await?);
    Ok(())
}

/// Looks up what the command gives as numbers, as far as the look-up of the whole batch did not foresee it: where a
/// number was given by hand, the next one is taken, and an import may have raised the counter since.
async fn look_up_numbers(
    pen: &mut Pen,
    desk: &mut Desk,
    account: i64,
    command: &Command,
) -> Result<(), StoreError> {
    loop {
        let taken = |number: &str| desk.view(account).number_owner(number).is_some();
        let mut numbers = command.gives_numbers(desk.counters(account).order, taken);
        numbers.retain(|number| !desk.has_looked_up(account, number));
        if numbers.is_empty() {
            return Ok(());
        }
        let numbers: Vec<_> = numbers
            .into_iter()
            .map(|number| (account, number))
            .collect();
        desk.add_numbers(&numbers, pen.numbers(&numbers).await?);
    }
}
