//! Exact decimals with four places: amounts of money, quantities and percentages.

use std::fmt;
use std::iter::Sum;

/// A decimal number counted in ten-thousandths.
///
/// One type serves amounts, quantities and percentages: all three travel as text or as units and
/// nanos and never pass through a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

/// How many ten-thousandths make one.
pub const SCALE: i64 = 10_000;

/// The largest magnitude that is accepted from outside: 10^12 whole units. Sums of the lines of one
/// order stay far below what an `i64` of ten-thousandths holds (about 9.2 * 10^14).
pub const LARGEST: Decimal = Decimal(1_000_000_000_000 * SCALE);

impl Decimal {
    /// Nought.
    pub const ZERO: Decimal = Decimal(0);

    /// A whole number.
    pub const fn whole(units: i64) -> Decimal {
        Decimal(units * SCALE)
    }

    /// From ten-thousandths.
    pub const fn from_ten_thousandths(value: i64) -> Decimal {
        Decimal(value)
    }

    /// In ten-thousandths.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Whether this is nought.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or `None` where it does not fit.
    pub fn checked_add(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_add(other.0).map(Decimal)
    }

    /// The difference, or `None` where it does not fit.
    pub fn checked_sub(self, other: Decimal) -> Option<Decimal> {
        self.0.checked_sub(other.0).map(Decimal)
    }

    /// Whether the magnitude is at most [`LARGEST`].
    pub fn in_bounds(self) -> bool {
        self.0.unsigned_abs() <= LARGEST.0.unsigned_abs()
    }

    /// Rounds to `decimals` places (0 to 4), half away from zero.
    pub fn round(self, decimals: u8) -> Decimal {
        let step = 10_i64.pow(4 - u32::from(decimals.min(4)));
        Decimal(divide_half_away(i128::from(self.0), i128::from(step)) as i64 * step)
    }

    /// Reads decimal text such as `-12.5` that comes from outside.
    ///
    /// Returns `None` for anything else, or where the magnitude is over [`LARGEST`].
    pub fn parse(text: &str) -> Option<Decimal> {
        Decimal::read(text).filter(|value| value.in_bounds())
    }

    /// Reads what was printed: an optional sign, digits, and at most four decimals. Sums may be over [`LARGEST`].
    ///
    /// Returns `None` for anything else, or where it does not fit.
    pub fn read(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 15 {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 4 {
            return None;
        }
        let units: i64 = whole.parse().ok()?;
        let parts: i64 = format!("{fraction:0<4}").parse().ok()?;
        let value = units.checked_mul(SCALE)?.checked_add(parts)?;
        Some(Decimal(if negative { -value } else { value }))
    }
}

/// `numerator / denominator` as a decimal of `decimals` places, rounded half away from zero, for a
/// numerator that already counts in ten-thousandths. `None` where it does not fit.
pub fn round_ratio(numerator: i128, denominator: i128, decimals: u8) -> Option<Decimal> {
    let step = 10_i128.pow(4 - u32::from(decimals.min(4)));
    let steps = divide_half_away(numerator, denominator.checked_mul(step)?);
    i64::try_from(steps.checked_mul(step)?).ok().map(Decimal)
}

fn divide_half_away(numerator: i128, denominator: i128) -> i128 {
    let (n, d) = if denominator < 0 {
        (-numerator, -denominator)
    } else {
        (numerator, denominator)
    };
    let quotient = n / d;
    if (n % d).abs() * 2 >= d {
        quotient + n.signum()
    } else {
        quotient
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, parts) = (
            self.0.unsigned_abs() / 10_000,
            self.0.unsigned_abs() % 10_000,
        );
        if parts == 0 {
            return write!(f, "{sign}{whole}");
        }
        write!(
            f,
            "{sign}{whole}.{}",
            format!("{parts:04}").trim_end_matches('0')
        )
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Decimal>>(values: I) -> Decimal {
        Decimal(values.fold(0, |sum, value| sum.saturating_add(value.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_round_away_from_zero() {
        let cases = [
            ("0.5", "1"),
            ("-0.5", "-1"),
            ("1.49", "1"),
            ("2.5", "3"),
            ("-2.5", "-3"),
            ("0.4999", "0"),
        ];
        for (given, rounded) in cases {
            assert_eq!(
                Decimal::parse(given).map(|d| d.round(0)),
                Decimal::parse(rounded),
                "{given}"
            );
        }
    }

    #[test]
    fn text_that_is_not_a_plain_decimal_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1e3",
            "+1",
            "1.00001",
            "١",
            "1,5",
            "1000000000001",
            "--1",
            " 1",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_give_the_same_number(value in -i64::MAX..=i64::MAX) {
            prop_assert_eq!(Decimal::read(&Decimal(value).to_string()), Some(Decimal(value)));
        }

        #[test]
        fn what_comes_from_outside_is_bounded(value in -i64::MAX..=i64::MAX) {
            let value = Decimal(value);
            prop_assert_eq!(Decimal::parse(&value.to_string()), value.in_bounds().then_some(value));
        }

        #[test]
        fn a_rounded_ratio_is_within_half_a_step(n in -1_000_000_000_000_i128..1_000_000_000_000, d in 1_i128..1_000_000, places in 0_u8..=4) {
            let step = 10_i128.pow(4 - u32::from(places));
            let rounded = i128::from(round_ratio(n, d, places).map_or(0, |r| r.0));
            prop_assert_eq!(rounded % step, 0);
            prop_assert!(((rounded * d) - n).abs() * 2 <= step * d);
        }
    }
}
