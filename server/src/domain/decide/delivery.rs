//! How and where an order is delivered.

use super::{Context, Decided, Made, What, edit};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::DeliveryInput;
use crate::domain::hold::{self, HeldAction};
use crate::domain::order::Order;
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::workflow::Edits;

/// Changes the delivery method, the delivery address, or both. An address that differs from the present one is a new
/// address of the account, with a number of its own.
pub fn update(
    order: &Order,
    input: &DeliveryInput,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    let mut after = order.clone();
    let mut made = Vec::new();
    if !input.method.is_empty() {
        after.delivery_method = edit::code(
            "delivery_method",
            "delivery_methods",
            &input.method,
            context,
            &mut violations,
        );
    }
    if let Some(address) = &input.address {
        edit::check_address("delivery_address", address, &mut violations);
        let empty = address.texts().all(|(_, text)| text.is_empty());
        if empty {
            violations.push(Violation::new(
                "delivery_address",
                "must not be empty: leave it out to keep the present one",
            ));
        }
        let mut address = address.clone();
        address.id = order.delivery_address.as_ref().map_or(0, |old| old.id);
        if after.delivery_address.as_ref() != Some(&address) {
            counters.address += 1;
            address.id = counters.address;
            made.push(Made::Address(address.id));
            after.delivery_address = Some(address);
        }
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let blockers = blockers(order, &after, context)?;
    if !blockers.is_empty() {
        return Err(context.blocked(order, "deliver elsewhere", blockers));
    }
    Ok(Decided {
        made,
        ..context.decided(order, after, What::of(ChangeKind::Delivery))?
    })
}

fn blockers(order: &Order, after: &Order, context: &Context<'_>) -> Result<Vec<Blocker>, Refusal> {
    if order == after {
        return Ok(Vec::new());
    }
    let workflow = context.workflow(order)?;
    let state = workflow
        .state(&order.state)
        .map(|state| &workflow.states[state]);
    let mut blockers = hold::blockers(order, HeldAction::Move, context.principal);
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
