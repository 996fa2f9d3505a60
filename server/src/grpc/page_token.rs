//! Page tokens: where a page of a list ended.

use order_status_proto::v1::ErrorReason as Reason;
use prost::Message;
use sha2::{Digest, Sha256};

use super::status::Fault;
use super::token::{self, Form};

/// What a list is of: the account, the method, and the request without its paging. A token of one
/// list does not go on with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope([u8; 16]);

impl Scope {
    /// The scope of a request whose page size, token, skip, count and view were taken out.
    pub fn of(account_id: i64, method: &str, request: &impl Message) -> Scope {
        let mut hash = Sha256::new();
        hash.update(account_id.to_be_bytes());
        hash.update(method.as_bytes());
        hash.update([0]);
        hash.update(request.encode_to_vec());
        let digest: [u8; 32] = hash.finalize().into();
        Scope(std::array::from_fn(|at| digest[at]))
    }

    /// The token of the page after the item with that key.
    pub fn token(&self, last: i64) -> String {
        let mut body = self.0.to_vec();
        body.extend(last.to_be_bytes());
        token::write(Form::Page, &body)
    }

    /// The key of the last item before the page; `None` for the first page.
    ///
    /// # Errors
    /// The token is not one of ours, or belongs to another list.
    pub fn last(&self, given: &str) -> Result<Option<i64>, Fault> {
        if given.is_empty() {
            return Ok(None);
        }
        let body = token::read(Form::Page, given).ok_or_else(|| wrong("is not a page token"))?;
        let (scope, key) = body
            .split_at_checked(16)
            .ok_or_else(|| wrong("is not a page token"))?;
        let key: [u8; 8] = key.try_into().map_err(|_| wrong("is not a page token"))?;
        if scope != self.0 {
            return Err(wrong("belongs to another list or another filter"));
        }
        Ok(Some(i64::from_be_bytes(key)))
    }
}

fn wrong(description: &str) -> Fault {
    Fault::new(
        Reason::PageTokenInvalid,
        format!("page_token {description}"),
    )
    .with("field", "page_token")
    .field("page_token", description)
}

#[cfg(test)]
mod tests {
    use order_status_proto::v1 as pb;

    use super::*;

    #[test]
    fn a_token_goes_on_with_its_own_list_only() {
        let request = |order_by: &str| pb::ListOrdersRequest {
            order_by: order_by.to_owned(),
            ..Default::default()
        };
        let scope = Scope::of(1, "ListOrders", &request("id"));
        let token = scope.token(42);
        assert_eq!(scope.last(&token), Ok(Some(42)));
        assert_eq!(scope.last(""), Ok(None));
        for other in [
            Scope::of(2, "ListOrders", &request("id")),
            Scope::of(1, "ListPayments", &request("id")),
            Scope::of(1, "ListOrders", &request("id desc")),
        ] {
            assert!(other.last(&token).is_err());
        }
        assert!(scope.last("nonsense").is_err());
    }
}
