//! The document's own examples.

use order_status_tests::golden::{replay, replay_alone};
use order_status_tests::{Backend, on_both};

use super::demo;

#[tokio::test]
async fn the_examples_of_the_document_are_answered_as_printed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        replay(&server, "omni").await;
    })
    .await;
}

#[tokio::test]
async fn each_example_works_alone_on_fresh_data() {
    for example in ["1-confirm", "2-paid", "3-complete", "4-cancel"] {
        let (server, _database) = demo(Backend::Sqlite).await;
        replay_alone(&server, &format!("omni/alone/{example}")).await;
    }
}

/// The answers that the document prints, with the files that hold ours.
const PRINTED: [(&str, &str); 7] = [
    (
        include_str!("../golden/omni/01-confirm.answer"),
        r#"{
        "id": 1,
        "number": "FR9TL74P",
        "total": 36364.0,
        "tax": 3636.0,
        "serviceCharge": 0.0,
        "grandTotal": 40000.0,
        "tableNumber": "A1",
        "channel": 2,
        "notes": "No lettuce",
        "status": 10,
        "deliveryStatus": 10,
        "statusText": "Confirmed",
        "storeName": "Burger God",
        "userID": 1,
        "created": 1564045835,
        "paymentMethod": 1,
        "paymentStatus": 1,
        "user": {
            "id": 1,
            "name": "user",
            "phone": "+628111111111"
        },
        "delivery_info": null
    }"#,
    ),
    (
        include_str!("../golden/omni/09-unknown-order.answer"),
        r#"{
        "error_message": "Order not found",
        "error_code": "invalid_order_number",
        "errors": {
            "number": "Order not found"
        }
    }"#,
    ),
    (
        include_str!("../golden/omni/10-missing-token.answer"),
        r#"{"detail": "Invalid token"}"#,
    ),
    (
        include_str!("../golden/omni/02-confirm-again.answer"),
        r#"{
        "error_message": "Order has been confirmed",
        "error_code": "invalid_status",
        "errors": {
            "number": "Order has been confirmed"
        }
    }"#,
    ),
    (
        include_str!("../golden/omni/04-paid-again.answer"),
        r#"{
        "error_message": "Order already paid",
        "error_code": "already_paid",
        "errors": {
            "order": "Order already paid"
        }
    }"#,
    ),
    (
        include_str!("../golden/omni/06-complete-again.answer"),
        r#"{
        "error_message": "Order already completed",
        "error_code": "order_already_completed",
        "errors": {
            "order": "Order already completed"
        }
    }"#,
    ),
    (
        include_str!("../golden/omni/08-cancel-again.answer"),
        r#"{
        "error_message": "Order already canceled",
        "error_code": "order_already_canceled",
        "errors": {
            "order": "Order already canceled"
        }
    }"#,
    ),
];

#[test]
fn the_files_hold_what_the_document_prints_but_for_its_spaces() {
    for (file, printed) in PRINTED {
        let (_, body) = file.split_once("\n\n").unwrap();
        let mut text = false;
        let spaceless = printed.chars().filter(|char| {
            text ^= *char == '"';
            text || !char.is_whitespace()
        });
        assert_eq!(body.trim_end(), spaceless.collect::<String>());
    }
}
