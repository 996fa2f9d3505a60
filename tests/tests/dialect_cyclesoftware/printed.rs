//! The document's own examples.

use order_status_tests::golden::{replay, replay_alone};
use order_status_tests::{Backend, on_both};

use super::demo;

#[tokio::test]
async fn the_examples_of_the_document_are_answered_as_printed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        replay(&server, "cyclesoftware").await;
    })
    .await;
}

#[tokio::test]
async fn each_example_works_alone_on_fresh_data() {
    for example in [
        "1-update-store",
        "2-update-delivery-method",
        "3-cancel",
        "4-create-invoices",
    ] {
        let (server, _database) = demo(Backend::Sqlite).await;
        replay_alone(&server, &format!("cyclesoftware/alone/{example}")).await;
    }
}

/// The answers that the document prints, with the files that hold ours.
const PRINTED: [(&str, &str); 4] = [
    (
        include_str!("../golden/cyclesoftware/alone/1-update-store.answer"),
        r#"{
    "error": false,
    "error_message": null,
    "created_store_order_id": 45287,
    "affected_supplier_order_ids": [
        1481,
        20000
    ],
    "cancelled_store_order_ids": [
        3333,
        4444
    ],
    "cancelled_supplier_order_ids": [
        102020,
        102021
    ],
    "updated_outbound_order_ids": [
        32323,
        32324
    ]
}"#,
    ),
    (
        include_str!("../golden/cyclesoftware/alone/2-update-delivery-method.answer"),
        r#"{
    "error": false,
    "error_message": null,
    "created_delivery_address_id": 45287
}"#,
    ),
    (
        include_str!("../golden/cyclesoftware/alone/3-cancel.answer"),
        r#"{
  "error": false,
  "error_message": null
}"#,
    ),
    (
        include_str!("../golden/cyclesoftware/alone/4-create-invoices.answer"),
        r#"{
    "error": false,
    "error_message": null,
    "invoices": [
        {
            "invoice_number": 20173382,
            "customer_id": 6298,
            "sent_messages": {
                "phone_message": true,
                "email_message": false
            },
            "documents": [
                {
                    "document_mime_type": "application/pdf",
                    "document_base64": "VBERi0xLjcKJ..."
                }
            ]
        },
        {
            "invoice_number": 20173383,
            "customer_id": 9011,
            "sent_messages": {
                "phone_message": false,
                "email_message": false
            },
            "documents": [
                {
                    "document_mime_type": "application/pdf",
                    "document_base64": "VBERi0xLjcKJ..."
                }
            ]
        }
    ]
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
        // The document leaves out the first letter of its PDFs, and their ends.
        let spaceless = spaceless.collect::<String>();
        let expected = spaceless.replace("VBERi0xLjcKJ...", "JVBERi0{{any}}");
        assert_eq!(body.trim_end(), expected);
    }
}

#[test]
fn the_example_of_a_move_is_sent_with_the_comma_that_it_is_printed_with() {
    let file = include_str!("../golden/cyclesoftware/alone/1-update-store.request");
    assert!(file.contains("\"email\": \"test@test.com\",\n    },"));
}
