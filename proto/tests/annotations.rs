//! What the API promises about its own description: the HTTP mapping, the generic checks of
//! requests and the OpenAPI page all read these annotations.

use std::collections::BTreeSet;

use order_status_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    Value,
};

const PACKAGE: &str = "orderstatus.v1";

fn pool() -> DescriptorPool {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptor set decodes")
}

fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let methods: Vec<_> = pool
        .services()
        .filter(|service| service.package_name() == PACKAGE)
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect();
    assert!(methods.len() > 40, "only {} methods", methods.len());
    methods
}

/// Every rule of the method: the first and its additional bindings.
fn http_rules(pool: &DescriptorPool, method: &MethodDescriptor) -> Vec<DynamicMessage> {
    let http = pool
        .get_extension_by_name("google.api.http")
        .expect("google.api.http is in the pool");
    let options = method.options();
    if !options.has_extension(&http) {
        return Vec::new();
    }
    let Value::Message(rule) = options.get_extension(&http).into_owned() else {
        panic!("google.api.http is a message");
    };
    let additional = rule
        .get_field_by_name("additional_bindings")
        .map(|value| value.into_owned());
    let mut rules = vec![rule];
    if let Some(Value::List(bindings)) = additional {
        rules.extend(
            bindings
                .iter()
                .filter_map(|value| value.as_message().cloned()),
        );
    }
    rules
}

/// HTTP verb and path of a rule.
fn verb_and_path(rule: &DynamicMessage) -> Option<(&'static str, String)> {
    ["get", "put", "post", "delete", "patch"]
        .into_iter()
        .find_map(|verb| {
            let path = rule.get_field_by_name(verb)?.as_str()?.to_owned();
            (!path.is_empty()).then_some((verb, path))
        })
}

/// The field that a dotted path names, starting at `message`.
fn field_at(message: &MessageDescriptor, path: &str) -> Option<FieldDescriptor> {
    match path.split_once('.') {
        None => message.get_field_by_name(path),
        Some((first, rest)) => match message.get_field_by_name(first)?.kind() {
            Kind::Message(inner) => field_at(&inner, rest),
            _ => None,
        },
    }
}

/// Every message of our package that a method takes or answers, however deep.
fn reachable(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut open: Vec<_> = methods(pool)
        .into_iter()
        .flat_map(|method| [method.input(), method.output()])
        .collect();
    while let Some(message) = open.pop() {
        let ours = message.package_name() == PACKAGE && !message.is_map_entry();
        if !ours || !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        open.extend(message.fields().filter_map(|field| match field.kind() {
            Kind::Message(inner) => Some(inner),
            _ => None,
        }));
        found.push(message);
    }
    found
}

#[test]
fn every_method_has_an_http_rule_whose_variables_are_request_fields() {
    let pool = pool();
    let mut taken = BTreeSet::new();
    for method in methods(&pool) {
        let rules = http_rules(&pool, &method);
        assert!(
            !rules.is_empty(),
            "{} has no google.api.http",
            method.full_name()
        );
        for rule in rules {
            let (verb, path) = verb_and_path(&rule).expect("a rule has a verb and a path");
            for variable in path
                .split('{')
                .skip(1)
                .filter_map(|part| part.split('}').next())
            {
                let field = field_at(&method.input(), variable);
                assert!(
                    field.is_some(),
                    "{}: no field {variable}",
                    method.full_name()
                );
            }
            assert!(
                taken.insert((verb, path.clone())),
                "{verb} {path} leads to two methods"
            );
        }
    }
}

#[test]
fn every_field_has_a_behavior_and_its_comment_opens_with_the_same_word() {
    let pool = pool();
    let extension = pool
        .get_extension_by_name("google.api.field_behavior")
        .expect("google.api.field_behavior is in the pool");
    for message in reachable(&pool) {
        for field in message.fields() {
            let options = field.options();
            let Value::List(behaviors) = options.get_extension(&extension).into_owned() else {
                panic!("google.api.field_behavior is a list");
            };
            let opening = match behaviors.first().and_then(Value::as_enum_number) {
                Some(1 | 5) => " Optional. ",
                Some(2) => " Required. ",
                Some(3) => " Output only. ",
                Some(8) => " ",
                other => panic!("{} has the behavior {other:?}", field.full_name()),
            };
            let comment = comment(&field);
            assert!(
                comment.starts_with(opening),
                "{}: `{comment}` does not open with `{opening}`",
                field.full_name()
            );
        }
    }
}

/// The comment before a field of a top-level message.
fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_file();
    let file = file.file_descriptor_proto();
    let location = file
        .source_code_info
        .iter()
        .flat_map(|info| &info.location)
        .find(|location| location.path == field.path());
    location
        .and_then(|location| location.leading_comments.clone())
        .unwrap_or_default()
}

#[test]
fn the_descriptor_set_holds_all_that_it_imports() {
    let pool = pool();
    for name in [
        "google/api/annotations.proto",
        "google/protobuf/timestamp.proto",
    ] {
        assert!(pool.get_file_by_name(name).is_some(), "{name} is missing");
    }
}
