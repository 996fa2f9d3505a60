//! Errors as AIP-193 prints them: `{"error": {"code", "status", "message", "details"}}`, with the details of gRPC.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use order_status_proto::v1::ErrorReason;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::codec::{Tables, Violation};
use super::record::Because;
use crate::codes::name;

/// The content type of every JSON answer.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// How many bytes a text of a refusal may have.
const LONGEST: usize = 512;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refused {
    status: Box<Status>,
    http: Option<StatusCode>,
    header: Option<(HeaderName, HeaderValue)>,
    /// Why, where it is not the API that refuses.
    because: Option<Because>,
}

impl From<Status> for Refused {
    fn from(status: Status) -> Refused {
        Refused {
            status: Box::new(status),
            http: None,
            header: None,
            because: None,
        }
    }
}

impl Refused {
    /// With that code of HTTP, where the one that goes with the status says too little.
    #[must_use]
    pub fn over_http(mut self, http: StatusCode) -> Refused {
        self.http = Some(http);
        self
    }

    /// With that header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Refused {
        self.header = Some((name, value));
        self
    }

    fn because(status: Status, because: ErrorReason) -> Refused {
        Refused {
            because: Some(Because(reason(because))),
            ..status.into()
        }
    }

    /// The code of HTTP.
    fn http(&self) -> StatusCode {
        self.http.unwrap_or_else(|| http_of(&self.status))
    }

    /// The answer.
    pub fn answer(&self, tables: &Tables) -> Response {
        let mut response = Response::new(Body::from(self.body(tables)));
        *response.status_mut() = self.http();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        self.put_headers(headers);
        if let Some(because) = self.because {
            response.extensions_mut().insert(because);
        }
        response
    }

    fn put_headers(&self, headers: &mut HeaderMap) {
        if let Some((name, value)) = &self.header {
            headers.insert(name, value.clone());
        }
        if self.http() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let retry = self
            .status
            .get_details_retry_info()
            .and_then(|info| info.retry_delay);
        if let Some(delay) = retry {
            // Whole seconds, and never too soon.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
    }

    /// The JSON text.
    pub fn body(&self, tables: &Tables) -> Vec<u8> {
        let http = self.http().as_u16();
        let status = name(self.status.code());
        let mut out = format!("{{\"error\":{{\"code\":{http},\"status\":\"{status}\",\"message\":")
            .into_bytes();
        // Writing a text to memory cannot fail.
        let _ = serde_json::to_writer(&mut out, self.status.message());
        out.extend(b",\"details\":");
        let before = out.len();
        let printed = tables.get("google.rpc.Status").and_then(|message| {
            let details = message.field("details")?;
            tables
                .decode_field(message, details, self.status.details(), &mut out)
                .ok()
        });
        if printed.is_none() {
            out.truncate(before);
            out.extend(b"[]");
        }
        out.extend(b"}}");
        out
    }
}

/// A request that is refused for its fields, all of them at once.
pub fn invalid(violations: Vec<Violation>) -> Refused {
    let Some(first) = violations.first() else {
        return refuse(
            Code::InvalidArgument,
            ErrorReason::InvalidField,
            "the request is not valid",
            &[],
        );
    };
    let more = match violations.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let message = match first.field.as_str() {
        "" => format!("the body {}{more}", first.description),
        field => format!("{field}: {}{more}", first.description),
    };
    let count = violations.len().to_string();
    let metadata = [
        ("field", cut(&first.field)),
        ("description", cut(&first.description)),
        ("count", count),
    ];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    let mut details =
        ErrorDetails::with_error_info(reason(ErrorReason::InvalidField), DOMAIN, metadata);
    for violation in &violations {
        details.add_bad_request_violation(cut(&violation.field), cut(&violation.description));
    }
    let status = Status::with_error_details(Code::InvalidArgument, cut(&message), details);
    Refused::because(status, ErrorReason::InvalidField)
}

/// A header or another part of the request that is refused.
pub fn invalid_part(field: &str, description: impl Into<String>) -> Refused {
    invalid(vec![Violation {
        field: field.to_owned(),
        description: description.into(),
    }])
}

/// A refusal with its reason and the parts of its message that vary.
pub fn refuse(
    code: Code,
    because: ErrorReason,
    message: &str,
    metadata: &[(&str, &str)],
) -> Refused {
    let metadata = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), cut(value)));
    let details = ErrorDetails::with_error_info(
        reason(because),
        DOMAIN,
        metadata.collect::<std::collections::HashMap<_, _>>(),
    );
    Refused::because(
        Status::with_error_details(code, cut(message), details),
        because,
    )
}

/// There is nothing at that path.
pub fn not_found(path: &str) -> Refused {
    let path: String = path.escape_default().take(200).collect();
    let message = format!("there is nothing at {path}: /openapi.json lists what there is");
    let metadata = [("resource", "path"), ("name", path.as_str())];
    refuse(
        Code::NotFound,
        ErrorReason::ResourceNotFound,
        &message,
        &metadata,
    )
}

/// The path takes other methods.
pub fn method_not_allowed(method: &http::Method, allowed: &str) -> Refused {
    let refused = refuse(
        Code::InvalidArgument,
        ErrorReason::HttpMethodNotAllowed,
        &format!("this path takes {allowed}, not {method}"),
        &[("method", method.as_str()), ("allowed", allowed)],
    )
    .over_http(StatusCode::METHOD_NOT_ALLOWED);
    match HeaderValue::from_str(allowed) {
        Ok(allow) => refused.with_header(ALLOW, allow),
        Err(_) => refused,
    }
}

/// The body is not what a header of it would have to say.
pub fn unsupported(header: &HeaderName, accepted: &str) -> Refused {
    refuse(
        Code::InvalidArgument,
        ErrorReason::MediaTypeUnsupported,
        &format!("{header}: must be {accepted}"),
        &[("header", header.as_str()), ("accepted", accepted)],
    )
    .over_http(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// The call came over plain HTTP.
pub fn https_required() -> Refused {
    refuse(
        Code::PermissionDenied,
        ErrorReason::HttpsRequired,
        "this service is to be called over HTTPS",
        &[("needed", "https")],
    )
}

use order_status_proto::ERROR_DOMAIN as DOMAIN;

fn reason(reason: ErrorReason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

/// At most [`LONGEST`] bytes of a text.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(LONGEST)].to_owned()
}

/// The code of HTTP that goes with a status.
fn http_of(status: &Status) -> StatusCode {
    match status.code() {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument if has_reason(status, ErrorReason::RequestIdReused) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => {
            StatusCode::BAD_REQUEST
        }
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted if is_of_length(status) => StatusCode::PAYLOAD_TOO_LARGE,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        // What nginx made a habit: the caller went away.
        Code::Cancelled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn has_reason(status: &Status, wanted: ErrorReason) -> bool {
    status
        .get_details_error_info()
        .is_some_and(|info| info.reason == reason(wanted))
}

/// Whether the message was too long, which no waiting helps.
fn is_of_length(status: &Status) -> bool {
    let info = status.get_details_error_info();
    info.is_some_and(|info| {
        info.metadata
            .get("limit")
            .is_some_and(|limit| limit == "message_bytes")
    })
}
