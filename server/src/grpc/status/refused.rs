//! What the caller is told of each refusal.

use order_status_proto::v1::ErrorReason as Reason;

use super::{Fault, code_of};
use crate::domain::document::DocumentKind;
use crate::domain::order::OrderRef;
use crate::domain::refusal::{Blocked, BlockedDocument, Blocker, Refusal, Violation, rule};
use crate::domain::workflow::Guard;
use crate::grpc::convert::codes::reason_name;

/// The fields that name the target of a move.
const TARGETS: [&str; 4] = ["target", "state", "state_code", "transition"];

/// The rules that have a reason of their own, the strongest first.
const RULES: [(&str, Reason); 16] = [
    (rule::FINAL, Reason::StateFinal),
    (rule::NO_EDGE, Reason::TransitionNotAllowed),
    (rule::SAME_STATE, Reason::TransitionNotAllowed),
    (rule::LOCKED, Reason::OrderLocked),
    (Guard::Unlocked.name(), Reason::OrderLocked),
    (rule::HELD, Reason::OrderHeld),
    (rule::EDITS, Reason::EditNotAllowed),
    (rule::SINGLE_STORE, Reason::SingleStore),
    (rule::SHIPPED, Reason::ItemShipped),
    (rule::LINE_INVOICED, Reason::EditNotAllowed),
    (rule::CARRIED, Reason::EditNotAllowed),
    (rule::CANCELLED, Reason::EditNotAllowed),
    (rule::NOT_DELETABLE, Reason::NotDeletable),
    (rule::NOTHING_LEFT, Reason::PartialCancelNotAllowed),
    (rule::PAID_OVER, Reason::PartialCancelNotAllowed),
    (rule::NOTHING_TO_INVOICE, Reason::NothingToInvoice),
];

/// What the caller is told of a refusal.
pub fn fault(refusal: Refusal) -> Fault {
    match refusal {
        Refusal::Invalid(violations) => invalid(violations),
        Refusal::OrderNotFound(order) => {
            let message = format!("there is no {order}");
            let fault = Fault::new(Reason::OrderNotFound, message);
            match order {
                OrderRef::Id(id) => fault.with("order.id", id),
                OrderRef::Number(number) => fault.with("order.number", number),
            }
        }
        Refusal::ResourceNotFound { kind, name } => Fault::new(
            Reason::ResourceNotFound,
            format!("there is no {kind} {name}"),
        )
        .with("resource", kind)
        .with("name", name),
        Refusal::Blocked(blocked) => blocked_fault(&blocked),
        Refusal::Stale {
            order_id,
            given,
            present,
            state,
            plan,
        } => stale(order_id, &given, &present, &state, plan),
        Refusal::AlreadyExists { kind, name } => {
            Fault::new(Reason::NumberTaken, format!("the {kind} {name} is taken"))
                .with("resource", kind)
                .with("name", name)
        }
        Refusal::AmountExceeded {
            order_id,
            given,
            allowed,
            currency,
            refund,
        } => {
            let (what, rule) = if refund {
                ("refund", "amount_paid")
            } else {
                ("payment", "balance")
            };
            let most = format!("at most {allowed} {currency} is possible");
            let message = format!("a {what} of {given} {currency} is too much: {most}");
            Fault::new(Reason::AmountExceeded, message)
                .with("order.id", order_id)
                .with("amount", given)
                .with("allowed", allowed)
                .with("currency", currency)
                .unmet(rule, &subject(order_id), &most)
        }
        Refusal::RequestIdReused => {
            let message = "the request id was used before, for another method or another body";
            Fault::new(Reason::RequestIdReused, message).field("request_id", message)
        }
        Refusal::CodeInUse { catalog, key } => {
            let what = format!("catalogs/{catalog}/entries/{key}");
            let advice = "orders name it: make it inactive instead";
            let message = format!("{key} of {catalog} cannot be deleted: {advice}");
            Fault::new(Reason::CodeInUse, message)
                .with("catalog", catalog)
                .with("key", key)
                .unmet("unused", &what, advice)
        }
        Refusal::Document(blocked) => document_fault(&blocked),
        Refusal::Batch(refusals) => batch(refusals),
        Refusal::RoleNotAllowed {
            asked,
            role,
            needed,
        } => {
            let (role, needed) = (role.name(), needed.name());
            let message = format!("{asked} is not for the role {role}: it takes {needed}");
            Fault::new(Reason::MethodNotAllowedForRole, message)
                .with("method", asked)
                .with("role", role)
                .with("needed", needed)
        }
    }
}

fn invalid(violations: Vec<Violation>) -> Fault {
    let unknown = violations.iter().all(|violation| violation.unknown);
    let targets = violations
        .iter()
        .all(|violation| TARGETS.contains(&violation.field.as_str()));
    let reason = match (unknown, targets) {
        (true, true) => Reason::UnknownTarget,
        (true, false) => Reason::UnknownCode,
        (false, _) => Reason::InvalidField,
    };
    let Some(first) = violations.first() else {
        return Fault::new(reason, "the request is not valid");
    };
    let more = match violations.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let message = format!("{}: {}{more}", first.field, first.description);
    let fault = Fault::new(reason, message)
        .with("field", &first.field)
        .with("description", &first.description)
        .with("count", violations.len());
    let add =
        |fault: Fault, violation: Violation| fault.field(violation.field, violation.description);
    violations.into_iter().fold(fault, add)
}

fn blocked_fault(blocked: &Blocked) -> Fault {
    let reason = if blocked.by_role_alone() {
        Reason::RoleNotAllowed
    } else {
        let strongest = RULES
            .iter()
            .find(|(rule, _)| blocked.blockers.iter().any(|b| b.rule == *rule));
        strongest.map_or(Reason::GuardFailed, |(_, reason)| *reason)
    };
    let rules: Vec<&str> = blocked
        .blockers
        .iter()
        .map(|blocker| blocker.rule)
        .collect();
    let why: Vec<&str> = blocked
        .blockers
        .iter()
        .map(|b| b.message.as_str())
        .collect();
    let open = blocked.open.join(", ");
    let message = format!(
        "{} is refused for order {} in state {} ({}): {}; open to you: {}",
        blocked.asked,
        blocked.number,
        blocked.state,
        blocked.state_title,
        why.join("; "),
        if open.is_empty() { "nothing" } else { &open },
    );
    let fault = Fault::new(reason, message)
        .with("order.id", blocked.order_id)
        .with("order.number", &blocked.number)
        .with("state", &blocked.state)
        .with("state_title", &blocked.state_title)
        .with("state_code", blocked.state_code)
        .with("target", &blocked.asked)
        .with("rules", rules.join(", "))
        .with("open", open);
    let subject = subject(blocked.order_id);
    let add = |fault: Fault, (rule, message): (&str, &str)| fault.unmet(rule, &subject, message);
    blocked
        .blockers
        .iter()
        .map(|b| (b.rule, b.message.as_str()))
        .fold(fault, add)
}

fn document_fault(blocked: &BlockedDocument) -> Fault {
    let (kind, id) = blocked.key;
    let held = blocked.blockers.iter().any(|b| b.rule == rule::HELD);
    let reason = if held {
        Reason::OrderHeld
    } else {
        Reason::DocumentNotAllowed
    };
    let of = |part: fn(&Blocker) -> &str, between| {
        let parts: Vec<&str> = blocked.blockers.iter().map(part).collect();
        parts.join(between)
    };
    let collection = match kind {
        DocumentKind::Store => "storeOrders",
        DocumentKind::Supplier => "supplierOrders",
        DocumentKind::Outbound => "outboundOrders",
    };
    let subject = format!("{collection}/{id}");
    let message = format!(
        "{} {id} is refused: {}",
        kind.title(),
        of(|b| &b.message, "; ")
    );
    let fault = Fault::new(reason, message)
        .with("document", &subject)
        .with("state", blocked.state.name())
        .with("rules", of(|b| b.rule, ", "));
    let add = |fault: Fault, b: &Blocker| fault.unmet(b.rule, &subject, &b.message);
    blocked.blockers.iter().fold(fault, add)
}

/// `order_id` is 0 where it is not an order that changed; `plan` says that the tags are those of a plan.
fn stale(order_id: i64, given: &str, present: &str, state: &str, plan: bool) -> Fault {
    let what = match order_id {
        0 => "it has".to_owned(),
        id if plan => {
            format!("order {id}, now in state {state}, or a document that carries its lines has")
        }
        id => format!("order {id}, now in state {state}, has"),
    };
    let message = format!("{what} changed since: its etag is {present}, not {given}");
    let fault = Fault::new(Reason::EtagStale, message)
        .with("etag", present)
        .with("given", given);
    if order_id == 0 {
        fault
    } else {
        fault.with("order.id", order_id).with("state", state)
    }
}

/// Every order that refuses. Where all refuse with one code, the batch does too.
fn batch(refusals: Vec<(i64, Refusal)>) -> Fault {
    let count = refusals.len();
    let faults: Vec<(i64, Fault)> = refusals
        .into_iter()
        .map(|(id, refusal)| (id, fault(refusal)))
        .collect();
    let Some((first_id, first)) = faults.first() else {
        return Fault::new(Reason::BatchRefused, "the batch is refused");
    };
    let message = format!(
        "{count} of the orders refuse, so none was changed; order {first_id}: {}",
        first.message
    );
    let alike = faults.iter().all(|(_, other)| other.code == first.code);
    let code = if alike {
        first.code
    } else {
        code_of(Reason::BatchRefused)
    };
    let whole = Fault::new(Reason::BatchRefused, message)
        .with("order.id", first_id)
        .with("reason", reason_name(first.reason))
        .with("refused", count);
    let whole = faults.iter().fold(whole, |whole, (id, fault)| {
        whole.unmet(reason_name(fault.reason), &subject(*id), &fault.message)
    });
    Fault { code, ..whole }
}

/// An order as the subject of a rule.
fn subject(order_id: i64) -> String {
    format!("orders/{order_id}")
}
