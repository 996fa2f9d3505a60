//! Plans of moves, and how long they are good.

use order_status_proto::v1::MoveOrderToStoreRequest;
use order_status_tests::{Server, on_both};
use tonic::Code;

use super::{carried, moving, perform, plan, ship};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::read;
use crate::api::stores::{Maker, lines, order, supplier_order, warehouse};

#[tokio::test]
async fn a_stale_plan_is_aborted_and_moves_nothing() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        let mut asked = moving(id, 2, "transfer", Vec::new());
        let planned = plan(&tenant.staff, &asked).await;
        asked.etag = planned.etag;
        // Something happens to a document meanwhile, which is something that happens to the order.
        ship(&tenant.staff, 1).await;
        let before = read(&tenant.staff, id).await;
        let answer = refused(perform(&tenant.staff, asked).await);
        assert_eq!(
            (answer.code, answer.reason.as_str()),
            (Code::Aborted, "ETAG_STALE")
        );
        assert_eq!(read(&tenant.staff, id).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_stale_once_another_order_has_left_what_both_share() {
    on_both(async |backend| {
        let tenant = warehouse(Server::shared(backend).await, 2).await;
        let (id, other) = (order(&tenant, 1, &[1]).await, order(&tenant, 1, &[1]).await);
        let both = [lines(id, &[1]), lines(other, &[1])].concat();
        let make = Maker(&tenant.staff);
        make.supplier_order(supplier_order(1, both)).await;
        let asked = moving(id, 2, "reorder", Vec::new());
        let planned = plan(&tenant.staff, &asked).await;
        assert_eq!(planned.affected_supplier_order_ids, [1]);

        let leaves = moving(other, 2, "reorder", Vec::new());
        granted(perform(&tenant.staff, leaves).await);
        // This order is as it was, and yet its move would come to something else.
        let before = read(&tenant.staff, id).await;
        assert_eq!(before.etag, planned.order.expect("an order").etag);
        let with = |etag: &str| MoveOrderToStoreRequest {
            etag: etag.to_owned(),
            ..asked.clone()
        };
        let answer = refused(perform(&tenant.staff, with(&planned.etag)).await);
        assert_eq!(
            (answer.code, answer.reason.as_str()),
            (Code::Aborted, "ETAG_STALE")
        );
        assert!(answer.message.contains("or a document"), "{answer:?}");
        assert_eq!(read(&tenant.staff, id).await, before);

        let planned = plan(&tenant.staff, &asked).await;
        assert_eq!(answer.metadata["etag"], planned.etag);
        assert_eq!(planned.cancelled_supplier_order_ids, [1]);
        let moved = granted(perform(&tenant.staff, with(&planned.etag)).await);
        assert_eq!(moved.cancelled_supplier_order_ids, [1]);
        // The tag of a plan that was carried out is as stale as the order's.
        let answer = refused(perform(&tenant.staff, with(&planned.etag)).await);
        assert_eq!(answer.code, Code::Aborted);
    })
    .await;
}
