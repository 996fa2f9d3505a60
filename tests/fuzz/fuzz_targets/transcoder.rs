#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use order_status_fuzz::understood;
use order_status_server::rest::{fuzzing, schema};
use prost_reflect::{DynamicMessage, ReflectMessage as _};
use serde_json::Value;

fuzz_target!(|text: &[u8]| -> Corpus {
    let (name, wire) = match understood(text, fuzzing::transcode) {
        Ok(read) => read,
        Err(corpus) => return corpus,
    };
    let message = meaning(name, &wire);
    let json = fuzzing::to_json(name, &wire).unwrap_or_else(|error| panic!("{name}: {error}"));
    let shown = json.escape_ascii();
    // Another library prints the same, where what it prints leads back: of some masks it loses a part.
    let told: Value = serde_json::from_slice(&json).unwrap_or_else(|e| panic!("{e}: {shown}"));
    if let Ok(expected) = serde_json::to_value(&message)
        && DynamicMessage::deserialize(message.descriptor(), &expected).is_ok_and(|again| again == message)
    {
        assert_eq!(told, expected, "{name}");
    }
    let again = fuzzing::from_json(name, &json);
    let again = again.unwrap_or_else(|wrong| panic!("{name}: {wrong}: {shown}"));
    assert_eq!(meaning(name, &again), message, "{name}: {shown}");
    assert_eq!(fuzzing::to_json(name, &again), Ok(json), "{name}");
    Corpus::Keep
});

/// The message as another library reads it.
fn meaning(name: &str, wire: &[u8]) -> DynamicMessage {
    let pool = schema::pool().expect("descriptors");
    let descriptor = pool.get_message_by_name(name).expect("a message");
    DynamicMessage::decode(descriptor, wire).unwrap_or_else(|error| panic!("{name}: {error}"))
}
