//! What documents and the orders whose lines they carry do to each other.

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use order_status_proto::v1::{
    AddOrderNoteRequest, CancelOrderRequest, CancelledLine, DeleteOrderRequest, DocumentLine,
    DocumentState, GetOrderRequest, Order, StoreOrder, add_order_note_request,
    cancel_order_request, delete_order_request, get_order_request,
};
use order_status_tests::{Server, on_both};
use tonic::Code;

use super::answers::{granted, refused};
use super::fixtures::{decimal, import_one, line, order_in, request};
use super::stores::{
    Maker, Reader, create_store_order, create_supplier_order, lines, order, standing, store_order,
    supplier_order, update, warehouse,
};

/// The most documents that carry lines of one order.
const MOST_DOCUMENTS: usize = 1000;
/// How many documents are made at once.
const AT_ONCE: usize = 32;

/// One unit of the first line of an order.
fn one_unit(id: i64) -> DocumentLine {
    DocumentLine {
        quantity: Some(decimal(1)),
        ..lines(id, &[1]).remove(0)
    }
}

#[tokio::test]
async fn open_documents_lose_units_only_with_the_lines_of_their_orders() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let staff = &tenant.staff;
        let id = order(&tenant, 1, &[3, 1]).await;
        let one = vec![one_unit(id)];
        let one = Maker(staff).store_order(store_order(2, 1, one)).await;
        let other = supplier_order(1, lines(id, &[2]));
        let other = Maker(staff).supplier_order(other).await;
        let documents = async || {
            let reader = Reader(staff);
            (
                reader.store_order(one).await,
                reader.supplier_order(other).await,
            )
        };
        let before = documents().await;
        assert_eq!(before.0.lines, [one_unit(id)]);

        let note = request!(AddOrderNoteRequest, add_order_note_request, id, message: "Ring twice".to_owned());
        granted(staff.orders().add_order_note(note).await);
        assert_eq!(documents().await, before);

        let cancel = async |units: i64| {
            let units = CancelledLine {
                id: 1,
                quantity: Some(decimal(units)),
            };
            let request = request!(CancelOrderRequest, cancel_order_request, id, lines: vec![units]);
            granted(staff.orders().cancel_order(request).await);
        };
        // Two units are left: enough for the one that is carried.
        cancel(1).await;
        assert_eq!(documents().await, before);
        cancel(2).await;
        let after = documents().await;
        assert_eq!(after.0.state(), DocumentState::Cancelled);
        assert_eq!(after.0.lines, []);
        assert_eq!(after.1, before.1);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_documents_may_carry_lines_of_an_order_and_no_more() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let staff = &tenant.staff;
        let id = order(&tenant, 1, &[1]).await;
        let make = Maker(staff);
        // What has arrived leaves the unit free for the next.
        let arrived = || StoreOrder {
            state: DocumentState::Delivered.into(),
            ..store_order(2, 1, lines(id, &[1]))
        };
        let all_but_one = stream::iter(1..MOST_DOCUMENTS).map(|_| make.store_order(arrived()));
        all_but_one.buffer_unordered(AT_ONCE).count().await;
        let open = make.store_order(store_order(2, 1, lines(id, &[1]))).await;

        let request = create_store_order(arrived());
        let answer = staff
            .fulfillment()
            .create_store_order(request.clone())
            .await;
        let answer = refused(answer);
        assert_eq!(
            (answer.code, answer.paths()),
            (Code::InvalidArgument, vec!["store_order.lines"]),
            "{answer:?}"
        );
        assert!(answer.message.contains("1000 documents"), "{answer:?}");
        let other = create_supplier_order(supplier_order(1, lines(id, &[1])));
        let answer = refused(staff.fulfillment().create_supplier_order(other).await);
        assert_eq!(answer.paths(), ["supplier_order.lines"], "{answer:?}");

        // Those that there are go their way, and one that carries nothing any more makes room.
        granted(update(staff, standing(open, DocumentState::Cancelled)).await);
        granted(staff.fulfillment().create_store_order(request).await);
    })
    .await;
}

#[tokio::test]
async fn a_document_of_a_deleted_order_leaves_its_number_to_the_order_that_has_it_now() {
    const ROUNDS: i64 = 10;
    const NUMBER: &str = "RMA-7";
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let (staff, orders) = (&tenant.staff, tenant.staff.orders());
        let numbered = || Order {
            number: NUMBER.to_owned(),
            store_id: Some(1),
            lines: vec![line("A", ROUNDS, 1000)],
            ..order_in("confirmed", tenant.customer_id)
        };
        let gone = import_one(&tenant.manager, numbered()).await.id;
        let kept = order(&tenant, 1, &[ROUNDS]).await;
        let mut shared = Vec::new();
        for _ in 0..ROUNDS {
            let sent = StoreOrder {
                state: DocumentState::Shipped.into(),
                ..store_order(2, 1, vec![one_unit(gone), one_unit(kept)])
            };
            shared.push(Maker(staff).store_order(sent).await);
        }
        let cancel = request!(CancelOrderRequest, cancel_order_request, gone);
        granted(orders.clone().cancel_order(cancel).await);
        let delete = request!(DeleteOrderRequest, delete_order_request, gone);
        granted(orders.clone().delete_order(delete).await);
        let heir = import_one(&tenant.manager, numbered()).await.id;

        for document in shared {
            // Decided together, so that what one leaves is what the next one finds.
            let notes = |count: usize| {
                join_all((0..count).map(|_| async {
                    let note = AddOrderNoteRequest {
                        order: Some(add_order_note_request::Order::Number(NUMBER.to_owned())),
                        message: "Ring twice".to_owned(),
                        ..AddOrderNoteRequest::default()
                    };
                    granted(staff.orders().add_order_note(note).await).id
                }))
            };
            let arrives = update(staff, standing(document, DocumentState::Delivered));
            let (first, arrived, then) = tokio::join!(notes(4), arrives, notes(16));
            assert_eq!(granted(arrived).state(), DocumentState::Delivered);
            for noted in [first, then].concat() {
                assert_eq!(noted, heir);
            }
        }
        let request = GetOrderRequest {
            order: Some(get_order_request::Order::Number(NUMBER.to_owned())),
            ..GetOrderRequest::default()
        };
        assert_eq!(granted(orders.clone().get_order(request).await).id, heir);
    })
    .await;
}
