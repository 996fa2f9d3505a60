//! The client against a server that does what a test tells it to.

mod connecting;
mod headers;
mod lists;
mod retries;
mod server;
mod watching;
