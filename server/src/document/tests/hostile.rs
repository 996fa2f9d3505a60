//! Texts that nobody should write, and that somebody will.

use proptest::prelude::*;
use time::macros::date;

use super::reader::{Word, pages, text, words};
use super::sample::{amount, empty, invoice, item};
use super::{drawn, squeezed};
use crate::document::sheet::{MARGIN, PAGE_HEIGHT, PAGE_WIDTH};
use crate::document::*;

/// Whether two words cover each other by more than what their boxes have around them.
fn overlap(one: &Word, other: &Word) -> bool {
    let shared = |a: (f32, f32), b: (f32, f32)| a.1.min(b.1) - a.0.max(b.0);
    one.page == other.page
        && shared((one.left, one.right), (other.left, other.right)) > 1.0
        && shared((one.top, one.bottom), (other.top, other.bottom))
            > 0.3 * (one.bottom - one.top).min(other.bottom - other.top)
}

/// An invoice whose texts are all this one.
fn full_of(text: &str) -> InvoiceDocument {
    let party = Party {
        name: text.to_owned(),
        lines: vec![text.to_owned(); 2],
    };
    let line = Item {
        name: text.to_owned(),
        product_code: text.to_owned(),
        note: text.to_owned(),
        quantity: amount("999999999.9999"),
        unit_name: text.to_owned(),
        unit_price: amount("-999999999999.9999"),
        discount: amount("999999999999.9999"),
        vat_rate: Some(amount("21.2345")),
        amount: amount("-999999999999.9999"),
    };
    InvoiceDocument {
        seller: party.clone(),
        customer: party,
        lines: vec![
            DocumentLine::Text(text.to_owned()),
            DocumentLine::Item(line.clone()),
            DocumentLine::Item(line),
        ],
        notes: text.to_owned(),
        ..invoice()
    }
}

#[test]
fn nothing_overlaps_or_leaves_the_page() {
    for long in ["Wort".repeat(300), "much ado about nothing ".repeat(100)] {
        let words = words(&drawn(&full_of(&long)));
        assert!(words.iter().any(|word| word.page > 1), "several pages");
        for (index, word) in words.iter().enumerate() {
            assert!(
                word.left >= MARGIN - 1.0
                    && word.right <= PAGE_WIDTH - MARGIN + 1.0
                    && word.bottom <= PAGE_HEIGHT,
                "{word:?}"
            );
            let other = words[index + 1..].iter().find(|other| overlap(word, other));
            assert!(other.is_none(), "{word:?} and {other:?}");
        }
    }
}

#[test]
fn a_row_taller_than_a_page_loses_nothing() {
    let long: String = (0..4000).map(|n| format!("w{n} ")).collect();
    let pdf = drawn(&InvoiceDocument {
        lines: vec![item("Bell"), item(&long), item("Lamp")],
        ..invoice()
    });
    let pages = pages(&pdf);
    let found = pages.concat();
    let found: Vec<&str> = found
        .split_whitespace()
        .filter(|word| word.starts_with('w') && word[1..].parse::<u32>().is_ok())
        .collect();
    assert_eq!(found, long.split_whitespace().collect::<Vec<_>>());
    for page in &pages[1..pages.len() - 1] {
        assert!(page.contains("Unit price"), "{page}");
    }
}

#[test]
fn control_characters_are_dropped_and_line_breaks_kept() {
    let pdf = drawn(&InvoiceDocument {
        lines: vec![item(
            "Be\u{0}ll\u{7}\u{1b}[0m\u{7f}\tof\u{85}br\u{feff}ass\r\nand tin",
        )],
        ..empty()
    });
    let text = squeezed(&text(&pdf));
    assert!(text.contains("1 Bell[0m of 2 pcs"), "{text}");
    assert!(text.contains("brass and tin FB-2010"), "{text}");
}

#[test]
fn a_character_of_no_font_is_drawn_as_a_replacement() {
    let pdf = drawn(&InvoiceDocument {
        lines: vec![item("Bell \u{1f6b2} \u{e000} \u{13000} tower")],
        ..empty()
    });
    let text = squeezed(&text(&pdf));
    assert!(
        text.contains("Bell \u{fffd} \u{fffd} \u{fffd} tower"),
        "{text}"
    );
}

#[test]
fn each_script_has_a_font() {
    let names = [
        "Ελληνικά",
        "Українська",
        "עברית",
        "ภาษาไทย",
        "ລາວ",
        "日本語カタカナ",
        "한국어",
        "ქართული",
        "Հայերեն",
        "አማርኛ",
    ];
    // Letters of these are drawn in another order or as one, which readers put together in their own ways.
    let joined = [
        "हिन्दी",
        "বাংলা",
        "ਪੰਜਾਬੀ",
        "ગુજરાતી",
        "தமிழ்",
        "తెలుగు",
        "ಕನ್ನಡ",
        "മലയാളം",
        "සිංහල",
        "ខ្មែរ",
        "မြန်မာ",
    ];
    let lines = names.iter().chain(&joined).map(|name| item(name)).collect();
    let text = text(&drawn(&InvoiceDocument { lines, ..empty() }));
    for name in names {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(!text.contains('\u{fffd}'), "{text}");
}

/// Characters of every kind, those that act on their neighbours more often than by chance.
fn any_text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => any::<char>(),
        2 => proptest::char::range(' ', '~'),
        1 => proptest::char::range('\u{0}', '\u{1f}'),
        1 => proptest::char::range('\u{300}', '\u{36f}'),
        2 => proptest::char::range('\u{590}', '\u{6ff}'),
        1 => proptest::char::range('\u{900}', '\u{e7f}'),
        1 => proptest::char::range('\u{1780}', '\u{17ff}'),
        1 => proptest::char::range('\u{2000}', '\u{206f}'),
        1 => proptest::char::range('\u{3000}', '\u{9fff}'),
        1 => proptest::char::range('\u{fe00}', '\u{feff}'),
    ];
    proptest::collection::vec(character, 0..40).prop_map(|text| text.into_iter().collect())
}

fn any_amount() -> impl Strategy<Value = Decimal> {
    any::<i64>().prop_map(Decimal::from_ten_thousandths)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_invoice_is_drawn(
        texts in proptest::collection::vec(any_text(), 4),
        amounts in proptest::collection::vec(any_amount(), 4),
        number in any::<i64>(),
        decimals in any::<u8>(),
    ) {
        let [sum, rate, price, part] = amounts[..] else { unreachable!("four amounts") };
        let mut document = full_of(&texts[0]);
        document.number = number;
        document.date = date!(-9999 - 01 - 01);
        document.decimals = decimals;
        document.currency_code.clone_from(&texts[1]);
        document.notes.clone_from(&texts[2]);
        document.customer.name.clone_from(&texts[3]);
        document.discount = part;
        document.subtotal = sum;
        document.vat = vec![VatTotal { rate, net: sum, vat: part }; 3];
        document.lines.push(DocumentLine::Item(Item {
            name: texts[3].clone(),
            unit_name: texts[1].clone(),
            quantity: part,
            unit_price: price,
            vat_rate: Some(rate),
            amount: sum,
            ..Item::default()
        }));
        let pdf = draw(&document);
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
        prop_assert_eq!(pdf.ok(), draw(&document.clone()).ok());
    }
}
