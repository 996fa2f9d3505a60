//! What waits for the ledger: bounded, and drained fairly over accounts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

use super::{Answer, Failure, Request, Submission, Task};

/// A command with the caller who waits for it.
pub struct Job {
    pub submission: Submission,
    /// The caller's request id, or one made here, by which an unknown commit is resolved.
    pub request: Request,
    /// How many orders the command may change.
    pub weight: usize,
    reply: oneshot::Sender<Result<Answer, Failure>>,
}

impl Job {
    pub fn new(submission: Submission, reply: oneshot::Sender<Result<Answer, Failure>>) -> Job {
        let made_here = || Request {
            id: *Uuid::new_v4().as_bytes(),
            fingerprint: [0; 32],
        };
        let weight = match &submission.task {
            Task::Order(command) => command.orders().len().max(command.creates()).max(1),
            Task::Admin(_) | Task::Session(_) | Task::Calls(_) => 1,
        };
        Job {
            request: submission.request.unwrap_or_else(made_here),
            submission,
            weight,
            reply,
        }
    }

    /// Tells the caller. A caller who no longer listens is no reason to stop.
    pub fn answer(self, answer: Result<Answer, Failure>) {
        let _ = self.reply.send(answer);
    }

    pub fn is_late(&self, now: Instant) -> bool {
        self.submission
            .deadline
            .is_some_and(|deadline| deadline <= now)
    }
}

/// The queue. One account may fill half of it, so that its bulk leaves room for the others.
pub struct Queue {
    state: Mutex<State>,
    wake: Notify,
    capacity: usize,
}

#[derive(Default)]
struct State {
    waiting: HashMap<i64, VecDeque<Job>>,
    /// The accounts that have something waiting, the next to be served first.
    turn: VecDeque<i64>,
    length: usize,
    closed: bool,
}

impl Queue {
    pub fn new(capacity: usize) -> Queue {
        Queue {
            state: Mutex::default(),
            wake: Notify::new(),
            capacity: capacity.max(2),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, job: Job) -> Result<(), Failure> {
        let account = job.submission.principal.account_id;
        let mut state = self.state();
        if state.closed {
            return Err(Failure::Unavailable);
        }
        let own = state.waiting.get(&account).map_or(0, VecDeque::len);
        if state.length >= self.capacity || own >= self.capacity / 2 {
            return Err(Failure::QueueFull);
        }
        state.length += 1;
        if own == 0 {
            state.turn.push_back(account);
        }
        state.waiting.entry(account).or_default().push_back(job);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Takes what waits, one command of each account in turn, until the weights reach `most`.
    /// `None` once the queue is closed and empty.
    pub async fn take(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            let woken = self.wake.notified();
            {
                let mut state = self.state();
                let jobs = state.take(most);
                if !jobs.is_empty() {
                    return Some(jobs);
                }
                if state.closed {
                    return None;
                }
            }
            woken.await;
        }
    }

    pub fn close(&self) {
        self.state().closed = true;
        self.wake.notify_one();
    }
}

impl State {
    fn take(&mut self, most: usize) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut weight = 0;
        while weight < most {
            let Some(account) = self.turn.pop_front() else {
                break;
            };
            let Some(waiting) = self.waiting.get_mut(&account) else {
                continue;
            };
            if let Some(job) = waiting.pop_front() {
                weight += job.weight;
                jobs.push(job);
            }
            if waiting.is_empty() {
                self.waiting.remove(&account);
            } else {
                self.turn.push_back(account);
            }
        }
        self.length -= jobs.len();
        jobs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::command::Command;
    use crate::domain::order::OrderRef;
    use crate::domain::principal::Principal;
    use crate::domain::role::Role;

    fn job(account_id: i64, order: i64) -> Job {
        let principal = Principal {
            account_id,
            credential_id: 1,
            actor: String::new(),
            role: Role::Staff,
            customer_id: None,
            store_id: None,
            scopes: Vec::new(),
            session: None,
        };
        let submission = Submission {
            principal,
            task: Task::Order(Command::Delete(OrderRef::Id(order))),
            etag: String::new(),
            request: None,
            validate_only: false,
            deadline: None,
        };
        Job::new(submission, oneshot::channel().0)
    }

    fn accounts(jobs: &[Job]) -> Vec<i64> {
        jobs.iter()
            .map(|job| job.submission.principal.account_id)
            .collect()
    }

    #[tokio::test]
    async fn one_accounts_bulk_does_not_make_another_wait() {
        let queue = Queue::new(100);
        for order in 0..40 {
            assert!(queue.push(job(1, order)).is_ok());
        }
        assert!(queue.push(job(2, 1)).is_ok());
        assert!(queue.push(job(3, 1)).is_ok());
        let first = queue.take(4).await.unwrap_or_default();
        assert_eq!(accounts(&first), [1, 2, 3, 1]);
        let rest = queue.take(100).await.unwrap_or_default();
        assert_eq!(rest.len(), 38, "nothing is lost");
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_an_account_fills_half_of_it() {
        let queue = Queue::new(4);
        assert!(queue.push(job(1, 1)).is_ok());
        assert!(queue.push(job(1, 2)).is_ok());
        assert!(
            matches!(queue.push(job(1, 3)), Err(Failure::QueueFull)),
            "more than half"
        );
        assert!(queue.push(job(2, 1)).is_ok());
        assert!(queue.push(job(3, 1)).is_ok());
        assert!(
            matches!(queue.push(job(4, 1)), Err(Failure::QueueFull)),
            "more than all"
        );
    }

    #[tokio::test]
    async fn a_closed_queue_is_drained_and_takes_nothing_more() {
        let queue = Queue::new(4);
        assert!(queue.push(job(1, 1)).is_ok());
        queue.close();
        assert!(matches!(queue.push(job(1, 2)), Err(Failure::Unavailable)));
        assert_eq!(queue.take(9).await.map(|jobs| jobs.len()), Some(1));
        assert!(queue.take(9).await.is_none());
    }
}
