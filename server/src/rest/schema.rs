//! What the API says of itself: one pool of its descriptors, for all who go by them.

use std::sync::LazyLock;

use prost_reflect::{DescriptorError, DescriptorPool};

static POOL: LazyLock<Result<DescriptorPool, DescriptorError>> = LazyLock::new(|| {
    let mut pool = DescriptorPool::decode(order_status_proto::FILE_DESCRIPTOR_SET)?;
    // What refusals carry.
    pool.decode_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)?;
    Ok(pool)
});

/// The descriptors of the API, with their comments and options, and of what its refusals carry.
///
/// # Errors
/// The descriptors that were built in do not fit together.
pub fn pool() -> Result<&'static DescriptorPool, &'static DescriptorError> {
    POOL.as_ref()
}
