//! Accounts, credentials, catalogs, stores and customers: made, changed, and never made twice.

use order_status_proto::v1::{
    Account, CatalogEntry, CreateAccountRequest, CreateCredentialRequest, CreateCustomerRequest,
    CreateOrderRequest, CreateStoreRequest, Customer, DeleteCatalogEntryRequest,
    GetCustomerRequest, GetStoreRequest, ListAccountsRequest, ListCatalogEntriesRequest,
    ListCredentialsRequest, ListCustomersRequest, ListStoresRequest, Order, Role, Store,
    UpdateAccountRequest, UpdateCustomerRequest, UpdateStoreRequest, UpsertCatalogEntryRequest,
};
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant, on_both};
use prost_types::FieldMask;
use tonic::Code;

use super::answers::{granted, refused};
use super::fixtures::request_id;

#[tokio::test]
async fn an_account_gets_defaults_and_keeps_its_currency() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let operator = Caller::new(server.channel().await, server.admin_key().await);
        let request = CreateAccountRequest {
            account: Some(Account {
                name: "Plain".into(),
                ..Account::default()
            }),
            ..CreateAccountRequest::default()
        };
        let made = granted(operator.accounts().create_account(request).await);
        let defaults = (
            made.workflow.as_str(),
            made.currency_code.as_str(),
            made.time_zone.as_str(),
        );
        assert_eq!(defaults, ("standard", "EUR", "UTC"));
        assert_eq!((made.decimals, made.revision), (None, 1));
        let change = |account: Account, paths: &[&str]| UpdateAccountRequest {
            account: Some(Account {
                id: made.id,
                ..account
            }),
            update_mask: Some(FieldMask {
                paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            }),
            etag: made.etag.clone(),
            ..UpdateAccountRequest::default()
        };
        let renamed = Account {
            name: "Renamed".into(),
            decimals: Some(1),
            ..Account::default()
        };
        let request = change(renamed.clone(), &["name", "decimals"]);
        let changed = granted(operator.accounts().update_account(request).await);
        assert_eq!(
            (changed.name.as_str(), changed.decimals),
            ("Renamed", Some(1))
        );
        assert_ne!(changed.etag, made.etag);
        let stale = refused(
            operator
                .accounts()
                .update_account(change(renamed, &["name"]))
                .await,
        );
        assert_eq!(
            (stale.code, stale.reason.as_str()),
            (Code::Aborted, "ETAG_STALE")
        );
        assert_eq!(stale.metadata["etag"], changed.etag);
        let dollars = Account {
            currency_code: "USD".into(),
            ..Account::default()
        };
        let request = UpdateAccountRequest {
            etag: String::new(),
            ..change(dollars, &["currency_code"])
        };
        let fixed = refused(operator.accounts().update_account(request).await);
        assert_eq!(
            (fixed.code, fixed.paths()),
            (Code::InvalidArgument, vec!["account.currency_code"])
        );
    })
    .await;
}

#[tokio::test]
async fn stores_and_customers_are_made_changed_and_read() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut catalogs = tenant.manager.catalogs();
        let store = |id: i64, name: &str| CreateStoreRequest {
            store: Some(Store {
                id,
                name: name.into(),
                ..Store::default()
            }),
            ..CreateStoreRequest::default()
        };
        let one = granted(catalogs.create_store(store(0, "One")).await);
        assert_eq!((one.id, one.active), (1, Some(true)));
        let nine = granted(catalogs.create_store(store(9, "Nine")).await);
        assert_eq!(nine.id, 9);
        assert_eq!(granted(catalogs.create_store(store(0, "Ten")).await).id, 10);
        for taken in [store(9, "Other"), store(0, "One")] {
            let taken = refused(catalogs.create_store(taken).await);
            assert_eq!(
                (taken.code, taken.reason.as_str()),
                (Code::AlreadyExists, "NUMBER_TAKEN")
            );
        }
        let closed = UpdateStoreRequest {
            store: Some(Store {
                active: Some(false),
                ..one.clone()
            }),
            etag: one.etag.clone(),
            ..UpdateStoreRequest::default()
        };
        let closed = granted(catalogs.update_store(closed).await);
        assert_eq!((closed.active, closed.name.as_str()), (Some(false), "One"));
        let read = granted(catalogs.get_store(GetStoreRequest { id: 1 }).await);
        assert_eq!(read, closed);
        // A closed store takes no new orders.
        let order = CreateOrderRequest {
            order: Some(Order {
                store_id: Some(1),
                ..Order::default()
            }),
            ..CreateOrderRequest::default()
        };
        let shut = refused(tenant.staff.orders().create_order(order).await);
        assert_eq!(
            (shut.code, shut.paths()),
            (Code::InvalidArgument, vec!["order.store_id"])
        );
        let all = granted(catalogs.list_stores(ListStoresRequest::default()).await);
        assert_eq!(
            all.stores.iter().map(|store| store.id).collect::<Vec<_>>(),
            [1, 9, 10]
        );

        let customer = CreateCustomerRequest {
            customer: Some(Customer {
                id: 500,
                name: "Jane Doe".into(),
                phone: "+31 20 123".into(),
                ..Customer::default()
            }),
            ..CreateCustomerRequest::default()
        };
        let made = granted(catalogs.create_customer(customer.clone()).await);
        assert_eq!((made.id, made.phone.as_str()), (500, "+31 20 123"));
        let taken = refused(catalogs.create_customer(customer).await);
        assert_eq!(taken.code, Code::AlreadyExists);
        let change = UpdateCustomerRequest {
            customer: Some(Customer {
                id: 500,
                email: "jane@example.org".into(),
                ..Customer::default()
            }),
            ..UpdateCustomerRequest::default()
        };
        let changed = granted(catalogs.update_customer(change).await);
        assert_eq!(
            (changed.name.as_str(), changed.email.as_str()),
            ("Jane Doe", "jane@example.org")
        );
        let read = granted(catalogs.get_customer(GetCustomerRequest { id: 500 }).await);
        assert_eq!(read, changed);
        // An order copies what it does not say itself.
        let order = CreateOrderRequest {
            order: Some(super::fixtures::order_of(500)),
            ..CreateOrderRequest::default()
        };
        let order = granted(tenant.staff.orders().create_order(order).await);
        assert_eq!(
            order.customer.map(|customer| customer.name),
            Some("Jane Doe".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn a_catalog_entry_that_orders_name_stays() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut catalogs = tenant.manager.catalogs();
        let entry = |active: Option<bool>| UpsertCatalogEntryRequest {
            entry: Some(CatalogEntry {
                catalog: "channels".into(),
                key: "kiosk".into(),
                text: "At the kiosk".into(),
                active,
                ..CatalogEntry::default()
            }),
            ..UpsertCatalogEntryRequest::default()
        };
        let made = granted(catalogs.upsert_catalog_entry(entry(None)).await);
        assert_eq!(made.active, Some(true));
        let order = |channel: &str| CreateOrderRequest {
            order: Some(Order {
                channel: channel.into(),
                ..Order::default()
            }),
            ..CreateOrderRequest::default()
        };
        // By its text as well as by its key.
        for name in ["kiosk", "At the kiosk"] {
            let order = granted(tenant.staff.orders().create_order(order(name)).await);
            assert_eq!(order.channel, "kiosk");
        }
        let delete = || DeleteCatalogEntryRequest {
            catalog: "channels".into(),
            key: "kiosk".into(),
            ..DeleteCatalogEntryRequest::default()
        };
        let used = refused(catalogs.delete_catalog_entry(delete()).await);
        assert_eq!(
            (used.code, used.reason.as_str()),
            (Code::FailedPrecondition, "CODE_IN_USE")
        );
        let shut = granted(catalogs.upsert_catalog_entry(entry(Some(false))).await);
        assert_eq!((shut.id, shut.active), (made.id, Some(false)));
        let refused_now = refused(tenant.staff.orders().create_order(order("kiosk")).await);
        assert_eq!(refused_now.paths(), ["order.channel"]);
        let list = ListCatalogEntriesRequest {
            catalog: "channels".into(),
            ..ListCatalogEntriesRequest::default()
        };
        let entries = granted(catalogs.list_catalog_entries(list).await).entries;
        assert!(entries.contains(&shut));
    })
    .await;
}

#[tokio::test]
async fn what_is_made_with_a_request_id_is_made_once() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let id = request_id();
        let store = CreateStoreRequest {
            store: Some(Store {
                name: "Once".into(),
                ..Store::default()
            }),
            request_id: id.clone(),
            ..CreateStoreRequest::default()
        };
        let trial = CreateStoreRequest {
            validate_only: true,
            ..store.clone()
        };
        let mut catalogs = tenant.manager.catalogs();
        let tried = granted(catalogs.create_store(trial).await);
        let all = granted(catalogs.list_stores(ListStoresRequest::default()).await);
        assert_eq!((tried.name.as_str(), all.stores.len()), ("Once", 0));
        let made = granted(catalogs.create_store(store.clone()).await);
        assert_eq!(granted(catalogs.create_store(store.clone()).await), made);
        let other = CreateStoreRequest {
            store: Some(Store {
                name: "Twice".into(),
                ..Store::default()
            }),
            ..store
        };
        let reused = refused(catalogs.create_store(other).await);
        assert_eq!(
            (reused.code, reused.reason.as_str()),
            (Code::InvalidArgument, "REQUEST_ID_REUSED")
        );
        let customer = CreateCustomerRequest {
            customer: Some(Customer {
                name: "Once".into(),
                ..Customer::default()
            }),
            request_id: request_id(),
            ..CreateCustomerRequest::default()
        };
        let made = granted(catalogs.create_customer(customer.clone()).await);
        assert_eq!(granted(catalogs.create_customer(customer).await), made);
        let all = granted(
            catalogs
                .list_customers(ListCustomersRequest::default())
                .await,
        );
        assert_eq!(all.customers.len(), 2);
        let entry = UpsertCatalogEntryRequest {
            entry: Some(super::methods::channel("once")),
            request_id: request_id(),
            ..UpsertCatalogEntryRequest::default()
        };
        let made = granted(catalogs.upsert_catalog_entry(entry.clone()).await);
        assert_eq!(granted(catalogs.upsert_catalog_entry(entry).await), made);
        let delete = DeleteCatalogEntryRequest {
            catalog: "channels".into(),
            key: "once".into(),
            request_id: request_id(),
            ..DeleteCatalogEntryRequest::default()
        };
        granted(catalogs.delete_catalog_entry(delete.clone()).await);
        granted(catalogs.delete_catalog_entry(delete).await);

        // The key is told once.
        let mut accounts = tenant.admin.accounts();
        let key = CreateCredentialRequest {
            request_id: request_id(),
            ..credential(Role::Staff)
        };
        let first = granted(accounts.create_credential(key.clone()).await);
        let again = granted(accounts.create_credential(key).await);
        assert_eq!(
            (&again.credential, again.key.as_str()),
            (&first.credential, "")
        );
        let all = granted(
            accounts
                .list_credentials(ListCredentialsRequest::default())
                .await,
        );
        assert_eq!(all.credentials.len(), 5);
        // And not for nothing.
        let trial = CreateCredentialRequest {
            validate_only: true,
            ..credential(Role::Staff)
        };
        assert_eq!(granted(accounts.create_credential(trial).await).key, "");

        let operator = Caller::new(server.channel().await, server.admin_key().await);
        let account = CreateAccountRequest {
            account: Some(Account {
                name: "Once".into(),
                ..Account::default()
            }),
            request_id: request_id(),
            ..CreateAccountRequest::default()
        };
        let made = granted(operator.accounts().create_account(account.clone()).await);
        assert_eq!(
            granted(operator.accounts().create_account(account).await),
            made
        );
        let all = ListAccountsRequest {
            page_size: 1000,
            ..ListAccountsRequest::default()
        };
        let all = granted(operator.accounts().list_accounts(all).await).accounts;
        assert_eq!(
            all.iter().filter(|account| account.name == "Once").count(),
            1
        );
    })
    .await;
}

/// Numbers that people gave are passed over by those that the service gives.
#[tokio::test]
async fn a_number_given_by_hand_is_never_in_the_way() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut orders = tenant.staff.orders();
        let order = |number: &str| CreateOrderRequest {
            order: Some(Order {
                number: number.into(),
                ..Order::default()
            }),
            ..CreateOrderRequest::default()
        };
        for number in ["4", "5", "6", "8"] {
            granted(orders.create_order(order(number)).await);
        }
        let mut ids = Vec::new();
        for _ in 0..3 {
            let made = granted(orders.create_order(order("")).await);
            assert_eq!(made.number, made.id.to_string());
            ids.push(made.id);
        }
        assert_eq!(ids, [7, 9, 10]);
    })
    .await;
}
