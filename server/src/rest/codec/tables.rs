//! The tables: what the codec has to know of every message, looked up by number or name.

use std::collections::HashMap;

use prost_reflect::{EnumDescriptor, FieldDescriptor, MessageDescriptor};

/// Something in the descriptors that has no place here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsupported(String);

/// The messages and enums that can be read and written.
#[derive(Debug, Default)]
pub struct Tables {
    messages: Vec<Message>,
    enums: Vec<Enum>,
    by_name: HashMap<String, usize>,
    enums_by_name: HashMap<String, usize>,
}

/// One message.
#[derive(Debug)]
pub struct Message {
    /// Its full name.
    pub name: String,
    pub(super) shape: Shape,
    /// By their numbers, ascending.
    pub(super) fields: Vec<Field>,
    names: HashMap<String, usize>,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As an object with its fields.
    Object,
    /// `google.protobuf.Timestamp`: RFC 3339.
    Timestamp,
    /// `google.protobuf.Duration`: seconds with an `s`.
    Duration,
    /// `google.protobuf.FieldMask`: paths with commas.
    FieldMask,
    /// `google.protobuf.Any`: an object with `@type`. Only written.
    Any,
    /// `google.protobuf.Int64Value` and its like: the value, or null.
    Wrapper,
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number on the wire.
    pub number: u32,
    /// Its name in the descriptors.
    pub name: String,
    /// Its name in JSON.
    pub json_name: String,
    /// How often it may come.
    pub repeat: Repeat,
    pub(super) kind: Kind,
    /// Whether its being there says something where its value is the default.
    pub(super) presence: bool,
    /// The oneof that it belongs to, within its message.
    pub oneof: Option<usize>,
    /// Its place among the fields of its message.
    pub(super) index: usize,
}

/// How often a field may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Once.
    Single,
    /// Any number of times.
    List,
    /// Once for every key.
    Map,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    String,
    Bytes,
    Enum(usize),
    Message(usize),
}

/// One enum.
#[derive(Debug)]
pub(super) struct Enum {
    /// The first name of each number.
    pub(super) names: HashMap<i32, String>,
    pub(super) numbers: HashMap<String, i32>,
    /// The names in their order, for refusals.
    pub(super) order: Vec<String>,
}

impl Tables {
    /// Adds a message and all that it holds.
    ///
    /// # Errors
    /// A group, an extension point such as `google.protobuf.Struct`, or more fields than the codec follows.
    pub fn add(&mut self, descriptor: &MessageDescriptor) -> Result<(), Unsupported> {
        self.message_index(descriptor).map(drop)
    }

    /// The message with that full name.
    pub fn get(&self, name: &str) -> Option<&Message> {
        self.by_name
            .get(name)
            .and_then(|index| self.messages.get(*index))
    }

    /// The message that a field holds.
    pub fn below(&self, field: &Field) -> Option<&Message> {
        match field.kind {
            Kind::Message(index) => self.messages.get(index),
            _ => None,
        }
    }

    pub(super) fn enumeration(&self, index: usize) -> Option<&Enum> {
        self.enums.get(index)
    }

    pub(super) fn message(&self, index: usize) -> Option<&Message> {
        self.messages.get(index)
    }

    fn message_index(&mut self, descriptor: &MessageDescriptor) -> Result<usize, Unsupported> {
        if let Some(index) = self.by_name.get(descriptor.full_name()) {
            return Ok(*index);
        }
        let index = self.messages.len();
        let name = descriptor.full_name().to_owned();
        self.by_name.insert(name.clone(), index);
        let shape = shape(&name)?;
        self.messages.push(Message {
            name,
            shape,
            fields: Vec::new(),
            names: HashMap::new(),
        });
        let mut fields = descriptor
            .fields()
            .map(|field| self.field(&field))
            .collect::<Result<Vec<_>, _>>()?;
        if fields.len() > MOST_FIELDS {
            let name = descriptor.full_name();
            return Err(Unsupported(format!(
                "{name} has more than {MOST_FIELDS} fields"
            )));
        }
        fields.sort_by_key(|field| field.number);
        let mut names = HashMap::new();
        for (at, field) in fields.iter_mut().enumerate() {
            field.index = at;
            names.insert(field.name.clone(), at);
            names.insert(field.json_name.clone(), at);
        }
        if let Some(message) = self.messages.get_mut(index) {
            message.fields = fields;
            message.names = names;
        }
        Ok(index)
    }

    fn field(&mut self, descriptor: &FieldDescriptor) -> Result<Field, Unsupported> {
        use prost_reflect::Kind as Described;
        if descriptor.is_group() {
            let name = descriptor.full_name();
            return Err(Unsupported(format!("{name} is a group")));
        }
        let kind = match descriptor.kind() {
            Described::Bool => Kind::Bool,
            Described::Int32 => Kind::Int32,
            Described::Int64 => Kind::Int64,
            Described::Uint32 => Kind::Uint32,
            Described::Uint64 => Kind::Uint64,
            Described::Sint32 => Kind::Sint32,
            Described::Sint64 => Kind::Sint64,
            Described::Fixed32 => Kind::Fixed32,
            Described::Fixed64 => Kind::Fixed64,
            Described::Sfixed32 => Kind::Sfixed32,
            Described::Sfixed64 => Kind::Sfixed64,
            Described::Float => Kind::Float,
            Described::Double => Kind::Double,
            Described::String => Kind::String,
            Described::Bytes => Kind::Bytes,
            Described::Enum(inner) => Kind::Enum(self.enum_index(&inner)),
            Described::Message(inner) => Kind::Message(self.message_index(&inner)?),
        };
        let oneof = descriptor
            .containing_oneof()
            .filter(|oneof| !oneof.is_synthetic());
        let place = oneof.and_then(|oneof| {
            let mut all = oneof.parent_message().oneofs();
            all.position(|other| other == oneof)
        });
        Ok(Field {
            number: descriptor.number(),
            name: descriptor.name().to_owned(),
            json_name: descriptor.json_name().to_owned(),
            repeat: match (descriptor.is_map(), descriptor.is_list()) {
                (true, _) => Repeat::Map,
                (_, true) => Repeat::List,
                _ => Repeat::Single,
            },
            kind,
            presence: descriptor.supports_presence(),
            oneof: place,
            index: 0,
        })
    }

    fn enum_index(&mut self, descriptor: &EnumDescriptor) -> usize {
        if let Some(index) = self.enums_by_name.get(descriptor.full_name()) {
            return *index;
        }
        let index = self.enums.len();
        self.enums_by_name
            .insert(descriptor.full_name().to_owned(), index);
        let mut names = HashMap::new();
        for value in descriptor.values() {
            names
                .entry(value.number())
                .or_insert_with(|| value.name().to_owned());
        }
        let numbers = descriptor
            .values()
            .map(|value| (value.name().to_owned(), value.number()));
        self.enums.push(Enum {
            names,
            numbers: numbers.collect(),
            order: descriptor
                .values()
                .map(|value| value.name().to_owned())
                .collect(),
        });
        index
    }
}

/// What is seen of a message is kept in the bits of one number.
const MOST_FIELDS: usize = 128;

fn shape(name: &str) -> Result<Shape, Unsupported> {
    let Some(known) = name.strip_prefix("google.protobuf.") else {
        return Ok(Shape::Object);
    };
    match known {
        "Timestamp" => Ok(Shape::Timestamp),
        "Duration" => Ok(Shape::Duration),
        "FieldMask" => Ok(Shape::FieldMask),
        "Any" => Ok(Shape::Any),
        "Empty" => Ok(Shape::Object),
        "Struct" | "Value" | "ListValue" => Err(Unsupported(format!("{name} has no table"))),
        wrapper if wrapper.ends_with("Value") => Ok(Shape::Wrapper),
        _ => Ok(Shape::Object),
    }
}

impl Message {
    /// The field with that name, in either spelling.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.names
            .get(name)
            .and_then(|index| self.fields.get(*index))
    }

    pub(super) fn numbered(&self, number: u32) -> Option<&Field> {
        let at = self
            .fields
            .binary_search_by_key(&number, |field| field.number)
            .ok()?;
        self.fields.get(at)
    }

    /// Its fields.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    /// The names of its fields in JSON.
    pub fn known(&self) -> String {
        let names: Vec<_> = self
            .fields
            .iter()
            .map(|field| field.json_name.as_str())
            .collect();
        names.join(", ")
    }
}

impl Field {
    /// Whether any text fits into it.
    pub fn takes_any_text(&self) -> bool {
        self.kind == Kind::String
    }
}

impl Kind {
    pub(super) fn wire_type(self) -> u8 {
        match self {
            Kind::Fixed64 | Kind::Sfixed64 | Kind::Double => super::wire::FIXED64,
            Kind::Fixed32 | Kind::Sfixed32 | Kind::Float => super::wire::FIXED32,
            Kind::String | Kind::Bytes | Kind::Message(_) => super::wire::LENGTH,
            _ => super::wire::VARINT,
        }
    }
}
