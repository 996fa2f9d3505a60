//! Invoices to draw.

use time::macros::date;

use crate::document::*;

/// Names in the scripts that a customer may write.
pub(super) const NAMES: [&str; 4] = [
    "Công ty TNHH Thương mại Nguyễn Thị Phượng",
    "Fietsenwinkel 't Geïsoleerde Wiel",
    "شركة الأمل علاء الدين للتجارة",
    "上海自行车有限公司",
];

/// Reads an amount.
pub(super) fn amount(text: &str) -> Decimal {
    Decimal::read(text).expect("an amount")
}

/// A line with a discount and VAT.
pub(super) fn item(name: &str) -> DocumentLine {
    DocumentLine::Item(Item {
        name: name.to_owned(),
        product_code: "FB-2010".to_owned(),
        quantity: amount("2"),
        unit_name: "pcs".to_owned(),
        unit_price: amount("1234.5"),
        discount: amount("10"),
        vat_rate: Some(amount("21")),
        amount: amount("2459"),
        ..Item::default()
    })
}

/// An invoice with everything on it.
pub(super) fn invoice() -> InvoiceDocument {
    let [vietnamese, dutch, arabic, chinese] = NAMES.map(str::to_owned);
    let mut lines: Vec<DocumentLine> = NAMES.iter().map(|name| item(name)).collect();
    lines.insert(2, DocumentLine::Text("Delivered on 3 May".to_owned()));
    InvoiceDocument {
        pro_forma: false,
        number: 20_173_382,
        date: date!(2026 - 11 - 22),
        order_number: "102323".to_owned(),
        order_date: Some(date!(2026 - 11 - 20)),
        seller: Party {
            name: dutch,
            lines: vec![
                "Dorpsstraat 12 a".to_owned(),
                "3811 AB Amersfoort".to_owned(),
            ],
        },
        customer: Party {
            name: vietnamese,
            lines: vec![arabic, chinese, "12 Phố Huế, Hà Nội".to_owned()],
        },
        currency_code: "EUR".to_owned(),
        decimals: 2,
        lines,
        subtotal: amount("9836"),
        discount: amount("36"),
        vat: vec![
            VatTotal {
                rate: amount("9"),
                net: amount("100.1"),
                vat: amount("9.01"),
            },
            VatTotal {
                rate: amount("21"),
                net: amount("9699.9"),
                vat: amount("2036.98"),
            },
        ],
        tax: amount("2045.99"),
        charges: vec![
            Charge {
                kind: ChargeKind::Service,
                amount: amount("1.01"),
            },
            Charge {
                kind: ChargeKind::Delivery,
                amount: amount("2.02"),
            },
            Charge {
                kind: ChargeKind::Installation,
                amount: amount("3.03"),
            },
        ],
        total: amount("11852.05"),
        paid: Some(amount("852.05")),
        balance: Some(amount("11000")),
        notes: "Payable within 14 days.\nThank you.".to_owned(),
    }
}

/// An invoice of nothing, where all that may be empty is.
pub(super) fn empty() -> InvoiceDocument {
    InvoiceDocument {
        pro_forma: false,
        number: 1,
        date: date!(2026 - 01 - 01),
        order_number: "1".to_owned(),
        order_date: None,
        seller: Party::default(),
        customer: Party::default(),
        currency_code: String::new(),
        decimals: 0,
        lines: Vec::new(),
        subtotal: Decimal::ZERO,
        discount: Decimal::ZERO,
        vat: Vec::new(),
        tax: Decimal::ZERO,
        charges: Vec::new(),
        total: Decimal::ZERO,
        paid: None,
        balance: None,
        notes: String::new(),
    }
}
