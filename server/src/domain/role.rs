//! Who a caller is to an order.

/// What a caller may act as. [`Role::Client`] stands apart; [`Role::Staff`], [`Role::Manager`] and
/// [`Role::Admin`] each include the ones before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A customer, who sees and moves only the orders of its own.
    Client,
    /// Somebody who works on the account's orders.
    Staff,
    /// Staff who may also override a state.
    Manager,
    /// A manager who may also administer the account.
    Admin,
}

impl Role {
    /// Every role, in the order of the declaration.
    pub const ALL: &'static [Self] = &[Self::Client, Self::Staff, Self::Manager, Self::Admin];

    /// The word for this role in rulebooks, settings and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The role that `name` is the word for, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// Whether a caller with this role may do what `needed` may do.
    #[must_use]
    pub const fn includes(self, needed: Self) -> bool {
        match needed {
            Self::Client => matches!(self, Self::Client),
            Self::Staff => matches!(self, Self::Staff | Self::Manager | Self::Admin),
            Self::Manager => matches!(self, Self::Manager | Self::Admin),
            Self::Admin => matches!(self, Self::Admin),
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(*role));
        }
        assert_eq!(Role::parse("Staff"), None);
        assert_eq!(Role::parse(""), None);
    }

    #[test]
    fn staff_manager_and_admin_include_those_before_them_and_a_client_stands_apart() {
        let included = |role: Role| -> Vec<&str> {
            Role::ALL
                .iter()
                .filter(|needed| role.includes(**needed))
                .map(|needed| needed.name())
                .collect()
        };
        assert_eq!(included(Role::Client), ["client"]);
        assert_eq!(included(Role::Staff), ["staff"]);
        assert_eq!(included(Role::Manager), ["staff", "manager"]);
        assert_eq!(included(Role::Admin), ["staff", "manager", "admin"]);
    }
}
