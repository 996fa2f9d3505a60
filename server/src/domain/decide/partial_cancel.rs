//! Calling off lines of an order, or some of their units, while the order stays where it stands.

use super::moves::{check_requirements, check_words, edge_blockers, final_state};
use super::{Context, Decided, What, edit, lines};
use crate::domain::change::ChangeKind;
use crate::domain::command::{LineQuantity, Move};
use crate::domain::decimal::{Decimal, round_ratio};
use crate::domain::hold::{self, HeldAction};
use crate::domain::money::{derive, line_amount};
use crate::domain::order::{Line, LineKind, Order};
use crate::domain::principal::Principal;
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::workflow::{Phase, Transition, Verb, Workflow};

/// What can be called off of an order's lines.
#[derive(Clone, Debug)]
pub struct PartialCancel {
    /// Each rule that stands in the way whatever the line is.
    pub blockers: Vec<Blocker>,
    /// Each line of which something is left, with that quantity and each rule that keeps the whole of
    /// the line from being called off.
    pub lines: Vec<(i64, Decimal, Vec<Blocker>)>,
}

/// What this caller could call off of the order's lines. `decimals` is the account's precision for amounts.
pub fn options(
    order: &Order,
    workflow: &Workflow,
    principal: &Principal,
    decimals: u8,
) -> PartialCancel {
    let (_, blockers) = order_blockers(order, workflow, principal);
    // One line at a time is called off of this, and put back.
    let mut after = order.clone();
    let mut lines = Vec::new();
    for (at, line) in order.lines.iter().enumerate() {
        if !can_be_called_off(line) {
            continue;
        }
        call_off(&mut after.lines[at], None, decimals);
        let blockers = line_blockers(order, &after, &[line.id], workflow, principal, decimals);
        lines.push((line.id, line.quantity, blockers));
        after.lines[at].clone_from(line);
    }
    PartialCancel { blockers, lines }
}

/// Calls lines off. `step` says why, and who is told.
pub fn cancel_lines(
    order: &Order,
    given: &[LineQuantity],
    step: &Move,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let workflow = context.workflow(order)?;
    let asked = "cancel lines";
    check_words(step, context)?;
    check_lines(order, given, step)?;
    let principal = context.principal;
    let (edge, mut blockers) = order_blockers(order, workflow, principal);
    let decimals = context.account.decimals();
    let after = without(order, given, decimals);
    let ids: Vec<i64> = given.iter().map(|line| line.id).collect();
    blockers.extend(line_blockers(
        order, &after, &ids, workflow, principal, decimals,
    ));
    if !blockers.is_empty() {
        return Err(context.blocked(order, asked, blockers));
    }
    if let Some(edge) = edge {
        check_requirements(edge, step)?;
    }
    let what = What {
        verb: Some(Verb::Cancel),
        reason: &step.reason,
        message: &step.message,
        notify: step.notify,
        ..What::of(ChangeKind::PartialCancel)
    };
    context.decided(order, after, what)
}

fn check_lines(order: &Order, given: &[LineQuantity], step: &Move) -> Result<(), Refusal> {
    let mut violations = Vec::new();
    if step.delete_exchange {
        violations.push(Violation::new(
            "delete_exchange",
            "goes with a cancel of the whole order: leave it out, or leave `lines` out",
        ));
    }
    edit::check_count("lines", given.len(), lines::MOST_LINES, &mut violations);
    for (at, wanted) in given.iter().take(lines::MOST_LINES).enumerate() {
        let field = |part: &str| format!("lines[{at}].{part}");
        let Some(line) = order.lines.iter().find(|line| line.id == wanted.id) else {
            let known = lines::known(order);
            violations.push(Violation::unknown(
                field("id"),
                &wanted.id.to_string(),
                &known,
            ));
            continue;
        };
        if given[..at].iter().any(|other| other.id == wanted.id) {
            violations.push(Violation::new(field("id"), "is named twice"));
        }
        if !can_be_called_off(line) {
            violations.push(Violation::new(field("id"), "nothing of this line is left"));
        }
        let most = line.quantity;
        if wanted
            .quantity
            .is_some_and(|quantity| quantity <= Decimal::ZERO || quantity > most)
        {
            let message = format!("must be more than 0 and at most {most}, what is left");
            violations.push(Violation::new(field("quantity"), message));
        }
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(violations))
    }
}

fn can_be_called_off(line: &Line) -> bool {
    line.kind != LineKind::Text && line.quantity > Decimal::ZERO
}

/// The edge by which the whole order could be called off from here, and what stands in the way of it
/// or of any edit. What the edge asks of the money of the whole order is not asked of a part of it.
fn order_blockers<'w>(
    order: &Order,
    workflow: &'w Workflow,
    principal: &Principal,
) -> (Option<&'w Transition>, Vec<Blocker>) {
    let leaving = workflow.state(&order.state).into_iter();
    let edges = leaving.flat_map(|here| workflow.leaving(here));
    let open = edges
        .filter(|edge| edge.verb == Some(Verb::Cancel))
        .map(|edge| (edge, edge_blockers(order, edge, principal)))
        .min_by_key(|(_, blockers)| blockers.len());
    let (edge, mut blockers) = match (open, final_state(order, workflow)) {
        (Some((edge, blockers)), _) => (Some(edge), blockers),
        (None, Some(blocker)) => (None, vec![blocker]),
        (None, None) => (
            None,
            vec![Blocker {
                rule: rule::NO_EDGE,
                message: "nothing can be called off from here".to_owned(),
            }],
        ),
    };
    if order.locked {
        blockers.push(Blocker {
            rule: rule::LOCKED,
            message: "the order is locked: unlock it first".to_owned(),
        });
    }
    (edge, blockers)
}

/// Each rule that keeps `before` from becoming `after` by calling off units of the lines `ids`.
fn line_blockers(
    before: &Order,
    after: &Order,
    ids: &[i64],
    workflow: &Workflow,
    principal: &Principal,
    decimals: u8,
) -> Vec<Blocker> {
    let mut blockers = hold::line_blockers(before, HeldAction::Cancel, ids, principal);
    blockers.extend(lines::blockers(before, after));
    blockers.extend(lines::shipped_blockers(before, after));
    let left = |line: &Line| line.kind == LineKind::Item && line.quantity > Decimal::ZERO;
    if !after.lines.iter().any(left) {
        blockers.push(Blocker {
            rule: rule::NOTHING_LEFT,
            message: "nothing would be left: cancel the whole order".to_owned(),
        });
    }
    let phase = workflow
        .state(&after.state)
        .map_or(Phase::New, |state| workflow.states[state].phase);
    // Sums that do not fit did not fit before either.
    if let Some(derived) = derive(after, phase, decimals)
        && derived.amount_paid > derived.grand_total
    {
        let (paid, owed, currency) = (derived.amount_paid, derived.grand_total, &after.currency);
        blockers.push(Blocker {
            rule: rule::PAID_OVER,
            message: format!(
                "{paid} {currency} is paid and {owed} {currency} would be owed: refund the rest first"
            ),
        });
    }
    blockers
}

/// The order without these units.
fn without(order: &Order, given: &[LineQuantity], decimals: u8) -> Order {
    let mut after = order.clone();
    for wanted in given {
        if let Some(line) = after.lines.iter_mut().find(|line| line.id == wanted.id) {
            call_off(line, wanted.quantity, decimals);
        }
    }
    after
}

/// Takes units off a line, all of them where no number is given. What was taken off the price of the line as a whole
/// shrinks with it.
fn call_off(line: &mut Line, units: Option<Decimal>, decimals: u8) {
    let gone = units.unwrap_or(line.quantity);
    let left = line.quantity.checked_sub(gone).unwrap_or_default();
    let share = i128::from(line.discount.ten_thousandths()) * i128::from(left.ten_thousandths());
    let whole = i128::from(line.quantity.ten_thousandths());
    line.discount = round_ratio(share, whole, decimals).unwrap_or(line.discount);
    line.quantity = left;
    line.cancelled_quantity = line
        .cancelled_quantity
        .checked_add(gone)
        .unwrap_or(line.cancelled_quantity);
    line.amount = line_amount(line, decimals).unwrap_or(line.amount);
}
