//! W3C trace context, level 1: the `traceparent` header.

use std::fmt;

use http::HeaderMap;
use uuid::Uuid;

/// Where a call stands in a trace, in the extensions of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace, never nought.
    pub trace_id: u128,
    /// This call, never nought.
    pub span_id: u64,
    /// The call that caused this one, where the caller said so.
    pub parent_id: Option<u64>,
    /// Whether the caller records the trace.
    pub sampled: bool,
}

impl TraceContext {
    /// The caller's trace, if its header is valid; else the start of a new one.
    pub(super) fn of(headers: &HeaderMap) -> TraceContext {
        let (random, span_id) = (
            Uuid::new_v4().as_u128(),
            (Uuid::new_v4().as_u128() as u64).max(1),
        );
        let given = headers
            .get("traceparent")
            .and_then(|value| parse(value.to_str().ok()?));
        match given {
            Some((trace_id, parent, sampled)) => TraceContext {
                trace_id,
                span_id,
                parent_id: Some(parent),
                sampled,
            },
            None => TraceContext {
                trace_id: random,
                span_id,
                parent_id: None,
                sampled: false,
            },
        }
    }

    /// The trace id as 32 hexadecimal digits.
    pub fn trace(&self) -> impl fmt::Display + use<> {
        Hex {
            digits: 32,
            value: self.trace_id,
        }
    }

    /// The id of this call as 16 hexadecimal digits.
    pub fn span(&self) -> impl fmt::Display + use<> {
        Hex {
            digits: 16,
            value: u128::from(self.span_id),
        }
    }
}

struct Hex {
    digits: usize,
    value: u128,
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.value, width = self.digits)
    }
}

/// `VERSION-TRACE-PARENT-FLAGS`; versions after 00 may append further parts.
fn parse(text: &str) -> Option<(u128, u64, bool)> {
    let mut parts = text.split('-');
    let version = hex(parts.next()?, 2)?;
    let trace_id = hex(parts.next()?, 32)?;
    let parent_id = u64::try_from(hex(parts.next()?, 16)?).ok()?;
    let flags = hex(parts.next()?, 2)?;
    let known = version == 0 && parts.next().is_none() || (1..0xff).contains(&version);
    (known && trace_id != 0 && parent_id != 0).then_some((trace_id, parent_id, flags & 1 == 1))
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (text.len() == digits && text.bytes().all(lower))
        .then(|| u128::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_valid_header_is_read_and_anything_else_is_not() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(
            parse(valid),
            Some((
                0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
                0x00f0_67aa_0ba9_02b7,
                true
            ))
        );
        assert!(parse("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-later").is_some());
        for wrong in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
