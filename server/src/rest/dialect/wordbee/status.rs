//! `orders/{id}/status` and `…/status/override`: an order's new status.

use order_status_proto::v1 as pb;
use tonic::Status;

use super::failure::Failure;
use super::user::User;
use super::{Outcome, done};
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json::{Json, Object};

/// Why, where a manager goes outside the transitions and the contract has no place to say it.
const REASON: &str = "set by a manager outside the transitions";

/// The body of both calls.
pub struct Change {
    status: i32,
    message: String,
    notify: Option<bool>,
}

impl Change {
    /// Reads the body.
    ///
    /// # Errors
    /// What has another form than the contract says.
    pub fn read(body: &Object<'_>) -> Result<Change, Failure> {
        const STATUS: &str = "The property \"status\" is mandatory and has to be a whole number.";
        let digits = match body.get("status")? {
            Json::Number(digits) => digits.to_owned(),
            Json::Text(digits) => digits.trim().to_owned(),
            _ => return Err(Failure::new(STATUS)),
        };
        let status = digits.parse().map_err(|_| Failure::new(STATUS))?;
        let message = match body.get("message")? {
            Json::Null => String::new(),
            Json::Text(message) => message,
            _ => {
                return Err(Failure::new("The property \"message\" has to be a text."));
            }
        };
        let notify = match body.get("notify")? {
            Json::Null => None,
            Json::Bool(notify) => Some(notify),
            _ => {
                return Err(Failure::new(
                    "The property \"notify\" has to be true or false.",
                ));
            }
        };
        Ok(Change {
            status,
            message,
            notify,
        })
    }
}

/// Takes the transition to a status; where there is none for them, managers set it all the same.
pub async fn set(user: &User<'_>, id: i64, body: &Object<'_>) -> Outcome {
    let change = Change::read(body)?;
    use pb::transition_order_request::{Order, Target};
    let request = pb::TransitionOrderRequest {
        order: Some(Order::Id(id)),
        message: change.message.clone(),
        notify: change.notify,
        target: Some(Target::StateCode(change.status)),
        ..pb::TransitionOrderRequest::default()
    };
    let Err(status) = user.orders().transition_order(request).await else {
        return Ok(done());
    };
    match refusal(&status, change.status) {
        Refusal::Already => remain(user, id, change, &status).await,
        Refusal::NoEdge if !user.is_client() => {
            let set = override_state(user, id, &change).await;
            set.map(|()| done()).map_err(|refused| {
                match Fault::from(refused.clone()).reason {
                    // No manager: the missing transition is what there is to say.
                    pb::ErrorReason::MethodNotAllowedForRole => status.into(),
                    _ => refused.into(),
                }
            })
        }
        Refusal::NoEdge | Refusal::Other => Err(status.into()),
    }
}

/// Sets a status outside the transitions.
pub async fn set_anyhow(user: &User<'_>, id: i64, body: &Object<'_>) -> Outcome {
    let change = Change::read(body)?;
    match override_state(user, id, &change).await {
        Ok(()) => Ok(done()),
        Err(status) => match refusal(&status, change.status) {
            Refusal::Already => remain(user, id, change, &status).await,
            Refusal::NoEdge | Refusal::Other => Err(status.into()),
        },
    }
}

async fn override_state(user: &User<'_>, id: i64, change: &Change) -> Result<(), Status> {
    use pb::override_order_state_request::{Order, Target};
    let request = pb::OverrideOrderStateRequest {
        order: Some(Order::Id(id)),
        reason: REASON.to_owned(),
        message: change.message.clone(),
        notify: change.notify,
        target: Some(Target::StateCode(change.status)),
        ..pb::OverrideOrderStateRequest::default()
    };
    let set = user.orders().override_order_state(request).await;
    set.map(drop)
}

/// Why a status cannot be set.
enum Refusal {
    /// The order has it.
    Already,
    /// No transition leads there for this user.
    NoEdge,
    Other,
}

fn refusal(status: &Status, wanted: i32) -> Refusal {
    let fault = Fault::from(status.clone());
    match fault.reason {
        pb::ErrorReason::TransitionNotAllowed | pb::ErrorReason::RoleNotAllowed => {
            if fault.part("state_code") == wanted.to_string() {
                Refusal::Already
            } else {
                Refusal::NoEdge
            }
        }
        _ => Refusal::Other,
    }
}

/// The status that the order has is given once more: a trace says so, and nothing else changes.
async fn remain(user: &User<'_>, id: i64, change: Change, refused: &Status) -> Outcome {
    let fault = Fault::from(refused.clone());
    let message = match change.message.trim() {
        "" => format!("The status remains \"{}\".", fault.part("state_title")),
        _ => change.message,
    };
    let request = pb::AddOrderNoteRequest {
        order: Some(pb::add_order_note_request::Order::Id(id)),
        message,
        public: true,
        ..pb::AddOrderNoteRequest::default()
    };
    user.orders().add_order_note(request).await?;
    Ok(done())
}
