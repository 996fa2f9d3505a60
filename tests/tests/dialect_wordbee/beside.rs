//! The calls beside the document's own: traces, work progress, one order, lists.

use order_status_tests::{Backend, on_both};
use serde_json::{Value, json};

use super::{
    CLIENT, MANAGER, demo, done, get, order_in, order_of, read, refused, send, shared, standing,
};

#[tokio::test]
async fn traces_are_told_the_newest_first_and_added_by_everybody() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "proposal").await;
        let path = format!("/api/orders/{id}/traces");
        done(
            &send(
                server,
                MANAGER,
                "POST",
                &path,
                "{\"message\": \"from us\", \"notify\": false}",
            )
            .await,
        );
        done(
            &send(
                server,
                CLIENT,
                "POST",
                &path,
                "{\"message\": \"from the client\"}",
            )
            .await,
        );
        let told = get(server, CLIENT, id, "/traces").await;
        let messages: Vec<&Value> = told["items"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| &item["message"])
            .collect();
        assert_eq!(
            messages,
            [&json!("from the client"), &json!("from us"), &json!(null)]
        );
        assert_eq!((&told["count"], &told["canAdd"]), (&json!(3), &json!(true)));
        assert_eq!(told["items"][0]["sender"]["cname"], "Client company");
        assert_eq!(told["items"][1]["sender"]["plname"], "Project manager");
        assert_eq!(standing(server, id).await, (1, 3));
        for body in [
            "{}",
            "{\"message\": null}",
            "{\"message\": \"\"}",
            "{\"message\": 1}",
        ] {
            refused(&send(server, CLIENT, "POST", &path, body).await);
        }
        assert_eq!(standing(server, id).await, (1, 3));
        refused(&send(server, CLIENT, "GET", "/api/orders/999999/traces", "").await);
    })
    .await;
}

#[tokio::test]
async fn work_progress_is_told_as_not_available_without_a_project() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "in_progress").await;
    let told = get(server, CLIENT, id, "/workprogress").await;
    let order = json!({"id": id, "reference": id.to_string(), "status": 2});
    assert_eq!(
        told,
        json!({"available": false, "order": order, "project": null})
    );
}

async fn list(server: &order_status_tests::Server, token: &str, body: Value) -> Value {
    let answer = send(server, token, "POST", "/api/orders/list", &body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    read(&answer)
}

fn ids(list: &Value) -> Vec<i64> {
    let rows = list["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let mut made = vec![5001, 5002];
        for at in 0..22 {
            let state = if at % 2 == 0 { "done" } else { "request" };
            made.push(order_of(&server, state, 1 + at % 2).await);
        }
        made.sort_unstable();
        let mut newest = made.clone();
        newest.reverse();
        let usual = list(&server, MANAGER, json!({})).await;
        assert_eq!(
            (usual["total"].as_i64(), ids(&usual)),
            (Some(24), newest[..20].to_vec())
        );
        let page = list(
            &server,
            MANAGER,
            json!({"skip": 20, "take": 1000, "sort": [{"id": "id", "asc": false}]}),
        )
        .await;
        assert_eq!(ids(&page), newest[20..]);
        let oldest = list(
            &server,
            MANAGER,
            json!({"take": 3, "sort": [{"id": "orderId"}]}),
        )
        .await;
        assert_eq!(ids(&oldest), made[..3]);
        let all = list(&server, MANAGER, json!({"take": u32::MAX})).await;
        assert_eq!(ids(&all), newest, "as many as there may be");
        let none = list(&server, MANAGER, json!({"take": 0})).await;
        assert_eq!(none, json!({"total": 24, "rows": []}));
        for (query, total) in [
            ("{companyId}.Matches(2)", 11),
            ("{status}.Matches(3)", 12),
            ("{status}.Matches(3) AND {companyId}.Matches(1)", 12),
            ("{reference}.Matches(\"500\", \"prefix\")", 9),
            ("{reference}.Matches(\"500\")", 0),
            ("{reference}.Matches(\"5002\") AND {id}.Matches(5002)", 1),
        ] {
            let found = list(&server, MANAGER, json!({"query": query})).await;
            assert_eq!(found["total"], total, "{query}");
        }
        // A client sees the own company's orders alone.
        assert_eq!(list(&server, CLIENT, json!({})).await["total"], 13);
        let other = list(&server, CLIENT, json!({"query": "{companyId}.Matches(2)"})).await;
        assert_eq!(other, json!({"total": 0, "rows": []}));
        let whole = send(&server, MANAGER, "POST", "/api/orders/list", "").await;
        assert_eq!(read(&whole)["total"], 24);
        let one = send(&server, MANAGER, "POST", "/api/orders/list/item/5001", "").await;
        assert_eq!(read(&one), get(&server, MANAGER, 5001, "").await);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_understood_of_a_list_is_refused() {
    let server = shared(Backend::Sqlite).await;
    for body in [
        json!({"query": 1}),
        json!({"query": "{reference} = 5"}),
        json!({"fields": "id"}),
        json!({"fields": ["nothing"]}),
        json!({"fields": [1]}),
        json!({"sort": "id"}),
        json!({"sort": ["id"]}),
        json!({"sort": [{"id": "created"}]}),
        json!({"sort": [{"id": "id", "asc": 0}]}),
        json!({"sort": [{"id": "id", "asc": {}}]}),
        json!({"fields": ["id"], "allfields": "yes"}),
        json!({"take": -1}),
        json!({"take": "20"}),
        json!({"skip": 1.5}),
        json!({"skip": 10_001}),
        json!({"skip": 99_999_999_999_i64}),
    ] {
        let answer = send(
            server,
            MANAGER,
            "POST",
            "/api/orders/list",
            &body.to_string(),
        )
        .await;
        assert!(!refused(&answer).is_empty(), "{body}");
    }
}
