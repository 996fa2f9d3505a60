//! How often the contract is called, and how every caller is told.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};

use super::{FORMAT, SALES_ORDERS};
use crate::auth::limits::{Allowance, Standing};

/// How many calls a login has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Within any minute.
    pub per_minute: u32,
    /// Within any minute for invoices, which have one of their own.
    pub invoices_per_minute: u32,
    /// Within a day, which is the same for all.
    pub per_day: u32,
}

impl Rates {
    /// What a call counts as, by its path alone.
    pub fn allowance(&self, path: &str) -> Allowance {
        let invoices = path.starts_with(SALES_ORDERS)
            && path
                .strip_suffix(FORMAT)
                .is_some_and(|path| path.ends_with("/create-invoices"));
        let (kind, per_minute) = if invoices {
            ("invoices", self.invoices_per_minute)
        } else {
            ("usual", self.per_minute)
        };
        Allowance {
            kind,
            per_minute,
            per_day: self.per_day,
        }
    }
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
