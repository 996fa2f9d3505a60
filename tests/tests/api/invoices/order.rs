//! The order that is invoiced: how it moves, and what it can no longer do.

use order_status_proto::v1::{
    CancelOrderRequest, ChangeKind, CreateInvoicesRequest, DeleteOrderRequest, InvoiceState,
    ListOrderChangesRequest, MarkOrderPaidRequest, Order, RecordRefundRequest,
    cancel_order_request, delete_order_request, list_order_changes_request,
    mark_order_paid_request, record_refund_request,
};
use order_status_tests::on_both;

use super::shop::{Shop, numbers};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::{cents, import_one, line, order_in, payment, read, request, state};

#[tokio::test]
async fn the_order_moves_with_its_invoices_or_none_is_made() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let complete = |request: &mut CreateInvoicesRequest| {
            request.book = true;
            request.state = "20".to_owned();
        };
        // The guard that TransitionOrder would name.
        let error = refused(shop.try_make(id, complete).await);
        assert_eq!(
            (error.reason.as_str(), error.rules),
            ("GUARD_FAILED", vec!["balance_settled".to_owned()])
        );
        assert!(shop.listed(&shop.tenant.staff, Some(id)).await.is_empty());

        let paid = request!(MarkOrderPaidRequest, mark_order_paid_request, id);
        granted(shop.tenant.staff.orders().mark_order_paid(paid).await);
        let version = read(&shop.tenant.staff, id).await.version;
        let made = shop.make(id, complete).await;
        let order = made.order.expect("an order");
        assert_eq!((state(&order), order.version), ("complete", version + 1));
        assert_eq!(numbers(&made.invoices), [20_173_382]);
        let request = request!(ListOrderChangesRequest, list_order_changes_request, id);
        let changes = granted(shop.tenant.staff.orders().list_order_changes(request).await).changes;
        let last = changes
            .iter()
            .find(|change| change.version == order.version);
        let last = last.expect("the change");
        assert_eq!(
            (last.kind(), last.transition.as_str()),
            (ChangeKind::Invoice, "complete")
        );
        let paths: Vec<_> = last
            .fields
            .iter()
            .map(|field| field.path.as_str())
            .collect();
        for path in ["state", "lines.1", "invoices.20173382"] {
            assert!(paths.contains(&path), "{path} in {paths:?}");
        }

        // A state where the order stands already is no move.
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let stay = |request: &mut CreateInvoicesRequest| request.state = "confirmed".to_owned();
        assert_eq!(
            state(&shop.make(id, stay).await.order.expect("an order")),
            "confirmed"
        );
    })
    .await;
}

#[tokio::test]
async fn a_cancel_voids_pro_formas_and_is_refused_once_an_invoice_is_booked() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let refund = async |id| {
            let request = request!(
                RecordRefundRequest,
                record_refund_request,
                id,
                amount: Some(cents(100))
            );
            shop.tenant.staff.billing().record_refund(request).await
        };
        let cancel = async |id| {
            let request = request!(CancelOrderRequest, cancel_order_request, id);
            shop.tenant.staff.orders().cancel_order(request).await
        };
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let pro_forma = shop.make(id, |_| {}).await.invoices.remove(0);
        assert_eq!(state(&granted(cancel(id).await)), "cancelled");
        assert_eq!(shop.get(pro_forma.number).await.state(), InvoiceState::Void);
        // Money goes back from a cancelled order as from any other: as much as was paid.
        assert_eq!(refused(refund(id).await).reason, "AMOUNT_EXCEEDED");
        let cancelled = Order {
            payments: vec![payment(100)],
            ..order_in("cancelled", shop.tenant.customer_id)
        };
        granted(refund(import_one(&shop.tenant.manager, cancelled).await.id).await);

        let id = shop.order(vec![line("A", 1, 1000)]).await;
        shop.book(id).await;
        assert_eq!(refused(cancel(id).await).rules, ["not_invoiced"]);

        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 1000)],
                ..order_in("new", shop.tenant.customer_id)
            })
            .await;
        let delete = async |id| {
            let request = request!(DeleteOrderRequest, delete_order_request, id);
            shop.tenant.staff.orders().delete_order(request).await
        };
        shop.book(id).await;
        assert_eq!(refused(delete(id).await).reason, "NOT_DELETABLE");
    })
    .await;
}
