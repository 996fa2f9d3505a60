//! An account that follows the workflow of one contract, with orders in its first state, to be used up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use order_status_proto::v1::{
    Account, CatalogEntry, CreateCredentialRequest, CreateSessionRequest, Order, Role,
    UpsertCatalogEntryRequest, create_session_request,
};
use order_status_tests::account::credential;
use order_status_tests::{Backend, Server, Tenant};
use tempfile::TempDir;

use crate::contender::{Contender, Name};
use crate::contract::{ACCOUNT, CANCELLATION_TYPE, Contract};
use crate::fill::{FIRST, TEMPLATE, create, create_store, sample_order};
use crate::load::Load;
use crate::rows::Rows;
use crate::site::Site;
use crate::stock::{config, new_file};

/// See the module.
pub struct Shop {
    contract: Contract,
    holder: Holder,
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
        let holder = match contract {
            Contract::Omni => {
                let mut of_store = credential(Role::Staff);
                of_store.store_id = Some(store);
                let channel = server.channel().await;
                Holder::of(tenant.caller(&channel, of_store).await.key)
            }
            Contract::Odoo | Contract::Wordbee => {
                let key = tenant.manager.key.clone();
                let request = CreateSessionRequest {
                    key,
                    ..CreateSessionRequest::default()
                };
                Holder::of(session(&tenant, request).await)
            }
            Contract::Getfly => Holder::of(tenant.manager.key.clone()),
            Contract::CycleSoftware => dealer(&tenant).await,
        };
        let mut config = config(&url);
        let flags = contract.flags().iter().map(|flag| (*flag).to_owned());
        config.args.extend(flags);
        server.kill9();
        let mut rows = Rows::open(Backend::Sqlite, &url).await;
        rows.multiply(tenant.account_id, TEMPLATE, FIRST, count)
            .await;
        rows.close().await;
        Self {
            contract,
            site: Site::open(Name::Dialect, &holder.by_api, count, config).await,
            holder,
            _folder: folder,
        }
    }

    /// So many callers by the contract.
    pub async fn by_contract(&self, callers: usize) -> Contender {
        let form = self.contract.form(&self.holder.by_contract);
        let load = Load::Status(self.contract);
        self.site.web(Name::Dialect, load, form, callers).await
    }

    /// So many callers by our own API, over HTTP too.
    pub async fn by_api(&self, callers: usize) -> Contender {
        let form = self.contract.native(&self.holder.by_api);
        let load = Load::Status(self.contract);
        self.site.web(Name::Rest, load, form, callers).await
    }
}

/// Who calls: what they show by the contract, and what by our own API.
struct Holder {
    by_contract: String,
    by_api: String,
}

impl Holder {
    /// Who shows the same key or token by both.
    fn of(credential: String) -> Self {
        Self {
            by_contract: credential.clone(),
            by_api: credential,
        }
    }
}

/// A manager with login and password, who shows the token of a session where they are not taken, in an account that
/// knows why orders are cancelled.
async fn dealer(tenant: &Tenant) -> Holder {
    let request = UpsertCatalogEntryRequest {
        entry: Some(CatalogEntry {
            catalog: "cancellation_types".to_owned(),
            id: Some(1),
            key: CANCELLATION_TYPE.to_owned(),
            text: "The customer asked for it".to_owned(),
            ..CatalogEntry::default()
        }),
        ..UpsertCatalogEntryRequest::default()
    };
    let known = tenant.admin.catalogs().upsert_catalog_entry(request).await;
    known.expect("a cancellation type");
    let (login, password) = ("Dealer", "Password of the dealer");
    let request = CreateCredentialRequest {
        scopes: vec!["e-commerce".to_owned()],
        login: login.to_owned(),
        password: password.to_owned(),
        ..credential(Role::Manager)
    };
    let made = tenant.admin.accounts().create_credential(request).await;
    made.expect("a login");
    let request = CreateSessionRequest {
        login: login.to_owned(),
        password: password.to_owned(),
        ..CreateSessionRequest::default()
    };
    Holder {
        by_contract: STANDARD.encode(format!("{login}:{password}")),
        by_api: session(tenant, request).await,
    }
}

/// The token of a session in the account.
async fn session(tenant: &Tenant, request: CreateSessionRequest) -> String {
    let request = CreateSessionRequest {
        account: Some(create_session_request::Account::AccountId(
            tenant.account_id,
        )),
        ..request
    };
    let opened = tenant.manager.sessions().create_session(request).await;
    opened.expect("open a session").into_inner().token
}
