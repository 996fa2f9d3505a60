//! The order-status service: migrations.
