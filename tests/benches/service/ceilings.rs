//! What the service is measured against: the same work without the service.

pub mod batches;
pub mod child;
pub mod constant;
pub mod direct;
pub mod pgbench;
