//! Comments in JSON: the contract's own examples hold them.

use std::borrow::Cow;

/// The text without what stands between `//` and the end of a line, outside strings. Lines and columns stay.
pub fn without(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.windows(2).any(|pair| pair == b"//") {
        return Cow::Borrowed(text);
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied().peekable();
    let mut in_string = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                kept.push(byte);
                kept.extend(rest.next());
                continue;
            }
            b'/' if !in_string && rest.peek() == Some(&b'/') => {
                kept.push(b' ');
                while rest.next_if(|byte| *byte != b'\n').is_some() {
                    kept.push(b' ');
                }
                continue;
            }
            _ => {}
        }
        kept.push(byte);
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn comments_go_and_strings_stay() {
        for (text, expected) in [
            ("{\"a\": 1}", "{\"a\": 1}"),
            ("[67 // id\n]", "[67      \n]"),
            ("[67 // id", "[67      "),
            ("\"http://x\"", "\"http://x\""),
            ("\"a\\\"//b\" // c", "\"a\\\"//b\"     "),
            ("1 / 2", "1 / 2"),
            ("\"a\\", "\"a\\"),
            ("//", "  "),
            ("\"//", "\"//"),
        ] {
            let kept = without(text.as_bytes());
            assert_eq!(std::str::from_utf8(&kept), Ok(expected), "{text}");
        }
    }
}
