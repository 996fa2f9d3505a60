//! The gRPC room: the services, and what lies between their messages and the domain.

mod accounts;
mod caller;
pub mod context;
pub mod convert;
pub mod deadline;
mod fingerprint;
pub mod layers;
mod page_token;
mod paging;
pub mod services;
pub mod status;
mod token;
