//! The reasons of `error_reason.proto`: what each means, its codes and its worked example.

use prost_reflect::DescriptorPool;

use super::comments::Comments;
use super::example_text;
use super::json::Json;

/// The enum that holds them.
const ENUM: &str = "orderstatus.v1.ErrorReason";
/// What the names of its values begin with, and reasons on the wire do not.
pub const PREFIX: &str = "ERROR_REASON_";
/// What stands between the code and the HTTP status in each comment.
const OVER_HTTP: &str = ", over HTTP ";

/// Why a request is refused or fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its name as `ErrorInfo.reason` says it: `STATE_FINAL`.
    pub name: String,
    /// The status code as AIP-193 prints it: `FAILED_PRECONDITION`.
    pub status: String,
    /// The HTTP status.
    pub http: i64,
    /// What it means.
    pub text: String,
    /// The body of such an answer.
    pub example: Json,
}

/// Every reason that is ever sent, in the order of the file.
pub fn all(pool: &DescriptorPool, comments: &Comments) -> Vec<Reason> {
    let Some(reasons) = pool.get_enum_by_name(ENUM) else {
        return Vec::new();
    };
    let file = reasons.parent_file().name().to_owned();
    let values = reasons.values().filter_map(|value| {
        let name = value.name().strip_prefix(PREFIX)?.to_owned();
        read(name, comments.above(&file, value.path()))
    });
    values.collect()
}

/// A reason from its comment; `None` for one that tells no code, as the one that is never sent.
fn read(name: String, comment: &str) -> Option<Reason> {
    let (before, after) = comment.split_once(OVER_HTTP)?;
    let (text, status) = before.rsplit_once(' ')?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let http = digits.parse().ok()?;
    let worked = comment
        .split_once("```text\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    let details = worked
        .and_then(|(worked, _)| example_text::messages(worked))
        .unwrap_or_default();
    let (text, status) = (text.trim_end().to_owned(), status.to_owned());
    let example = body(&text, &status, http, details);
    Some(Reason {
        name,
        status,
        http,
        text,
        example,
    })
}

/// An error as AIP-193 prints it.
fn body(text: &str, status: &str, http: i64, messages: Vec<(String, Json)>) -> Json {
    let mut message = super::comments::first_sentence(text).to_owned();
    let mut details = Vec::new();
    for (kind, fields) in messages {
        if let Some(Json::Text(said)) = violation(&fields).and_then(|one| one.get("description")) {
            message.clone_from(said);
        }
        details.push(detail(&kind, fields));
    }
    let error = Json::object()
        .with("code", http)
        .with("status", status)
        .with("message", message)
        .with("details", details);
    Json::object().with("error", error)
}

/// The violation in a BadRequest or PreconditionFailure of an example.
fn violation(fields: &Json) -> Option<&Json> {
    fields.get("field_violations").or(fields.get("violations"))
}

/// A message of google.rpc as a member of `details`: its fields in JSON names, violations in a list.
fn detail(kind: &str, fields: Json) -> Json {
    let mut detail = Json::object().with("@type", format!("type.googleapis.com/google.rpc.{kind}"));
    let Json::Object(fields) = fields else {
        return detail;
    };
    for (name, value) in fields {
        match name.as_str() {
            "field_violations" => detail.put("fieldViolations", vec![value]),
            "violations" => detail.put(name, vec![value]),
            "retry_delay" => detail.put("retryDelay", value),
            _ => detail.put(name, value),
        }
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons() -> Vec<Reason> {
        let pool = DescriptorPool::decode(order_status_proto::FILE_DESCRIPTOR_SET);
        let pool = pool.expect("the descriptors are whole");
        all(&pool, &Comments::of(&pool))
    }

    #[test]
    fn every_reason_but_the_unspecified_tells_its_codes_and_a_worked_example() {
        let reasons = reasons();
        let pool = DescriptorPool::decode(order_status_proto::FILE_DESCRIPTOR_SET);
        let declared = pool
            .expect("the descriptors are whole")
            .get_enum_by_name(ENUM)
            .map_or(0, |reasons| reasons.values().len());
        assert_eq!(reasons.len() + 1, declared);
        for reason in &reasons {
            let details = reason
                .example
                .get("error")
                .and_then(|error| error.get("details"));
            let Some(Json::List(details)) = details else {
                panic!("{} has no details", reason.name);
            };
            let named = details.first().and_then(|info| info.get("reason"));
            assert_eq!(named, Some(&Json::from(reason.name.as_str())));
        }
    }

    #[test]
    fn a_reason_is_read_from_its_comment() {
        let reasons = reasons();
        let reason = reasons
            .iter()
            .find(|reason| reason.name == "REQUEST_ID_REUSED");
        let reason = reason.expect("the reason is declared");
        assert_eq!(
            (reason.status.as_str(), reason.http),
            ("INVALID_ARGUMENT", 422)
        );
        assert!(reason.text.ends_with("within the last 72 hours."));
        let error = reason.example.get("error").expect("an error");
        assert_eq!(
            error.get("message"),
            Some(&Json::from("already used for another request"))
        );
    }
}
