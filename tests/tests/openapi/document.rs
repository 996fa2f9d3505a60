//! The document, read as clients read it.

use std::net::SocketAddr;

use order_status_tests::http::Call;
use serde_json::Value;

/// The verbs that a path may have.
const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document.
pub struct Document {
    /// All of it.
    pub value: Value,
    /// Its operations, in the order of their paths.
    pub operations: Vec<Operation>,
}

/// One operation.
pub struct Operation {
    /// Its path, with the parameters in braces.
    pub path: String,
    /// Its verb, in small letters.
    pub verb: String,
    /// What is said of it.
    pub value: Value,
}

impl Document {
    /// The document that a server answers.
    pub async fn of(address: SocketAddr) -> Self {
        let value = Call::new(address, "GET", "/openapi.json")
            .send()
            .await
            .json();
        let mut operations = Vec::new();
        for (path, item) in value["paths"].as_object().expect("paths") {
            for verb in VERBS {
                if let Some(operation) = item.get(verb) {
                    operations.push(Operation {
                        path: path.clone(),
                        verb: verb.to_owned(),
                        value: operation.clone(),
                    });
                }
            }
        }
        Self { value, operations }
    }

    /// The operation of that id.
    pub fn operation(&self, id: &str) -> &Operation {
        let mut all = self.operations.iter();
        let found = all.find(|operation| operation.value["operationId"] == id);
        found.unwrap_or_else(|| panic!("there is no operation {id}"))
    }

    /// What a reference leads to.
    pub fn at(&self, reference: &str) -> Option<&Value> {
        self.value.pointer(reference.strip_prefix('#')?)
    }

    /// What a value stands for: itself, or what it refers to.
    pub fn at_value<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.at(reference).expect("something referred to"),
            None => value,
        }
    }

    /// The schema of that name.
    pub fn schema(&self, name: &str) -> &Value {
        let schema = &self.value["components"]["schemas"][name];
        assert!(schema.is_object(), "there is no schema {name}");
        schema
    }

    /// The parameters of an operation.
    pub fn parameters<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a Value> {
        let list = operation.value["parameters"].as_array();
        list.into_iter().flatten().map(|one| self.at_value(one))
    }

    /// The parameter of that name.
    pub fn parameter<'a>(&'a self, operation: &'a Operation, name: &str) -> &'a Value {
        let found = self.parameters(operation).find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("{} has no parameter {name}", operation.path))
    }

    /// Looks at a schema and at all that it holds or refers to.
    pub fn visit_schema(&self, schema: &Value, look: &mut impl FnMut(&Value)) {
        let mut waiting = vec![schema];
        let mut seen: Vec<&str> = Vec::new();
        while let Some(schema) = waiting.pop() {
            if let Some(reference) = schema["$ref"].as_str() {
                if !seen.contains(&reference) {
                    seen.push(reference);
                    waiting.extend(self.at(reference));
                }
                continue;
            }
            look(schema);
            waiting.extend(
                schema["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(|all| all.values()),
            );
            waiting.extend(schema["anyOf"].as_array().into_iter().flatten());
            waiting.extend(schema.get("items"));
        }
    }
}

/// Looks at a value and at all that it holds.
pub fn visit(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        Value::Object(members) => members.values().for_each(|member| visit(member, look)),
        _ => {}
    }
}
