//! Which customer is billed for which line, and for how much.

use order_status_proto::v1::{Account, InvoiceState, InvoiceStatus, Line, LineKind, Order};
use order_status_tests::on_both;

use super::shop::{Shop, customers, lines, numbers, totals};
use crate::api::answers::granted;
use crate::api::fixtures::{cents, decimal, in_cents, line, state};

#[tokio::test]
async fn lines_are_billed_to_the_customers_that_they_are_assigned_to() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let own = Line {
            customer_id: Some(shop.tenant.customer_id),
            ..line("C", 1, 300)
        };
        let id = shop
            .order(vec![
                shop.others(line("A", 1, 500)),
                line("B", 2, 1000),
                own,
            ])
            .await;
        let made = shop.make(id, |request| request.book = true).await;
        // The order's own customer comes first, whatever line does.
        let expected = [Some(shop.tenant.customer_id), Some(shop.other)];
        assert_eq!(customers(&made.invoices), expected);
        assert_eq!(numbers(&made.invoices), [20_173_382, 20_173_383]);
        assert_eq!(totals(&made.invoices), [2300, 500]);
        let shown = [
            ("A", true, None),
            ("B", false, Some(2000)),
            ("C", false, Some(300)),
        ];
        assert_eq!(lines(&made.invoices[0]), shown);
        assert_eq!(lines(&made.invoices[1]), [("A", false, Some(500))]);
        let order = made.order.expect("an order");
        let on: Vec<_> = order.lines.iter().map(|line| line.invoice_number).collect();
        assert_eq!(on, [20_173_383, 20_173_382, 20_173_382]);
        assert_eq!(order.invoice_status(), InvoiceStatus::Invoiced);
        assert_eq!(state(&order), "confirmed");
        for invoice in &made.invoices {
            assert_eq!(invoice.state(), InvoiceState::Booked);
            assert_eq!(shop.get(invoice.number).await, *invoice);
        }
    })
    .await;
}

#[tokio::test]
async fn what_others_pay_stands_as_text_where_it_is_wanted_and_text_lines_always_do() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let text = Line {
            kind: LineKind::Text.into(),
            name: "With care".to_owned(),
            ..Line::default()
        };
        let id = shop
            .order(vec![
                text,
                line("A", 1, 1000),
                shop.others(line("B", 1, 500)),
            ])
            .await;
        let made = shop
            .make(id, |request| request.split_items_as_text = Some(false))
            .await;
        assert_eq!(
            lines(&made.invoices[0]),
            [("", true, None), ("A", false, Some(1000))]
        );
        let made = shop.make(id, |_| {}).await;
        let shown = [
            ("", true, None),
            ("A", false, Some(1000)),
            ("B", true, None),
        ];
        assert_eq!(lines(&made.invoices[0]), shown);
        assert_eq!(lines(&made.invoices[1]), [("B", false, Some(500))]);
    })
    .await;
}

#[tokio::test]
async fn fees_are_borne_by_the_first_invoice_and_a_discount_in_percent_by_every_line() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let order = |lines| Order {
            lines,
            delivery_fee: Some(cents(1250)),
            discount_percent: Some(decimal(10)),
            vat_percent: Some(decimal(21)),
            ..Order::default()
        };
        let id = shop
            .order_with(order(vec![
                line("A", 1, 10_000),
                shop.others(line("B", 1, 5000)),
            ]))
            .await;
        let made = shop.make(id, |request| request.book = true).await;
        // 90.00 and 18.90 and 12.50; 45.00 and 9.45.
        assert_eq!(totals(&made.invoices), [12_140, 5445]);
        let order_total = made.order.expect("an order").grand_total;
        assert_eq!(in_cents(order_total.as_ref()), 12_140 + 5445);
        let vat = &made.invoices[1].vat;
        assert_eq!(vat.len(), 1);
        assert_eq!(vat[0].rate, Some(decimal(21)));
        assert_eq!(in_cents(vat[0].net.as_ref()), 4500);
        assert_eq!(in_cents(vat[0].vat.as_ref()), 945);

        // Where the order's own customer has nothing on an invoice, the first one bears them.
        let id = shop
            .order_with(order(vec![shop.others(line("B", 1, 5000))]))
            .await;
        let invoices = shop.book(id).await;
        assert_eq!(customers(&invoices), [Some(shop.other)]);
        assert_eq!(totals(&invoices), [5445 + 1250]);
    })
    .await;
}

#[tokio::test]
async fn a_discount_and_tax_given_as_amounts_are_borne_by_the_first_invoice() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 10_000), shop.others(line("B", 1, 5000))],
                discount: Some(cents(1000)),
                tax: Some(cents(777)),
                ..Order::default()
            })
            .await;
        let invoices = shop.book(id).await;
        assert_eq!(totals(&invoices), [9000 + 777, 5000]);
        assert_eq!(in_cents(invoices[0].discount.as_ref()), 1000);
        assert_eq!(invoices[0].vat[0].rate, None);
    })
    .await;
}

#[tokio::test]
async fn services_take_the_accounts_rate_and_the_order_comes_to_what_its_invoices_do() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let lines = || {
            let service = Line {
                attributes: [("service".to_owned(), "true".to_owned())].into(),
                ..line("S", 1, 10_000)
            };
            vec![line("A", 1, 1000), service]
        };
        let order = || Order {
            lines: lines(),
            vat_percent: Some(decimal(21)),
            ..Order::default()
        };
        // Without the setting nothing happens.
        let id = shop.order_with(order()).await;
        assert_eq!(totals(&shop.book(id).await), [13_310]);
        let rate = Account {
            service_vat_correction: Some(decimal(9)),
            ..Account::default()
        };
        granted(shop.set(rate).await);
        let id = shop.order_with(order()).await;
        let kept = shop
            .make(id, |it| it.apply_service_vat_correction = Some(false))
            .await;
        assert_eq!(totals(&kept.invoices), [13_310]);
        let made = shop.make(id, |it| it.book = true).await;
        assert_eq!(totals(&made.invoices), [1210 + 10_900]);
        let rates: Vec<_> = made.invoices[0]
            .vat
            .iter()
            .map(|vat| vat.rate.clone())
            .collect();
        assert_eq!(rates, [Some(decimal(9)), Some(decimal(21))]);
        let order = made.order.expect("an order");
        assert_eq!(in_cents(order.grand_total.as_ref()), 1210 + 10_900);
        assert_eq!(order.lines[1].vat_rate, Some(decimal(9)));
    })
    .await;
}
