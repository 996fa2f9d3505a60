//! What an error says beside its code.

use std::error::Error;

use tonic::Status;
use tonic_types::StatusExt;

/// Whether the service said this. If not, the connection broke: the call may or may not have had its effect.
pub fn said(status: &Status) -> bool {
    status.source().is_none()
}

/// The reason of an error (`ETAG_STALE`); empty where it tells none.
pub fn reason(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.map(|info| info.reason).unwrap_or_default()
}

/// One of the facts that an error tells with its reason; empty where it does not.
pub fn fact(status: &Status, key: &str) -> String {
    let info = status.get_details_error_info();
    let told = info.and_then(|info| info.metadata.get(key).cloned());
    told.unwrap_or_default()
}
