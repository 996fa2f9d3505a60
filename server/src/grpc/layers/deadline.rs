//! Deadlines: what a caller asked by `grpc-timeout`, capped.

use std::time::Duration;

use http::HeaderMap;

/// How long a call may take. The header is at most eight digits and a unit; one that is not valid counts
/// as absent, as the gRPC specification leaves it to servers.
pub(super) fn of(headers: &HeaderMap, longest: Duration) -> Duration {
    let given = headers
        .get("grpc-timeout")
        .and_then(|value| parse(value.to_str().ok()?));
    given.map_or(longest, |given| given.min(longest))
}

fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_in_every_unit_and_capped() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("grpc-timeout", text.parse().unwrap());
            of(&headers, Duration::from_secs(30))
        };
        assert_eq!(read("5S"), Duration::from_secs(5));
        assert_eq!(read("250m"), Duration::from_millis(250));
        assert_eq!(read("1u"), Duration::from_micros(1));
        assert_eq!(read("7n"), Duration::from_nanos(7));
        for capped in [
            "1H",
            "1M",
            "99999999H",
            "100000000S",
            "S",
            "",
            "5",
            "5s",
            "-1S",
            "٣S",
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_bytes(capped.as_bytes()) {
                headers.insert("grpc-timeout", value);
            }
            assert_eq!(
                of(&headers, Duration::from_secs(30)),
                Duration::from_secs(30),
                "{capped}"
            );
        }
    }
}
