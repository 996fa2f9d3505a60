//! What a pro forma, a booking and a repeated request leave behind.

use order_status_proto::v1::{Invoice, InvoiceState, InvoiceStatus, Order, UpdateOrderRequest};
use order_status_tests::on_both;
use tonic::Code;

use super::shop::{Shop, lines, numbers, totals};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::{cents, line, order_in, read, request_id};

#[tokio::test]
async fn a_line_is_booked_once_and_what_comes_later_is_billed_by_itself() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop
            .order_with(Order {
                state: order_in("new", 1).state,
                lines: vec![line("A", 1, 1000)],
                delivery_fee: Some(cents(300)),
                ..Order::default()
            })
            .await;
        assert_eq!(totals(&shop.book(id).await), [1300]);
        let error = refused(shop.try_make(id, |request| request.book = true).await);
        assert_eq!(error.code, Code::FailedPrecondition);
        assert_eq!(error.reason, "NOTHING_TO_INVOICE");
        assert_eq!(error.rules, ["nothing_to_invoice"]);
        assert!(error.message.contains("20173382"), "{}", error.message);
        assert_eq!(
            refused(shop.try_make(id, |_| {}).await).reason,
            "NOTHING_TO_INVOICE"
        );

        let added = UpdateOrderRequest {
            order: Some(Order {
                id,
                lines: vec![line("A", 1, 1000), line("B", 1, 400)],
                delivery_fee: Some(cents(350)),
                ..Order::default()
            }),
            ..Default::default()
        };
        granted(shop.tenant.staff.orders().update_order(added).await);
        let invoices = shop.book(id).await;
        // The fee that was added, too: the invoices come to the order's grand total.
        assert_eq!(totals(&invoices), [450]);
        assert_eq!(lines(&invoices[0]), [("B", false, Some(400))]);
        assert_eq!(
            numbers(&shop.listed(&shop.tenant.staff, Some(id)).await),
            [20_173_382, 20_173_383]
        );
    })
    .await;
}

#[tokio::test]
async fn a_pro_forma_is_replaced_by_the_next_and_by_booking_and_invoices_nothing() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let first = shop.make(id, |_| {}).await;
        assert!(first.invoices.iter().all(|invoice| {
            invoice.pro_forma
                && invoice.state() == InvoiceState::ProForma
                && invoice.number.to_string().starts_with('9')
                && invoice.number.to_string().len() == 9
        }));
        let order = first.order.expect("an order");
        assert_eq!(order.invoice_status(), InvoiceStatus::ToInvoice);
        assert!(order.lines.iter().all(|line| line.invoice_number == 0));
        let second = shop.make(id, |_| {}).await;
        let following: Vec<_> = first.invoices.iter().map(|it| it.number + 2).collect();
        assert_eq!(numbers(&second.invoices), following);
        let booked = shop.book(id).await;
        assert_eq!(numbers(&booked), [20_173_382, 20_173_383]);
        let listed = shop.listed(&shop.tenant.staff, Some(id)).await;
        let states: Vec<_> = listed.iter().map(Invoice::state).collect();
        let replaced = InvoiceState::Replaced;
        let booked = InvoiceState::Booked;
        assert_eq!(
            states,
            [booked, booked, replaced, replaced, replaced, replaced]
        );
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_invoices_and_makes_none() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let key = request_id();
        let again = async || shop.make(id, |it| it.request_id.clone_from(&key)).await;
        let first = again().await;
        shop.book(id).await;
        // Whatever has become of it since.
        assert_eq!(again().await, first);
        assert_eq!(shop.listed(&shop.tenant.staff, Some(id)).await.len(), 4);
        let other = shop
            .try_make(id, |it| {
                it.request_id.clone_from(&key);
                it.book = true;
            })
            .await;
        assert_eq!(refused(other).reason, "REQUEST_ID_REUSED");
    })
    .await;
}

#[tokio::test]
async fn only_validated_invoices_have_no_numbers_and_take_none() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let before = read(&shop.tenant.staff, id).await;
        let tried = shop
            .make(id, |it| (it.book, it.validate_only) = (true, true))
            .await;
        assert_eq!(numbers(&tried.invoices), [0, 0]);
        assert_eq!(totals(&tried.invoices), [2000, 500]);
        assert_eq!(read(&shop.tenant.staff, id).await, before);
        assert_eq!(numbers(&shop.book(id).await), [20_173_382, 20_173_383]);
    })
    .await;
}
