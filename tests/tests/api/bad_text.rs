//! Texts of any script are kept as they came; bytes that are no text, or no message, are refused.

use order_status_proto::v1::{
    AddOrderNoteRequest, ConfirmOrderRequest, CreateOrderRequest, GetOrderRequest,
    ListOrderChangesRequest, ListOrdersRequest, Order, OrderCustomer, OrderFilter,
    add_order_note_request, confirm_order_request, get_order_request, list_order_changes_request,
};
use order_status_tests::{Server, Tenant, on_both};
use prost::Message;
use tonic::Code;

use super::answers::{Refused, granted, refused};
use super::fixtures::{import_one, order_in, read};
use super::raw;

const TEXTS: [&str; 14] = [
    "'; DROP TABLE orders; --",
    "\" OR \"1\" = \"1",
    "%_\\%",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "line\nbreak\r\n\ttab",
    "Ærøskøbing – café",
    "注文を確認しました",
    "טקסט בעברית ‏עם סימן",
    "مرحبا بالعالم",
    "ไทย हिन्दी தமிழ்",
    "👩‍👩‍👧‍👦🇳🇱",
    "e\u{301} is not \u{e9}",
    "\u{feff}\u{200b}\u{202e}reversed",
];

#[tokio::test]
async fn text_of_any_script_is_kept_as_it_came() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let staff = &tenant.staff;
        for (at, text) in TEXTS.iter().enumerate() {
            let order = Order {
                number: (*text).to_owned(),
                notes: text.repeat(50),
                customer: Some(OrderCustomer {
                    name: (*text).to_owned(),
                    ..OrderCustomer::default()
                }),
                attributes: [((*text).to_owned(), (*text).to_owned())]
                    .into_iter()
                    .collect(),
                ..order_in("new", tenant.customer_id)
            };
            let request = CreateOrderRequest {
                order: Some(order.clone()),
                ..CreateOrderRequest::default()
            };
            let made = granted(staff.orders().create_order(request).await);
            assert_eq!(
                (&made.number, &made.notes, &made.attributes),
                (&order.number, &order.notes, &order.attributes)
            );
            let named = GetOrderRequest {
                order: Some(get_order_request::Order::Number((*text).to_owned())),
                ..GetOrderRequest::default()
            };
            assert_eq!(granted(staff.orders().get_order(named).await), made);
            let request = ListOrdersRequest {
                filter: Some(OrderFilter {
                    number_prefix: (*text).to_owned(),
                    ..OrderFilter::default()
                }),
                ..ListOrdersRequest::default()
            };
            let listed = granted(staff.orders().list_orders(request).await);
            assert_eq!(
                listed
                    .orders
                    .iter()
                    .map(|order| order.id)
                    .collect::<Vec<_>>(),
                [made.id],
                "{text}"
            );
            let note = AddOrderNoteRequest {
                order: Some(add_order_note_request::Order::Id(made.id)),
                message: (*text).to_owned(),
                ..AddOrderNoteRequest::default()
            };
            granted(staff.orders().add_order_note(note).await);
            let confirm = ConfirmOrderRequest {
                order: Some(confirm_order_request::Order::Number((*text).to_owned())),
                reason: (*text).to_owned(),
                ..ConfirmOrderRequest::default()
            };
            granted(staff.orders().confirm_order(confirm).await);
            let request = ListOrderChangesRequest {
                order: Some(list_order_changes_request::Order::Id(made.id)),
                ..ListOrderChangesRequest::default()
            };
            let changes = granted(staff.orders().list_order_changes(request).await).changes;
            assert_eq!(
                (changes[1].message.as_str(), changes[2].reason.as_str()),
                (*text, *text)
            );
            let request = ListOrdersRequest {
                count: true,
                ..ListOrdersRequest::default()
            };
            let count = granted(staff.orders().list_orders(request).await).total_size;
            assert_eq!(usize::try_from(count), Ok(at + 1));
        }
    })
    .await;
}

#[tokio::test]
async fn nul_is_refused_by_its_field() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = import_one(&tenant.manager, order_in("new", tenant.customer_id)).await;
        let nul = || "a\0b".to_owned();
        let customer = OrderCustomer {
            name: nul(),
            ..OrderCustomer::default()
        };
        let orders = [
            (
                Order {
                    number: nul(),
                    ..Order::default()
                },
                "order.number",
            ),
            (
                Order {
                    notes: nul(),
                    ..Order::default()
                },
                "order.notes",
            ),
            (
                Order {
                    customer: Some(customer),
                    ..Order::default()
                },
                "order.customer.name",
            ),
            (
                Order {
                    attributes: [("k".to_owned(), nul())].into_iter().collect(),
                    ..Order::default()
                },
                "order.attributes",
            ),
        ];
        for (order, path) in orders {
            let request = CreateOrderRequest {
                order: Some(order),
                ..CreateOrderRequest::default()
            };
            let answer = refused(tenant.staff.orders().create_order(request).await);
            assert_eq!(answer.code, Code::InvalidArgument);
            assert!(answer.paths()[0].starts_with(path), "{path}: {answer:?}");
        }
        let note = AddOrderNoteRequest {
            order: Some(add_order_note_request::Order::Id(order.id)),
            message: nul(),
            ..AddOrderNoteRequest::default()
        };
        let answer = refused(tenant.staff.orders().add_order_note(note).await);
        assert_eq!(
            (answer.code, answer.paths()),
            (Code::InvalidArgument, vec!["message"])
        );
        let confirm = ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(order.id)),
            reason: nul(),
            ..ConfirmOrderRequest::default()
        };
        let answer = refused(tenant.staff.orders().confirm_order(confirm).await);
        assert_eq!(
            (answer.code, answer.paths()),
            (Code::InvalidArgument, vec!["reason"])
        );
        // In the name of an order it can only be missing.
        let get = GetOrderRequest {
            order: Some(get_order_request::Order::Number(nul())),
            ..GetOrderRequest::default()
        };
        let answer = refused(tenant.staff.orders().get_order(get).await);
        assert!(
            [Code::InvalidArgument, Code::NotFound].contains(&answer.code),
            "{answer:?}"
        );
        let list = ListOrdersRequest {
            filter: Some(OrderFilter {
                number_prefix: nul(),
                states: vec![nul()],
                ..OrderFilter::default()
            }),
            ..ListOrdersRequest::default()
        };
        let answer = refused(tenant.staff.orders().list_orders(list).await);
        assert_eq!(answer.code, Code::InvalidArgument, "{answer:?}");
        assert_eq!(read(&tenant.staff, order.id).await, order);
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let headers = [("x-api-key", tenant.admin.key.as_str())];
        let mut deep = Vec::new();
        for _ in 0..200 {
            // {order: {customer: {address: {order: …
            let length = u8::try_from(deep.len()).unwrap_or(u8::MAX);
            deep = [&[0x0a, length][..], &deep].concat();
        }
        // Field 2 of GetOrder, `number`: not UTF-8; cut short; of another wire type; and no protobuf at all.
        let messages = [
            vec![0x12, 2, 0xff, 0xfe],
            vec![0x12, 200, b'x'],
            vec![0x11, 1],
            vec![0xff; 16],
            deep,
        ];
        for message in messages {
            for method in raw::methods() {
                let method = raw::name(&method);
                // What has no fields takes anything.
                let answer = raw::call(&channel, &headers, &method, message.clone()).await;
                let Err(status) = answer else { continue };
                let code = status.code();
                assert_ne!(code, Code::Unknown, "{method} {message:?}: {status:?}");
                assert_ne!(code, Code::Internal, "{method} {message:?}: {status:?}");
            }
            let answer =
                raw::call(&channel, &headers, "OrderService/GetOrder", message.clone()).await;
            let refused = answer.expect_err("no message");
            assert_eq!(
                refused.code(),
                Code::InvalidArgument,
                "{message:?}: {refused:?}"
            );
        }
        granted(
            tenant
                .admin
                .orders()
                .list_orders(ListOrdersRequest::default())
                .await,
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_the_next_is_served() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let headers = [("x-api-key", tenant.admin.key.as_str())];
        let request = CreateOrderRequest {
            order: Some(Order {
                notes: "x".repeat(3 << 20),
                ..Order::default()
            }),
            ..CreateOrderRequest::default()
        };
        let answer = raw::call(
            &channel,
            &headers,
            "OrderService/CreateOrder",
            request.encode_to_vec(),
        )
        .await;
        let status = answer.expect_err("a message over the limit");
        assert!(
            [Code::OutOfRange, Code::ResourceExhausted].contains(&status.code()),
            "{status:?}"
        );
        assert!(status.message().contains("1048576"), "{status:?}");
        granted(
            tenant
                .admin
                .orders()
                .list_orders(ListOrdersRequest::default())
                .await,
        );
        // Headers have a limit too.
        let long = "k".repeat(64 << 10);
        let answer = raw::call(
            &channel,
            &[("x-api-key", &long)],
            "OrderService/ListOrders",
            Vec::new(),
        )
        .await;
        assert!(answer.is_err());
        let again = server.channel().await;
        raw::call(&again, &headers, "OrderService/ListOrders", Vec::new())
            .await
            .expect("it serves on");
    })
    .await;
}

#[tokio::test]
async fn a_credential_that_is_no_text_is_wrong_and_nothing_more() {
    on_both(async |backend| {
        let channel = Server::shared(backend).await.channel().await;
        for key in [
            "'; DROP TABLE credential; --",
            "Bearer",
            "osk_",
            "\u{7e}".repeat(4000).as_str(),
        ] {
            for header in ["x-api-key", "authorization"] {
                let answer = raw::call(
                    &channel,
                    &[(header, key)],
                    "OrderService/ListOrders",
                    Vec::new(),
                )
                .await;
                let refused = Refused::read(&answer.expect_err(key));
                assert_eq!(refused.code, Code::Unauthenticated, "{refused:?}");
            }
        }
        let unknown = raw::call_path(
            &channel,
            &[],
            "/orderstatus.v1.OrderService/Nope",
            Vec::new(),
        )
        .await;
        let status = unknown.expect_err("no such method");
        assert!(
            [
                Code::Unimplemented,
                Code::PermissionDenied,
                Code::Unauthenticated
            ]
            .contains(&status.code()),
            "{status:?}"
        );
    })
    .await;
}
