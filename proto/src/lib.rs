//! The order-status API: messages, clients, servers and descriptors generated from
//! `orderstatus/v1/*.proto`.
//!
//! [`v1`] holds the package `orderstatus.v1`. [`Money`] and [`Decimal`] are the amounts and
//! numbers it uses; points in time are [`prost_types::Timestamp`]. Nothing here has logic.

pub use google::r#type::{Decimal, Money};
pub use orderstatus::v1;

/// The encoded `google.protobuf.FileDescriptorSet` of the API and of everything it imports, with
/// all options (`google.api.http`, `google.api.field_behavior`) and comments.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/orderstatus.binpb"));

/// The domain of every reason that an error names.
pub const ERROR_DOMAIN: &str = "orderstatus";

/// The types that the API borrows from googleapis.
pub mod google {
    /// The HTTP mapping and the field behaviours.
    pub mod api {
        tonic::include_proto!("google.api");
    }
    /// Money and decimal numbers.
    pub mod r#type {
        tonic::include_proto!("google.r#type");
    }
}

/// The packages of the API, nested as protobuf nests them since the generated code refers to
/// other packages by relative paths.
#[expect(unused_qualifications, clippy::allow_attributes, reason = "generated")]
pub mod orderstatus {
    /// Version 1 of the API.
    pub mod v1 {
        tonic::include_proto!("orderstatus.v1");
    }
}
