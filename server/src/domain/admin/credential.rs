//! What a new credential has to be.

use super::decide::{check_name, finish};
use super::{AdminGround, CredentialInput, OPERATOR, Proof};
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::role::Role;

/// What is wrong with a new password, if anything is. It is asked before the password is hashed.
pub fn check_password(password: &str) -> Option<Violation> {
    let length = password.chars().take(257).count();
    (!(8..=256).contains(&length))
        .then(|| Violation::new("password", "must be from 8 to 256 characters"))
}

/// Holds a new credential against its account.
pub(super) fn check_credential(
    input: &CredentialInput,
    operator: bool,
    ground: &AdminGround<'_>,
) -> Result<(), Refusal> {
    let mut violations = Vec::new();
    check_name("title", &input.title, &mut violations);
    if let Proof::Login { login, .. } = &input.proof {
        check_name("login", login, &mut violations);
        if ground.login_taken {
            return Err(Refusal::AlreadyExists {
                kind: "login",
                name: login.clone(),
            });
        }
    }
    if input.role == Role::Client && input.customer_id.is_none() {
        violations.push(Violation::new(
            "customer_id",
            "a client's credential needs one",
        ));
    }
    if let Some(id) = input.customer_id
        && ground.customer.is_none_or(|customer| customer.id != id)
    {
        violations.push(Violation {
            unknown: true,
            ..Violation::new("customer_id", format!("the account has no customer {id}"))
        });
    }
    if let (Some(id), Some(account)) = (input.store_id, ground.account)
        && !account.stores.contains_key(&id)
    {
        let known: Vec<_> = account.stores.keys().take(20).map(i64::to_string).collect();
        violations.push(Violation::unknown("store_id", &id.to_string(), &known));
    }
    if input.scopes.len() > 32 {
        violations.push(Violation::new("scopes", "must be at most 32"));
    }
    for scope in &input.scopes {
        check_name("scopes", scope, &mut violations);
        if scope == OPERATOR && !operator {
            violations.push(Violation::new(
                "scopes",
                "only an operator can make operators",
            ));
        }
    }
    if input.expire_time.is_some_and(|time| time <= ground.now) {
        violations.push(Violation::new("expire_time", "must lie in the future"));
    }
    finish(violations, ())
}
