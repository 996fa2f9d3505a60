//! The document's own examples.

use order_status_tests::golden::{replay, replay_alone};
use order_status_tests::{Backend, on_both};

use super::{demo, standing};

const EXAMPLES: [(&str, i64, &str); 6] = [
    ("01-confirm-curl", 67, "sale"),
    ("02-confirm-request-example", 67, "sale"),
    ("03-confirm-request-example-at-the-generic-url", 67, "sale"),
    ("04-cancel-curl", 7, "cancel"),
    ("05-cancel-request-example", 7, "cancel"),
    ("06-cancel-request-example-at-the-generic-url", 7, "cancel"),
];

#[tokio::test]
async fn the_examples_of_the_document_are_answered_as_printed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        replay(&server, "odoo").await;
        assert_eq!(standing(&server, 67).await.0, "sale");
        assert_eq!(standing(&server, 7).await.0, "cancel");
    })
    .await;
}

#[tokio::test]
async fn each_example_works_alone_on_fresh_data() {
    for (example, id, state) in EXAMPLES {
        let (server, _database) = demo(Backend::Sqlite).await;
        replay_alone(&server, &format!("odoo/{example}")).await;
        assert_eq!(standing(&server, id).await, (state.to_owned(), 2));
    }
}

#[test]
fn the_answers_are_the_printed_ones() {
    const PRINTED: &str = r#"{
        "jsonrpc": "2.0",
        "id": 16,
        "result": true
    }"#;
    let printed: String = PRINTED.split_whitespace().collect();
    for answer in [
        include_str!("../golden/odoo/01-confirm-curl.answer"),
        include_str!("../golden/odoo/04-cancel-curl.answer"),
    ] {
        let (_, body) = answer.split_once("\n\n").expect("a body");
        assert_eq!(body.trim_end(), printed);
    }
}
