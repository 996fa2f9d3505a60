//! `google.api.field_behavior` of fields.

use prost_reflect::{FieldDescriptor, Value};

const EXTENSION: &str = "google.api.field_behavior";
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;
const INPUT_ONLY: i32 = 4;

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
    let numbers = numbers(field);
    if numbers.contains(&REQUIRED) {
        Behaviour::Required
    } else if numbers.contains(&OUTPUT_ONLY) {
        Behaviour::OutputOnly
    } else {
        Behaviour::Optional
    }
}

/// Whether a field is never answered.
pub fn is_input_only(field: &FieldDescriptor) -> bool {
    numbers(field).contains(&INPUT_ONLY)
}

fn numbers(field: &FieldDescriptor) -> Vec<i32> {
    let Some(extension) = field.parent_pool().get_extension_by_name(EXTENSION) else {
        return Vec::new();
    };
    match &*field.options().get_extension(&extension) {
        Value::List(values) => values.iter().filter_map(Value::as_enum_number).collect(),
        _ => Vec::new(),
    }
}
