//! The sums: VAT by rate on the left, what is to be paid on the right.

use super::sheet::{Cell, MARGIN, Role, Row, Rule, Sheet, TEXT_WIDTH};
use super::text::{Edge, Style, Typesetter};
use super::words::Words;
use super::{BODY, ChargeKind, InvoiceDocument, PALE, STRONG};
use crate::domain::decimal::Decimal;

const GRAND: Style = Style {
    size: 11.0,
    ..STRONG
};
/// The VAT by rate: left edge and width.
const LEFT: (f32, f32) = (MARGIN, 220.0);
/// The sums: left edge and width.
const RIGHT: (f32, f32) = (MARGIN + TEXT_WIDTH - 250.0, 250.0);

/// Puts the sums.
pub(super) fn put(
    sheet: &mut Sheet,
    typesetter: &mut Typesetter,
    words: &Words,
    document: &InvoiceDocument,
) {
    sheet.skip(16.0);
    let vat = vat(typesetter, words, document);
    sheet.beside(vat, sums(typesetter, words, document));
}

/// The net amount and the VAT of each rate.
fn vat(typesetter: &mut Typesetter, words: &Words, document: &InvoiceDocument) -> Vec<Row> {
    let amount = |value| words.decimal(value, document.decimals);
    let head = [words.vat_rate, words.net, words.vat].map(str::to_owned);
    let mut rows = Vec::new();
    if document.vat.is_empty() {
        return rows;
    }
    rows.push(vat_row(typesetter, Role::ColumnHead, PALE, head));
    for of_rate in &document.vat {
        let texts = [
            words.percent(of_rate.rate),
            amount(of_rate.net),
            amount(of_rate.vat),
        ];
        rows.push(vat_row(typesetter, Role::Data, BODY, texts));
    }
    rows
}

fn vat_row(typesetter: &mut Typesetter, role: Role, style: Style, texts: [String; 3]) -> Row {
    let [rate, net, vat] = texts;
    let (left, width) = LEFT;
    let mut right = |text: &str, x: f32| Cell {
        role,
        x,
        lines: typesetter.shared(text, style, 75.0, Edge::Right),
    };
    let amounts = [
        right(&net, left + width - 160.0),
        right(&vat, left + width - 75.0),
    ];
    let mut cells = vec![typesetter.cell(role, &rate, style, (left, width - 165.0))];
    cells.extend(amounts);
    Row {
        above: 3.0,
        below: 3.0,
        rule: match role {
            Role::ColumnHead => Rule::None,
            _ => Rule::Thin,
        },
        span: LEFT,
        table: Some(2),
        ..Row::of(cells)
    }
}

/// From the subtotal to what is left to pay.
fn sums(typesetter: &mut Typesetter, words: &Words, document: &InvoiceDocument) -> Vec<Row> {
    let mut sums = vec![(words.subtotal, document.subtotal, BODY, Rule::None)];
    let mut add = |label, amount: Decimal| {
        if !amount.is_zero() {
            sums.push((label, amount, BODY, Rule::Thin));
        }
    };
    add(
        words.discount,
        Decimal::ZERO
            .checked_sub(document.discount)
            .unwrap_or_default(),
    );
    add(words.vat, document.tax);
    for charge in &document.charges {
        let label = match charge.kind {
            ChargeKind::Service => words.service,
            ChargeKind::Delivery => words.delivery,
            ChargeKind::Installation => words.installation,
        };
        add(label, charge.amount);
    }
    sums.push((words.total, document.total, GRAND, Rule::Strong));
    if let Some(paid) = document.paid {
        sums.push((words.paid, paid, BODY, Rule::Thin));
    }
    if let Some(balance) = document.balance {
        sums.push((words.balance, balance, STRONG, Rule::Thin));
    }
    sums.into_iter()
        .map(|(label, amount, style, rule)| {
            let amount = words.decimal(amount, document.decimals);
            let amount = format!("{} {amount}", document.currency_code);
            sum(typesetter, label, &amount, style, rule)
        })
        .collect()
}

fn sum(typesetter: &mut Typesetter, label: &str, amount: &str, style: Style, rule: Rule) -> Row {
    let (left, width) = RIGHT;
    let label = typesetter.cell(Role::RowHead, label, style, (left, 85.0));
    let amount = Cell {
        role: Role::Data,
        x: left + 85.0,
        lines: typesetter.shared(amount, style, width - 85.0, Edge::Right),
    };
    Row {
        above: 3.0,
        below: 3.0,
        rule,
        span: RIGHT,
        table: Some(3),
        ..Row::of(vec![label, amount])
    }
}
