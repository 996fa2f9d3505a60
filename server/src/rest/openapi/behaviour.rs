//! `google.api.field_behavior` of fields.

use prost_reflect::{FieldDescriptor, Value};

const EXTENSION: &str = "google.api.field_behavior";
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;

/// What a field is to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// It has to be given.
    Required,
    /// It is ignored.
    OutputOnly,
    /// It may be given.
    Optional,
}

/// What a field is to a request.
pub fn behaviour(field: &FieldDescriptor) -> Behaviour {
    let extension = field.parent_pool().get_extension_by_name(EXTENSION);
    let options = field.options();
    let given = extension.map(|extension| options.get_extension(&extension).into_owned());
    let Some(Value::List(values)) = given else {
        return Behaviour::Optional;
    };
    let has = |number| {
        values
            .iter()
            .any(|value| value.as_enum_number() == Some(number))
    };
    if has(REQUIRED) {
        Behaviour::Required
    } else if has(OUTPUT_ONLY) {
        Behaviour::OutputOnly
    } else {
        Behaviour::Optional
    }
}
