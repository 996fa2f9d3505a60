//! What the fuzz targets have in common: requests as texts, and what holds of every refusal.

use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use libfuzzer_sys::Corpus;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime")
});

/// Waits for what never waits: nothing here comes from a socket.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// Reads a text as a request: a line with method and target, headers, an empty line, the body. Lines may end in LF
/// alone. `None` where HTTP itself would refuse it.
pub fn request(text: &[u8]) -> Option<Request> {
    let mut rest = text;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    };
    let mut first = line().split(|byte| *byte == b' ');
    let mut request = Request::builder().method(first.next()?).uri(first.next()?);
    loop {
        let header = line();
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|byte| *byte == b':')?;
        let (name, value) = header.split_at(colon);
        request = request.header(name, value.get(1..)?.trim_ascii());
    }
    request.body(Body::from(rest.to_vec())).ok()
}

/// Has a reader of requests read a text, which it understands or refuses.
///
/// # Panics
/// If a refusal is no answer to a caller: a fault of the service, or JSON that is none.
pub fn understood<T>(
    text: &[u8],
    read: impl AsyncFn(Request) -> Result<T, Response>,
) -> Result<T, Corpus> {
    let request = request(text).ok_or(Corpus::Reject)?;
    now(async {
        let refused = match read(request).await {
            Ok(understood) => return Ok(understood),
            Err(refused) => refused,
        };
        let status = refused.status();
        assert!(!status.is_server_error(), "{status}");
        let kind = refused.headers().get(CONTENT_TYPE).cloned();
        let body = to_bytes(refused.into_body(), usize::MAX).await;
        let body = body.expect("a body in memory");
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
            let json = serde_json::from_slice::<serde::de::IgnoredAny>(&body);
            json.unwrap_or_else(|error| panic!("{error}: {}", body.escape_ascii()));
        }
        Err(Corpus::Keep)
    })
}
