//! The gRPC room: the services, and what lies between their messages and the domain.

pub mod convert;
pub mod deadline;
pub mod fingerprint;
pub mod page_token;
pub mod status;
pub mod token;
