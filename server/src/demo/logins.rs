//! The logins of the demo, and the sessions that its examples take for open.

use super::plan::Login;
use super::{ACTOR, DemoError, Filler, plans};
use crate::auth::keys::Secret;
use crate::auth::passwords::Passwords;
use crate::auth::system;
use crate::clock;
use crate::domain::admin::{AdminCommand, CredentialInput, Proof};
use crate::domain::role::Role;
use crate::domain::session::{LONGEST, NewSession, SessionCommand};
use crate::ledger::{Ledger, Task};
use crate::store::Store;

/// Makes the logins of an account.
pub(super) async fn fill(filler: &Filler<'_>, logins: &[Login]) -> Result<(), DemoError> {
    let passwords = Passwords::default();
    for login in logins {
        let hashed = passwords.hash(Secret::new(login.password)).await;
        let password_hash = hashed.map_err(|error| DemoError::Ledger(error.to_string()))?;
        let credential = CredentialInput {
            title: login.title.to_owned(),
            role: Role::Manager,
            proof: Proof::Login {
                login: login.login.to_owned(),
                password_hash,
            },
            store_id: None,
            customer_id: None,
            scopes: login
                .scopes
                .iter()
                .map(|scope| (*scope).to_owned())
                .collect(),
            expire_time: None,
        };
        let account = Some(filler.principal.account_id);
        filler
            .admin(AdminCommand::CreateCredential(account, credential))
            .await?;
    }
    Ok(())
}

/// Opens the sessions that the examples take for open, whether or not they are.
///
/// # Errors
/// The database does not answer, or the ledger refuses.
pub async fn open_sessions(store: &Store, ledger: &Ledger) -> Result<(), DemoError> {
    for plan in plans() {
        for login in &plan.logins {
            let (Some(token), Some(code)) = (login.session, &plan.account.code) else {
                continue;
            };
            let account = store.account_by_code(code).await?;
            let found = store
                .credentials_by_login(account, login.login, clock::now(), 1)
                .await?;
            let Some(credential) = found.first() else {
                continue;
            };
            let new = NewSession {
                account_id: credential.account_id,
                credential_id: credential.id,
                token_hash: Secret::new(token).hash(),
                lifetime: Some(LONGEST),
                idle: Some(LONGEST),
            };
            let filler = Filler {
                ledger,
                principal: system(credential.account_id, ACTOR),
            };
            let start = SessionCommand::Start(new, None);
            filler.submit(Task::Session(start)).await?;
        }
    }
    Ok(())
}
