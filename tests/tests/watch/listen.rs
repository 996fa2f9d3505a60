//! Making changes, and listening to them.

use std::time::Duration;

use order_status_proto::Money;
use order_status_proto::v1 as pb;
use order_status_tests::Caller;
use tonic::{Status, Streaming};
use tonic_types::StatusExt as _;

/// Longer than any wait of a test that passes.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing has to come for there to be nothing more: several polls of the log.
const SILENCE: Duration = Duration::from_millis(1_500);

/// A change that a watch told.
#[derive(Debug)]
pub struct Heard {
    /// Where the watch was with it.
    pub token: String,
    /// The change.
    pub change: pb::Change,
    /// The order after it.
    pub order: pb::Order,
}

/// A watch that is listened to.
#[derive(Debug)]
pub struct Listener {
    answers: Streaming<pb::WatchOrdersResponse>,
}

/// Starts a watch.
pub async fn watch(caller: &Caller, request: pb::WatchOrdersRequest) -> Result<Listener, Status> {
    let answers = caller.orders().watch_orders(request).await?.into_inner();
    Ok(Listener { answers })
}

/// Starts a watch that has to start.
pub async fn listen(caller: &Caller, request: pb::WatchOrdersRequest) -> Listener {
    watch(caller, request).await.expect("start a watch")
}

impl Listener {
    async fn next(&mut self) -> Result<pb::WatchOrdersResponse, Status> {
        let next = tokio::time::timeout(PATIENCE, self.answers.message()).await;
        let next = next.expect("an answer in time")?;
        Ok(next.expect("a watch ends with a status only"))
    }

    /// The next changes, whatever heartbeats come between.
    pub async fn changes(&mut self, count: usize) -> Vec<Heard> {
        let mut heard = Vec::with_capacity(count);
        while heard.len() < count {
            let answer = self.next().await.expect("the watch goes on");
            if answer.heartbeat {
                continue;
            }
            heard.push(Heard {
                token: answer.token,
                change: answer.change.expect("a change"),
                order: answer.order.expect("an order"),
            });
        }
        heard
    }

    /// The token of the next answer, which has to be a heartbeat.
    pub async fn heartbeat(&mut self) -> String {
        let answer = self.next().await.expect("the watch goes on");
        assert!(answer.heartbeat && answer.change.is_none(), "{answer:?}");
        answer.token
    }

    /// Makes sure that nothing more is told for a while.
    pub async fn nothing_more(&mut self) {
        let answer = tokio::time::timeout(SILENCE, self.answers.message()).await;
        assert!(answer.is_err(), "{answer:?}");
    }

    /// How the watch ends, with heartbeats only before.
    pub async fn end(&mut self) -> Status {
        loop {
            match self.next().await {
                Ok(answer) => assert!(answer.heartbeat, "{answer:?}"),
                Err(status) => return status,
            }
        }
    }

    /// How the watch ends, whatever it tells before.
    pub async fn end_after_changes(&mut self) -> Status {
        loop {
            if let Err(status) = self.next().await {
                return status;
            }
        }
    }
}

/// The reason of an error.
pub fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    details
        .error_info()
        .map_or_else(String::new, |info| info.reason.clone())
}

/// Makes an order over 10 EUR.
pub async fn create(caller: &Caller, customer: Option<i64>) -> pb::Order {
    let ten = Money {
        units: 10,
        ..Default::default()
    };
    let order = pb::Order {
        total: Some(ten),
        customer: customer.map(|id| pb::OrderCustomer {
            id: Some(id),
            ..Default::default()
        }),
        ..Default::default()
    };
    let request = pb::CreateOrderRequest {
        order: Some(order),
        ..Default::default()
    };
    let order = caller.orders().create_order(request).await;
    order.expect("make an order").into_inner()
}

/// Confirms an order.
pub async fn confirm(caller: &Caller, id: i64) {
    let request = pb::ConfirmOrderRequest {
        order: Some(pb::confirm_order_request::Order::Id(id)),
        ..Default::default()
    };
    caller
        .orders()
        .confirm_order(request)
        .await
        .expect("confirm");
}

/// Adds a note to an order.
pub async fn note(caller: &Caller, id: i64, message: &str, public: bool) {
    let request = pb::AddOrderNoteRequest {
        order: Some(pb::add_order_note_request::Order::Id(id)),
        message: message.to_owned(),
        public,
        ..Default::default()
    };
    caller
        .orders()
        .add_order_note(request)
        .await
        .expect("add a note");
}
