//! Draws invoices: from a plain description to the bytes of a PDF.
//!
//! Pure and without a clock: equal descriptions give equal bytes. Drawing takes from a few milliseconds to a second, so
//! that a server does it beside its other work.

mod fonts;
mod heading;
mod lines;
mod sheet;
mod text;
mod totals;
mod words;
mod write;

#[cfg(test)]
mod tests;

use time::Date;

use self::sheet::{Cell, MARGIN, Role, Row, Rule, Sheet, TEXT_WIDTH};
use self::text::{Style, Typesetter};
use self::words::{ENGLISH, Words};
use self::write::About;
use crate::domain::address::Address;
use crate::domain::decimal::Decimal;

/// An invoice as it is to be drawn. Nothing is computed here: every sum is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvoiceDocument {
    /// Whether this only announces an invoice, and is no tax document.
    pub(crate) pro_forma: bool,
    /// The number of the invoice.
    pub(crate) number: i64,
    /// The day of the invoice, in the account's time zone; also the date of the file.
    pub(crate) date: Date,
    /// The number of the order.
    pub(crate) order_number: String,
    /// The day of the order, in the account's time zone.
    pub(crate) order_date: Option<Date>,
    /// Who sells.
    pub(crate) seller: Party,
    /// Who is to pay.
    pub(crate) customer: Party,
    /// ISO 4217 code of all amounts; may be empty.
    pub(crate) currency_code: String,
    /// How many decimals an amount has at least (0 to 4). None is ever cut off.
    pub(crate) decimals: u8,
    /// What is invoiced, in order.
    pub(crate) lines: Vec<DocumentLine>,
    /// Sum of the lines' amounts.
    pub(crate) subtotal: Decimal,
    /// Taken off the subtotal; not shown when nought.
    pub(crate) discount: Decimal,
    /// What is taxed and the tax on it, for each rate.
    pub(crate) vat: Vec<VatTotal>,
    /// Sum of all VAT.
    pub(crate) tax: Decimal,
    /// What comes on top; nought is not shown.
    pub(crate) charges: Vec<Charge>,
    /// What the customer owes for all of it.
    pub(crate) total: Decimal,
    /// What is paid of it, where that is to be shown.
    pub(crate) paid: Option<Decimal>,
    /// What is left to pay, where that is to be shown.
    pub(crate) balance: Option<Decimal>,
    /// Terms and remarks, as lines of text; may be empty.
    pub(crate) notes: String,
}

/// A seller or a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Party {
    /// The name, on a line of its own.
    pub(crate) name: String,
    /// What follows below it, such as a contact, an address, a phone number. Empty lines are left out.
    pub(crate) lines: Vec<String>,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DocumentLine {
    /// Something that is sold.
    Item(Item),
    /// Text between the items.
    Text(String),
}

/// Something that is sold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Item {
    /// The article's name.
    pub(crate) name: String,
    /// The article's code; may be empty.
    pub(crate) product_code: String,
    /// A remark; may be empty.
    pub(crate) note: String,
    /// How many.
    pub(crate) quantity: Decimal,
    /// What is counted: piece, hour, kilogram; may be empty.
    pub(crate) unit_name: String,
    /// The price of one.
    pub(crate) unit_price: Decimal,
    /// Taken off the whole line.
    pub(crate) discount: Decimal,
    /// VAT in percent, where there is any.
    pub(crate) vat_rate: Option<Decimal>,
    /// Of the whole line, without VAT.
    pub(crate) amount: Decimal,
}

/// The VAT of one rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct VatTotal {
    /// In percent.
    pub(crate) rate: Decimal,
    /// What the tax is on.
    pub(crate) net: Decimal,
    /// The tax.
    pub(crate) vat: Decimal,
}

/// What comes on top of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    /// What it is for.
    pub(crate) kind: ChargeKind,
    /// How much.
    pub(crate) amount: Decimal,
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChargeKind {
    /// Service.
    Service,
    /// Delivery.
    Delivery,
    /// Installation.
    Installation,
}

/// Why a document could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawError {
    /// The PDF library refused something; no input is known that makes it do so.
    #[error("the PDF library refused the document: {0}")]
    Library(String),
}

/// The text of the document.
const BODY: Style = Style {
    size: 9.0,
    bold: false,
    pale: false,
};
/// Heads of columns and what is to stand out.
const STRONG: Style = Style { bold: true, ..BODY };
/// What is less important.
const PALE: Style = Style {
    size: 8.0,
    bold: false,
    pale: true,
};

/// Draws an invoice as a PDF of A4 pages, in English.
///
/// Any text is drawn: what no font holds as a replacement character, words without an end over several lines.
///
/// # Errors
///
/// If the PDF library refuses the document.
pub(crate) fn draw(document: &InvoiceDocument) -> Result<Vec<u8>, DrawError> {
    let words = &ENGLISH;
    let mut typesetter = Typesetter::new();
    let mut sheet = Sheet::new();
    heading::put(&mut sheet, &mut typesetter, words, document);
    lines::put(&mut sheet, &mut typesetter, words, document);
    totals::put(&mut sheet, &mut typesetter, words, document);
    put_notes(&mut sheet, &mut typesetter, words, &document.notes);

    let title = words.title(document.pro_forma);
    let title = format!("{title} {}", document.number);
    let mut foot = title.clone();
    if document.pro_forma {
        foot = format!("{foot} \u{b7} {}", words.no_tax_document);
    }
    let about = About {
        title,
        author: text::clean(&document.seller.name),
        date: document.date,
        foot,
    };
    write::write(sheet, about, words, &mut typesetter)
}

fn put_notes(sheet: &mut Sheet, typesetter: &mut Typesetter, words: &Words, notes: &str) {
    let text = typesetter.cell(Role::Paragraph, notes, BODY, (MARGIN, TEXT_WIDTH));
    if text.lines.is_empty() {
        return;
    }
    let head = typesetter.cell(Role::Paragraph, words.notes, STRONG, (MARGIN, TEXT_WIDTH));
    sheet.skip(20.0);
    sheet.flow(Row::of(vec![head]), Row::of(vec![text]));
}

impl Party {
    /// Somebody at an address. The address's own company and person are left out where they repeat the name or the
    /// contact.
    pub(crate) fn at(name: &str, contact: &str, address: &Address) -> Party {
        let joined = |parts: &[&str]| {
            let parts: Vec<&str> = parts
                .iter()
                .copied()
                .filter(|part| !part.is_empty())
                .collect();
            parts.join(" ")
        };
        let street = joined(&[
            &address.street,
            &address.house_number,
            &address.house_number_postfix,
        ]);
        let town = joined(&[&address.postal_code, &address.city]);
        let mut lines: Vec<String> = Vec::new();
        for line in [
            contact,
            &address.company_name,
            &address.name,
            &street,
            &town,
            &address.country_code,
            &address.text,
        ] {
            if !line.is_empty() && line != name && !lines.iter().any(|known| known == line) {
                lines.push(line.to_owned());
            }
        }
        Party {
            name: name.to_owned(),
            lines,
        }
    }
}

impl Row {
    /// A row of text, without space around it.
    fn of(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            above: 0.0,
            below: 0.0,
            rule: Rule::None,
            span: (MARGIN, TEXT_WIDTH),
            table: None,
        }
    }
}
