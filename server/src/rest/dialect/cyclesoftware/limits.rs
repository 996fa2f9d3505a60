//! How often the contract is called, and how every caller is told.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};

use super::{FORMAT, SALES_ORDERS};
use crate::auth::limits::{Allowance, Standing};

/// Calls within a day.
const DAILY: u32 = 15_000;
/// What most calls count as.
const USUAL: Allowance = Allowance {
    kind: "usual",
    per_minute: 360,
    per_day: DAILY,
};
/// Invoices have a minute of their own; the day is the same.
const INVOICES: Allowance = Allowance {
    kind: "invoices",
    per_minute: 15,
    per_day: DAILY,
};

/// What a call counts as, by its path alone.
pub fn of(path: &str) -> &'static Allowance {
    let invoices = path.starts_with(SALES_ORDERS)
        && path
            .strip_suffix(FORMAT)
            .is_some_and(|path| path.ends_with("/create-invoices"));
    if invoices { &INVOICES } else { &USUAL }
}

/// Tells how the caller stands.
pub fn tell(standing: &Standing, headers: &mut HeaderMap) {
    let told = [
        ("x-ratelimit-minutely-limit", i64::from(standing.per_minute)),
        (
            "x-ratelimit-minutely-remaining",
            i64::from(standing.minute_left),
        ),
        ("x-ratelimit-daily-limit", i64::from(standing.per_day)),
        ("x-ratelimit-daily-remaining", i64::from(standing.day_left)),
        (
            "x-ratelimit-daily-reset",
            standing.day_end.micros() / 1_000_000,
        ),
    ];
    for (name, value) in told {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
