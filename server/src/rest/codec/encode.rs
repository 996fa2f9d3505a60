//! From JSON to the wire: serde_json reads, and each value is written as it comes.

mod fields;
mod item;

use std::fmt;

use serde::de::{DeserializeSeed as _, Error};

use super::scalar;
use super::tables::{Field, Message, Tables};
use super::wire::{self, Value};
use fields::{Object, One};

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The path of the field in proto names, such as `order.lines[0].quantity`; empty for the text itself.
    pub field: String,
    /// What the field takes, or where the text is no JSON.
    pub description: String,
}

/// How many characters of what a caller sent are told back.
const TOLD: usize = 300;

pub(super) fn message(
    tables: &Tables,
    message: &Message,
    json: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Violation> {
    let mut writer = Writer {
        tables,
        out,
        path: Vec::new(),
        problem: None,
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = Object {
        writer: &mut writer,
        message,
    }
    .deserialize(&mut reader);
    finish(read, reader, writer)
}

pub(super) fn field(
    tables: &Tables,
    field: &Field,
    json: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Violation> {
    let mut writer = Writer {
        tables,
        out,
        path: Vec::new(),
        problem: None,
    };
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = writer.field(field, |writer| {
        One { writer, field }.deserialize(&mut reader)
    });
    finish(read, reader, writer)
}

fn finish<'j>(
    read: Result<(), serde_json::Error>,
    mut reader: serde_json::Deserializer<serde_json::de::SliceRead<'j>>,
    writer: Writer<'_>,
) -> Result<(), Violation> {
    let Err(error) = read.and_then(|()| reader.end()) else {
        return Ok(());
    };
    if !error.is_data() {
        return Err(Violation {
            field: String::new(),
            description: format!("is no JSON: {error}"),
        });
    }
    let description = writer.problem.unwrap_or_else(|| {
        let text = error.to_string();
        // Where in the text it is does not help beside the path.
        let end = text.rfind(" at line ").unwrap_or(text.len());
        text.chars().take(end.min(TOLD)).collect()
    });
    Err(Violation {
        field: Path(&writer.path).to_string(),
        description,
    })
}

/// A step down to where the reader is. After a failure the steps stay: they lead to it.
enum Step<'t> {
    Field(&'t str),
    Item(usize),
    Key(String),
}

/// Steps as refusals name them.
struct Path<'s, 't>(&'s [Step<'t>]);

impl fmt::Display for Path<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if nth == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(at) => write!(f, "[{at}]")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

struct Writer<'t> {
    tables: &'t Tables,
    out: &'t mut Vec<u8>,
    path: Vec<Step<'t>>,
    problem: Option<String>,
}

impl<'t> Writer<'t> {
    fn field<E>(
        &mut self,
        field: &'t Field,
        read: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.step(Step::Field(&field.name), read)
    }

    fn step<E>(
        &mut self,
        step: Step<'t>,
        read: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.path.push(step);
        read(self)?;
        self.path.pop();
        Ok(())
    }

    fn fail<E: Error>(&mut self, description: impl Into<String>) -> E {
        let description = self.problem.insert(description.into());
        E::custom(description)
    }

    fn put<E: Error>(&mut self, field: &Field, value: Result<Value<'_>, String>) -> Result<(), E> {
        match value {
            Ok(value) => {
                scalar::put(field, value, self.out);
                Ok(())
            }
            Err(problem) => Err(self.fail(problem)),
        }
    }

    /// The start of a field that holds a message.
    fn open(&mut self, number: u32) -> wire::Open {
        wire::put_tag(self.out, number, wire::LENGTH);
        wire::open(self.out)
    }
}
