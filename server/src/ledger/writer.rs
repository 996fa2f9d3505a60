//! The writer's loop: take what waits, run it as one batch, answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tracing::{error, warn};

use super::queue::{Job, Queue};
use super::{Answer, Failure, Options, batch};
use crate::clock;
use crate::domain::account::Account;
use crate::domain::time::Timestamp;
use crate::domain::workflow::Workflows;
use crate::store::batch::Writes;
use crate::store::{CommitError, Pen, StoreError};

/// How often a quiet ledger asks whether the database is there.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);
/// How long request ids are remembered: 72 hours, in microseconds.
const REMEMBER_MICROS: i64 = 72 * 3600 * 1_000_000;
/// How long a session's row stays after its end: an hour, in microseconds.
const KEEP_MICROS: i64 = 3600 * 1_000_000;
/// How many days the calls of a day are kept: longer than it is the present day anywhere.
const KEEP_DAYS: i32 = 2;
/// How often old request ids and sessions are forgotten; each time at most as many as nobody waits for.
const FORGET_INTERVAL: Duration = Duration::from_secs(5);
/// The longest wait between two tries of one batch.
const LONGEST_BACKOFF: Duration = Duration::from_millis(500);
/// How long a batch without a deadline of its own is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Writer {
    pen: Pen,
    workflows: Arc<Workflows>,
    options: Options,
    queue: Arc<Queue>,
    position: watch::Sender<i64>,
    available: watch::Sender<bool>,
    /// Accounts as last read, used while their revision is still the same.
    accounts: HashMap<i64, Arc<Account>>,
}

/// What a try of a batch came to.
enum Tried {
    /// Committed, or nothing to commit: each job's answer.
    Answered(Vec<Result<Answer, Failure>>),
    /// Not committed.
    Failed(StoreError),
    /// Perhaps committed.
    Unknown,
}

impl Writer {
    pub fn new(
        pen: Pen,
        workflows: Arc<Workflows>,
        options: Options,
        queue: Arc<Queue>,
        position: watch::Sender<i64>,
        available: watch::Sender<bool>,
    ) -> Writer {
        Writer {
            pen,
            workflows,
            options,
            queue,
            position,
            available,
            accounts: HashMap::new(),
        }
    }

    /// Works until the queue is closed and empty. Runs on a thread of its own.
    pub fn run(mut self) {
        match tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime.block_on(self.work()),
            Err(error) => error!(%error, "the ledger cannot start"),
        }
    }

    async fn work(&mut self) {
        let mut forgotten: Option<Instant> = None;
        loop {
            match tokio::time::timeout(PROBE_INTERVAL, self.queue.take(self.options.batch_size))
                .await
            {
                Ok(Some(jobs)) => self.serve(jobs).await,
                Ok(None) => break,
                Err(_) => self.probe().await,
            }
            if forgotten.is_none_or(|at| at.elapsed() > FORGET_INTERVAL) && *self.available.borrow()
            {
                self.forget().await;
                forgotten = Some(Instant::now());
            }
        }
    }

    async fn probe(&mut self) {
        let there = self.pen.begin().await.is_ok();
        self.pen.rollback().await;
        self.available.send_replace(there);
    }

    async fn forget(&mut self) {
        let now = clock::now().micros();
        let before = Timestamp::from_micros(now - REMEMBER_MICROS);
        let writes = Writes {
            forget_requests_before: Some(before),
            forget_sessions_before: Some(Timestamp::from_micros(now - KEEP_MICROS)),
            forget_calls_before: Some(Timestamp::from_micros(now).day() - KEEP_DAYS),
            ..Writes::default()
        };
        if self.pen.begin().await.is_err() {
            return;
        }
        match self.pen.write(&writes).await {
            Ok(()) => drop(self.pen.commit().await),
            Err(failure) => {
                warn!(error = %failure, "old request ids, sessions and calls could not be forgotten");
                self.pen.rollback().await;
            }
        }
    }

    /// Answers every job of a batch, whatever it takes. A batch that the database refuses is halved
    /// until the culprit stands alone.
    async fn serve(&mut self, jobs: Vec<Job>) {
        let mut batches = vec![jobs];
        while let Some(jobs) = batches.pop() {
            let (jobs, failure) = self.persist(jobs).await;
            let Some(failure) = failure else { continue };
            match failure {
                StoreError::Refused(_) if jobs.len() > 1 => {
                    let mut first = jobs;
                    let second = first.split_off(first.len() / 2);
                    batches.push(second);
                    batches.push(first);
                }
                StoreError::Unavailable(text) | StoreError::Conflict(text) => {
                    warn!(error = text, jobs = jobs.len(), "the database is away");
                    jobs.into_iter()
                        .for_each(|job| job.answer(Err(Failure::Unavailable)));
                }
                failure => {
                    error!(error = %failure, "the database refuses a command");
                    jobs.into_iter()
                        .for_each(|job| job.answer(Err(Failure::Internal(failure.to_string()))));
                }
            }
        }
    }

    /// Tries a batch until it is answered or must be given up; what is given up comes back with why.
    async fn persist(&mut self, mut jobs: Vec<Job>) -> (Vec<Job>, Option<StoreError>) {
        let started = Instant::now();
        let mut backoff = Duration::from_millis(5);
        // Set once a commit's outcome is not known: from then on the request ids tell.
        let mut unknown = false;
        loop {
            let now = Instant::now();
            let (late, waiting): (Vec<_>, Vec<_>) =
                jobs.into_iter().partition(|job| job.is_late(now));
            late.into_iter().for_each(|job| give_up(job, unknown));
            jobs = waiting;
            if jobs.is_empty() {
                return (jobs, None);
            }
            let failure = match self.try_once(&jobs, unknown).await {
                Tried::Answered(answers) => {
                    self.available
                        .send_if_modified(|there| !std::mem::replace(there, true));
                    jobs.into_iter()
                        .zip(answers)
                        .for_each(|(job, answer)| job.answer(answer));
                    return (Vec::new(), None);
                }
                Tried::Unknown => {
                    unknown = true;
                    StoreError::Unavailable("the outcome of the commit is not known".to_owned())
                }
                Tried::Failed(failure) => failure,
            };
            let again = match &failure {
                StoreError::Conflict(_) => true,
                StoreError::Unavailable(_) => {
                    self.available.send_replace(false);
                    // One new try over a new connection; longer only where something may be committed.
                    unknown || backoff == Duration::from_millis(5)
                }
                _ => false,
            };
            if !again || started.elapsed() > PATIENCE {
                if unknown {
                    jobs.into_iter().for_each(|job| give_up(job, true));
                    return (Vec::new(), None);
                }
                return (jobs, Some(failure));
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
        }
    }

    async fn try_once(&mut self, jobs: &[Job], look_up_all: bool) -> Tried {
        let decided = match batch::decide(
            &mut self.pen,
            jobs,
            look_up_all,
            &self.workflows,
            &mut self.accounts,
        )
        .await
        {
            Ok(decided) => decided,
            Err(failure) => {
                self.pen.rollback().await;
                return Tried::Failed(failure);
            }
        };
        if decided.writes.is_empty() && !decided.replayed {
            self.pen.rollback().await;
            return Tried::Answered(decided.answers);
        }
        if let Err(failure) = self.pen.write(&decided.writes).await {
            self.pen.rollback().await;
            return Tried::Failed(failure);
        }
        match self.pen.commit().await {
            Ok(()) => {
                self.accounts.extend(decided.accounts);
                self.position.send_if_modified(|last| {
                    decided.position > std::mem::replace(last, decided.position)
                });
                Tried::Answered(decided.answers)
            }
            Err(CommitError::Failed(failure)) => Tried::Failed(failure),
            Err(CommitError::Unknown) => Tried::Unknown,
        }
    }
}

/// Answers a job that can wait no longer.
fn give_up(job: Job, unknown: bool) {
    let failure = match (unknown, job.submission.request) {
        (true, None) => Failure::OutcomeUnknown,
        (true, Some(_)) => Failure::Unavailable,
        (false, _) => Failure::DeadlineExceeded,
    };
    job.answer(Err(failure));
}
