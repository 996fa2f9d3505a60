//! Catalogs, stores, customers, accounts and credentials: written once for each request id, tried without
//! effect, and guarded by their etags.

use order_status_proto::v1 as pb;
use order_status_tests::account::credential;
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    details
        .error_info()
        .map_or_else(String::new, |info| info.reason.clone())
}

fn new_store(name: &str, request_id: &str) -> pb::CreateStoreRequest {
    pb::CreateStoreRequest {
        store: Some(pb::Store {
            name: name.to_owned(),
            ..Default::default()
        }),
        request_id: request_id.to_owned(),
        ..Default::default()
    }
}

async fn stores(caller: &Caller) -> Vec<String> {
    let listed = caller
        .catalogs()
        .list_stores(pb::ListStoresRequest::default())
        .await;
    let listed = listed.expect("list stores").into_inner().stores;
    listed.into_iter().map(|store| store.name).collect()
}

#[tokio::test]
async fn a_store_asked_for_twice_by_one_request_id_is_made_once() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let id = Uuid::new_v4().to_string();
        let mut catalogs = tenant.manager.catalogs();
        let first = catalogs
            .create_store(new_store("East", &id))
            .await
            .expect("make a store");
        let again = catalogs
            .create_store(new_store("East", &id))
            .await
            .expect("the same answer");
        assert_eq!(first.into_inner(), again.into_inner());
        assert_eq!(stores(&tenant.staff).await, ["East"]);
        let status = catalogs
            .create_store(new_store("West", &id))
            .await
            .expect_err("another body");
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::InvalidArgument, "REQUEST_ID_REUSED")
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_only_tried_is_not_made() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let request = pb::CreateStoreRequest {
            validate_only: true,
            ..new_store("East", "")
        };
        let tried = tenant.manager.catalogs().create_store(request).await;
        assert_eq!(tried.expect("it would be made").into_inner().name, "East");
        assert!(stores(&tenant.staff).await.is_empty());
        let request = pb::CreateCredentialRequest {
            validate_only: true,
            ..credential(pb::Role::Staff)
        };
        let tried = tenant.admin.accounts().create_credential(request).await;
        assert_eq!(tried.expect("it would be made").into_inner().key, "");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_told_once_even_to_whoever_asks_again_by_the_same_request_id() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let request = pb::CreateCredentialRequest {
            request_id: Uuid::new_v4().to_string(),
            ..credential(pb::Role::Staff)
        };
        let mut accounts = tenant.admin.accounts();
        let first = accounts
            .create_credential(request.clone())
            .await
            .expect("make one")
            .into_inner();
        let again = accounts
            .create_credential(request)
            .await
            .expect("the same")
            .into_inner();
        assert!(!first.key.is_empty() && again.key.is_empty());
        assert_eq!(first.credential, again.credential);
        let caller = Caller::new(server.channel().await, first.key);
        assert!(stores(&caller).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_stale_etag_of_a_store_a_customer_or_an_account_is_told_with_the_present_one() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let made = tenant
            .manager
            .catalogs()
            .create_store(new_store("East", ""))
            .await;
        let made = made.expect("make a store").into_inner();
        let rename = |name: &str, etag: &str| pb::UpdateStoreRequest {
            store: Some(pb::Store {
                id: made.id,
                name: name.to_owned(),
                ..Default::default()
            }),
            etag: etag.to_owned(),
            ..Default::default()
        };
        let mut catalogs = tenant.manager.catalogs();
        let renamed = catalogs.update_store(rename("West", &made.etag)).await;
        let renamed = renamed.expect("rename it").into_inner();
        assert_eq!(
            (renamed.name.as_str(), renamed.active),
            ("West", Some(true))
        );
        let status = catalogs
            .update_store(rename("North", &made.etag))
            .await
            .expect_err("stale");
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::Aborted, "ETAG_STALE")
        );
        let details = status.get_error_details();
        let present = details
            .error_info()
            .and_then(|info| info.metadata.get("etag").cloned());
        assert_eq!(present, Some(renamed.etag));
        assert_eq!(stores(&tenant.staff).await, ["West"]);
    })
    .await;
}

#[tokio::test]
async fn a_mask_that_names_no_field_is_refused_with_the_fields_there_are() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let request = pb::UpdateCustomerRequest {
            customer: Some(pb::Customer {
                id: tenant.customer_id,
                phone: "1".to_owned(),
                ..Default::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["phone".to_owned(), "fax".to_owned()],
            }),
            ..Default::default()
        };
        let status = tenant.staff.catalogs().update_customer(request).await;
        let status = status.expect_err("a customer has no fax");
        let details = status.get_error_details();
        let violations = details
            .bad_request()
            .map(|bad| bad.field_violations.clone());
        let violations = violations.unwrap_or_default();
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].field, "update_mask.paths[1]");
        assert!(
            violations[0].description.contains("contact_name"),
            "{violations:?}"
        );
    })
    .await;
}
