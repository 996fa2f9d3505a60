//! `read`, `search_read` and `search_count`.

use order_status_proto::Money;
use order_status_proto::v1::{ImportOrdersRequest, Line, Order, OrderCustomer, OrderState};
use order_status_tests::{Backend, Server, on_both};
use serde_json::{Value, json};

use super::{call, demo, error, manager, result, shared, told};

const FIELDS: [&str; 3] = ["name", "state", "amount_total"];

#[tokio::test]
async fn a_record_is_told_field_by_field() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let all = call(&server, "read", json!([[7]]), json!({})).await;
        let told = result(&all);
        let expected = "[{\"id\":7,\"name\":\"S00007\",\"display_name\":\"S00007\",\"state\":\"sale\",\
            \"invoice_status\":\"to invoice\",\"locked\":false,\"date_order\":\"2024-12-01 10:00:00\",\
            \"partner_id\":[2,\"Deco Addict\"],\"amount_untaxed\":280.0,\"amount_tax\":0.0,\"amount_total\":280.0,\
            \"currency_id\":[22116,\"USD\"],\"company_id\":[3,\"odoo\"],\"user_id\":false,\"client_order_ref\":false,\
            \"create_date\":\"2024-12-01 09:00:00\",\"write_date\":";
        assert!(all.body.contains(expected), "{}", all.body);
        assert_eq!(told.as_array().map(Vec::len), Some(1));
        for (args, kwargs) in [
            (json!([[67, 7], FIELDS]), json!({})),
            (json!([[67, 7]]), json!({"fields": FIELDS, "load": ""})),
            (json!([[67, 7], FIELDS]), json!({"context": {"lang": "en_US"}})),
        ] {
            let some = call(&server, "read", args, kwargs).await;
            let expected = "\"result\":[{\"id\":67,\"name\":\"S00067\",\"state\":\"draft\",\"amount_total\":450.0},\
                {\"id\":7,\"name\":\"S00007\",\"state\":\"sale\",\"amount_total\":280.0}]}";
            assert!(some.body.ends_with(expected), "{}", some.body);
        }
        let one = call(&server, "read", json!([67, ["partner_id", "id", "date_order"]]), json!({})).await;
        let expected = "\"result\":[{\"id\":67,\"partner_id\":[1,\"Azure Interior\"],\"date_order\":false}]}";
        assert!(one.body.ends_with(expected), "{}", one.body);
        assert_eq!(result(&call(&server, "read", json!([[]]), json!({})).await), json!([]));
    })
    .await;
}

#[tokio::test]
async fn fields_that_are_none_are_refused() {
    let server = shared(Backend::Sqlite).await;
    let refused = call(server, "read", json!([67, ["nam"]]), json!({})).await;
    let message = "Invalid field 'nam' on model 'sale.order'";
    assert_eq!(error(&refused), told("builtins.ValueError", message));
    for fields in [json!("name"), json!([1]), json!({}), json!([["name"]])] {
        let refused = call(server, "search_read", json!([[], fields]), json!({})).await;
        assert_eq!(error(&refused).1, "builtins.TypeError", "{fields}");
    }
    let twice = call(
        server,
        "read",
        json!([67, ["name"]]),
        json!({"fields": ["name"]}),
    )
    .await;
    let message = "SaleOrder.read() got multiple values for argument 'fields'";
    assert_eq!(error(&twice), super::type_error(message));
}

/// A demo with 12 orders more: in each state two, then two locked sales orders, dated by day but for the drafts.
async fn filled(backend: Backend) -> (Server, order_status_tests::backend::Database, Vec<i64>) {
    let (server, database) = demo(backend).await;
    let states = ["draft", "sent", "sale", "cancel", "sale", "draft"];
    let orders = (0..12_i64).map(|at| {
        let state = states[usize::try_from(at % 6).expect("small")];
        let line = Line {
            name: "Desk".to_owned(),
            unit_price: Some(Money {
                units: 1,
                ..Money::default()
            }),
            ..Line::default()
        };
        Order {
            number: format!("T{at:02}"),
            state: Some(OrderState {
                key: state.to_owned(),
                ..OrderState::default()
            }),
            locked: at % 6 == 4,
            customer: Some(OrderCustomer {
                id: Some(1),
                ..OrderCustomer::default()
            }),
            order_date: (state != "draft").then(|| prost_types::Timestamp {
                seconds: 1_750_000_000 / 86_400 * 86_400 + at * 86_400 + 3_600,
                nanos: 0,
            }),
            lines: vec![line],
            ..Order::default()
        }
    });
    let request = ImportOrdersRequest {
        orders: orders.collect(),
        ..ImportOrdersRequest::default()
    };
    let made = manager(&server).await.orders().import_orders(request).await;
    let ids = made
        .expect("orders")
        .into_inner()
        .orders
        .iter()
        .map(|order| order.id)
        .collect();
    (server, database, ids)
}

async fn search(server: &Server, domain: Value, kwargs: Value) -> Vec<String> {
    let mut kwargs = kwargs;
    kwargs["fields"] = json!(["name"]);
    let found = result(&call(server, "search_read", json!([domain]), kwargs).await);
    let names = found.as_array().expect("a list").iter();
    names
        .map(|record| record["name"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn a_domain_is_a_conjunction_of_conditions() {
    on_both(|backend| async move {
        let (server, _database, ids) = filled(backend).await;
        let day = |at: i64| {
            let seconds = 1_750_000_000 / 86_400 + at;
            // 2025-06-15 is the first day.
            format!("2025-06-{:02}", 15 + seconds - 1_750_000_000 / 86_400)
        };
        for (domain, expected) in [
            (json!([["state", "=", "sent"]]), vec!["T07", "T01"]),
            (
                json!([["state", "=", "sale"]]),
                vec!["T08", "T02", "S00007"],
            ),
            (json!([["state", "=", "done"]]), vec!["T10", "T04"]),
            (
                json!([["state", "in", ["sale", "done"]]]),
                vec!["T10", "T08", "T04", "T02", "S00007"],
            ),
            (
                json!([["state", "in", ["done", "cancel"]]]),
                vec!["T10", "T09", "T04", "T03"],
            ),
            (
                json!([["state", "in", ["sale", "sent"]]]),
                vec!["T08", "T07", "T02", "T01", "S00007"],
            ),
            (json!([["state", "=", "nothing"]]), vec![]),
            (json!([["state", "in", []]]), vec![]),
            (
                json!([["state", "in", ["sent", "sale"]], ["state", "=", "sent"]]),
                vec!["T07", "T01"],
            ),
            (json!([["id", "=", ids[3]]]), vec!["T03"]),
            (
                json!([["id", "in", [ids[3], ids[1], 999_999]]]),
                vec!["T03", "T01"],
            ),
            (
                json!([["id", ">=", ids[1]], ["id", "<=", ids[3]]]),
                vec!["T03", "T02", "T01"],
            ),
            (
                json!(["&", ["id", ">=", ids[1]], ["state", "=", "cancel"]]),
                vec!["T09", "T03"],
            ),
            (
                json!([["id", "in", [ids[1], ids[2]]], ["id", "=", ids[4]]]),
                vec![],
            ),
            (json!([["name", "=", "T05"]]), vec!["T05"]),
            (
                json!([["name", "in", ["T05", "S00067", "t05"]]]),
                vec!["T05", "S00067"],
            ),
            (
                json!([["invoice_status", "=", "to invoice"]]),
                vec!["T10", "T08", "T04", "T02", "S00007"],
            ),
            (
                json!([["invoice_status", "in", ["invoiced", "upselling"]]]),
                vec![],
            ),
            (json!([["invoice_status", "=", "nothing"]]), vec![]),
            (json!([["date_order", ">=", day(9)]]), vec!["T10", "T09"]),
            (
                json!([["date_order", ">=", day(1)], ["date_order", "<=", day(3)]]),
                vec!["T03", "T02", "T01"],
            ),
            (
                json!([
                    ["date_order", "<=", format!("{} 00:59:59", day(2))],
                    ["date_order", ">=", day(1)]
                ]),
                vec!["T01"],
            ),
            (
                json!([["date_order", "=", format!("{} 01:00:00", day(2))]]),
                vec!["T02"],
            ),
            (
                json!([["date_order", ">=", day(5)], ["date_order", "<=", day(3)]]),
                vec![],
            ),
        ] {
            assert_eq!(
                search(&server, domain.clone(), json!({})).await,
                expected,
                "{domain}"
            );
            let count = call(&server, "search_count", json!([domain]), json!({})).await;
            assert_eq!(result(&count), expected.len(), "{domain}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_follow_on_each_other_in_either_order() {
    on_both(|backend| async move {
        let (server, _database, _) = filled(backend).await;
        let newest = search(&server, json!([]), json!({"order": "id desc"})).await;
        assert_eq!(newest.len(), 14);
        let latest = search(&server, json!([]), json!({})).await;
        let undated = ["T11", "T06", "T05", "T00", "S00067"];
        assert_eq!(latest[9..], undated, "those without a date come last");
        assert_eq!(latest[..2], ["T10", "T09"]);
        let same = json!({"order": "date_order DESC, id desc"});
        assert_eq!(search(&server, json!([]), same).await, latest);
        let mut oldest = search(&server, json!([]), json!({"order": "id asc"})).await;
        oldest.reverse();
        assert_eq!(newest, oldest);
        for domain in [json!([]), json!([["state", "in", ["draft", "done"]]])] {
            for order in ["id desc", "id", "date_order", "date_order desc"] {
                let all = search(&server, domain.clone(), json!({"order": order})).await;
                let mut paged = Vec::new();
                for offset in (0..14).step_by(3) {
                    let page = json!({"offset": offset, "limit": 3, "order": order});
                    paged.extend(search(&server, domain.clone(), page).await);
                }
                assert_eq!(paged, all, "{domain} {order}");
            }
        }
        let counted = call(&server, "search_count", json!([[]]), json!({"limit": 5})).await;
        assert_eq!(result(&counted), 5);
        let by_keyword = call(&server, "search_count", json!([]), json!({"domain": []})).await;
        assert_eq!(result(&by_keyword), 14);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_understood_of_a_search_is_refused() {
    let server = shared(Backend::Sqlite).await;
    for domain in [
        json!({"state": "sale"}),
        json!("state"),
        json!(["|", ["state", "=", "sale"], ["state", "=", "sent"]]),
        json!(["!", ["state", "=", "sale"]]),
        json!([["state", "!=", "sale"]]),
        json!([["state", "ilike", "sale"]]),
        json!([["partner_id", "=", 1]]),
        json!([["partner_id.name", "=", "x"]]),
        json!([["state", "="]]),
        json!([["state", "in", "sale"]]),
        json!([["state", "=", 1]]),
        json!([["state", ">=", "a"]]),
        json!([["date_order", ">=", "yesterday"]]),
        json!([["date_order", ">=", 1]]),
        json!([[1, "=", 1]]),
        json!([1]),
    ] {
        for method in ["search_read", "search_count"] {
            let (code, name, message) =
                error(&call(server, method, json!([domain]), json!({})).await);
            assert_eq!(
                (code, name.as_str()),
                (200, "builtins.ValueError"),
                "{domain}: {message}"
            );
        }
    }
    for (kwargs, name) in [
        (json!({"order": "name"}), "builtins.ValueError"),
        (json!({"order": 1}), "builtins.TypeError"),
        (json!({"limit": -1}), "builtins.ValueError"),
        (json!({"limit": "1"}), "builtins.TypeError"),
        (json!({"limit": 99_999_999_999_i64}), "builtins.ValueError"),
        (json!({"offset": 1.5}), "builtins.ValueError"),
        (json!({"offset": 10_001}), "odoo.exceptions.ValidationError"),
        (json!({"nothing": 1}), "builtins.TypeError"),
    ] {
        let refused = call(server, "search_read", json!([]), kwargs.clone()).await;
        assert_eq!(error(&refused).1, name, "{kwargs}");
    }
    let refused = call(server, "search_count", json!([]), json!({})).await;
    let message = "SaleOrder.search_count() missing 1 required positional argument: 'domain'";
    assert_eq!(error(&refused), super::type_error(message));
}
