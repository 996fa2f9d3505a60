//! The order-status service: proto.
