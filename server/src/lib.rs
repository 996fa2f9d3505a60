//! The order-status service.

pub mod clock;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod ledger;
pub mod store;
