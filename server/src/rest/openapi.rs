//! The API as an OpenAPI 3.1 document, made of the descriptors and their comments: nothing in it is said
//! twice, and a new method is in it by being there.

mod behaviour;
mod comments;
mod errors;
mod example_text;
mod examples;
mod json;
mod limits;
mod operations;
mod parameters;
mod reasons;
mod scalars;
mod schemas;

use std::sync::LazyLock;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use prost_reflect::DescriptorPool;

use comments::{Comments, first_sentence};
use errors::Refusals;
use examples::Examples;
use json::Json;
use operations::Operations;
use reasons::Reason;
use schemas::Schemas;

use super::binding::{Method, Template};
use super::fixed::Fixed;
use super::schema;

/// What the document says of the API as a whole.
const ABOUT: &str = include_str!("openapi/about.md");

/// Why there is no document.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the API cannot be described: {0}")]
pub struct OpenapiError(String);

static DOCUMENT: LazyLock<Result<String, OpenapiError>> = LazyLock::new(|| {
    let pool = schema::pool().map_err(|error| OpenapiError(error.to_string()))?;
    let methods = schema::methods().map_err(|error| OpenapiError(error.to_string()))?;
    serde_json::to_string(&describe(pool, methods)).map_err(|error| OpenapiError(error.to_string()))
});

/// The document, as JSON. It is made when it is first asked for.
///
/// # Errors
/// The descriptors that were built in cannot be read.
pub fn document() -> Result<&'static str, &'static OpenapiError> {
    DOCUMENT.as_deref()
}

/// Where it is served.
pub const PATH: &str = "/openapi.json";

/// The document at its path.
pub fn router() -> Router {
    Router::new().route(PATH, get(serve))
}

static FIXED: LazyLock<Option<Fixed>> = LazyLock::new(|| {
    let document = document().ok()?;
    Some(Fixed::new("application/json", document))
});

async fn serve(headers: HeaderMap) -> Response {
    match &*FIXED {
        Some(fixed) => fixed.answer(&headers, &[]),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn describe(pool: &DescriptorPool, methods: &[Method]) -> Json {
    let comments = Comments::of(pool);
    let reasons = reasons::all(pool, &comments);
    let examples = Examples::written();
    let mut operations = Operations {
        comments: &comments,
        refusals: Refusals::new(&reasons),
        examples: &examples,
        schemas: Schemas::new(&comments),
    };
    let mut paths: Vec<(String, Json)> = Vec::new();
    let mut tags: Vec<Json> = Vec::new();
    for method in orders_first(methods) {
        let service = method.descriptor.parent_service();
        if !tags
            .iter()
            .any(|tag| tag.get("name") == Some(&service.name().into()))
        {
            let about = comments.above(service.parent_file().name(), service.path());
            tags.push(
                Json::object()
                    .with("name", service.name())
                    .with("description", about),
            );
        }
        for (at, binding) in method.bindings.iter().enumerate() {
            let operation = operations.operation(method, binding, at == 0);
            let (path, verb) = (
                path(&binding.template),
                binding.verb.as_str().to_lowercase(),
            );
            match paths.iter_mut().find(|(known, _)| *known == path) {
                Some((_, item)) => item.put(verb, operation),
                None => paths.push((path, Json::object().with(verb, operation))),
            }
        }
    }
    let mut schemas = operations.schemas.into_components();
    schemas.put("Error", errors::schema(&reasons));
    let components = Json::object()
        .with("schemas", schemas)
        .with("responses", operations.refusals.into_components())
        .with("parameters", parameters::components())
        .with("headers", headers())
        .with("examples", worked(&reasons))
        .with("securitySchemes", security());
    let keys = ["bearer", "apiKey"].map(|name| Json::object().with(name, Vec::new()));
    Json::object()
        .with("openapi", "3.1.0")
        .with("info", info())
        .with("servers", servers())
        .with("security", keys.to_vec())
        .with("tags", tags)
        .with("paths", Json::Object(paths))
        .with("components", components)
}

/// The methods in the order of their services: orders first, since they are what it is about.
fn orders_first(methods: &[Method]) -> Vec<&Method> {
    let mut methods: Vec<&Method> = methods.iter().collect();
    methods.sort_by_key(|method| method.descriptor.parent_service().name() != "OrderService");
    methods
}

/// The path with captures named by their last part: where two methods share a path, they share the names.
fn path(template: &Template) -> String {
    let mut path = template.to_string();
    for capture in &template.captures {
        if let Some(field) = capture.field.last() {
            let (whole, last) = (capture.name(), field.json_name());
            path = path.replace(&format!("{{{whole}}}"), &format!("{{{last}}}"));
        }
    }
    path
}

/// The worked examples of all reasons that an operation may be refused for. Its own method of HTTP is none.
fn worked(reasons: &[Reason]) -> Json {
    let mut examples = Json::object();
    for reason in reasons.iter().filter(|reason| reason.http != 405) {
        let example = Json::object()
            .with("summary", first_sentence(&reason.text))
            .with("value", reason.example.clone());
        examples.put(reason.name.clone(), example);
    }
    examples
}

fn info() -> Json {
    let license = env!("CARGO_PKG_LICENSE");
    Json::object()
        .with("title", "Order Status")
        .with(
            "summary",
            "The state of sales orders: workflows, history, payments, events.",
        )
        .with("description", ABOUT.trim())
        .with(
            "license",
            Json::object()
                .with("name", license)
                .with("identifier", license),
        )
        .with("version", env!("CARGO_PKG_VERSION"))
}

fn servers() -> Vec<Json> {
    vec![
        Json::object()
            .with("url", "/")
            .with("description", "The server that answered this document"),
        Json::object().with("url", "http://127.0.0.1:8080").with(
            "description",
            "A server on this machine, as it starts by default",
        ),
    ]
}

fn headers() -> Json {
    let text = || Json::object().with("type", "string");
    Json::object()
        .with(
            "ETag",
            Json::object()
                .with("description", "The `etag` of what is answered, for `If-Match`.")
                .with("schema", text()),
        )
        .with(
            "RetryAfter",
            Json::object()
                .with("description", "In how many seconds the same request may be sent again.")
                .with("schema", Json::object().with("type", "integer").with("minimum", 0)),
        )
        .with(
            "Authenticate",
            Json::object()
                .with("description", "How to show a credential: `Bearer`.")
                .with("schema", text()),
        )
        .with(
            "CorrelationId",
            Json::object()
                .with("description", "What names the call in the log: the caller's own `X-Correlation-Id`, or a new one.")
                .with("schema", text()),
        )
}

fn security() -> Json {
    Json::object()
        .with(
            "bearer",
            Json::object()
                .with("type", "http")
                .with("scheme", "bearer")
                .with("description", "An API key: `Authorization: Bearer KEY`."),
        )
        .with(
            "apiKey",
            Json::object()
                .with("type", "apiKey")
                .with("in", "header")
                .with("name", "X-Api-Key")
                .with("description", "The same key: `X-Api-Key: KEY`."),
        )
}
