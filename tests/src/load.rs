//! Callers who write as fast as they are answered, and remember what they were told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use order_status_proto::Money;
use order_status_proto::v1::{
    AddOrderNoteRequest, CancelOrderRequest, CompleteOrderRequest, ConfirmOrderRequest,
    CreateOrderRequest, Line, MarkOrderPaidRequest, Order, RecordPaymentRequest,
    UpdateOrderRequest, add_order_note_request, cancel_order_request, complete_order_request,
    confirm_order_request, mark_order_paid_request, record_payment_request,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::account::Caller;
use crate::refusal;

/// How long a caller waits before it sends again what was not answered.
const PAUSE: Duration = Duration::from_millis(10);

/// A change that the service said it made.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// The id of the request that asked for it.
    pub request_id: String,
    /// The order.
    pub order_id: i64,
    /// The order's version afterwards.
    pub version: i64,
    /// When the answer came.
    pub at: Instant,
}

/// What callers were told.
#[derive(Debug, Default)]
pub struct Log {
    /// Every change that was acknowledged.
    pub acknowledged: Vec<Acknowledged>,
    /// How often each code came.
    pub codes: BTreeMap<i32, usize>,
    /// The errors that no fault explains, as they came.
    pub refused: Vec<Status>,
}

impl Log {
    /// Whether a code ever came.
    pub fn saw(&self, code: Code) -> bool {
        self.codes.contains_key(&i32::from(code))
    }

    /// Every code that ever came.
    pub fn codes(&self) -> Vec<Code> {
        self.codes.keys().copied().map(Code::from).collect()
    }

    fn merge(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
    }
}

/// Callers at work until they are stopped. Each moves orders of its own through their lives, and all of them write to
/// one order that they share. What fails for a reason that may pass is sent again, with the same request id, to the
/// next server.
pub struct Load {
    stop: watch::Sender<bool>,
    count: watch::Sender<usize>,
    workers: JoinSet<Log>,
}

impl Load {
    /// Puts `width` callers to work, spread over the servers that `callers` talk to: staff of one account whose orders
    /// follow the standard workflow.
    ///
    /// # Panics
    ///
    /// If the order to be shared cannot be made.
    pub async fn start(callers: &[Caller], width: usize) -> Self {
        let request = create("");
        let shared = callers[0].orders().create_order(request).await;
        let shared = shared.expect("make an order").into_inner().id;
        let callers: Arc<[Caller]> = callers.into();
        let (stop, stopped) = watch::channel(false);
        let (count, _) = watch::channel(0);
        let mut workers = JoinSet::new();
        for at in 0..width {
            let worker = Worker {
                callers: Arc::clone(&callers),
                at,
                shared,
                shared_etag: String::new(),
                stopped: stopped.clone(),
                count: count.clone(),
                log: Log::default(),
            };
            workers.spawn(worker.run());
        }
        Self {
            stop,
            count,
            workers,
        }
    }

    /// How many changes were acknowledged so far.
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Waits until this many more changes are acknowledged.
    ///
    /// # Panics
    ///
    /// If that takes longer than `patience`.
    pub async fn advance(&self, more: usize, patience: Duration) {
        let mut count = self.count.subscribe();
        let goal = *count.borrow_and_update() + more;
        let reached = count.wait_for(|count| *count >= goal);
        let reached = tokio::time::timeout(patience, reached).await;
        assert!(reached.is_ok(), "nothing is acknowledged in {patience:?}");
    }

    /// Lets every caller finish or give up the call that it is at, and answers what all of them were told.
    pub async fn stop(mut self) -> Log {
        self.stop.send_replace(true);
        let mut log = Log::default();
        while let Some(worker) = self.workers.join_next().await {
            log.merge(worker.expect("a caller that does not panic"));
        }
        log
    }
}

/// What a caller asks for next.
#[derive(Clone, Copy)]
enum Step {
    Create,
    Rename,
    Pay,
    Confirm,
    MarkPaid,
    Complete,
    Cancel,
    /// On the order that all share, whatever it is.
    Note,
    /// On the order that all share, if it is as this caller last saw it.
    Write,
}

/// The lives that orders lead, in turn.
const LIVES: [&[Step]; 3] = [
    &[
        Step::Create,
        Step::Rename,
        Step::Confirm,
        Step::Note,
        Step::MarkPaid,
        Step::Complete,
    ],
    &[Step::Create, Step::Note, Step::Confirm, Step::Cancel],
    &[Step::Create, Step::Write, Step::Pay, Step::Rename],
];

struct Worker {
    callers: Arc<[Caller]>,
    at: usize,
    shared: i64,
    shared_etag: String,
    stopped: watch::Receiver<bool>,
    count: watch::Sender<usize>,
    log: Log,
}

impl Worker {
    async fn run(mut self) -> Log {
        for life in 0.. {
            let mut own = 0;
            for step in LIVES[(self.at + life) % LIVES.len()] {
                match self.insist(*step, own).await {
                    Some(Ok(order)) if matches!(step, Step::Create) => own = order.id,
                    Some(Ok(_)) => {}
                    // The rest of this life makes no sense; the next begins.
                    Some(Err(())) => break,
                    None => return self.log,
                }
            }
        }
        self.log
    }

    /// Sends one request until it has an answer for good; `None` when this was stopped first.
    async fn insist(&mut self, step: Step, own: i64) -> Option<Result<Order, ()>> {
        let request_id = Uuid::new_v4().to_string();
        loop {
            if *self.stopped.borrow() {
                return None;
            }
            let caller = &self.callers[self.at % self.callers.len()];
            let answer = self.send(caller, step, own, &request_id).await;
            let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
            *self.log.codes.entry(code.into()).or_default() += 1;
            let status = match answer {
                Ok(order) => {
                    if order.id == self.shared {
                        self.shared_etag.clone_from(&order.etag);
                    }
                    self.log.acknowledged.push(Acknowledged {
                        request_id,
                        order_id: order.id,
                        version: order.version,
                        at: Instant::now(),
                    });
                    self.count.send_modify(|count| *count += 1);
                    return Some(Ok(order));
                }
                Err(status) => status,
            };
            match code {
                // Somebody else wrote: look again.
                Code::Aborted => {
                    self.shared_etag = refusal::fact(&status, "etag");
                    return Some(Err(()));
                }
                code if may_pass(code) || !refusal::said(&status) => {
                    self.at += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                _ => {
                    self.log.refused.push(status);
                    return Some(Err(()));
                }
            }
        }
    }

    async fn send(
        &self,
        caller: &Caller,
        step: Step,
        own: i64,
        request_id: &str,
    ) -> Result<Order, Status> {
        let request_id = request_id.to_owned();
        let mut orders = caller.orders();
        let answer = match step {
            Step::Create => orders.create_order(create(&request_id)).await?,
            Step::Rename => {
                let request = UpdateOrderRequest {
                    order: Some(Order {
                        id: own,
                        notes: format!("renamed by {request_id}"),
                        ..Order::default()
                    }),
                    request_id,
                    ..UpdateOrderRequest::default()
                };
                orders.update_order(request).await?
            }
            Step::Pay => {
                let request = RecordPaymentRequest {
                    order: Some(record_payment_request::Order::Id(own)),
                    amount: Some(euros(1)),
                    request_id,
                    ..RecordPaymentRequest::default()
                };
                let paid = caller.billing().record_payment(request).await?;
                let order = paid.into_inner().order;
                return order.ok_or_else(|| Status::data_loss("an answer without its order"));
            }
            Step::Confirm => {
                let request = ConfirmOrderRequest {
                    order: Some(confirm_order_request::Order::Id(own)),
                    request_id,
                    ..ConfirmOrderRequest::default()
                };
                orders.confirm_order(request).await?
            }
            Step::MarkPaid => {
                let request = MarkOrderPaidRequest {
                    order: Some(mark_order_paid_request::Order::Id(own)),
                    request_id,
                    ..MarkOrderPaidRequest::default()
                };
                orders.mark_order_paid(request).await?
            }
            Step::Complete => {
                let request = CompleteOrderRequest {
                    order: Some(complete_order_request::Order::Id(own)),
                    request_id,
                    ..CompleteOrderRequest::default()
                };
                orders.complete_order(request).await?
            }
            Step::Cancel => {
                let request = CancelOrderRequest {
                    order: Some(cancel_order_request::Order::Id(own)),
                    request_id,
                    ..CancelOrderRequest::default()
                };
                orders.cancel_order(request).await?
            }
            Step::Note => {
                let request = AddOrderNoteRequest {
                    order: Some(add_order_note_request::Order::Id(self.shared)),
                    message: "seen".to_owned(),
                    request_id,
                    ..AddOrderNoteRequest::default()
                };
                orders.add_order_note(request).await?
            }
            Step::Write => {
                let request = UpdateOrderRequest {
                    order: Some(Order {
                        id: self.shared,
                        notes: format!("written by {request_id}"),
                        ..Order::default()
                    }),
                    etag: self.shared_etag.clone(),
                    request_id,
                    ..UpdateOrderRequest::default()
                };
                orders.update_order(request).await?
            }
        };
        Ok(answer.into_inner())
    }
}

/// Whether the service means that the same request may fare better later, or cannot say what came of it.
fn may_pass(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::Unknown | Code::DeadlineExceeded | Code::ResourceExhausted
    )
}

/// The request for an order of one line, for ten euros; the request id may be empty.
pub fn create(request_id: &str) -> CreateOrderRequest {
    let line = Line {
        name: "A thing".to_owned(),
        unit_price: Some(euros(10)),
        ..Line::default()
    };
    CreateOrderRequest {
        order: Some(Order {
            lines: vec![line],
            ..Order::default()
        }),
        request_id: request_id.to_owned(),
        ..CreateOrderRequest::default()
    }
}

/// An amount in whole euros.
pub fn euros(units: i64) -> Money {
    Money {
        currency_code: "EUR".to_owned(),
        units,
        nanos: 0,
    }
}
