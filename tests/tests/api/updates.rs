//! Changing the fields of an order: masks, lines that keep their ids, payments that are never doubled.

use order_status_proto::v1::{
    CreateOrderRequest, Line, LineKind, LockOrderRequest, Order, OrderCustomer, Payment,
    PaymentStatus, UpdateOrderRequest, lock_order_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use prost_types::FieldMask;
use tonic::{Code, Status};

use super::answers::{Refused, granted};
use super::fixtures::{
    cents, decimal, import_one, in_cents, line, order_in, order_of, payment, read,
};

#[tokio::test]
async fn an_update_without_a_mask_changes_the_fields_that_are_set() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let before = create(&tenant.staff, order_of(tenant.customer_id)).await;
        let change = Order {
            id: before.id,
            notes: "no lettuce".to_owned(),
            table_number: "7".to_owned(),
            ..Order::default()
        };
        let after = update(&tenant.staff, change.clone(), None)
            .await
            .expect("an update");
        assert_eq!(
            (after.notes.as_str(), after.table_number.as_str()),
            ("no lettuce", "7")
        );
        assert_eq!(
            (&after.lines, &after.customer, after.version),
            (&before.lines, &before.customer, 2)
        );
        // The same again changes nothing and is no new version.
        let again = update(&tenant.staff, change, None)
            .await
            .expect("an update");
        assert_eq!(again, after);
    })
    .await;
}

#[tokio::test]
async fn a_mask_names_what_changes_and_what_is_cleared() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = Order {
            notes: "no lettuce".to_owned(),
            table_number: "7".to_owned(),
            ..order_of(tenant.customer_id)
        };
        let before = create(&tenant.staff, order).await;
        let change = Order {
            id: before.id,
            table_number: "8".to_owned(),
            ..Order::default()
        };
        let after = update(&tenant.staff, change.clone(), Some(&["notes"]))
            .await
            .expect("an update");
        assert_eq!(
            (after.notes.as_str(), after.table_number.as_str()),
            ("", "7")
        );
        let change = Order {
            customer: Some(OrderCustomer {
                name: "Jane Doe".to_owned(),
                phone: "not this".to_owned(),
                ..OrderCustomer::default()
            }),
            ..change
        };
        let after = update(
            &tenant.staff,
            change,
            Some(&["customer.name", "table_number"]),
        )
        .await
        .expect("an update");
        let customer = after.customer.expect("a customer");
        assert_eq!(
            (customer.name.as_str(), customer.phone.as_str()),
            ("Jane Doe", "")
        );
        assert_eq!(
            (customer.id, after.table_number.as_str()),
            (Some(tenant.customer_id), "8")
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_is_renamed_by_its_id_and_named_by_its_number() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let order = create(&tenant.staff, order_of(tenant.customer_id)).await;
        assert_eq!(order.number, order.id.to_string());
        let renamed = Order {
            id: order.id,
            number: "FR9TL74P".to_owned(),
            ..Order::default()
        };
        let renamed = update(&tenant.staff, renamed, None)
            .await
            .expect("an update");
        assert_eq!(
            (renamed.id, renamed.number.as_str()),
            (order.id, "FR9TL74P")
        );
        let by_number = Order {
            number: "FR9TL74P".to_owned(),
            notes: "found by its number".to_owned(),
            ..Order::default()
        };
        let found = update(&tenant.staff, by_number, Some(&["notes"]))
            .await
            .expect("an update");
        assert_eq!((found.id, found.number.as_str()), (order.id, "FR9TL74P"));
        assert_eq!(found.notes, "found by its number");
    })
    .await;
}

#[tokio::test]
async fn lines_are_replaced_as_a_set_and_equal_ones_keep_their_ids() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut order = order_of(tenant.customer_id);
        order.lines = vec![line("A", 1, 1000), line("B", 2, 500), line("B", 3, 500)];
        let before = create(&tenant.staff, order).await;
        let ids = |order: &Order| {
            order
                .lines
                .iter()
                .map(|line| (line.product_code.clone(), line.id))
                .collect::<Vec<_>>()
        };
        let named = |lines: &[(&str, i64)]| {
            lines
                .iter()
                .map(|(code, id)| ((*code).to_owned(), *id))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), named(&[("A", 1), ("B", 2), ("B", 3)]));
        let replace = |lines: Vec<Line>| Order {
            id: before.id,
            lines,
            ..Order::default()
        };
        // Another quantity is the same line; another price is another line.
        let change = replace(vec![
            line("C", 1, 100),
            line("B", 9, 500),
            line("A", 1, 1001),
        ]);
        let after = update(&tenant.staff, change, Some(&["lines"]))
            .await
            .expect("an update");
        assert_eq!(ids(&after), named(&[("C", 4), ("B", 2), ("A", 5)]));
        assert_eq!(in_cents(after.total.as_ref()), 100 + 9 * 500 + 1001);
        // An id is never given twice.
        let change = replace(vec![line("B", 9, 500), line("B", 1, 500)]);
        let after = update(&tenant.staff, change, Some(&["lines"]))
            .await
            .expect("an update");
        assert_eq!(ids(&after), named(&[("B", 2), ("B", 6)]));
        let after = update(&tenant.staff, replace(vec![]), Some(&["lines"]))
            .await
            .expect("an update");
        assert_eq!(
            (after.lines.len(), in_cents(after.grand_total.as_ref())),
            (0, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn payments_of_an_update_are_appended_once() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "getfly").await;
        let order = create(&tenant.staff, order_of(tenant.customer_id)).await;
        let pay = |payments: Vec<Payment>| Order {
            id: order.id,
            payments,
            ..Order::default()
        };
        let amounts = |order: &Order| {
            order
                .payments
                .iter()
                .map(|payment| in_cents(payment.amount.as_ref()))
                .collect::<Vec<_>>()
        };
        let after = update(&tenant.staff, pay(vec![payment(300), payment(300)]), None)
            .await
            .expect("an update");
        assert_eq!(
            (amounts(&after), after.payment_status()),
            (vec![300, 300], PaymentStatus::PartlyPaid)
        );
        // At least as many equal ones as it names: these are there.
        let same = update(&tenant.staff, pay(vec![payment(300), payment(300)]), None)
            .await
            .expect("an update");
        assert_eq!(same, after);
        let fewer = update(&tenant.staff, pay(vec![payment(300)]), None)
            .await
            .expect("an update");
        assert_eq!(fewer, after);
        let after = update(&tenant.staff, pay(vec![payment(300), payment(400)]), None)
            .await
            .expect("an update");
        assert_eq!(
            (amounts(&after), after.payment_status()),
            (vec![300, 300, 400], PaymentStatus::Paid)
        );
        // The description tells payments apart; and there is nothing left to pay.
        let more = Payment {
            description: "a tip".to_owned(),
            ..payment(300)
        };
        let refused = Refused::read(
            &update(&tenant.staff, pay(vec![more]), None)
                .await
                .expect_err("too much"),
        );
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::FailedPrecondition, "AMOUNT_EXCEEDED")
        );
        assert_eq!(read(&tenant.staff, order.id).await, after);
    })
    .await;
}

#[tokio::test]
async fn totals_follow_from_lines_percents_and_what_is_given() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        // 3 × 3.33 = 9.99 and 1 × 0.05 less 0.01, at 21 and 9 percent, less 10 percent of the total.
        let mut cheap = line("B", 1, 5);
        cheap.discount = Some(cents(1));
        cheap.vat_rate = Some(decimal(9));
        let order = Order {
            lines: vec![line("A", 3, 333), cheap],
            vat_percent: Some(decimal(21)),
            discount_percent: Some(decimal(10)),
            delivery_fee: Some(cents(495)),
            service_charge: Some(cents(100)),
            ..order_of(tenant.customer_id)
        };
        let order = create(&tenant.staff, order).await;
        assert_eq!(in_cents(order.total.as_ref()), 1003);
        assert_eq!(in_cents(order.discount.as_ref()), 100);
        // 9.99 × 903/1003 × 21 % = 1.8887 → 1.89; 0.04 × 903/1003 × 9 % = 0.0032 → 0.00
        assert_eq!(in_cents(order.tax.as_ref()), 189);
        assert_eq!(
            in_cents(order.grand_total.as_ref()),
            1003 - 100 + 189 + 495 + 100
        );
        // An amount that is given wins over a percentage.
        let given = Order {
            id: order.id,
            tax: Some(cents(200)),
            discount: Some(cents(3)),
            ..Order::default()
        };
        let order = update(&tenant.staff, given, None).await.expect("an update");
        assert_eq!(
            in_cents(order.grand_total.as_ref()),
            1003 - 3 + 200 + 495 + 100
        );
        // Cleared, the percentages count again.
        let clear = Order {
            id: order.id,
            ..Order::default()
        };
        let order = update(&tenant.staff, clear, Some(&["tax", "discount"]))
            .await
            .expect("an update");
        assert_eq!(
            in_cents(order.grand_total.as_ref()),
            1003 - 100 + 189 + 495 + 100
        );
        // An exchange takes away, a text counts nothing.
        let mut exchange = line("OLD", 1, 0);
        exchange.kind = LineKind::Exchange.into();
        exchange.unit_price = Some(order_status_proto::Money {
            units: -4,
            ..Default::default()
        });
        let text = Line {
            kind: LineKind::Text.into(),
            name: "With thanks".to_owned(),
            ..Line::default()
        };
        let order = Order {
            lines: vec![line("A", 1, 1000), exchange, text],
            ..order_of(tenant.customer_id)
        };
        let order = create(&tenant.staff, order).await;
        assert_eq!(in_cents(order.grand_total.as_ref()), 600);
    })
    .await;
}

#[tokio::test]
async fn a_state_allows_its_own_edits_and_a_lock_none() {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        for (state, notes, lines) in [
            ("new", true, true),
            ("confirmed", true, false),
            ("complete", false, false),
            ("cancelled", false, false),
        ] {
            let order = import_one(&tenant.manager, order_in(state, tenant.customer_id)).await;
            let contact = Order {
                id: order.id,
                notes: "ring twice".to_owned(),
                ..Order::default()
            };
            let commercial = Order {
                id: order.id,
                lines: vec![line("B", 1, 1)],
                ..Order::default()
            };
            for (change, may) in [(contact, notes), (commercial, lines)] {
                match update(&tenant.staff, change, None).await {
                    Ok(_) => assert!(may, "an edit in {state}"),
                    Err(status) => {
                        assert!(!may, "no edit in {state}: {status:?}");
                        let refused = Refused::read(&status);
                        assert_eq!(
                            (refused.code, refused.reason.as_str()),
                            (Code::FailedPrecondition, "EDIT_NOT_ALLOWED")
                        );
                        assert_eq!(
                            (refused.rules.as_slice(), refused.metadata["state"].as_str()),
                            (&["edits".to_owned()][..], state)
                        );
                    }
                }
            }
        }
        let tenant = Tenant::create(server, "odoo").await;
        let order = import_one(&tenant.manager, order_in("sale", tenant.customer_id)).await;
        let lock = LockOrderRequest {
            order: Some(lock_order_request::Order::Id(order.id)),
            ..LockOrderRequest::default()
        };
        assert!(granted(tenant.staff.orders().lock_order(lock).await).locked);
        let change = Order {
            id: order.id,
            notes: "ring twice".to_owned(),
            ..Order::default()
        };
        let refused = Refused::read(
            &update(&tenant.staff, change, None)
                .await
                .expect_err("it is locked"),
        );
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::FailedPrecondition, "ORDER_LOCKED")
        );
        assert!(refused.metadata["open"].contains("unlock"), "{refused:?}");
    })
    .await;
}

async fn create(caller: &Caller, order: Order) -> Order {
    let request = CreateOrderRequest {
        order: Some(order),
        ..CreateOrderRequest::default()
    };
    granted(caller.orders().create_order(request).await)
}

async fn update(caller: &Caller, order: Order, mask: Option<&[&str]>) -> Result<Order, Status> {
    let request = UpdateOrderRequest {
        order: Some(order),
        update_mask: mask.map(|paths| FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
        ..UpdateOrderRequest::default()
    };
    Ok(caller.orders().update_order(request).await?.into_inner())
}
