//! Holds: what keeps an order, or lines of it, from going on until somebody releases them.

use super::order::Order;
use super::principal::Principal;
use super::refusal::{Blocker, rule};
use super::role::Role;
use super::time::Timestamp;
use super::value::Value;

/// One hold that stands on an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// The hold's number within its order, never given twice.
    pub id: i64,
    /// A key of the catalog `hold_reasons`.
    pub reason: String,
    /// Why, in full.
    pub note: String,
    /// The lines that it holds up; empty for the whole order.
    pub line_ids: Vec<i64>,
    /// What it refuses, never empty.
    pub blocks: Vec<HeldAction>,
    /// When it was placed.
    pub create_time: Timestamp,
}

/// What a hold can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeldAction {
    /// Moving on to another state that is not one of phase CANCELLED.
    Transition,
    /// Calling off: the order or lines of it.
    Cancel,
    /// Editing.
    Edit,
    /// Delivering in another way, elsewhere or from another store, and sending goods off.
    Move,
    /// Billing.
    Invoice,
}

impl HeldAction {
    /// Each action.
    pub const ALL: [HeldAction; 5] = [
        HeldAction::Transition,
        HeldAction::Cancel,
        HeldAction::Edit,
        HeldAction::Move,
        HeldAction::Invoice,
    ];

    /// What a hold refuses that does not say what: what is held can still be mended or called off.
    pub const USUAL: [HeldAction; 3] = [
        HeldAction::Transition,
        HeldAction::Move,
        HeldAction::Invoice,
    ];

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The action with that number.
    pub fn from_code(code: i64) -> Option<HeldAction> {
        HeldAction::ALL
            .into_iter()
            .find(|action| i64::from(action.code()) == code)
    }
}

impl Hold {
    /// Whether it holds this line up.
    pub fn concerns(&self, line_id: i64) -> bool {
        self.line_ids.is_empty() || self.line_ids.contains(&line_id)
    }

    /// The hold as history keeps it, without its id.
    pub fn to_value(&self) -> Value {
        let blocks = self.blocks.iter();
        let lines = self.line_ids.iter().copied().map(Value::Int).collect();
        Value::map([
            ("reason", Value::text(&self.reason)),
            ("note", Value::text(&self.note)),
            ("line_ids", Value::List(lines)),
            (
                "blocks",
                Value::List(blocks.map(|it| Value::Int(it.code().into())).collect()),
            ),
            ("create_time", Value::Int(self.create_time.micros())),
        ])
    }

    /// The hold that [`Hold::to_value`] described.
    pub fn from_value(id: i64, value: &Value) -> Hold {
        let numbers = |name| match value.field(name) {
            Value::List(values) => values.iter().filter_map(Value::as_int).collect(),
            _ => Vec::new(),
        };
        Hold {
            id,
            reason: value.field("reason").as_text().to_owned(),
            note: value.field("note").as_text().to_owned(),
            line_ids: numbers("line_ids"),
            blocks: numbers("blocks")
                .into_iter()
                .filter_map(HeldAction::from_code)
                .collect(),
            create_time: value.field("create_time").as_time().unwrap_or_default(),
        }
    }

    fn blocker(&self, principal: &Principal) -> Blocker {
        // What the staff wrote down is not for the customer.
        let message = match principal.role {
            Role::Client => "the order is held up".to_owned(),
            _ => format!(
                "hold {} ({}) stands: release it first",
                self.id, self.reason
            ),
        };
        Blocker {
            rule: rule::HELD,
            message,
        }
    }
}

/// Each hold that blocks an action on the order as a whole; one on a single line does too.
pub fn blockers(order: &Order, action: HeldAction, principal: &Principal) -> Vec<Blocker> {
    blocking(order, action)
        .map(|hold| hold.blocker(principal))
        .collect()
}

/// Each hold that blocks an action on some lines; one on the whole order does whatever the lines are.
pub fn line_blockers(
    order: &Order,
    action: HeldAction,
    lines: &[i64],
    principal: &Principal,
) -> Vec<Blocker> {
    blocking(order, action)
        .filter(|hold| hold.line_ids.is_empty() || lines.iter().any(|line| hold.concerns(*line)))
        .map(|hold| hold.blocker(principal))
        .collect()
}

/// Each hold that blocks an edit: one on the whole order where `any` field is edited, one on lines where
/// one of these is. A line that is held is never taken away, whatever the hold blocks.
pub fn edit_blockers(
    before: &Order,
    after: &Order,
    any: bool,
    principal: &Principal,
) -> Vec<Blocker> {
    let gone = |id: &i64| after.lines.iter().all(|line| line.id != *id);
    let changed = |id: &i64| {
        let line = |order: &Order| order.lines.iter().find(|line| line.id == *id).cloned();
        line(before) != line(after)
    };
    let blocks = |hold: &&Hold| {
        let edits = hold.blocks.contains(&HeldAction::Edit);
        match hold.line_ids.as_slice() {
            [] => edits && any,
            lines => lines.iter().any(gone) || (edits && lines.iter().any(changed)),
        }
    };
    let blocking = before.holds.iter().filter(blocks);
    blocking.map(|hold| hold.blocker(principal)).collect()
}

fn blocking(order: &Order, action: HeldAction) -> impl Iterator<Item = &Hold> {
    order
        .holds
        .iter()
        .filter(move |hold| hold.blocks.contains(&action))
}
