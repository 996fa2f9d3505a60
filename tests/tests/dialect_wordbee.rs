//! The Wordbee contract over HTTP: its document's calls, its rules, and what is settled where it is silent.

#[path = "dialect_wordbee/bad_input.rs"]
mod bad_input;
#[path = "dialect_wordbee/beside.rs"]
mod beside;
#[path = "dialect_wordbee/printed.rs"]
mod printed;
#[path = "dialect_wordbee/rules.rs"]
mod rules;
#[path = "dialect_wordbee/settled.rs"]
mod settled;
#[path = "dialect_wordbee/throttled.rs"]
mod throttled;
#[path = "dialect_wordbee/tokens.rs"]
mod tokens;

use order_status_proto::v1::{
    Change, ImportOrdersRequest, ListOrderChangesRequest, Order, OrderCustomer, OrderState,
    list_order_changes_request,
};
use order_status_tests::contract::{self, demo, shared};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Caller, Server};
use serde_json::Value;

const CLIENT: &str = "wordbee-client";
const MANAGER: &str = "wordbee-manager";
const JSON: (&str, &str) = ("Content-Type", "application/json");
const ACCOUNT: (&str, &str) = ("X-Auth-AccountId", "demo");

async fn send(server: &Server, token: &str, method: &str, path: &str, body: &str) -> Answer {
    let headers = [JSON, ACCOUNT, ("X-Auth-Token", token)];
    exchange(server, &request(method, path, &headers, body)).await
}

/// `PUT /api/orders/{id}/status`.
async fn put(server: &Server, token: &str, id: i64, body: &str) -> Answer {
    send(
        server,
        token,
        "PUT",
        &format!("/api/orders/{id}/status"),
        body,
    )
    .await
}

async fn get(server: &Server, token: &str, id: i64, rest: &str) -> Value {
    let answer = send(server, token, "GET", &format!("/api/orders/{id}{rest}"), "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    read(&answer)
}

fn read(answer: &Answer) -> Value {
    let read = serde_json::from_str(&answer.body);
    read.unwrap_or_else(|error| panic!("{error}: {:?}", answer.body))
}

/// Holds an answer to 204 without a body.
fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
}

/// Holds an answer to the contract's error body, and answers its title.
fn refused(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let told = read(answer);
    let error = &told["error"];
    for key in ["operation", "errorurl"] {
        assert_eq!(error.get(key), Some(&Value::Null), "{told}");
    }
    let date = error["date"].as_str().expect("a date");
    assert_eq!(
        (date.len(), &date[10..11], &date[27..]),
        (28, "T", "Z"),
        "{date}"
    );
    assert!(
        error["messages"].is_array() && told["reason"].is_string(),
        "{told}"
    );
    error["title"].as_str().expect("a title").to_owned()
}

const INVALID_TOKEN: &str = "Token invalid or expired.";

async fn manager(server: &Server) -> Caller {
    Caller::new(server.channel().await, "demo-wordbee")
}

/// Makes an order of the client's company in a state, and answers its id.
async fn order_in(server: &Server, state: &str) -> i64 {
    order_of(server, state, 1).await
}

async fn order_of(server: &Server, state: &str, customer: i64) -> i64 {
    let order = Order {
        state: Some(OrderState {
            key: state.to_owned(),
            ..OrderState::default()
        }),
        customer: Some(OrderCustomer {
            id: Some(customer),
            ..OrderCustomer::default()
        }),
        ..Order::default()
    };
    let request = ImportOrdersRequest {
        orders: vec![order],
        ..ImportOrdersRequest::default()
    };
    let made = manager(server).await.orders().import_orders(request).await;
    made.expect("an order").into_inner().orders[0].id
}

/// The number of the order's status, and its version.
async fn standing(server: &Server, id: i64) -> (i32, i64) {
    let order = contract::order(&manager(server).await, id).await;
    (order.state.unwrap_or_default().code, order.version)
}

/// The last change of the order.
async fn last_change(server: &Server, id: i64) -> Change {
    let request = ListOrderChangesRequest {
        order: Some(list_order_changes_request::Order::Id(id)),
        ..ListOrderChangesRequest::default()
    };
    let found = manager(server)
        .await
        .orders()
        .list_order_changes(request)
        .await;
    found
        .expect("changes")
        .into_inner()
        .changes
        .pop()
        .expect("a change")
}

/// What is settled where the document is silent or says two things, and the test of each.
const SETTLED: [(&str, &str); 12] = [
    (
        "no result is 204 without a body",
        "a_change_of_status_has_no_result",
    ),
    (
        "status as a number, or as a numeric text",
        "the_status_is_a_number_or_its_digits",
    ),
    (
        "the statuses listed, and no other",
        "the_statuses_are_those_of_the_list",
    ),
    (
        "notify dropped, null or true",
        "notify_is_true_unless_it_is_false",
    ),
    (
        "message null is none",
        "the_message_is_saved_in_the_history",
    ),
    (
        "clients take transitions, managers set any status",
        "clients_make_only_transitions_that_make_sense",
    ),
    (
        "a manager off the transitions overrides",
        "some_transitions_are_for_managers_only",
    ),
    (
        "the same status again adds a trace",
        "the_same_status_again_adds_one_trace_and_changes_nothing",
    ),
    (
        "the prefix is /api alone",
        "only_the_paths_below_api_are_the_contracts",
    ),
    (
        "an expired token is 400",
        "a_token_that_is_none_is_400_and_not_401",
    ),
    (
        "an account that does not fit is an invalid token",
        "the_account_has_to_be_the_tokens",
    ),
    (
        "names of headers in any case, tokens by their own headers alone",
        "headers_are_found_in_any_case_and_no_others_open_anything",
    ),
];

#[test]
fn every_row_of_what_is_settled_has_its_test() {
    let sources = [
        include_str!("dialect_wordbee/bad_input.rs"),
        include_str!("dialect_wordbee/beside.rs"),
        include_str!("dialect_wordbee/printed.rs"),
        include_str!("dialect_wordbee/rules.rs"),
        include_str!("dialect_wordbee/settled.rs"),
        include_str!("dialect_wordbee/throttled.rs"),
        include_str!("dialect_wordbee/tokens.rs"),
    ];
    for (row, test) in SETTLED {
        let name = format!("async fn {test}()");
        assert!(
            sources.iter().any(|source| source.contains(&name)),
            "{row}: {test}"
        );
    }
}
