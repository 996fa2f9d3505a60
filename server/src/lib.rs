//! The order-status service.
