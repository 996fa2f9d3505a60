//! The gRPC room.

pub mod deadline;
pub mod layers;
