//! The services: each method reads its request, asks the ledger or the store, and shows the answer.

mod admin;
mod billing;
mod catalog;
mod fulfillment;
mod invoices;
mod order;
mod session;
mod watch;
mod workflow;

use std::sync::Arc;

use order_status_proto::v1::admin_service_server::AdminServiceServer;
use order_status_proto::v1::billing_service_server::BillingServiceServer;
use order_status_proto::v1::catalog_service_server::CatalogServiceServer;
use order_status_proto::v1::fulfillment_service_server::FulfillmentServiceServer;
use order_status_proto::v1::order_service_server::OrderServiceServer;
use order_status_proto::v1::session_service_server::SessionServiceServer;
use order_status_proto::v1::workflow_service_server::WorkflowServiceServer;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::service::RoutesBuilder;

use super::context::Context;

/// Adds every service of the API. `message_bytes` is the largest request message that is taken.
pub fn add_routes(routes: &mut RoutesBuilder, context: &Arc<Context>, message_bytes: usize) {
    let context = || Arc::clone(context);
    routes
        .add_service(
            OrderServiceServer::new(order::Orders(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            BillingServiceServer::new(billing::Billing(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            FulfillmentServiceServer::new(fulfillment::Fulfillment(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            CatalogServiceServer::new(catalog::Catalogs(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            WorkflowServiceServer::new(workflow::WorkflowBooks(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            SessionServiceServer::new(session::Sessions(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        )
        .add_service(
            AdminServiceServer::new(admin::Admin(context()))
                .max_decoding_message_size(message_bytes)
                .accept_compressed(Gzip)
                .send_compressed(Gzip),
        );
}
