//! A message with every kind of field, and the codec beside a library of the same trade.

use prost_reflect::{DescriptorPool, DynamicMessage};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MessageOptions, OneofDescriptorProto,
};
use serde_json::Value;

use crate::rest::codec::{Message, Tables, Violation};

/// Every kind of value, by the name that its field has.
const KINDS: [(&str, Type); 16] = [
    ("bool", Type::Bool),
    ("int32", Type::Int32),
    ("int64", Type::Int64),
    ("uint32", Type::Uint32),
    ("uint64", Type::Uint64),
    ("sint32", Type::Sint32),
    ("sint64", Type::Sint64),
    ("fixed32", Type::Fixed32),
    ("fixed64", Type::Fixed64),
    ("sfixed32", Type::Sfixed32),
    ("sfixed64", Type::Sfixed64),
    ("float", Type::Float),
    ("double", Type::Double),
    ("string", Type::String),
    ("bytes", Type::Bytes),
    ("colour", Type::Enum),
];
/// Messages with a form of their own.
const FORMS: [(&str, &str); 6] = [
    ("at_time", "Timestamp"),
    ("how_long", "Duration"),
    ("some_mask", "FieldMask"),
    ("nothing", "Empty"),
    ("wide_box", "Int64Value"),
    ("text_box", "StringValue"),
];

fn field(
    name: &str,
    number: i32,
    kind: Type,
    label: Label,
    of: Option<&str>,
) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        r#type: Some(kind.into()),
        label: Some(label.into()),
        type_name: of.map(str::to_owned),
        ..FieldDescriptorProto::default()
    }
}

fn of(kind: Type) -> Option<&'static str> {
    (kind == Type::Enum).then_some(".test.Colour")
}

/// A message with every kind of field: alone, in lists, in maps, in itself.
fn everything() -> DescriptorPool {
    let mut fields = Vec::new();
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    for (name, kind) in KINDS {
        fields.push(field(name, next(), kind, Label::Optional, of(kind)));
        fields.push(field(
            &format!("{name}_list"),
            next(),
            kind,
            Label::Repeated,
            of(kind),
        ));
    }
    for (name, form) in FORMS {
        let form = format!(".google.protobuf.{form}");
        fields.push(field(
            name,
            next(),
            Type::Message,
            Label::Optional,
            Some(&form),
        ));
    }
    fields.push(field(
        "inside",
        next(),
        Type::Message,
        Label::Optional,
        Some(".test.Everything"),
    ));
    fields.push(field(
        "inside_list",
        next(),
        Type::Message,
        Label::Repeated,
        Some(".test.Everything"),
    ));
    for name in ["by_text", "by_number", "by_bool"] {
        let of = format!(".test.Everything.{}Entry", camel(name));
        fields.push(field(
            name,
            next(),
            Type::Message,
            Label::Repeated,
            Some(&of),
        ));
    }
    for name in ["this", "that"] {
        let mut one = field(name, next(), Type::String, Label::Optional, None);
        one.oneof_index = Some(0);
        fields.push(one);
    }
    let entry = |name: &str, key: Type, value: Type, of: Option<&str>| DescriptorProto {
        name: Some(format!("{}Entry", camel(name))),
        field: vec![
            field("key", 1, key, Label::Optional, None),
            field("value", 2, value, Label::Optional, of),
        ],
        options: Some(MessageOptions {
            map_entry: Some(true),
            ..MessageOptions::default()
        }),
        ..DescriptorProto::default()
    };
    let colour = |name: &str, number: i32| EnumValueDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        ..EnumValueDescriptorProto::default()
    };
    let file = FileDescriptorProto {
        name: Some("test.proto".to_owned()),
        package: Some("test".to_owned()),
        syntax: Some("proto3".to_owned()),
        dependency: ["timestamp", "duration", "field_mask", "empty", "wrappers"]
            .map(|name| format!("google/protobuf/{name}.proto"))
            .into(),
        message_type: vec![DescriptorProto {
            name: Some("Everything".to_owned()),
            field: fields,
            nested_type: vec![
                entry(
                    "by_text",
                    Type::String,
                    Type::Message,
                    Some(".test.Everything"),
                ),
                entry("by_number", Type::Int64, Type::Double, None),
                entry("by_bool", Type::Bool, Type::Enum, Some(".test.Colour")),
            ],
            oneof_decl: vec![OneofDescriptorProto {
                name: Some("either".to_owned()),
                ..OneofDescriptorProto::default()
            }],
            ..DescriptorProto::default()
        }],
        enum_type: vec![EnumDescriptorProto {
            name: Some("Colour".to_owned()),
            value: vec![
                colour("COLOUR_UNSPECIFIED", 0),
                colour("COLOUR_RED", 1),
                colour("COLOUR_BLUE", -2),
            ],
            ..EnumDescriptorProto::default()
        }],
        ..FileDescriptorProto::default()
    };
    let mut pool = DescriptorPool::global();
    pool.add_file_descriptor_proto(file).unwrap();
    pool
}

fn camel(name: &str) -> String {
    let words = name
        .split('_')
        .map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]));
    words.collect()
}

/// The codec beside a library of the same trade.
pub struct Bench {
    pub tables: Tables,
    pool: DescriptorPool,
}

impl Bench {
    pub fn new() -> Bench {
        let pool = everything();
        let mut tables = Tables::default();
        tables
            .add(&pool.get_message_by_name("test.Everything").unwrap())
            .unwrap();
        Bench { tables, pool }
    }

    pub fn message(&self) -> &Message {
        self.tables.get("test.Everything").unwrap()
    }

    pub fn encoded(&self, json: &str) -> Result<Vec<u8>, Violation> {
        let mut out = Vec::new();
        self.tables
            .encode(self.message(), json.as_bytes(), &mut out)?;
        Ok(out)
    }

    pub fn decoded(&self, bytes: &[u8]) -> Value {
        let mut out = Vec::new();
        self.tables.decode(self.message(), bytes, &mut out).unwrap();
        serde_json::from_slice(&out)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
    }

    pub fn oracle(&self, bytes: &[u8]) -> DynamicMessage {
        let descriptor = self.pool.get_message_by_name("test.Everything").unwrap();
        DynamicMessage::decode(descriptor, bytes).unwrap()
    }

    /// JSON to bytes to JSON, where the library reads the same from the bytes.
    pub fn through(&self, json: &Value) -> Value {
        let bytes = self
            .encoded(&json.to_string())
            .unwrap_or_else(|wrong| panic!("{wrong:?}: {json}"));
        let printed = self.decoded(&bytes);
        assert_eq!(
            printed,
            serde_json::to_value(self.oracle(&bytes)).unwrap(),
            "{json}"
        );
        printed
    }
}
