//! The other end of a connection.

use std::net::SocketAddr;

/// From where a call came, in the extensions of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);
