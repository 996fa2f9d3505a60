//! Accounts and credentials through a running server.

use std::path::Path;
use std::time::Duration;

use order_status_proto::v1::admin_service_client::AdminServiceClient;
use order_status_proto::v1::{
    Account, CreateAccountRequest, CreateCredentialRequest, Credential, ListAccountsRequest,
    ListCredentialsRequest, RevokeCredentialRequest, Role,
};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};
use uuid::Uuid;

use super::Failure;
use super::access::{AccountLine, CredentialLine};
use super::credentials::Wanted;
use crate::auth::keys::Secret;
use crate::clock;
use crate::domain::admin::AccountPatch;
use crate::domain::role;

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many rows are read at a time.
const PAGE: i32 = 500;

/// Opens a channel to a server.
pub(super) async fn channel(url: &str, ca: Option<&Path>) -> Result<Channel, Failure> {
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(|_| {
        Failure(format!(
            "{url:?} is not a URL such as http://127.0.0.1:50051"
        ))
    })?;
    let mut endpoint = endpoint.connect_timeout(PATIENCE).timeout(PATIENCE);
    if let Some(path) = ca {
        let pem = std::fs::read(path)
            .map_err(|error| Failure(format!("{} cannot be read: {error}", path.display())))?;
        let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem));
        endpoint = endpoint
            .tls_config(tls)
            .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    }
    endpoint.connect().await.map_err(|error| {
        // The outermost error says no more than that there was one.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure(format!("{url} cannot be reached: {cause}"))
    })
}

/// A server, and the key of an admin.
pub(super) struct Remote {
    client: AdminServiceClient<Channel>,
    key: MetadataValue<Ascii>,
}

impl Remote {
    pub(super) async fn connect(
        url: &str,
        key: Secret,
        ca: Option<&Path>,
    ) -> Result<Remote, Failure> {
        let mut key: MetadataValue<Ascii> = format!("Bearer {}", key.expose())
            .parse()
            .map_err(|_| Failure("the key holds a character that no key has".to_owned()))?;
        key.set_sensitive(true);
        Ok(Remote {
            client: AdminServiceClient::new(channel(url, ca).await?),
            key,
        })
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request
            .metadata_mut()
            .insert("authorization", self.key.clone());
        request.set_timeout(PATIENCE);
        request
    }

    pub(super) async fn create_account(
        &mut self,
        patch: AccountPatch,
    ) -> Result<AccountLine, Failure> {
        let account = Account {
            name: patch.name.unwrap_or_default(),
            workflow: patch.workflow.unwrap_or_default(),
            currency_code: patch.currency.unwrap_or_default(),
            decimals: patch.decimals.flatten().map(i32::from),
            lock_on_confirm: patch.lock_on_confirm.unwrap_or_default(),
            warehouse: patch.warehouse.unwrap_or_default(),
            time_zone: patch.time_zone.unwrap_or_default(),
            code: patch.code.unwrap_or_default(),
            ..Account::default()
        };
        let message = CreateAccountRequest {
            account: Some(account),
            request_id: Uuid::now_v7().to_string(),
            ..CreateAccountRequest::default()
        };
        let request = self.request(message);
        let made = self.client.create_account(request).await.map_err(refused)?;
        Ok(account_line(made.into_inner()))
    }

    pub(super) async fn accounts(&mut self) -> Result<Vec<AccountLine>, Failure> {
        let mut lines = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = self.request(ListAccountsRequest {
                page_size: PAGE,
                page_token,
            });
            let page = self
                .client
                .list_accounts(request)
                .await
                .map_err(refused)?
                .into_inner();
            lines.extend(page.accounts.into_iter().map(account_line));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(lines);
            }
        }
    }

    pub(super) async fn create_credential(
        &mut self,
        wanted: Wanted,
    ) -> Result<(CredentialLine, Option<Secret>), Failure> {
        let (login, password) = match &wanted.login {
            Some((login, password)) => (login.clone(), password.expose().to_owned()),
            None => Default::default(),
        };
        let message = CreateCredentialRequest {
            account_id: Some(wanted.account),
            role: wire_role(wanted.role).into(),
            title: wanted.title,
            login,
            password,
            store_id: wanted.store,
            customer_id: wanted.customer,
            scopes: wanted.scopes,
            expire_time: wanted.expires.map(|time| prost_types::Timestamp {
                seconds: time.micros().div_euclid(1_000_000),
                nanos: i32::try_from(time.micros().rem_euclid(1_000_000) * 1000).unwrap_or(0),
            }),
            ..CreateCredentialRequest::default()
        };
        let request = self.request(message);
        let made = self
            .client
            .create_credential(request)
            .await
            .map_err(refused)?
            .into_inner();
        Ok((
            credential_line(made.credential.unwrap_or_default()),
            (!made.key.is_empty()).then(|| Secret::new(made.key)),
        ))
    }

    pub(super) async fn credentials(
        &mut self,
        account: i64,
    ) -> Result<Vec<CredentialLine>, Failure> {
        let mut lines = Vec::new();
        let mut page_token = String::new();
        loop {
            let message = ListCredentialsRequest {
                account_id: Some(account),
                page_size: PAGE,
                page_token,
            };
            let request = self.request(message);
            let page = self
                .client
                .list_credentials(request)
                .await
                .map_err(refused)?
                .into_inner();
            lines.extend(page.credentials.into_iter().map(credential_line));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(lines);
            }
        }
    }

    pub(super) async fn revoke(
        &mut self,
        account: i64,
        id: i64,
    ) -> Result<CredentialLine, Failure> {
        let message = RevokeCredentialRequest {
            id,
            account_id: Some(account),
            ..RevokeCredentialRequest::default()
        };
        let request = self.request(message);
        let revoked = self
            .client
            .revoke_credential(request)
            .await
            .map_err(refused)?;
        Ok(credential_line(revoked.into_inner()))
    }
}

fn refused(status: Status) -> Failure {
    Failure(format!(
        "the server answered {:?}: {}",
        status.code(),
        status.message()
    ))
}

fn account_line(account: Account) -> AccountLine {
    AccountLine {
        id: account.id,
        workflow: account.workflow,
        currency: account.currency_code,
        name: account.name,
    }
}

fn credential_line(credential: Credential) -> CredentialLine {
    let now = clock::now().micros().div_euclid(1_000_000);
    let expired = credential.expire_time.is_some_and(|end| end.seconds <= now);
    let role = credential.role().as_str_name();
    CredentialLine {
        id: credential.id,
        role: role
            .strip_prefix("ROLE_")
            .unwrap_or(role)
            .to_ascii_lowercase(),
        known_by: if credential.login.is_empty() {
            format!("{}…", credential.prefix)
        } else {
            credential.login
        },
        state: match (credential.revoke_time, expired) {
            (Some(_), _) => "revoked",
            (None, true) => "expired",
            (None, false) => "works",
        },
        title: credential.title,
    }
}

const fn wire_role(role: role::Role) -> Role {
    match role {
        role::Role::Client => Role::Client,
        role::Role::Staff => Role::Staff,
        role::Role::Manager => Role::Manager,
        role::Role::Admin => Role::Admin,
    }
}
