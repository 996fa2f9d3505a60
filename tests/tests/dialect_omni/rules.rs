//! The sentences of the document.

use order_status_tests::on_both;

use super::{demo, error, standing, stands, told, verb};

const ORDER: &str = "FR9TL74P";

#[tokio::test]
async fn confirm_changes_the_status_from_1_to_10_and_its_text_from_new_to_confirmed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let before = super::get(&server, "get?last_order_id=0").await;
        let before = super::json(&before)["orders"].clone();
        let order = before
            .as_array()
            .unwrap()
            .iter()
            .find(|order| order["number"] == ORDER);
        let order = order.unwrap();
        assert_eq!(
            (&order["status"], &order["statusText"]),
            (&1.into(), &"New".into())
        );
        let confirmed = verb(&server, "confirm", ORDER).await;
        assert_eq!(standing(&confirmed), stands(10, "Confirmed", 1));
    })
    .await;
}

#[tokio::test]
async fn an_order_already_confirmed_complete_or_cancelled_cannot_be_confirmed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        for (step, expected) in [
            (
                "confirm",
                told("invalid_status", "Order has been confirmed", "number"),
            ),
            (
                "complete",
                told(
                    "order_already_completed",
                    "Order already completed",
                    "number",
                ),
            ),
            (
                "cancel",
                told("order_already_canceled", "Order already canceled", "number"),
            ),
        ] {
            assert_eq!(verb(&server, step, ORDER).await.status, 200, "{step}");
            let refused = verb(&server, "confirm", ORDER).await;
            assert_eq!(error(&refused), expected, "after {step}");
        }
    })
    .await;
}

#[tokio::test]
async fn paid_changes_the_payment_status_from_1_to_2() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        assert_eq!(
            standing(&verb(&server, "paid", ORDER).await),
            stands(1, "New", 2)
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_already_paid_or_cancelled_cannot_be_paid() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let paid = told("already_paid", "Order already paid", "order");
        for step in ["paid", "confirm", "complete"] {
            assert_eq!(verb(&server, step, ORDER).await.status, 200, "{step}");
            let refused = verb(&server, "paid", ORDER).await;
            assert_eq!(error(&refused), paid, "after {step}");
        }
        assert_eq!(verb(&server, "cancel", ORDER).await.status, 200);
        let cancelled = told("order_already_canceled", "Order already canceled", "order");
        assert_eq!(error(&verb(&server, "paid", ORDER).await), cancelled);
    })
    .await;
}

#[tokio::test]
async fn complete_sets_paid_and_complete_whatever_stood_there() {
    on_both(|backend| async move {
        for before in [&[][..], &["confirm"], &["paid"], &["confirm", "paid"]] {
            let (server, _database) = demo(backend).await;
            for step in before {
                assert_eq!(verb(&server, step, ORDER).await.status, 200, "{step}");
            }
            let complete = verb(&server, "complete", ORDER).await;
            assert_eq!(standing(&complete), stands(20, "Complete", 2), "{before:?}");
        }
        let (server, _database) = demo(backend).await;
        let complete = verb(&server, "complete", "FR9TL740").await;
        assert_eq!(
            standing(&complete),
            stands(20, "Complete", 2),
            "pending payment"
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_already_complete_or_cancelled_cannot_be_completed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        for (step, expected) in [
            (
                "complete",
                told(
                    "order_already_completed",
                    "Order already completed",
                    "order",
                ),
            ),
            (
                "cancel",
                told("order_already_canceled", "Order already canceled", "order"),
            ),
        ] {
            assert_eq!(verb(&server, step, ORDER).await.status, 200, "{step}");
            let refused = verb(&server, "complete", ORDER).await;
            assert_eq!(error(&refused), expected, "after {step}");
        }
    })
    .await;
}

#[tokio::test]
async fn cancel_sets_cancelled_and_cannot_be_reversed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let cancelled = verb(&server, "cancel", ORDER).await;
        assert_eq!(standing(&cancelled), stands(30, "Cancelled", 1));
        let refused = verb(&server, "cancel", ORDER).await;
        let expected = told("order_already_canceled", "Order already canceled", "order");
        assert_eq!(error(&refused), expected);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_order_is_closed_to_the_other_three_calls() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        assert_eq!(verb(&server, "cancel", ORDER).await.status, 200);
        for (step, key) in [
            ("confirm", "number"),
            ("paid", "order"),
            ("complete", "order"),
        ] {
            let refused = verb(&server, step, ORDER).await;
            let expected = told("order_already_canceled", "Order already canceled", key);
            assert_eq!(error(&refused), expected, "{step}");
        }
        assert_eq!(
            super::order(&server, ORDER).await.state.unwrap().key,
            "cancelled"
        );
    })
    .await;
}
