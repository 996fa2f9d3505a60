//! The document prints no example but the call itself, `(PUT) /api/orders/{orderId}/status`; it and the calls around it
//! are kept as they are answered.

use order_status_tests::golden::replay;
use order_status_tests::on_both;

use super::demo;

#[tokio::test]
async fn the_calls_of_the_document_are_answered_as_kept() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        replay(&server, "wordbee").await;
    })
    .await;
}
