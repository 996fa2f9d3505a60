//! One way to reach a method, with all that is looked up once.

use std::ops::Range;

use http::uri::PathAndQuery;
use percent_encoding::percent_decode_str;

use crate::rest::binding::{Answers, Binding, Body, Method, Segment};
use crate::rest::codec::{Field, Message, Repeat, Tables, Violation};
use crate::rest::error::{Refused, invalid};
use prost_reflect::FieldDescriptor;

/// See the module.
pub(super) struct Route {
    /// The method's path in gRPC.
    pub(super) path: PathAndQuery,
    pub(super) streams: bool,
    pub(super) input: &'static Message,
    pub(super) output: &'static Message,
    pub(super) body: Carries,
    /// The field of the answer that is its body.
    pub(super) shown: Option<&'static Field>,
    pub(super) captures: Vec<Captured>,
    /// The fields of the request that headers may fill, and those of the answer that fill headers.
    pub(super) etag: Option<&'static Field>,
    pub(super) request_id: Option<&'static Field>,
    pub(super) token: Option<&'static Field>,
    pub(super) shown_etag: Option<&'static Field>,
    pub(super) shown_token: Option<&'static Field>,
}

/// What the body of a request is.
pub(super) enum Carries {
    Nothing,
    Everything,
    One(&'static Field),
}

/// A value in the path.
pub(super) struct Captured {
    pub(super) field: Vec<&'static Field>,
    segments: Range<usize>,
    to_the_end: bool,
    spans_slashes: bool,
}

/// Why the tables cannot lack what the descriptors have: both were made from them.
const LACKING: &str = "the tables were made from these descriptors";

impl Route {
    pub(super) fn new(tables: &'static Tables, method: &Method, binding: &Binding) -> Route {
        let input = tables
            .get(method.descriptor.input().full_name())
            .expect(LACKING);
        let output = tables
            .get(method.descriptor.output().full_name())
            .expect(LACKING);
        let text = |message: &'static Message, name: &str| {
            message
                .field(name)
                .filter(|field| field.takes_any_text() && field.repeat == Repeat::Single)
        };
        let template = &binding.template;
        let captures = template.captures.iter().map(|capture| Captured {
            field: fields(tables, input, &capture.field),
            segments: capture.segments.clone(),
            to_the_end: template
                .segments
                .get(capture.segments.clone())
                .and_then(<[_]>::last)
                == Some(&Segment::Rest),
            spans_slashes: capture.spans_slashes(template),
        });
        let streams = method.answers == Answers::Stream;
        Route {
            path: method.path.parse().expect(LACKING),
            streams,
            input,
            output,
            body: match &binding.body {
                Body::None => Carries::Nothing,
                Body::Whole => Carries::Everything,
                Body::Field(field) => Carries::One(input.field(field.name()).expect(LACKING)),
            },
            shown: binding
                .response_body
                .as_ref()
                .and_then(|field| output.field(field.name())),
            captures: captures.collect(),
            etag: text(input, "etag"),
            request_id: text(input, "request_id"),
            token: text(input, "token").filter(|_| streams),
            shown_etag: text(output, "etag"),
            shown_token: text(output, "token").filter(|_| streams),
        }
    }

    /// Whether the last segment takes a text with a colon in it.
    pub(super) fn takes_colons(&self) -> bool {
        self.captures.last().is_some_and(|capture| {
            capture
                .field
                .last()
                .is_some_and(|field| field.takes_any_text())
        })
    }

    /// The values in a path, in the order of the captures.
    pub(super) fn captured(&self, segments: &[&str]) -> Result<Vec<String>, Refused> {
        let values = self.captures.iter().map(|capture| {
            let end = if capture.to_the_end {
                segments.len()
            } else {
                capture.segments.end
            };
            let raw = segments
                .get(capture.segments.start..end)
                .unwrap_or_default()
                .join("/");
            decoded(&raw, capture.spans_slashes).ok_or_else(|| Violation {
                field: dotted(&capture.field),
                description: "is not UTF-8".to_owned(),
            })
        });
        values
            .collect::<Result<_, _>>()
            .map_err(|violation| invalid(vec![violation]))
    }
}

/// The value of a segment. Where slashes mean something, an encoded one stays as it is.
fn decoded(raw: &str, keep_slashes: bool) -> Option<String> {
    let decode = |part: &str| {
        percent_decode_str(part)
            .decode_utf8()
            .ok()
            .map(String::from)
    };
    if !keep_slashes {
        return decode(raw);
    }
    let parts: Option<Vec<String>> = raw.replace("%2f", "%2F").split("%2F").map(decode).collect();
    parts.map(|parts| parts.join("%2F"))
}

fn fields(
    tables: &'static Tables,
    input: &'static Message,
    path: &[FieldDescriptor],
) -> Vec<&'static Field> {
    let mut message = Some(input);
    path.iter()
        .map(|descriptor| {
            let field = message
                .and_then(|message| message.field(descriptor.name()))
                .expect(LACKING);
            message = tables.below(field);
            field
        })
        .collect()
}

/// A path of fields as refusals name it.
pub(super) fn dotted(path: &[&Field]) -> String {
    let names: Vec<_> = path.iter().map(|field| field.name.as_str()).collect();
    names.join(".")
}
