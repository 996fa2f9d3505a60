//! What the comments of fields say about their limits, in the words that the protobuf files use throughout:
//! `at most 500 characters`, `1 to 64 characters`, `0 to 10,000`, `zero or more`.

/// The least and the most of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub least: Option<i64>,
    /// The most.
    pub most: Option<i64>,
}

/// How many characters a text may have.
pub fn characters(comment: &str) -> Bounds {
    before_word(comment, "characters")
}

/// How many characters the keys of a map may have: `keys of 1 to 64`.
pub fn keys(comment: &str) -> Option<Bounds> {
    let (_, after) = comment.split_once("keys of ")?;
    let words: Vec<&str> = after.split_whitespace().take(3).collect();
    let most = number(words.get(2)?)?;
    Some(range_before(&words, 2, most))
}

/// How many items a list may have. Words such as `at most 64 characters each` are about the items.
pub fn items(comment: &str) -> Bounds {
    let words: Vec<&str> = comment.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let Some(most) = number(word) else { continue };
        let noun = words
            .get(at + 1)
            .map(|word| word.trim_end_matches([',', '.', ';']));
        if matches!(noun, Some("characters" | "characters.")) {
            continue;
        }
        let found = range_before(&words, at, most);
        if found != Bounds::default() {
            return found;
        }
    }
    Bounds::default()
}

/// Between which numbers a number lies.
pub fn range(comment: &str) -> Bounds {
    let found = items(comment);
    if found.least.is_some() {
        return found;
    }
    let least = ["zero or more", "0 means", "0 for "]
        .iter()
        .any(|words| comment.contains(words));
    Bounds {
        least: least.then_some(0),
        most: None,
    }
}

fn before_word(comment: &str, noun: &str) -> Bounds {
    let words: Vec<&str> = comment.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let most = number(word).filter(|_| {
            words
                .get(at + 1)
                .is_some_and(|next| next.trim_end_matches([',', '.', ';', ')']) == noun)
        });
        if let Some(most) = most {
            return range_before(&words, at, most);
        }
    }
    Bounds::default()
}

/// `at most N` or `M to N`, where N stands at that place.
fn range_before(words: &[&str], at: usize, most: i64) -> Bounds {
    let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied();
    match (before(2), before(1)) {
        (Some("at"), Some("most")) => Bounds {
            least: None,
            most: Some(most),
        },
        (Some(least), Some("to")) => Bounds {
            least: number(least),
            most: number(least).map(|_| most),
        },
        _ => Bounds::default(),
    }
}

/// `1,000` and the like.
fn number(word: &str) -> Option<i64> {
    let digits = word.trim_end_matches([',', '.', ';', ':']).replace(',', "");
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(least: Option<i64>, most: Option<i64>) -> Bounds {
        Bounds { least, most }
    }

    #[test]
    fn the_words_for_limits_are_understood() {
        for (comment, expected) in [
            (
                "The order's `number`, 1 to 64 characters.",
                bounds(Some(1), Some(64)),
            ),
            (
                "A message, kept, at most 4,000 characters.",
                bounds(None, Some(4000)),
            ),
            (
                "Name of the workflow, 1 to 32 characters; it never changes.",
                bounds(Some(1), Some(32)),
            ),
            ("`next_page_token` of the page before.", bounds(None, None)),
            ("The first 8 characters of the key.", bounds(None, None)),
        ] {
            assert_eq!(characters(comment), expected, "{comment}");
        }
        for (comment, expected) in [
            (
                "What is ordered, at most 1,000 lines, replaced as a set.",
                bounds(None, Some(1000)),
            ),
            (
                "The orders, 1 to 500. Each needs a state.",
                bounds(Some(1), Some(500)),
            ),
            (
                "At beyond its role: at most 32 scopes of 1 to 200 characters each.",
                bounds(None, Some(32)),
            ),
            (
                "Keys of states, 1 to 32 characters each.",
                bounds(None, None),
            ),
        ] {
            assert_eq!(items(comment), expected, "{comment}");
        }
        assert_eq!(
            keys("At most 64 entries, keys of 1 to 64 and values of at most 1,000 characters."),
            Some(bounds(Some(1), Some(64)))
        );
        assert_eq!(keys("Keys of states."), None);
        for (comment, expected) in [
            (
                "How many to skip, 0 to 10,000; for callers.",
                bounds(Some(0), Some(10_000)),
            ),
            ("Number of the entry, zero or more.", bounds(Some(0), None)),
            (
                "How many at most; 0 means 50, more than 1,000 means 1,000.",
                bounds(Some(0), None),
            ),
        ] {
            assert_eq!(range(comment), expected, "{comment}");
        }
    }
}
