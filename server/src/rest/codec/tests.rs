mod bench;
mod decode;
mod encode;

use bench::Bench;
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::Value as Reflected;
use serde_json::json;

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
