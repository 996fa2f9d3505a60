//! Lines, replaced as a set.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, edit};
use crate::domain::command::LineInput;
use crate::domain::decimal::Decimal;
use crate::domain::document::{DocumentKind, Share};
use crate::domain::money::line_amount;
use crate::domain::order::{LARGEST_ID, Line, LineKind, Order};
use crate::domain::refusal::{Blocker, Violation, rule};

/// The most lines that an order has.
pub const MOST_LINES: usize = 1000;

/// Replaces the order's lines. A line equal to an old one in code, name and unit price keeps its id,
/// in order; every other line gets the next id.
pub fn replace(
    order: &mut Order,
    given: &[LineInput],
    name: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) {
    edit::check_count(name, given.len(), MOST_LINES, violations);
    if given.len() > MOST_LINES {
        return;
    }
    let mut old = std::mem::take(&mut order.lines);
    for (at, input) in given.iter().enumerate() {
        let mut line = read(input, &format!("{name}[{at}]"), context, violations);
        let same = |other: &Line| {
            (&other.product_code, &other.name, other.unit_price)
                == (&line.product_code, &line.name, line.unit_price)
        };
        match old.iter().position(same) {
            Some(kept) => {
                let kept = old.remove(kept);
                (line.id, line.invoice_number) = (kept.id, kept.invoice_number);
                line.cancelled_quantity = kept.cancelled_quantity;
            }
            None => {
                order.last_line_id += 1;
                line.id = order.last_line_id;
            }
        }
        order.lines.push(line);
    }
}

/// The lines of an imported order: ids and invoice numbers as given.
pub fn import(order: &mut Order, given: &[LineInput], name: &str, violations: &mut Vec<Violation>) {
    for (at, (line, input)) in order.lines.iter_mut().zip(given).enumerate() {
        line.invoice_number = input.invoice_number;
        let Some(id) = input.id else { continue };
        let name = format!("{name}[{at}].id");
        if !edit::check_id(&name, id, violations) {
            continue;
        }
        if given[..at].iter().any(|other| other.id == Some(id)) {
            violations.push(Violation::new(name, "must be given once"));
        }
        line.id = id;
    }
    // Lines without an id of their own come after those that have one.
    let fitting = |input: &LineInput| input.id.filter(|id| *id <= LARGEST_ID);
    let mut last = given.iter().filter_map(fitting).max().unwrap_or(0);
    for (line, _) in order
        .lines
        .iter_mut()
        .zip(given)
        .filter(|(_, input)| input.id.is_none())
    {
        last += 1;
        line.id = last;
    }
    order.last_line_id = last;
}

/// The lines that are not there afterwards as they were.
fn touched<'a>(before: &'a Order, after: &'a Order) -> impl Iterator<Item = &'a Line> {
    // Nearly always a line is where it was.
    let kept = |(at, line): &(usize, &Line)| {
        after.lines.get(*at) == Some(*line) || after.lines.contains(line)
    };
    let lines = before.lines.iter().enumerate();
    lines.filter(move |line| !kept(line)).map(|(_, line)| line)
}

/// Lines on a booked invoice may not be changed or removed.
pub fn blockers(before: &Order, after: &Order) -> Vec<Blocker> {
    let billed = touched(before, after).filter(|line| line.invoice_number.is_some());
    let touched: Vec<_> = billed.map(|line| line.id.to_string()).collect();
    if touched.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "lines on a booked invoice cannot be changed or removed: {}",
        touched.join(", ")
    );
    vec![Blocker {
        rule: rule::LINE_INVOICED,
        message,
    }]
}

/// Lines that documents carry may not be edited or removed: an open document is changed or called off first.
pub fn carried_blockers(before: &Order, after: &Order) -> Vec<Blocker> {
    let carrying = |line: &Line| {
        let by = |share: &&Share| !share.quantity(line.id).is_zero();
        let share = before.documents.iter().find(by)?;
        let (kind, id, state) = (share.kind.title(), share.id, share.state.name());
        Some(Blocker {
            rule: rule::CARRIED,
            message: format!("{kind} {id}, which is {state}, carries line {}", line.id),
        })
    };
    touched(before, after).filter_map(carrying).collect()
}

/// Units that have left cannot be called off.
pub fn shipped_blockers(before: &Order, after: &Order) -> Vec<Blocker> {
    let mut left: BTreeMap<i64, Decimal> = BTreeMap::new();
    for line in touched(before, after) {
        let mut same = after.lines.iter().filter(|other| other.id == line.id);
        let quantity = same.next().map_or(Decimal::ZERO, |line| line.quantity);
        if quantity != line.quantity {
            left.insert(line.id, quantity);
        }
    }
    let mut sent: BTreeMap<(i64, DocumentKind), Decimal> = BTreeMap::new();
    let gone = after
        .documents
        .iter()
        .filter(|share| share.state.has_left(share.kind));
    for share in gone {
        for (line, quantity) in &share.lines {
            if left.contains_key(line) {
                let sum = sent.entry((*line, share.kind)).or_default();
                *sum = sum.checked_add(*quantity).unwrap_or(*sum);
            }
        }
    }
    let too_few: BTreeSet<i64> = sent
        .into_iter()
        .filter(|((id, _), sent)| left.get(id).is_some_and(|left| sent > left))
        .map(|((id, _), _)| id)
        .collect();
    too_few
        .into_iter()
        .map(|id| Blocker {
            rule: rule::SHIPPED,
            message: format!("more of line {id} has left than would be left of it"),
        })
        .collect()
}

/// The ids of the order's lines, as far as an error tells them.
pub fn known(order: &Order) -> Vec<String> {
    let ids = order.lines.iter().map(|line| line.id.to_string());
    ids.take(20).collect()
}

fn read(
    input: &LineInput,
    name: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Line {
    for (part, text, most) in [
        ("product_code", &input.product_code, 64),
        ("name", &input.name, 500),
        ("unit_name", &input.unit_name, 64),
        ("note", &input.note, 1000),
    ] {
        edit::check_text(&format!("{name}.{part}"), text, most, violations);
    }
    edit::check_attributes(&format!("{name}.attributes"), &input.attributes, violations);
    if input.product_code.is_empty() && input.name.is_empty() {
        violations.push(Violation::new(
            format!("{name}.name"),
            "a line needs a product_code or a name",
        ));
    }
    if let Some(id) = input.customer_id {
        edit::check_customer(&format!("{name}.customer_id"), id, context, violations);
    }
    let mut wrong = |part: &str, message: &str| {
        violations.push(Violation::new(format!("{name}.{part}"), message))
    };
    let quantity = input.quantity.unwrap_or(if input.kind == LineKind::Text {
        Decimal::ZERO
    } else {
        Decimal::whole(1)
    });
    if quantity < Decimal::ZERO {
        wrong("quantity", "must not be negative");
    }
    if input.unit_price < Decimal::ZERO && input.kind != LineKind::Exchange {
        wrong(
            "unit_price",
            "must not be negative, except on an EXCHANGE line",
        );
    }
    if input.kind == LineKind::Text && !(input.unit_price.is_zero() && input.discount.is_zero()) {
        wrong("unit_price", "a TEXT line has no amount");
    }
    if input.discount < Decimal::ZERO {
        wrong("discount", "must not be negative");
    }
    if input
        .vat_rate
        .is_some_and(|rate| rate < Decimal::ZERO || rate > Decimal::whole(100))
    {
        wrong("vat_rate", "must be a percentage from 0 to 100");
    }
    let mut line = Line {
        kind: input.kind,
        product_code: input.product_code.clone(),
        name: input.name.clone(),
        unit_name: input.unit_name.clone(),
        quantity,
        unit_price: input.unit_price,
        discount: input.discount,
        vat_rate: input.vat_rate,
        customer_id: input.customer_id,
        note: input.note.clone(),
        attributes: input.attributes.clone(),
        ..Line::default()
    };
    match line_amount(&line, context.account.decimals()) {
        Some(amount) if amount.in_bounds() => line.amount = amount,
        _ => wrong(
            "quantity",
            "quantity times unit_price does not fit: keep it below 10^12",
        ),
    }
    line
}
