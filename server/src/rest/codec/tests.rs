use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, Value as Reflected};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MessageOptions, OneofDescriptorProto,
};
use serde_json::{Value, json};

use super::*;

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
struct Bench {
    tables: Tables,
    pool: DescriptorPool,
}

impl Bench {
    fn new() -> Bench {
        let pool = everything();
        let mut tables = Tables::default();
        tables
            .add(&pool.get_message_by_name("test.Everything").unwrap())
            .unwrap();
        Bench { tables, pool }
    }

    fn message(&self) -> &Message {
        self.tables.get("test.Everything").unwrap()
    }

    fn encoded(&self, json: &str) -> Result<Vec<u8>, Violation> {
        let mut out = Vec::new();
        self.tables
            .encode(self.message(), json.as_bytes(), &mut out)?;
        Ok(out)
    }

    fn decoded(&self, bytes: &[u8]) -> Value {
        let mut out = Vec::new();
        self.tables.decode(self.message(), bytes, &mut out).unwrap();
        serde_json::from_slice(&out)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&out)))
    }

    fn oracle(&self, bytes: &[u8]) -> DynamicMessage {
        let descriptor = self.pool.get_message_by_name("test.Everything").unwrap();
        DynamicMessage::decode(descriptor, bytes).unwrap()
    }

    /// JSON to bytes to JSON, where the library reads the same from the bytes.
    fn through(&self, json: &Value) -> Value {
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

#[test]
fn every_kind_of_value_goes_through_unchanged() {
    let bench = Bench::new();
    let json = json!({
        "bool": true, "int32": -5, "int64": "-9223372036854775808", "uint32": 4294967295_u32,
        "uint64": "18446744073709551615", "sint32": -2147483648, "sint64": "9223372036854775807",
        "fixed32": 7, "fixed64": "8", "sfixed32": -7, "sfixed64": "-8", "float": 1.5, "double": -0.1,
        "string": "\u{1f34e} \"\\\n\u{7f}\u{0}", "bytes": "AP8=", "colour": "COLOUR_BLUE",
        "boolList": [true, false], "int32List": [0, -1], "sint64List": ["0", "-1"], "fixed32List": [0, 1],
        "doubleList": [0.0, 2.5, "NaN", "Infinity", "-Infinity"], "stringList": ["", "x"],
        "colourList": ["COLOUR_RED", 77], "bytesList": ["", "AA=="],
        "atTime": "2024-02-29T23:59:59.123456Z", "howLong": "-3.000000500s", "someMask": "a,bC.dEf",
        "nothing": {}, "wideBox": "12", "textBox": "",
        "inside": {"int32": 1, "inside": {}}, "insideList": [{}, {"string": "x"}],
        "byText": {"": {}, "k": {"int32": 2}}, "byNumber": {"-5": 1.5, "0": 0.0},
        "byBool": {"true": "COLOUR_RED", "false": "COLOUR_UNSPECIFIED"}, "that": "",
    });
    assert_eq!(bench.through(&json), json);
    assert_eq!(bench.through(&json!({})), json!({}));
}

#[test]
fn other_spellings_are_taken_and_the_usual_ones_given_back() {
    let bench = Bench::new();
    for (given, printed) in [
        (json!({"int32": "5"}), json!({"int32": 5})),
        (json!({"int64": 5}), json!({"int64": "5"})),
        (json!({"int64": 1e3}), json!({"int64": "1000"})),
        (json!({"int32": "-1e2"}), json!({"int32": -100})),
        (
            json!({"uint64": 18_446_744_073_709_551_615_u64}),
            json!({"uint64": "18446744073709551615"}),
        ),
        (
            json!({"double": "1.5", "float": 2}),
            json!({"double": 1.5, "float": 2.0}),
        ),
        (
            json!({"colour": 1, "colour_list": ["COLOUR_RED", "77"]}),
            json!({"colour": "COLOUR_RED", "colourList": ["COLOUR_RED", 77]}),
        ),
        (json!({"bytes": "_-A"}), json!({"bytes": "/+A="})),
        (
            json!({"at_time": "2024-01-01T01:00:00+01:00"}),
            json!({"atTime": "2024-01-01T00:00:00Z"}),
        ),
        (
            json!({"atTime": "2024-01-01T00:00:00.5Z"}),
            json!({"atTime": "2024-01-01T00:00:00.500Z"}),
        ),
        (json!({"howLong": "1.5s"}), json!({"howLong": "1.500s"})),
        (
            json!({"someMask": "b_c.d_ef"}),
            json!({"someMask": "bC.dEf"}),
        ),
        (json!({"wide_box": 12}), json!({"wideBox": "12"})),
        (
            json!({"int32": 0, "string": "", "bool": false, "int32List": [], "byText": {}}),
            json!({}),
        ),
        (
            json!({"int32": null, "inside": null, "int32List": null, "byText": null, "that": null, "this": "x"}),
            json!({"this": "x"}),
        ),
    ] {
        assert_eq!(bench.through(&given), printed, "{given}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_its_path() {
    let bench = Bench::new();
    for (json, field, description) in [
        (
            r#"{"inside": {"insideList": [{}, {"int32": 2147483648}]}}"#,
            "inside.inside_list[1].int32",
            "from -2147483648 to 2147483647",
        ),
        (
            r#"{"byText": {"k": {"bool": 1}}}"#,
            "by_text[\"k\"].bool",
            "must be true or false",
        ),
        (
            r#"{"byNumber": {"x": 1}}"#,
            "by_number[\"x\"]",
            "a whole number",
        ),
        (
            r#"{"byNumber": {"1": 1, "1": 2}}"#,
            "by_number[\"1\"]",
            "is given twice",
        ),
        (
            r#"{"byNumber": {"1": 1, "1e0": 2}}"#,
            "by_number[\"1e0\"]",
            "is given twice",
        ),
        (r#"{"this": "x", "that": "y"}"#, "that", "excludes another"),
        (r#"{"int32": 1, "int32": 1}"#, "int32", "is given twice"),
        (
            r#"{"atTime": null, "at_time": null}"#,
            "at_time",
            "is given twice",
        ),
        (r#"{"uint32": -1}"#, "uint32", "from 0 to"),
        (
            r#"{"int64": 9007199254740994.5}"#,
            "int64",
            "a whole number",
        ),
        (r#"{"int64": 1e19}"#, "int64", "a whole number"),
        (r#"{"int32": ""}"#, "int32", "a whole number"),
        (r#"{"int32": " 1"}"#, "int32", "a whole number"),
        (r#"{"float": 1e39}"#, "float", "out of range"),
        (r#"{"double": "1e999"}"#, "double", "a number"),
        (r#"{"double": "nan"}"#, "double", "a number"),
        (r#"{"bytes": "*"}"#, "bytes", "base64"),
        (
            r#"{"colour": "RED"}"#,
            "colour",
            "COLOUR_UNSPECIFIED, COLOUR_RED",
        ),
        (r#"{"colour": 1.5}"#, "colour", "the name or the number"),
        (r#"{"atTime": "2024-02-30T00:00:00Z"}"#, "at_time", "a time"),
        (r#"{"atTime": "2024-02-01t00:00:00z"}"#, "at_time", "a time"),
        (
            r#"{"atTime": "9999-12-31T23:59:59-01:00"}"#,
            "at_time",
            "a time",
        ),
        (
            r#"{"atTime": {"seconds": 1}}"#,
            "at_time",
            "a text, not an object",
        ),
        (r#"{"howLong": "1"}"#, "how_long", "seconds"),
        (r#"{"howLong": "1.0000000001s"}"#, "how_long", "seconds"),
        (r#"{"howLong": "315576000001s"}"#, "how_long", "seconds"),
        (
            r#"{"nothing": {"x": 1}}"#,
            "nothing[\"x\"]",
            "is not a field here",
        ),
        (r#"[]"#, "", "invalid type: sequence, expected an object"),
        (r#"{"int32": 1"#, "", "is no JSON"),
        (r#"{} {}"#, "", "is no JSON"),
    ] {
        let wrong = bench.encoded(json).unwrap_err();
        assert_eq!(wrong.field, field, "{json}: {wrong:?}");
        assert!(wrong.description.contains(description), "{json}: {wrong:?}");
    }
    let deep = format!("{}{}", "{\"inside\":".repeat(1000), "}".repeat(1000));
    assert!(
        bench
            .encoded(&deep)
            .unwrap_err()
            .description
            .contains("recursion limit")
    );
}

#[test]
fn a_text_fills_a_field_wherever_it_lies() {
    let bench = Bench::new();
    let message = bench.message();
    let inside = message.field("inside").unwrap();
    let mut out = bench.encoded(r#"{"inside": {"string": "x"}}"#).unwrap();
    for (name, text) in [
        ("int32", "7"),
        ("at_time", "2024-01-01T00:00:00Z"),
        ("int32_list", "1"),
        ("int32_list", "2"),
        ("text_box", "y"),
    ] {
        let path = [inside, message.field(name).unwrap()];
        bench.tables.encode_text(&path, text, &mut out).unwrap();
    }
    assert_eq!(
        bench.oracle(&out),
        bench.oracle(&bench.encoded(r#"{"inside": {"string": "x", "int32": 7, "atTime": "2024-01-01T00:00:00Z", "int32List": [1, 2], "textBox": "y"}}"#).unwrap())
    );
    assert_eq!(
        find(&out, &[inside, message.field("int32").unwrap()]),
        Some(wire::Value::Varint(7))
    );
    assert_eq!(find(&out, &[message.field("int32").unwrap()]), None);
    let map = message.field("by_text").unwrap();
    assert!(bench.tables.encode_text(&[map], "x", &mut out).is_err());
    assert!(
        bench
            .tables
            .encode_text(&[inside], "x", &mut out)
            .unwrap_err()
            .contains("is an object")
    );
}

#[test]
fn a_mask_leads_back_to_its_paths() {
    let bench = Bench::new();
    for (given, printed) in [
        ("a_b.cD", "aB.cD"),
        ("a__b", "a__b"),
        ("_1,b_", "_1,b_"),
        ("a , ,b", "a,b"),
        (" ", ""),
    ] {
        let bytes = bench
            .encoded(&json!({"someMask": given}).to_string())
            .unwrap();
        let told = json!({"someMask": printed});
        assert_eq!(bench.decoded(&bytes), told, "{given}");
        let again = bench.encoded(&told.to_string()).unwrap();
        assert_eq!(again, bytes, "{given}");
    }
    let mask = bench.message().field("some_mask").unwrap().number as u8;
    for path in ["aB", "a,b", " a", ""] {
        let inside = [&[0x0a, path.len() as u8], path.as_bytes()].concat();
        let mut bytes = Vec::new();
        wire::put_tag(&mut bytes, mask.into(), wire::LENGTH);
        wire::put_bytes(&mut bytes, &inside);
        let printed = bench
            .tables
            .decode(bench.message(), &bytes, &mut Vec::new());
        assert!(printed.is_err(), "{path}");
    }
}

#[test]
fn the_parts_of_a_message_are_printed_as_one() {
    let bench = Bench::new();
    let parts = [
        r#"{"inside": {"int32": 1, "int32List": [1], "inside": {"string": "x"}}}"#,
        r#"{"inside": {"int32": 2, "int32List": [2], "inside": {"int32": 3}}}"#,
    ];
    let bytes = parts.map(|part| bench.encoded(part).unwrap()).concat();
    let printed = bench.decoded(&bytes);
    let whole =
        json!({"inside": {"int32": 2, "int32List": [1, 2], "inside": {"int32": 3, "string": "x"}}});
    assert_eq!(printed, whole);
    assert_eq!(printed, serde_json::to_value(bench.oracle(&bytes)).unwrap());
}

#[test]
fn a_span_out_of_range_has_no_form() {
    for (seconds, nanos) in [
        (i64::MIN, 0),
        (i64::MAX, 0),
        (0, i32::MIN),
        (1, -1),
        (315_576_000_001, 0),
    ] {
        let mut out = Vec::new();
        assert_eq!(time::show_duration(seconds, nanos, &mut out), None);
    }
}

#[test]
fn bytes_that_are_no_message_are_no_json() {
    let bench = Bench::new();
    for bytes in [
        &[0x08][..],
        &[0x0a, 5, 1],
        &[0xff; 12],
        &[0x0f, 1],
        &[0x1d, 1],
    ] {
        let mut out = Vec::new();
        assert!(
            bench
                .tables
                .decode(bench.message(), bytes, &mut out)
                .is_err(),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_detail_is_printed_with_its_type_also_where_it_is_not_known() {
    let tables = crate::rest::schema::tables().unwrap();
    let status = tables.get("google.rpc.Status").unwrap();
    let any = |url: &str, value: Vec<u8>| prost_types::Any {
        type_url: url.to_owned(),
        value,
    };
    let retry = prost_types::Duration {
        seconds: 0,
        nanos: 200_000_000,
    };
    let told = tonic_types::pb::Status {
        code: 3,
        message: "m".to_owned(),
        details: vec![
            any(
                "type.googleapis.com/google.rpc.RetryInfo",
                [
                    vec![0x0a],
                    vec![retry.encoded_len() as u8],
                    retry.encode_to_vec(),
                ]
                .concat(),
            ),
            any(
                "type.googleapis.com/google.protobuf.Duration",
                retry.encode_to_vec(),
            ),
            any("example/Unknown", vec![1, 2]),
        ],
    };
    let mut out = Vec::new();
    tables
        .decode(status, &told.encode_to_vec(), &mut out)
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&out).unwrap()["details"],
        json!([
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.200s"},
            {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "0.200s"},
            {"@type": "example/Unknown", "value": "AQI="},
        ])
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_message_is_printed_as_the_library_prints_it_and_read_back(
        numbers in any::<(i32, i64, u32, u64, bool)>(),
        lists in any::<(Vec<i32>, Vec<u64>, Vec<String>, Vec<Vec<u8>>)>(),
        // With few digits: how many of a float's are worth printing is a matter of taste.
        floats in any::<(i16, i32)>(),
        seconds in -62_135_596_800_i64..=253_402_300_799,
        nanos in 0..1_000_000_000_i32,
    ) {
        let bench = Bench::new();
        let mut message = bench.oracle(&[]);
        let mut set = |name: &str, value: Reflected| message.set_field_by_name(name, value);
        for name in ["int32", "sint32", "sfixed32"] {
            set(name, Reflected::I32(numbers.0));
        }
        for name in ["int64", "sint64", "sfixed64"] {
            set(name, Reflected::I64(numbers.1));
        }
        for name in ["uint32", "fixed32"] {
            set(name, Reflected::U32(numbers.2));
        }
        for name in ["uint64", "fixed64"] {
            set(name, Reflected::U64(numbers.3));
        }
        set("bool", Reflected::Bool(numbers.4));
        set("colour", Reflected::EnumNumber(numbers.0));
        set("float", Reflected::F32(f32::from(floats.0) / 4.0));
        set("double", Reflected::F64(f64::from(floats.1) / 8.0));
        set("sint32_list", Reflected::List(lists.0.into_iter().map(Reflected::I32).collect()));
        set("fixed64_list", Reflected::List(lists.1.into_iter().map(Reflected::U64).collect()));
        set("string_list", Reflected::List(lists.2.into_iter().map(Reflected::String).collect()));
        set("bytes_list", Reflected::List(lists.3.into_iter().map(|bytes| Reflected::Bytes(bytes.into())).collect()));
        let mut time = bench.oracle(&[]).get_field_by_name("at_time").unwrap().as_message().unwrap().clone();
        time.set_field_by_name("seconds", Reflected::I64(seconds));
        time.set_field_by_name("nanos", Reflected::I32(nanos));
        set("at_time", Reflected::Message(time));
        let bytes = message.encode_to_vec();
        let printed = bench.decoded(&bytes);
        prop_assert_eq!(&printed, &serde_json::to_value(&message).unwrap());
        let back = bench.encoded(&printed.to_string()).unwrap();
        prop_assert_eq!(bench.decoded(&back), printed);
    }

    #[test]
    fn no_text_and_no_bytes_make_it_panic(text in ".*", bytes in any::<Vec<u8>>()) {
        let bench = Bench::new();
        let _ = bench.encoded(&text);
        let mut out = Vec::new();
        let _ = bench.tables.decode(bench.message(), &bytes, &mut out);
    }
}
