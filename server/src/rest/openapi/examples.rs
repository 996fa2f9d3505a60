//! Examples of messages. The ones worth reading are written out in `examples.json`; a message that is not
//! among them is shown by those that it holds.

use prost_reflect::{Kind, MessageDescriptor};

use super::json::Json;

/// Messages by name, in canonical proto3 JSON, as far as possible of the demo's data: a request may be sent as
/// it stands.
const WRITTEN: &str = include_str!("examples.json");

/// How deep messages are looked into.
const DEPTH: usize = 4;

/// The examples.
pub struct Examples(Json);

impl Examples {
    /// The written ones. The file is part of the program and tested with it: were it no JSON, there would be
    /// no examples.
    pub fn written() -> Examples {
        Examples(serde_json::from_str(WRITTEN).unwrap_or(Json::object()))
    }

    /// An example of a message; `None` where nothing about it is worth an example.
    pub fn of(&self, message: &MessageDescriptor) -> Option<Json> {
        self.below(message, DEPTH)
    }

    /// What the example of a message says at a path of JSON names.
    pub fn at(&self, message: &MessageDescriptor, path: &[&str]) -> Option<Json> {
        let whole = self.0.get(message.name())?;
        path.iter()
            .try_fold(whole, |json, name| json.get(name))
            .cloned()
    }

    fn below(&self, message: &MessageDescriptor, depth: usize) -> Option<Json> {
        if let Some(written) = self.0.get(message.name()) {
            return Some(written.clone());
        }
        let depth = depth.checked_sub(1)?;
        let mut example = Json::object();
        for field in message.fields().filter(|field| !field.is_map()) {
            let Kind::Message(kind) = field.kind() else {
                continue;
            };
            let Some(value) = self.below(&kind, depth) else {
                continue;
            };
            let value = if field.is_list() {
                vec![value].into()
            } else {
                value
            };
            example.put(field.json_name(), value);
        }
        (!example.is_empty()).then_some(example)
    }
}
