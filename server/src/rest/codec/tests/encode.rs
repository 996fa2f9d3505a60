//! What is taken, and what is refused.

use serde_json::json;

use super::bench::Bench;
use crate::rest::codec::{find, wire};

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
