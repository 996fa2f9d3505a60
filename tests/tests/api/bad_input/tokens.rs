//! Request ids, etags, tokens and masks that are malformed, or another's.

use order_status_proto::v1::{
    CancelOrderRequest, ConfirmOrderRequest, Customer, ListOrdersRequest, Order,
    UpdateCustomerRequest, UpdateOrderRequest, WatchOrdersRequest, cancel_order_request,
    confirm_order_request,
};
use order_status_tests::{Server, Tenant, on_both};
use prost_types::{Duration, FieldMask};
use tonic::Code;

use super::{Cases, all_refused};
use crate::api::answers::{Refused, granted};
use crate::api::fixtures::{import_one, order_in, request_id};

#[tokio::test]
async fn a_malformed_request_id_or_etag_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        let confirm = || ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(order.id)),
            ..ConfirmOrderRequest::default()
        };
        let method = "OrderService/ConfirmOrder";
        let tag = ConfirmOrderRequest {
            etag: "not a tag".into(),
            ..confirm()
        };
        cases.refused(method, Code::Aborted, &["not a tag"], tag);
        for id in [
            "7",
            "6f1c2f6e-6a3a-4c0e-9a35",
            "6f1c2f6e-6a3a-4c0e-9a35-7f0d6f0a3b1g",
            "\u{1F6B2}",
        ] {
            let request = ConfirmOrderRequest {
                request_id: id.into(),
                ..confirm()
            };
            cases.field(method, &["request_id"], request);
        }
        cases
    })
    .await;
}

#[tokio::test]
async fn a_malformed_token_or_interval_is_named() {
    all_refused(|_, _| {
        let mut cases = Cases::default();
        let page = ListOrdersRequest {
            page_token: "zzz".into(),
            ..ListOrdersRequest::default()
        };
        cases.field("OrderService/ListOrders", &["page_token"], page);
        let watch = "OrderService/WatchOrders";
        let token = || WatchOrdersRequest {
            token: "zzz".into(),
            ..WatchOrdersRequest::default()
        };
        cases.field(watch, &["token"], token());
        let both = WatchOrdersRequest {
            from_start: true,
            ..token()
        };
        cases.field(watch, &["from_start"], both);
        for seconds in [0, 301, i64::MIN] {
            let request = WatchOrdersRequest {
                heartbeat_interval: Some(Duration { seconds, nanos: 0 }),
                ..WatchOrdersRequest::default()
            };
            cases.field(watch, &["heartbeat_interval"], request);
        }
        cases
    })
    .await;
}

#[tokio::test]
async fn an_unknown_path_in_a_mask_is_named() {
    all_refused(|tenant, order| {
        let mut cases = Cases::default();
        for path in ["colour", "customer.shoe_size", "", "notes.text", "Notes"] {
            let request = UpdateOrderRequest {
                order: Some(Order {
                    id: order.id,
                    ..Order::default()
                }),
                update_mask: Some(FieldMask {
                    paths: vec!["notes".into(), path.into()],
                }),
                ..UpdateOrderRequest::default()
            };
            cases.field("OrderService/UpdateOrder", &["update_mask", path], request);
        }
        let request = UpdateCustomerRequest {
            customer: Some(Customer {
                id: tenant.customer_id,
                ..Customer::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["shoe_size".into()],
            }),
            ..UpdateCustomerRequest::default()
        };
        let names = ["update_mask", "shoe_size"];
        cases.field("CatalogService/UpdateCustomer", &names, request);
        cases
    })
    .await;
}

#[tokio::test]
async fn a_request_id_serves_one_request() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let id = request_id();
        let other = import_one(&tenant.manager, order_in("new", tenant.customer_id)).await;
        let confirm = |order: i64, reason: &str| ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(order)),
            reason: reason.to_owned(),
            request_id: id.clone(),
            ..ConfirmOrderRequest::default()
        };
        let first = granted(
            tenant
                .staff
                .orders()
                .confirm_order(confirm(other.id, ""))
                .await,
        );
        let again = granted(
            tenant
                .manager
                .orders()
                .confirm_order(confirm(other.id, ""))
                .await,
        );
        assert_eq!(again, first);
        let reused = |answer: Refused| {
            assert_eq!(
                (answer.code, answer.reason.as_str()),
                (Code::InvalidArgument, "REQUEST_ID_REUSED")
            );
            assert_eq!(answer.paths(), ["request_id"]);
        };
        let body = tenant
            .staff
            .orders()
            .confirm_order(confirm(other.id, "another body"))
            .await;
        reused(Refused::read(&body.expect_err("another body")));
        let cancel = CancelOrderRequest {
            order: Some(cancel_order_request::Order::Id(other.id)),
            request_id: id.clone(),
            ..CancelOrderRequest::default()
        };
        let method = tenant.staff.orders().cancel_order(cancel).await;
        reused(Refused::read(&method.expect_err("another method")));
        // A client who may not see the order is not told that the id was used.
        let stranger = import_one(
            &tenant.manager,
            Order {
                customer: None,
                ..order_in("new", 1)
            },
        )
        .await;
        let moved = confirm(stranger.id, "");
        let moved = ConfirmOrderRequest {
            request_id: request_id(),
            ..moved
        };
        granted(tenant.staff.orders().confirm_order(moved.clone()).await);
        let replay = tenant.client.orders().confirm_order(moved).await;
        assert_eq!(
            Refused::read(&replay.expect_err("another's order")).reason,
            "ORDER_NOT_FOUND"
        );
        // Another account may use the same id.
        let tenant = Tenant::create(server, "standard").await;
        let order = import_one(&tenant.manager, order_in("new", tenant.customer_id)).await;
        let own = granted(
            tenant
                .staff
                .orders()
                .confirm_order(confirm(order.id, ""))
                .await,
        );
        assert_eq!((own.account_id, own.version), (tenant.account_id, 2));
    })
    .await;
}
