//! What a request id stands for: the method and what was asked of it.

use prost::Message;
use sha2::{Digest, Sha256};

/// SHA-256 over the method and the request, whose keys (etag, request id, validate_only) were taken
/// out before. Equal requests have equal bytes since maps are encoded in the order of their keys.
pub fn fingerprint(method: &str, request: &impl Message) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(method.as_bytes());
    hash.update([0]);
    hash.update(request.encode_to_vec());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use order_status_proto::v1 as pb;

    use super::fingerprint;
    use crate::grpc::convert::request::Keyed as _;

    fn request(id: i64, request_id: &str, etag: &str) -> pb::LockOrderRequest {
        pb::LockOrderRequest {
            order: Some(pb::lock_order_request::Order::Id(id)),
            request_id: request_id.to_owned(),
            etag: etag.to_owned(),
            ..Default::default()
        }
    }

    fn of(method: &str, mut request: pb::LockOrderRequest) -> [u8; 32] {
        request.take_keys();
        fingerprint(method, &request)
    }

    #[test]
    fn what_is_asked_and_of_which_method_counts_and_nothing_else() {
        let first = of("Lock", request(1, "a", ""));
        assert_eq!(first, of("Lock", request(1, "b", "\"7\"")));
        assert_ne!(first, of("Lock", request(2, "a", "")));
        assert_ne!(first, of("Unlock", request(1, "a", "")));
    }
}
