//! What an update takes, and what it leaves alone.

use order_status_proto::v1 as pb;
use order_status_proto::{Decimal, Money};
use order_status_tests::{Caller, Server, Tenant, on_both};
use prost_types::FieldMask;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

fn euros(units: i64) -> Option<Money> {
    Some(Money {
        currency_code: "EUR".to_owned(),
        units,
        nanos: 0,
    })
}

fn percent(value: &str) -> Option<Decimal> {
    Some(Decimal {
        value: value.to_owned(),
    })
}

/// Two lines with VAT, a discount in percent, an address.
async fn create(caller: &Caller) -> pb::Order {
    let line = |code: &str, units| pb::Line {
        product_code: code.to_owned(),
        unit_price: euros(units),
        ..Default::default()
    };
    let order = pb::Order {
        lines: vec![line("a", 10), line("b", 30)],
        vat_percent: percent("21"),
        discount_percent: percent("10"),
        delivery_address: Some(pb::Address {
            city: "Utrecht".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let request = pb::CreateOrderRequest {
        order: Some(order),
        ..Default::default()
    };
    let made = caller.orders().create_order(request).await;
    made.expect("make an order").into_inner()
}

async fn update(caller: &Caller, order: pb::Order, paths: &[&str]) -> Result<pb::Order, Status> {
    let request = pb::UpdateOrderRequest {
        order: Some(order),
        update_mask: (!paths.is_empty()).then(|| FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }),
        ..Default::default()
    };
    Ok(caller.orders().update_order(request).await?.into_inner())
}

fn fields(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let violations = details
        .bad_request()
        .map(|bad| bad.field_violations.clone());
    violations
        .unwrap_or_default()
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

#[tokio::test]
async fn an_order_that_is_read_and_sent_back_stays_as_it_was() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let order = create(&tenant.staff).await;
        let by_id = || Some(pb::record_payment_request::Order::Id(order.id));
        let payment = pb::RecordPaymentRequest {
            order: by_id(),
            amount: euros(20),
            ..Default::default()
        };
        tenant
            .staff
            .billing()
            .record_payment(payment)
            .await
            .expect("pay");
        let refund = pb::RecordRefundRequest {
            order: Some(pb::record_refund_request::Order::Id(order.id)),
            amount: euros(5),
            ..Default::default()
        };
        let paid = tenant
            .staff
            .billing()
            .record_refund(refund)
            .await
            .expect("refund");
        let paid = paid.into_inner().order.expect("the order");

        let same = update(&tenant.staff, paid.clone(), &[])
            .await
            .expect("nothing to refuse");
        assert_eq!(same, paid, "nothing changed, not even the version");

        let noted = pb::Order {
            notes: "ring twice".to_owned(),
            ..paid.clone()
        };
        let noted = update(&tenant.staff, noted, &[]).await.expect("a note");
        assert_eq!(
            (noted.version, noted.notes.as_str()),
            (paid.version + 1, "ring twice")
        );
        // The tax still follows from the lines.
        let fewer = pb::Order {
            id: order.id,
            lines: noted.lines[..1].to_vec(),
            ..Default::default()
        };
        let fewer = update(&tenant.staff, fewer, &[])
            .await
            .expect("fewer lines");
        assert_eq!((fewer.total, fewer.discount), (euros(10), euros(1)));
        let tax = Money {
            nanos: 890_000_000,
            ..euros(1).unwrap_or_default()
        };
        assert_eq!(fewer.tax, Some(tax));
    })
    .await;
}

#[tokio::test]
async fn a_mask_sets_and_clears_what_it_names_and_nothing_else() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let order = create(&tenant.staff).await;
        let sent = pb::Order {
            id: order.id,
            notes: "not meant".to_owned(),
            table_number: "7".to_owned(),
            ..Default::default()
        };
        let paths = ["table_number", "discount_percent", "state", "version"];
        let after = update(&tenant.staff, sent, &paths)
            .await
            .expect("an update");
        assert_eq!(
            (after.table_number.as_str(), after.notes.as_str()),
            ("7", "")
        );
        assert_eq!((after.discount_percent, after.discount), (None, euros(0)));
        assert_eq!(after.state, order.state);
        assert_eq!(after.lines, order.lines);
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_update_is_told_at_once() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let order = create(&tenant.staff).await;
        let sent = pb::Order {
            id: order.id,
            workflow: "omni".to_owned(),
            delivery_status: 99,
            tax: Some(Money {
                nanos: 1,
                ..Default::default()
            }),
            vat_percent: percent("a fifth"),
            ..Default::default()
        };
        let status = update(&tenant.staff, sent, &[])
            .await
            .expect_err("a lot is wrong");
        assert_eq!(status.code(), Code::InvalidArgument);
        let mut told = fields(&status);
        told.sort_unstable();
        let expected = [
            "order.delivery_status",
            "order.tax.nanos",
            "order.vat_percent.value",
            "order.workflow",
        ];
        assert_eq!(told, expected);

        let dollars = pb::Order {
            id: order.id,
            service_charge: Some(Money {
                currency_code: "USD".to_owned(),
                units: 1,
                nanos: 0,
            }),
            ..Default::default()
        };
        let status = update(&tenant.staff, dollars, &[])
            .await
            .expect_err("another currency");
        assert_eq!(fields(&status), ["order.service_charge.currency_code"]);
    })
    .await;
}
