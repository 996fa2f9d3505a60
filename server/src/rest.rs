//! The REST room: everything that speaks JSON over HTTP. It is a client of our own services inside the
//! process, so that rights, limits, deadlines, logs and figures are those of gRPC and not a second set.

pub mod api;
pub mod binding;
pub mod caller;
pub mod dialect;
pub mod schema;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use tower::ServiceExt as _;

pub use api::Api;
pub use caller::Caller;
use dialect::Dialect;

/// All that REST answers: every path that is not a dialect's belongs to the API itself.
pub fn router(api: &Api) -> Router {
    let places = Arc::new(Places {
        dialects: dialect::all(api),
        native: Router::new(),
    });
    Router::new().fallback(dispatch).with_state(places)
}

/// Who answers which paths.
struct Places {
    dialects: Vec<Dialect>,
    native: Router,
}

async fn dispatch(State(places): State<Arc<Places>>, request: Request) -> Response {
    let path = request.uri().path();
    let dialect = places.dialects.iter().find(|dialect| dialect.owns(path));
    let routes = dialect.map_or(&places.native, |dialect| &dialect.routes);
    match routes.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
