//! The worked examples of `error_reason.proto`: messages in the manner of protobuf's text format, which the
//! document shows as JSON.
//!
//! `ErrorInfo {reason: "STATE_FINAL", metadata: {"order.id": "12"}}`

use super::json::Json;

/// The messages of an example, in their order: the name of each with its fields. `None` where the text is not
/// of this form.
pub fn messages(text: &str) -> Option<Vec<(String, Json)>> {
    let mut rest = Rest(text);
    let mut messages = Vec::new();
    while !rest.done() {
        let name = rest.word()?;
        messages.push((name, rest.object()?));
    }
    Some(messages)
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn done(&mut self) -> bool {
        self.0 = self.0.trim_start();
        self.0.is_empty()
    }

    fn take(&mut self, sign: char) -> bool {
        self.0 = self.0.trim_start();
        let rest = self.0.strip_prefix(sign);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn word(&mut self) -> Option<String> {
        self.0 = self.0.trim_start();
        let letters = |char: char| char.is_ascii_alphanumeric() || char == '_';
        let end = self.0.find(|char| !letters(char)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }

    /// A text in quotes. A line break within it is one of the comment, not of the text.
    fn text(&mut self) -> Option<String> {
        if !self.take('"') {
            return None;
        }
        let mut text = String::new();
        let mut escaped = false;
        for (at, char) in self.0.char_indices() {
            match char {
                _ if escaped => {
                    text.push(char);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.0 = &self.0[at + 1..];
                    let words: Vec<&str> = text.split_whitespace().collect();
                    return Some(words.join(" "));
                }
                char => text.push(char),
            }
        }
        None
    }

    fn value(&mut self) -> Option<Json> {
        self.0 = self.0.trim_start();
        match self.0.chars().next()? {
            '{' => self.object(),
            '"' => self.text().map(Json::Text),
            _ => None,
        }
    }

    fn object(&mut self) -> Option<Json> {
        if !self.take('{') {
            return None;
        }
        let mut object = Json::object();
        while !self.take('}') {
            self.0 = self.0.trim_start();
            let name = if self.0.starts_with('"') {
                self.text()?
            } else {
                self.word()?
            };
            // Before a message the colon may be left out.
            self.take(':');
            object.put(name, self.value()?);
            self.take(',');
        }
        Some(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_read_message_by_message() {
        let text = "ErrorInfo {reason: \"X\",\n  metadata: {\"order.id\": \"12\", \"etag\": \"\\\"4\\\"\"}}\n\
                    BadRequest {field_violations {field: \"a\",\n  description: \"one;\n  two\"}}";
        let found = messages(text).expect("it has the form");
        assert_eq!(
            serde_json::to_string(&Json::Object(found)).expect("it is JSON"),
            r#"{"ErrorInfo":{"reason":"X","metadata":{"order.id":"12","etag":"\"4\""}},"#
                .to_owned()
                + r#""BadRequest":{"field_violations":{"field":"a","description":"one; two"}}}"#
        );
        assert_eq!(messages("ErrorInfo {reason"), None);
        assert_eq!(messages("ErrorInfo {reason: \"X"), None);
    }
}
