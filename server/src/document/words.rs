//! The words on a document, by language, and how numbers are written in it.

use crate::domain::decimal::{Decimal, SCALE};

/// The words of one language.
pub(super) struct Words {
    /// The language's tag.
    pub(super) language: &'static str,
    /// Between thousands.
    group: &'static str,
    /// Before decimals.
    point: &'static str,
    pub(super) invoice: &'static str,
    pub(super) pro_forma: &'static str,
    pub(super) no_tax_document: &'static str,
    pub(super) number: &'static str,
    pub(super) date: &'static str,
    pub(super) order: &'static str,
    pub(super) order_date: &'static str,
    pub(super) seller: &'static str,
    pub(super) customer: &'static str,
    pub(super) position: &'static str,
    pub(super) description: &'static str,
    pub(super) quantity: &'static str,
    pub(super) unit_price: &'static str,
    pub(super) line_discount: &'static str,
    pub(super) vat_rate: &'static str,
    pub(super) amount: &'static str,
    pub(super) net: &'static str,
    pub(super) vat: &'static str,
    pub(super) subtotal: &'static str,
    pub(super) discount: &'static str,
    pub(super) service: &'static str,
    pub(super) delivery: &'static str,
    pub(super) installation: &'static str,
    pub(super) total: &'static str,
    pub(super) paid: &'static str,
    pub(super) balance: &'static str,
    pub(super) notes: &'static str,
    page: &'static str,
    of: &'static str,
}

/// The words in English.
pub(super) const ENGLISH: Words = Words {
    language: "en",
    group: ",",
    point: ".",
    invoice: "Invoice",
    pro_forma: "Pro-forma invoice",
    no_tax_document: "This is not a tax document.",
    number: "Number",
    date: "Date",
    order: "Order",
    order_date: "Order date",
    seller: "From",
    customer: "To",
    position: "No.",
    description: "Description",
    quantity: "Quantity",
    unit_price: "Unit price",
    line_discount: "Discount",
    vat_rate: "VAT rate",
    amount: "Amount",
    net: "Net",
    vat: "VAT",
    subtotal: "Subtotal",
    discount: "Discount",
    service: "Service charge",
    delivery: "Delivery",
    installation: "Installation",
    total: "Total",
    paid: "Paid",
    balance: "Balance due",
    notes: "Notes",
    page: "Page",
    of: "of",
};

impl Words {
    /// The title of a document.
    pub(super) const fn title(&self, pro_forma: bool) -> &'static str {
        if pro_forma {
            self.pro_forma
        } else {
            self.invoice
        }
    }

    /// Which page this is.
    pub(super) fn page(&self, page: usize, pages: usize) -> String {
        format!("{} {page} {} {pages}", self.page, self.of)
    }

    /// A number with at least so many decimals (0 to 4), and never fewer than it has.
    pub(super) fn decimal(&self, value: Decimal, decimals: u8) -> String {
        let value = value.ten_thousandths();
        let sign = if value < 0 { "-" } else { "" };
        let scale = SCALE.unsigned_abs();
        let (whole, parts) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        let parts = format!("{parts:04}");
        let places = parts
            .trim_end_matches('0')
            .len()
            .max(usize::from(decimals.min(4)));
        let whole = self.grouped(&whole.to_string());
        if places == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}{}{}", self.point, &parts[..places])
    }

    /// A percentage.
    pub(super) fn percent(&self, value: Decimal) -> String {
        format!("{}%", self.decimal(value, 0))
    }

    fn grouped(&self, digits: &str) -> String {
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push_str(self.group);
            }
            grouped.push(digit);
        }
        grouped
    }
}
