//! The first start on an empty database: one account, and one key to make all others with.

use sha2::{Digest as _, Sha256};

use super::ServeError;
use crate::auth::keys::Secret;
use crate::auth::{OPERATOR, system};
use crate::domain::admin::{AccountPatch, AdminCommand, CredentialInput, Proof};
use crate::domain::role::Role;
use crate::ledger::{AdminAnswer, Answer, Failure, Ledger, Request, Submission, Task};
use crate::store::Store;

/// The request ids of the first account and the first key. Of several servers that start together on one
/// empty database, one makes them, and the others find them made.
const REQUESTS: [&[u8]; 2] = [b"order-status/first-account", b"order-status/first-key"];

/// Makes the first account and its key where there is none, and prints the key, this once.
pub(super) async fn run(store: &Store, ledger: &Ledger) -> Result<(), ServeError> {
    let account = match store.accounts(0, 1).await?.into_iter().next() {
        Some(account) => account.id,
        None => match submit(
            ledger,
            REQUESTS[0],
            AdminCommand::CreateAccount(first_account()),
        )
        .await?
        {
            Answer::Admin(AdminAnswer::Account(account)) => account.id,
            Answer::Replay(record) => record.results.first().map_or(1, |result| result.id),
            other => return Err(odd(&other)),
        },
    };
    if !store.credentials(account, 0, 1).await?.is_empty() {
        return Ok(());
    }
    let key = Secret::generate()
        .map_err(|error| ServeError::Setup(format!("no random bits: {error}")))?;
    let credential = CredentialInput {
        title: "admin".to_owned(),
        role: Role::Admin,
        proof: Proof::Key {
            hash: key.hash(),
            prefix: key.prefix(),
        },
        store_id: None,
        customer_id: None,
        scopes: vec![OPERATOR.to_owned()],
        expire_time: None,
    };
    let command = AdminCommand::CreateCredential(Some(account), credential);
    match submit(ledger, REQUESTS[1], command).await? {
        Answer::Admin(AdminAnswer::Credential(_)) => {
            println!("admin key: {}", key.expose());
            Ok(())
        }
        Answer::Replay(_) => Ok(()),
        other => Err(odd(&other)),
    }
}

fn first_account() -> AccountPatch {
    AccountPatch {
        name: Some("default".to_owned()),
        workflow: Some("standard".to_owned()),
        currency: Some("EUR".to_owned()),
        ..AccountPatch::default()
    }
}

async fn submit(ledger: &Ledger, name: &[u8], command: AdminCommand) -> Result<Answer, ServeError> {
    let fingerprint: [u8; 32] = Sha256::digest(name).into();
    let mut id = [0; 16];
    id.copy_from_slice(&fingerprint[..16]);
    let submission = Submission {
        principal: system(0, "order-status"),
        task: Task::Admin(command),
        etag: String::new(),
        request: Some(Request { id, fingerprint }),
        validate_only: false,
        deadline: None,
    };
    ledger
        .submit(submission)
        .await
        .map_err(|failure| match failure {
            Failure::Unavailable => ServeError::Setup(
                "the first account cannot be made: the database is away".to_owned(),
            ),
            other => ServeError::Setup(format!("the first account cannot be made: {other:?}")),
        })
}

fn odd(answer: &Answer) -> ServeError {
    ServeError::Setup(format!("the first account was answered by {answer:?}"))
}
