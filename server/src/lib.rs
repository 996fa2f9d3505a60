//! The order-status service.

pub mod auth;
pub mod cli;
pub mod clock;
mod codes;
pub mod config;
pub mod demo;
mod document;
pub mod domain;
pub mod events;
pub mod grpc;
pub mod ledger;
#[cfg(feature = "rest")]
pub mod rest;
pub mod serve;
pub mod store;
pub mod telemetry;
