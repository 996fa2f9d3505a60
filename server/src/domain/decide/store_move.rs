//! Moving an order to another store, item by item, with the documents that carry the items.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Context, Decided, Made, What, delivery, edit, lines, moves};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::StoreMoveInput;
use crate::domain::decimal::Decimal;
use crate::domain::document::{
    Document, DocumentKey, DocumentKind, DocumentLine, DocumentState, Share,
};
use crate::domain::hold::{self, HeldAction};
use crate::domain::order::{LineKind, Order};
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};

const ASKED: &str = "move to another store";

/// What becomes of an item's supply. The words are keys of the catalog `transfer_modes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Nothing.
    None,
    /// Shipped from the old store to the new one.
    Transfer,
    /// What the supplier brings goes to the new store.
    Redirect,
    /// It waits to be ordered at the new store.
    Reorder,
}

impl Mode {
    const ALL: [(&'static str, Mode); 4] = [
        ("none", Mode::None),
        ("transfer", Mode::Transfer),
        ("redirect", Mode::Redirect),
        ("reorder", Mode::Reorder),
    ];
}

/// The entity tag of a plan: the order's, and a digest over whether the account has a warehouse and over the documents that
/// a move may touch. Lines of other orders on one of them decide, too, what becomes of it, and their coming and going is no
/// change of this order.
pub fn plan_etag(order: &Order, context: &Context<'_>) -> String {
    let mut digest = Sha256::new();
    digest.update([u8::from(context.account.warehouse)]);
    for key in open(order, |_| true) {
        let version = context
            .ground
            .document(key)
            .map_or(0, |document| document.version);
        for part in [key.0.code().into(), key.1, version] {
            digest.update(part.to_le_bytes());
        }
    }
    let digest = digest.finalize();
    let shown: String = digest[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{}-{shown}\"", order.etag().trim_matches('"'))
}

/// Whether a tag has the form of a plan's: the order's, and one part more.
pub fn is_plan_etag(etag: &str) -> bool {
    etag.split('-').count() == 3
}

/// Moves the order. To the store where it is already, it changes its delivery alone.
pub fn move_to_store(
    order: &Order,
    input: &StoreMoveInput,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    if context.account.stores.len() < 2 {
        let blocker = Blocker {
            rule: rule::SINGLE_STORE,
            message: "the account has one store: there is none to move to".to_owned(),
        };
        return Err(context.blocked(order, ASKED, vec![blocker]));
    }
    let mut violations = Vec::new();
    edit::check_store("to_store_id", input.to_store_id, context, &mut violations);
    let modes = modes(order, input, context, &mut violations);
    let mut after = order.clone();
    let mut made: Vec<_> = delivery::set(
        &mut after,
        &input.delivery,
        context,
        counters,
        &mut violations,
    )
    .into_iter()
    .collect();
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let elsewhere = order.store_id != Some(input.to_store_id);
    let items = if elsewhere { modes } else { BTreeMap::new() };
    let delivered_so = order.delivery_method == after.delivery_method && made.is_empty();
    let blockers = blockers(order, &items, delivered_so, context)?;
    if !blockers.is_empty() {
        return Err(context.blocked(order, ASKED, blockers));
    }
    if elsewhere {
        after.store_id = Some(input.to_store_id);
        made.extend(move_supply(&mut after, &items, context, counters)?);
        made.extend(transfer(order, &mut after, &items, context, counters));
    }
    let new_address = made.iter().any(|made| matches!(made, Made::Address(_)));
    let goes = |line: i64| new_address || items.contains_key(&line);
    let store = elsewhere.then_some(input.to_store_id);
    made.extend(readdress(&mut after, &goes, store, context, counters)?);
    Ok(Decided {
        made,
        ..context.decided(order, after, What::of(ChangeKind::StoreMove))?
    })
}

/// The mode of each item that moves, by line.
fn modes(
    order: &Order,
    input: &StoreMoveInput,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> BTreeMap<i64, Mode> {
    edit::check_count("items", input.items.len(), lines::MOST_LINES, violations);
    let default = mode("default_mode", &input.default_mode, context, violations);
    let mut given = BTreeMap::new();
    for (at, (line, code)) in input.items.iter().take(lines::MOST_LINES).enumerate() {
        let field = |part: &str| format!("items[{at}].{part}");
        if order.lines.iter().all(|known| known.id != *line) {
            let known = lines::known(order);
            violations.push(Violation::unknown(
                field("line_id"),
                &line.to_string(),
                &known,
            ));
        }
        let mode = mode(&field("mode"), code, context, violations).or(default);
        if given.insert(*line, mode).is_some() {
            violations.push(Violation::new(field("line_id"), "is named twice"));
        }
    }
    let items = order
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Item && line.quantity > Decimal::ZERO);
    let chosen: Vec<_> = items
        .map(|line| (line.id, given.get(&line.id).copied().unwrap_or(default)))
        .collect();
    if input.default_mode.is_empty() && chosen.iter().any(|(_, mode)| mode.is_none()) {
        let message = "must be given, unless `items` names every item with a mode";
        violations.push(Violation::new("default_mode", message));
    }
    let moves = chosen
        .into_iter()
        .filter_map(|(line, mode)| Some((line, mode?)));
    moves.filter(|(_, mode)| *mode != Mode::None).collect()
}

fn mode(
    field: &str,
    code: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Option<Mode> {
    let key = edit::code(field, "transfer_modes", code, context, violations);
    let found = Mode::ALL.iter().find(|(known, _)| *known == key);
    if found.is_none() && !key.is_empty() {
        let known = Mode::ALL.map(|(known, _)| known.to_owned());
        violations.push(Violation::unknown(field, &key, &known));
    }
    found.map(|(_, mode)| *mode)
}

/// Each rule that keeps these items, or the order as a whole, where they are. `delivered_so` says that the order goes on
/// to be delivered as it is.
fn blockers(
    order: &Order,
    items: &BTreeMap<i64, Mode>,
    delivered_so: bool,
    context: &Context<'_>,
) -> Result<Vec<Blocker>, Refusal> {
    let ended = moves::final_state(order, context.workflow(order)?);
    let mut blockers: Vec<_> = ended.into_iter().collect();
    blockers.extend(delivery::closed(order, context)?);
    // A new way of delivery concerns every line.
    let (action, principal) = (HeldAction::Move, context.principal);
    blockers.extend(if delivered_so {
        let moved: Vec<i64> = items.keys().copied().collect();
        hold::line_blockers(order, action, &moved, principal)
    } else {
        hold::blockers(order, action, principal)
    });
    let has_left = |share: &&Share| share.state.has_left(share.kind);
    for share in order.documents.iter().filter(has_left) {
        for (line, _) in &share.lines {
            if items.contains_key(line) {
                let (kind, id) = (share.kind.title(), share.id);
                blockers.push(Blocker {
                    rule: rule::SHIPPED,
                    message: format!("line {line} has left with {kind} {id}"),
                });
            }
        }
    }
    if order.store_id.is_none() && items.values().any(|mode| *mode == Mode::Transfer) {
        return Err(Violation::new(
            "to_store_id",
            "the order is in no store yet: nothing can be transferred from it",
        )
        .into());
    }
    Ok(blockers)
}

/// Takes the items off open store and supplier orders, or sends what carries them to the order's new store.
fn move_supply(
    after: &mut Order,
    items: &BTreeMap<i64, Mode>,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Vec<Made>, Refusal> {
    let Some(store) = after.store_id else {
        return Ok(Vec::new());
    };
    let order_id = after.id;
    let mut made = Vec::new();
    for key in open(after, |kind| kind != DocumentKind::Outbound) {
        let mut document = context.document(key)?;
        let own = |line: &DocumentLine| (line.order_id == order_id).then_some(line.line_id);
        let mode = |line: &DocumentLine| own(line).and_then(|line| items.get(&line).copied());
        let redirected = |line: &DocumentLine| {
            key.0 == DocumentKind::Supplier && mode(line) == Some(Mode::Redirect)
        };
        let carried = document.lines.len();
        let taken_off = |line: &DocumentLine| mode(line).is_some() && !redirected(line);
        document.lines.retain(|line| !taken_off(line));
        let lost = document.lines.len() < carried;
        let there = document.store_id == store;
        let to_redirect = document
            .lines
            .iter()
            .filter(|line| redirected(line))
            .count();
        if document.lines.is_empty() {
            document.state = DocumentState::Cancelled;
            made.push(Made::Cancelled(key));
        } else if to_redirect == 0 || there {
            if !lost {
                continue;
            }
            made.push(Made::Affected(key));
        } else if to_redirect == document.lines.len() {
            document.store_id = store;
            made.push(Made::Affected(key));
        } else {
            let lines = document
                .lines
                .iter()
                .copied()
                .filter(|line| redirected(line));
            let part = Document {
                store_id: store,
                lines: lines.collect(),
                ..document.clone()
            };
            document.lines.retain(|line| !redirected(line));
            made.push(Made::Affected(key));
            made.push(split_off(after, part, context, counters));
        }
        keep(after, document, context);
    }
    Ok(made)
}

/// Makes the store order that brings the transferred items to the new store.
fn transfer(
    before: &Order,
    after: &mut Order,
    items: &BTreeMap<i64, Mode>,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Option<Made> {
    let (from, to) = (before.store_id?, after.store_id?);
    let transferred = before
        .lines
        .iter()
        .filter(|line| items.get(&line.id) == Some(&Mode::Transfer));
    let lines: Vec<_> = transferred
        .map(|line| DocumentLine {
            order_id: before.id,
            line_id: line.id,
            quantity: line.quantity,
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let document = Document {
        account_id: before.account_id,
        kind: DocumentKind::Store,
        id: 0,
        state: DocumentState::Open,
        from_store_id: Some(from),
        store_id: to,
        supplier: String::new(),
        address: None,
        lines,
        create_time: context.now,
        update_time: context.now,
        version: 0,
    };
    Some(split_off(after, document, context, counters))
}

/// Sends the order's open outbound orders to its delivery address, as far as they carry lines that go, and has them
/// leave on behalf of `store` where one is given. One that carries other lines too keeps these as they are.
pub fn readdress(
    after: &mut Order,
    goes: &dyn Fn(i64) -> bool,
    store: Option<i64>,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Vec<Made>, Refusal> {
    let order_id = after.id;
    let mut made = Vec::new();
    if !context.account.warehouse {
        return Ok(made);
    }
    for key in open(after, |kind| kind == DocumentKind::Outbound) {
        let mut document = context.document(key)?;
        let gone = |line: &DocumentLine| line.order_id == order_id && goes(line.line_id);
        let lines: Vec<_> = document.lines.iter().copied().filter(gone).collect();
        if lines.is_empty() {
            continue;
        }
        let part = Document {
            store_id: store.unwrap_or(document.store_id),
            address: after
                .delivery_address
                .clone()
                .or_else(|| document.address.clone()),
            lines,
            ..document.clone()
        };
        made.push(Made::Affected(key));
        if part.lines.len() == document.lines.len() {
            keep(after, part, context);
        } else {
            document.lines.retain(|line| !gone(line));
            keep(after, document, context);
            made.push(split_off(after, part, context, counters));
        }
    }
    Ok(made)
}

/// The open documents of the order, by kind and id.
fn open(order: &Order, kind: impl Fn(DocumentKind) -> bool) -> Vec<DocumentKey> {
    let shares = order.documents.iter();
    let open = shares.filter(|share| share.state == DocumentState::Open && kind(share.kind));
    open.map(Share::key).collect()
}

/// Notes a document as changed, and what it carries of the order.
fn keep(order: &mut Order, document: Document, context: &Context<'_>) {
    let document = context.draft(document);
    order.set_share(document.key(), document.share(order.id));
}

/// Gives a document the next number of its kind, and makes it.
fn split_off(
    order: &mut Order,
    document: Document,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Made {
    let last = counters.document(document.kind);
    *last += 1;
    let document = Document {
        id: *last,
        create_time: context.now,
        ..document
    };
    let key = document.key();
    keep(order, document, context);
    Made::Document(key)
}
