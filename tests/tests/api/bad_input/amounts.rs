//! Amounts, quantities and percentages that cannot be.

use order_status_proto::v1::{
    CreateOrderRequest, Order, RecordRefundRequest, record_refund_request,
};
use order_status_proto::{Decimal, Money};
use tonic::Code;

use super::{Cases, all_refused};
use crate::api::fixtures::{cents, line, payment};

fn euros(units: i64, nanos: i32) -> Option<Money> {
    Some(Money {
        currency_code: "EUR".into(),
        units,
        nanos,
    })
}

fn in_currency(code: &str) -> Option<Money> {
    Some(Money {
        currency_code: code.into(),
        units: 1,
        nanos: 0,
    })
}

fn plain(value: &str) -> Option<Decimal> {
    Some(Decimal {
        value: value.into(),
    })
}

#[tokio::test]
async fn an_amount_in_another_currency_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        let price = ["order.lines[1].unit_price", "EUR", "USD"];
        cases.line(&price, |line| line.unit_price = in_currency("USD"));
        cases.line(&price[..1], |line| line.unit_price = in_currency("euro"));
        cases.line(&["order.lines[1].discount"], |line| {
            line.discount = in_currency("USD")
        });
        cases.order(&["order.delivery_fee"], |order| {
            order.delivery_fee = in_currency("USD")
        });
        cases.order(&["order.currency_code"], |order| {
            order.currency_code = "usd".into()
        });
        cases.order(&["order.currency_code"], |order| {
            order.currency_code = "EURO".into()
        });
        cases.payment(&["amount", "EUR", "USD"], order.id, |request| {
            request.amount = in_currency("USD");
        });
        cases
    })
    .await;
}

#[tokio::test]
async fn an_amount_out_of_range_or_too_fine_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        for (units, nanos) in [
            (1, 1_000_000_000),
            (1, i32::MIN),
            (1, -10_000_000),
            (1, 10),
            (i64::MAX, 0),
            (1_000_000_000_001, 0),
            (-1, 0),
        ] {
            let price = euros(units, nanos);
            cases.line(&["order.lines[1].unit_price"], |line| {
                line.unit_price = price
            });
        }
        cases.order(&["order.delivery_fee"], |order| {
            order.delivery_fee = euros(-1, 0)
        });
        cases.order(&["order.tax"], |order| order.tax = euros(i64::MIN, 0));
        cases.order(&["order.discount"], |order| order.discount = euros(-1, 0));
        cases.payment(&["amount"], order.id, |request| {
            request.amount = Some(cents(0))
        });
        cases.payment(&["amount"], order.id, |request| {
            request.amount = euros(-5, 0)
        });
        // Each fits, their sum does not.
        cases.order(&["order"], |order| {
            order.lines = vec![line("A", 1, 99_999_999_999_999); 1000];
        });
        cases
    })
    .await;
}

#[tokio::test]
async fn a_quantity_or_percentage_that_is_none_is_named() {
    all_refused(|_, _| {
        let mut cases = Cases::default();
        for wrong in [
            "-1",
            "1e5",
            "0.00001",
            "one",
            "",
            " 1",
            "1,5",
            "NaN",
            "٣",
            "99999999999999999999",
        ] {
            cases.line(&["order.lines[1].quantity"], |line| {
                line.quantity = plain(wrong)
            });
        }
        cases.order(&["order.discount_percent"], |order| {
            order.discount_percent = plain("100.01");
        });
        cases.order(&["order.vat_percent"], |order| {
            order.vat_percent = plain("-1")
        });
        cases.line(&["order.lines[1].vat_rate"], |line| {
            line.vat_rate = plain("101")
        });
        cases
    })
    .await;
}

#[tokio::test]
async fn a_payment_that_cannot_be_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        let code = Code::FailedPrecondition;
        let paid_for_nothing = CreateOrderRequest {
            order: Some(Order {
                payments: vec![payment(1)],
                ..Order::default()
            }),
            ..CreateOrderRequest::default()
        };
        let create = "OrderService/CreateOrder";
        cases.refused(create, code, &["0.01", "at most 0"], paid_for_nothing);
        cases.payment(&["method", "gold"], order.id, |request| {
            request.method = "gold".into()
        });
        for date in ["2025-02-30", "20250203", "tomorrow", "2025-2-3"] {
            let mut request = order_status_proto::v1::RecordPaymentRequest {
                amount: Some(cents(5)),
                pay_date: date.into(),
                ..Default::default()
            };
            request.order = Some(order_status_proto::v1::record_payment_request::Order::Id(
                order.id,
            ));
            cases.field("BillingService/RecordPayment", &["pay_date"], request);
        }
        let too_much = order_status_proto::v1::RecordPaymentRequest {
            order: Some(order_status_proto::v1::record_payment_request::Order::Id(
                order.id,
            )),
            amount: Some(cents(1001)),
            ..Default::default()
        };
        cases.refused(
            "BillingService/RecordPayment",
            code,
            &["10.01", "10"],
            too_much,
        );
        let nothing_paid = RecordRefundRequest {
            order: Some(record_refund_request::Order::Id(order.id)),
            amount: Some(cents(1)),
            ..RecordRefundRequest::default()
        };
        cases.refused("BillingService/RecordRefund", code, &["0.01"], nothing_paid);
        cases
    })
    .await;
}
