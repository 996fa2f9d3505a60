//! Documents made and changed by hand, and what they lose when an order no longer needs it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Context, Decided, What, edit, lines};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::{DocumentLineInput, DocumentPatch};
use crate::domain::decimal::Decimal;
use crate::domain::document::{
    Document, DocumentKey, DocumentKind, DocumentLine, DocumentState, Share,
};
use crate::domain::hold::{self, HeldAction};
use crate::domain::order::{LineKind, Order, OrderRef};
use crate::domain::principal::Principal;
use crate::domain::refusal::{BlockedDocument, Blocker, Refusal, Violation, rule};
use crate::domain::workflow::Phase;

/// The most documents that carry lines of one order.
const MOST_DOCUMENTS: usize = 1000;

/// Makes a document. Answers it with what it makes of each order that it carries lines of.
pub fn create(
    kind: DocumentKind,
    id: Option<i64>,
    patch: &DocumentPatch,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<(Document, Vec<Decided>), Refusal> {
    let mut violations = Vec::new();
    let name = kind.name();
    let last = counters.document(kind);
    let id = id.unwrap_or(*last + 1);
    if edit::check_id(&format!("{name}.id"), id, &mut violations) {
        *last = id.max(*last);
    }
    if patch.state == Some(DocumentState::Cancelled) {
        let message = "must not be cancelled when it is made";
        violations.push(Violation::new(format!("{name}.state"), message));
    }
    let blank = Document {
        account_id: context.account.id,
        kind,
        id,
        state: DocumentState::Open,
        from_store_id: None,
        store_id: 0,
        supplier: String::new(),
        address: None,
        lines: Vec::new(),
        create_time: context.now,
        update_time: context.now,
        version: 0,
    };
    let mut document = set(&blank, patch, context, counters, &mut violations);
    if kind == DocumentKind::Outbound && patch.address.is_none() {
        let first = document.lines.first().map(|line| line.order_id);
        let order = first.and_then(|id| context.ground.order(&OrderRef::Id(id)));
        document.address = order.and_then(|order| order.delivery_address.clone());
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    if context.ground.document((kind, id)).is_some() {
        return Err(Refusal::AlreadyExists {
            kind: kind.title(),
            name: id.to_string(),
        });
    }
    let mut blockers = units_blockers(&document, context);
    if kind == DocumentKind::Outbound && !context.account.warehouse {
        blockers.push(Blocker {
            rule: rule::NO_WAREHOUSE,
            message: "the account has no warehouse: nothing leaves one".to_owned(),
        });
    }
    if kind == DocumentKind::Outbound && document.state.has_left(kind) {
        blockers.extend(hold_blockers(&document, context));
    }
    refuse(&blank, blockers)?;
    finish(&blank, document, context)
}

/// Changes a document.
pub fn update(
    key: DocumentKey,
    patch: &DocumentPatch,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<(Document, Vec<Decided>), Refusal> {
    let document = context.document(key)?;
    if !sees(context.principal, &document) {
        return Err(Refusal::ResourceNotFound {
            kind: key.0.title(),
            name: key.1.to_string(),
        });
    }
    let present = document.etag();
    if !context.etag.is_empty() && context.etag != present {
        return Err(Refusal::Stale {
            order_id: 0,
            given: context.etag.to_owned(),
            present,
            state: document.state.name().to_owned(),
            plan: false,
        });
    }
    let mut violations = Vec::new();
    let mut after = set(&document, patch, context, counters, &mut violations);
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let mut blockers = state_blockers(&document, &after);
    blockers.extend(units_blockers(&after, context));
    let sent = after.state.has_left(key.0) && after.state != document.state;
    if key.0 == DocumentKind::Outbound && (sent || after.address != document.address) {
        blockers.extend(hold_blockers(&after, context));
    }
    refuse(&document, blockers)?;
    if after.state == DocumentState::Cancelled {
        after.lines.clear();
    }
    finish(&document, after, context)
}

/// Whether the document is for the only store that the caller sees, or the caller sees all.
pub fn sees(principal: &Principal, document: &Document) -> bool {
    principal
        .store_id
        .is_none_or(|store| document.store_id == store || document.from_store_id == Some(store))
}

/// Takes off open documents what the order no longer has: everything where it is called off or deleted, else the units
/// of lines that are gone. What has left stays where it is.
pub fn release(
    before: &Order,
    order: &mut Order,
    phase: Phase,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let over = phase == Phase::Cancelled || order.delete_time.is_some();
    let open = |share: &&Share| share.state == DocumentState::Open;
    if (!over && before.lines == order.lines) || !order.documents.iter().any(|share| open(&share)) {
        return Ok(());
    }
    let mut left = if over { BTreeMap::new() } else { left(order) };
    let shares: Vec<Share> = order.documents.iter().filter(open).cloned().collect();
    for share in shares {
        let lines = share.lines.iter();
        let kept: Vec<(i64, Decimal)> = lines
            .filter_map(|(line, quantity)| {
                let left = left.get_mut(&(share.kind, *line))?;
                let kept = (*left).min(*quantity);
                *left = left.checked_sub(kept)?;
                (kept > Decimal::ZERO).then_some((*line, kept))
            })
            .collect();
        if kept == share.lines {
            continue;
        }
        let mut document = context.document(share.key())?;
        document.lines.retain_mut(|line| {
            let own = line.order_id == order.id;
            let kept = kept.iter().find(|(id, _)| *id == line.line_id);
            line.quantity = kept
                .filter(|_| own)
                .map_or(line.quantity, |(_, kept)| *kept);
            !own || kept.is_some()
        });
        if document.lines.is_empty() {
            document.state = DocumentState::Cancelled;
        }
        let document = context.draft(document);
        order.set_share(document.key(), document.share(order.id));
    }
    Ok(())
}

/// How many units of each line open documents of each kind may carry: what is ordered less what is on its way or further.
fn left(order: &Order) -> BTreeMap<(DocumentKind, i64), Decimal> {
    let whole = |kind| {
        let lines = order.lines.iter();
        lines.map(move |line| ((kind, line.id), line.quantity))
    };
    let mut left: BTreeMap<_, _> = DocumentKind::ALL.into_iter().flat_map(whole).collect();
    let sent = order
        .documents
        .iter()
        .filter(|share| share.state != DocumentState::Open && share.state.takes_units(share.kind));
    for share in sent {
        for (line, quantity) in &share.lines {
            if let Some(left) = left.get_mut(&(share.kind, *line)) {
                *left = left.checked_sub(*quantity).unwrap_or_default();
            }
        }
    }
    left
}

/// The document with the fields that are given, each checked.
fn set(
    before: &Document,
    patch: &DocumentPatch,
    context: &Context<'_>,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) -> Document {
    let name = before.kind.name();
    let mut after = before.clone();
    after.state = patch.state.unwrap_or(before.state);
    let (from, to) = match before.kind {
        DocumentKind::Store => (Some("from_store_id"), "to_store_id"),
        DocumentKind::Supplier | DocumentKind::Outbound => (None, "store_id"),
    };
    after.store_id = patch.store_id.unwrap_or(before.store_id);
    if after.store_id != before.store_id || before.version == 0 {
        edit::check_store(&format!("{name}.{to}"), after.store_id, context, violations);
    }
    if let Some(from) = from {
        after.from_store_id = patch.from_store_id.or(before.from_store_id);
        let field = format!("{name}.{from}");
        if after.from_store_id != before.from_store_id || before.version == 0 {
            let given = after.from_store_id.unwrap_or(0);
            edit::check_store(&field, given, context, violations);
        }
        if after.from_store_id == Some(after.store_id) {
            let message = "must be another store than the one that the goods go to";
            violations.push(Violation::new(field, message));
        }
    }
    if let Some(supplier) = &patch.supplier {
        edit::check_text(&format!("{name}.supplier"), supplier, 200, violations);
        after.supplier.clone_from(supplier);
    }
    if let Some(address) = &patch.address {
        edit::check_address(&format!("{name}.delivery_address"), address, violations);
        if let Some(new) = edit::new_address(before.address.as_ref(), address, counters) {
            after.address = Some(new);
        }
    }
    match &patch.lines {
        Some(given) => after.lines = read_lines(before, given, context, violations),
        None if before.version == 0 => {
            violations.push(Violation::new(format!("{name}.lines"), "must not be empty"));
        }
        None => {}
    }
    if let Some(own) = context
        .principal
        .store_id
        .filter(|_| !sees(context.principal, &after))
    {
        let message = format!("must be {own}, the store of the credential");
        violations.push(Violation::new(format!("{name}.{to}"), message));
    }
    after
}

fn read_lines(
    before: &Document,
    given: &[DocumentLineInput],
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Vec<DocumentLine> {
    let name = format!("{}.lines", before.kind.name());
    edit::check_count(&name, given.len(), lines::MOST_LINES, violations);
    if given.is_empty() {
        violations.push(Violation::new(&name, "must not be empty"));
    }
    let mut seen = HashSet::new();
    let mut read = Vec::with_capacity(given.len());
    for (at, input) in given.iter().take(lines::MOST_LINES).enumerate() {
        let field = |part: &str| format!("{name}[{at}].{part}");
        let known = before
            .lines
            .iter()
            .any(|line| line.order_id == input.order_id);
        let order = context.ground.order(&OrderRef::Id(input.order_id));
        let order = order.filter(|order| {
            order.delete_time.is_none() && (known || context.principal.sees(order))
        });
        let Some(order) = order else {
            violations.push(Violation {
                field: field("order_id"),
                description: format!("there is no order {}", input.order_id),
                unknown: true,
            });
            continue;
        };
        let item = order
            .lines
            .iter()
            .find(|line| line.id == input.line_id && line.kind == LineKind::Item);
        let Some(item) = item else {
            let items = order
                .lines
                .iter()
                .filter(|line| line.kind == LineKind::Item);
            let items: Vec<_> = items.take(20).map(|line| line.id.to_string()).collect();
            violations.push(Violation::unknown(
                field("line_id"),
                &input.line_id.to_string(),
                &items,
            ));
            continue;
        };
        if !seen.insert((input.order_id, input.line_id)) {
            violations.push(Violation::new(field("line_id"), "is named twice"));
        }
        let quantity = input.quantity.unwrap_or(item.quantity);
        if quantity <= Decimal::ZERO || quantity > item.quantity {
            let message = format!("must be more than 0 and at most {}", item.quantity);
            violations.push(Violation::new(field("quantity"), message));
        }
        read.push(DocumentLine {
            order_id: input.order_id,
            line_id: input.line_id,
            quantity,
        });
    }
    read.sort_unstable_by_key(|line| (line.order_id, line.line_id));
    read
}

/// What a document's state keeps from this change.
fn state_blockers(before: &Document, after: &Document) -> Vec<Blocker> {
    let what = format!("{} {}", before.kind.title(), before.id);
    let here = before.state.name();
    let mut blockers = Vec::new();
    if after.state != before.state && !before.state.next().contains(&after.state) {
        let next: Vec<_> = before
            .state
            .next()
            .iter()
            .map(|state| state.name())
            .collect();
        let next = match next.as_slice() {
            [] => "nothing follows".to_owned(),
            next => format!("what follows is {}", next.join(" or ")),
        };
        blockers.push(Blocker {
            rule: rule::DOCUMENT_STATE,
            message: format!(
                "{what} is {here}, not to become {}: {next}",
                after.state.name()
            ),
        });
    }
    let same = Document {
        state: before.state,
        ..after.clone()
    };
    if before.state != DocumentState::Open && same != *before {
        blockers.push(Blocker {
            rule: rule::DOCUMENT_STATE,
            message: format!("{what} is {here}: only its state may change"),
        });
    }
    blockers
}

/// Units that no other document of the kind carries, of orders that are not called off.
fn units_blockers(document: &Document, context: &Context<'_>) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if !document.state.takes_units(document.kind) {
        return blockers;
    }
    for line in &document.lines {
        let Some(order) = context.ground.order(&OrderRef::Id(line.order_id)) else {
            continue;
        };
        let (id, kind) = (line.line_id, document.kind);
        let others = |share: &Share| {
            share.kind == kind && share.id != document.id && share.state.takes_units(kind)
        };
        let taken = order.carried(id, others);
        let whole = order.lines.iter().find(|item| item.id == id);
        let whole = whole.map_or(Decimal::ZERO, |item| item.quantity);
        let free = whole.checked_sub(taken).unwrap_or_default();
        if line.quantity > free {
            let by = order.documents.iter().filter(|share| others(share));
            let by: BTreeSet<_> = by
                .filter(|share| !share.quantity(id).is_zero())
                .map(|share| share.id.to_string())
                .collect();
            let by = by.into_iter().collect::<Vec<_>>().join(", ");
            blockers.push(Blocker {
                rule: rule::CARRIED,
                message: format!(
                    "of line {id} of order {} {free} of {whole} is free: the rest is carried by {} {by}",
                    line.order_id,
                    kind.title(),
                ),
            });
        }
        let workflow = context.workflow(order).ok();
        let state =
            workflow.and_then(|workflow| Some(&workflow.states[workflow.state(&order.state)?]));
        let newly = order
            .documents
            .iter()
            .all(|share| share.key() != document.key());
        if newly && state.is_some_and(|state| state.phase == Phase::Cancelled) {
            blockers.push(Blocker {
                rule: rule::CANCELLED,
                message: format!("order {} is called off", order.id),
            });
        }
    }
    blockers.dedup();
    blockers
}

/// Each hold that keeps the goods of an outbound order where they are.
fn hold_blockers(document: &Document, context: &Context<'_>) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    for order_id in document.orders() {
        if let (Some(order), Some(share)) = (
            context.ground.order(&OrderRef::Id(order_id)),
            document.share(order_id),
        ) {
            let lines: Vec<i64> = share.lines.iter().map(|(line, _)| *line).collect();
            blockers.extend(hold::line_blockers(
                order,
                HeldAction::Move,
                &lines,
                context.principal,
            ));
        }
    }
    blockers
}

fn refuse(document: &Document, blockers: Vec<Blocker>) -> Result<(), Refusal> {
    if blockers.is_empty() {
        return Ok(());
    }
    Err(Refusal::Document(Box::new(BlockedDocument {
        key: document.key(),
        state: document.state,
        blockers,
    })))
}

/// Notes the document, and its change with every order whose share changes.
fn finish(
    before: &Document,
    after: Document,
    context: &Context<'_>,
) -> Result<(Document, Vec<Decided>), Refusal> {
    if before.version > 0 && *before == after {
        return Ok((after, Vec::new()));
    }
    let after = context.draft(after);
    let mut decided = Vec::new();
    let orders: BTreeSet<i64> = before.orders().union(&after.orders()).copied().collect();
    for id in orders {
        let order = context.ground.order(&OrderRef::Id(id));
        let order = order.ok_or(Refusal::OrderNotFound(OrderRef::Id(id)))?;
        let mut changed = order.clone();
        changed.set_share(after.key(), after.share(id));
        if changed.documents.len() > MOST_DOCUMENTS.max(order.documents.len()) {
            let field = format!("{}.lines", after.kind.name());
            let message = format!("order {id} is carried by {MOST_DOCUMENTS} documents already");
            return Err(Violation::new(field, message).into());
        }
        let what = What {
            public: false,
            notify: false,
            ..What::of(ChangeKind::Document)
        };
        let one = context.decided(order, changed, what)?;
        decided.extend(Some(one).filter(|one| one.change.is_some()));
    }
    Ok((after, decided))
}
