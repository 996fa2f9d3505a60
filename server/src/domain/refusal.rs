//! Why a command was refused.

use super::document::{DocumentKey, DocumentState};
use super::order::OrderRef;
use super::role::Role;

/// A refusal: nothing was changed, and this is why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fields that do not hold what they must, all at once.
    Invalid(Vec<Violation>),
    /// No such order, or not one that the caller may see.
    OrderNotFound(OrderRef),
    /// No such thing: its kind and how it was named.
    ResourceNotFound {
        /// The kind, such as `store`.
        kind: &'static str,
        /// How the caller named it.
        name: String,
    },
    /// The workflow, a guard or a final state refuses, or the role alone does.
    Blocked(Box<Blocked>),
    /// The caller saw another version of the order, or made a plan for one.
    Stale {
        /// The order.
        order_id: i64,
        /// The entity tag that the caller sent.
        given: String,
        /// The present entity tag.
        present: String,
        /// The key of the present state.
        state: String,
        /// Whether the tags are those of a plan, which covers documents too.
        plan: bool,
    },
    /// Another order has that number, or another thing has that key.
    AlreadyExists {
        /// The kind, such as `order number`.
        kind: &'static str,
        /// What is taken.
        name: String,
    },
    /// More than there is: a refund over what was paid, a payment over the balance.
    AmountExceeded {
        /// The order.
        order_id: i64,
        /// What was asked.
        given: String,
        /// The most that would be allowed.
        allowed: String,
        /// The ISO 4217 code of both.
        currency: String,
        /// Whether it was a refund.
        refund: bool,
    },
    /// The request id was used for another method or another body.
    RequestIdReused,
    /// A catalog entry that orders use cannot be removed.
    CodeInUse {
        /// The catalog.
        catalog: String,
        /// The entry's key.
        key: String,
    },
    /// A document cannot be made or changed so.
    Document(Box<BlockedDocument>),
    /// Some orders of a batch were refused, so none was changed.
    Batch(Vec<(i64, Refusal)>),
    /// The caller's role may not do this at all.
    RoleNotAllowed {
        /// What was asked.
        asked: String,
        /// The role that the caller has.
        role: Role,
        /// The role that it takes.
        needed: Role,
    },
}

/// One field that does not hold what it must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field's path in the request.
    pub field: String,
    /// What was wrong, and what would be right.
    pub description: String,
    /// Whether the field names something that does not exist here, rather than having a wrong form.
    pub unknown: bool,
}

impl Violation {
    /// A value of the wrong form.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Violation {
        Violation {
            field: field.into(),
            description: description.into(),
            unknown: false,
        }
    }

    /// A name or code that means nothing, with the known ones.
    pub fn unknown(field: impl Into<String>, given: &str, known: &[String]) -> Violation {
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        Violation {
            field: field.into(),
            description: format!("{given:?} is not known here; known: {known}"),
            unknown: true,
        }
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Refusal {
        Refusal::Invalid(vec![violation])
    }
}

/// What stands in the way of a move, an edit or a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// The order.
    pub order_id: i64,
    /// Its number.
    pub number: String,
    /// The key of the state in which it stands.
    pub state: String,
    /// The title of that state.
    pub state_title: String,
    /// The code of that state.
    pub state_code: i32,
    /// What was asked: a verb, a transition, a target state, `edit` or `delete`.
    pub asked: String,
    /// Each rule that blocks it.
    pub blockers: Vec<Blocker>,
    /// The names of the transitions that are open to this caller from here.
    pub open: Vec<String>,
}

impl Blocked {
    /// Whether the caller's role is all that stands in the way.
    pub fn by_role_alone(&self) -> bool {
        self.blockers
            .iter()
            .all(|blocker| blocker.rule == rule::ROLE)
    }
}

/// What stands in the way of making or changing a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedDocument {
    /// The document; its number is 0 where it is yet to be made.
    pub key: DocumentKey,
    /// Where it stands.
    pub state: DocumentState,
    /// Each rule that blocks it.
    pub blockers: Vec<Blocker>,
}

/// One rule that blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The rule: one of [`rule`]'s names or of a guard's.
    pub rule: &'static str,
    /// What would have to hold, for people.
    pub message: String,
}

/// The names of the rules that are not guards.
pub mod rule {
    /// The edge is not for the caller's role.
    pub const ROLE: &str = "role";
    /// No edge leads from this state to what was asked.
    pub const NO_EDGE: &str = "no_edge";
    /// The state is final.
    pub const FINAL: &str = "final";
    /// The order is there already.
    pub const SAME_STATE: &str = "same_state";
    /// The state does not allow these edits.
    pub const EDITS: &str = "edits";
    /// The order is locked.
    pub const LOCKED: &str = "locked";
    /// The state does not allow deletion.
    pub const NOT_DELETABLE: &str = "not_deletable";
    /// A line that is on a booked invoice cannot be changed.
    pub const LINE_INVOICED: &str = "line_invoiced";
    /// A cancelled order takes no payments.
    pub const CANCELLED: &str = "cancelled";
    /// A hold stands.
    pub const HELD: &str = "held";
    /// Calling these lines off would leave nothing of the order.
    pub const NOTHING_LEFT: &str = "nothing_left";
    /// Calling these lines off would leave more paid than owed.
    pub const PAID_OVER: &str = "paid_over";
    /// The account has one store only.
    pub const SINGLE_STORE: &str = "single_store";
    /// Units of a line have left.
    pub const SHIPPED: &str = "shipped";
    /// A document carries a line.
    pub const CARRIED: &str = "carried";
    /// The document stands where this cannot be changed.
    pub const DOCUMENT_STATE: &str = "document_state";
    /// The account has no warehouse.
    pub const NO_WAREHOUSE: &str = "no_warehouse";
    /// No line is left that could be invoiced.
    pub const NOTHING_TO_INVOICE: &str = "nothing_to_invoice";
}
