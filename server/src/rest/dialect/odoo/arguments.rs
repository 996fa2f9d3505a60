//! Arguments by position and by name, bound as the contract's own methods bind them.

use serde_json::value::RawValue;

use super::failure::{Failure, quoted};
use crate::rest::dialect::json::{Json, Object};

/// The arguments of a call to a method of the model.
pub struct Arguments<'a> {
    method: &'a str,
    positional: &'a [&'a RawValue],
    named: &'a Object<'a>,
}

impl<'a> Arguments<'a> {
    /// As they were given.
    pub fn new(
        method: &'a str,
        positional: &'a [&'a RawValue],
        named: &'a Object<'a>,
    ) -> Arguments<'a> {
        Arguments {
            method,
            positional,
            named,
        }
    }

    /// The records that the method is for, which are the first argument, and the rest of the arguments.
    ///
    /// # Errors
    /// There is no first argument, or it does not name records.
    pub fn records(self) -> Result<(Vec<i64>, Arguments<'a>), Failure> {
        let Some((first, rest)) = self.positional.split_first() else {
            return Err(Failure::of_index());
        };
        let rest = Arguments {
            positional: rest,
            ..self
        };
        Ok((ids(first)?, rest))
    }

    /// The records that the method is for, where it takes nothing else.
    ///
    /// # Errors
    /// As [`Arguments::records`] and [`Arguments::bind`].
    pub fn records_alone(self) -> Result<Vec<i64>, Failure> {
        let (ids, rest) = self.records()?;
        let [] = rest.bind([])?;
        Ok(ids)
    }

    /// The arguments of these names, in this order; what is not given is `null`. The context is nobody's argument.
    ///
    /// # Errors
    /// There are more of them, others, or one twice.
    pub fn bind<const N: usize>(&self, names: [&str; N]) -> Result<[Json<'a>; N], Failure> {
        let method = format!("SaleOrder.{}()", self.method);
        let given = self.positional.len();
        if given > N {
            let (most, given) = (N + 1, given + 1);
            let takes = if most == 1 { "argument" } else { "arguments" };
            let text = format!("{method} takes {most} positional {takes} but {given} were given");
            return Err(Failure::of_type(text));
        }
        let mut bound = [const { Json::Null }; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Json::of(value)?;
        }
        for (name, value) in self.named.iter().filter(|(name, _)| *name != "context") {
            let Some(at) = names.iter().position(|known| *known == name) else {
                let name = quoted(name);
                let text = format!("{method} got an unexpected keyword argument {name}");
                return Err(Failure::of_type(text));
            };
            if at < given {
                let text = format!("{method} got multiple values for argument '{name}'");
                return Err(Failure::of_type(text));
            }
            bound[at] = Json::of(value)?;
        }
        Ok(bound)
    }
}

/// One id, or a list of ids; each once, in the order given.
fn ids(first: &RawValue) -> Result<Vec<i64>, Failure> {
    let given = match Json::of(first)? {
        Json::List(items) => items,
        _ => vec![first],
    };
    let mut ids = Vec::with_capacity(given.len());
    for item in given {
        let id = id(item)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > MOST {
            let text = format!("at most {MOST} records at once");
            return Err(Failure::user(text));
        }
    }
    Ok(ids)
}

/// How many records one call may name, as our own API has it.
const MOST: usize = 500;

/// A whole number: neither a fraction nor a text nor a truth value is an id.
pub fn id(value: &RawValue) -> Result<i64, Failure> {
    let refused = || {
        let text = format!(
            "an id has to be a whole number of 64 bits, not {}",
            quoted(value.get())
        );
        Failure::of_type(text)
    };
    match Json::of(value)? {
        Json::Number(digits) => digits.parse().map_err(|_| refused()),
        _ => Err(refused()),
    }
}

/// A text, or nothing.
pub fn text(name: &str, value: Json<'_>) -> Result<Option<String>, Failure> {
    match value {
        Json::Null | Json::Bool(false) => Ok(None),
        Json::Text(text) => Ok(Some(text)),
        _ => Err(Failure::of_type(format!("{name} has to be a text"))),
    }
}

/// A whole number from zero, or nothing.
pub fn count(name: &str, value: &Json<'_>) -> Result<Option<u32>, Failure> {
    match value {
        Json::Null | Json::Bool(false) => Ok(None),
        Json::Number(digits) => digits.parse().map(Some).map_err(|_| {
            let text = format!(
                "{name} has to be a whole number from 0, not {}",
                quoted(digits)
            );
            Failure::of_value(text)
        }),
        _ => Err(Failure::of_type(format!("{name} has to be a whole number"))),
    }
}

/// Names of fields; `None` for all of them.
pub fn names(value: Json<'_>) -> Result<Option<Vec<String>>, Failure> {
    let items = match value {
        Json::Null | Json::Bool(false) => return Ok(None),
        Json::List(items) if items.is_empty() => return Ok(None),
        Json::List(items) => items,
        _ => return Err(Failure::of_type("fields has to be a list of names")),
    };
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        match Json::of(item)? {
            Json::Text(name) => names.push(name),
            _ => return Err(Failure::of_type("fields has to be a list of names")),
        }
    }
    Ok(Some(names))
}
