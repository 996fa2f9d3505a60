//! The Getfly contract over HTTP: its document's example, its rules, and what is settled where it is silent.

#[path = "dialect_getfly/bad_input.rs"]
mod bad_input;
#[path = "dialect_getfly/calls.rs"]
mod calls;
#[path = "dialect_getfly/lists.rs"]
mod lists;
#[path = "dialect_getfly/printed.rs"]
mod printed;
#[path = "dialect_getfly/settled.rs"]
mod settled;
#[path = "dialect_getfly/updates.rs"]
mod updates;

use order_status_proto::v1::Order;
use order_status_tests::contract::{self, demo};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Caller, Server};
use serde_json::Value;

const KEY: &str = "your_api_key";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const ORDER: &str = "/api/v6.1/sale_order";

async fn send(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    let headers = [JSON, ("X-API-KEY", KEY)];
    exchange(server, &request(method, path, &headers, body)).await
}

/// Updates the order that the demo has, by further fields.
async fn update(server: &Server, fields: &str) -> Answer {
    let body = format!("{{\"current_order_code\": \"ORDER_001\", {fields}}}");
    send(server, "PUT", ORDER, &body).await
}

async fn get(server: &Server, path: &str) -> Answer {
    send(server, "GET", path, "").await
}

fn json(answer: &Answer) -> Value {
    let read = serde_json::from_str(&answer.body);
    read.unwrap_or_else(|error| panic!("{error}: {:?}", answer.body))
}

/// The data of a success.
fn data(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    json(answer)["data"].clone()
}

/// The message of a refusal, which holds nothing else.
fn message(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    let told = json(answer);
    assert_eq!(
        told.as_object().expect("a refusal is an object").len(),
        1,
        "{told}"
    );
    told["message"]
        .as_str()
        .expect("the message is a text")
        .to_owned()
}

/// The order as the contract shows it.
async fn detail(server: &Server, code: &str) -> Value {
    let answer = get(server, &format!("{ORDER}?order_code={code}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    json(&answer)
}

async fn caller(server: &Server) -> Caller {
    Caller::new(server.channel().await, "demo-getfly")
}

/// The order as our own API has it.
async fn order(server: &Server, number: &str) -> Order {
    contract::numbered(&caller(server).await, number).await
}

/// What is settled where the document is silent or says two things, and the test of each.
const SETTLED: [(&str, &str); 16] = [
    (
        "product_sale_off is any number, and no money comes of it",
        "the_sale_off_of_a_line_is_kept_and_no_money_comes_of_it",
    ),
    (
        "a discount's amount wins over its percentage",
        "amounts_win_over_percentages_and_follow_from_them_where_they_are_missing",
    ),
    (
        "so does the amount of the tax",
        "amounts_win_over_percentages_and_follow_from_them_where_they_are_missing",
    ),
    (
        "decimals are taken, whole numbers printed without a point",
        "decimals_are_taken_and_whole_numbers_printed_without_a_point",
    ),
    (
        "payments are added once, however often they are sent",
        "payments_that_are_sent_again_are_not_doubled",
    ),
    (
        "order_code names the order where current_order_code is missing, and renames it where it differs",
        "order_code_stands_in_for_current_order_code_and_renames_beside_it",
    ),
    (
        "what is absent or null stays, an empty text clears",
        "absent_and_null_keep_and_an_empty_text_clears",
    ),
    (
        "lists replace, the account is merged",
        "lists_replace_and_the_account_is_merged",
    ),
    (
        "account_code is taken",
        "the_code_of_the_account_and_fields_of_ones_own_are_kept",
    ),
    (
        "payment_method_name, custom_fields and is_auto_approve are taken in a PUT, unknown fields ignored",
        "fields_that_only_a_new_order_has_are_taken_and_unknown_ones_ignored",
    ),
    (
        "an order has a number beside its code",
        "the_examples_of_the_document_are_answered_as_printed",
    ),
    (
        "an e-mail address may be anything",
        "the_examples_of_the_document_are_answered_as_printed",
    ),
    (
        "a wrong key is 401, an unknown order 404, a refusal 400, each a message",
        "every_refusal_is_a_message_and_a_status",
    ),
    (
        "only the paths of version 6.1 are there",
        "other_versions_and_other_methods_are_not_there",
    ),
    (
        "the contract is chosen by the path, and its key by its own header",
        "a_key_in_another_contracts_header_opens_nothing",
    ),
    (
        "names that mean nothing are told with the known ones",
        "names_that_mean_nothing_are_told_with_the_known_ones",
    ),
];

#[test]
fn every_row_of_what_is_settled_has_its_test() {
    let sources = [
        include_str!("dialect_getfly/bad_input.rs"),
        include_str!("dialect_getfly/calls.rs"),
        include_str!("dialect_getfly/lists.rs"),
        include_str!("dialect_getfly/printed.rs"),
        include_str!("dialect_getfly/settled.rs"),
        include_str!("dialect_getfly/updates.rs"),
    ];
    for (row, test) in SETTLED {
        let name = format!("async fn {test}()");
        assert!(
            sources.iter().any(|source| source.contains(&name)),
            "{row}: {test}"
        );
    }
}
