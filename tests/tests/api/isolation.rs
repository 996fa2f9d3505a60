//! No account sees another's byte: what another account has and what nobody has are answered alike.

use std::collections::BTreeSet;

use order_status_proto::v1::{
    Account, CreateCredentialRequest, CreateCustomerRequest, CreateInvoicesRequest,
    CreateOutboundOrderRequest, CreateStoreOrderRequest, CreateStoreRequest,
    CreateSupplierOrderRequest, Customer, DeleteOrderRequest, DocumentLine, ListAccountsRequest,
    ListCredentialsRequest, ListCustomersRequest, ListInvoicesRequest, ListOrdersRequest,
    ListStoresRequest, Order, OrderFilter, OutboundOrder, Role, Store, StoreOrder, SupplierOrder,
    UpdateAccountRequest, UpsertCatalogEntryRequest, create_invoices_request, delete_order_request,
};
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::answers::{Refused, granted};
use super::fixtures::{import_one, line, order_in, request};
use super::methods::{METHODS, Method, Name, Thing, channel};
use super::raw;

/// There, and not there, in as many digits.
const THERE: i64 = 700_001;
const MISSING: i64 = 700_002;

#[test]
fn every_method_is_tried() {
    let tried: BTreeSet<_> = METHODS
        .iter()
        .map(|method| method.name.to_owned())
        .collect();
    let known: BTreeSet<_> = raw::methods().iter().map(raw::name).collect();
    assert_eq!(tried, known);
}

/// A method that names an order does so in the list above.
#[test]
fn every_method_that_names_an_order_is_tried_with_one() {
    let tried: BTreeSet<_> = METHODS
        .iter()
        .filter(|method| method.thing == Thing::Order)
        .map(|method| method.name.to_owned())
        .collect();
    let naming = raw::methods().into_iter().filter(|method| {
        let input = method.input();
        let ids = [
            "BatchGetOrders",
            "BatchTransitionOrders",
            "BatchDeleteOrders",
            "UpdateOrder",
        ];
        input.oneofs().any(|oneof| oneof.name() == "order") || ids.contains(&method.name())
    });
    assert_eq!(tried, naming.map(|method| raw::name(&method)).collect());
}

#[tokio::test]
async fn what_another_account_has_and_what_nobody_has_are_the_same_answer() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let ours = Tenant::create(server, "standard").await;
        let theirs = furnished(server, &channel).await;
        // As many digits as the other's, and more accounts than any test makes.
        let (their_account, no_account) = (
            theirs.account_id,
            10_i64.pow(theirs.account_id.ilog10() + 1) - 1,
        );
        let listed = ListInvoicesRequest::default();
        let listed = granted(theirs.admin.billing().list_invoices(listed).await);
        let their_invoice = listed.invoices.first().expect("an invoice").number;
        for method in METHODS {
            let names = match method.thing {
                Thing::Order | Thing::Entry => vec![
                    (Name::Id(THERE), Name::Id(MISSING)),
                    (Name::Number("N700001"), Name::Number("N700002")),
                ],
                Thing::Store | Thing::Customer | Thing::Document => {
                    vec![(Name::Id(THERE), Name::Id(MISSING))]
                }
                Thing::Account => vec![(Name::Id(their_account), Name::Id(no_account))],
                Thing::Invoice => vec![(Name::Id(their_invoice), Name::Id(their_invoice + 1))],
                Thing::Credential => vec![(Name::Id(5), Name::Id(6))],
                Thing::Nothing => vec![],
            };
            for (there, missing) in names {
                let foreign = same_answer(&channel, &ours.admin, method, there, missing).await;
                let Some(foreign) = foreign else { continue };
                let foreign = foreign.expect_err(method.name);
                let unknown = match (method.thing, method.name) {
                    (Thing::Order, _) => "ORDER_NOT_FOUND",
                    // A field of the request names it.
                    (_, "OrderService/CreateOrder" | "OrderService/ImportOrders") => "UNKNOWN_CODE",
                    (Thing::Store | Thing::Customer, "AdminService/CreateCredential") => {
                        "UNKNOWN_CODE"
                    }
                    _ => "RESOURCE_NOT_FOUND",
                };
                assert_eq!(reason(&foreign), unknown, "{}", method.name);
                // Who owns it is answered otherwise, so it was there to be found.
                let own = call(&channel, &theirs.admin, method, there)
                    .await
                    .expect("a request");
                let found =
                    own.map_or_else(|status| Refused::read(&status).reason, |_| "OK".to_owned());
                assert_ne!(
                    found, unknown,
                    "{}: the owner does not find it",
                    method.name
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_that_a_caller_may_not_see_and_a_missing_one_are_the_same_answer() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = furnished(server, &channel).await;
        let of_store = CreateCredentialRequest {
            store_id: Some(1),
            ..credential(Role::Manager)
        };
        let store_one = Store {
            id: 1,
            name: "Store one".to_owned(),
            ..Store::default()
        };
        create_store(&tenant.admin, store_one).await;
        let of_store = tenant.caller(&channel, of_store).await;
        for caller in [&tenant.client, &of_store] {
            for method in METHODS.iter().filter(|method| method.thing == Thing::Order) {
                for (there, missing) in [
                    (Name::Id(THERE), Name::Id(MISSING)),
                    (Name::Number("N700001"), Name::Number("N700002")),
                ] {
                    let answer = same_answer(&channel, caller, method, there, missing).await;
                    let Some(answer) = answer else { continue };
                    let refused = reason(&answer.expect_err(method.name));
                    let known = ["ORDER_NOT_FOUND", "METHOD_NOT_ALLOWED_FOR_ROLE"];
                    assert!(
                        known.contains(&refused.as_str()),
                        "{}: {refused:?}",
                        method.name
                    );
                }
            }
            let all = ListOrdersRequest::default();
            let listed = granted(caller.orders().list_orders(all).await);
            assert_eq!(listed.orders, []);
        }
    })
    .await;
}

#[tokio::test]
async fn a_deleted_order_and_a_missing_one_are_the_same_answer() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = furnished(server, &channel).await;
        let request = DeleteOrderRequest {
            order: Some(delete_order_request::Order::Id(THERE)),
            ..DeleteOrderRequest::default()
        };
        granted(tenant.admin.orders().delete_order(request).await);
        for method in METHODS.iter().filter(|method| method.thing == Thing::Order) {
            for (there, missing) in [
                (Name::Id(THERE), Name::Id(MISSING)),
                (Name::Number("N700001"), Name::Number("N700002")),
            ] {
                let answer = same_answer(&channel, &tenant.admin, method, there, missing).await;
                let Some(answer) = answer else { continue };
                let refused = reason(&answer.expect_err(method.name));
                assert_eq!(refused, "ORDER_NOT_FOUND", "{}", method.name);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn lists_hold_nothing_of_another_account() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let ours = Tenant::create(server, "standard").await;
        let theirs = furnished(server, &channel).await;
        let request = || ListOrdersRequest {
            filter: Some(OrderFilter {
                store_ids: vec![THERE],
                ..OrderFilter::default()
            }),
            count: true,
            ..ListOrdersRequest::default()
        };
        let found = granted(theirs.admin.orders().list_orders(request()).await);
        assert_eq!((found.orders.len(), found.total_size), (1, 1));
        let found = granted(ours.admin.orders().list_orders(request()).await);
        assert_eq!((found.orders.len(), found.total_size), (0, 0));
        let all = ListOrdersRequest::default();
        assert_eq!(
            granted(ours.admin.orders().list_orders(all).await).orders,
            []
        );
        let stores = ours
            .admin
            .catalogs()
            .list_stores(ListStoresRequest::default())
            .await;
        assert_eq!(granted(stores).stores, []);
        let customers = ours
            .admin
            .catalogs()
            .list_customers(ListCustomersRequest::default())
            .await;
        assert_eq!(granted(customers).customers.len(), 1);
        let accounts = ours
            .admin
            .accounts()
            .list_accounts(ListAccountsRequest::default())
            .await;
        let accounts: Vec<_> = granted(accounts)
            .accounts
            .iter()
            .map(|account| account.id)
            .collect();
        assert_eq!(accounts, [ours.account_id]);
        let credentials = ours
            .admin
            .accounts()
            .list_credentials(ListCredentialsRequest::default())
            .await;
        for credential in granted(credentials).credentials {
            assert_eq!(credential.account_id, ours.account_id);
        }
        // A page token of theirs is of no use to us.
        for _ in 0..2 {
            import_one(&theirs.admin, order_in("new", THERE)).await;
        }
        let page = ListOrdersRequest {
            page_size: 1,
            ..ListOrdersRequest::default()
        };
        let token = granted(theirs.admin.orders().list_orders(page.clone()).await).next_page_token;
        let page = ListOrdersRequest {
            page_token: token,
            ..page
        };
        let answer = ours.admin.orders().list_orders(page).await;
        let refused = Refused::read(&answer.expect_err("another's page token"));
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::InvalidArgument, "PAGE_TOKEN_INVALID")
        );
    })
    .await;
}

/// An account that has one thing of each kind, by the numbers that the tests ask for.
async fn furnished(server: &Server, channel_: &Channel) -> Tenant {
    let tenant = Tenant::create(server, "standard").await;
    let customer = Customer {
        id: THERE,
        name: "Somebody".to_owned(),
        ..Customer::default()
    };
    let request = CreateCustomerRequest {
        customer: Some(customer),
        ..CreateCustomerRequest::default()
    };
    granted(tenant.admin.catalogs().create_customer(request).await);
    let store = Store {
        id: THERE,
        name: "Somewhere".to_owned(),
        ..Store::default()
    };
    create_store(&tenant.admin, store).await;
    let request = UpsertCatalogEntryRequest {
        entry: Some(channel("N700001")),
        ..UpsertCatalogEntryRequest::default()
    };
    granted(tenant.admin.catalogs().upsert_catalog_entry(request).await);
    // The fifth of its account.
    tenant.caller(channel_, credential(Role::Staff)).await;
    let order = Order {
        id: THERE,
        number: "N700001".to_owned(),
        store_id: Some(THERE),
        lines: vec![line("A", 1, 100)],
        ..order_in("new", THERE)
    };
    import_one(&tenant.admin, order).await;
    create_documents(&tenant).await;
    let request = request!(CreateInvoicesRequest, create_invoices_request, THERE);
    granted(tenant.admin.billing().create_invoices(request).await);
    tenant
}

/// A document of each kind that carries the order's line.
async fn create_documents(tenant: &Tenant) {
    let warehouse = UpdateAccountRequest {
        account: Some(Account {
            id: tenant.account_id,
            warehouse: true,
            ..Account::default()
        }),
        ..UpdateAccountRequest::default()
    };
    granted(tenant.admin.accounts().update_account(warehouse).await);
    let elsewhere = Store {
        id: 2,
        name: "Elsewhere".to_owned(),
        ..Store::default()
    };
    create_store(&tenant.admin, elsewhere).await;
    let lines = vec![DocumentLine {
        order_id: THERE,
        line_id: 1,
        quantity: None,
    }];
    let store_order = StoreOrder {
        id: THERE,
        from_store_id: 2,
        to_store_id: THERE,
        lines: lines.clone(),
        ..StoreOrder::default()
    };
    let request = CreateStoreOrderRequest {
        store_order: Some(store_order),
        ..CreateStoreOrderRequest::default()
    };
    granted(tenant.admin.fulfillment().create_store_order(request).await);
    let supplier_order = SupplierOrder {
        id: THERE,
        store_id: THERE,
        lines: lines.clone(),
        ..SupplierOrder::default()
    };
    let request = CreateSupplierOrderRequest {
        supplier_order: Some(supplier_order),
        ..CreateSupplierOrderRequest::default()
    };
    granted(
        tenant
            .admin
            .fulfillment()
            .create_supplier_order(request)
            .await,
    );
    let outbound_order = OutboundOrder {
        id: THERE,
        store_id: THERE,
        lines,
        ..OutboundOrder::default()
    };
    let request = CreateOutboundOrderRequest {
        outbound_order: Some(outbound_order),
        ..CreateOutboundOrderRequest::default()
    };
    granted(
        tenant
            .admin
            .fulfillment()
            .create_outbound_order(request)
            .await,
    );
}

async fn create_store(admin: &Caller, store: Store) {
    let request = CreateStoreRequest {
        store: Some(store),
        ..CreateStoreRequest::default()
    };
    granted(admin.catalogs().create_store(request).await);
}

async fn call(
    channel: &Channel,
    caller: &Caller,
    method: &Method,
    name: Name<'_>,
) -> Option<Result<Vec<u8>, Status>> {
    let request = (method.request)(name)?;
    Some(raw::call(channel, &[("x-api-key", &caller.key)], method.name, request).await)
}

/// Asks for both; they must be the same answer, byte by byte, but for the name that was asked for.
async fn same_answer(
    channel: &Channel,
    caller: &Caller,
    method: &Method,
    there: Name<'_>,
    missing: Name<'_>,
) -> Option<Result<Vec<u8>, Status>> {
    let one = call(channel, caller, method, there).await?;
    let other = call(channel, caller, method, missing).await?;
    let spelled = |name| match name {
        Name::Id(id) => id.to_string(),
        Name::Number(number) => number.to_owned(),
    };
    let (there, missing) = (spelled(there), spelled(missing));
    assert_eq!(there.len(), missing.len());
    match (&one, &other) {
        (Err(one), Err(other)) => {
            // The order of the metadata in the bytes is by chance, also for the same request sent twice.
            assert_eq!(one.details().len(), other.details().len());
            let renamed = format!("{:?}", Refused::read(one)).replace(&there, &missing);
            let other_read = format!("{:?}", Refused::read(other));
            assert_eq!(renamed, other_read, "{}", method.name);
            assert_eq!(names(one), names(other), "{}", method.name);
        }
        _ => panic!("{}: answered {one:?} and {other:?}", method.name),
    }
    Some(one)
}

/// Why a request was refused; of a batch, why its first order was.
fn reason(status: &Status) -> String {
    let refused = Refused::read(status);
    match refused.metadata.get("reason") {
        Some(reason) if refused.reason == "BATCH_REFUSED" => reason.clone(),
        _ => refused.reason,
    }
}

/// The names of the headers of an answer; their values hold times and correlation ids.
fn names(status: &Status) -> BTreeSet<String> {
    let keys = status.metadata().keys();
    keys.map(|key| format!("{key:?}")).collect()
}
