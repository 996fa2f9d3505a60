//! The gRPC services behind one router.
