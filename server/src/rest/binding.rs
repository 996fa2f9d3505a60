//! How methods are reached over HTTP: `google.api.http` as the descriptors hold it, read and checked.

mod template;

use order_status_proto::google::api::HttpRule;
use order_status_proto::google::api::http_rule::Pattern;
use prost_reflect::{
    DescriptorPool, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor, Value,
};

pub use template::{Capture, Segment, Template};

/// An annotation that cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{method}: {problem}")]
pub struct BindingError {
    /// The full name of the method.
    pub method: String,
    /// What is wrong with its annotation.
    pub problem: String,
}

/// A method of the API.
#[derive(Clone, Debug)]
pub struct Method {
    /// The method, with its comments, request and answer.
    pub descriptor: MethodDescriptor,
    /// Its path in gRPC, such as `/orderstatus.v1.OrderService/GetOrder`.
    pub path: String,
    /// How many answers it has.
    pub answers: Answers,
    /// How it is reached over HTTP: the main binding, then the additional ones.
    pub bindings: Vec<Binding>,
}

/// How many answers a method has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// One.
    One,
    /// A stream of them.
    Stream,
}

/// One way to reach a method.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The verb, such as GET.
    pub verb: http::Method,
    /// The path.
    pub template: Template,
    /// What the request's body is.
    pub body: Body,
    /// The field of the answer that is the answer's body; the whole answer where there is none.
    pub response_body: Option<FieldDescriptor>,
}

/// What a body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// There is none: fields outside the path are query parameters.
    None,
    /// Every field outside the path; there are no query parameters.
    Whole,
    /// That field; the others are query parameters.
    Field(FieldDescriptor),
}

/// Every method of the pool that has a binding, in the order of services and methods.
///
/// # Errors
/// The first annotation that cannot be served.
pub fn methods(pool: &DescriptorPool) -> Result<Vec<Method>, BindingError> {
    let all = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    all.filter_map(|descriptor| method(pool, descriptor).transpose())
        .collect()
}

fn method(
    pool: &DescriptorPool,
    descriptor: MethodDescriptor,
) -> Result<Option<Method>, BindingError> {
    let failed = |problem: String| BindingError {
        method: descriptor.full_name().to_owned(),
        problem,
    };
    let Some(rule) = rule(pool, &descriptor).map_err(failed)? else {
        return Ok(None);
    };
    if descriptor.is_client_streaming() {
        return Err(failed(
            "a stream of requests cannot come over HTTP".to_owned(),
        ));
    }
    let rules = std::iter::once(&rule).chain(&rule.additional_bindings);
    let bindings = rules
        .map(|rule| binding(rule, &descriptor.input(), &descriptor.output()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    Ok(Some(Method {
        path: format!(
            "/{}/{}",
            descriptor.parent_service().full_name(),
            descriptor.name()
        ),
        answers: if descriptor.is_server_streaming() {
            Answers::Stream
        } else {
            Answers::One
        },
        bindings,
        descriptor,
    }))
}

/// The annotation, read back from the dynamic form that options have.
fn rule(pool: &DescriptorPool, descriptor: &MethodDescriptor) -> Result<Option<HttpRule>, String> {
    let Some(http) = pool.get_extension_by_name("google.api.http") else {
        return Err("google.api.http is not among the descriptors".to_owned());
    };
    let options = descriptor.options();
    if !options.has_extension(&http) {
        return Ok(None);
    }
    match &*options.get_extension(&http) {
        Value::Message(rule) => rule
            .transcode_to()
            .map(Some)
            .map_err(|error| error.to_string()),
        _ => Err("google.api.http is not a message".to_owned()),
    }
}

fn binding(
    rule: &HttpRule,
    input: &MessageDescriptor,
    output: &MessageDescriptor,
) -> Result<Binding, String> {
    let (verb, path) = match &rule.pattern {
        Some(Pattern::Get(path)) => (http::Method::GET, path),
        Some(Pattern::Put(path)) => (http::Method::PUT, path),
        Some(Pattern::Post(path)) => (http::Method::POST, path),
        Some(Pattern::Delete(path)) => (http::Method::DELETE, path),
        Some(Pattern::Patch(path)) => (http::Method::PATCH, path),
        Some(Pattern::Custom(custom)) => {
            let verb = http::Method::from_bytes(custom.kind.as_bytes());
            (
                verb.map_err(|_| format!("{:?} is no verb", custom.kind))?,
                &custom.path,
            )
        }
        None => return Err("a rule without a path".to_owned()),
    };
    let field = |message: &MessageDescriptor, name: &str| {
        message
            .get_field_by_name(name)
            .ok_or_else(|| format!("{} has no field {name}", message.full_name()))
    };
    let body = match rule.body.as_str() {
        "" => Body::None,
        "*" => Body::Whole,
        name => Body::Field(field(input, name)?),
    };
    let response_body = match rule.response_body.as_str() {
        "" => None,
        name => Some(field(output, name)?),
    };
    let template = Template::parse(path, input)?;
    Ok(Binding {
        verb,
        template,
        body,
        response_body,
    })
}

/// The fields from a message down to the one that a dotted path in proto names leads to.
fn descend(message: &MessageDescriptor, path: &str) -> Result<Vec<FieldDescriptor>, String> {
    let mut message = Some(message.clone());
    let mut fields: Vec<FieldDescriptor> = Vec::new();
    for name in path.split('.') {
        let here = message
            .take()
            .ok_or_else(|| format!("{path}: {name} lies below no message"))?;
        let field = here.get_field_by_name(name);
        let field = field.ok_or_else(|| format!("{} has no field {name}", here.full_name()))?;
        if field.is_list() || field.is_map() {
            return Err(format!("{path}: {name} is not one value"));
        }
        if let Kind::Message(inner) = field.kind() {
            message = Some(inner);
        }
        fields.push(field);
    }
    Ok(fields)
}

#[cfg(test)]
mod tests;
