//! Path templates: `/v1/orders/{id}:confirm`, `/v1/{name=shelves/*/books/**}`.

use std::fmt;
use std::ops::Range;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::descend;

/// A path with places for values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What stands between the slashes.
    pub segments: Vec<Segment>,
    /// The values in it, in their order.
    pub captures: Vec<Capture>,
    /// The word after the colon at the end.
    pub verb: Option<String>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// That word.
    Literal(String),
    /// Anything.
    One,
    /// Anything, over any number of slashes. It is the last segment.
    Rest,
}

/// A value in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The field of the request that takes it, from the outside in.
    pub field: Vec<FieldDescriptor>,
    /// The segments that it spans.
    pub segments: Range<usize>,
}

impl Capture {
    /// The field's path in proto names, such as `order.id`.
    pub fn name(&self) -> String {
        let names: Vec<_> = self.field.iter().map(FieldDescriptor::name).collect();
        names.join(".")
    }

    /// Whether slashes within the value stand for themselves, so that an encoded one stays encoded.
    pub fn spans_slashes(&self, template: &Template) -> bool {
        let spanned = template
            .segments
            .get(self.segments.clone())
            .unwrap_or_default();
        spanned.len() != 1 || spanned.first() == Some(&Segment::Rest)
    }
}

impl Template {
    /// Reads a template whose captures are fields of `input`.
    pub(super) fn parse(text: &str, input: &MessageDescriptor) -> Result<Template, String> {
        let wrong = |problem: &str| format!("{text}: {problem}");
        let mut template = Template {
            segments: Vec::new(),
            captures: Vec::new(),
            verb: None,
        };
        let mut rest = text;
        while let Some(after) = rest.strip_prefix('/') {
            rest = match after.strip_prefix('{') {
                Some(inside) => {
                    let (inside, after) = inside
                        .split_once('}')
                        .ok_or_else(|| wrong("a { without }"))?;
                    let (name, spans) = inside.split_once('=').unwrap_or((inside, "*"));
                    let first = template.segments.len();
                    for span in spans.split('/') {
                        template.push(span).map_err(|problem| wrong(&problem))?;
                    }
                    template.captures.push(Capture {
                        field: taking_text(descend(input, name)?)
                            .map_err(|problem| wrong(&problem))?,
                        segments: first..template.segments.len(),
                    });
                    after
                }
                None => {
                    let end = after.find(['/', ':']).unwrap_or(after.len());
                    let (segment, after) = after.split_at(end);
                    template.push(segment).map_err(|problem| wrong(&problem))?;
                    after
                }
            };
        }
        template.verb = match rest.strip_prefix(':') {
            Some(verb) if is_word(verb) => Some(verb.to_owned()),
            None if rest.is_empty() && !template.segments.is_empty() => None,
            _ => return Err(wrong("is not a path")),
        };
        Ok(template)
    }

    fn push(&mut self, segment: &str) -> Result<(), String> {
        if self.segments.last() == Some(&Segment::Rest) {
            return Err("nothing follows a **".to_owned());
        }
        self.segments.push(match segment {
            "*" => Segment::One,
            "**" => Segment::Rest,
            word if is_word(word) => Segment::Literal(word.to_owned()),
            _ => return Err(format!("{segment:?} is no segment")),
        });
        Ok(())
    }
}

/// Only single values of one text form can stand in a path.
fn taking_text(fields: Vec<FieldDescriptor>) -> Result<Vec<FieldDescriptor>, String> {
    match fields.last() {
        Some(last) if !matches!(last.kind(), Kind::Message(_)) => Ok(fields),
        _ => Err("a message cannot stand in a path".to_owned()),
    }
}

fn is_word(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    !text.is_empty() && text.bytes().all(plain)
}

/// The path as OpenAPI writes it: each capture by its name in braces.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut at = 0;
        while let Some(segment) = self.segments.get(at) {
            let capture = self
                .captures
                .iter()
                .find(|capture| capture.segments.start == at);
            at = capture.map_or(at + 1, |capture| capture.segments.end);
            match (capture, segment) {
                (Some(capture), _) => write!(f, "/{{{}}}", capture.name())?,
                (None, Segment::Literal(word)) => write!(f, "/{word}")?,
                (None, Segment::One) => f.write_str("/*")?,
                (None, Segment::Rest) => f.write_str("/**")?,
            }
        }
        match &self.verb {
            Some(verb) => write!(f, ":{verb}"),
            None => Ok(()),
        }
    }
}
