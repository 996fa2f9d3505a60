//! The gRPC services behind one router.

use std::sync::Arc;

use tonic::service::Routes;
use tonic_health::pb::health_server::{Health, HealthServer};

use super::ServeError;
use crate::config::Config;
use crate::grpc::context::Context;
use crate::grpc::services;

/// The routes of the API, of health, and of reflection in both its versions.
///
/// # Errors
/// The descriptors cannot be read.
pub(super) fn routes<H: Health>(
    config: &Config,
    context: Context,
    health: HealthServer<H>,
) -> Result<Routes, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(order_status_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let failed = |error| ServeError::Setup(format!("reflection cannot be served: {error}"));
    // The layers around keep all methods but the import to the smaller limit.
    let largest = config.max_message_bytes.max(config.max_import_bytes);
    let mut routes = Routes::builder();
    services::add_routes(&mut routes, &Arc::new(context), largest);
    routes
        .add_service(health)
        .add_service(reflection().build_v1().map_err(failed)?)
        .add_service(reflection().build_v1alpha().map_err(failed)?);
    Ok(routes.routes().prepare())
}
