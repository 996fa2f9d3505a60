//! Store, supplier and outbound orders made and changed by hand.

use order_status_proto::v1::{
    CancelOrderRequest, CancelledLine, DocumentLine, DocumentState, GetStoreOrderRequest,
    ListStoreOrdersRequest, Order, OutboundOrder, PlaceHoldRequest, StoreOrder, SupplierOrder,
    UpdateOrderRequest, UpdateOutboundOrderRequest, UpdateStoreOrderRequest,
    UpdateSupplierOrderRequest, cancel_order_request, place_hold_request,
};
use order_status_tests::{Server, on_both};
use tonic::Code;

use super::answers::{granted, refused};
use super::fixtures::{decimal, line, read, request, request_id};
use super::stores::{
    Maker, Reader, address, create_outbound_order, create_store_order, create_supplier_order,
    foreign_order, lines, order, outbound_order, staff_of, standing, store_order, supplier_order,
    told, units, update, updating, warehouse,
};

#[tokio::test]
async fn a_document_and_its_orders_tell_the_same_of_each_other() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let (one, two) = (
            order(&tenant, 1, &[3, 1]).await,
            order(&tenant, 1, &[2]).await,
        );
        let mut carried = lines(one, &[2]);
        carried.push(DocumentLine {
            order_id: one,
            line_id: 1,
            quantity: Some(decimal("1.5")),
        });
        carried.extend(lines(two, &[1]));
        let request = create_store_order(StoreOrder {
            id: 70,
            ..store_order(2, 1, carried)
        });
        let trial = order_status_proto::v1::CreateStoreOrderRequest {
            validate_only: true,
            ..create_store_order(store_order(2, 1, lines(one, &[1])))
        };
        let tried = granted(tenant.staff.fulfillment().create_store_order(trial).await);
        assert_eq!((tried.id, tried.state()), (0, DocumentState::Open));
        let request = order_status_proto::v1::CreateStoreOrderRequest {
            request_id: request_id(),
            ..request
        };
        let made = granted(
            tenant
                .staff
                .fulfillment()
                .create_store_order(request.clone())
                .await,
        );
        let said: Vec<_> = made
            .lines
            .iter()
            .map(|line| {
                let quantity = line.quantity.as_ref().map_or("", |it| it.value.as_str());
                (line.order_id, line.line_id, quantity)
            })
            .collect();
        assert_eq!(said, [(one, 1, "1.5"), (one, 2, "1"), (two, 1, "2")]);
        let open = DocumentState::Open;
        let after = read(&tenant.staff, one).await;
        assert_eq!(
            told(&after),
            [(1, 70, open, 1, units(&[(1, "1.5"), (2, "1")]))]
        );
        assert_eq!(after.version, 2);
        assert_eq!(
            told(&read(&tenant.staff, two).await),
            [(1, 70, open, 1, units(&[(1, "2")]))]
        );

        // Only half of the three units is free. The same request makes no other document.
        let whole = create_store_order(store_order(1, 2, lines(one, &[1])));
        let answer = refused(tenant.staff.fulfillment().create_store_order(whole).await);
        assert_eq!(
            (answer.code, answer.reason.as_str(), answer.rules.as_slice()),
            (
                Code::FailedPrecondition,
                "DOCUMENT_NOT_ALLOWED",
                &["carried".to_owned()][..]
            )
        );
        assert!(answer.message.contains("1.5 of 3 is free"), "{answer:?}");
        let again = granted(tenant.staff.fulfillment().create_store_order(request).await);
        assert_eq!(again, made);
        let half = vec![DocumentLine {
            order_id: one,
            line_id: 1,
            quantity: Some(decimal("1.5")),
        }];
        assert_eq!(
            Maker(&tenant.staff)
                .store_order(store_order(1, 2, half))
                .await,
            71
        );
        let listed = tenant
            .staff
            .fulfillment()
            .list_store_orders(ListStoreOrdersRequest {
                order_id: two,
                ..ListStoreOrdersRequest::default()
            })
            .await;
        assert_eq!(granted(listed).store_orders, [made]);
        let listed = tenant
            .staff
            .fulfillment()
            .list_store_orders(ListStoreOrdersRequest {
                page_size: 1,
                ..ListStoreOrdersRequest::default()
            })
            .await;
        let first = granted(listed);
        assert_eq!(
            (first.store_orders.len(), first.next_page_token.is_empty()),
            (1, false)
        );
    })
    .await;
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_document_as_it_was_then() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let id = order(&tenant, 1, &[1, 1]).await;
        let fulfillment = || tenant.staff.fulfillment();
        let make = order_status_proto::v1::CreateStoreOrderRequest {
            request_id: request_id(),
            ..create_store_order(store_order(2, 1, lines(id, &[1, 2])))
        };
        let made = granted(fulfillment().create_store_order(make.clone()).await);
        let ship = UpdateStoreOrderRequest {
            request_id: request_id(),
            ..updating(standing(made.id, DocumentState::Shipped))
        };
        let shipped = granted(fulfillment().update_store_order(ship.clone()).await);
        granted(update(&tenant.staff, standing(made.id, DocumentState::Delivered)).await);
        let again = granted(fulfillment().create_store_order(make).await);
        assert_eq!(again, made);
        let again = granted(fulfillment().update_store_order(ship).await);
        assert_eq!(again, shipped);
        assert_eq!(again.state(), DocumentState::Shipped);
    })
    .await;
}

#[tokio::test]
async fn a_document_goes_its_way_and_not_back() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let id = order(&tenant, 1, &[1]).await;
        let staff = &tenant.staff;
        let made = Maker(staff)
            .store_order(store_order(2, 1, lines(id, &[1])))
            .await;
        let shipped = granted(update(staff, standing(made, DocumentState::Shipped)).await);
        // What it carries may change while it is open only.
        let other = StoreOrder {
            to_store_id: 2,
            from_store_id: 1,
            ..standing(made, DocumentState::Shipped)
        };
        let answer = refused(update(staff, other).await);
        assert_eq!(answer.rules, ["document_state"], "{answer:?}");
        assert!(
            answer
                .message
                .contains("is shipped: only its state may change"),
            "{answer:?}"
        );
        let answer = refused(update(staff, standing(made, DocumentState::Cancelled)).await);
        assert_eq!(
            (answer.code, answer.reason.as_str(), answer.rules.as_slice()),
            (
                Code::FailedPrecondition,
                "DOCUMENT_NOT_ALLOWED",
                &["document_state".to_owned()][..]
            )
        );
        assert!(
            answer.message.contains("what follows is delivered"),
            "{answer:?}"
        );
        // An etag of before is stale.
        let stale = UpdateStoreOrderRequest {
            etag: "\"1\"".to_owned(),
            ..updating(standing(made, DocumentState::Delivered))
        };
        let answer = refused(staff.fulfillment().update_store_order(stale).await);
        assert_eq!(
            (answer.code, answer.metadata["etag"].as_str()),
            (Code::Aborted, shipped.etag.as_str())
        );
        let delivered = granted(update(staff, standing(made, DocumentState::Delivered)).await);
        assert_eq!(delivered.state(), DocumentState::Delivered);
        assert_eq!(read(staff, id).await.version, 4);
        // What has arrived may be sent on.
        Maker(staff)
            .store_order(store_order(1, 2, lines(id, &[1])))
            .await;
        granted(update(staff, standing(2, DocumentState::Cancelled)).await);
        assert_eq!(Reader(staff).store_order(2).await.lines, []);
        assert_eq!(told(&read(staff, id).await).len(), 1);
        let supplier = Maker(staff)
            .supplier_order(supplier_order(1, lines(id, &[1])))
            .await;
        let request = UpdateSupplierOrderRequest {
            supplier_order: Some(SupplierOrder {
                id: supplier,
                supplier: "Another".to_owned(),
                ..SupplierOrder::default()
            }),
            ..UpdateSupplierOrderRequest::default()
        };
        let before = read(staff, id).await;
        let changed = granted(staff.fulfillment().update_supplier_order(request).await);
        assert_eq!(
            (changed.supplier.as_str(), changed.lines.len()),
            ("Another", 1)
        );
        // What its orders do not tell of changes none of them.
        assert_eq!(read(staff, id).await, before);
    })
    .await;
}

#[tokio::test]
async fn each_wrong_document_is_refused_by_field_or_rule() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = warehouse(server, 2).await;
        let foreign = foreign_order(server, 2).await;
        let id = order(&tenant, 1, &[2]).await;
        let staff = &tenant.staff;
        let own = || lines(id, &[1]);
        let units = |quantity: &str| {
            vec![DocumentLine {
                quantity: Some(decimal(quantity)),
                ..own().remove(0)
            }]
        };
        let twice = || [own(), own()].concat();
        let wrong = [
            (store_order(1, 1, own()), "store_order.from_store_id"),
            (store_order(9, 1, own()), "store_order.from_store_id"),
            (store_order(1, 9, own()), "store_order.to_store_id"),
            (store_order(1, 2, Vec::new()), "store_order.lines"),
            (
                store_order(1, 2, lines(foreign, &[1])),
                "store_order.lines[0].order_id",
            ),
            (
                store_order(1, 2, lines(id, &[2])),
                "store_order.lines[0].line_id",
            ),
            (store_order(1, 2, twice()), "store_order.lines[1].line_id"),
            (
                store_order(1, 2, units("0")),
                "store_order.lines[0].quantity",
            ),
            (
                store_order(1, 2, units("-1")),
                "store_order.lines[0].quantity",
            ),
            (
                store_order(1, 2, units("2.0001")),
                "store_order.lines[0].quantity",
            ),
            (
                StoreOrder {
                    id: -1,
                    ..store_order(1, 2, own())
                },
                "store_order.id",
            ),
            (
                StoreOrder {
                    state: DocumentState::Cancelled.into(),
                    ..store_order(1, 2, own())
                },
                "store_order.state",
            ),
            (
                StoreOrder {
                    state: 9,
                    ..store_order(1, 2, own())
                },
                "store_order.state",
            ),
        ];
        for (given, field) in wrong {
            let request = create_store_order(given);
            let answer = refused(staff.fulfillment().create_store_order(request).await);
            assert_eq!(
                (answer.code, answer.paths()),
                (Code::InvalidArgument, vec![field]),
                "{answer:?}"
            );
        }
        let long = SupplierOrder {
            supplier: "x".repeat(201),
            ..supplier_order(1, own())
        };
        let answer = staff
            .fulfillment()
            .create_supplier_order(create_supplier_order(long))
            .await;
        assert_eq!(refused(answer).paths(), ["supplier_order.supplier"]);
        assert_eq!(read(staff, id).await.version, 1);

        let made = Maker(staff)
            .store_order(StoreOrder {
                id: 7,
                ..store_order(1, 2, own())
            })
            .await;
        let request = create_store_order(StoreOrder {
            id: made,
            ..store_order(1, 2, own())
        });
        let taken = refused(staff.fulfillment().create_store_order(request).await);
        assert_eq!(
            (taken.code, taken.reason.as_str()),
            (Code::AlreadyExists, "NUMBER_TAKEN")
        );
        let missing = refused(update(staff, standing(8, DocumentState::Shipped)).await);
        assert_eq!(
            (missing.code, missing.reason.as_str()),
            (Code::NotFound, "RESOURCE_NOT_FOUND")
        );
    })
    .await;
}

#[tokio::test]
async fn a_line_that_a_document_carries_is_not_edited_and_what_has_left_is_not_called_off() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let manager = &tenant.manager;
        let request = order_status_proto::v1::ImportOrdersRequest {
            orders: vec![Order {
                store_id: Some(1),
                lines: vec![line("A", 3, 100), line("B", 1, 100)],
                ..super::fixtures::order_in("new", tenant.customer_id)
            }],
            ..Default::default()
        };
        let id = granted(manager.orders().import_orders(request).await).orders[0].id;
        let make = Maker(&tenant.staff);
        make.store_order(store_order(2, 1, lines(id, &[1]))).await;
        let edit = |lines| UpdateOrderRequest {
            order: Some(Order {
                id,
                lines,
                ..Order::default()
            }),
            ..UpdateOrderRequest::default()
        };
        let less = edit(vec![line("A", 2, 100), line("B", 1, 100)]);
        let answer = refused(tenant.staff.orders().update_order(less).await);
        assert_eq!(
            (answer.reason.as_str(), answer.rules.as_slice()),
            ("EDIT_NOT_ALLOWED", &["carried".to_owned()][..])
        );
        let other = edit(vec![line("A", 3, 100), line("B", 9, 100)]);
        granted(tenant.staff.orders().update_order(other).await);

        // Units that are called off go off the open document.
        let cancel = |quantity: &str| {
            request!(
                CancelOrderRequest, cancel_order_request, id,
                lines: vec![CancelledLine { id: 1, quantity: Some(decimal(quantity)) }]
            )
        };
        let after = granted(tenant.staff.orders().cancel_order(cancel("1")).await);
        assert_eq!(told(&after)[0].4, [(1, "2".to_owned())]);
        granted(update(&tenant.staff, standing(1, DocumentState::Shipped)).await);
        let answer = refused(tenant.staff.orders().cancel_order(cancel("0.5")).await);
        assert_eq!(
            (answer.code, answer.reason.as_str(), answer.rules.as_slice()),
            (
                Code::FailedPrecondition,
                "ITEM_SHIPPED",
                &["shipped".to_owned()][..]
            )
        );
    })
    .await;
}

#[tokio::test]
async fn a_hold_keeps_the_goods_in_the_warehouse() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let id = order(&tenant, 1, &[1, 1]).await;
        let staff = &tenant.staff;
        let outbound = Maker(staff).outbound_order(outbound_order(1, lines(id, &[1]))).await;
        let hold = |lines: Vec<i64>| {
            request!(PlaceHoldRequest, place_hold_request, id, reason: "other".to_owned(), line_ids: lines)
        };
        granted(staff.fulfillment().place_hold(hold(vec![2])).await);
        let send = |validate_only| UpdateOutboundOrderRequest {
            outbound_order: Some(OutboundOrder {
                id: outbound,
                state: DocumentState::Shipped.into(),
                ..OutboundOrder::default()
            }),
            validate_only,
            ..UpdateOutboundOrderRequest::default()
        };
        granted(staff.fulfillment().update_outbound_order(send(true)).await);
        granted(staff.fulfillment().place_hold(hold(vec![1])).await);
        let answer = refused(staff.fulfillment().update_outbound_order(send(false)).await);
        assert_eq!((answer.reason.as_str(), answer.rules.as_slice()), ("ORDER_HELD", &["held".to_owned()][..]));
        // Nor do they leave by a document that is made as sent, or for elsewhere.
        let gone = OutboundOrder {
            state: DocumentState::Shipped.into(),
            ..outbound_order(1, lines(id, &[2]))
        };
        let request = create_outbound_order(gone);
        let answer = refused(staff.fulfillment().create_outbound_order(request).await);
        assert_eq!(answer.reason, "ORDER_HELD");
        let elsewhere = UpdateOutboundOrderRequest {
            outbound_order: Some(OutboundOrder {
                id: outbound,
                delivery_address: Some(address("Elsewhere")),
                ..OutboundOrder::default()
            }),
            ..UpdateOutboundOrderRequest::default()
        };
        let answer = refused(staff.fulfillment().update_outbound_order(elsewhere).await);
        assert_eq!(answer.reason, "ORDER_HELD");
        let second = create_outbound_order(outbound_order(1, lines(id, &[2])));
        granted(staff.fulfillment().create_outbound_order(second).await);
    })
    .await;
}

#[tokio::test]
async fn a_caller_of_one_store_sees_the_documents_of_that_store() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = warehouse(server, 3).await;
        let id = order(&tenant, 1, &[1]).await;
        let one = Maker(&tenant.staff)
            .store_order(store_order(2, 1, lines(id, &[1])))
            .await;
        granted(update(&tenant.staff, standing(one, DocumentState::Delivered)).await);
        let two = Maker(&tenant.staff)
            .store_order(store_order(1, 3, lines(id, &[1])))
            .await;
        let caller = staff_of(server, &tenant, 2).await;
        assert_eq!(Reader(&caller).store_order(one).await.id, one);
        let missing = caller
            .fulfillment()
            .get_store_order(GetStoreOrderRequest { id: two })
            .await;
        assert_eq!(refused(missing).code, Code::NotFound);
        assert_eq!(
            refused(update(&caller, standing(two, DocumentState::Shipped)).await).code,
            Code::NotFound
        );
        let all = ListStoreOrdersRequest::default();
        let listed = granted(caller.fulfillment().list_store_orders(all).await).store_orders;
        // It makes none between other stores.
        let request = create_store_order(store_order(1, 3, lines(id, &[1])));
        let answer = refused(caller.fulfillment().create_store_order(request).await);
        assert!(
            answer.paths().contains(&"store_order.to_store_id"),
            "{answer:?}"
        );
        assert_eq!(listed.iter().map(|it| it.id).collect::<Vec<_>>(), [one]);
    })
    .await;
}
