//! The order-status service: tests.
