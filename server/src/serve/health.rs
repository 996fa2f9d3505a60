//! grpc.health.v1: each service, and the empty name for all, as the database and the drain have it.

use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// The services that health speaks of; the empty name stands for the whole server.
const SERVICES: [&str; 8] = [
    "",
    "orderstatus.v1.OrderService",
    "orderstatus.v1.BillingService",
    "orderstatus.v1.FulfillmentService",
    "orderstatus.v1.CatalogService",
    "orderstatus.v1.WorkflowService",
    "orderstatus.v1.SessionService",
    "orderstatus.v1.AdminService",
];

/// Tells health what holds, now and at every change, until the ledger or the server is gone.
pub(super) async fn follow(
    reporter: HealthReporter,
    mut available: watch::Receiver<bool>,
    mut draining: watch::Receiver<bool>,
) {
    loop {
        let serving = *available.borrow_and_update() && !*draining.borrow_and_update();
        let status = if serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        for service in SERVICES {
            reporter.set_service_status(service, status).await;
        }
        let changed = tokio::select! {
            changed = available.changed() => changed,
            changed = draining.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}
