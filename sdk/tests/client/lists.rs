//! Lists as pages and as streams.

use order_status_sdk::types::{OrderView, Phase};
use tonic::Status;

use crate::server::Server;

#[tokio::test]
async fn a_page_is_one_call() {
    let server = Server::start().await;
    let page = server.client().list_orders().send().await.expect("a page");
    assert_eq!(
        page.orders.iter().map(|order| order.id).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(page.next_page_token, "3");
}

#[tokio::test]
async fn a_stream_turns_the_pages_and_asks_for_the_same_list() {
    let server = Server::start().await;
    let call = server
        .client()
        .list_orders()
        .phases([Phase::New, Phase::Confirmed])
        .number_prefix("FR")
        .page_size(2)
        .skip(3)
        .view(OrderView::Full);
    let orders = call.into_stream().collect().await.expect("all pages");
    assert_eq!(
        orders.iter().map(|order| order.id).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );

    let script = server.script();
    let tokens: Vec<_> = script
        .lists
        .iter()
        .map(|list| list.page_token.as_str())
        .collect();
    assert_eq!(tokens, ["", "3", "5"]);
    let skips: Vec<_> = script.lists.iter().map(|list| list.skip).collect();
    assert_eq!(skips, [3, 0, 0]);
    for list in &script.lists {
        let filter = list.filter.as_ref().expect("a filter");
        assert_eq!(
            (filter.phases.as_slice(), filter.number_prefix.as_str()),
            (&[1, 10][..], "FR")
        );
        assert_eq!((list.page_size, list.view), (2, OrderView::Full.into()));
    }
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_asked_for() {
    let server = Server::start().await;
    let mut orders = server.client().list_orders().into_stream();
    assert!(server.seen().is_empty());
    orders.next().await.expect("an item").expect("an order");
    orders.next().await.expect("an item").expect("an order");
    assert_eq!(server.seen().len(), 1);
    orders.next().await.expect("an item").expect("an order");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_page_that_fails_ends_the_stream() {
    let server = Server::start().await;
    let mut orders = server.client().list_orders().into_stream();
    orders.next().await.expect("an item").expect("an order");
    orders.next().await.expect("an item").expect("an order");
    server.fail([Status::invalid_argument("not our token")]);
    assert!(
        orders
            .next()
            .await
            .expect("an item")
            .expect_err("an error")
            .is_invalid()
    );
    assert!(orders.next().await.is_none());
}
