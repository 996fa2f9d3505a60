//! The Odoo contract over HTTP: its document's examples, its rules, and what is settled where it is silent.

#[path = "dialect_odoo/bad_input.rs"]
mod bad_input;
#[path = "dialect_odoo/printed.rs"]
mod printed;
#[path = "dialect_odoo/reading.rs"]
mod reading;
#[path = "dialect_odoo/rules.rs"]
mod rules;
#[path = "dialect_odoo/sessions.rs"]
mod sessions;
#[path = "dialect_odoo/settled.rs"]
mod settled;

use order_status_proto::Money;
use order_status_proto::v1::{ImportOrdersRequest, Line, Order, OrderCustomer, OrderState};
use order_status_tests::contract::{self, demo, shared};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Caller, Server};
use serde_json::{Value, json};

const SESSION: &str = "8ace287e798f31740242c2a1cdbe8b45352d7e72";
const CALL_KW: &str = "/web/dataset/call_kw";
const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Sends a body as it is, with the demo's session.
async fn post(server: &Server, path: &str, body: &str) -> Answer {
    post_as(server, SESSION, path, body).await
}

async fn post_as(server: &Server, session: &str, path: &str, body: &str) -> Answer {
    let cookie = format!("session_id={session}");
    let headers = [JSON, ("Cookie", cookie.as_str())];
    exchange(server, &request("POST", path, &headers, body)).await
}

/// Calls a method of `sale.order`.
async fn call(server: &Server, method: &str, args: Value, kwargs: Value) -> Answer {
    call_as(server, SESSION, method, args, kwargs).await
}

async fn call_as(
    server: &Server,
    session: &str,
    method: &str,
    args: Value,
    kwargs: Value,
) -> Answer {
    let params = json!({"model": "sale.order", "method": method, "args": args, "kwargs": kwargs});
    let body = json!({"jsonrpc": "2.0", "id": 16, "params": params});
    post_as(server, session, CALL_KW, &body.to_string()).await
}

/// Calls with these parameters, whatever they are.
async fn call_with(server: &Server, params: &Value) -> Answer {
    let body = json!({"id": 1, "params": params});
    post(server, CALL_KW, &body.to_string()).await
}

/// Calls a method of `sale.order` that answers true.
async fn done(server: &Server, method: &str, args: Value) {
    let answer = call(server, method, args, json!({})).await;
    assert_eq!(result(&answer), true, "{method}");
}

fn read(answer: &Answer) -> Value {
    let read = serde_json::from_str(&answer.body);
    read.unwrap_or_else(|error| panic!("{error}: {:?}", answer.body))
}

/// What a call came to.
fn result(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = read(answer);
    assert_eq!(told.get("error"), None, "{told}");
    told["result"].clone()
}

/// What a call without a result is answered.
const NOTHING: &str = "{\"jsonrpc\":\"2.0\",\"id\":16}";

/// The error of a call: its code, the name of the exception and the message.
fn error(answer: &Answer) -> (i64, String, String) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let told = read(answer);
    assert_eq!(told.get("result"), None, "{told}");
    assert!(told["error"]["data"]["debug"].is_string(), "{told}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (
        told["error"]["code"].as_i64().expect("a code"),
        text(&told["error"]["data"]["name"]),
        text(&told["error"]["data"]["message"]),
    )
}

fn told(name: &str, message: &str) -> (i64, String, String) {
    (200, name.to_owned(), message.to_owned())
}

fn user_error(message: &str) -> (i64, String, String) {
    told("odoo.exceptions.UserError", message)
}

fn type_error(message: &str) -> (i64, String, String) {
    told("builtins.TypeError", message)
}

async fn manager(server: &Server) -> Caller {
    Caller::new(server.channel().await, "demo-odoo")
}

/// Makes an order in a state, with one line, and answers its id.
async fn order_in(server: &Server, state: &str) -> i64 {
    make(&manager(server).await, state, false).await
}

async fn make(caller: &Caller, state: &str, locked: bool) -> i64 {
    let line = Line {
        product_code: "DESK-01".to_owned(),
        unit_price: Some(Money {
            units: 450,
            ..Money::default()
        }),
        ..Line::default()
    };
    let order = Order {
        state: Some(OrderState {
            key: state.to_owned(),
            ..OrderState::default()
        }),
        locked,
        customer: Some(OrderCustomer {
            name: "Azure Interior".to_owned(),
            ..OrderCustomer::default()
        }),
        lines: vec![line],
        ..Order::default()
    };
    let request = ImportOrdersRequest {
        orders: vec![order],
        ..ImportOrdersRequest::default()
    };
    let made = caller.orders().import_orders(request).await;
    made.expect("an order").into_inner().orders[0].id
}

/// The order as our own API has it.
async fn order(server: &Server, id: i64) -> Order {
    contract::order(&manager(server).await, id).await
}

/// The order's state and version.
async fn standing(server: &Server, id: i64) -> (String, i64) {
    let order = order(server, id).await;
    (order.state.unwrap_or_default().key, order.version)
}

/// Some fields of one record, as the contract tells them.
async fn record(server: &Server, id: i64, fields: &[&str]) -> Value {
    let answer = call(server, "read", json!([[id], fields]), json!({})).await;
    result(&answer)[0].clone()
}

/// What is settled where the document is silent or says two things, and the test of each.
const SETTLED: [(&str, &str); 17] = [
    (
        "args: one id or a list of ids",
        "one_id_and_a_list_of_ids_name_records",
    ),
    (
        "[67, 68] is an argument too many, not two orders",
        "a_second_id_beside_the_first_is_an_argument_too_many",
    ),
    (
        "truth values, fractions and texts are no ids",
        "what_is_no_whole_number_is_no_id",
    ),
    (
        "three forms of the URL; model and method from the parameters alone",
        "the_path_behind_call_kw_is_of_no_meaning",
    ),
    ("the host is of no meaning", "the_host_is_of_no_meaning"),
    (
        "comments in the examples",
        "comments_are_passed_over_outside_strings",
    ),
    (
        "no method member, any id, echoed",
        "the_id_is_echoed_as_it_was_sent",
    ),
    (
        "true does not mean to invoice",
        "confirming_answers_true_even_where_there_is_nothing_to_invoice",
    ),
    (
        "state and invoice_status are two fields",
        "state_and_invoice_status_are_two_fields",
    ),
    (
        "cancel_order and action_cancel",
        "both_ways_of_cancelling_cancel_and_answer_true",
    ),
    (
        "the text for forbidden states, in one order",
        "locked_and_cancelled_orders_are_not_confirmed",
    ),
    (
        "cancelling locked and cancelled orders",
        "locked_and_cancelled_orders_are_cancelled_all_the_same",
    ),
    (
        "confirming a sales order again",
        "a_sales_order_is_confirmed_again_and_its_date_refreshed",
    ),
    (
        "errors are envelopes",
        "errors_have_the_members_of_the_contract_in_its_order",
    ),
    (
        "a session that is none has code 100",
        "without_a_session_every_call_is_expired",
    ),
    (
        "debug tells no more than the message",
        "errors_have_the_members_of_the_contract_in_its_order",
    ),
    (
        "paths and failures of other contracts stay apart",
        "what_is_not_here_is_told_in_the_envelope",
    ),
];

#[test]
fn every_row_of_what_is_settled_has_its_test() {
    let sources = [
        include_str!("dialect_odoo/bad_input.rs"),
        include_str!("dialect_odoo/printed.rs"),
        include_str!("dialect_odoo/reading.rs"),
        include_str!("dialect_odoo/rules.rs"),
        include_str!("dialect_odoo/sessions.rs"),
        include_str!("dialect_odoo/settled.rs"),
    ];
    for (row, test) in SETTLED {
        let name = format!("async fn {test}()");
        assert!(
            sources.iter().any(|source| source.contains(&name)),
            "{row}: {test}"
        );
    }
}
