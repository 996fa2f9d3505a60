//! Points in time and spans of it, as proto3 JSON writes them.

use std::io::Write as _;

use ::time::format_description::well_known::Rfc3339;
use ::time::{OffsetDateTime, UtcOffset};

/// The first and the last second that a timestamp may have: the years 1 to 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// The longest span: about 10,000 years.
const LONGEST: i64 = 315_576_000_000;

/// Appends `2026-11-22T03:04:05Z`, with three, six or nine digits of a second where it has them. `None` out of range.
pub(super) fn show_timestamp(seconds: i64, nanos: i32, out: &mut Vec<u8>) -> Option<()> {
    let nanos = u32::try_from(nanos)
        .ok()
        .filter(|nanos| *nanos < 1_000_000_000)?;
    let time = OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .filter(|_| SECONDS.contains(&seconds))?;
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    let month = u8::from(month);
    write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    )
    .ok()?;
    show_fraction(nanos, out)?;
    out.push(b'Z');
    Some(())
}

/// Reads RFC 3339 in any offset, as seconds and nanoseconds since 1970.
pub(super) fn read_timestamp(text: &str) -> Result<(i64, i32), String> {
    let wrong = || "must be a time such as 2026-11-22T03:04:05Z, in the years 1 to 9999".to_owned();
    let letters = |b: u8| b.is_ascii_digit() || b"-:.TZ+".contains(&b);
    if !text.bytes().all(letters) {
        return Err(wrong());
    }
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| wrong())?;
    let time = time.checked_to_offset(UtcOffset::UTC).ok_or_else(wrong)?;
    let seconds = time.unix_timestamp();
    if !SECONDS.contains(&seconds) {
        return Err(wrong());
    }
    // Below a thousand million, as every count of nanoseconds in a second.
    Ok((seconds, time.nanosecond() as i32))
}

/// Appends `1.500s`. `None` out of range.
pub(super) fn show_duration(seconds: i64, nanos: i32, out: &mut Vec<u8>) -> Option<()> {
    let one_way = seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0);
    if !one_way
        || seconds.unsigned_abs() > LONGEST.unsigned_abs()
        || nanos.unsigned_abs() >= 1_000_000_000
    {
        return None;
    }
    if seconds < 0 || nanos < 0 {
        out.push(b'-');
    }
    write!(out, "{}", seconds.unsigned_abs()).ok()?;
    show_fraction(nanos.unsigned_abs(), out)?;
    out.push(b's');
    Some(())
}

/// Reads seconds with up to nine digits after the point and an `s`.
pub(super) fn read_duration(text: &str) -> Result<(i64, i32), String> {
    let wrong = || "must be seconds such as 15s or 1.500s".to_owned();
    let number = text.strip_suffix('s').ok_or_else(wrong)?;
    let (negative, number) = match number.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return Err(wrong());
    }
    let seconds: i64 = whole.parse().map_err(|_| wrong())?;
    let nanos: i32 = format!("{fraction:0<9}").parse().map_err(|_| wrong())?;
    if seconds > LONGEST {
        return Err(wrong());
    }
    Ok(if negative {
        (-seconds, -nanos)
    } else {
        (seconds, nanos)
    })
}

fn show_fraction(nanos: u32, out: &mut Vec<u8>) -> Option<()> {
    match nanos {
        0 => Ok(()),
        n if n % 1_000_000 == 0 => write!(out, ".{:03}", n / 1_000_000),
        n if n % 1_000 == 0 => write!(out, ".{:06}", n / 1_000),
        n => write!(out, ".{n:09}"),
    }
    .ok()
}
