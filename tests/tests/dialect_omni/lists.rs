//! Details, the latest orders, and what is given once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use order_status_proto::v1::{CreateOrderRequest, Line, Order};
use order_status_proto::{Decimal, Money};
use order_status_tests::{Server, on_both};

use super::{demo, get, json, manager, verb};

/// Makes new orders of a store, numbered from 1 up behind a letter.
async fn make(server: &Server, letter: char, store_id: i64, count: usize) {
    let caller = manager(server).await;
    let made = (1..=count).map(|at| {
        let line = Line {
            product_code: "BURGER01".to_owned(),
            name: "Burger".to_owned(),
            quantity: Some(Decimal {
                value: "2".to_owned(),
            }),
            unit_price: Some(Money {
                units: 18182,
                ..Money::default()
            }),
            ..Line::default()
        };
        let order = Order {
            number: format!("{letter}{at}"),
            store_id: Some(store_id),
            lines: vec![line],
            ..Order::default()
        };
        let request = CreateOrderRequest {
            order: Some(order),
            ..CreateOrderRequest::default()
        };
        let mut orders = caller.orders();
        async move { orders.create_order(request).await.expect("an order") }
    });
    join_all(made).await;
}

async fn sync(server: &Server) -> Vec<String> {
    let answer = get(server, "sync").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = json(&answer);
    let orders = told["orders"].as_array().expect("orders is a list");
    let numbers = orders.iter().map(|order| {
        order["number"]
            .as_str()
            .expect("numbers are texts")
            .to_owned()
    });
    numbers.collect()
}

#[tokio::test]
async fn details_hold_the_items_before_the_delivery_info() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        make(&server, 'D', 1, 1).await;
        let answer = get(&server, "details/?number=D1").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let items = "\"items\":[{\"id\":1,\"notes\":\"\",\"subtotal\":36364.0,\"quantity\":2,\
            \"variant\":{\"id\":null,\"code\":\"BURGER01\",\"sku\":\"BURGER01\",\"name\":\"Burger\",\
            \"displayName\":\"\",\"isActive\":true,\"upsizedVersion\":null},\"modifiers\":[]}],\
            \"delivery_info\":null}}";
        assert!(answer.body.ends_with(items), "{}", answer.body);
        assert!(answer.body.starts_with("{\"order\":{\"id\":"), "{}", answer.body);
        for bad in ["details", "details?number=", "details?number=NOSUCH", "details?number=%00"] {
            let refused = get(&server, bad).await;
            let expected = "{\"error_message\":\"Your request cannot be completed\",\
                \"error_code\":\"invalid_request\"}";
            assert_eq!((refused.status, refused.body.as_str()), (400, expected), "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn get_answers_the_latest_fifteen_above_an_id() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        make(&server, 'G', 1, 20).await;
        make(&server, 'H', 2, 3).await;
        let latest = json(&get(&server, "get?last_order_id=0").await);
        let orders = latest["orders"].as_array().unwrap();
        let ids: Vec<i64> = orders
            .iter()
            .map(|order| order["id"].as_i64().unwrap())
            .collect();
        assert_eq!(ids.len(), 15);
        assert!(ids.is_sorted_by(|one, other| one > other), "{ids:?}");
        let above = json(&get(&server, &format!("get?last_order_id={}", ids[2])).await);
        assert_eq!(above["orders"].as_array().unwrap().len(), 2);
        for bad in [
            "",
            "?last_order_id=",
            "?last_order_id=x",
            "?last_order_id=-1",
            "?last_order_id=1.0",
            "?last_order_id=99999999999999999999",
        ] {
            let refused = get(&server, &format!("get{bad}")).await;
            let expected = super::told(
                "invalid_last_order_id",
                "Invalid last order id",
                "last_order_id",
            );
            assert_eq!(super::error(&refused), expected, "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn sync_gives_each_new_order_of_the_store_once_and_a_hundred_at_most() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        make(&server, 'S', 1, 120).await;
        make(&server, 'T', 2, 2).await;
        assert_eq!(verb(&server, "confirm", "S7").await.status, 200);
        let first = sync(&server).await;
        assert_eq!(
            (first.len(), first[0].as_str()),
            (100, "FR9TL74P"),
            "the oldest first"
        );
        let mut all: BTreeSet<String> = first.into_iter().collect();
        let second = sync(&server).await;
        assert_eq!(second.len(), 20);
        all.extend(second);
        let mut expected: BTreeSet<String> = (1..=120).map(|at| format!("S{at}")).collect();
        expected.insert("FR9TL74P".to_owned());
        expected.remove("S7");
        assert_eq!(all, expected);
        assert_eq!(get(&server, "sync").await.body, "{\"orders\":[]}");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_sync_at_once_one_is_given_each_order() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        make(&server, 'C', 1, 150).await;
        let mut given = Vec::new();
        for _ in 0..8 {
            let some = join_all((0..6).map(|_| sync(&server))).await;
            given.extend(some.into_iter().flatten());
        }
        let distinct: BTreeSet<&String> = given.iter().collect();
        assert_eq!((given.len(), distinct.len()), (151, 151));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_was_given_is_not_given_after_a_restart() {
    on_both(|backend| async move {
        let (mut server, _database) = demo(backend).await;
        assert_eq!(sync(&server).await, ["FR9TL74P"]);
        server.restart().await;
        assert_eq!(sync(&server).await, [""; 0]);
    })
    .await;
}
