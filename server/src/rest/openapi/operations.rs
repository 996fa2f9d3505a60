//! One operation for each HTTP binding of each method.

use std::collections::HashSet;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::behaviour::{Behaviour, behaviour};
use super::comments::{Comments, first_sentence};
use super::errors::Refusals;
use super::examples::Examples;
use super::json::Json;
use super::parameters::Parameters;
use super::schemas::{Schemas, Use};
use crate::auth::rights::{self, Access, Right};
use crate::rest::binding::{Answers, Binding, Body, Method};

/// What operations are made of.
pub struct Operations<'a> {
    /// The comments of the protobuf files.
    pub comments: &'a Comments,
    /// What is answered to requests that are refused.
    pub refusals: Refusals<'a>,
    /// Examples of messages.
    pub examples: &'a Examples,
    /// The schemas that operations refer to.
    pub schemas: Schemas<'a>,
}

impl Operations<'_> {
    /// The operation of a binding; `main` says whether it is the first of its method.
    pub fn operation(&mut self, method: &Method, binding: &Binding, main: bool) -> Json {
        let descriptor = &method.descriptor;
        let comment = self
            .comments
            .above(descriptor.parent_file().name(), descriptor.path());
        let right = rights::of(&method.path).map(|row| row.right);
        let mut description = comment.to_owned();
        if let Some(Right::Needs(access)) = right {
            description.push_str(&format!("\n\n{}", callers(access)));
        }
        let mut operation = Json::object()
            .with("operationId", operation_id(method, binding, main))
            .with("tags", Json::texts([descriptor.parent_service().name()]))
            .with("summary", first_sentence(comment))
            .with("description", description)
            .with("x-grpc-method", method.path.trim_start_matches('/'));
        if right == Some(Right::Open) {
            operation.put("security", Vec::new());
        }
        let request = descriptor.input();
        let mut parameters = Parameters::new(&mut self.schemas, self.examples, &request);
        parameters.captured(&binding.template);
        parameters.queried(&left_out(binding), &binding.body);
        parameters.headers(is_cached(method, binding));
        let parameters = parameters.into_json();
        if !parameters.is_empty() {
            operation.put("parameters", parameters);
        }
        if let Some(body) = self.body(method, binding) {
            operation.put("requestBody", body);
        }
        let mut responses = Json::object().with("200", self.answer(method, binding));
        if is_cached(method, binding) {
            let unchanged =
                Json::object().with("description", "It is still what `If-None-Match` names.");
            responses.put("304", unchanged);
        }
        for (status, refusal) in self.refusals.of(method, binding, comment) {
            responses.put(status.to_string(), refusal);
        }
        operation.with("responses", responses)
    }

    fn body(&mut self, method: &Method, binding: &Binding) -> Option<Json> {
        let request = method.descriptor.input();
        let example = self.examples.of(&request);
        let (schema, required, example, field) = match &binding.body {
            Body::None => return None,
            Body::Whole => {
                let left_out = left_out(binding);
                let example = example.map(|example| without(example, &request, &left_out));
                let required = self.schemas.asks_for_something(&request, &left_out);
                let schema = self.schemas.body(&request, &left_out);
                (schema, required, example, None)
            }
            Body::Field(field) => {
                let name = field.json_name();
                let example = example.and_then(|example| example.get(name).cloned());
                let example = example.map(|example| beside_path(example, method, field));
                let required = behaviour(field) == Behaviour::Required;
                let said = said_of(binding, field);
                let schema = match field.kind() {
                    Kind::Message(body) if !said.is_empty() => {
                        self.schemas.body_beside_path(&body, &said)
                    }
                    _ => self.schemas.field(field, Use::Request),
                };
                (schema, required, example, Some(name))
            }
        };
        let media = Json::object()
            .with("schema", schema)
            .with("example", example.unwrap_or(Json::object()));
        let body = Json::object()
            .with("required", required)
            .with("content", Json::object().with("application/json", media))
            .with_some("x-field", field);
        Some(body)
    }

    fn answer(&mut self, method: &Method, binding: &Binding) -> Json {
        let answer = method.descriptor.output();
        let whole = self.examples.of(&answer);
        let (schema, example) = match &binding.response_body {
            None => (self.schemas.message(&answer, Use::Answer), whole),
            Some(field) => {
                let example = whole.and_then(|whole| whole.get(field.json_name()).cloned());
                (self.schemas.field(field, Use::Answer), example)
            }
        };
        let mut headers = Json::object();
        if is_tagged(method, binding) {
            headers.put("ETag", Json::reference("headers", "ETag"));
        }
        headers.put(
            "X-Correlation-Id",
            Json::reference("headers", "CorrelationId"),
        );
        let media = Json::object()
            .with("schema", schema)
            .with_some("example", example);
        let content = match method.answers {
            Answers::One => Json::object().with("application/json", media),
            Answers::Stream => stream(media),
        };
        let comment = self
            .comments
            .above(answer.parent_file().name(), answer.path());
        let says = match first_sentence(comment) {
            "" => "Done",
            says => says,
        };
        Json::object()
            .with("description", format!("{says}."))
            .with("headers", headers)
            .with("content", content)
    }
}

/// Whether answers carry an entity tag.
fn is_tagged(method: &Method, binding: &Binding) -> bool {
    let etag = method.descriptor.output().get_field_by_name("etag");
    etag.is_some() && method.answers == Answers::One && binding.response_body.is_none()
}

/// Whether an answer that the caller has already is not sent again.
fn is_cached(method: &Method, binding: &Binding) -> bool {
    is_tagged(method, binding) && binding.verb == http::Method::GET
}

/// The two forms of a stream.
fn stream(lines: Json) -> Json {
    // Without a type: some tools read the whole as a text, some an event as an object.
    let events = Json::object().with(
        "description",
        "Server-Sent Events whose data are the same messages.",
    );
    Json::object()
        .with("application/x-ndjson", lines)
        .with("text/event-stream", Json::object().with("schema", events))
}

/// `OrderService_GetOrder`, and for further bindings `OrderService_GetOrder_byNumber`.
fn operation_id(method: &Method, binding: &Binding, main: bool) -> String {
    let descriptor = &method.descriptor;
    let mut id = format!(
        "{}_{}",
        descriptor.parent_service().name(),
        descriptor.name()
    );
    if !main {
        id.push_str("_by");
        for field in binding
            .template
            .captures
            .iter()
            .filter_map(|capture| capture.field.last())
        {
            let (first, rest) = field.name().split_at(1);
            id.push_str(&first.to_uppercase());
            id.push_str(rest);
        }
    }
    id
}

/// The numbers of the request's fields that its path speaks for: the captured ones, and what they exclude.
fn left_out(binding: &Binding) -> HashSet<u32> {
    let mut numbers = HashSet::new();
    for capture in &binding.template.captures {
        let [field] = capture.field.as_slice() else {
            continue;
        };
        numbers.insert(field.number());
        if let Some(oneof) = field.containing_oneof() {
            numbers.extend(oneof.fields().map(|field| field.number()));
        }
    }
    numbers
}

/// The numbers of the fields of a body that the path says.
fn said_of(binding: &Binding, body: &FieldDescriptor) -> HashSet<u32> {
    let captures = binding.template.captures.iter();
    let said = captures.filter_map(|capture| match capture.field.as_slice() {
        [root, field] if root == body => Some(field.number()),
        _ => None,
    });
    said.collect()
}

/// An example of a message without those of its fields.
fn without(example: Json, message: &MessageDescriptor, left_out: &HashSet<u32>) -> Json {
    let Json::Object(mut members) = example else {
        return example;
    };
    members.retain(|(name, _)| {
        let field = message.get_field_by_json_name(name);
        field.is_none_or(|field| !left_out.contains(&field.number()))
    });
    Json::Object(members)
}

/// An example of a body without what one of the method's paths says.
fn beside_path(example: Json, method: &Method, body: &FieldDescriptor) -> Json {
    let Json::Object(mut members) = example else {
        return example;
    };
    let captures = method
        .bindings
        .iter()
        .flat_map(|binding| &binding.template.captures);
    let said: HashSet<&str> = captures
        .filter_map(|capture| match capture.field.as_slice() {
            [root, field] if root == body => Some(field.json_name()),
            _ => None,
        })
        .collect();
    members.retain(|(name, _)| !said.contains(name.as_str()));
    Json::Object(members)
}

/// Who may call a method, in words.
fn callers(access: Access) -> String {
    let least = access.least.name();
    let mut who = match (access.client, least) {
        (true, "staff") => "For every role; clients reach their own orders only".to_owned(),
        (true, least) => format!("For clients, on their own orders, and for {least} and above"),
        (false, "admin") => "For admins".to_owned(),
        (false, least) => format!("For {least} and above"),
    };
    if let Some(scope) = access.scope {
        who.push_str(&format!(" with the scope `{scope}`"));
    }
    who.push('.');
    who
}
