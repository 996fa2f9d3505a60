//! AdminService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::admin_service_server::AdminService;
use tonic::{Request, Response, Status};

use crate::auth::AuthError;
use crate::auth::keys::Secret;
use crate::domain::admin::{AdminCommand, OPERATOR, Proof, check_password};
use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Administered, Call, Context, unexpected};
use crate::grpc::convert::admin as convert;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::paging::Page;
use crate::grpc::status::internal;
use crate::ledger::AdminAnswer;

/// AdminService.
pub struct Admin(pub Arc<Context>);

/// The account that a request is about: the one it names, if the caller may see it, else the caller's
/// own. To whoever is no operator another account is missing.
fn subject(caller: &Caller, named: Option<i64>) -> Result<i64, Status> {
    let own = caller.account_id();
    match named {
        Some(id) if id != own && !caller.principal.has_scope(OPERATOR) => {
            Err(missing("account", id))
        }
        named => Ok(named.unwrap_or(own)),
    }
}

fn missing(kind: &'static str, id: i64) -> Status {
    Refusal::ResourceNotFound {
        kind,
        name: id.to_string(),
    }
    .into()
}

impl Admin {
    async fn keep_account(
        &self,
        caller: &Caller,
        call: Call,
        command: AdminCommand,
    ) -> Result<Response<pb::Account>, Status> {
        let account = match self.0.administer(caller, call, command).await? {
            Administered::Made(AdminAnswer::Account(account)) => convert::account(&account),
            Administered::Before(result) => {
                convert::account(&*self.0.present_account(result.id).await?)
            }
            Administered::Made(_) => return Err(unexpected()),
        };
        Ok(Response::new(account))
    }

    /// What a new credential is known by: the login with its password, else a new key, which comes along.
    async fn proof(
        &self,
        call: &mut Call,
        login: &str,
        password: Secret,
    ) -> Result<(Proof, String), Status> {
        let path = Path::Request.field("password");
        if login.is_empty() {
            if !password.expose().is_empty() {
                call.reader.refuse(&path, "goes together with a login");
            }
            let key = Secret::generate();
            let key = key.map_err(|error| internal(&format!("no random bits: {error}")))?;
            let (hash, prefix) = (key.hash(), key.prefix());
            return Ok((Proof::Key { hash, prefix }, key.expose().to_owned()));
        }
        let login = call
            .reader
            .text(&Path::Request.field("login"), login.to_owned());
        let wrong = check_password(password.expose());
        // What is not to be kept need not be hashed.
        let password_hash = if wrong.is_some() || call.validate_only {
            String::new()
        } else {
            let hashed = self.0.authenticator.passwords().hash(password).await;
            hashed.map_err(AuthError::from)?
        };
        if let Some(wrong) = wrong {
            call.reader.refuse(&path, wrong.description);
        }
        let proof = Proof::Login {
            login,
            password_hash,
        };
        Ok((proof, String::new()))
    }

    async fn keep_credential(
        &self,
        caller: &Caller,
        call: Call,
        account: Option<i64>,
        command: AdminCommand,
    ) -> Result<Kept, Status> {
        match self.0.administer(caller, call, command).await? {
            Administered::Made(AdminAnswer::Credential(made)) => {
                Ok(Kept::Now(convert::credential(&made)))
            }
            Administered::Before(result) => {
                let account = subject(caller, account)?;
                let found = self.0.store.credentials(account, result.id - 1, 1).await?;
                let found = found.first().filter(|found| found.id == result.id);
                let found = found.ok_or_else(|| missing("credential", result.id))?;
                Ok(Kept::Before(convert::credential(found)))
            }
            Administered::Made(_) => Err(unexpected()),
        }
    }
}

/// A credential that was made or revoked, by this call or when it was first made.
enum Kept {
    Now(pb::Credential),
    Before(pb::Credential),
}

#[tonic::async_trait]
impl AdminService for Admin {
    async fn create_account(
        &self,
        request: Request<pb::CreateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        if !caller.principal.has_scope(OPERATOR) {
            let role = caller.principal.role;
            let asked = "orderstatus.v1.AdminService/CreateAccount".to_owned();
            return Err(Refusal::RoleNotAllowed {
                asked,
                role,
                needed: role,
            }
            .into());
        }
        let mut call = Call::new("AdminService/CreateAccount", &mut request);
        let patch = convert::new_account(&mut call.reader, request.account);
        self.keep_account(&caller, call, AdminCommand::CreateAccount(patch))
            .await
    }

    async fn get_account(
        &self,
        request: Request<pb::GetAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let id = reader.id(&Path::Request.field("id"), request.id);
        reader.finish()?;
        let account = self.0.present_account(subject(&caller, Some(id))?).await?;
        Ok(Response::new(convert::account(&account)))
    }

    async fn list_accounts(
        &self,
        request: Request<pb::ListAccountsRequest>,
    ) -> Result<Response<pb::ListAccountsResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let account_id = caller.account_id();
        let page = Page::new(
            &mut reader,
            account_id,
            "ListAccounts",
            &request,
            (size, &token),
        )?;
        reader.finish()?;
        let after = page.after.unwrap_or(0);
        let (accounts, next_page_token) = if caller.principal.has_scope(OPERATOR) {
            let found = self.0.store.accounts(after, page.wanted()).await?;
            page.fill(
                found,
                |account| account.id,
                |account| Some(convert::account(account)),
            )
        } else {
            let own = Some(self.0.present_account(account_id).await?).filter(|own| own.id > after);
            page.fill(
                own,
                |account| account.id,
                |account| Some(convert::account(account)),
            )
        };
        Ok(Response::new(pb::ListAccountsResponse {
            accounts,
            next_page_token,
        }))
    }

    async fn update_account(
        &self,
        request: Request<pb::UpdateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("AdminService/UpdateAccount", &mut request);
        let (id, patch) =
            convert::account_update(&mut call.reader, request.account, request.update_mask);
        self.keep_account(&caller, call, AdminCommand::UpdateAccount(id, patch))
            .await
    }

    async fn create_credential(
        &self,
        request: Request<pb::CreateCredentialRequest>,
    ) -> Result<Response<pb::CreateCredentialResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        // Before the request's fingerprint is taken: that is kept, and no fast hash of a password may be.
        let password = Secret::new(std::mem::take(&mut request.password));
        let mut call = Call::new("AdminService/CreateCredential", &mut request);
        let (account, validate_only) = (request.account_id, call.validate_only);
        let (proof, key) = self.proof(&mut call, &request.login, password).await?;
        let input = convert::new_credential(&mut call.reader, request, proof);
        let command = AdminCommand::CreateCredential(account, input);
        let (credential, key) = match self
            .keep_credential(&caller, call, account, command)
            .await?
        {
            Kept::Now(credential) if !validate_only => (credential, key),
            // A key that opens nothing, or one that was told before, is not told.
            Kept::Now(credential) | Kept::Before(credential) => (credential, String::new()),
        };
        Ok(Response::new(pb::CreateCredentialResponse {
            credential: Some(credential),
            key,
        }))
    }

    async fn list_credentials(
        &self,
        request: Request<pb::ListCredentialsRequest>,
    ) -> Result<Response<pb::ListCredentialsResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let own = caller.account_id();
        let page = Page::new(
            &mut reader,
            own,
            "ListCredentials",
            &request,
            (size, &token),
        )?;
        reader.finish()?;
        let account = subject(&caller, request.account_id)?;
        if account != own {
            self.0.present_account(account).await?;
        }
        let found = self
            .0
            .store
            .credentials(account, page.after.unwrap_or(0), page.wanted())
            .await?;
        let (credentials, next_page_token) = page.fill(
            found,
            |known| known.id,
            |known| Some(convert::credential(known)),
        );
        Ok(Response::new(pb::ListCredentialsResponse {
            credentials,
            next_page_token,
        }))
    }

    async fn revoke_credential(
        &self,
        request: Request<pb::RevokeCredentialRequest>,
    ) -> Result<Response<pb::Credential>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("AdminService/RevokeCredential", &mut request);
        let id = call.reader.id(&Path::Request.field("id"), request.id);
        let command = AdminCommand::RevokeCredential(request.account_id, id);
        let kept = self
            .keep_credential(&caller, call, request.account_id, command)
            .await?;
        let (Kept::Now(credential) | Kept::Before(credential)) = kept;
        Ok(Response::new(credential))
    }
}
