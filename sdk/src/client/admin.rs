//! Accounts and the credentials that open them.

use order_status_proto::v1;

use super::Client;
use crate::call::Call;
use crate::method::{
    CreateAccount, CreateCredential, GetAccount, ListAccounts, ListCredentials, RevokeCredential,
    UpdateAccount,
};
use crate::types::{Account, Role};

impl Client {
    /// Makes an account, for operators.
    pub fn create_account(&self, account: Account) -> Call<CreateAccount> {
        self.call(v1::CreateAccountRequest {
            account: Some(account),
            ..Default::default()
        })
    }

    /// Gets one account.
    pub fn get_account(&self, id: i64) -> Call<GetAccount> {
        self.call(v1::GetAccountRequest { id })
    }

    /// Lists the accounts that the caller may see.
    pub fn list_accounts(&self) -> Call<ListAccounts> {
        self.call(v1::ListAccountsRequest::default())
    }

    /// Changes the settings of an account; its `id` says which one.
    pub fn update_account(&self, account: Account) -> Call<UpdateAccount> {
        self.call(v1::UpdateAccountRequest {
            account: Some(account),
            ..Default::default()
        })
    }

    /// Makes an API key and answers it, this once. `title` says what it is for; the history names
    /// it as the actor. Where the first answer was lost on its way, the repeated call answers the
    /// credential with an empty `key`: revoke it and make another.
    pub fn create_credential(
        &self,
        role: Role,
        title: impl Into<String>,
    ) -> Call<CreateCredential> {
        self.call(v1::CreateCredentialRequest {
            role: role.into(),
            title: title.into(),
            ..Default::default()
        })
    }

    /// Lists the credentials of an account, revoked ones included, without their keys.
    pub fn list_credentials(&self) -> Call<ListCredentials> {
        self.call(v1::ListCredentialsRequest::default())
    }

    /// Revokes a credential. It is refused everywhere within 5 seconds.
    pub fn revoke_credential(&self, id: i64) -> Call<RevokeCredential> {
        self.call(v1::RevokeCredentialRequest {
            id,
            ..Default::default()
        })
    }
}
