//! What is unknown is named, with what is known.

use order_status_proto::v1::{
    CatalogEntry, GetOrderRequest, GetWorkflowRequest, ListCatalogEntriesRequest, Order,
    OverrideOrderStateRequest, TransitionOrderRequest, UpsertCatalogEntryRequest,
    get_order_request, override_order_state_request, transition_order_request,
};
use tonic::Code;

use super::{Cases, all_refused};
use crate::api::fixtures::{by_id, order_of};

#[tokio::test]
async fn an_unknown_order_workflow_or_catalog_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        let get = "OrderService/GetOrder";
        let missing = Code::NotFound;
        cases.refused(get, missing, &["9223372036854775807"], by_id(i64::MAX));
        cases.field(get, &["id", "-7"], by_id(-7));
        let number = GetOrderRequest {
            order: Some(get_order_request::Order::Number("FR-none".into())),
            ..GetOrderRequest::default()
        };
        cases.refused(get, missing, &["FR-none"], number);
        let view = GetOrderRequest {
            view: 9,
            ..by_id(order.id)
        };
        cases.field(get, &["view", "9"], view);
        for (name, version) in [("nope", 0), ("standard", 99), ("", 0)] {
            let request = GetWorkflowRequest {
                name: name.to_owned(),
                version,
            };
            cases.refused("WorkflowService/GetWorkflow", missing, &[name], request);
        }
        let entries = ListCatalogEntriesRequest {
            catalog: "colours".into(),
            ..ListCatalogEntriesRequest::default()
        };
        let list = "CatalogService/ListCatalogEntries";
        cases.field(list, &["catalog", "colours", "channels"], entries);
        let entry = |catalog: &str, key: &str| UpsertCatalogEntryRequest {
            entry: Some(CatalogEntry {
                catalog: catalog.into(),
                key: key.into(),
                text: "Text".into(),
                ..CatalogEntry::default()
            }),
            ..UpsertCatalogEntryRequest::default()
        };
        let upsert = "CatalogService/UpsertCatalogEntry";
        let known = ["entry.catalog", "colours", "channels"];
        cases.field(upsert, &known, entry("colours", "red"));
        cases.field(upsert, &["entry.key"], entry("channels", ""));
        cases
    })
    .await;
}

#[tokio::test]
async fn an_unknown_state_or_transition_is_named_with_the_known_ones() {
    all_refused(|_, order| {
        use override_order_state_request::Target as Over;
        use transition_order_request::Target as To;
        let mut cases = Cases::default();
        let mut to = |target, names| {
            let request = TransitionOrderRequest {
                order: Some(transition_order_request::Order::Id(order.id)),
                target: Some(target),
                ..TransitionOrderRequest::default()
            };
            cases.field("OrderService/TransitionOrder", names, request);
        };
        to(
            To::State("shipped".into()),
            &["state", "shipped", "confirmed"],
        );
        to(To::State(String::new()), &["state", "confirmed"]);
        to(To::StateCode(77), &["state_code", "77", "10"]);
        to(To::StateCode(i32::MIN), &["state_code", "-2147483648"]);
        to(
            To::Transition("fly".into()),
            &["transition", "fly", "withdraw"],
        );
        let mut over = |target, names| {
            let request = OverrideOrderStateRequest {
                order: Some(override_order_state_request::Order::Id(order.id)),
                target: Some(target),
                reason: "a slip".into(),
                ..OverrideOrderStateRequest::default()
            };
            cases.field("OrderService/OverrideOrderState", names, request);
        };
        over(
            Over::State("shipped".into()),
            &["state", "shipped", "confirmed"],
        );
        over(Over::StateCode(-1), &["state_code", "-1"]);
        cases
    })
    .await;
}

#[tokio::test]
async fn an_unknown_code_role_or_number_of_an_enum_is_named() {
    all_refused(|_, _| {
        let mut cases = Cases::default();
        let known = ["order.workflow", "nope", "standard"];
        cases.order(&known, |order| order.workflow = "nope".into());
        cases.order(&["order.store_id", "99"], |order| order.store_id = Some(99));
        cases.order(&["order.store_name", "Nowhere"], |order| {
            order.store_name = "Nowhere".into();
        });
        cases.order(&["order.customer.id", "99"], |order| *order = order_of(99));
        cases.order(&["order.channel", "smoke"], |order| {
            order.channel = "smoke".into()
        });
        cases.order(&["order.payment_method", "gold"], |order| {
            order.payment_method = "gold".into();
        });
        cases.order(&["order.delivery_method", "owl"], |order| {
            order.delivery_method = "owl".into();
        });
        cases.order(&["order.source", "rumour"], |order| {
            order.source = "rumour".into()
        });
        cases.order(&["order.delivery_status", "15"], |order| {
            order.delivery_status = 15
        });
        cases.line(&["order.lines[1].kind", "7"], |line| line.kind = 7);
        cases.line(&["order.lines[1].customer_id", "99"], |line| {
            line.customer_id = Some(99)
        });
        cases.credential(&["role", "9"], |request| request.role = 9);
        cases.credential(&["role"], |request| request.role = 0);
        cases.credential(&["store_id", "99"], |request| request.store_id = Some(99));
        cases
    })
    .await;
}

/// What an order names by a number that it may not have is kept from the start.
#[tokio::test]
async fn what_a_new_order_cannot_say_is_passed_over() {
    use order_status_proto::v1::{CreateOrderRequest, OrderState};
    use order_status_tests::{Server, Tenant, on_both};
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = Order {
            id: 77,
            account_id: 1,
            state: Some(OrderState {
                key: "complete".into(),
                ..OrderState::default()
            }),
            locked: true,
            version: 9,
            etag: "mine".into(),
            ..order_of(tenant.customer_id)
        };
        let request = CreateOrderRequest {
            order: Some(order),
            ..CreateOrderRequest::default()
        };
        let made = tenant.staff.orders().create_order(request).await;
        let made = crate::api::answers::granted(made);
        let state = crate::api::fixtures::state(&made);
        assert_eq!(
            (made.id, made.account_id, state),
            (1, tenant.account_id, "new")
        );
        assert_eq!((made.locked, made.version), (false, 1));
    })
    .await;
}
