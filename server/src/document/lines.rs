//! The table of what is invoiced.

use super::sheet::{Cell, MARGIN, Role, Row, Rule, Sheet, TEXT_WIDTH};
use super::text::{Edge, Style, Typesetter};
use super::words::Words;
use super::{BODY, DocumentLine, InvoiceDocument, Item, PALE, STRONG};

/// Between columns.
const GAP: f32 = 10.0;

/// A column of short texts to the right of the descriptions.
struct Column {
    head: String,
    /// How wide it may become; longer texts are wrapped.
    widest: f32,
    text: fn(&Words, &InvoiceDocument, &Item) -> String,
}

/// Where a column is: its left edge and its width.
type Place = (f32, f32);

/// Puts the table.
pub(super) fn put(
    sheet: &mut Sheet,
    typesetter: &mut Typesetter,
    words: &Words,
    document: &InvoiceDocument,
) {
    let columns = columns(words, document);
    let items = || {
        document.lines.iter().filter_map(|line| match line {
            DocumentLine::Item(item) => Some(item),
            DocumentLine::Text(_) => None,
        })
    };
    let last = items().count().to_string();
    let first_width = typesetter
        .width(&last, BODY)
        .max(typesetter.width(words.position, STRONG));

    // From the right edge to the left, each as wide as its widest text.
    let mut right = MARGIN + TEXT_WIDTH;
    let mut places: Vec<Place> = Vec::new();
    for column in columns.iter().rev() {
        let mut width = typesetter.width(&column.head, STRONG);
        for item in items() {
            width = width.max(typesetter.width(&(column.text)(words, document, item), BODY));
        }
        // A little more than measured, so that what fits exactly is not wrapped.
        let width = width.min(column.widest) + 0.5;
        places.push((right - width, width));
        right -= width + GAP;
    }
    places.reverse();
    let left = MARGIN + first_width + GAP;
    let table = Table {
        words,
        document,
        columns,
        places,
        first: (MARGIN, first_width),
        description: (left, right - left),
    };
    let head = table.head(typesetter);
    let mut position = 0;
    let mut rows = Vec::with_capacity(document.lines.len());
    for line in &document.lines {
        rows.push(match line {
            DocumentLine::Text(text) => table.text(typesetter, text),
            DocumentLine::Item(item) => {
                position += 1;
                table.item(typesetter, position, item)
            }
        });
    }
    sheet.table(head, rows);
}

/// The columns that this document needs.
fn columns(words: &Words, document: &InvoiceDocument) -> Vec<Column> {
    let any = |wanted: fn(&Item) -> bool| {
        document
            .lines
            .iter()
            .any(|line| matches!(line, DocumentLine::Item(item) if wanted(item)))
    };
    let column = |head: &str, widest, text| Column {
        head: head.to_owned(),
        widest,
        text,
    };
    let mut columns = vec![
        column(words.quantity, 76.0, |words, _, item| {
            let quantity = words.decimal(item.quantity, 0);
            format!("{quantity} {}", item.unit_name)
        }),
        column(words.unit_price, 84.0, |words, document, item| {
            words.decimal(item.unit_price, document.decimals)
        }),
    ];
    if any(|item| !item.discount.is_zero()) {
        columns.push(column(
            words.line_discount,
            72.0,
            |words, document, item| match item.discount.is_zero() {
                true => String::new(),
                false => words.decimal(item.discount, document.decimals),
            },
        ));
    }
    if any(|item| item.vat_rate.is_some()) {
        columns.push(column(words.vat_rate, 48.0, |words, _, item| {
            item.vat_rate
                .map_or_else(String::new, |rate| words.percent(rate))
        }));
    }
    columns.push(Column {
        head: if document.currency_code.is_empty() {
            words.amount.to_owned()
        } else {
            format!("{} ({})", words.amount, document.currency_code)
        },
        widest: 88.0,
        text: |words, document, item| words.decimal(item.amount, document.decimals),
    });
    columns
}

/// The table's shape.
struct Table<'a> {
    words: &'a Words,
    document: &'a InvoiceDocument,
    columns: Vec<Column>,
    places: Vec<Place>,
    first: Place,
    description: Place,
}

impl Table<'_> {
    fn head(&self, typesetter: &mut Typesetter) -> Row {
        let role = Role::ColumnHead;
        let mut cells = vec![
            typesetter.cell(role, self.words.position, STRONG, self.first),
            typesetter.cell(role, self.words.description, STRONG, self.description),
        ];
        for (column, place) in self.columns.iter().zip(&self.places) {
            cells.push(right(typesetter, role, &column.head, STRONG, *place));
        }
        Row {
            below: 4.0,
            ..self.row(cells, Rule::None)
        }
    }

    fn item(&self, typesetter: &mut Typesetter, position: usize, item: &Item) -> Row {
        let mut description = typesetter.cell(Role::Data, &item.name, BODY, self.description);
        for text in [&item.product_code, &item.note] {
            let more = typesetter.cell(Role::Data, text, PALE, self.description);
            description.lines.extend(more.lines);
        }
        let position = typesetter.cell(Role::Data, &position.to_string(), BODY, self.first);
        let mut cells = vec![position, description];
        for (column, place) in self.columns.iter().zip(&self.places) {
            let text = (column.text)(self.words, self.document, item);
            cells.push(right(typesetter, Role::Data, &text, BODY, *place));
        }
        self.row(cells, Rule::Thin)
    }

    /// Text from the descriptions' left edge to the right edge of the page.
    fn text(&self, typesetter: &mut Typesetter, text: &str) -> Row {
        let place = (self.description.0, MARGIN + TEXT_WIDTH - self.description.0);
        let cell = typesetter.cell(Role::Data, text, BODY, place);
        self.row(vec![cell], Rule::Thin)
    }

    fn row(&self, cells: Vec<Cell>, rule: Rule) -> Row {
        Row {
            above: 4.0,
            below: 4.0,
            rule,
            table: Some(1),
            ..Row::of(cells)
        }
    }
}

fn right(typesetter: &mut Typesetter, role: Role, text: &str, style: Style, place: Place) -> Cell {
    Cell {
        role,
        x: place.0,
        lines: typesetter.shared(text, style, place.1, Edge::Right),
    }
}
