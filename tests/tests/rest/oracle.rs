//! What an HTTP call has to say and to answer, told from the descriptors and from gRPC's bytes by a library of its own,
//! and how a request becomes an HTTP call.

use order_status_proto::FILE_DESCRIPTOR_SET;
use order_status_tests::refusal::reason;
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value as Reflected};
use serde::de::DeserializeSeed as _;
use serde_json::{Value, json};
use tonic::{Code, Status};

/// The API's descriptors with those of what refusals carry.
pub fn pool() -> DescriptorPool {
    let mut pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("descriptors");
    pool.decode_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .expect("descriptors of details");
    pool
}

/// A message as JSON.
pub fn printed(pool: &DescriptorPool, name: &str, bytes: &[u8]) -> Value {
    let descriptor = pool.get_message_by_name(name).expect("a message");
    let message = DynamicMessage::decode(descriptor, bytes).expect("its bytes");
    serde_json::to_value(message).expect("a form in JSON")
}

/// JSON as a message.
pub fn encoded(pool: &DescriptorPool, name: &str, json: &Value) -> Vec<u8> {
    let descriptor = pool.get_message_by_name(name).expect("a message");
    let message = descriptor
        .deserialize(json)
        .unwrap_or_else(|error| panic!("{name}: {error}: {json}"));
    message.encode_to_vec()
}

/// A refusal as AIP-193 prints it, without the code of HTTP.
pub fn refusal(pool: &DescriptorPool, status: &Status) -> Value {
    let whole = printed(pool, "google.rpc.Status", status.details());
    let details = whole.get("details").cloned().unwrap_or_else(|| json!([]));
    let code = format!("{:?}", status.code());
    let mut name = String::new();
    for (at, letter) in code.char_indices() {
        if letter.is_uppercase() && at > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    json!({"status": name, "message": status.message(), "details": details})
}

/// The code of HTTP that goes with a code of gRPC.
pub fn http_code(status: &Status) -> u16 {
    match status.code() {
        Code::InvalidArgument if reason(status) == "REQUEST_ID_REUSED" => 422,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::ResourceExhausted => 429,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        _ => 500,
    }
}

/// One way to reach a method.
pub struct Rule {
    pub verb: String,
    pub path: String,
    pub body: String,
}

/// Every way to reach a method.
pub fn rules(pool: &DescriptorPool, method: &MethodDescriptor) -> Vec<Rule> {
    let http = pool
        .get_extension_by_name("google.api.http")
        .expect("the annotation");
    let Reflected::Message(first) = method.options().get_extension(&http).into_owned() else {
        panic!("the annotation is a message");
    };
    let more = first
        .get_field_by_name("additional_bindings")
        .expect("bindings")
        .into_owned();
    let more = more
        .as_list()
        .map(<[Reflected]>::to_vec)
        .unwrap_or_default();
    let more = more
        .into_iter()
        .filter_map(|rule| rule.as_message().cloned());
    std::iter::once(first)
        .chain(more)
        .map(|rule| {
            let text = |name: &str| {
                let value = rule.get_field_by_name(name).expect("a field").into_owned();
                value.as_str().unwrap_or_default().to_owned()
            };
            let verbs = ["get", "put", "post", "delete", "patch"];
            let verb = verbs
                .into_iter()
                .find(|verb| !text(verb).is_empty())
                .expect("a verb");
            Rule {
                verb: verb.to_uppercase(),
                path: text(verb),
                body: text("body"),
            }
        })
        .collect()
}

/// The names in the braces of a path.
pub fn captures(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .map(|part| part.split('}').next().expect("a name"))
        .collect()
}

/// A request by a rule: its target and its body.
pub fn transcoded(rule: &Rule, request: &Value) -> (String, Option<Value>) {
    let mut rest = request.clone();
    let mut target = rule.path.clone();
    for name in captures(&rule.path) {
        let value = taken(&mut rest, name);
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        target = target.replace(&format!("{{{name}}}"), &escaped(&value));
    }
    let body = match rule.body.as_str() {
        "" => None,
        "*" => Some(std::mem::take(&mut rest)),
        name => Some(taken(&mut rest, name)),
    };
    let mut query = Vec::new();
    flatten(&mut query, "", &rest);
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query.join("&"));
    }
    (target, body)
}

/// What a dotted name leads to, which is then gone.
fn taken(json: &mut Value, name: &str) -> Value {
    match name.split_once('.') {
        Some((first, rest)) => taken(&mut json[first], rest),
        None => {
            let fields = json.as_object_mut().expect("an object");
            fields
                .remove(name)
                .unwrap_or_else(|| panic!("the request has no {name}"))
        }
    }
}

fn flatten(query: &mut Vec<String>, name: &str, json: &Value) {
    match json {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                flatten(query, &name, value);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(query, name, item)),
        Value::String(text) => query.push(format!("{name}={}", escaped(text))),
        other => query.push(format!("{name}={other}")),
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let escape = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escape).collect()
}
