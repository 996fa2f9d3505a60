//! What callers give, read as leniently as the contract asks: JSON or a form, commas after the last member, and the many
//! ways to write a number, true and false. What is null, or not there, is not given.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::LARGEST_BODY;
use super::commas::without_trailing;
use super::form;
use super::refused::Refused;
use crate::rest::dialect::json::{self, Json, Object};

/// What a number has to be.
pub const INTEGER: &str = "has to be a whole number of at most 64 bits";
const BOOLEAN: &str = "has to be true or false, 1 or 0";
const TEXT: &str = "has to be a text";
const OBJECT: &str = "has to be an object or null";
const LIST: &str = "has to be a list of objects";
/// How many items of a list are read: more than the API takes, so that it is the one to refuse.
const MOST_ITEMS: usize = 1001;

/// The members of a request, each of the first object that has it.
#[derive(Debug)]
pub struct Given<'a> {
    objects: Vec<Object<'a>>,
    /// Where they stand, with a dot at the end.
    place: String,
}

/// Reads a body into the JSON of one object. Nothing is an object without members.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refused> {
    let text = json::whole(body, LARGEST_BODY).await?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(b"{}".to_vec());
    }
    if json::is(headers, "application/x-www-form-urlencoded") {
        let text = str::from_utf8(&text).map_err(|_| Refused::unreadable())?;
        return Ok(form::to_json(text.trim()));
    }
    if headers.contains_key(CONTENT_TYPE) && !json::is_json(headers) {
        let rule = "has to be application/json or application/x-www-form-urlencoded, in UTF-8";
        return Err(Refused::field("Content-type", rule));
    }
    if Object::parse(&text).is_ok() {
        return Ok(text);
    }
    Ok(without_trailing(&text))
}

impl<'a> Given<'a> {
    /// Reads a text that is one object.
    pub fn of(text: &'a [u8]) -> Result<Given<'a>, Refused> {
        Ok(Given::at(Object::parse(text)?, String::new()))
    }

    fn at(object: Object<'a>, place: String) -> Given<'a> {
        Given {
            objects: vec![object],
            place,
        }
    }

    /// The same, with those members of another one that are not given here.
    #[must_use]
    pub fn or(mut self, other: Given<'a>) -> Given<'a> {
        self.objects.extend(other.objects);
        self
    }

    /// The whole name of a member.
    pub fn named(&self, name: &str) -> String {
        format!("{}{name}", self.place)
    }

    /// A refusal of one of the members.
    pub fn wrong(&self, name: &str, rule: &str) -> Refused {
        Refused::field(&self.named(name), rule)
    }

    fn get(&self, name: &str) -> Result<Json<'a>, Refused> {
        for object in &self.objects {
            match object.get(name)? {
                Json::Null => {}
                given => return Ok(given),
            }
        }
        Ok(Json::Null)
    }

    /// A number. An empty text is none.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refused> {
        let read = match self.get(name)? {
            Json::Null => return Ok(None),
            Json::Text(text) if text.trim().is_empty() => return Ok(None),
            Json::Number(text) => integer(text),
            Json::Text(text) => integer(text.trim()),
            _ => None,
        };
        read.map(Some).ok_or_else(|| self.wrong(name, INTEGER))
    }

    /// A number that has to be given.
    pub fn required_integer(&self, name: &str) -> Result<i64, Refused> {
        self.integer(name)?
            .ok_or_else(|| self.wrong(name, "is required"))
    }

    /// True or false. An empty text is false.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        let read = match self.get(name)? {
            Json::Null => return Ok(None),
            Json::Bool(value) => Some(value),
            Json::Number(text) => boolean(text),
            Json::Text(text) => boolean(text.trim()),
            _ => None,
        };
        read.map(Some).ok_or_else(|| self.wrong(name, BOOLEAN))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<String>, Refused> {
        match self.get(name)? {
            Json::Null => Ok(None),
            Json::Text(text) => Ok(Some(text)),
            _ => Err(self.wrong(name, TEXT)),
        }
    }

    /// An object. An empty text is none.
    pub fn object(&self, name: &str) -> Result<Option<Given<'a>>, Refused> {
        match self.get(name)? {
            Json::Null => Ok(None),
            Json::Text(text) if text.is_empty() => Ok(None),
            Json::Object(object) => Ok(Some(Given::at(object, format!("{}{name}.", self.place)))),
            _ => Err(self.wrong(name, OBJECT)),
        }
    }

    /// A list of objects. An empty text is an empty one.
    pub fn objects(&self, name: &str) -> Result<Vec<Given<'a>>, Refused> {
        let items = match self.get(name)? {
            Json::Null => return Ok(Vec::new()),
            Json::Text(text) if text.is_empty() => return Ok(Vec::new()),
            Json::List(items) => items,
            _ => return Err(self.wrong(name, LIST)),
        };
        let item = |(at, item)| match Json::of(item)? {
            Json::Object(object) => {
                let place = format!("{}{name}[{at}].", self.place);
                Ok(Given::at(object, place))
            }
            _ => Err(self.wrong(name, LIST)),
        };
        items
            .into_iter()
            .take(MOST_ITEMS)
            .enumerate()
            .map(item)
            .collect()
    }
}

/// Digits, with a sign perhaps.
pub fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(value: &str) -> String {
        format!("{{\"x\": {value}}}")
    }

    #[test]
    fn true_and_false_are_written_in_many_ways() {
        let read = |value: &str| {
            let text = given(value);
            let given = Given::of(text.as_bytes()).expect("an object");
            given.boolean("x").ok()
        };
        for value in ["true", "1", "\"1\"", "\"true\"", "\"TRUE\"", "\" True \""] {
            assert_eq!(read(value), Some(Some(true)), "{value}");
        }
        for value in ["false", "0", "\"0\"", "\"false\"", "\"False\"", "\"\""] {
            assert_eq!(read(value), Some(Some(false)), "{value}");
        }
        assert_eq!(read("null"), Some(None));
        for value in ["2", "-1", "1.0", "\"yes\"", "\"on\"", "[]", "{}", "[true]"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn numbers_are_digits_in_a_text_or_out_of_it() {
        let read = |value: &str| {
            let text = given(value);
            let given = Given::of(text.as_bytes()).expect("an object");
            given.integer("x").ok()
        };
        for (value, number) in [
            ("7", Some(7)),
            ("\"7\"", Some(7)),
            ("\" 07 \"", Some(7)),
            ("-1", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("null", None),
            ("\"\"", None),
        ] {
            assert_eq!(read(value), Some(number), "{value}");
        }
        for value in [
            "9223372036854775808",
            "1.0",
            "1e2",
            "\"+1\"",
            "\"x\"",
            "true",
            "[1]",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn the_first_object_that_gives_a_member_counts() {
        let (first, second) = (br#"{"a": 1, "b": null}"#, br#"{"a": 2, "b": 3}"#);
        let one = Given::of(first).expect("an object");
        let both = one.or(Given::of(second).expect("an object"));
        let read = |name| both.integer(name).expect("a number");
        assert_eq!((read("a"), read("b"), read("c")), (Some(1), Some(3), None));
    }
}
