//! Every example of the document is sent as it stands to a server with the demo, and what comes back is held against
//! what the document tells.

use std::net::SocketAddr;

use order_status_tests::http::Call;
use order_status_tests::{Config, Server};
use serde_json::Value;

use crate::document::{Document, Operation};

/// The operations whose example shows what is refused: the demo's workflow locks nothing, and a key is no session.
const REFUSED: [(&str, &str); 3] = [
    ("OrderService_LockOrder", "400"),
    ("OrderService_UnlockOrder", "400"),
    ("SessionService_DeleteSession", "404"),
];
/// The operations that do not end by themselves.
const ENDLESS: [&str; 1] = ["OrderService_WatchOrders"];

/// The request that the examples of an operation make, with what is required and nothing else.
fn request(address: SocketAddr, document: &Document, operation: &Operation) -> Call {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in document.parameters(operation) {
        let name = parameter["name"].as_str().expect("a parameter has a name");
        let example = &parameter["example"];
        let texts: Vec<&str> = match example {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        match parameter["in"].as_str() {
            Some("path") => {
                assert_eq!(
                    texts.len(),
                    1,
                    "{} has no example of {name}",
                    operation.path
                );
                path = path.replace(&format!("{{{name}}}"), texts[0]);
            }
            Some("query") => query.extend(texts.iter().map(|text| format!("{name}={text}"))),
            _ => {}
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let call = Call::new(address, &operation.verb.to_uppercase(), &path).key("demo-admin");
    match &operation.value["requestBody"] {
        Value::Null => call,
        body => call.json(&body["content"]["application/json"]["example"]),
    }
}

/// The members of an answer that its schema does not tell, by their paths.
fn untold(document: &Document, schema: &Value, answer: &Value, at: &str, found: &mut Vec<String>) {
    let schema = document.at_value(schema);
    match answer {
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{at}.{name}");
                match schema["properties"]
                    .get(name)
                    .or(schema.get("additionalProperties"))
                {
                    Some(below) => untold(document, below, value, &path, found),
                    None => found.push(path),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| untold(document, &schema["items"], item, at, found)),
        scalar => {
            let kind = match scalar {
                Value::String(_) => "string",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "integer",
                _ => "null",
            };
            if schema["type"] != kind {
                found.push(format!("{at} is {kind}"));
            }
        }
    }
}

#[tokio::test]
async fn every_example_works_on_the_demo_and_is_answered_as_told() {
    let server = Server::start(Config {
        demo: true,
        ..Config::default()
    })
    .await;
    let address = server.http_address();
    let document = Document::of(address).await;
    // The document tells the main operations before those that name the same thing otherwise; reading comes first, so
    // that the examples find the demo as it was filled in, and deleting last.
    let mut operations: Vec<&Operation> = document
        .operations
        .iter()
        .filter(|one| !one.value["operationId"].as_str().unwrap().contains("_by"))
        .collect();
    operations.sort_by_key(|one| match one.verb.as_str() {
        "get" => 0,
        "delete" => 2,
        _ => 1,
    });
    let mut wrong = Vec::new();
    for operation in operations {
        let id = operation.value["operationId"].as_str().unwrap();
        if ENDLESS.contains(&id) {
            continue;
        }
        let response = request(address, &document, operation).send().await;
        let status = response.status.to_string();
        let refused = REFUSED.iter().find(|(refused, _)| *refused == id);
        let expected = refused.map_or("200", |(_, status)| *status);
        if status != expected {
            wrong.push(format!("{id}: {status} {}", response.text()));
            continue;
        }
        let told = document.at_value(&operation.value["responses"][&status]);
        let schema = &told["content"]["application/json"]["schema"];
        let mut found = Vec::new();
        if expected == "200" {
            untold(&document, schema, &response.json(), "", &mut found);
        }
        wrong.extend(
            found
                .iter()
                .map(|path| format!("{id}: the answer's {path} is not told")),
        );
        for header in told["headers"].as_object().unwrap().keys() {
            if response.header(&header.to_lowercase()).is_none() {
                wrong.push(format!("{id}: no header {header}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
