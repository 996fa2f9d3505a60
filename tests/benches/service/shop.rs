//! An account that follows the workflow of one contract, with orders in its first state, to be used up.

use order_status_proto::v1::{Account, CreateSessionRequest, Order, Role, create_session_request};
use order_status_tests::account::credential;
use order_status_tests::{Backend, Server, Tenant};
use tempfile::TempDir;

use crate::contender::{Contender, Name};
use crate::contract::{ACCOUNT, Contract};
use crate::fill::{FIRST, TEMPLATE, create, create_store, sample_order};
use crate::load::Load;
use crate::rows::Rows;
use crate::site::Site;
use crate::stock::{config, new_file};

/// See the module.
pub struct Shop {
    contract: Contract,
    credential: String,
    site: Site,
    // It ends with the shop.
    _folder: TempDir,
}

impl Shop {
    /// Fills a new file with so many orders, and starts a server on it.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn open(contract: Contract, count: u64) -> Self {
        let (folder, url) = new_file();
        let mut server = Server::start(config(&url)).await;
        let account = Account {
            workflow: contract.workflow().to_owned(),
            code: ACCOUNT.to_owned(),
            ..Account::default()
        };
        let tenant = Tenant::with(&server, account).await;
        let store = create_store(&tenant.admin, "A store").await;
        let order = Order {
            store_id: Some(store),
            ..sample_order(TEMPLATE)
        };
        create(&tenant.manager, TEMPLATE, order).await;
        let credential = match contract {
            Contract::Omni => {
                let mut of_store = credential(Role::Staff);
                of_store.store_id = Some(store);
                let channel = server.channel().await;
                tenant.caller(&channel, of_store).await.key
            }
            _ if contract.takes_session() => session(&tenant).await,
            _ => tenant.manager.key.clone(),
        };
        server.kill9();
        let mut rows = Rows::open(Backend::Sqlite, &url).await;
        rows.multiply(tenant.account_id, TEMPLATE, FIRST, count)
            .await;
        rows.close().await;
        Self {
            contract,
            site: Site::open(Name::Dialect, &credential, count, config(&url)).await,
            credential,
            _folder: folder,
        }
    }

    /// So many callers by the contract.
    pub async fn by_contract(&self, callers: usize) -> Contender {
        let form = self.contract.form(&self.credential);
        let load = Load::Status(self.contract);
        self.site.web(Name::Dialect, load, form, callers).await
    }

    /// So many callers by our own API, over HTTP too.
    pub async fn by_api(&self, callers: usize) -> Contender {
        let form = self.contract.native(&self.credential);
        let load = Load::Status(self.contract);
        self.site.web(Name::Rest, load, form, callers).await
    }
}

/// The token of a manager's session.
async fn session(tenant: &Tenant) -> String {
    let request = CreateSessionRequest {
        account: Some(create_session_request::Account::AccountId(
            tenant.account_id,
        )),
        key: tenant.manager.key.clone(),
        ..CreateSessionRequest::default()
    };
    let opened = tenant.manager.sessions().create_session(request).await;
    opened.expect("open a session").into_inner().token
}
