//! Who asks.

use super::order::Order;
use super::role::Role;

/// The caller of a command, as their credential describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account that the credential belongs to.
    pub account_id: i64,
    /// The credential.
    pub credential_id: i64,
    /// The credential's title, which history names as the actor.
    pub actor: String,
    /// What the caller may do.
    pub role: Role,
    /// The only customer whose orders the caller sees; always set for a client.
    pub customer_id: Option<i64>,
    /// The only store whose orders the caller sees.
    pub store_id: Option<i64>,
    /// Further rights by name.
    pub scopes: Vec<String>,
    /// SHA-256 of the token of the session that the caller has opened, if they called by one.
    pub session: Option<[u8; 32]>,
}

impl Principal {
    /// Whether the order is within what this caller may see.
    pub fn sees(&self, order: &Order) -> bool {
        let own_customer = match (self.role, self.customer_id) {
            (Role::Client, None) => false,
            (_, Some(id)) => order.customer.id == Some(id),
            (_, None) => true,
        };
        order.account_id == self.account_id
            && own_customer
            && self
                .store_id
                .is_none_or(|store| order.store_id == Some(store))
    }

    /// Whether the credential has a further right.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}
