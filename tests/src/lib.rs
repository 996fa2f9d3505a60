//! What the tests of the order-status service stand on: databases made for one test, the real server program on free
//! ports, and callers with keys. Tests go through the public doors; nothing here reaches into the server.
//!
//! Linux only: children are tied to this process by `setpriv --pdeathsig`, so that none outlives it.

pub mod account;
pub mod backend;
pub mod postgres;
pub mod process;
pub mod scratch;
pub mod server;

pub use account::{Caller, Tenant};
pub use backend::{Backend, on_both};
pub use server::{Config, Server};
