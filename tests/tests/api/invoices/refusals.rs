//! What is not invoiced.

use order_status_proto::v1::{
    CreateInvoicesRequest, DeleteOrderRequest, HeldAction, Line, LineKind, Order, PlaceHoldRequest,
    create_invoices_request, delete_order_request, place_hold_request,
};
use order_status_tests::on_both;
use tonic::Code;

use super::shop::Shop;
use crate::api::answers::{granted, refused};
use crate::api::fixtures::{cents, line, order_in, read, request};

#[tokio::test]
async fn what_cannot_be_invoiced_is_refused_by_rule_or_field_and_changes_nothing() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let staff = &shop.tenant.staff;
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let before = read(staff, id).await;
        let error = refused(
            shop.try_make(id, |it| it.state = "nowhere".to_owned())
                .await,
        );
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("UNKNOWN_TARGET", vec!["state"])
        );
        let error = refused(shop.try_make(id, |it| it.state = "x".repeat(65)).await);
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("INVALID_FIELD", vec!["state"])
        );
        let error = refused(shop.try_make(id, |it| it.employee_id = Some(7)).await);
        assert_eq!(
            (error.reason.as_str(), error.paths()),
            ("UNKNOWN_CODE", vec!["employee_id"])
        );
        let error = refused(
            shop.try_make(id, |it| it.state = "cancelled".to_owned())
                .await,
        );
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("EDIT_NOT_ALLOWED", vec!["cancelled".to_owned()])
        );
        let error = refused(
            shop.try_make(id, |it| it.etag = "\"9-000000000000\"".to_owned())
                .await,
        );
        assert_eq!(error.code, Code::Aborted);
        let error = refused(shop.try_make(i64::MAX, |_| {}).await);
        assert_eq!(error.reason, "ORDER_NOT_FOUND");
        let client = request!(CreateInvoicesRequest, create_invoices_request, id);
        let error = refused(shop.tenant.client.billing().create_invoices(client).await);
        assert_eq!(error.reason, "METHOD_NOT_ALLOWED_FOR_ROLE");
        assert_eq!(read(staff, id).await, before);
        assert!(shop.listed(staff, None).await.is_empty());

        // Without lines, or with text alone.
        for lines in [
            vec![],
            vec![Line {
                kind: LineKind::Text.into(),
                name: "x".to_owned(),
                ..Line::default()
            }],
        ] {
            let order = Order {
                lines,
                total: None,
                ..Order::default()
            };
            let id = shop.order_with(order).await;
            let error = refused(shop.try_make(id, |_| {}).await);
            assert_eq!(error.reason, "NOTHING_TO_INVOICE");
        }
        let amounts = Order {
            total: Some(cents(5000)),
            ..Order::default()
        };
        let id = shop.order_with(amounts).await;
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "NOTHING_TO_INVOICE"
        );

        let cancelled = Order {
            lines: vec![line("A", 1, 1000)],
            ..order_in("cancelled", shop.tenant.customer_id)
        };
        let id = shop.order_with(cancelled).await;
        let error = refused(shop.try_make(id, |_| {}).await);
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("EDIT_NOT_ALLOWED", vec!["cancelled".to_owned()])
        );
        let delete = request!(DeleteOrderRequest, delete_order_request, id);
        granted(staff.orders().delete_order(delete).await);
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "ORDER_NOT_FOUND"
        );
    })
    .await;
}

#[tokio::test]
async fn a_hold_refuses_the_invoices_of_the_lines_that_it_names() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.order(vec![line("A", 1, 1000), line("B", 1, 500)]).await;
        let hold = request!(PlaceHoldRequest, place_hold_request, id, reason: "other".to_owned(), line_ids: vec![2]);
        let held = granted(shop.tenant.staff.fulfillment().place_hold(hold).await);
        let blocks = held.hold.expect("a hold").blocks;
        assert!(blocks.contains(&HeldAction::Invoice.into()));
        let error = refused(shop.try_make(id, |_| {}).await);
        assert_eq!((error.reason.as_str(), error.rules), ("ORDER_HELD", vec!["held".to_owned()]));
    })
    .await;
}
