//! Who may call what: every method with every role, and without a credential.

use std::collections::BTreeSet;

use order_status_proto::v1::{
    CreateCredentialRequest, ListOrdersRequest, RevokeCredentialRequest, Role,
};
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Status};

use super::answers::{Refused, granted};
use super::raw;

/// Who may call each method: `c`lients, `s`taff, `m`anagers, `a`dmins, `o`perators.
const RIGHTS: &str = "
    OrderService/CreateOrder              c s m a o
    OrderService/GetOrder                 c s m a o
    OrderService/BatchGetOrders           c s m a o
    OrderService/ListOrders               c s m a o
    OrderService/UpdateOrder              - s m a o
    OrderService/DeleteOrder              - s m a o
    OrderService/ImportOrders             - - m a o
    OrderService/ConfirmOrder             c s m a o
    OrderService/MarkOrderPaid            c s m a o
    OrderService/CompleteOrder            c s m a o
    OrderService/CancelOrder              c s m a o
    OrderService/TransitionOrder          c s m a o
    OrderService/OverrideOrderState       - - m a o
    OrderService/LockOrder                c s m a o
    OrderService/UnlockOrder              c s m a o
    OrderService/BatchTransitionOrders    - s m a o
    OrderService/BatchDeleteOrders        - s m a o
    OrderService/ListTransitions          c s m a o
    OrderService/ListOrderChanges         c s m a o
    OrderService/AddOrderNote             c s m a o
    OrderService/WatchOrders              c s m a o
    FulfillmentService/UpdateDeliveryMethod - s m a o
    FulfillmentService/PlaceHold          - s m a o
    FulfillmentService/ReleaseHold        - s m a o
    FulfillmentService/PlanStoreMove      - s m a o
    FulfillmentService/MoveOrderToStore   - s m a o
    FulfillmentService/CreateStoreOrder   - s m a o
    FulfillmentService/UpdateStoreOrder   - s m a o
    FulfillmentService/GetStoreOrder      - s m a o
    FulfillmentService/ListStoreOrders    - s m a o
    FulfillmentService/CreateSupplierOrder - s m a o
    FulfillmentService/UpdateSupplierOrder - s m a o
    FulfillmentService/GetSupplierOrder   - s m a o
    FulfillmentService/ListSupplierOrders - s m a o
    FulfillmentService/CreateOutboundOrder - s m a o
    FulfillmentService/UpdateOutboundOrder - s m a o
    FulfillmentService/GetOutboundOrder   - s m a o
    FulfillmentService/ListOutboundOrders - s m a o
    BillingService/RecordPayment          - s m a o
    BillingService/RecordRefund           - s m a o
    BillingService/ListPayments           c s m a o
    BillingService/CreateInvoices         - s m a o
    BillingService/GetInvoice             c s m a o
    BillingService/ListInvoices           c s m a o
    BillingService/GetInvoiceDocument     c s m a o
    WorkflowService/ListWorkflows         c s m a o
    WorkflowService/GetWorkflow           c s m a o
    CatalogService/ListCatalogs           c s m a o
    CatalogService/ListCatalogEntries     c s m a o
    CatalogService/UpsertCatalogEntry     - - m a o
    CatalogService/DeleteCatalogEntry     - - m a o
    CatalogService/CreateStore            - - m a o
    CatalogService/UpdateStore            - - m a o
    CatalogService/GetStore               c s m a o
    CatalogService/ListStores             c s m a o
    CatalogService/CreateCustomer         - s m a o
    CatalogService/UpdateCustomer         - s m a o
    CatalogService/GetCustomer            - s m a o
    CatalogService/ListCustomers          - s m a o
    SessionService/CreateSession          c s m a o
    SessionService/GetSession             c s m a o
    SessionService/DeleteSession          c s m a o
    AdminService/CreateAccount            - - - - o
    AdminService/GetAccount               - - - a o
    AdminService/ListAccounts             - - - a o
    AdminService/UpdateAccount            - - - a o
    AdminService/CreateCredential         - - - a o
    AdminService/ListCredentials          - - - a o
    AdminService/RevokeCredential         - - - a o
";

fn rights() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let rows = RIGHTS.lines().filter(|line| !line.trim().is_empty());
    rows.map(|line| {
        let mut words = line.split_whitespace();
        (words.next().expect("a method"), words.collect())
    })
}

#[test]
fn every_method_has_a_row() {
    let rows: Vec<_> = rights().map(|(method, _)| method.to_owned()).collect();
    let known: BTreeSet<_> = raw::methods().iter().map(raw::name).collect();
    assert_eq!(rows.iter().cloned().collect::<BTreeSet<_>>(), known);
    assert_eq!(rows.len(), known.len());
}

#[tokio::test]
async fn each_role_may_call_what_its_rights_say_and_nothing_else() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let operator = Caller::new(channel.clone(), server.admin_key().await);
        let callers = [
            &tenant.client,
            &tenant.staff,
            &tenant.manager,
            &tenant.admin,
            &operator,
        ];
        for (method, row) in rights() {
            for (caller, right) in callers.iter().zip(row) {
                // An empty request names nothing, so it does nothing.
                let answer =
                    raw::call(&channel, &[("x-api-key", &caller.key)], method, Vec::new()).await;
                let refused = answer.err().map(|status| Refused::read(&status));
                let denied = refused
                    .as_ref()
                    .is_some_and(|refused| refused.code == Code::PermissionDenied);
                assert_eq!(denied, right == "-", "{method} {right}: {refused:?}");
                if let Some(refused) = refused.filter(|_| denied) {
                    assert_eq!(refused.reason, "METHOD_NOT_ALLOWED_FOR_ROLE");
                    assert!(refused.metadata["method"].ends_with(method), "{refused:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_answered_without_a_credential_or_with_a_wrong_one() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let gone = revoked(server, &tenant).await;
        let cases: &[(&[(&'static str, &str)], &str)] = &[
            (&[], "CREDENTIAL_MISSING"),
            (&[("authorization", "Bearer ")], "CREDENTIAL_"),
            (
                &[("authorization", "Bearer osk_no-such-key")],
                "CREDENTIAL_INVALID",
            ),
            (&[("x-api-key", "osk_no-such-key")], "CREDENTIAL_INVALID"),
            (&[("x-api-key", "' OR 1 = 1 --")], "CREDENTIAL_INVALID"),
            (
                &[("authorization", "Basic dXNlcjpwYXNzd29yZA==")],
                "CREDENTIAL_",
            ),
            (&[("x-api-key", &gone)], "CREDENTIAL_INVALID"),
        ];
        for method in raw::methods() {
            let method = raw::name(&method);
            for (headers, reason) in cases {
                let answer = raw::call(&channel, headers, &method, Vec::new()).await;
                let refused = Refused::read(&answer.expect_err(&method));
                // By this one comes to a credential.
                if method == "SessionService/CreateSession" {
                    assert_eq!(refused.code, Code::InvalidArgument, "{refused:?}");
                    continue;
                }
                assert_eq!(
                    refused.code,
                    Code::Unauthenticated,
                    "{method} {headers:?}: {refused:?}"
                );
                assert!(
                    refused.reason.starts_with(reason),
                    "{method} {headers:?}: {refused:?}"
                );
                assert!(!refused.text().contains(&gone), "{refused:?}");
            }
        }
    })
    .await;
}

/// A key that was revoked and is refused by now.
async fn revoked(server: &Server, tenant: &Tenant) -> String {
    let channel = server.channel().await;
    let issued = tenant
        .admin
        .accounts()
        .create_credential(credential(Role::Staff))
        .await;
    let issued = granted(issued);
    let request = RevokeCredentialRequest {
        id: issued.credential.expect("a credential").id,
        ..RevokeCredentialRequest::default()
    };
    granted(tenant.admin.accounts().revoke_credential(request).await);
    let refused = async {
        let headers = [("x-api-key", issued.key.as_str())];
        let list = "OrderService/ListOrders";
        while raw::call(&channel, &headers, list, Vec::new())
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
    };
    let within = std::time::Duration::from_secs(6);
    tokio::time::timeout(within, refused)
        .await
        .expect("refused within five seconds");
    issued.key
}

#[tokio::test]
async fn a_credential_is_refused_once_it_has_expired() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
        let request = CreateCredentialRequest {
            expire_time: Some(soon.into()),
            ..credential(Role::Staff)
        };
        let caller = tenant.caller(&channel, request).await;
        granted(
            caller
                .orders()
                .list_orders(ListOrdersRequest::default())
                .await,
        );
        let expired = async {
            loop {
                if let Err(status) = caller
                    .orders()
                    .list_orders(ListOrdersRequest::default())
                    .await
                {
                    return Refused::read(&status);
                }
                tokio::task::yield_now().await;
            }
        };
        let within = std::time::Duration::from_secs(9);
        let refused = tokio::time::timeout(within, expired)
            .await
            .expect("refused in time");
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::Unauthenticated, "CREDENTIAL_INVALID")
        );
    })
    .await;
}

#[tokio::test]
async fn health_and_reflection_need_no_credential() {
    on_both(async |backend| {
        let channel = Server::shared(backend).await.channel().await;
        let call = async |path: &str, message: &[u8]| -> Result<Vec<u8>, Status> {
            raw::call_path(&channel, &[], path, message.to_vec()).await
        };
        // {status: SERVING}
        let serving = call("/grpc.health.v1.Health/Check", &[])
            .await
            .expect("health");
        assert_eq!(serving, [8, 1]);
        for service in [
            "OrderService",
            "BillingService",
            "CatalogService",
            "WorkflowService",
            "AdminService",
        ] {
            let name = format!("orderstatus.v1.{service}");
            let mut request = vec![10, u8::try_from(name.len()).expect("a short name")];
            request.extend(name.as_bytes());
            assert_eq!(
                call("/grpc.health.v1.Health/Check", &request)
                    .await
                    .expect(service),
                [8, 1]
            );
        }
        for version in ["v1", "v1alpha"] {
            let path = format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
            // {list_services: ""}
            let answer = call(&path, &[0x3a, 0]).await.expect(version);
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.contains("orderstatus.v1.OrderService"), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_away_what_they_do_not_have() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let unbound = tenant
            .admin
            .accounts()
            .create_credential(credential(Role::Client))
            .await;
        let refused = Refused::read(&unbound.expect_err("a client without a customer"));
        assert_eq!(
            (refused.code, refused.paths()),
            (Code::InvalidArgument, vec!["customer_id"])
        );
        // An admin cannot make an operator.
        let request = CreateCredentialRequest {
            scopes: vec!["operator".to_owned()],
            ..credential(Role::Admin)
        };
        let made = tenant.admin.accounts().create_credential(request).await;
        let refused = Refused::read(&made.expect_err("an operator"));
        let expected = (Code::InvalidArgument, vec!["scopes"]);
        assert_eq!((refused.code, refused.paths()), expected, "{refused:?}");
    })
    .await;
}
