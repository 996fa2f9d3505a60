//! What is printed, and what has no form.

use prost::Message as _;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::rest::codec::{time, wire};

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
