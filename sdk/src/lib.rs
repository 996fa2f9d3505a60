//! The order-status service: sdk.
