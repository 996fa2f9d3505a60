//! The methods that move orders, or delete them.

use order_status_proto::v1 as pb;
use tonic::Status;
use tonic_types::StatusExt as _;

use super::envelope::{Outcome, result};
use super::failure::Failure;
use crate::rest::{Api, Caller};

/// A method that takes a transition.
pub struct Step {
    method: &'static str,
    transition: &'static str,
    /// What the contract says where the rules refuse; ours where it says nothing.
    refusal: Option<&'static str>,
    /// Whether it passes over records from where the transition does not lead.
    skips: bool,
    /// Whether it answers `true`, and not nothing.
    answers: bool,
}

impl Step {
    const fn new(method: &'static str, transition: &'static str) -> Step {
        Step {
            method,
            transition,
            refusal: None,
            skips: false,
            answers: true,
        }
    }
}

const STEPS: [Step; 7] = [
    Step {
        refusal: Some(
            "It is not allowed to confirm an order in the following states: done, cancel",
        ),
        ..Step::new("action_confirm", "confirm")
    },
    Step::new("cancel_order", "cancel"),
    Step::new("action_cancel", "cancel"),
    Step {
        skips: true,
        ..Step::new("action_draft", "reset")
    },
    Step {
        refusal: Some("Only draft orders can be marked as sent directly."),
        answers: false,
        ..Step::new("action_quotation_sent", "send")
    },
    Step {
        answers: false,
        ..Step::new("action_lock", "lock")
    },
    Step {
        answers: false,
        ..Step::new("action_unlock", "unlock")
    },
];
const NOT_DELETABLE: &str =
    "You can not delete a sent quotation or a confirmed sales order. You must first cancel it.";
/// The reason of an order from where a transition does not lead.
const NO_EDGE: &str = "TRANSITION_NOT_ALLOWED";

/// What a method stands for.
pub fn step(method: &str) -> Option<&'static Step> {
    STEPS.iter().find(|step| step.method == method)
}

/// Takes the transition with every record, or with none.
pub async fn take(api: &Api, caller: &Caller, step: &Step, mut ids: Vec<i64>) -> Outcome {
    while !ids.is_empty() {
        let Err(status) = transition(api, caller, step.transition, &ids).await else {
            break;
        };
        let before = ids.len();
        if step.skips {
            let skipped = without_edge(&status);
            ids.retain(|id| !skipped.contains(id));
        }
        if ids.len() == before {
            return Err(Failure::of(api, caller, status, step.refusal).await);
        }
    }
    if step.answers {
        result(&true)
    } else {
        Ok(None)
    }
}

async fn transition(
    api: &Api,
    caller: &Caller,
    transition: &str,
    ids: &[i64],
) -> Result<(), Status> {
    let transition = transition.to_owned();
    if let [id] = ids {
        use pb::transition_order_request::{Order, Target};
        let request = pb::TransitionOrderRequest {
            order: Some(Order::Id(*id)),
            target: Some(Target::Transition(transition)),
            ..pb::TransitionOrderRequest::default()
        };
        return api.orders(caller).transition_order(request).await.map(drop);
    }
    use pb::batch_transition_orders_request::Target;
    let request = pb::BatchTransitionOrdersRequest {
        ids: ids.to_vec(),
        target: Some(Target::Transition(transition)),
        ..pb::BatchTransitionOrdersRequest::default()
    };
    let mut orders = api.orders(caller);
    orders.batch_transition_orders(request).await.map(drop)
}

/// The orders from where the transition does not lead, as the refusal of one order or of a batch tells them.
fn without_edge(status: &Status) -> Vec<i64> {
    let details = status.get_error_details();
    let alone = details
        .error_info()
        .filter(|info| info.reason == NO_EDGE)
        .and_then(|info| info.metadata.get("order.id")?.parse().ok());
    let unmet = details
        .precondition_failure()
        .map_or(&[][..], |failure| &failure.violations);
    let of_batch = unmet
        .iter()
        .filter(|violation| violation.r#type == NO_EDGE)
        .filter_map(|violation| violation.subject.strip_prefix("orders/")?.parse().ok());
    alone.into_iter().chain(of_batch).collect()
}

/// Deletes every record, or none.
pub async fn unlink(api: &Api, caller: &Caller, ids: Vec<i64>) -> Outcome {
    if !ids.is_empty() {
        let request = pb::BatchDeleteOrdersRequest {
            ids,
            ..pb::BatchDeleteOrdersRequest::default()
        };
        let deleted = api.orders(caller).batch_delete_orders(request).await;
        if let Err(status) = deleted {
            return Err(Failure::of(api, caller, status, Some(NOT_DELETABLE)).await);
        }
    }
    result(&true)
}
