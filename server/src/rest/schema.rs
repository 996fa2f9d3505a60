//! What the API says of itself: one pool of its descriptors, for all who go by them, and what is made from it once.

use std::sync::LazyLock;

use prost_reflect::{DescriptorError, DescriptorPool};

use super::binding::{self, BindingError, Method};
use super::codec::{Tables, Unsupported};

/// The descriptors that were built in cannot be served.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SchemaError {
    /// They do not fit together.
    #[error("{0}")]
    Pool(#[from] &'static DescriptorError),
    /// An HTTP annotation is wrong.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// A message cannot be written as JSON.
    #[error(transparent)]
    Codec(#[from] Unsupported),
}

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

static TABLES: LazyLock<Result<Tables, SchemaError>> = LazyLock::new(|| {
    let pool = pool()?;
    let mut tables = Tables::default();
    for method in methods().map_err(Clone::clone)? {
        tables.add(&method.descriptor.input())?;
        tables.add(&method.descriptor.output())?;
    }
    let details = pool
        .all_messages()
        .filter(|message| message.package_name() == "google.rpc");
    for detail in details {
        tables.add(&detail)?;
    }
    Ok(tables)
});

/// The tables by which every message of the API becomes JSON and comes from it.
///
/// # Errors
/// A message has no form in JSON.
pub(super) fn tables() -> Result<&'static Tables, &'static SchemaError> {
    TABLES.as_ref()
}

static METHODS: LazyLock<Result<Vec<Method>, SchemaError>> =
    LazyLock::new(|| Ok(binding::methods(pool()?)?));

/// Every method of the API with how it is reached over HTTP, in the order of services and methods.
///
/// # Errors
/// An annotation cannot be served.
pub fn methods() -> Result<&'static [Method], &'static SchemaError> {
    METHODS.as_deref()
}
