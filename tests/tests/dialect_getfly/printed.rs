//! The document's own example, and what it leads to.

use order_status_tests::golden::replay;
use order_status_tests::on_both;

use super::demo;

#[tokio::test]
async fn the_examples_of_the_document_are_answered_as_printed() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        replay(&server, "getfly").await;
    })
    .await;
}

#[test]
fn the_file_holds_what_the_document_prints_but_for_its_spaces() {
    let printed = r#"{
"message": "Successfully updated",
"data": {
"order_id": 96,
"order_code": "ORDER_001"
}
}"#;
    let file = include_str!("../golden/getfly/01-update.answer");
    let (_, body) = file.split_once("\n\n").unwrap();
    let mut text = false;
    let spaceless = printed.chars().filter(|char| {
        text ^= *char == '"';
        text || !char.is_whitespace()
    });
    assert_eq!(body.trim_end(), spaceless.collect::<String>());
}
