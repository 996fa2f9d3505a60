//! The lists of numbers.

use order_status_proto::v1::{CatalogEntry, UpsertCatalogEntryRequest};
use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, Server, on_both};
use serde_json::{Value, json};

use super::{READER, SINGLE, call, caller, demo, get, message, told};

const SUBJECTS: [&str; 5] = [
    "sales_order_status",
    "cancellation_types",
    "payment_methods",
    "delivery_methods",
    "sales_order_store_transfer_modes",
];

async fn list(server: &Server, subject: &str) -> Value {
    let answer = get(server, &format!("/api/v1/common/enum/{subject}.json")).await;
    told(&answer)["data"].clone()
}

#[tokio::test]
async fn every_subject_is_answered_alone_and_among_the_others() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let answer = get(&server, "/api/v1/common/enum.json").await;
        let all = told(&answer)["data"].clone();
        let mut names: Vec<_> = all.as_object().expect("an object").keys().collect();
        names.sort();
        let mut subjects = SUBJECTS;
        subjects.sort_unstable();
        assert_eq!(names, subjects);
        for subject in SUBJECTS {
            let alone = list(&server, subject).await;
            assert_eq!(alone, all[subject], "{subject}");
            assert_eq!(
                list(&server, &subject.replace('_', "-")).await,
                alone,
                "{subject}"
            );
            for entry in alone.as_array().expect("a list") {
                let members: Vec<_> = entry.as_object().expect("an object").keys().collect();
                assert_eq!(
                    members,
                    ["description", "description_en", "id"],
                    "{subject}"
                );
                assert!(entry["id"].is_i64(), "{entry}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn states_are_told_in_the_words_of_the_account_or_else_of_the_rulebook() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let told_states = list(&server, "sales_order_status").await;
    assert_eq!(
        told_states[1],
        json!({"id": 2, "description": "In behandeling", "description_en": "Pending"})
    );
    let path = "/api/v1/common/enum/sales_order_status.json";
    let without = exchange(&server, &request("GET", path, &[SINGLE], "")).await;
    assert_eq!(
        told(&without)["data"],
        told_states,
        "the same words in the demo"
    );
    let ids: Vec<_> = told_states
        .as_array()
        .expect("a list")
        .iter()
        .map(|state| &state["id"])
        .collect();
    assert_eq!(ids, [8, 2, 4, 9, 99]);
}

#[tokio::test]
async fn what_orders_may_no_longer_name_is_neither_listed_nor_taken() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let entry = CatalogEntry {
        catalog: "delivery_methods".to_owned(),
        id: Some(7),
        key: "courier".to_owned(),
        text: "Koerier".to_owned(),
        ..CatalogEntry::default()
    };
    let upsert = |active| UpsertCatalogEntryRequest {
        entry: Some(CatalogEntry {
            active: Some(active),
            ..entry.clone()
        }),
        ..UpsertCatalogEntryRequest::default()
    };
    let body = "{\"new_delivery_method_id\": 7}";
    let manager = caller(&server).await;
    manager
        .catalogs()
        .upsert_catalog_entry(upsert(true))
        .await
        .expect("an entry");
    assert_eq!(
        list(&server, "delivery_methods").await[2],
        json!({"id": 7, "description": "Koerier", "description_en": "Koerier"})
    );
    told(&call(&server, 102_323, "update-delivery-method", body).await);
    manager
        .catalogs()
        .upsert_catalog_entry(upsert(false))
        .await
        .expect("an entry");
    assert_eq!(list(&server, "delivery_methods").await[2], Value::Null);
    let refused = call(&server, 1000, "update-delivery-method", body).await;
    let why = "new_delivery_method_id 7 is unknown; known: 0 (Afhalen in winkel), 3 (Bezorgen)";
    assert_eq!(message(&refused, 400), why);
}

#[tokio::test]
async fn a_number_that_was_just_given_is_taken_and_one_that_was_just_taken_away_is_not() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let manager = caller(&server).await;
    let upsert = async |active| {
        let request = UpsertCatalogEntryRequest {
            entry: Some(CatalogEntry {
                catalog: "delivery_methods".to_owned(),
                id: Some(7),
                key: "courier".to_owned(),
                text: "Koerier".to_owned(),
                active: Some(active),
                ..CatalogEntry::default()
            }),
            ..UpsertCatalogEntryRequest::default()
        };
        let entry = manager.catalogs().upsert_catalog_entry(request).await;
        entry.expect("an entry");
    };
    let update = async |number: i64| {
        let body = format!("{{\"new_delivery_method_id\": {number}}}");
        call(&server, 102_323, "update-delivery-method", &body).await
    };
    told(&update(3).await);
    upsert(true).await;
    told(&update(7).await);
    told(&update(3).await);
    upsert(false).await;
    let refused = message(&update(7).await, 400);
    assert!(refused.starts_with("new_delivery_method_id "), "{refused}");
}

#[tokio::test]
async fn the_lists_take_the_scope_common_and_a_known_subject() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let path = "/api/v1/common/enum/payment_methods.json";
    let read = exchange(&server, &request("GET", path, &[READER], "")).await;
    assert_eq!(told(&read)["data"][0]["id"], 1);
    let head = exchange(&server, &request("HEAD", path, &[READER], "")).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for subject in [
        "",
        "sales_order_types",
        "payment%5Fmethods",
        "payment_methods/",
        "../enum",
    ] {
        let path = format!("/api/v1/common/enum/{subject}.json");
        message(&get(&server, &path).await, 404);
    }
    let unknown = get(&server, "/api/v1/common/enum/vat_codes.json").await;
    assert!(message(&unknown, 404).ends_with(&SUBJECTS.join(", ")));
}
