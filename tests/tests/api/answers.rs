//! What a refusal says, taken apart.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

/// A refusal with its details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub code: Code,
    pub message: String,
    pub reason: String,
    pub metadata: BTreeMap<String, String>,
    /// The fields that are wrong, each with what is wrong.
    pub fields: Vec<(String, String)>,
    /// The rules that stand in the way.
    pub rules: Vec<String>,
    pub retry: bool,
}

impl Refused {
    /// Takes a status apart. Every refusal names a reason of ours.
    pub fn read(status: &Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info() else {
            panic!("a refusal without a reason: {status:?}");
        };
        assert_eq!(info.domain, "orderstatus", "{status:?}");
        let fields = details.bad_request().map(|bad| &bad.field_violations);
        let rules = details.precondition_failure().map(|bad| &bad.violations);
        Self {
            code: status.code(),
            message: status.message().to_owned(),
            reason: info.reason.clone(),
            metadata: info.metadata.clone().into_iter().collect(),
            fields: fields
                .into_iter()
                .flatten()
                .map(|field| (field.field.clone(), field.description.clone()))
                .collect(),
            rules: rules
                .into_iter()
                .flatten()
                .map(|rule| rule.r#type.clone())
                .collect(),
            retry: details.retry_info().is_some(),
        }
    }

    /// The paths of the fields that are wrong.
    pub fn paths(&self) -> Vec<&str> {
        self.fields.iter().map(|(path, _)| path.as_str()).collect()
    }

    /// Everything that it says in words.
    pub fn text(&self) -> String {
        format!("{} {:?} {:?}", self.message, self.fields, self.metadata)
    }
}

/// The refusal that a call ended in.
pub fn refused<T: Debug>(answer: Result<Response<T>, Status>) -> Refused {
    match answer {
        Ok(answer) => panic!("it was not refused: {answer:?}"),
        Err(status) => Refused::read(&status),
    }
}

/// What a call answered.
pub fn granted<T>(answer: Result<Response<T>, Status>) -> T {
    match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => panic!("it was refused: {:?}", Refused::read(&status)),
    }
}
