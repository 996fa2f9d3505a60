//! How and where an order is delivered.

use super::{Context, Decided, Made, What, edit, store_move};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::DeliveryInput;
use crate::domain::hold::{self, HeldAction};
use crate::domain::order::Order;
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::workflow::Edits;

/// Changes the delivery method, the delivery address, or both. Open outbound orders go to the new address.
pub fn update(
    order: &Order,
    input: &DeliveryInput,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    let mut after = order.clone();
    let made = set(&mut after, input, context, counters, &mut violations);
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let blockers = blockers(order, &after, context)?;
    if !blockers.is_empty() {
        return Err(context.blocked(order, "deliver elsewhere", blockers));
    }
    if made.is_some() {
        store_move::readdress(&mut after, &|_| true, None, context, counters)?;
    }
    Ok(Decided {
        made: made.into_iter().collect(),
        ..context.decided(order, after, What::of(ChangeKind::Delivery))?
    })
}

/// Sets the delivery method and address that are given. An address that differs from the present one is a new address
/// of the account, with a number of its own.
pub fn set(
    after: &mut Order,
    input: &DeliveryInput,
    context: &Context<'_>,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) -> Option<Made> {
    if !input.method.is_empty() {
        after.delivery_method = edit::code(
            "delivery_method",
            "delivery_methods",
            &input.method,
            context,
            violations,
        );
    }
    let address = input.address.as_ref()?;
    edit::check_address("delivery_address", address, violations);
    if address.texts().all(|(_, text)| text.is_empty()) {
        violations.push(Violation::new(
            "delivery_address",
            "must not be empty: leave it out to keep the present one",
        ));
    }
    let new = edit::new_address(after.delivery_address.as_ref(), address, counters)?;
    let made = Made::Address(new.id);
    after.delivery_address = Some(new);
    Some(made)
}

/// Each rule that keeps `order` from being delivered as `after` says.
fn blockers(order: &Order, after: &Order, context: &Context<'_>) -> Result<Vec<Blocker>, Refusal> {
    if order == after {
        return Ok(Vec::new());
    }
    let mut blockers = hold::blockers(order, HeldAction::Move, context.principal);
    blockers.extend(closed(order, context)?);
    Ok(blockers)
}

/// What keeps the order's state from any change of its delivery.
pub fn closed(order: &Order, context: &Context<'_>) -> Result<Vec<Blocker>, Refusal> {
    let workflow = context.workflow(order)?;
    let state = workflow
        .state(&order.state)
        .map(|state| &workflow.states[state]);
    let mut blockers = Vec::new();
    if state.is_none_or(|state| state.edits == Edits::None) {
        blockers.push(Blocker {
            rule: rule::EDITS,
            message: "this state allows no edits; notes can still be added".to_owned(),
        });
    }
    if order.locked {
        blockers.push(Blocker {
            rule: rule::LOCKED,
            message: "the order is locked: unlock it first".to_owned(),
        });
    }
    Ok(blockers)
}
