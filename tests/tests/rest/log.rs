//! What the log tells of calls over HTTP: where they stand in their callers' traces, and what was refused before the
//! API had a word in it.

use std::collections::HashMap;

use order_status_tests::http::{Answer, Call, exchange};
use order_status_tests::{Config, Server};
use serde_json::{Value, json};

const ORDERS: &str = "/v1/orders";
const CALL_KW: &str = "/web/dataset/call_kw";
const AUTHENTICATE: &str = "/web/session/authenticate";

/// A server that logs in JSON, and its admin's key.
async fn server_with(args: &[&str]) -> (Server, String) {
    let args = [&["--log=json"], args].concat();
    let server = Server::start(Config {
        args: args.iter().map(ToString::to_string).collect(),
        ..Config::default()
    })
    .await;
    let key = server.admin_key().await;
    (server, key)
}

/// All that a server logged until its end.
async fn logged(mut server: Server) -> Vec<Value> {
    assert!(server.stop().await.success());
    let (_, log) = server.output();
    let lines = log.lines();
    let lines = lines.map(|line| serde_json::from_str(line).expect("each line is JSON"));
    lines.collect()
}

/// A call, and what the log is to say of it: HTTP's status, the reason, and the path where it is not told whole.
struct Refused {
    call: Call,
    status: u16,
    reason: Value,
    method: &'static str,
    path: String,
}

fn refused(call: Call, method: &'static str, path: &str, status: u16, reason: Value) -> Refused {
    Refused {
        call,
        status,
        reason,
        method,
        path: path.to_owned(),
    }
}

/// What is refused without the API.
fn refusals(server: &Server, key: &str) -> Vec<Refused> {
    let call = |method: &str, target: &str| Call::new(server.http_address(), method, target);
    let with_key = |method: &str, target: &str| call(method, target).key(key);
    let typed = |body: &str| with_key("POST", ORDERS).json(body);
    let long = format!("/v1/{}", "x".repeat(4_000));
    let text = with_key("POST", ORDERS).header("content-type", "text/plain");
    let big = json!({"notes": "x".repeat(3_000_000)}).to_string();
    vec![
        refused(
            with_key("GET", "/nothing?token=in-the-query"),
            "GET",
            "/nothing",
            404,
            json!("RESOURCE_NOT_FOUND"),
        ),
        refused(
            call("GET", &long),
            "GET",
            &long[..200],
            404,
            json!("RESOURCE_NOT_FOUND"),
        ),
        refused(
            call("GET", &format!("/v1/{key}")),
            "GET",
            "/v1/",
            404,
            json!("RESOURCE_NOT_FOUND"),
        ),
        refused(
            with_key("PUT", ORDERS),
            "PUT",
            ORDERS,
            405,
            json!("HTTP_METHOD_NOT_ALLOWED"),
        ),
        refused(
            with_key("BREWINGCOFFEEFORALL", ORDERS),
            "BREWINGCOFFEEFOR",
            ORDERS,
            405,
            json!("HTTP_METHOD_NOT_ALLOWED"),
        ),
        refused(
            text.body("in-the-body"),
            "POST",
            ORDERS,
            415,
            json!("MEDIA_TYPE_UNSUPPORTED"),
        ),
        refused(
            typed("{\"notes\": \"in-the-body"),
            "POST",
            ORDERS,
            400,
            json!("INVALID_FIELD"),
        ),
        refused(typed(&big), "POST", ORDERS, 413, json!("LIMIT_EXCEEDED")),
        // A contract's own words: a status, and a reason where it has names for them.
        refused(
            call("POST", CALL_KW).json("in-the-body"),
            "POST",
            CALL_KW,
            400,
            Value::Null,
        ),
        refused(
            call("POST", AUTHENTICATE).json("{\"params\": 7}"),
            "POST",
            AUTHENTICATE,
            200,
            json!("builtins.TypeError"),
        ),
        refused(
            call("DELETE", "/web/session/check"),
            "DELETE",
            "/web/session/check",
            405,
            json!("werkzeug.exceptions.MethodNotAllowed"),
        ),
    ]
}

/// The figure of refused calls, by status.
fn counted(metrics: &Answer) -> HashMap<String, u64> {
    let lines = metrics.text().lines();
    let figures = lines.filter_map(|line| {
        let (code, count) = line
            .strip_prefix("rest_refused_total{code=\"")?
            .split_once("\"} ")?;
        Some((code.to_owned(), count.parse().ok()?))
    });
    figures.collect()
}

#[tokio::test]
async fn a_call_that_is_refused_before_the_api_is_one_line_and_one_in_the_figures() {
    let (server, key) = server_with(&[]).await;
    let mut expected = HashMap::new();
    let mut counts: HashMap<String, u64> = HashMap::new();
    for (at, wrong) in refusals(&server, &key).into_iter().enumerate() {
        let id = format!("refused-{at}");
        let call = wrong.call.header("x-correlation-id", &id);
        let answer = call.send().await;
        assert_eq!(answer.status, wrong.status, "{id}: {}", answer.text());
        *counts.entry(wrong.status.to_string()).or_default() += 1;
        let told = json!([wrong.method, wrong.path, wrong.status, wrong.reason]);
        expected.insert(id, told);
    }
    // What the API answers or refuses has its line from the API.
    for (id, target, status) in [
        ("answered", "/v1/orders", 200),
        ("refused-by-the-api", "/v1/orders/77", 404),
    ] {
        let call = Call::new(server.http_address(), "GET", target).key(&key);
        let answer = call.header("x-correlation-id", id).send().await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let metrics = Call::new(server.http_address(), "GET", "/metrics");
    assert_eq!(counted(&metrics.send().await), counts);

    let log = logged(server).await;
    let mut told = HashMap::new();
    for line in log.iter().filter(|line| line["message"] == "call refused") {
        let [method, path, status, reason] =
            ["http.method", "url.path", "http.status", "error.reason"].map(|name| &line[name]);
        let address = line["client.address"].as_str().expect("an address");
        assert!(address.starts_with("127.0.0.1:"), "{line}");
        assert!(line["duration.ms"].is_number(), "{line}");
        assert_eq!(line["level"], "INFO");
        let id = line["correlation.id"].as_str().expect("an id").to_owned();
        let twice = told.insert(id, json!([method, path, status, reason]));
        assert_eq!(twice, None, "{line}");
    }
    assert_eq!(told, expected);
    let ended = log.iter().filter(|line| line["message"] == "call ended");
    let ended: Vec<&Value> = ended.map(|line| &line["span"]["correlation.id"]).collect();
    assert_eq!(ended, ["answered", "refused-by-the-api"]);
    let whole = json!(log).to_string();
    for secret in ["in-the-query", "in-the-body", &key["osk_".len()..]] {
        assert!(!whole.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_call_over_plain_http_where_https_is_required_is_one_line_and_so_is_what_is_no_call() {
    let (server, key) = server_with(&["--require-https"]).await;
    for (id, target) in [("native", "/v1/orders"), ("contract", CALL_KW)] {
        let call = Call::new(server.http_address(), "POST", target).key(&key);
        let answer = call.header("x-correlation-id", id).json("{}").send().await;
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    for bytes in [
        "in-the-open\r\n\r\n".to_owned(),
        format!("GET /livez HTTP/9.9\r\nauthorization: Bearer {key}\r\n\r\n"),
        format!("GET /livez HTTP/1.1\r\nauthorization {key}\r\n\r\n"),
    ] {
        let answer = exchange(server.http_address(), bytes.as_bytes()).await;
        assert_eq!(answer.status, 400, "{bytes}");
    }
    let log = logged(server).await;
    let refused = log.iter().filter(|line| line["message"] == "call refused");
    let refused: Vec<Value> = refused
        .map(|line| {
            let names = ["correlation.id", "url.path", "http.status", "error.reason"];
            json!(names.map(|name| &line[name]))
        })
        .collect();
    let access = "odoo.exceptions.AccessError";
    let expected = [
        json!(["native", ORDERS, 403, "HTTPS_REQUIRED"]),
        json!(["contract", CALL_KW, 403, access]),
    ];
    assert_eq!(refused, expected);
    let none = log
        .iter()
        .filter(|line| line["message"] == "what came is no call");
    let none: Vec<&Value> = none.collect();
    assert_eq!(none.len(), 3, "{none:?}");
    for line in none {
        assert_eq!(line["listener"], "http");
        assert!(line["error"].is_string() && line["client.address"].is_string());
    }
    let whole = json!(log).to_string();
    for secret in ["in-the-open", &key] {
        assert!(!whole.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_call_stands_in_its_callers_trace_whatever_contract_it_speaks() {
    let (server, key) = server_with(&[]).await;
    let traced = |id: &str, method: &str, target: &str| {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        Call::new(server.http_address(), method, target)
            .header("traceparent", parent)
            .header("x-correlation-id", id)
    };
    let native = traced("native", "GET", ORDERS).key(&key);
    let web = traced("web", "POST", "/orderstatus.v1.OrderService/ListOrders")
        .key(&key)
        .header("content-type", "application/grpc-web+proto")
        .body([0; 5]);
    let cookie = format!("session_id={key}");
    let contract = traced("contract", "POST", "/web/session/check")
        .header("cookie", &cookie)
        .json("{\"params\": {}}");
    for call in [native, web, contract] {
        let answer = call.send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for (id, name, value) in [
        ("invalid", "traceparent", "nonsense"),
        ("none", "accept", "*/*"),
    ] {
        let call = Call::new(server.http_address(), "GET", ORDERS).key(&key);
        let call = call.header("x-correlation-id", id).header(name, value);
        assert_eq!(call.send().await.status, 200);
    }

    let mut traces = HashMap::new();
    let mut spans = Vec::new();
    for line in logged(server).await {
        if line["message"] == "call ended" {
            let text = |name: &str| line["span"][name].as_str().expect("a text").to_owned();
            traces.insert(text("correlation.id"), text("trace.id"));
            spans.push(text("span.id"));
        }
    }
    let theirs = "4bf92f3577b34da6a3ce929d0e0e4736";
    for id in ["native", "web", "contract"] {
        assert_eq!(traces[id], theirs, "{id}");
    }
    for id in ["invalid", "none"] {
        assert!(traces[id] != theirs && traces[id].len() == 32, "{id}");
    }
    assert_ne!(traces["invalid"], traces["none"]);
    let calls = spans.len();
    spans.sort();
    spans.dedup();
    assert_eq!(
        (calls, spans.len()),
        (5, 5),
        "each call is a span of its own"
    );
    assert!(!spans.contains(&"00f067aa0ba902b7".to_owned()));
}
