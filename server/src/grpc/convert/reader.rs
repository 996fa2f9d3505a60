//! Reads the fields of a request and gathers everything that is wrong with them.

use std::fmt;

use crate::domain::refusal::{Refusal, Violation};

/// Where a field is in its request: `order.lines[0].quantity`.
#[derive(Clone, Copy)]
pub enum Path<'a> {
    /// The request itself.
    Request,
    /// A field of the message at a path.
    Field(&'a Path<'a>, &'a str),
    /// An item of the repeated field at a path.
    Item(&'a Path<'a>, usize),
}

impl<'a> Path<'a> {
    /// The path of a field of the message that is at this path.
    pub const fn field(&'a self, name: &'a str) -> Path<'a> {
        Path::Field(self, name)
    }

    /// The path of an item of the repeated field that is at this path.
    pub const fn item(&'a self, index: usize) -> Path<'a> {
        Path::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Request => Ok(()),
            Path::Field(Path::Request, name) => f.write_str(name),
            Path::Field(parent, name) => write!(f, "{parent}.{name}"),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// What is wrong with a request so far, and which currencies its amounts name.
#[derive(Debug, Default)]
pub struct Reader {
    violations: Vec<Violation>,
    currencies: Vec<(String, String)>,
}

impl Reader {
    /// Notes that a field has the wrong form.
    pub fn refuse(&mut self, path: &Path<'_>, description: impl Into<String>) {
        self.violations
            .push(Violation::new(path.to_string(), description));
    }

    /// Notes that a field names something that does not exist.
    pub fn unknown(&mut self, path: &Path<'_>, given: &str, known: &[String]) {
        self.violations
            .push(Violation::unknown(path.to_string(), given, known));
    }

    /// Text, which may hold everything but NUL.
    pub fn text(&mut self, path: &Path<'_>, text: String) -> String {
        if text.contains('\0') {
            self.refuse(path, "holds the character NUL");
        }
        text
    }

    /// A field that has to be there.
    pub fn required<T>(&mut self, path: &Path<'_>, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.refuse(path, "is required");
        }
        value
    }

    /// The number of something, counted from 1.
    pub fn id(&mut self, path: &Path<'_>, id: i64) -> i64 {
        if id < 1 {
            self.refuse(path, format!("{id} is not a number from 1 on"));
        }
        id
    }

    /// The value of an enum that is not unspecified; `None` where it is or where the number means
    /// nothing, which is noted together with the numbers that do.
    pub fn code<E: Copy>(
        &mut self,
        path: &Path<'_>,
        number: i32,
        known: &[(i32, &'static str, E)],
    ) -> Option<E> {
        if number == 0 {
            return None;
        }
        let found = known.iter().find(|(code, _, _)| *code == number);
        if found.is_none() {
            let names: Vec<String> = known
                .iter()
                .map(|(code, name, _)| format!("{name} = {code}"))
                .collect();
            self.unknown(path, &number.to_string(), &names);
        }
        found.map(|(_, _, value)| *value)
    }

    /// A UUID; `None` where it is empty or none at all, which is noted.
    pub fn uuid(&mut self, path: &Path<'_>, text: &str) -> Option<[u8; 16]> {
        if text.is_empty() {
            return None;
        }
        match uuid::Uuid::try_parse(text) {
            Ok(id) => Some(*id.as_bytes()),
            Err(_) => {
                self.refuse(
                    path,
                    "is not a UUID such as 6f1c2f6e-6a3a-4c0e-9a35-7f0d6f0a3b11",
                );
                None
            }
        }
    }

    /// Remembers that an amount named its currency.
    pub(super) fn note_currency(&mut self, path: &Path<'_>, code: &str) {
        self.currencies
            .push((path.field("currency_code").to_string(), code.to_owned()));
    }

    /// The currencies that amounts below `message` named so far, by their paths from there.
    pub fn take_currencies(&mut self, message: &Path<'_>) -> Vec<(String, String)> {
        let prefix = format!("{message}.");
        let named = std::mem::take(&mut self.currencies).into_iter();
        let below = |path: String| {
            path.strip_prefix(&prefix)
                .map_or(path.clone(), str::to_owned)
        };
        named.map(|(path, code)| (below(path), code)).collect()
    }

    /// Ends the reading: everything that was wrong, if anything was.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.violations.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self.violations))
        }
    }

    /// Everything that was wrong, for tests: field and description.
    #[cfg(test)]
    pub fn found(&self) -> Vec<(&str, &str)> {
        self.violations
            .iter()
            .map(|v| (v.field.as_str(), v.description.as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_the_api_writes_it() {
        let order = Path::Request.field("order");
        let lines = order.field("lines");
        let line = lines.item(2);
        assert_eq!(
            line.field("quantity").to_string(),
            "order.lines[2].quantity"
        );
    }

    #[test]
    fn an_unknown_enum_number_is_answered_with_the_known_ones() {
        let mut reader = Reader::default();
        let known = [(1, "A", 'a'), (2, "B", 'b')];
        assert_eq!(
            reader.code(&Path::Request.field("kind"), 2, &known),
            Some('b')
        );
        assert_eq!(reader.code(&Path::Request.field("kind"), 0, &known), None);
        assert_eq!(reader.code(&Path::Request.field("kind"), 3, &known), None);
        assert_eq!(
            reader.found(),
            [("kind", "\"3\" is not known here; known: A = 1, B = 2")]
        );
    }

    #[test]
    fn a_request_id_is_a_uuid_or_empty() {
        let mut reader = Reader::default();
        let path = Path::Request.field("request_id");
        assert_eq!(reader.uuid(&path, ""), None);
        assert!(
            reader
                .uuid(&path, "6f1c2f6e-6a3a-4c0e-9a35-7f0d6f0a3b11")
                .is_some()
        );
        assert!(reader.found().is_empty());
        assert_eq!(reader.uuid(&path, "6f1c2f6e"), None);
        assert_eq!(reader.found().len(), 1);
    }
}
