//! The order-status service.

pub mod domain;
