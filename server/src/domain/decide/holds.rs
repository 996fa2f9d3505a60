//! Placing and releasing holds.

use std::collections::HashSet;

use super::{Context, Decided, What, edit, lines, moves};
use crate::domain::change::ChangeKind;
use crate::domain::command::HoldInput;
use crate::domain::hold::{HeldAction, Hold};
use crate::domain::order::Order;
use crate::domain::refusal::{Refusal, Violation};

const MOST_HOLDS: usize = 100;

/// Places a hold.
pub fn place(order: &Order, input: &HoldInput, context: &Context<'_>) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    if input.reason.is_empty() {
        violations.push(Violation::new("reason", "must not be empty"));
    }
    let reason = edit::code(
        "reason",
        "hold_reasons",
        &input.reason,
        context,
        &mut violations,
    );
    edit::check_text("note", &input.note, 500, &mut violations);
    check_lines(order, &input.line_ids, &mut violations);
    check_doubles("blocks", &input.blocks, &mut violations);
    edit::check_count(
        "order.holds",
        order.holds.len() + 1,
        MOST_HOLDS,
        &mut violations,
    );
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let workflow = context.workflow(order)?;
    if let Some(blocker) = moves::final_state(order, workflow) {
        return Err(context.blocked(order, "hold", vec![blocker]));
    }
    let mut after = order.clone();
    after.last_hold_id += 1;
    after.holds.push(Hold {
        id: after.last_hold_id,
        reason,
        note: input.note.clone(),
        line_ids: input.line_ids.clone(),
        blocks: match input.blocks.as_slice() {
            [] => HeldAction::USUAL.to_vec(),
            blocks => blocks.to_vec(),
        },
        create_time: context.now.after(order.update_time),
    });
    context.decided(order, after, what(ChangeKind::Hold, &input.note))
}

/// Releases a hold.
pub fn release(
    order: &Order,
    hold_id: i64,
    reason: &str,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    edit::check_text("reason", reason, 500, &mut violations);
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let mut after = order.clone();
    after.holds.retain(|hold| hold.id != hold_id);
    if after.holds.len() == order.holds.len() {
        return Err(Refusal::ResourceNotFound {
            kind: "hold",
            name: hold_id.to_string(),
        });
    }
    context.decided(order, after, what(ChangeKind::Release, reason))
}

/// Holds are the staff's business: no customer reads of them, and nobody is told.
fn what(kind: ChangeKind, reason: &str) -> What<'_> {
    What {
        reason,
        public: false,
        notify: false,
        ..What::of(kind)
    }
}

fn check_lines(order: &Order, line_ids: &[i64], violations: &mut Vec<Violation>) {
    edit::check_count("line_ids", line_ids.len(), lines::MOST_LINES, violations);
    check_doubles("line_ids", line_ids, violations);
    for (at, id) in line_ids.iter().enumerate() {
        if order.lines.iter().all(|line| line.id != *id) {
            let field = format!("line_ids[{at}]");
            violations.push(Violation::unknown(
                field,
                &id.to_string(),
                &lines::known(order),
            ));
        }
    }
}

fn check_doubles<T: Eq + std::hash::Hash>(
    field: &str,
    values: &[T],
    violations: &mut Vec<Violation>,
) {
    let mut seen = HashSet::new();
    for (at, value) in values.iter().enumerate() {
        if !seen.insert(value) {
            violations.push(Violation::new(format!("{field}[{at}]"), "is named twice"));
        }
    }
}
