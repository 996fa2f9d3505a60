//! Documents as a reader sees them.

mod hostile;
mod reader;
mod sample;

use self::reader::{info, pages, text};
use self::sample::{NAMES, amount, empty, invoice, item};
use super::*;

fn drawn(document: &InvoiceDocument) -> Vec<u8> {
    draw(document).expect("it is drawn")
}

/// Text with one space where there are several.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn equal_invoices_give_equal_bytes() {
    let document = invoice();
    let first = drawn(&document);
    assert!(first == drawn(&document), "the same again");
    let copy = document.clone();
    let elsewhere = std::thread::spawn(move || drawn(&copy));
    assert!(first == elsewhere.join().expect("it ends"), "a copy");
    let other = InvoiceDocument {
        number: 2,
        ..document
    };
    assert!(first != drawn(&other), "another invoice");
}

#[test]
fn a_page_holds_each_name_and_each_sum() {
    let pdf = drawn(&invoice());
    assert_eq!(pages(&pdf).len(), 1);
    let text = squeezed(&text(&pdf));
    for name in NAMES {
        assert!(text.contains(name), "{name} in {text}");
    }
    for wanted in [
        "Invoice",
        "Number 20173382",
        "Date 2026-11-22",
        "Order 102323",
        "Order date 2026-11-20",
        "Dorpsstraat 12 a",
        "12 Phố Huế, Hà Nội",
        "No. Description Quantity Unit price Discount VAT rate Amount (EUR)",
        "2 pcs 1,234.50 10.00 21% 2,459.00",
        "FB-2010",
        "Delivered on 3 May",
        "9% 100.10 9.01",
        "21% 9,699.90 2,036.98",
        "Subtotal EUR 9,836.00",
        "Discount EUR -36.00",
        "VAT EUR 2,045.99",
        "Service charge EUR 1.01",
        "Delivery EUR 2.02",
        "Installation EUR 3.03",
        "Total EUR 11,852.05",
        "Paid EUR 852.05",
        "Balance due EUR 11,000.00",
        "Payable within 14 days. Thank you.",
        "Page 1 of 1",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    assert!(!text.contains("not a tax document"), "{text}");
}

#[test]
fn a_pro_forma_says_what_it_is_on_each_page() {
    let pdf = drawn(&InvoiceDocument {
        pro_forma: true,
        lines: vec![item("Bell"); 60],
        ..invoice()
    });
    let pages = pages(&pdf);
    assert!(pages.len() > 1);
    for page in pages {
        assert!(page.contains("Pro-forma invoice"), "{page}");
        assert!(page.contains("This is not a tax document."), "{page}");
    }
}

#[test]
fn a_thousand_lines_fill_pages_with_whole_rows() {
    let name = |n: usize| {
        let name = NAMES[n % NAMES.len()];
        format!("first{n} {name} {} last{n}", "word ".repeat(n % 40))
    };
    let lines: Vec<DocumentLine> = (1..=1000).map(|n| item(&name(n))).collect();
    let pdf = drawn(&InvoiceDocument { lines, ..invoice() });
    let pages = pages(&pdf);
    let whole = pages.concat();
    for name in NAMES {
        let words: Vec<&str> = name.split(' ').collect();
        assert!(words.iter().all(|word| whole.contains(word)), "{name}");
    }
    let mut rows = 0;
    for (index, page) in pages.iter().enumerate() {
        let words: Vec<&str> = page.split_whitespace().collect();
        assert!(
            squeezed(page).contains(&format!("Page {} of {}", index + 1, pages.len())),
            "{page}"
        );
        let first: Vec<&str> = words
            .iter()
            .filter_map(|w| w.strip_prefix("first"))
            .collect();
        let last: Vec<&str> = words
            .iter()
            .filter_map(|w| w.strip_prefix("last"))
            .collect();
        assert_eq!(first, last, "rows that begin and that end on page {index}");
        if !first.is_empty() {
            assert!(page.contains("Unit price"), "{page}");
        }
        rows += first.len();
    }
    assert_eq!(rows, 1000);
    assert!(pages[pages.len() - 1].contains("Balance due"));
}

#[test]
fn the_sums_stay_together() {
    let mut turned = false;
    for count in 14..24 {
        let lines = vec![item("Bell"); count];
        let pages = pages(&drawn(&InvoiceDocument { lines, ..invoice() }));
        let with = |word: &str| pages.iter().position(|page| page.contains(word));
        let (first, last) = (with("Subtotal"), with("Balance due"));
        assert_eq!(first, last, "{count} lines");
        assert_eq!(first, Some(pages.len() - 1), "{count} lines");
        turned |= pages.len() == 2 && !pages[1].contains("Bell");
    }
    assert!(turned, "the sums never needed a page of their own");
}

#[test]
fn what_is_empty_is_left_out() {
    let pdf = drawn(&empty());
    assert_eq!(
        squeezed(&text(&pdf)),
        "Invoice Number 1 Date 2026-01-01 Order 1 No. Description Quantity Unit price Amount \
         Subtotal 0 Total 0 Invoice 1 Page 1 of 1"
    );
}

#[test]
fn amounts_keep_each_decimal_and_no_column_is_cut() {
    let sum = Decimal::from_ten_thousandths(i64::MIN);
    let pdf = drawn(&InvoiceDocument {
        decimals: 0,
        currency_code: "VND".to_owned(),
        total: amount("12345678"),
        paid: Some(amount("0.0001")),
        balance: Some(sum),
        ..invoice()
    });
    let text = squeezed(&text(&pdf));
    for wanted in [
        "Total VND 12,345,678 ",
        "Paid VND 0.0001",
        "Balance due VND -922,337,203,685,477.5808",
        "Subtotal VND 9,836 ",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[test]
fn the_file_says_what_it_is() {
    let pdf = drawn(&invoice());
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(info(&pdf, "Title"), "Invoice 20173382");
    assert_eq!(info(&pdf, "Author"), NAMES[1]);
    assert!(info(&pdf, "CreationDate").starts_with("2026-11-22T00:00:00"));
    assert_eq!(info(&pdf, "Tagged"), "yes");
    assert!(info(&pdf, "Page size").contains("A4"));
}

#[test]
fn a_party_at_an_address_has_each_line_once() {
    let address = Address {
        company_name: "Fietsen BV".to_owned(),
        name: "Jan Jansen".to_owned(),
        street: "Dorpsstraat".to_owned(),
        house_number: "12".to_owned(),
        house_number_postfix: "a".to_owned(),
        postal_code: "3811 AB".to_owned(),
        city: "Amersfoort".to_owned(),
        country_code: "NL".to_owned(),
        ..Address::default()
    };
    let party = Party::at("Fietsen BV", "Jan Jansen", &address);
    assert_eq!(party.name, "Fietsen BV");
    assert_eq!(
        party.lines,
        ["Jan Jansen", "Dorpsstraat 12 a", "3811 AB Amersfoort", "NL"]
    );
}
