//! What a method may answer instead of what was asked for, told by its descriptor and its comment.

use std::collections::BTreeSet;

use prost_reflect::FieldDescriptor;

use super::json::Json;
use super::reasons::{PREFIX, Reason};
use crate::auth::rights::{self, Right};
use crate::rest::binding::{Answers, Binding, Body, Method};

/// The reasons of every method.
const ALWAYS: [&str; 5] = [
    "HTTPS_REQUIRED",
    "INVALID_FIELD",
    "LIMIT_EXCEEDED",
    "DATABASE_UNAVAILABLE",
    "INTERNAL",
];
/// Those of every method that takes a credential.
const CLOSED: [&str; 3] = [
    "CREDENTIAL_MISSING",
    "CREDENTIAL_INVALID",
    "METHOD_NOT_ALLOWED_FOR_ROLE",
];
/// Those of a request that asks a workflow for a move.
const MOVE: [&str; 6] = [
    "ROLE_NOT_ALLOWED",
    "TRANSITION_NOT_ALLOWED",
    "GUARD_FAILED",
    "STATE_FINAL",
    "ORDER_LOCKED",
    "UNKNOWN_CODE",
];
/// What may be wrong with a body before its content is looked at.
const BODY: [(i64, &str); 2] = [
    (408, "The body did not come whole in time."),
    (413, "The body is longer than the service takes."),
];
/// What the listener answers by itself, without a body, where the address is long.
const ADDRESS: (i64, &str) = (
    431,
    "The address and the headers are longer than the service takes.",
);
/// Those that come with a field of the request.
const BY_FIELD: [(&str, &[&str]); 8] = [
    ("request_id", &["REQUEST_ID_REUSED", "QUEUE_FULL"]),
    ("etag", &["ETAG_STALE"]),
    ("page_token", &["PAGE_TOKEN_INVALID"]),
    (
        "token",
        &["WATCH_TOKEN_INVALID", "WATCH_TOKEN_OUT_OF_RANGE"],
    ),
    ("ids", &["ORDER_NOT_FOUND"]),
    ("method", &["UNKNOWN_CODE"]),
    ("notify", &MOVE),
    ("account_id", &["RESOURCE_NOT_FOUND"]),
];
/// Those that come with a oneof of the request.
const BY_ONEOF: [(&str, &[&str]); 3] = [
    ("order", &["ORDER_NOT_FOUND"]),
    ("target", &["UNKNOWN_TARGET"]),
    ("as_of", &["RESOURCE_NOT_FOUND"]),
];

/// The schema of errors.
pub fn schema(reasons: &[Reason]) -> Json {
    let names = reasons.iter().map(|reason| reason.name.clone());
    let text = |description: &str| {
        Json::object()
            .with("type", "string")
            .with("description", description)
    };
    let mut statuses: Vec<&str> = Vec::new();
    for reason in reasons {
        if !statuses.contains(&reason.status.as_str()) {
            statuses.push(&reason.status);
        }
    }
    let known: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let detail = Json::object()
        .with("type", "object")
        .with(
            "description",
            format!(
                "A message of google.rpc. Every error holds one ErrorInfo, whose `reason` is one of {}. \
                 BadRequest, PreconditionFailure and RetryInfo stand beside it where they fit.",
                known.join(", ")
            ),
        )
        .with(
            "properties",
            Json::object().with("@type", text("Which message, as `type.googleapis.com/NAME`.")),
        )
        .with("required", Json::texts(["@type"]));
    let code = Json::object()
        .with("type", "integer")
        .with("description", "The HTTP status.");
    let error = Json::object()
        .with("type", "object")
        .with(
            "properties",
            Json::object()
                .with("code", code)
                .with(
                    "status",
                    text(&format!(
                        "The status code, such as {}.",
                        statuses.join(", ")
                    )),
                )
                .with("message", text("What is wrong, for people."))
                .with(
                    "details",
                    Json::object().with("type", "array").with("items", detail),
                ),
        )
        .with(
            "required",
            Json::texts(["code", "status", "message", "details"]),
        );
    Json::object()
        .with("type", "object")
        .with("description", "An error as AIP-193 prints it.")
        .with("properties", Json::object().with("error", error))
        .with("required", Json::texts(["error"]))
}

/// The answers that are errors. Many methods share them, so each is held once and referred to.
pub struct Refusals<'a> {
    reasons: &'a [Reason],
    named: Vec<(String, Json)>,
}

impl<'a> Refusals<'a> {
    /// None yet, for these reasons.
    pub const fn new(reasons: &'a [Reason]) -> Refusals<'a> {
        Refusals {
            reasons,
            named: Vec::new(),
        }
    }

    /// Every answer that was referred to, in the order of their names.
    pub fn into_components(mut self) -> Json {
        self.named.sort_by(|(one, _), (other, _)| one.cmp(other));
        Json::Object(self.named)
    }

    /// Those of a method, by HTTP status.
    pub fn of(&mut self, method: &Method, binding: &Binding, comment: &str) -> Vec<(i64, Json)> {
        let names = names(method, binding, comment);
        let may = |reason: &&Reason| names.contains(&reason.name);
        let statuses: BTreeSet<i64> = self.reasons.iter().filter(may).map(|r| r.http).collect();
        let mut responses = Vec::new();
        if binding.body != Body::None {
            for (status, description) in BODY {
                let name = self.name_of(status, plain(description));
                responses.push((status, Json::reference("responses", &name)));
            }
        }
        if binding.body != Body::Whole {
            let (status, description) = ADDRESS;
            let bare = Json::object().with("description", description);
            let name = self.name_of(status, bare);
            responses.push((status, Json::reference("responses", &name)));
        }
        for status in statuses {
            let here = self.reasons.iter().filter(may);
            let here: Vec<&Reason> = here.filter(|reason| reason.http == status).collect();
            let name = self.name_of(status, response(status, &here));
            responses.push((status, Json::reference("responses", &name)));
        }
        responses.sort_by_key(|(status, _)| *status);
        responses
    }

    /// The name under which an answer is held.
    fn name_of(&mut self, status: i64, response: Json) -> String {
        if let Some((name, _)) = self.named.iter().find(|(_, known)| *known == response) {
            return name.clone();
        }
        let prefix = format!("{status}-");
        let alike = self
            .named
            .iter()
            .filter(|(name, _)| name.starts_with(&prefix));
        let name = format!("{prefix}{}", alike.count() + 1);
        self.named.push((name.clone(), response));
        name
    }
}

fn response(status: i64, reasons: &[&Reason]) -> Json {
    let mut description = String::new();
    let mut examples = Json::object();
    for reason in reasons {
        let means = super::comments::first_sentence(&reason.text);
        description.push_str(&format!("- `{}`: {means}.\n", reason.name));
        examples.put(
            reason.name.clone(),
            Json::reference("examples", &reason.name),
        );
    }
    let more = match status {
        401 => Some(("WWW-Authenticate", "Authenticate")),
        429 | 503 => Some(("Retry-After", "RetryAfter")),
        _ => None,
    };
    let mut headers = Json::object();
    if let Some((name, header)) = more {
        headers.put(name, Json::reference("headers", header));
    }
    let content = Json::object()
        .with("schema", Json::reference("schemas", "Error"))
        .with("examples", examples);
    whole(description.trim_end(), headers, content)
}

/// An answer that says no more than its status.
fn plain(description: &str) -> Json {
    let content = Json::object().with("schema", Json::reference("schemas", "Error"));
    whole(description, Json::object(), content)
}

fn whole(description: &str, headers: Json, content: Json) -> Json {
    let correlation = Json::reference("headers", "CorrelationId");
    Json::object()
        .with("description", description)
        .with("headers", headers.with("X-Correlation-Id", correlation))
        .with("content", Json::object().with("application/json", content))
}

fn names(method: &Method, binding: &Binding, comment: &str) -> BTreeSet<String> {
    let request = method.descriptor.input();
    let mut names: BTreeSet<&str> = ALWAYS.into();
    if rights::of(&method.path).is_none_or(|row| row.right != Right::Open) {
        names.extend(CLOSED);
    }
    if comment.contains("UNAUTHENTICATED") {
        names.insert("CREDENTIAL_INVALID");
    }
    if method.answers == Answers::One {
        names.insert("DEADLINE_EXCEEDED");
    }
    if binding.body != Body::None {
        names.insert("MEDIA_TYPE_UNSUPPORTED");
    }
    for (field, reasons) in BY_FIELD {
        if request.get_field_by_name(field).is_some() {
            names.extend(reasons);
        }
    }
    for (oneof, reasons) in BY_ONEOF {
        if request.oneofs().any(|one| one.name() == oneof) {
            names.extend(reasons);
        }
    }
    let order = |field: &FieldDescriptor| {
        let kind = field.kind();
        kind.as_message().is_some_and(|kind| kind.name() == "Order")
    };
    let captures = &binding.template.captures;
    let mut roots = captures.iter().filter_map(|capture| capture.field.first());
    if roots.any(order) {
        names.insert("ORDER_NOT_FOUND");
    }
    let elsewhere = !captures.is_empty() || comment.contains("NOT_FOUND");
    if elsewhere && !names.contains("ORDER_NOT_FOUND") {
        names.insert("RESOURCE_NOT_FOUND");
    }
    let moves = request.get_field_by_name("notify").is_some();
    if moves && request.get_field_by_name("ids").is_some() {
        names.insert("BATCH_REFUSED");
    }
    // What is written as a whole may name what is not there, or take a name that is.
    let writes = request.get_field_by_name("request_id").is_some();
    let whole = request.fields().any(|field| {
        let kind = field.kind();
        kind.as_message()
            .is_some_and(|kind| kind.full_name().starts_with("orderstatus."))
    });
    if writes && whole {
        names.extend(["UNKNOWN_CODE", "NUMBER_TAKEN"]);
    }
    let mut names: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
    names.extend(mentioned(comment));
    names
}

/// The reasons that a comment mentions: `ERROR_REASON_CODE_IN_USE`.
fn mentioned(comment: &str) -> impl Iterator<Item = String> {
    let letters = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_';
    comment.match_indices(PREFIX).map(move |(at, prefix)| {
        let name = &comment[at + prefix.len()..];
        let end = name.find(|char| !letters(char)).unwrap_or(name.len());
        name[..end].to_owned()
    })
}
