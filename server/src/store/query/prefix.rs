//! Texts that begin with a given one, as a range that an index serves.

/// The least text that comes after every text with this prefix, by bytes; `None` where there is none.
pub fn after_prefix(prefix: &str) -> Option<String> {
    let mut head: Vec<char> = prefix.chars().collect();
    while let Some(last) = head.pop() {
        // The code points of surrogates are no characters.
        let next = if last == '\u{d7ff}' {
            Some('\u{e000}')
        } else {
            char::from_u32(u32::from(last) + 1)
        };
        if let Some(next) = next {
            head.push(next);
            return Some(head.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_prefix;
    use proptest::prelude::*;

    #[test]
    fn a_prefix_of_last_characters_has_nothing_after_it() {
        assert_eq!(after_prefix(""), None);
        assert_eq!(after_prefix("\u{10ffff}\u{10ffff}"), None);
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{d7ff}").as_deref(), Some("\u{e000}"));
    }

    proptest! {
        #[test]
        fn a_text_is_in_the_range_exactly_if_it_has_the_prefix(prefix in "\\PC{1,3}", text in "\\PC{0,5}", joined: bool) {
            let text = if joined { format!("{prefix}{text}") } else { text };
            let in_range = text >= prefix && after_prefix(&prefix).is_none_or(|after| text < after);
            prop_assert_eq!(in_range, text.starts_with(&prefix));
        }
    }
}
