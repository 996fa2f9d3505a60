//! Reads the fields of a body, and notes what is wrong with them.

use order_status_proto::{Decimal, Money};

use crate::rest::dialect::amount;
use crate::rest::dialect::getfly::refused::Refused;
use crate::rest::dialect::json::{Json, Object};

/// How many problems are told at once.
const MOST_PROBLEMS: usize = 20;
/// How many items of a list are read: more than the API takes, so that it is the one to refuse.
const MOST_ITEMS: usize = 1001;

/// Reads fields and notes what is wrong with them.
#[derive(Default)]
pub struct Reader {
    problems: Vec<String>,
}

impl Reader {
    /// Notes a problem.
    pub fn problem(&mut self, problem: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// What was read.
    ///
    /// # Errors
    /// Every problem that was noted.
    pub fn finish<T>(self, read: T) -> Result<T, Refused> {
        if self.problems.is_empty() {
            Ok(read)
        } else {
            Err(Refused::bad_request(self.problems.join("; ")))
        }
    }

    /// The items of a list, where it is given.
    pub fn list<T>(
        &mut self,
        body: &Object<'_>,
        name: &str,
        read: fn(&mut Reader, &Object<'_>, &str) -> T,
    ) -> Option<Vec<T>> {
        let items = match self.value(body, "", name) {
            Json::Null => return None,
            Json::List(items) => items,
            _ => {
                self.problem(format!("{name} must be a list"));
                return None;
            }
        };
        let mut all = Vec::new();
        for (at, item) in items.into_iter().enumerate().take(MOST_ITEMS) {
            match Json::of(item) {
                Ok(Json::Object(item)) => all.push(read(self, &item, &format!("{name}[{at}]."))),
                Ok(_) => self.problem(format!("{name}[{at}] must be an object")),
                Err(error) => self.problem(format!("{name}[{at}]: {error}")),
            }
        }
        Some(all)
    }

    /// A field as it is given; null where it is not there.
    pub fn value<'a>(&mut self, object: &Object<'a>, at: &str, name: &str) -> Json<'a> {
        object.get(name).unwrap_or_else(|error| {
            self.problem(format!("{at}{name}: {error}"));
            Json::Null
        })
    }

    /// A text, where it is given.
    pub fn text(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<String> {
        match self.value(object, at, name) {
            Json::Null => None,
            Json::Text(text) => Some(text),
            _ => {
                self.problem(format!("{at}{name} must be a text"));
                None
            }
        }
    }

    /// A number, where it is given.
    fn number<T>(
        &mut self,
        object: &Object<'_>,
        at: &str,
        name: &str,
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let found = match self.value(object, at, name) {
            Json::Null => return None,
            Json::Number(digits) => read(digits),
            _ => {
                self.problem(format!("{at}{name} must be a number"));
                return None;
            }
        };
        if found.is_none() {
            self.problem(format!("{at}{name} is too long a number"));
        }
        found
    }

    /// An amount, where it is given.
    pub fn money(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<Money> {
        self.number(object, at, name, amount::money)
    }

    /// A decimal number, where it is given.
    pub fn decimal(&mut self, object: &Object<'_>, at: &str, name: &str) -> Option<Decimal> {
        self.number(object, at, name, amount::decimal)
    }
}
