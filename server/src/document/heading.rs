//! The top of the first page: what the document is, who sells and who is to pay.

use time::Date;

use super::sheet::{Cell, MARGIN, Role, Row, Rule, Sheet, TEXT_WIDTH};
use super::text::{Edge, Style, Typesetter};
use super::words::Words;
use super::{BODY, InvoiceDocument, PALE, Party, STRONG};

const TITLE: Style = Style {
    size: 20.0,
    bold: true,
    pale: false,
};
const NAME: Style = Style {
    size: 11.0,
    ..STRONG
};
/// The left part of the page, for names and addresses.
const LEFT: (f32, f32) = (MARGIN, 270.0);
/// The right part of the page, for what the document is.
const RIGHT: (f32, f32) = (MARGIN + 300.0, TEXT_WIDTH - 300.0);

/// Puts the heading.
pub(super) fn put(
    sheet: &mut Sheet,
    typesetter: &mut Typesetter,
    words: &Words,
    document: &InvoiceDocument,
) {
    let title = words.title(document.pro_forma);
    let mut row = Row::of(vec![typesetter.cell(
        Role::Title,
        title,
        TITLE,
        (MARGIN, TEXT_WIDTH),
    )]);
    row.below = 2.0;
    sheet.put(row);
    if document.pro_forma {
        let text = typesetter.cell(
            Role::Paragraph,
            words.no_tax_document,
            STRONG,
            (MARGIN, TEXT_WIDTH),
        );
        sheet.put(Row::of(vec![text]));
    }
    sheet.skip(14.0);
    let seller = party(typesetter, words.seller, &document.seller);
    sheet.beside(seller, facts(typesetter, words, document));
    sheet.skip(14.0);
    for row in party(typesetter, words.customer, &document.customer) {
        sheet.put(row);
    }
    sheet.skip(22.0);
}

/// A name and what stands below it; nothing where nothing is known.
fn party(typesetter: &mut Typesetter, label: &str, party: &Party) -> Vec<Row> {
    let mut cells = vec![typesetter.cell(Role::Paragraph, &party.name, NAME, LEFT)];
    for line in &party.lines {
        cells.push(typesetter.cell(Role::Paragraph, line, BODY, LEFT));
    }
    cells.retain(|cell| !cell.lines.is_empty());
    if cells.is_empty() {
        return Vec::new();
    }
    cells.insert(0, typesetter.cell(Role::Paragraph, label, PALE, LEFT));
    cells.into_iter().map(|cell| Row::of(vec![cell])).collect()
}

/// The numbers and dates.
fn facts(typesetter: &mut Typesetter, words: &Words, document: &InvoiceDocument) -> Vec<Row> {
    let facts = [
        (words.number, Some(document.number.to_string())),
        (words.date, Some(day(document.date))),
        (words.order, Some(document.order_number.clone())),
        (words.order_date, document.order_date.map(day)),
    ];
    let half = RIGHT.1 / 2.0;
    let mut rows = Vec::new();
    for (label, value) in facts {
        let Some(value) = value else { continue };
        let label = typesetter.cell(Role::RowHead, label, PALE, (RIGHT.0, half));
        let value = Cell {
            role: Role::Data,
            x: RIGHT.0 + half,
            lines: typesetter.shared(&value, BODY, half, Edge::Right),
        };
        rows.push(Row {
            above: 2.0,
            below: 2.0,
            rule: Rule::Thin,
            span: RIGHT,
            table: Some(0),
            ..Row::of(vec![label, value])
        });
    }
    rows
}

/// A day as ISO 8601 writes it, which reads the same everywhere.
fn day(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}
