//! The gRPC services behind one router.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::pb::health_server::{Health, HealthServer};

use super::ServeError;
use crate::auth::Authenticator;
use crate::config::Config;
use crate::domain::workflow::Workflows;
use crate::events::{self, Feed};
use crate::grpc::{self, context::Context};
use crate::ledger::Ledger;
use crate::store::Store;

/// The routes of the API, of health, and of reflection in both its versions.
pub(super) fn routes<H: Health>(
    config: &Config,
    authenticator: &Arc<Authenticator>,
    store: &Store,
    ledger: &Ledger,
    workflows: &Arc<Workflows>,
    closing: &CancellationToken,
    health: HealthServer<H>,
) -> Result<Routes, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(order_status_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // What refusals carry, so that clients that go by reflection can read it.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let failed = |error| ServeError::Setup(format!("reflection cannot be served: {error}"));
    let options = events::Options {
        watches: config.max_watches,
        ..events::Options::default()
    };
    let feed = Feed::start(
        store.clone(),
        Arc::clone(workflows),
        ledger.position(),
        closing.clone(),
        options,
    );
    let context = Context::new(
        ledger.clone(),
        store.clone(),
        Arc::clone(workflows),
        feed,
        Arc::clone(authenticator),
    );
    let mut routes = Routes::builder();
    // The layers hold each method to its own limit, ImportOrders to the larger one.
    grpc::services::add_routes(
        &mut routes,
        &Arc::new(context),
        config.max_import_bytes.max(config.max_message_bytes),
    );
    routes
        .add_service(health)
        .add_service(reflection().build_v1().map_err(failed)?)
        .add_service(reflection().build_v1alpha().map_err(failed)?);
    Ok(routes.routes().prepare())
}
