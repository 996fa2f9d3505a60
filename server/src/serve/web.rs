//! What the HTTP listener serves: the probes, and REST where it is wanted.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use hyper::body::Incoming;
use tower::{Service, ServiceExt as _};

use crate::auth::Peer;
use crate::grpc::layers::CorrelationId;

/// Every call on the listener gets its correlation id here, and every answer carries it.
pub(super) fn routes(probes: Router, rest: Option<Router>) -> Router {
    let routes = match rest {
        Some(rest) => probes.merge(rest),
        None => probes,
    };
    routes.layer(middleware::from_fn(correlate))
}

/// What the settings say of REST.
#[cfg(feature = "rest")]
pub(super) fn rest_options(
    config: &crate::config::Config,
    authenticator: &std::sync::Arc<crate::auth::Authenticator>,
    calls: &std::sync::Arc<crate::auth::limits::Limits>,
) -> crate::rest::Options {
    use crate::config::Origins as Named;
    use crate::rest::dialect::cyclesoftware::Rates;
    use crate::rest::{Lengths, Network, Options, Origins};
    Options {
        lengths: Lengths {
            message: config.max_message_bytes,
            import: config.max_import_bytes,
        },
        body_timeout: config.body_timeout,
        origins: match &config.cors_origins {
            Named::Any => Origins::Any,
            Named::These(list) => Origins::These(list.clone()),
        },
        require_https: config.require_https,
        tls: config.tls.is_some(),
        proxies: config
            .trusted_proxies
            .iter()
            .map(|&(address, bits)| Network { address, bits })
            .collect(),
        authenticator: authenticator.clone(),
        calls: calls.clone(),
        cyclesoftware: Rates {
            per_minute: config.cyclesoftware_per_minute,
            invoices_per_minute: config.cyclesoftware_invoices_per_minute,
            per_day: config.cyclesoftware_per_day,
        },
    }
}

/// The routes for one connection.
pub(super) fn serve(
    routes: &Router,
    peer: SocketAddr,
) -> impl Service<
    http::Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future: Send + 'static,
> + Clone
+ Send
+ use<> {
    routes
        .clone()
        .map_request(move |mut request: http::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        })
}

async fn correlate(mut request: Request, next: Next) -> Response {
    let correlation = CorrelationId::of(request.headers());
    correlation.put(request.headers_mut());
    let mut response = next.run(request).await;
    correlation.put(response.headers_mut());
    response
}
