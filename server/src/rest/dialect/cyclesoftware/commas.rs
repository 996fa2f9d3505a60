//! Commas after the last member or item, as the contract's own example has one.

/// The text without commas that stand between a value and the end of its list or object. What is in texts stays.
pub fn without_trailing(json: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(json.len());
    let (mut text, mut escaped) = (false, false);
    // The last byte that is no space, which says whether a comma comes after a value.
    let mut before = b'[';
    for (at, &byte) in json.iter().enumerate() {
        if text {
            (text, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
        } else if byte == b'"' {
            text = true;
        } else if byte == b',' && !matches!(before, b'[' | b'{' | b',' | b':') {
            let mut after = json.iter().skip(at + 1);
            let next = after.find(|next| !next.is_ascii_whitespace());
            if matches!(next, Some(b']' | b'}')) {
                continue;
            }
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
        kept.push(byte);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_comma_between_a_value_and_an_end_goes() {
        for (given, kept) in [
            ("{\"a\": 1,\n }", "{\"a\": 1\n }"),
            ("[1, 2 , ]", "[1, 2  ]"),
            ("[[1,],]", "[[1]]"),
            ("{\"a\": \",]\",}", "{\"a\": \",]\"}"),
            ("{\"a\\\",}\": 1}", "{\"a\\\",}\": 1}"),
            ("{\"a\\\\\":1,}", "{\"a\\\\\":1}"),
            ("[,]", "[,]"),
            ("{,}", "{,}"),
            ("[1,,]", "[1,,]"),
            ("{\"a\":,}", "{\"a\":,}"),
            ("[1,", "[1,"),
            ("{\"a\": \"x,", "{\"a\": \"x,"),
            ("", ""),
        ] {
            let left = without_trailing(given.as_bytes());
            assert_eq!(String::from_utf8_lossy(&left), kept, "{given}");
        }
    }
}
