//! AdminService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::admin_service_server::AdminService;
use tonic::{Request, Response, Status};

use crate::auth::keys::Secret;
use crate::domain::admin::{AdminCommand, OPERATOR};
use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Context, unexpected};
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
        reader: Reader,
        etag: String,
        command: AdminCommand,
    ) -> Result<Response<pb::Account>, Status> {
        match self.0.administer(caller, reader, etag, command).await? {
            AdminAnswer::Account(account) => Ok(Response::new(convert::account(&account))),
            _ => Err(unexpected()),
        }
    }
}

#[tonic::async_trait]
impl AdminService for Admin {
    async fn create_account(
        &self,
        request: Request<pb::CreateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = Caller::open(request)?;
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
        let mut reader = Reader::default();
        let patch = convert::new_account(&mut reader, request.account);
        self.keep_account(
            &caller,
            reader,
            String::new(),
            AdminCommand::CreateAccount(patch),
        )
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
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let (id, patch) =
            convert::account_update(&mut reader, request.account, request.update_mask);
        self.keep_account(
            &caller,
            reader,
            request.etag,
            AdminCommand::UpdateAccount(id, patch),
        )
        .await
    }

    async fn create_credential(
        &self,
        request: Request<pb::CreateCredentialRequest>,
    ) -> Result<Response<pb::CreateCredentialResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        let key =
            Secret::generate().map_err(|error| internal(&format!("no random bits: {error}")))?;
        let mut reader = Reader::default();
        let account = request.account_id;
        let input = convert::new_credential(&mut reader, request, key.hash(), key.prefix());
        let command = AdminCommand::CreateCredential(account, input);
        match self
            .0
            .administer(&caller, reader, String::new(), command)
            .await?
        {
            AdminAnswer::Credential(credential) => {
                Ok(Response::new(pb::CreateCredentialResponse {
                    credential: Some(convert::credential(&credential)),
                    key: key.expose().to_owned(),
                }))
            }
            _ => Err(unexpected()),
        }
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
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let id = reader.id(&Path::Request.field("id"), request.id);
        let command = AdminCommand::RevokeCredential(request.account_id, id);
        match self
            .0
            .administer(&caller, reader, String::new(), command)
            .await?
        {
            AdminAnswer::Credential(credential) => {
                Ok(Response::new(convert::credential(&credential)))
            }
            _ => Err(unexpected()),
        }
    }
}
