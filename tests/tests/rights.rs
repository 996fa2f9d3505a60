//! Who may call what, held against the descriptors of the API.

use order_status_proto::FILE_DESCRIPTOR_SET;
use order_status_proto::v1::{
    CreateCredentialRequest, ListOrdersRequest, RevokeCredentialRequest, Role,
};
use order_status_tests::{Backend, Caller, Config, Server, Tenant, on_both};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

/// Every method of the API as a path.
fn methods() -> Vec<String> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).expect("well formed");
    let files = set
        .file
        .iter()
        .filter(|file| file.package() == "orderstatus.v1");
    let services = files.flat_map(|file| file.service.iter());
    let paths = services.flat_map(|service| {
        service
            .method
            .iter()
            .map(|method| format!("/orderstatus.v1.{}/{}", service.name(), method.name()))
    });
    paths.collect()
}

/// The one method of the API that asks for no credential: by it one comes to a credential.
const LOG_IN: &str = "/orderstatus.v1.SessionService/CreateSession";

/// What a method answers to an empty message.
async fn call(
    channel: &Channel,
    path: &str,
    header: Option<(&'static str, &str)>,
) -> Result<(), Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.expect("a channel that works");
    let mut request = Request::new(());
    if let Some((name, value)) = header {
        request
            .metadata_mut()
            .insert(name, value.parse().expect("well formed"));
    }
    let path = PathAndQuery::try_from(path).expect("well formed");
    let answer = client
        .unary::<(), (), _>(request, path, ProstCodec::default())
        .await;
    answer.map(|_| ())
}

fn reason(status: &Status) -> String {
    status
        .get_error_details()
        .error_info()
        .map(|info| info.reason.clone())
        .unwrap_or_default()
}

#[tokio::test]
async fn without_a_credential_every_method_is_unauthenticated() {
    let server = Server::shared(Backend::Sqlite).await;
    let channel = server.channel().await;
    let methods = methods();
    assert!(methods.len() > 40, "{methods:?}");
    for path in methods {
        let refused = call(&channel, &path, None).await.expect_err(&path);
        if path == LOG_IN {
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
            continue;
        }
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unauthenticated, "CREDENTIAL_MISSING"),
            "{path}"
        );
        for header in [
            ("authorization", "Bearer osk_forged"),
            ("x-api-key", "osk_forged"),
            ("authorization", "Basic x"),
        ] {
            let refused = call(&channel, &path, Some(header)).await.expect_err(&path);
            let told = (refused.code(), reason(&refused));
            assert_eq!(
                told,
                (Code::Unauthenticated, "CREDENTIAL_INVALID".to_owned()),
                "{path} with {header:?}"
            );
        }
    }
    assert!(
        call(&channel, "/grpc.health.v1.Health/Check", None)
            .await
            .is_ok()
    );
    let unknown = call(&channel, "/orderstatus.v1.OrderService/Nothing", None)
        .await
        .expect_err("no such method");
    assert_eq!(unknown.code(), Code::Unimplemented);
}

/// The methods that each role may call beyond those of the roles before it, written by hand.
const CLIENT: &str = "CreateOrder GetOrder BatchGetOrders ListOrders ConfirmOrder MarkOrderPaid CompleteOrder CancelOrder \
    TransitionOrder LockOrder UnlockOrder ListTransitions ListOrderChanges AddOrderNote WatchOrders ListPayments GetInvoice ListInvoices GetInvoiceDocument \
    ListWorkflows GetWorkflow ListCatalogs ListCatalogEntries GetStore ListStores CreateSession GetSession \
    DeleteSession";
const STAFF: &str = "UpdateOrder DeleteOrder BatchTransitionOrders BatchDeleteOrders UpdateDeliveryMethod PlaceHold \
    ReleaseHold PlanStoreMove MoveOrderToStore CreateStoreOrder UpdateStoreOrder GetStoreOrder ListStoreOrders \
    CreateSupplierOrder UpdateSupplierOrder GetSupplierOrder ListSupplierOrders CreateOutboundOrder \
    UpdateOutboundOrder GetOutboundOrder ListOutboundOrders RecordPayment RecordRefund CreateInvoices CreateCustomer UpdateCustomer \
    GetCustomer ListCustomers";
const MANAGER: &str =
    "ImportOrders OverrideOrderState UpsertCatalogEntry DeleteCatalogEntry CreateStore UpdateStore";
const ADMIN: &str =
    "GetAccount ListAccounts UpdateAccount CreateCredential ListCredentials RevokeCredential";

#[tokio::test]
async fn each_role_reaches_its_methods_and_no_others() {
    let server = Server::shared(Backend::Sqlite).await;
    let tenant = Tenant::create(server, "standard").await;
    let channel = server.channel().await;
    let roles = [
        (&tenant.client, vec![CLIENT]),
        (&tenant.staff, vec![CLIENT, STAFF]),
        (&tenant.manager, vec![CLIENT, STAFF, MANAGER]),
        (&tenant.admin, vec![CLIENT, STAFF, MANAGER, ADMIN]),
    ];
    for (caller, granted) in roles {
        let granted: Vec<&str> = granted
            .iter()
            .flat_map(|names| names.split_whitespace())
            .collect();
        // A watch of an empty message would go on for ever.
        for path in methods()
            .iter()
            .filter(|path| !path.ends_with("/WatchOrders"))
        {
            let name = path.rsplit('/').next().unwrap_or_default();
            let header = ("x-api-key", caller.key.as_str());
            let refused = call(&channel, path, Some(header)).await.err();
            let denied =
                refused.is_some_and(|status| reason(&status) == "METHOD_NOT_ALLOWED_FOR_ROLE");
            assert_eq!(
                denied,
                !granted.contains(&name),
                "{path} for {}",
                caller.key
            );
        }
    }
}

#[tokio::test]
async fn a_revoked_credential_is_refused_within_five_seconds() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let server = Server::start(Config::on(&database)).await;
        let admin = Caller::new(server.channel().await, server.admin_key().await);
        let request = CreateCredentialRequest {
            role: Role::Staff.into(),
            title: "Till".to_owned(),
            ..Default::default()
        };
        let made = admin
            .accounts()
            .create_credential(request)
            .await
            .unwrap()
            .into_inner();
        let till = Caller::new(server.channel().await, made.key);
        till.orders()
            .list_orders(ListOrdersRequest::default())
            .await
            .expect("the key works");
        let id = made.credential.unwrap().id;
        admin
            .accounts()
            .revoke_credential(RevokeCredentialRequest {
                id,
                ..Default::default()
            })
            .await
            .unwrap();
        let revoked = std::time::Instant::now();
        let refused = loop {
            if let Err(status) = till
                .orders()
                .list_orders(ListOrdersRequest::default())
                .await
            {
                break status;
            }
            assert!(revoked.elapsed().as_secs() < 6, "the key still works");
        };
        assert_eq!(refused.code(), Code::Unauthenticated);
    })
    .await;
}
