//! What an operation takes beside its body: in the path, in the query, in headers.

use std::collections::HashSet;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::behaviour::{Behaviour, behaviour};
use super::comments::without_behaviour;
use super::examples::Examples;
use super::json::Json;
use super::scalars;
use super::schemas::{Schemas, Use};
use crate::rest::binding::{Body, Template};

/// An entity tag in its quotes, or a star for whatever it is.
const ETAG: &str = "^(\"[^\"]+\"|\\*)$";

/// A UUID as a string of RFC 8941, which is how the header is drafted.
const QUOTED_UUID: &str =
    "^\"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\"$";

/// The parameters of one operation.
pub struct Parameters<'a, 'c> {
    schemas: &'a mut Schemas<'c>,
    examples: &'a Examples,
    request: &'a MessageDescriptor,
    list: Vec<Json>,
}

impl<'a, 'c> Parameters<'a, 'c> {
    /// None yet, for that request.
    pub const fn new(
        schemas: &'a mut Schemas<'c>,
        examples: &'a Examples,
        request: &'a MessageDescriptor,
    ) -> Parameters<'a, 'c> {
        Parameters {
            schemas,
            examples,
            request,
            list: Vec::new(),
        }
    }

    /// All of them.
    pub fn into_json(self) -> Json {
        Json::List(self.list)
    }

    /// Those in the path.
    pub fn captured(&mut self, template: &Template) {
        for capture in &template.captures {
            let path = &capture.field;
            let Some(field) = path.last() else { continue };
            let parameter = Json::object()
                .with("name", field.json_name())
                .with("in", "path")
                .with("required", true);
            let parameter = self.described(parameter, path, true);
            self.list.push(parameter);
        }
    }

    /// Those in the query: every field that neither the path nor the body holds.
    pub fn queried(&mut self, left_out: &HashSet<u32>, body: &Body) {
        let in_body = match body {
            Body::Whole => return,
            Body::Field(field) => Some(field.number()),
            Body::None => None,
        };
        let fields = self
            .request
            .fields()
            .filter(|field| !left_out.contains(&field.number()) && Some(field.number()) != in_body);
        for field in fields.collect::<Vec<_>>() {
            self.query(&[field]);
        }
    }

    /// A field in the query; of a message its fields, by dotted names.
    fn query(&mut self, path: &[FieldDescriptor]) {
        let Some(field) = path.last() else { return };
        if let Kind::Message(message) = field.kind()
            && scalars::well_known(message.full_name()).is_none()
        {
            if !field.is_list() && !path[..path.len() - 1].contains(field) {
                for below in message.fields() {
                    self.query(&[path, &[below]].concat());
                }
            }
            return;
        }
        let names: Vec<&str> = path.iter().map(FieldDescriptor::json_name).collect();
        let required = behaviour(field) == Behaviour::Required;
        let parameter = Json::object()
            .with("name", names.join("."))
            .with("in", "query")
            .with_some("required", required.then_some(true));
        let parameter = self.described(parameter, path, false);
        self.list.push(parameter);
    }

    /// The headers that stand for fields of the request; `cached` says whether one may name the answer that the
    /// caller has.
    pub fn headers(&mut self, cached: bool) {
        for (field, parameter) in [("etag", "IfMatch"), ("request_id", "IdempotencyKey")] {
            if self.request.get_field_by_name(field).is_some() {
                self.list.push(Json::reference("parameters", parameter));
            }
        }
        if cached {
            self.list.push(Json::reference("parameters", "IfNoneMatch"));
        }
    }

    fn described(&mut self, parameter: Json, path: &[FieldDescriptor], in_path: bool) -> Json {
        let Some(field) = path.last() else {
            return parameter;
        };
        let comment = self.schemas.field_comment(field);
        let schema = self.schemas.field(field, Use::Parameter);
        let names: Vec<&str> = path.iter().map(FieldDescriptor::json_name).collect();
        let example = self.examples.at(self.request, &names);
        // Of a choice in the query only one example can be sent.
        let example = example.filter(|_| in_path || is_first_choice(field));
        let mut parameter = parameter
            .with("description", without_behaviour(&comment))
            .with("schema", schema);
        if field.is_list() {
            parameter.put("style", "form");
            parameter.put("explode", true);
        }
        parameter
            .with_some("example", example)
            .with("x-field", names.join("."))
    }
}

/// Whether a field is no member of a oneof, or the first of one.
fn is_first_choice(field: &FieldDescriptor) -> bool {
    field
        .containing_oneof()
        .is_none_or(|oneof| oneof.fields().next().is_none_or(|first| first == *field))
}

/// The headers that operations refer to.
pub fn components() -> Json {
    let header = |name: &str, description: &str, schema: Json| {
        Json::object()
            .with("name", name)
            .with("in", "header")
            .with("description", description)
            .with("schema", schema)
    };
    let text = || Json::object().with("type", "string");
    let etag = "\"3-17b0aa5290ce\"";
    Json::object()
        .with(
            "IfNoneMatch",
            header(
                "If-None-Match",
                "The `etag` of the answer that the caller has: where it is still the same it is not sent again.",
                text(),
            )
            .with("example", etag),
        )
        .with(
            "IfMatch",
            header(
                "If-Match",
                "The `etag` as last seen, as a header: where it has changed since, the request is ABORTED.",
                text().with("pattern", ETAG),
            )
            .with("example", etag)
            .with("x-field", "etag"),
        )
        .with(
            "IdempotencyKey",
            // Without an example: whoever copied it would ask for another one's answer.
            header(
                "Idempotency-Key",
                "The `requestId` as a header, a UUID of the caller's making, in quotes or bare: sent again within 72 \
                 hours with the same request it gets the first answer again and has no second effect.",
                Json::object().with(
                    "anyOf",
                    vec![
                        text().with("format", "uuid"),
                        text().with("pattern", QUOTED_UUID),
                    ],
                ),
            )
            .with("x-field", "requestId"),
        )
}
