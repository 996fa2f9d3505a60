//! From the wire to JSON.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mask;
use super::tables::{Field, Kind, Message, Repeat, Shape, Tables};
use super::time;
use super::wire::{Broken, Fields, Value};

/// Bytes that are not the message that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are no {0}")]
pub struct Undecodable(String);

pub(super) fn message(
    tables: &Tables,
    message: &Message,
    bytes: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Undecodable> {
    Printer {
        tables,
        out,
        entries: Vec::new(),
    }
    .message(message, bytes)
    .map_err(|Broken| Undecodable(message.name.clone()))
}

pub(super) fn field(
    tables: &Tables,
    message: &Message,
    field: &Field,
    bytes: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Undecodable> {
    let mut printer = Printer {
        tables,
        out,
        entries: Vec::new(),
    };
    printer
        .collect(message, bytes)
        .and_then(|()| {
            printer.entries.retain(|(index, _)| *index == field.index);
            if printer.entries.is_empty() {
                printer.absent(field)
            } else {
                printer.values(field, 0, printer.entries.len())
            }
        })
        .map_err(|Broken| Undecodable(message.name.clone()))
}

struct Printer<'t, 'b, 'o> {
    tables: &'t Tables,
    out: &'o mut Vec<u8>,
    /// The fields of the messages that are being printed, by their places in the tables: the outer ones first.
    entries: Vec<(usize, Value<'b>)>,
}

impl<'t, 'b> Printer<'t, 'b, '_> {
    fn message(&mut self, message: &'t Message, bytes: &'b [u8]) -> Result<(), Broken> {
        match message.shape {
            Shape::Object => self.object(message, bytes),
            Shape::Timestamp => self.quoted(bytes, time::show_timestamp),
            Shape::Duration => self.quoted(bytes, time::show_duration),
            Shape::FieldMask => self.mask(bytes),
            Shape::Any => self.any(bytes),
            Shape::Wrapper => self.wrapper(message, bytes),
        }
    }

    fn object(&mut self, message: &'t Message, bytes: &'b [u8]) -> Result<(), Broken> {
        self.out.push(b'{');
        self.fields(message, bytes, true)?;
        self.out.push(b'}');
        Ok(())
    }

    /// The fields of an object, after others where it is not the `first`.
    fn fields(
        &mut self,
        message: &'t Message,
        bytes: &'b [u8],
        mut first: bool,
    ) -> Result<(), Broken> {
        let base = self.entries.len();
        self.collect(message, bytes)?;
        let end = self.entries.len();
        let mut at = base;
        while let Some((index, _)) = self.entries.get(at).copied().filter(|_| at < end) {
            let same = |(other, _): &&(usize, Value<'_>)| *other == index;
            let count = self
                .entries
                .iter()
                .take(end)
                .skip(at)
                .take_while(same)
                .count();
            if let Some(field) = message.fields.get(index) {
                if !first {
                    self.out.push(b',');
                }
                first = false;
                self.text(&field.json_name)?;
                self.out.push(b':');
                self.values(field, at, count)?;
            }
            at += count;
        }
        self.entries.truncate(base);
        Ok(())
    }

    /// Puts the known fields of a message behind the entries, in the order of their numbers.
    fn collect(&mut self, message: &Message, bytes: &'b [u8]) -> Result<(), Broken> {
        let base = self.entries.len();
        let mut sorted = true;
        for field in Fields::new(bytes) {
            let (number, value) = field?;
            if let Some(field) = message.numbered(number) {
                sorted &= self
                    .entries
                    .get(base..)
                    .and_then(<[_]>::last)
                    .is_none_or(|(last, _)| *last <= field.index);
                self.entries.push((field.index, value));
            }
        }
        if !sorted && let Some(own) = self.entries.get_mut(base..) {
            own.sort_by_key(|(index, _)| *index);
        }
        Ok(())
    }

    /// The value of a field, of which `count` entries tell from `at` on.
    fn values(&mut self, field: &'t Field, at: usize, count: usize) -> Result<(), Broken> {
        let entry = |printer: &Self, at: usize| {
            printer
                .entries
                .get(at)
                .map(|(_, value)| *value)
                .ok_or(Broken)
        };
        match field.repeat {
            // The parts of a message follow each other.
            Repeat::Single if count > 1 && matches!(field.kind, Kind::Message(_)) => {
                let mut whole = Vec::new();
                for at in at..at + count {
                    match entry(self, at)? {
                        Value::Bytes(part) => whole.extend_from_slice(part),
                        _ => return Err(Broken),
                    }
                }
                let mut printer = Printer {
                    tables: self.tables,
                    out: &mut *self.out,
                    entries: Vec::new(),
                };
                printer.value(field, Value::Bytes(&whole))
            }
            // The last one counts.
            Repeat::Single => {
                let value = entry(self, at + count.saturating_sub(1))?;
                self.value(field, value)
            }
            Repeat::List => {
                self.out.push(b'[');
                let mut first = true;
                for at in at..at + count {
                    match entry(self, at)? {
                        Value::Bytes(packed) if field.kind.wire_type() != super::wire::LENGTH => {
                            let mut rest = Fields::new(packed);
                            while !rest.is_empty() {
                                let value = unpack(field.kind, &mut rest)?;
                                self.item(field, value, &mut first)?;
                            }
                        }
                        value => self.item(field, value, &mut first)?,
                    }
                }
                self.out.push(b']');
                Ok(())
            }
            Repeat::Map => {
                self.out.push(b'{');
                for (nth, at) in (at..at + count).enumerate() {
                    if nth > 0 {
                        self.out.push(b',');
                    }
                    let Value::Bytes(bytes) = entry(self, at)? else {
                        return Err(Broken);
                    };
                    self.pair(field, bytes)?;
                }
                self.out.push(b'}');
                Ok(())
            }
        }
    }

    fn item(&mut self, field: &'t Field, value: Value<'b>, first: &mut bool) -> Result<(), Broken> {
        if !std::mem::take(first) {
            self.out.push(b',');
        }
        self.value(field, value)
    }

    /// A key of a map with its value; the parts that are absent have their defaults.
    fn pair(&mut self, field: &'t Field, bytes: &'b [u8]) -> Result<(), Broken> {
        let tables = self.tables;
        let entry = tables.below(field).ok_or(Broken)?;
        let (key_field, value_field) = (
            entry.numbered(1).ok_or(Broken)?,
            entry.numbered(2).ok_or(Broken)?,
        );
        let (mut key, mut value) = (None, None);
        for part in Fields::new(bytes) {
            match part? {
                (1, found) => key = Some(found),
                (2, found) => value = Some(found),
                _ => {}
            }
        }
        let quoted = key_field.kind == Kind::String || wide(key_field.kind);
        if !quoted {
            self.out.push(b'"');
        }
        self.one(key_field, key)?;
        if !quoted {
            self.out.push(b'"');
        }
        self.out.push(b':');
        self.one(value_field, value)
    }

    fn one(&mut self, field: &'t Field, value: Option<Value<'b>>) -> Result<(), Broken> {
        match value {
            Some(value) => self.value(field, value),
            None => self.absent(field),
        }
    }

    /// The value of a field that is not there.
    fn absent(&mut self, field: &'t Field) -> Result<(), Broken> {
        match (field.repeat, field.kind) {
            (Repeat::List, _) => self.out.extend(b"[]"),
            (Repeat::Map, _) => self.out.extend(b"{}"),
            (_, Kind::Message(_)) if field.presence => self.out.extend(b"null"),
            (_, kind) => {
                let value = match kind.wire_type() {
                    super::wire::VARINT => Value::Varint(0),
                    super::wire::FIXED64 => Value::Fixed64(0),
                    super::wire::FIXED32 => Value::Fixed32(0),
                    _ => Value::Bytes(&[]),
                };
                return self.value(field, value);
            }
        }
        Ok(())
    }

    fn value(&mut self, field: &'t Field, value: Value<'b>) -> Result<(), Broken> {
        let written = match (field.kind, value) {
            (Kind::Message(index), Value::Bytes(bytes)) => {
                let message = self.tables.message(index).ok_or(Broken)?;
                return self.message(message, bytes);
            }
            (Kind::String, Value::Bytes(bytes)) => {
                return self.text(std::str::from_utf8(bytes).map_err(|_| Broken)?);
            }
            (Kind::Bytes, Value::Bytes(bytes)) => {
                self.out.push(b'"');
                self.out
                    .extend_from_slice(STANDARD.encode(bytes).as_bytes());
                self.out.push(b'"');
                return Ok(());
            }
            (Kind::Enum(index), Value::Varint(number)) => {
                return self.enumeration(index, number as i32);
            }
            (Kind::Float, Value::Fixed32(bits)) => return self.float(f32::from_bits(bits)),
            (Kind::Double, Value::Fixed64(bits)) => return self.float(f64::from_bits(bits)),
            (Kind::Bool, Value::Varint(number)) => write!(self.out, "{}", number != 0),
            (Kind::Int32, Value::Varint(number)) => write!(self.out, "{}", number as i32),
            (Kind::Uint32, Value::Varint(number)) => write!(self.out, "{}", number as u32),
            (Kind::Sint32, Value::Varint(number)) => write!(self.out, "{}", unzigzag(number)),
            (Kind::Fixed32, Value::Fixed32(number)) => write!(self.out, "{number}"),
            (Kind::Sfixed32, Value::Fixed32(number)) => {
                write!(self.out, "{}", number.cast_signed())
            }
            (Kind::Int64, Value::Varint(number)) => {
                write!(self.out, "\"{}\"", number.cast_signed())
            }
            (Kind::Uint64, Value::Varint(number)) | (Kind::Fixed64, Value::Fixed64(number)) => {
                write!(self.out, "\"{number}\"")
            }
            (Kind::Sint64, Value::Varint(number)) => write!(self.out, "\"{}\"", unzigzag(number)),
            (Kind::Sfixed64, Value::Fixed64(number)) => {
                write!(self.out, "\"{}\"", number.cast_signed())
            }
            _ => return Err(Broken),
        };
        written.map_err(|_| Broken)
    }

    fn text(&mut self, text: &str) -> Result<(), Broken> {
        serde_json::to_writer(&mut *self.out, text).map_err(|_| Broken)
    }

    /// As the shortest number that reads back the same; what is no number as a word.
    fn float<F: Into<f64> + serde::Serialize + Copy>(&mut self, number: F) -> Result<(), Broken> {
        let wide: f64 = number.into();
        let word: &[u8] = if wide.is_nan() {
            b"\"NaN\""
        } else if wide == f64::INFINITY {
            b"\"Infinity\""
        } else if wide == f64::NEG_INFINITY {
            b"\"-Infinity\""
        } else {
            return serde_json::to_writer(&mut *self.out, &number).map_err(|_| Broken);
        };
        self.out.extend_from_slice(word);
        Ok(())
    }

    /// By its name; a number that this program does not know, as a number.
    fn enumeration(&mut self, index: usize, number: i32) -> Result<(), Broken> {
        let tables = self.tables;
        match tables
            .enumeration(index)
            .and_then(|values| values.names.get(&number))
        {
            Some(name) => self.text(name),
            None => write!(self.out, "{number}").map_err(|_| Broken),
        }
    }

    /// A message of seconds and nanoseconds, as a text.
    fn quoted(
        &mut self,
        bytes: &[u8],
        show: impl FnOnce(i64, i32, &mut Vec<u8>) -> Option<()>,
    ) -> Result<(), Broken> {
        let (mut seconds, mut nanos) = (0, 0);
        for field in Fields::new(bytes) {
            match field? {
                (1, Value::Varint(number)) => seconds = number.cast_signed(),
                (2, Value::Varint(number)) => nanos = number as i32,
                _ => {}
            }
        }
        self.out.push(b'"');
        show(seconds, nanos, self.out).ok_or(Broken)?;
        self.out.push(b'"');
        Ok(())
    }

    fn mask(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let mut all = String::new();
        for field in Fields::new(bytes) {
            if let (1, Value::Bytes(path)) = field? {
                let path = std::str::from_utf8(path).map_err(|_| Broken)?;
                if !all.is_empty() {
                    all.push(',');
                }
                all.push_str(&mask::show(path).ok_or(Broken)?);
            }
        }
        self.text(&all)
    }

    fn wrapper(&mut self, message: &'t Message, bytes: &'b [u8]) -> Result<(), Broken> {
        let inner = message.fields.first().ok_or(Broken)?;
        let last = Fields::new(bytes).last().transpose()?;
        self.one(inner, last.map(|(_, value)| value))
    }

    /// `@type` beside the fields of what is inside, or beside its bytes where there is no table for it.
    fn any(&mut self, bytes: &'b [u8]) -> Result<(), Broken> {
        let (mut url, mut inside): (&str, &[u8]) = ("", &[]);
        for field in Fields::new(bytes) {
            match field? {
                (1, Value::Bytes(text)) => url = std::str::from_utf8(text).map_err(|_| Broken)?,
                (2, Value::Bytes(value)) => inside = value,
                _ => {}
            }
        }
        self.out.extend(b"{\"@type\":");
        self.text(url)?;
        let name = url.rsplit_once('/').map_or(url, |(_, name)| name);
        let tables = self.tables;
        match tables.get(name) {
            Some(message) if message.shape == Shape::Object => {
                self.fields(message, inside, false)?
            }
            Some(message) => {
                self.out.extend(b",\"value\":");
                self.message(message, inside)?;
            }
            None => {
                self.out.extend(b",\"value\":\"");
                self.out
                    .extend_from_slice(STANDARD.encode(inside).as_bytes());
                self.out.push(b'"');
            }
        }
        self.out.push(b'}');
        Ok(())
    }
}

fn unpack<'b>(kind: Kind, rest: &mut Fields<'b>) -> Result<Value<'b>, Broken> {
    match kind.wire_type() {
        super::wire::VARINT => rest.varint().map(Value::Varint),
        super::wire::FIXED64 => rest.fixed64().map(Value::Fixed64),
        _ => rest.fixed32().map(Value::Fixed32),
    }
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Whether numbers of that kind are written as texts.
fn wide(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int64 | Kind::Uint64 | Kind::Sint64 | Kind::Fixed64 | Kind::Sfixed64
    )
}
