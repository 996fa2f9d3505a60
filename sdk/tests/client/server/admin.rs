//! The accounts of the scripted server.

use order_status_proto::v1;
use order_status_proto::v1::admin_service_server::AdminService;
use tonic::{Request, Response, Status};

use super::{Server, unscripted};

#[tonic::async_trait]
impl AdminService for Server {
    async fn create_account(
        &self,
        request: Request<v1::CreateAccountRequest>,
    ) -> Result<Response<v1::Account>, Status> {
        let request = self
            .reply(request, |request| request.request_id.clone())
            .await?;
        Ok(Response::new(request.account.unwrap_or_default()))
    }

    async fn get_account(
        &self,
        _: Request<v1::GetAccountRequest>,
    ) -> Result<Response<v1::Account>, Status> {
        unscripted()
    }

    async fn list_accounts(
        &self,
        _: Request<v1::ListAccountsRequest>,
    ) -> Result<Response<v1::ListAccountsResponse>, Status> {
        unscripted()
    }

    async fn update_account(
        &self,
        _: Request<v1::UpdateAccountRequest>,
    ) -> Result<Response<v1::Account>, Status> {
        unscripted()
    }

    async fn create_credential(
        &self,
        _: Request<v1::CreateCredentialRequest>,
    ) -> Result<Response<v1::CreateCredentialResponse>, Status> {
        unscripted()
    }

    async fn list_credentials(
        &self,
        _: Request<v1::ListCredentialsRequest>,
    ) -> Result<Response<v1::ListCredentialsResponse>, Status> {
        unscripted()
    }

    async fn revoke_credential(
        &self,
        _: Request<v1::RevokeCredentialRequest>,
    ) -> Result<Response<v1::Credential>, Status> {
        unscripted()
    }
}
