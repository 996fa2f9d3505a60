//! Lists of orders and of payments.

use order_status_tests::golden::{exchange, request};
use order_status_tests::{Server, on_both};
use serde_json::Value;

use super::{ORDER, data, demo, get, json, message, send};

const LIST: &str = "/api/v6.1/sale_orders";
const PAYMENTS: &str = "/api/v6.1/sale_order_payments";

/// Makes five orders, L1 to L5: dates go down as ids go up, L4 has the date of L3, L5 has none.
async fn fill(server: &Server) {
    for (code, date) in [
        ("L1", "2025-01-05"),
        ("L2", "2025-01-04"),
        ("L3", "2025-01-03"),
        ("L4", "2025-01-03"),
        ("L5", ""),
    ] {
        let body = format!(
            "{{\"order_code\": \"{code}\", \"order_date\": \"{date}\", \
             \"saved_order_details\": [{{\"product_code\": \"P\", \"price\": 100}}], \
             \"saved_sale_order_payments\": [{{\"amount\": 10, \"description\": \"{code}\"}}, {{\"amount\": 20}}]}}"
        );
        data(&send(server, "POST", ORDER, &body).await);
    }
}

async fn list(server: &Server, query: &str) -> Value {
    let answer = get(server, &format!("{LIST}?fields=order_code&{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    json(&answer)
}

/// The codes of a list.
async fn codes(server: &Server, query: &str) -> Vec<String> {
    let told = list(server, query).await;
    let orders = told["data"]
        .as_array()
        .expect("the orders are a list")
        .iter();
    orders
        .map(|order| {
            order["order_code"]
                .as_str()
                .expect("order_code was asked for")
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn orders_are_listed_the_newest_first_in_parts() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        fill(&server).await;
        assert_eq!(
            codes(&server, "").await,
            ["L5", "L4", "L3", "L2", "L1", "ORDER_001"]
        );
        let part = list(&server, "limit=2&offset=3").await;
        let expected = serde_json::json!({
            "data": [{"order_code": "L2"}, {"order_code": "L1"}],
            "has_more": true, "offset": 3, "limited": 2,
        });
        assert_eq!(part, expected);
        let last = list(&server, "limit=2&offset=4").await;
        assert_eq!(last["has_more"], false);
        assert_eq!(list(&server, "limit=1000").await["limited"], 100);
        assert_eq!(codes(&server, "offset=10000").await, [""; 0]);
        let whole = json(&get(&server, LIST).await);
        let order = whole["data"][0].as_object().unwrap();
        assert_eq!(order.keys().count(), 33, "{order:?}");
    })
    .await;
}

#[tokio::test]
async fn orders_are_sorted_by_id_and_by_date_either_way() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        fill(&server).await;
        let by_id = ["ORDER_001", "L1", "L2", "L3", "L4", "L5"];
        assert_eq!(codes(&server, "sort=id").await, by_id);
        assert_eq!(codes(&server, "direction=asc").await, by_id);
        let by_date = ["L5", "L3", "L4", "L2", "L1", "ORDER_001"];
        assert_eq!(codes(&server, "sort=order_date").await, by_date);
        let mut down = by_date;
        down.reverse();
        assert_eq!(codes(&server, "sort=order_date&direction=DESC").await, down);
        let mut part = Vec::new();
        for offset in 0..6 {
            part.extend(codes(&server, &format!("sort=order_date&limit=1&offset={offset}")).await);
        }
        assert_eq!(part, by_date);
    })
    .await;
}

#[tokio::test]
async fn orders_are_filtered_by_id_and_times() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        fill(&server).await;
        for (query, expected) in [
            ("filtering[id]=96", &["ORDER_001"][..]),
            ("filtering[id:eq]=97", &["L1"]),
            ("filtering%5Bid%3Ain%5D=97,99", &["L3", "L1"]),
            ("filtering[id:in][]=97&filtering[id:in][]=99", &["L3", "L1"]),
            ("filtering[id:in]=[97,%2099]", &["L3", "L1"]),
            ("filtering[id]=97&filtering[id:in]=98,99", &[]),
            ("filtering[id]=99999", &[]),
            ("filtering[order_date]=2025-01-03", &["L4", "L3"]),
            ("filtering[order_date:gte]=2025-01-05", &["L1", "ORDER_001"]),
            ("filtering[order_date:lte]=2025-01-04", &["L4", "L3", "L2"]),
            ("filtering[order_date:between]=2025-01-04,2025-01-05", &["L2", "L1"]),
            ("filtering[order_date:between][]=2025-01-04&filtering[order_date:between][]=2025-01-05", &["L2", "L1"]),
            ("filtering[order_date:gte]=2025-01-04%2000:00:01&filtering[order_date:lte]=2025-01-31", &["L1"]),
            ("filtering[order_date:gte]=2025-01-05&filtering[order_date:lte]=2025-01-01", &[]),
            ("filtering[order_date:gte]=1736035200", &["L1", "ORDER_001"]),
            ("filtering[created_at:lte]=2025-02-05%2001:00:00", &["ORDER_001"]),
            ("filtering[updated_at:gte]=2025-02-06&filtering[created_at:lte]=2025-02-06", &["ORDER_001"]),
        ] {
            assert_eq!(codes(&server, query).await, expected, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn payments_are_listed_by_order_and_in_parts() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        fill(&server).await;
        let of_one = json(&get(&server, &format!("{PAYMENTS}?filtering[order_id]=97")).await);
        let payments = of_one["data"].as_array().unwrap();
        assert_eq!(payments.len(), 2);
        let first = &payments[0];
        let told =
            ["order_id", "amount", "pay_date", "description"].map(|name| first[name].clone());
        assert_eq!(
            serde_json::json!(told),
            serde_json::json!([97, 10, "", "L1"])
        );
        let ids = |told: &Value| -> Vec<i64> {
            let payments = told["data"].as_array().unwrap().iter();
            payments
                .map(|payment| payment["id"].as_i64().unwrap())
                .collect()
        };
        let part = json(&get(&server, &format!("{PAYMENTS}?limit=3&offset=1")).await);
        assert_eq!(
            (part["has_more"].clone(), ids(&part).len()),
            (true.into(), 3)
        );
        let all = json(&get(&server, PAYMENTS).await);
        assert_eq!(
            (all["has_more"].clone(), ids(&all).len()),
            (false.into(), 10)
        );
        let down = json(&get(&server, &format!("{PAYMENTS}?sort=id&direction=desc")).await);
        let mut reversed = ids(&down);
        reversed.reverse();
        assert_eq!(ids(&all), reversed);
        let last = reversed[9];
        for (query, count) in [
            (format!("filtering[id]={last}"), 1),
            (format!("filtering[id:in]={last},{}", reversed[0]), 2),
            ("filtering[order_id:in]=97,98,424242".to_owned(), 4),
            ("filtering[order_id]=424242".to_owned(), 0),
            ("filtering[order_id]=0".to_owned(), 0),
            ("filtering[created_at:lte]=2025-01-01".to_owned(), 0),
            ("filtering[created_at:gte]=2025-01-01".to_owned(), 10),
        ] {
            let told = json(&get(&server, &format!("{PAYMENTS}?{query}")).await);
            assert_eq!(ids(&told).len(), count, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn lists_that_nothing_has_to_be_looked_up_for_ask_for_the_key_too() {
    let (server, _database) = demo(order_status_tests::Backend::Sqlite).await;
    for list in [
        "sale_order_payments?filtering[order_id]=96&filtering[order_id:in]=97",
        "sale_order_payments?filtering[id]=1&filtering[id:in]=2",
        "sale_orders?filtering[id]=96&filtering[id:in]=97",
        "sale_orders?limit=0",
    ] {
        let path = format!("/api/v6.1/{list}");
        let answer = exchange(&server, &request("GET", &path, &[], "")).await;
        assert_eq!(
            message(&answer, 401),
            "X-API-KEY is missing or wrong",
            "{list}"
        );
    }
}

#[tokio::test]
async fn queries_that_mean_nothing_are_refused_with_what_is_known() {
    let (server, _database) = demo(order_status_tests::Backend::Sqlite).await;
    for (query, part) in [
        ("limit=0", "limit must be a number from 1 to 100"),
        ("limit=x", "limit must be"),
        ("limit=99999999999999999999", "limit must be"),
        ("offset=-1", "offset must be a number from 0 to 10000"),
        ("offset=10001", "offset must be"),
        ("sort=name", "id"),
        ("direction=up", "asc or desc"),
        ("filtering[name]=x", "id (eq, in)"),
        ("filtering[id:gte]=1", "id (eq, in)"),
        ("filtering[id]=x", "id must be a number"),
        ("filtering[id]=1,2", "id must be a number"),
        ("filtering[id]=99999999999999999999", "id must be a number"),
        (
            "filtering[created_at]=yesterday",
            "created_at must be a day or a time",
        ),
        ("filtering[created_at:gte]=2025-02-30", "created_at must be"),
    ] {
        for path in [LIST, PAYMENTS] {
            let told = message(&get(&server, &format!("{path}?{query}")).await, 400);
            assert!(told.contains(part), "{query}: {told}");
        }
    }
}
