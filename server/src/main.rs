//! The order-status server.
fn main() {}
