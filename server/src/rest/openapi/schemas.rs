//! JSON schemas of messages and enums: canonical proto3 JSON, one schema for what is answered and one for
//! what is sent.

use std::collections::{BTreeMap, HashSet};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};

use super::behaviour::{Behaviour, behaviour, is_input_only};
use super::comments::{Comments, without_behaviour};
use super::json::Json;
use super::limits::{self, Bounds};
use super::scalars;

/// What the comment of an output-only field says where ImportOrders takes it.
const IMPORTED: &str = "ImportOrders takes it";
/// The request whose messages are taken over with fields that are otherwise output only.
const IMPORT: &str = "ImportOrdersRequest";

/// What the comment of such a field says where ImportOrders does not do without it.
const NEEDED: &str = "and needs";
/// What the comment of a list says whose items are not to be repeated.
const ONCE: &str = "each once";

/// In which direction a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is answered.
    Answer,
    /// It is sent.
    Request,
    /// It is sent to take over what was made elsewhere.
    Import,
    /// It stands in a path or a query, where everything is text.
    Parameter,
}

/// The schemas that the document refers to, by name.
pub struct Schemas<'a> {
    comments: &'a Comments,
    named: BTreeMap<String, Json>,
}

impl<'a> Schemas<'a> {
    /// None yet.
    pub const fn new(comments: &'a Comments) -> Schemas<'a> {
        Schemas {
            comments,
            named: BTreeMap::new(),
        }
    }

    /// Every schema that was referred to, in the order of their names.
    pub fn into_components(self) -> Json {
        Json::Object(self.named.into_iter().collect())
    }

    /// A message, by reference; well-known types in place.
    pub fn message(&mut self, message: &MessageDescriptor, usage: Use) -> Json {
        if let Some(schema) = scalars::well_known(message.full_name()) {
            return schema;
        }
        let usage = match usage {
            _ if message.name() == IMPORT => Use::Import,
            Use::Import if !self.imported(message) => Use::Request,
            usage => usage,
        };
        let name = name(message, usage);
        if !self.named.contains_key(&name) {
            // Taken before its fields are looked at, so that a message may hold itself.
            self.named.insert(name.clone(), Json::Null);
            let schema = self.object(message, usage, &HashSet::new());
            self.named.insert(name.clone(), schema);
        }
        Json::reference("schemas", &name)
    }

    /// A request without the fields that travel in its path, by reference.
    pub fn body(&mut self, request: &MessageDescriptor, left_out: &HashSet<u32>) -> Json {
        let name = request.name().to_owned();
        let usage = if name == IMPORT {
            Use::Import
        } else {
            Use::Request
        };
        let schema = self.object(request, usage, left_out);
        self.named.insert(name.clone(), schema);
        Json::reference("schemas", &name)
    }

    /// The message that is a body while the path says some of its fields, which may then be left out, by reference.
    pub fn body_beside_path(&mut self, body: &MessageDescriptor, said: &HashSet<u32>) -> Json {
        let name = name(body, Use::Request);
        let mut schema = self.object(body, Use::Request, &HashSet::new());
        for field in body.fields().filter(|field| said.contains(&field.number())) {
            schema.optional(field.json_name());
        }
        self.named.insert(name.clone(), schema);
        Json::reference("schemas", &name)
    }

    /// Whether a request without the fields in its path still has to hold something.
    pub fn asks_for_something(&self, request: &MessageDescriptor, left_out: &HashSet<u32>) -> bool {
        let required = |field: FieldDescriptor| {
            !left_out.contains(&field.number()) && behaviour(&field) == Behaviour::Required
        };
        let chosen = |oneof: OneofDescriptor| self.must_choose(&oneof, left_out);
        request.fields().any(required) || request.oneofs().any(chosen)
    }

    fn object(&mut self, message: &MessageDescriptor, usage: Use, left_out: &HashSet<u32>) -> Json {
        let description = self.comment(message.parent_file().name(), message.path());
        let mut properties = Json::object();
        let mut required = Vec::new();
        let fields = message
            .fields()
            .filter(|field| !left_out.contains(&field.number()));
        for field in fields {
            let needed = usage == Use::Import && self.field_comment(&field).contains(NEEDED);
            let needed = needed
                || usage != Use::Answer
                    && (behaviour(&field) == Behaviour::Required || scalars::is_needed(&field));
            if needed {
                required.push(field.json_name().to_owned());
            }
            properties.put(field.json_name(), self.property(&field, usage));
        }
        let choices: Vec<Json> = match usage {
            Use::Answer => Vec::new(),
            _ => message
                .oneofs()
                .filter(|oneof| is_here(oneof, left_out))
                .flat_map(|oneof| {
                    if self.must_choose(&oneof, left_out) {
                        vec![one_of(&oneof)]
                    } else {
                        at_most_one_of(&oneof)
                    }
                })
                .collect(),
        };
        let mut schema = Json::object().with("type", "object");
        if !description.is_empty() {
            schema.put("description", description);
        }
        schema.put("properties", properties);
        if !required.is_empty() {
            schema.put("required", Json::texts(required));
        }
        if !choices.is_empty() {
            schema.put("allOf", choices);
        }
        if usage != Use::Answer {
            schema.put("additionalProperties", false);
        }
        schema
    }

    /// Whether one of the members has to be given.
    fn must_choose(&self, oneof: &OneofDescriptor, left_out: &HashSet<u32>) -> bool {
        let file = oneof.parent_message().parent_file();
        let comment = self.comments.above(file.name(), oneof.path());
        is_here(oneof, left_out) && comment.starts_with("Required.")
    }

    /// A field with its description and limits.
    fn property(&mut self, field: &FieldDescriptor, usage: Use) -> Json {
        let comment = self.field_comment(field);
        let mut schema = self.field(field, usage);
        if !comment.is_empty() {
            schema.put("description", without_behaviour(&comment));
        }
        let output = behaviour(field) == Behaviour::OutputOnly;
        if output && !(usage == Use::Import && comment.contains(IMPORTED)) {
            schema.put("readOnly", true);
        }
        if is_input_only(field) {
            schema.put("writeOnly", true);
        }
        schema
    }

    /// A field without its description.
    pub fn field(&mut self, field: &FieldDescriptor, usage: Use) -> Json {
        let comment = self.field_comment(field);
        let bounds = match usage {
            Use::Answer => Bounds::default(),
            _ => limits::items(&comment),
        };
        if field.is_map() {
            let values = match field.kind().as_message() {
                Some(entry) => self.value(&entry.map_entry_value_field(), usage, &comment),
                None => Json::Bool(true),
            };
            let keys = limits::keys(&comment).filter(|_| usage != Use::Answer);
            let keys = keys.map(|keys| {
                Json::object()
                    .with_some("minLength", keys.least)
                    .with_some("maxLength", keys.most)
            });
            let map = Json::object()
                .with("type", "object")
                .with("additionalProperties", values)
                .with_some("propertyNames", keys)
                .with_some("maxProperties", bounds.most);
            return forgiving(map, field, usage);
        }
        if field.is_list() {
            let required = behaviour(field) == Behaviour::Required;
            let list = Json::object()
                .with("type", "array")
                .with("items", self.value(field, usage, &comment))
                .with_some("minItems", bounds.least.filter(|_| required))
                .with_some("maxItems", bounds.most)
                .with_some("uniqueItems", comment.contains(ONCE).then_some(true));
            return forgiving(list, field, usage);
        }
        let value = self.value(field, usage, &comment);
        if usage == Use::Import && comment.contains(NEEDED) {
            return value;
        }
        forgiving(value, field, usage)
    }

    /// One value of a field.
    fn value(&mut self, field: &FieldDescriptor, usage: Use, comment: &str) -> Json {
        match field.kind() {
            Kind::Message(message) => self.message(&message, usage),
            Kind::Enum(kind) => {
                let names = self.enumeration(&kind);
                match usage {
                    Use::Answer => names,
                    Use::Request | Use::Import | Use::Parameter => {
                        by_name_or_number(names, &kind, field)
                    }
                }
            }
            kind => scalars::schema(&kind, field, usage, comment),
        }
    }

    /// An enum, by reference.
    pub fn enumeration(&mut self, kind: &EnumDescriptor) -> Json {
        let name = kind.name().to_owned();
        if !self.named.contains_key(&name) {
            let file = kind.parent_file();
            let mut description = self.comment(file.name(), kind.path());
            for value in kind.values() {
                let meaning = self.comments.above(file.name(), value.path());
                description.push_str(&format!("\n\n- `{}`: {meaning}", value.name()));
            }
            let schema = Json::object()
                .with("type", "string")
                .with("description", description)
                .with(
                    "enum",
                    Json::texts(kind.values().map(|value| value.name().to_owned())),
                );
            self.named.insert(name.clone(), schema);
        }
        Json::reference("schemas", &name)
    }

    /// Whether a message, or one that it holds, has fields that only ImportOrders takes.
    fn imported(&self, message: &MessageDescriptor) -> bool {
        message.fields().any(|field| {
            let below = field.kind().as_message().is_some_and(|below| {
                !field.is_map() && below.full_name() != message.full_name() && self.imported(below)
            });
            below || self.field_comment(&field).contains(IMPORTED)
        })
    }

    /// The comment above a field.
    pub fn field_comment(&self, field: &FieldDescriptor) -> String {
        let file = field.parent_message().parent_file();
        self.comment(file.name(), field.path())
    }

    fn comment(&self, file: &str, path: &[i32]) -> String {
        self.comments.above(file, path).to_owned()
    }
}

/// The name of a message's schema.
fn name(message: &MessageDescriptor, usage: Use) -> String {
    let name = message.name();
    match usage {
        Use::Request if !name.ends_with("Request") => format!("{name}Input"),
        Use::Import if !name.ends_with("Request") => format!("{name}Import"),
        _ => name.to_owned(),
    }
}

/// In a request `null` is as good as absence, except where a value has to be given.
fn forgiving(schema: Json, field: &FieldDescriptor, usage: Use) -> Json {
    let in_body = matches!(usage, Use::Request | Use::Import);
    if !in_body || behaviour(field) == Behaviour::Required || scalars::is_needed(field) {
        return schema;
    }
    let Json::Object(mut members) = schema else {
        return schema;
    };
    match members
        .iter_mut()
        .find(|(name, _)| name == "type" || name == "anyOf")
    {
        Some((name, Json::List(forms))) if name == "type" => forms.push("null".into()),
        Some((name, form)) if name == "type" => {
            *form = vec![form.clone(), "null".into()].into();
        }
        Some((_, Json::List(forms))) => forms.push(Json::object().with("type", "null")),
        _ => {
            let forms = vec![Json::Object(members), Json::object().with("type", "null")];
            return Json::object().with("anyOf", forms);
        }
    }
    Json::Object(members)
}

/// An enum in a request: the name of a value, or its number. Where one has to be given, and in a list, it is not the
/// first, which means that none is.
fn by_name_or_number(names: Json, kind: &EnumDescriptor, field: &FieldDescriptor) -> Json {
    let numbers: Vec<Json> = kind
        .values()
        .map(|value| Json::Number(value.number().into()))
        .collect();
    let numbers = Json::object().with("type", "integer").with("enum", numbers);
    let schema = Json::object().with("anyOf", vec![names, numbers]);
    if !scalars::is_meant(field) {
        return schema;
    }
    let none = vec![kind.default_value().name().into(), Json::Number(0)];
    schema.with("not", Json::object().with("enum", none))
}

/// That exactly one member of a oneof is given.
fn one_of(oneof: &OneofDescriptor) -> Json {
    let given = |field: FieldDescriptor| given(&[field.json_name()]);
    Json::object().with("oneOf", oneof.fields().map(given).collect::<Vec<_>>())
}

/// That no two members of a oneof are given.
fn at_most_one_of(oneof: &OneofDescriptor) -> Vec<Json> {
    let fields: Vec<FieldDescriptor> = oneof.fields().collect();
    let pairs = fields
        .iter()
        .enumerate()
        .flat_map(|(at, one)| fields[at + 1..].iter().map(move |other| (one, other)));
    pairs
        .map(|(one, other)| {
            Json::object().with("not", given(&[one.json_name(), other.json_name()]))
        })
        .collect()
}

/// That members are given, and not as `null`.
fn given(names: &[&str]) -> Json {
    let some = || Json::object().with("not", Json::object().with("type", "null"));
    let members = names
        .iter()
        .fold(Json::object(), |members, name| members.with(*name, some()));
    Json::object()
        .with("required", Json::texts(names.iter().copied()))
        .with("properties", members)
}

/// Whether a oneof that is written as one stands in what is left of a message.
fn is_here(oneof: &OneofDescriptor, left_out: &HashSet<u32>) -> bool {
    let mut fields = oneof.fields();
    !oneof.is_synthetic() && fields.all(|field| !left_out.contains(&field.number()))
}
