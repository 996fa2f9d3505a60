//! Moves that are refused, and change nothing.

use order_status_proto::v1::{
    CancelOrderRequest, PlaceHoldRequest, cancel_order_request, place_hold_request,
};
use order_status_tests::{Server, on_both};
use tonic::Code;

use super::{carried, item, moving, perform, ship};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::{read, request};
use crate::api::stores::{address, foreign_order, order, warehouse};

#[tokio::test]
async fn what_has_left_does_not_move() {
    on_both(async |backend| {
        let (tenant, id) = carried(Server::shared(backend).await).await;
        ship(&tenant.staff, 1).await;
        let before = read(&tenant.staff, id).await;
        let answer = refused(perform(&tenant.staff, moving(id, 2, "redirect", Vec::new())).await);
        assert_eq!(
            (answer.code, answer.reason.as_str(), answer.rules.as_slice()),
            (
                Code::FailedPrecondition,
                "ITEM_SHIPPED",
                &["shipped".to_owned()][..]
            )
        );
        assert!(
            answer
                .message
                .contains("line 1 has left with outbound order 1"),
            "{answer:?}"
        );
        assert_eq!(read(&tenant.staff, id).await, before);
        // The others do, where the one that left is named with a mode of its own.
        let asked = moving(id, 2, "redirect", vec![item(1, "none")]);
        let moved = granted(perform(&tenant.staff, asked).await);
        assert_eq!(moved.updated_outbound_order_ids, [2]);
    })
    .await;
}

#[tokio::test]
async fn each_wrong_move_is_refused_by_field_or_rule_and_changes_nothing() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let (tenant, id) = carried(server).await;
        let foreign = foreign_order(server, 4).await;
        let before = read(&tenant.staff, id).await;
        let long = "x".repeat(10_000);
        let mut empty_address = moving(id, 2, "none", Vec::new());
        empty_address.delivery_address = Some(Default::default());
        let mut long_address = moving(id, 2, "none", Vec::new());
        long_address.delivery_address = Some(address(&long));
        let mut method = moving(id, 2, "none", Vec::new());
        method.delivery_method = "by balloon".to_owned();
        let wrong = [
            // A store of another account, and none at all.
            (moving(id, 4, "none", Vec::new()), "to_store_id"),
            (moving(id, -1, "none", Vec::new()), "to_store_id"),
            // An item of another order, one twice, modes that there are not.
            (moving(id, 2, "none", vec![item(7, "none")]), "items[0].line_id"),
            (moving(id, 2, "none", vec![item(-7, "none")]), "items[0].line_id"),
            (
                moving(id, 2, "none", vec![item(1, "none"), item(1, "none")]),
                "items[1].line_id",
            ),
            (moving(id, 2, "teleport", Vec::new()), "default_mode"),
            (moving(id, 2, "-1", Vec::new()), "default_mode"),
            (moving(id, 2, "", vec![item(1, "none")]), "default_mode"),
            (moving(id, 2, "none", vec![item(1, "9")]), "items[0].mode"),
            (empty_address, "delivery_address"),
            (long_address, "delivery_address.street"),
            (method, "delivery_method"),
        ];
        for (asked, field) in wrong {
            let answer = refused(perform(&tenant.staff, asked.clone()).await);
            assert_eq!(answer.code, Code::InvalidArgument, "{field}: {answer:?}");
            assert_eq!(answer.paths(), [field], "{answer:?}");
            assert!(!answer.text().contains(&long), "{field}");
        }
        assert_eq!(read(&tenant.staff, id).await, before);
        let asked = moving(foreign, 2, "none", Vec::new());
        assert_eq!(refused(perform(&tenant.staff, asked).await).reason, "ORDER_NOT_FOUND");

        // A hold, a final state, one store.
        let hold = request!(PlaceHoldRequest, place_hold_request, id, reason: "other".to_owned(), line_ids: vec![2]);
        granted(tenant.staff.fulfillment().place_hold(hold).await);
        let held = refused(perform(&tenant.staff, moving(id, 2, "transfer", Vec::new())).await);
        assert_eq!((held.reason.as_str(), held.rules.as_slice()), ("ORDER_HELD", &["held".to_owned()][..]));
        // A new address would take the held line's goods along.
        let mut elsewhere = moving(id, 1, "none", Vec::new());
        elsewhere.delivery_address = Some(address("Elsewhere"));
        let held = refused(perform(&tenant.staff, elsewhere).await);
        assert_eq!(held.reason, "ORDER_HELD");
        let asked = moving(id, 2, "transfer", vec![item(2, "none")]);
        granted(perform(&tenant.staff, asked).await);
        let gone = order(&tenant, 1, &[1]).await;
        let cancel = request!(CancelOrderRequest, cancel_order_request, gone);
        granted(tenant.staff.orders().cancel_order(cancel).await);
        let ended = refused(perform(&tenant.staff, moving(gone, 2, "transfer", Vec::new())).await);
        assert_eq!((ended.code, ended.reason.as_str()), (Code::FailedPrecondition, "STATE_FINAL"));
        let single = warehouse(server, 1).await;
        let only = order(&single, 1, &[1]).await;
        let answer = refused(perform(&single.staff, moving(only, 1, "transfer", Vec::new())).await);
        assert_eq!(
            (answer.code, answer.reason.as_str(), answer.rules.as_slice()),
            (Code::FailedPrecondition, "SINGLE_STORE", &["single_store".to_owned()][..])
        );
    })
    .await;
}
