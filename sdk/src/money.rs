//! Amounts and decimal numbers from text and back, exactly.

use std::fmt;

use crate::error::Error;
use crate::types::{Decimal, Money};

/// Decimal places that an amount can hold.
const PLACES: usize = 9;

/// An amount from its decimal text and its currency (ISO 4217).
///
/// ```
/// use order_status_sdk::{MoneyExt as _, money};
///
/// let price = money("12.50", "EUR")?;
/// assert_eq!((price.units, price.nanos), (12, 500_000_000));
/// assert_eq!(price.display().to_string(), "12.50 EUR");
/// # Ok::<_, order_status_sdk::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::is_invalid`] where the text is not a decimal number with at most nine places that
/// fits. The service takes four places at most and judges the currency; this does not.
pub fn money(amount: &str, currency_code: &str) -> Result<Money, Error> {
    let refuse = |why| Error::invalid(format!("{amount:?} is not an amount: {why}"));
    let number = parse(amount).map_err(refuse)?;
    if number.fraction.len() > PLACES {
        return Err(refuse("more than nine decimal places"));
    }
    let units = format!(
        "{}{}",
        number.sign,
        if number.whole.is_empty() {
            "0"
        } else {
            number.whole
        }
    );
    let units: i64 = units.parse().map_err(|_| refuse("too large"))?;
    let nanos: i32 = format!("{}{:0<PLACES$}", number.sign, number.fraction)
        .parse()
        .map_err(|_| refuse("not a fraction"))?;
    Ok(Money {
        currency_code: currency_code.to_owned(),
        units,
        nanos,
    })
}

/// A decimal number from its text: a quantity, a percentage.
///
/// ```
/// assert_eq!(order_status_sdk::decimal("1.5")?.value, "1.5");
/// assert!(order_status_sdk::decimal("1,5").is_err());
/// # Ok::<_, order_status_sdk::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::is_invalid`] where the text is not a decimal number. The service takes four places
/// at most; this does not check.
pub fn decimal(value: &str) -> Result<Decimal, Error> {
    parse(value).map_err(|why| Error::invalid(format!("{value:?} is not a number: {why}")))?;
    Ok(Decimal {
        value: value.to_owned(),
    })
}

/// The parts of a decimal number.
struct Number<'a> {
    sign: &'static str,
    whole: &'a str,
    fraction: &'a str,
}

/// Takes a decimal number apart: an optional sign, digits, and perhaps a point and digits.
fn parse(text: &str) -> Result<Number<'_>, &'static str> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err("no digits");
    }
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .all(|byte| byte.is_ascii_digit())
    {
        return Err("only digits and one point can stand in it");
    }
    Ok(Number {
        sign,
        whole,
        fraction,
    })
}

/// Amounts as text.
pub trait MoneyExt {
    /// The amount and its currency, exactly: `12 EUR`, `12.50 EUR`, `-0.0001 EUR`. A fraction
    /// has two places at least and no zeros beyond.
    fn display(&self) -> DisplayMoney<'_>;
}

impl MoneyExt for Money {
    fn display(&self) -> DisplayMoney<'_> {
        DisplayMoney(self)
    }
}

/// An amount that can be printed.
#[derive(Clone, Copy, Debug)]
pub struct DisplayMoney<'a>(&'a Money);

impl fmt::Display for DisplayMoney<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In 128 bits, so that amounts whose parts disagree in sign still print their sum.
        let nanos = i128::from(self.0.units) * 1_000_000_000 + i128::from(self.0.nanos);
        let sign = if nanos < 0 { "-" } else { "" };
        let (whole, fraction) = (nanos.abs() / 1_000_000_000, nanos.abs() % 1_000_000_000);
        write!(f, "{sign}{whole}")?;
        if fraction != 0 {
            let digits = format!("{fraction:09}");
            write!(f, ".{:0<2}", digits.trim_end_matches('0'))?;
        }
        write!(f, " {}", self.0.currency_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_back_as_they_went_in() {
        for text in [
            "0",
            "12",
            "12.50",
            "-12.50",
            "0.05",
            "-0.05",
            "0.0001",
            "0.000000001",
            "9223372036854775807.999999999",
            "-9223372036854775808.999999999",
        ] {
            let amount = money(text, "EUR").expect(text);
            assert_eq!(amount.display().to_string(), format!("{text} EUR"));
        }
    }

    #[test]
    fn other_ways_to_write_an_amount_mean_the_same() {
        for (text, printed) in [
            ("+1.5", "1.50"),
            (".5", "0.50"),
            ("7.", "7"),
            ("007", "7"),
            ("-0", "0"),
        ] {
            let amount = money(text, "EUR").expect(text);
            assert_eq!(amount.display().to_string(), format!("{printed} EUR"));
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1,5",
            "1.5.0",
            "1e3",
            "--1",
            "+-1",
            " 1",
            "٣",
            "1.0000000001",
            "9223372036854775808",
        ] {
            let error = money(text, "EUR").expect_err(text);
            assert!(error.is_invalid(), "{text}: {error}");
            assert!(error.message().contains(&format!("{text:?}")));
        }
    }
}
