//! The Omni contract over HTTP: its document's examples, its rules, and what is settled where it is silent.

#[path = "dialect_omni/bad_input.rs"]
mod bad_input;
#[path = "dialect_omni/lists.rs"]
mod lists;
#[path = "dialect_omni/printed.rs"]
mod printed;
#[path = "dialect_omni/rules.rs"]
mod rules;
#[path = "dialect_omni/settled.rs"]
mod settled;

use order_status_proto::v1::Order;
use order_status_tests::contract::{self, demo};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Caller, Server};
use serde_json::Value;

const TOKEN: &str = "vE53k50FVtct50ll8iHBE6FgMRVCyJeF";
const JSON: (&str, &str) = ("Content-Type", "application/json");

async fn send(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    let authorization = format!("token {TOKEN}");
    let headers = [JSON, ("Authorization", authorization.as_str())];
    exchange(server, &request(method, path, &headers, body)).await
}

/// Calls one of the four verbs about an order, as the document has it.
async fn verb(server: &Server, verb: &str, number: &str) -> Answer {
    let key = if verb == "confirm" { "number" } else { "order" };
    let body = format!("{{ \"{key}\": \"{number}\" }}");
    send(server, "POST", &format!("/api/store/orders/{verb}"), &body).await
}

async fn get(server: &Server, rest: &str) -> Answer {
    send(server, "GET", &format!("/api/store/orders/{rest}"), "").await
}

fn json(answer: &Answer) -> Value {
    let read = serde_json::from_str(&answer.body);
    read.unwrap_or_else(|error| panic!("{error}: {:?}", answer.body))
}

/// The order's status, its text and its payment status.
fn standing(answer: &Answer) -> (i64, String, i64) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let order = json(answer);
    (
        order["status"].as_i64().expect("status is a number"),
        order["statusText"]
            .as_str()
            .expect("statusText is a text")
            .to_owned(),
        order["paymentStatus"]
            .as_i64()
            .expect("paymentStatus is a number"),
    )
}

/// The error of a refusal: its code, its message and the field that it names.
fn error(answer: &Answer) -> (String, String, String) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    let told = json(answer);
    let text = |value: &Value| {
        value
            .as_str()
            .expect("codes and messages are texts")
            .to_owned()
    };
    let errors = told["errors"].as_object().expect("errors is an object");
    let (field, message) = errors
        .iter()
        .next()
        .expect("a refused step names its field");
    assert_eq!(
        (errors.len(), message),
        (1, &told["error_message"]),
        "{told}"
    );
    (text(&told["error_code"]), text(message), field.clone())
}

fn told(code: &str, message: &str, field: &str) -> (String, String, String) {
    (code.to_owned(), message.to_owned(), field.to_owned())
}

fn stands(status: i64, text: &str, payment_status: i64) -> (i64, String, i64) {
    (status, text.to_owned(), payment_status)
}

async fn manager(server: &Server) -> Caller {
    Caller::new(server.channel().await, "demo-omni")
}

/// The order as our own API has it.
async fn order(server: &Server, number: &str) -> Order {
    contract::numbered(&manager(server).await, number).await
}

/// What is settled where the document is silent or says two things, and the test of each.
const SETTLED: [(&str, &str); 16] = [
    (
        "confirm names the order by number, the others by order; the other name will do",
        "either_name_will_do_and_the_documented_one_wins",
    ),
    (
        "a body without either is refused under the documented name",
        "a_body_without_a_number_is_told_what_is_required",
    ),
    (
        "an unknown order is told under the call's own name",
        "an_unknown_order_is_told_under_the_name_that_the_call_has_for_it",
    ),
    (
        "the text after complete is Complete, in errors completed",
        "complete_sets_paid_and_complete_whatever_stood_there",
    ),
    (
        "Cancelled in texts, canceled in errors",
        "cancel_sets_cancelled_and_cannot_be_reversed",
    ),
    (
        "the cancel call cancels, whatever its section says first",
        "cancel_sets_cancelled_and_cannot_be_reversed",
    ),
    (
        "inaccessible means refused as already canceled, not missing",
        "a_cancelled_order_is_closed_to_the_other_three_calls",
    ),
    (
        "confirming a complete order says completed",
        "an_order_already_confirmed_complete_or_cancelled_cannot_be_confirmed",
    ),
    (
        "paying a complete order says paid",
        "an_order_already_paid_or_cancelled_cannot_be_paid",
    ),
    (
        "complete is open from new, confirmed and pending payment",
        "complete_sets_paid_and_complete_whatever_stood_there",
    ),
    (
        "an order in pending payment cannot be confirmed",
        "an_order_that_waits_for_its_payment_is_not_confirmed",
    ),
    (
        "amounts are those that were given, none is derived",
        "the_examples_of_the_document_are_answered_as_printed",
    ),
    (
        "one body for a missing and a wrong token, the scheme in any case, no bare token",
        "a_missing_and_a_wrong_token_are_the_same",
    ),
    (
        "plain HTTP is refused by a switch, proxies are believed where they are trusted",
        "plain_http_is_refused_where_https_is_required_unless_a_trusted_proxy_says_otherwise",
    ),
    (
        "100-continue is answered",
        "a_client_that_expects_continue_is_told_to",
    ),
    (
        "user and delivery_info are always there; a trailing slash will do",
        "a_trailing_slash_will_do_and_another_method_will_not",
    ),
];

#[test]
fn every_row_of_what_is_settled_has_its_test() {
    let sources = [
        include_str!("dialect_omni/bad_input.rs"),
        include_str!("dialect_omni/lists.rs"),
        include_str!("dialect_omni/printed.rs"),
        include_str!("dialect_omni/rules.rs"),
        include_str!("dialect_omni/settled.rs"),
    ];
    for (row, test) in SETTLED {
        let name = format!("async fn {test}()");
        assert!(
            sources.iter().any(|source| source.contains(&name)),
            "{row}: {test}"
        );
    }
}
