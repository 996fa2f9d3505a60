//! Amounts of money and decimal numbers.

use order_status_proto as proto;

use super::reader::{Path, Reader};
use crate::domain::decimal::{Decimal, LARGEST, SCALE};

/// How many nanos one ten-thousandth is.
const NANOS: i64 = 100_000;

impl Reader {
    /// An amount in the order's currency; `None` where there is none or where it is wrong, which is
    /// noted.
    pub fn money(&mut self, path: &Path<'_>, given: Option<&proto::Money>) -> Option<Decimal> {
        let given = given?;
        if !given.currency_code.is_empty() {
            self.note_currency(path, &given.currency_code);
        }
        self.amount(path, given)
    }

    /// An amount whose currency is checked elsewhere; `None` where it is wrong, which is noted.
    pub fn amount(&mut self, path: &Path<'_>, given: &proto::Money) -> Option<Decimal> {
        let nanos = i64::from(given.nanos);
        let at_nanos = path.field("nanos");
        if nanos.abs() >= NANOS * SCALE {
            self.refuse(
                &at_nanos,
                format!("{nanos} is not between -999,999,999 and 999,999,999"),
            );
            return None;
        }
        if (given.units > 0 && nanos < 0) || (given.units < 0 && nanos > 0) {
            self.refuse(&at_nanos, "has another sign than units");
            return None;
        }
        if nanos % NANOS != 0 {
            self.refuse(&at_nanos, format!("{nanos} is finer than four decimals"));
            return None;
        }
        let value = given
            .units
            .checked_mul(SCALE)
            .and_then(|whole| whole.checked_add(nanos / NANOS))
            .map(Decimal::from_ten_thousandths)
            .filter(|value| value.in_bounds());
        if value.is_none() {
            self.refuse(&path.field("units"), format!("is beyond {LARGEST}"));
        }
        value
    }

    /// A decimal number; `None` where there is none or where it is wrong, which is noted.
    pub fn decimal(&mut self, path: &Path<'_>, given: Option<&proto::Decimal>) -> Option<Decimal> {
        let given = given?;
        let value = Decimal::parse(&given.value);
        if value.is_none() {
            let described = "is not a decimal number such as -12.5, with at most four decimals and";
            self.refuse(
                &path.field("value"),
                format!("{described} at most {LARGEST}"),
            );
        }
        value
    }
}

/// An amount for the wire.
pub fn money(value: Decimal, currency: &str) -> proto::Money {
    let parts = value.ten_thousandths();
    proto::Money {
        currency_code: currency.to_owned(),
        units: parts / SCALE,
        // Below 10^9 since the remainder is below one.
        nanos: (parts % SCALE * NANOS) as i32,
    }
}

/// A decimal number for the wire.
pub fn decimal(value: Decimal) -> proto::Decimal {
    proto::Decimal {
        value: value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(units: i64, nanos: i32) -> (Option<Decimal>, Vec<String>) {
        let mut reader = Reader::default();
        let given = proto::Money {
            currency_code: String::new(),
            units,
            nanos,
        };
        let value = reader.money(&Path::Request.field("amount"), Some(&given));
        (
            value,
            reader
                .found()
                .iter()
                .map(|(field, _)| (*field).to_owned())
                .collect(),
        )
    }

    #[test]
    fn amounts_with_up_to_four_decimals_are_taken_as_they_are() {
        for (units, nanos, parts) in [
            (0, 0, 0),
            (12, 500_000_000, 125_000),
            (-3, -100_000, -30_001),
            (0, -999_900_000, -9_999),
        ] {
            let expected = Some(Decimal::from_ten_thousandths(parts));
            assert_eq!(read(units, nanos), (expected, vec![]), "{units} {nanos}");
        }
    }

    #[test]
    fn nanos_that_are_finer_or_out_of_range_or_of_another_sign_are_refused_by_name() {
        for (units, nanos) in [
            (1, 1),
            (1, 50_000),
            (0, 1_000_000_000),
            (1, -500_000_000),
            (-1, 500_000_000),
            (0, i32::MIN),
        ] {
            assert_eq!(
                read(units, nanos),
                (None, vec!["amount.nanos".to_owned()]),
                "{units} {nanos}"
            );
        }
    }

    #[test]
    fn amounts_beyond_what_is_kept_are_refused_by_name() {
        for units in [i64::MAX, i64::MIN, 1_000_000_000_001] {
            assert_eq!(
                read(units, 0),
                (None, vec!["amount.units".to_owned()]),
                "{units}"
            );
        }
    }

    #[test]
    fn the_currencies_that_amounts_name_are_kept_by_their_paths() {
        let mut reader = Reader::default();
        let given = proto::Money {
            currency_code: "USD".to_owned(),
            units: 1,
            nanos: 0,
        };
        let order = Path::Request.field("order");
        assert!(reader.money(&order.field("tax"), Some(&given)).is_some());
        let named = reader.take_currencies(&order);
        assert_eq!(named, [("tax.currency_code".to_owned(), "USD".to_owned())]);
        assert!(reader.take_currencies(&order).is_empty());
    }

    #[test]
    fn decimal_text_of_another_form_is_refused_by_name() {
        for text in ["", "1e3", "0.00001", "ten", "1,5"] {
            let mut reader = Reader::default();
            let given = proto::Decimal {
                value: text.to_owned(),
            };
            assert_eq!(
                reader.decimal(&Path::Request.field("quantity"), Some(&given)),
                None
            );
            assert_eq!(
                reader.found().first().map(|(field, _)| *field),
                Some("quantity.value")
            );
        }
    }

    proptest! {
        #[test]
        fn every_amount_comes_back_as_it_went(parts in -LARGEST.ten_thousandths()..=LARGEST.ten_thousandths()) {
            let value = Decimal::from_ten_thousandths(parts);
            let sent = money(value, "EUR");
            let mut reader = Reader::default();
            prop_assert_eq!(reader.money(&Path::Request, Some(&sent)), Some(value));
            prop_assert!(reader.found().is_empty());
        }
    }
}
