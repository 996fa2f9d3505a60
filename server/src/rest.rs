//! The REST room: everything that speaks JSON over HTTP. It is a client of our own services inside the
//! process, so that rights, limits, deadlines, logs and figures are those of gRPC and not a second set.

pub mod api;
pub mod binding;
mod body;
pub mod caller;
mod codec;
mod cors;
pub mod dialect;
pub mod docs;
pub mod error;
pub mod fixed;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod https;
mod native;
pub mod openapi;
mod record;
pub mod schema;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_ENCODING, CONTENT_TYPE,
};
use http::{HeaderMap, Method};
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer as _, ServiceExt as _};
use tower_http::compression::predicate::{NotForContentType, SizeAbove};
use tower_http::compression::{CompressionLayer, Predicate as _};
use tower_http::decompression::RequestDecompressionLayer;

use crate::auth::Authenticator;
use crate::auth::limits::Limits;

pub use api::Api;
pub use caller::Caller;
pub use cors::Origins;
use dialect::{Dialect, cyclesoftware};
pub use https::{Network, Secure};
pub use native::Lengths;
use native::Native;
use record::Record;

/// What serves REST, and under what conditions.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long request messages may be.
    pub lengths: Lengths,
    /// How long the body of a request may take to come.
    pub body_timeout: Duration,
    /// The origins whose pages may read answers.
    pub origins: Origins,
    /// Whether calls over plain HTTP are refused.
    pub require_https: bool,
    /// Whether the listener itself speaks TLS.
    pub tls: bool,
    /// The proxies that are believed about who calls, and how.
    pub proxies: Vec<Network>,
    /// Knows who calls, for contracts that ask for login and password with every call.
    pub authenticator: Arc<Authenticator>,
    /// Counts calls, for contracts that limit them.
    pub calls: Arc<Limits>,
    /// How many calls CycleSoftware's contract allows.
    pub cyclesoftware: cyclesoftware::Rates,
}

/// Answers shorter than this are not worth packing, in bytes.
const WORTH_PACKING: u64 = 1024;

/// All that REST answers: every path that is not a dialect's belongs to the API itself.
///
/// # Errors
/// The API describes something that has no form over HTTP.
pub fn router(api: &Api, options: Options) -> Result<Router, &'static schema::SchemaError> {
    // Streams are packed by nobody: what has come is to be seen.
    let packed = SizeAbove::new(WORTH_PACKING)
        .and(NotForContentType::GRPC)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/x-ndjson"));
    let places = Arc::new(Places {
        dialects: dialect::all(api, &options),
        native: Native::new(api.clone(), options.lengths)?,
        pages: docs::router().merge(openapi::router()),
        web: GrpcWebLayer::new().layer(api.service()),
    });
    let closed = Router::new()
        .fallback(dispatch)
        .with_state(Arc::clone(&places))
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(CompressionLayer::new().compress_when(packed));
    let open = cors::layer(&options.origins).map(|cors| closed.clone().layer(cors));
    let front = Front {
        places,
        options,
        closed,
        open,
    };
    Ok(Router::new().fallback(receive).with_state(Arc::new(front)))
}

/// What comes before anything is answered.
struct Front {
    places: Arc<Places>,
    options: Options,
    /// The routes.
    closed: Router,
    /// The routes, to pages of some other origins, too.
    open: Option<Router>,
}

/// Who answers which paths.
struct Places {
    dialects: Vec<Dialect>,
    native: Native,
    /// What describes the API.
    pages: Router,
    web: GrpcWebService<api::Service>,
}

impl Places {
    fn dialect(&self, path: &str) -> Option<&Dialect> {
        self.dialects.iter().find(|dialect| dialect.owns(path))
    }
}

/// Finds out who calls and whether over HTTPS, and sees how the call ends.
async fn receive(State(front): State<Arc<Front>>, mut request: Request) -> Response {
    let secure = https::note(&mut request, front.options.tls, &front.options.proxies);
    let record = Record::begin(&mut request);
    let response = admit(&front, secure, request).await;
    record.end(&response);
    response
}

/// Lets a call in, its body with its time, through the layers that it has need of.
async fn admit(front: &Front, Secure(secure): Secure, request: Request) -> Response {
    let options = &front.options;
    if options.require_https && !secure {
        return match front.places.dialect(request.uri().path()) {
            Some(dialect) => (dialect.plain_http)(),
            None => front.places.native.refuse(&error::https_required()),
        };
    }
    // An OPTIONS that no browser sent is a question about the path.
    let headers = request.headers();
    let asked = *request.method() == Method::OPTIONS
        && !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let packed = headers.contains_key(CONTENT_ENCODING) || headers.contains_key(ACCEPT_ENCODING);
    let time = options.body_timeout;
    let request = request.map(|body| body::timed(body, time));
    let routes = match &front.open {
        Some(open) if !asked => open,
        _ if packed => &front.closed,
        // Most calls are plain: the layers would only be in their way.
        _ => return dispatch(State(Arc::clone(&front.places)), request).await,
    };
    match routes.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn dispatch(State(places): State<Arc<Places>>, request: Request) -> Response {
    let path = request.uri().path();
    let answered = match places.dialect(path) {
        Some(dialect) => dialect.routes.clone().oneshot(request).await,
        None if docs::owns(path) || path == openapi::PATH => {
            places.pages.clone().oneshot(request).await
        }
        None if is_grpc_web(request.headers()) => {
            let answer = places.web.clone().oneshot(request).await;
            answer.map(|response| response.map(axum::body::Body::new))
        }
        None => Ok(places.native.answer(request).await),
    };
    match answered {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn is_grpc_web(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc-web"))
}
