//! The order-status service.

pub mod auth;
pub mod clock;
pub mod config;
pub mod domain;
pub mod grpc;
pub mod ledger;
pub mod store;
pub mod telemetry;
