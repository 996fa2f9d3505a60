//! Numbers of contracts as amounts and decimals of the API, and back: digit for digit.

use order_status_proto::{Decimal, Money};

/// How many digits a number may have before or after the point.
const MOST_DIGITS: usize = 18;

/// The number, as JSON writes numbers, in plain digits: `-12.5`. `None` where it is none, or longer than any amount.
pub fn plain(number: &str) -> Option<String> {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i16>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    // Where the point stands, counted from the first significant digit.
    let leading = all.len() - significant.len();
    let point =
        i64::try_from(whole.len()).ok()? + i64::from(exponent) - i64::try_from(leading).ok()?;
    let significant = significant.trim_end_matches('0');
    let most = i64::try_from(MOST_DIGITS).ok()?;
    if significant.len() > 2 * MOST_DIGITS || !(-most..=most).contains(&point) {
        return None;
    }
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) if point >= significant.len() => {
            (format!("{significant:0<point$}"), String::new())
        }
        Ok(point) => {
            let (whole, fraction) = significant.split_at(point);
            (whole.to_owned(), fraction.to_owned())
        }
        Err(_) => {
            let zeros = usize::try_from(-point).ok()?;
            (String::new(), format!("{}{significant}", "0".repeat(zeros)))
        }
    };
    let whole = if whole.is_empty() { "0" } else { &whole };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

/// The number as an amount in the order's currency. `None` where it is none, or finer than nanos.
pub fn money(number: &str) -> Option<Money> {
    let plain = plain(number)?;
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 9 {
        return None;
    }
    let units: i64 = whole.parse().ok()?;
    let nanos: i32 = format!("{fraction:0<9}").parse().ok()?;
    Some(Money {
        currency_code: String::new(),
        units: i64::from(sign) * units,
        nanos: sign * nanos,
    })
}

/// The number as a decimal of the API. `None` where it is none.
pub fn decimal(number: &str) -> Option<Decimal> {
    plain(number).map(|value| Decimal { value })
}

/// The amount in plain digits, without a point where it is whole: `83706.5`. None is nought.
pub fn digits(amount: Option<&Money>) -> String {
    let (units, nanos) = amount.map_or((0, 0), |amount| (amount.units, amount.nanos));
    let sign = if units < 0 || nanos < 0 { "-" } else { "" };
    let (whole, parts) = (units.unsigned_abs(), nanos.unsigned_abs());
    let fraction = format!("{parts:09}");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

/// The amount with at least one digit after the point: `36364.0`.
pub fn float(amount: Option<&Money>) -> String {
    let digits = digits(amount);
    if digits.contains('.') {
        digits
    } else {
        format!("{digits}.0")
    }
}

/// The sum of two amounts of one currency; `None` where it does not fit.
pub fn sum(one: &Money, other: &Money) -> Option<Money> {
    const NANOS: i128 = 1_000_000_000;
    let whole = |amount: &Money| i128::from(amount.units) * NANOS + i128::from(amount.nanos);
    let sum = whole(one) + whole(other);
    Some(Money {
        currency_code: one.currency_code.clone(),
        units: i64::try_from(sum / NANOS).ok()?,
        nanos: i32::try_from(sum % NANOS).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(units: i64, nanos: i32) -> Money {
        Money {
            currency_code: String::new(),
            units,
            nanos,
        }
    }

    #[test]
    fn numbers_become_the_very_amounts_that_they_are() {
        for (number, expected) in [
            ("0", Some(amount(0, 0))),
            ("-0.0", Some(amount(0, 0))),
            ("65000", Some(amount(65000, 0))),
            ("83706.5", Some(amount(83706, 500_000_000))),
            ("-3.0001", Some(amount(-3, -100_000))),
            ("6.5e4", Some(amount(65000, 0))),
            ("0.1", Some(amount(0, 100_000_000))),
            ("1e-9", Some(amount(0, 1))),
            ("125E-2", Some(amount(1, 250_000_000))),
            ("9007199254740993", Some(amount(9_007_199_254_740_993, 0))),
            ("1e-10", None),
            ("1e400", None),
            ("1e99999999999", None),
            ("99999999999999999999", None),
            ("ten", None),
            ("", None),
        ] {
            assert_eq!(money(number), expected, "{number}");
        }
    }

    #[test]
    fn amounts_are_printed_in_their_own_digits() {
        for (given, plain, with_point) in [
            (amount(36364, 0), "36364", "36364.0"),
            (amount(83706, 500_000_000), "83706.5", "83706.5"),
            (amount(0, -100_000), "-0.0001", "-0.0001"),
            (amount(0, 0), "0", "0.0"),
        ] {
            assert_eq!(digits(Some(&given)), plain);
            assert_eq!(float(Some(&given)), with_point);
        }
        assert_eq!(float(None), "0.0");
    }

    #[test]
    fn sums_carry() {
        let half = amount(0, 500_000_000);
        assert_eq!(sum(&half, &half), Some(amount(1, 0)));
        assert_eq!(sum(&amount(1, 0), &amount(-1, -1)), Some(amount(0, -1)));
        assert_eq!(sum(&amount(i64::MAX, 0), &amount(1, 0)), None);
    }
}
