//! The CycleSoftware contract over HTTP: its document's examples, its rules, what is settled where it is silent, and its
//! limits.

#[path = "dialect_cyclesoftware/bad_input.rs"]
mod bad_input;
#[path = "dialect_cyclesoftware/callers.rs"]
mod callers;
#[path = "dialect_cyclesoftware/invoices.rs"]
mod invoices;
#[path = "dialect_cyclesoftware/limits.rs"]
mod limits;
#[path = "dialect_cyclesoftware/lists.rs"]
mod lists;
#[path = "dialect_cyclesoftware/printed.rs"]
mod printed;
#[path = "dialect_cyclesoftware/rules.rs"]
mod rules;
#[path = "dialect_cyclesoftware/settled.rs"]
mod settled;

use order_status_proto::v1::{CreateCredentialRequest, Order, Role};
use order_status_tests::contract::{self, demo, demo_with};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Caller, Server};
use serde_json::Value;

/// `Username:Password`, as the document sends it.
const USER: (&str, &str) = ("Authorization", "Basic VXNlcm5hbWU6UGFzc3dvcmQ=");
/// `Single:Password`, of the account with one store.
const SINGLE: (&str, &str) = ("Authorization", "Basic U2luZ2xlOlBhc3N3b3Jk");
/// `Reader:Password`, without the scope for sales orders.
const READER: (&str, &str) = ("Authorization", "Basic UmVhZGVyOlBhc3N3b3Jk");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// The version of order 102323 in the demo: it was brought in, and eight documents were made for it.
const AT_FIRST: i64 = 9;

/// An address with every member.
const ADDRESS: &str = r#"{"is_business_address": true, "company_name": "Company", "name": "Name 1", "street": "Streetname",
    "house_number": "1", "house_number_postfix": "a", "postal_code": "1000AA", "city": "Amsterdam", "country_code": "NL",
    "phone_number": "073031111", "email": "test@test.com", "notes": "Some note"}"#;

/// The path of a call about an order.
fn path(order: i64, call: &str) -> String {
    let (name, query) = call.split_once('?').unwrap_or((call, ""));
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    format!("/api/v1/sales/orders/{order}/{name}.json{query}")
}

/// A call about an order, with a body in JSON.
async fn call(server: &Server, order: i64, name: &str, body: &str) -> Answer {
    call_by(server, USER, order, name, body).await
}

async fn call_by(
    server: &Server,
    user: (&str, &str),
    order: i64,
    name: &str,
    body: &str,
) -> Answer {
    let request = request("POST", &path(order, name), &[user, JSON], body);
    exchange(server, &request).await
}

async fn get(server: &Server, path: &str) -> Answer {
    exchange(server, &request("GET", path, &[USER], "")).await
}

fn json(answer: &Answer) -> Value {
    let read = serde_json::from_str(&answer.body);
    read.unwrap_or_else(|error| panic!("{error}: {:?}", answer.body))
}

/// What a success tells beside that it is one.
fn told(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let mut told = json(answer);
    let members = told.as_object_mut().expect("an object");
    assert_eq!(members.remove("error"), Some(false.into()));
    assert_eq!(members.remove("error_message"), Some(Value::Null));
    told
}

/// The message of a refusal, which holds nothing else.
fn message(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    let kind = answer.header("content-type");
    assert_eq!(kind, "application/json; charset=utf-8", "{}", answer.body);
    let told = json(answer);
    let members = told.as_object().expect("a refusal is an object");
    assert_eq!(members.len(), 2, "{told}");
    assert_eq!(members["error"], true, "{told}");
    let text = members["error_message"].as_str();
    text.expect("the message is a text").to_owned()
}

async fn caller(server: &Server) -> Caller {
    Caller::new(server.channel().await, "demo-cyclesoftware")
}

/// The order as our own API has it.
async fn order(server: &Server, id: i64) -> Order {
    contract::order(&caller(server).await, id).await
}

/// Makes a login of a manager for both scopes of the contract; answers its credential.
async fn new_login(admin: &Caller, account: Option<i64>, login: &str, password: &str) -> i64 {
    let request = CreateCredentialRequest {
        account_id: account,
        title: login.to_owned(),
        role: Role::Manager.into(),
        scopes: vec!["common".to_owned(), "e-commerce".to_owned()],
        login: login.to_owned(),
        password: password.to_owned(),
        ..CreateCredentialRequest::default()
    };
    let made = admin.accounts().create_credential(request).await;
    let made = made.expect("a login").into_inner();
    made.credential.expect("a credential").id
}

/// The key of the state that an order is in.
fn state(order: &Order) -> &str {
    order.state.as_ref().map_or("", |state| state.key.as_str())
}

/// What is settled where the document is silent or says two things, and the test of each.
const SETTLED: [(&str, &str); 24] = [
    (
        "booleans are words, digits or texts of them, empty ones false",
        "booleans_are_words_digits_or_texts_of_them",
    ),
    (
        "address_type_id may be anything",
        "the_type_of_an_address_is_passed_over",
    ),
    (
        "a comma after the last member is passed over",
        "a_comma_after_the_last_member_is_passed_over_and_nothing_else_is",
    ),
    ("notes are optional in both calls", "notes_may_be_left_out"),
    (
        "a company name of null is an empty one",
        "a_company_name_of_null_is_an_empty_one",
    ),
    (
        "lengths are those of the bodies",
        "lengths_are_those_of_the_bodies_and_answers_are_packed_where_that_is_asked_for",
    ),
    (
        "gzip is optional",
        "lengths_are_those_of_the_bodies_and_answers_are_packed_where_that_is_asked_for",
    ),
    (
        "the figures of the limits are true",
        "the_figures_are_true_at_each_step_and_the_361st_call_of_a_minute_is_refused",
    ),
    (
        "cancel takes its parameters in the query, a form or JSON, without colons, and none has to be there",
        "cancel_takes_its_parameters_from_the_query_a_form_or_json",
    ),
    (
        "one reader of booleans for all calls",
        "booleans_are_words_digits_or_texts_of_them",
    ),
    (
        "transfer modes are those of our own list",
        "transfer_modes_are_those_of_the_list",
    ),
    (
        "outbound orders are null without a warehouse",
        "outbound_orders_are_null_without_a_warehouse",
    ),
    (
        "affected supplier orders go elsewhere and are not cancelled",
        "affected_supplier_orders_go_to_the_new_store",
    ),
    (
        "one store is too few to move, which is a 400",
        "a_move_takes_an_account_with_several_stores",
    ),
    (
        "items may be missing, empty or some, unknown ones are a 400",
        "items_without_a_mode_take_the_default_mode",
    ),
    (
        "neither method nor address is a success",
        "nothing_to_update_is_a_success_without_an_address",
    ),
    (
        "a move to the same store moves nothing",
        "a_move_to_the_same_store_moves_nothing",
    ),
    (
        "what is true since June 2024 is the default",
        "the_defaults_are_those_since_june_2024",
    ),
    (
        "create-invoices takes a form and JSON",
        "a_form_and_json_are_both_taken",
    ),
    (
        "messages are told as they were sent",
        "a_message_will_be_sent_according_to_account_settings_and_again_only_if_that_is_allowed",
    ),
    (
        "documents are whole in base64",
        "every_invoice_comes_with_a_pdf",
    ),
    (
        "a second booking is a 400",
        "what_is_booked_is_neither_booked_again_nor_cancelled",
    ),
    (
        "a refusal holds error and error_message alone",
        "every_refusal_is_told_in_the_same_form",
    ),
    (
        "the status line has its reason",
        "the_status_line_has_its_reason",
    ),
];

#[test]
fn every_row_of_what_is_settled_has_its_test() {
    let sources = [
        include_str!("dialect_cyclesoftware/bad_input.rs"),
        include_str!("dialect_cyclesoftware/callers.rs"),
        include_str!("dialect_cyclesoftware/invoices.rs"),
        include_str!("dialect_cyclesoftware/limits.rs"),
        include_str!("dialect_cyclesoftware/lists.rs"),
        include_str!("dialect_cyclesoftware/printed.rs"),
        include_str!("dialect_cyclesoftware/rules.rs"),
        include_str!("dialect_cyclesoftware/settled.rs"),
    ];
    for (row, test) in SETTLED {
        let name = format!("async fn {test}()");
        assert!(
            sources.iter().any(|source| source.contains(&name)),
            "{row}: {test}"
        );
    }
}
