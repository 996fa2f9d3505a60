//! The one place that decides: a command over orders becomes changes, or a refusal that says why.
//!
//! What is listed as open ([`options`]), what is only validated and what is done for real all pass
//! through the same functions.

mod create;
mod delivery;
mod documents;
mod drafts;
mod edit;
mod holds;
mod invoices;
mod lines;
mod moves;
mod partial_cancel;
mod payments;
mod store_move;

pub use documents::sees as sees_document;
pub use drafts::Drafts;
pub use edit::{check_address, check_id, check_text};
pub use moves::{Options, options};
pub use partial_cancel::{PartialCancel, options as partial_cancel_options};

use std::collections::HashSet;

use super::account::{Account, Counters, CustomerRecord};
use super::change::{Change, ChangeKind};
use super::command::{Command, Note};
use super::document::{Document, DocumentKey};
use super::fields;
use super::invoice::{Invoice, InvoiceState, QueuedMessage};
use super::money::derive;
use super::order::{Order, OrderRef};
use super::principal::Principal;
use super::refusal::{Blocked, Blocker, Refusal, Violation, rule};
use super::time::Timestamp;
use super::workflow::{Phase, Verb, Workflow, Workflows};

/// The most orders that one command may name.
pub const LARGEST_BATCH: usize = 500;

/// What the command's account holds, as far as the command needs it.
pub trait Ground {
    /// The order that a caller named; by id also a deleted one.
    fn order(&self, order: &OrderRef) -> Option<&Order>;
    /// The order, not deleted, that has that number.
    fn number_owner(&self, number: &str) -> Option<i64>;
    /// A registered customer.
    fn customer(&self, id: i64) -> Option<&CustomerRecord>;
    /// A document.
    fn document(&self, key: DocumentKey) -> Option<&Document>;
}

/// Everything around a command.
pub struct Context<'a> {
    /// The account.
    pub account: &'a Account,
    /// Who asks.
    pub principal: &'a Principal,
    /// Every rulebook.
    pub workflows: &'a Workflows,
    /// The orders, customers and documents.
    pub ground: &'a dyn Ground,
    /// The documents as the command so far has left them.
    pub drafts: Drafts,
    /// The time.
    pub now: Timestamp,
    /// Randomness for the digests of personal values.
    pub salt: [u8; 16],
    /// The request id of the call.
    pub request_id: Option<[u8; 16]>,
    /// The entity tag that the caller saw; empty for none.
    pub etag: &'a str,
}

/// Something beside an order that a command made, by its number within the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A payment or refund.
    Payment(i64),
    /// An address.
    Address(i64),
    /// A document.
    Document(DocumentKey),
    /// A document that was there before and lost lines, or goes elsewhere.
    Affected(DocumentKey),
    /// A document that was left without lines and is cancelled.
    Cancelled(DocumentKey),
    /// An invoice.
    Invoice(i64),
}

/// What a command does to the invoices of an order.
#[derive(Clone, Debug, Default)]
pub struct Billed {
    /// Those that it made.
    pub invoices: Vec<Invoice>,
    /// The pro-formas that no longer stand, and where they stand now.
    pub retired: Vec<(i64, InvoiceState)>,
    /// What is to be sent to customers.
    pub messages: Vec<QueuedMessage>,
    /// The key of the employee who made them, where the catalog has them.
    pub employee: Option<String>,
}

/// What a command makes of one order.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The order afterwards.
    pub order: Order,
    /// The change, not yet in its place; `None` where nothing changed.
    pub change: Option<Change>,
    /// What was made beside it.
    pub made: Vec<Made>,
    /// What was done to its invoices.
    pub billed: Billed,
    /// Whether the order is new.
    pub created: bool,
}

/// What a command makes.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What it makes of orders, in the command's order.
    pub orders: Vec<Decided>,
    /// Documents as it leaves them.
    pub documents: Vec<Document>,
    /// Of a command over one document, that document; it stands among `documents` where it changed.
    pub document: Option<Document>,
    /// Of a move to another store, the entity tag under which the same move comes to the same.
    pub plan_etag: Option<String>,
}

/// Decides a command. `counters` are moved on only where the answer is `Ok`.
///
/// # Errors
/// The reason why nothing may change. For a command over several orders every refused order is named.
pub fn decide(
    command: &Command,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decision, Refusal> {
    let mut given = counters.clone();
    let mut document = None;
    let mut plan_etag = None;
    let orders = match command {
        Command::Create(new) => vec![create::create(new, context, &mut given)?],
        Command::Import(orders) => create::import(orders, context, &mut given)?,
        Command::BatchTransition(ids, step) => batch(ids, context, |order| {
            moves::transition(order, step, context, &mut given)
        })?,
        Command::BatchDelete(ids) => batch(ids, context, |order| delete(order, context))?,
        Command::Update(order, patch) => vec![edit::update(
            context.find(order)?,
            patch,
            context,
            &mut given,
        )?],
        Command::Transition(order, step) => vec![moves::transition(
            context.find(order)?,
            step,
            context,
            &mut given,
        )?],
        Command::Override(order, step) => {
            vec![moves::override_state(context.find(order)?, step, context)?]
        }
        Command::CancelLines(order, lines, step) => {
            let order = context.find(order)?;
            vec![partial_cancel::cancel_lines(order, lines, step, context)?]
        }
        Command::PlaceHold(order, input) => {
            vec![holds::place(context.find(order)?, input, context)?]
        }
        Command::ReleaseHold(order, hold, reason) => {
            vec![holds::release(
                context.find(order)?,
                *hold,
                reason,
                context,
            )?]
        }
        Command::UpdateDelivery(order, input) => {
            let order = context.find(order)?;
            vec![delivery::update(order, input, context, &mut given)?]
        }
        Command::MoveToStore(order, input) => {
            let order = context.seen(order)?;
            let etag = store_move::plan_etag(order, context);
            match store_move::is_plan_etag(context.etag) {
                true => context.check_etag(order, etag.clone(), true)?,
                false => context.check_etag(order, order.etag(), false)?,
            }
            plan_etag = Some(etag);
            vec![store_move::move_to_store(
                order, input, context, &mut given,
            )?]
        }
        Command::CreateDocument(kind, id, patch) => {
            let (made, orders) = documents::create(*kind, *id, patch, context, &mut given)?;
            document = Some(made);
            orders
        }
        Command::UpdateDocument(key, patch) => {
            let (changed, orders) = documents::update(*key, patch, context, &mut given)?;
            document = Some(changed);
            orders
        }
        Command::RecordPayment(order, input) => {
            vec![payments::record(
                context.find(order)?,
                input,
                false,
                context,
                &mut given,
            )?]
        }
        Command::RecordRefund(order, input) => {
            vec![payments::record(
                context.find(order)?,
                input,
                true,
                context,
                &mut given,
            )?]
        }
        Command::CreateInvoices(order, input) => {
            let order = context.find(order)?;
            vec![invoices::create(order, input, context, &mut given)?]
        }
        Command::AddNote(order, note) => vec![add_note(context.find(order)?, note, context)?],
        Command::Delete(order) => vec![delete(context.find(order)?, context)?],
    };
    *counters = given;
    Ok(Decision {
        orders,
        documents: context.drafts.all(),
        document,
        plan_etag,
    })
}

impl<'a> Context<'a> {
    /// The order as this caller may see it, at the version that the caller saw.
    fn find(&self, order: &OrderRef) -> Result<&Order, Refusal> {
        let found = self.seen(order)?;
        self.check_etag(found, found.etag(), false)?;
        Ok(found)
    }

    /// The order as this caller may see it, at whatever version.
    fn seen(&self, order: &OrderRef) -> Result<&Order, Refusal> {
        let found = self
            .ground
            .order(order)
            .filter(|found| found.delete_time.is_none() && self.principal.sees(found));
        found.ok_or_else(|| Refusal::OrderNotFound(order.clone()))
    }

    /// Whether the caller saw what is there now: no tag, or the present one. `plan` says that it is one of a plan.
    fn check_etag(&self, found: &Order, present: String, plan: bool) -> Result<(), Refusal> {
        if !self.etag.is_empty() && self.etag != present {
            return Err(Refusal::Stale {
                order_id: found.id,
                given: self.etag.to_owned(),
                present,
                state: found.state.clone(),
                plan,
            });
        }
        Ok(())
    }

    /// The workflow of an order, at the order's version of it.
    fn workflow(&self, order: &Order) -> Result<&'a Workflow, Refusal> {
        self.workflows
            .get(&order.workflow, order.workflow_version)
            .map(AsRef::as_ref)
            .ok_or_else(|| Refusal::ResourceNotFound {
                kind: "workflow",
                name: format!("{} version {}", order.workflow, order.workflow_version),
            })
    }

    /// A refusal of what was asked of an order, with what is open instead.
    fn blocked(&self, order: &Order, asked: &str, blockers: Vec<Blocker>) -> Refusal {
        let workflow = self.workflow(order).ok();
        let state =
            workflow.and_then(|workflow| Some(&workflow.states[workflow.state(&order.state)?]));
        let open = workflow.map_or_else(Vec::new, |workflow| {
            options(order, workflow, self.principal).open()
        });
        Refusal::Blocked(Box::new(Blocked {
            order_id: order.id,
            number: order.number.clone(),
            state: order.state.clone(),
            state_title: state.map_or_else(String::new, |state| state.title.clone()),
            state_code: state.map_or(0, |state| state.code),
            asked: asked.to_owned(),
            blockers,
            open,
        }))
    }

    /// The order after a command: what follows from its fields is computed, and the change is made
    /// from the difference. Without a difference, a transition or note to tell of, nothing changed.
    fn decided(
        &self,
        before: &Order,
        mut after: Order,
        what: What<'_>,
    ) -> Result<Decided, Refusal> {
        let created = before.version == 0;
        let phase = match self.workflow(&after)?.state(&after.state) {
            Some(state) => self.workflow(&after)?.states[state].phase,
            None => Phase::New,
        };
        documents::release(before, &mut after, phase, self)?;
        after.derived = derive(&after, phase, self.account.decimals()).ok_or_else(|| {
            Refusal::from(Violation::new(
                "order.lines",
                "the amounts do not fit: keep every sum below 10^14",
            ))
        })?;
        let mut billed = Billed::default();
        if phase == Phase::Cancelled || after.delete_time.is_some() {
            let void = after.invoices.extract_if(.., |invoice| invoice.pro_forma);
            billed.retired = void
                .map(|invoice| (invoice.number, InvoiceState::Void))
                .collect();
        }
        let fields = fields::diff(before, &after);
        if fields.is_empty() && what.kind.may_change_nothing() {
            return Ok(Decided {
                order: after,
                change: None,
                made: Vec::new(),
                billed,
                created: false,
            });
        }
        after.version = before.version + 1;
        after.update_time = if created {
            self.now
        } else {
            self.now.after(before.update_time)
        };
        let change = Change {
            position: 0,
            account_id: after.account_id,
            order_id: after.id,
            version: after.version,
            kind: what.kind,
            transition: what.transition.to_owned(),
            verb: what.verb,
            actor: self.principal.actor.clone(),
            role: self.principal.role,
            from: before.state.clone(),
            to: after.state.clone(),
            reason: what.reason.to_owned(),
            message: what.message.to_owned(),
            public: what.public,
            notify: what.notify,
            request_id: self.request_id,
            fields,
            passed_over: what.passed_over,
            create_time: after.update_time,
            salt: self.salt,
            hash: [0; 32],
        };
        Ok(Decided {
            order: after,
            change: Some(change),
            made: Vec::new(),
            billed,
            created,
        })
    }
}

/// What a change says beside the fields that it moved.
struct What<'a> {
    kind: ChangeKind,
    transition: &'a str,
    verb: Option<Verb>,
    reason: &'a str,
    message: &'a str,
    public: bool,
    notify: bool,
    passed_over: Vec<String>,
}

impl What<'_> {
    fn of(kind: ChangeKind) -> What<'static> {
        What {
            kind,
            transition: "",
            verb: None,
            reason: "",
            message: "",
            public: true,
            notify: true,
            passed_over: Vec::new(),
        }
    }
}

fn add_note(order: &Order, note: &Note, context: &Context<'_>) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    check_text("message", &note.message, 4000, &mut violations);
    if note.message.is_empty() {
        violations.push(Violation::new("message", "must not be empty"));
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let what = What {
        message: &note.message,
        public: note.public,
        notify: false,
        ..What::of(ChangeKind::Note)
    };
    context.decided(order, order.clone(), what)
}

/// Does the same with several orders: with all of them, or with none.
fn batch(
    ids: &[i64],
    context: &Context<'_>,
    mut decide: impl FnMut(&Order) -> Result<Decided, Refusal>,
) -> Result<Vec<Decided>, Refusal> {
    let mut seen = HashSet::new();
    let mut violations: Vec<_> = ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !seen.insert(**id))
        .map(|(at, id)| Violation::new(format!("ids[{at}]"), format!("order {id} is named twice")))
        .collect();
    if ids.is_empty() || ids.len() > LARGEST_BATCH {
        violations.push(Violation::new(
            "ids",
            format!("must name 1 to {LARGEST_BATCH} orders, not {}", ids.len()),
        ));
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let mut decided = Vec::with_capacity(ids.len());
    let mut refused = Vec::new();
    for id in ids {
        match context.find(&OrderRef::Id(*id)).and_then(&mut decide) {
            Ok(one) => decided.push(one),
            Err(refusal) => refused.push((*id, refusal)),
        }
    }
    if refused.is_empty() {
        Ok(decided)
    } else {
        Err(Refusal::Batch(refused))
    }
}

fn delete(order: &Order, context: &Context<'_>) -> Result<Decided, Refusal> {
    let workflow = context.workflow(order)?;
    let state = workflow
        .state(&order.state)
        .map(|state| &workflow.states[state]);
    if !state.is_some_and(|state| state.deletable) {
        let states: Vec<_> = workflow
            .states
            .iter()
            .filter(|s| s.deletable)
            .map(|s| s.key.as_str())
            .collect();
        let message = match states.as_slice() {
            [] => format!("orders of the workflow {} are never deleted", workflow.name),
            states => format!("an order can be deleted only in: {}", states.join(", ")),
        };
        return Err(context.blocked(
            order,
            "delete",
            vec![Blocker {
                rule: rule::NOT_DELETABLE,
                message,
            }],
        ));
    }
    let booked: Vec<_> = order
        .invoices
        .iter()
        .filter(|invoice| !invoice.pro_forma)
        .map(|invoice| invoice.number.to_string())
        .collect();
    if !booked.is_empty() {
        let message = format!("its invoices are booked: {}", booked.join(", "));
        let blocker = Blocker {
            rule: rule::NOT_DELETABLE,
            message,
        };
        return Err(context.blocked(order, "delete", vec![blocker]));
    }
    let mut after = order.clone();
    after.delete_time = Some(context.now.after(order.update_time));
    context.decided(order, after, What::of(ChangeKind::Delete))
}
