//! Moving an order to another store, item by item.

use order_status_proto::v1::{
    CancelOrderRequest, ChangeKind, DocumentState, MoveOrderToStoreRequest,
    MoveOrderToStoreResponse, Order, OutboundOrder, PlanStoreMoveRequest, PlanStoreMoveResponse,
    StoreMoveItem, UpdateDeliveryMethodRequest, UpdateOutboundOrderRequest, cancel_order_request,
    move_order_to_store_request, plan_store_move_request, update_delivery_method_request,
};
use order_status_tests::audit::history;
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Response, Status};

use super::answers::{granted, refused};
use super::fixtures::{read, request, request_id};
use super::stores::{
    Maker, Reader, add_stores, address, create_outbound_order, lines, order, outbound_order,
    staff_of, store_order, supplier_order, told, units, warehouse,
};

mod plans;
mod refusals;

const STORE: i32 = 1;
const SUPPLIER: i32 = 2;
const OUTBOUND: i32 = 3;

fn item(line_id: i64, mode: &str) -> StoreMoveItem {
    StoreMoveItem {
        line_id,
        mode: mode.to_owned(),
    }
}

fn moving(id: i64, to: i64, default: &str, items: Vec<StoreMoveItem>) -> MoveOrderToStoreRequest {
    request!(
        MoveOrderToStoreRequest, move_order_to_store_request, id,
        to_store_id: to, default_mode: default.to_owned(), items: items
    )
}

async fn perform(
    caller: &Caller,
    request: MoveOrderToStoreRequest,
) -> Result<Response<MoveOrderToStoreResponse>, Status> {
    caller.fulfillment().move_order_to_store(request).await
}

async fn plan(caller: &Caller, request: &MoveOrderToStoreRequest) -> PlanStoreMoveResponse {
    let given = request.clone();
    let Some(move_order_to_store_request::Order::Id(id)) = given.order else {
        panic!("tests name orders by their ids");
    };
    let request = PlanStoreMoveRequest {
        order: Some(plan_store_move_request::Order::Id(id)),
        to_store_id: given.to_store_id,
        default_mode: given.default_mode,
        items: given.items,
        delivery_method: given.delivery_method,
        delivery_address: given.delivery_address,
        etag: given.etag,
    };
    granted(caller.fulfillment().plan_store_move(request).await)
}

/// An account of two stores with one order of three items, each carried by something: as in the published example of
/// such a move.
async fn carried(server: &Server) -> (Tenant, i64) {
    let tenant = warehouse(server, 2).await;
    let id = order(&tenant, 1, &[1, 2, 1]).await;
    let make = Maker(&tenant.staff);
    make.store_order(store_order(2, 1, lines(id, &[1]))).await;
    make.store_order(store_order(2, 1, lines(id, &[2]))).await;
    make.supplier_order(supplier_order(1, lines(id, &[1])))
        .await;
    make.supplier_order(supplier_order(1, lines(id, &[2])))
        .await;
    make.supplier_order(supplier_order(1, lines(id, &[3])))
        .await;
    make.outbound_order(outbound_order(1, lines(id, &[1])))
        .await;
    make.outbound_order(outbound_order(1, lines(id, &[2])))
        .await;
    (tenant, id)
}

/// Sends an outbound order off.
async fn ship(caller: &Caller, id: i64) {
    let request = UpdateOutboundOrderRequest {
        outbound_order: Some(OutboundOrder {
            id,
            state: DocumentState::Shipped.into(),
            ..OutboundOrder::default()
        }),
        ..UpdateOutboundOrderRequest::default()
    };
    granted(caller.fulfillment().update_outbound_order(request).await);
}

#[tokio::test]
async fn a_move_takes_what_carries_the_items_along_and_tells_exactly_what() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        let mut asked = moving(
            id,
            2,
            "redirect",
            vec![item(1, "transfer"), item(2, "Transfer")],
        );
        asked.delivery_method = "delivery".to_owned();
        asked.delivery_address = Some(address("Streetname"));

        let planned = plan(&tenant.staff, &asked).await;
        let etag = planned.order.as_ref().expect("an order").etag.clone();
        assert_eq!(planned.transferred_line_ids, [1, 2]);
        assert_eq!(read(&tenant.staff, id).await.store_id, Some(1));

        // The etag of the plan is that of the order as it is, so that the move can ask for just that.
        assert_eq!(etag, read(&tenant.staff, id).await.etag);
        asked.etag = etag;
        asked.request_id = request_id();
        let moved = granted(perform(&tenant.staff, asked.clone()).await);
        assert_eq!(
            (
                moved.created_store_order_id,
                moved.affected_supplier_order_ids.as_slice(),
                moved.cancelled_store_order_ids.as_slice(),
                moved.cancelled_supplier_order_ids.as_slice(),
                moved.updated_outbound_order_ids.as_slice(),
                moved.created_delivery_address_id,
                moved.warehouse,
            ),
            (3, &[3][..], &[1, 2][..], &[1, 2][..], &[1, 2][..], 1, true)
        );
        assert_eq!(
            (
                &moved.affected_store_order_ids,
                &moved.created_supplier_order_ids,
                &moved.created_outbound_order_ids
            ),
            (&vec![], &vec![], &vec![])
        );
        let after = moved.order.clone().expect("an order");
        assert_eq!(
            (after.store_id, after.delivery_method.as_str()),
            (Some(2), "delivery")
        );
        let open = DocumentState::Open;
        assert_eq!(
            told(&after),
            [
                (STORE, 3, open, 2, units(&[(1, "1"), (2, "2")])),
                (SUPPLIER, 3, open, 2, units(&[(3, "1")])),
                (OUTBOUND, 1, open, 2, units(&[(1, "1")])),
                (OUTBOUND, 2, open, 2, units(&[(2, "2")])),
            ]
        );

        // It is one change of the order, with every document that it touched.
        let changes = history(&tenant.staff, id).await.expect("the history");
        let last = changes.last().expect("a change");
        assert_eq!(last.kind(), ChangeKind::StoreMove);
        let paths: Vec<_> = last
            .fields
            .iter()
            .map(|field| field.path.as_str())
            .collect();
        assert_eq!(
            paths,
            [
                "delivery_address",
                "delivery_method",
                "documents.outbound_order.1",
                "documents.outbound_order.2",
                "documents.store_order.1",
                "documents.store_order.2",
                "documents.store_order.3",
                "documents.supplier_order.1",
                "documents.supplier_order.2",
                "documents.supplier_order.3",
                "store_id",
            ]
        );

        // The documents say the same of themselves.
        let store = Reader(&tenant.staff).store_order(3).await;
        assert_eq!((store.from_store_id, store.to_store_id), (1, 2));
        let outbound = Reader(&tenant.staff).outbound_order(1).await;
        assert_eq!(outbound.delivery_address, after.delivery_address);
        let supplier = Reader(&tenant.staff).supplier_order(1).await;
        assert_eq!(
            (supplier.state(), supplier.lines.len()),
            (DocumentState::Cancelled, 0)
        );

        // The same request again gets the first answer again.
        let later = moving(id, 1, "none", Vec::new());
        granted(perform(&tenant.staff, later).await);
        assert_eq!(granted(perform(&tenant.staff, asked).await), moved);
    })
    .await;
}

#[tokio::test]
async fn lines_of_other_orders_stay_where_they_are() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let (id, other) = (
            order(&tenant, 1, &[1, 1, 1]).await,
            order(&tenant, 1, &[5]).await,
        );
        let make = Maker(&tenant.staff);
        let both = |own: &[i64]| {
            let mut both = lines(id, own);
            both.extend(lines(other, &[1]));
            both
        };
        make.store_order(store_order(2, 1, both(&[1]))).await;
        make.supplier_order(supplier_order(1, both(&[1, 2]))).await;
        make.outbound_order(outbound_order(1, both(&[1, 2, 3])))
            .await;
        let before = read(&tenant.staff, other).await;

        let asked = moving(id, 2, "none", vec![item(1, "reorder"), item(2, "redirect")]);
        let asked = MoveOrderToStoreRequest {
            request_id: request_id(),
            ..asked
        };
        let planned = plan(&tenant.staff, &asked).await;
        let moved = granted(perform(&tenant.staff, asked.clone()).await);
        assert_eq!(granted(perform(&tenant.staff, asked).await), moved);
        assert_eq!(
            (
                moved.affected_store_order_ids.as_slice(),
                moved.affected_supplier_order_ids.as_slice(),
                moved.created_supplier_order_ids.as_slice(),
                moved.updated_outbound_order_ids.as_slice(),
                moved.created_outbound_order_ids.as_slice(),
            ),
            (&[1][..], &[1][..], &[2][..], &[1][..], &[2][..])
        );
        assert_eq!(planned.affected_supplier_order_ids, [1]);
        assert_eq!(planned.created_supplier_order_ids, [0; 0]);
        assert_eq!(read(&tenant.staff, other).await, before);
        let supplier = Reader(&tenant.staff).supplier_order(1).await;
        let left: Vec<_> = supplier
            .lines
            .iter()
            .map(|line| (line.order_id, line.line_id))
            .collect();
        assert_eq!((supplier.store_id, left), (1, vec![(other, 1)]));
        let supplier = Reader(&tenant.staff).supplier_order(2).await;
        assert_eq!(
            (supplier.store_id, supplier.supplier.as_str()),
            (2, "Wheels Wholesale")
        );
    })
    .await;
}

#[tokio::test]
async fn a_move_to_the_store_where_the_order_is_changes_its_delivery_alone() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        let mut asked = moving(id, 1, "transfer", Vec::new());
        let same = granted(perform(&tenant.staff, asked.clone()).await);
        assert_eq!(same.order.as_ref().map(|order| order.version), Some(8));
        assert_eq!(
            MoveOrderToStoreResponse {
                order: None,
                ..same
            },
            MoveOrderToStoreResponse {
                warehouse: true,
                ..MoveOrderToStoreResponse::default()
            }
        );
        asked.delivery_method = "delivery".to_owned();
        asked.delivery_address = Some(address("Elsewhere"));
        let moved = granted(perform(&tenant.staff, asked).await);
        assert_eq!(moved.created_delivery_address_id, 1);
        // The goods that have not left go to the new address too.
        assert_eq!(moved.updated_outbound_order_ids, [1, 2]);
        assert_eq!(moved.cancelled_store_order_ids, [0; 0]);
        let after = moved.order.expect("an order");
        assert_eq!((after.store_id, after.version), (Some(1), 9));
    })
    .await;
}

#[tokio::test]
async fn an_account_without_a_warehouse_has_no_outbound_orders_to_move() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        add_stores(&tenant, 2).await;
        let id = order(&tenant, 1, &[1]).await;
        let asked = moving(id, 2, "transfer", Vec::new());
        let moved = granted(perform(&tenant.staff, asked).await);
        assert_eq!((moved.created_store_order_id, moved.warehouse), (1, false));
        let outbound = create_outbound_order(outbound_order(1, lines(id, &[1])));
        let answer = tenant
            .staff
            .fulfillment()
            .create_outbound_order(outbound)
            .await;
        let answer = refused(answer);
        assert_eq!(
            (answer.reason.as_str(), answer.rules.as_slice()),
            ("DOCUMENT_NOT_ALLOWED", &["no_warehouse".to_owned()][..])
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_delivery_address_takes_the_goods_that_have_not_left_along() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        ship(&tenant.staff, 1).await;
        let request = request!(
            UpdateDeliveryMethodRequest, update_delivery_method_request, id,
            delivery_address: Some(address("Nieuwstraat"))
        );
        granted(
            tenant
                .staff
                .fulfillment()
                .update_delivery_method(request)
                .await,
        );
        for (outbound, street) in [(1, "Kerkstraat"), (2, "Nieuwstraat")] {
            let found = Reader(&tenant.staff).outbound_order(outbound).await;
            let found = found.delivery_address.expect("an address");
            assert_eq!(found.street, street);
        }
    })
    .await;
}

#[tokio::test]
async fn who_gives_an_order_away_hears_of_it_again() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let (tenant, id) = carried(server).await;
        let caller = staff_of(server, &tenant, 1).await;
        let asked = MoveOrderToStoreRequest {
            request_id: request_id(),
            ..moving(id, 2, "transfer", Vec::new())
        };
        let moved = granted(perform(&caller, asked.clone()).await);
        assert_eq!(granted(perform(&caller, asked).await), moved);
        let outbound = Reader(&tenant.staff).outbound_order(1).await;
        assert!(outbound.delivery_address.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_order_leaves_what_has_not_been_sent() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        ship(&tenant.staff, 1).await;
        let cancel = request!(CancelOrderRequest, cancel_order_request, id);
        let after: Order = granted(tenant.staff.orders().cancel_order(cancel).await);
        let left: Vec<_> = told(&after)
            .into_iter()
            .map(|(kind, id, state, ..)| (kind, id, state))
            .collect();
        assert_eq!(left, [(OUTBOUND, 1, DocumentState::Shipped)]);
        let found = Reader(&tenant.staff).store_order(1).await;
        assert_eq!(found.state(), DocumentState::Cancelled);
        // A customer reads nothing of all this.
        let seen = read(&tenant.client, id).await;
        assert_eq!(seen.documents, []);
        for change in history(&tenant.client, id).await.expect("the history") {
            assert!(
                change
                    .fields
                    .iter()
                    .all(|field| !field.path.starts_with("documents")),
                "{change:?}"
            );
        }
    })
    .await;
}
