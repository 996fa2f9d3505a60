//! What nobody should send: answered in the contract's own shape, without a change.

use order_status_tests::contract::{broken_off, declaring, impatient_demo, overlong, stalled};
use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, on_both};
use serde_json::json;

use super::{CALL_KW, JSON, SESSION, call, error, order_in, post, read, result, shared, standing};

fn confirm(id: i64) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "params": {"model": "sale.order", "method": "action_confirm", "args": [id], "kwargs": {}}})
        .to_string()
}

#[tokio::test]
async fn bodies_that_are_no_json_rpc_are_400_and_change_nothing() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        let good = confirm(id);
        let huge = format!("{{\"x\": \"{}\", {}", "x".repeat(300_000), &good[1..]);
        for (body, text) in [
            (String::new(), "Invalid JSON data"),
            ("{".to_owned(), "Invalid JSON data"),
            (good[..good.len() - 1].to_owned(), "Invalid JSON data"),
            (format!("{good} x"), "Invalid JSON data"),
            (good.replace('"', "'"), "Invalid JSON data"),
            (format!("{{\"id\": 1, {}", &good[1..]), "Invalid JSON data"),
            (
                format!("{{\"params\": {{}}, {}", &good[1..]),
                "Invalid JSON data",
            ),
            (
                good.replace("\"args\"", "\"model\":\"sale.order\",\"args\""),
                "Invalid JSON data",
            ),
            (good.replace("{}", "{\"a\": NaN}"), "Invalid JSON data"),
            (format!("/* x */ {good}"), "Invalid JSON data"),
            (huge, "Invalid JSON data"),
            (format!("[{good}]"), "Invalid JSON-RPC data"),
            ("null".to_owned(), "Invalid JSON-RPC data"),
            ("7".to_owned(), "Invalid JSON-RPC data"),
            ("\"x\"".to_owned(), "Invalid JSON-RPC data"),
        ] {
            let answer = post(server, CALL_KW, &body).await;
            let shown: String = body.chars().take(80).collect();
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (400, text),
                "{shown}"
            );
        }
        assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
        assert_eq!(result(&post(server, CALL_KW, &good).await), true);
    })
    .await;
}

#[tokio::test]
async fn parameters_that_are_no_object_are_a_type_error() {
    let server = shared(Backend::Sqlite).await;
    for params in ["[1]", "\"x\"", "7", "true"] {
        let body = format!("{{\"id\": 1, \"params\": {params}}}");
        assert_eq!(
            error(&post(server, CALL_KW, &body).await).1,
            "builtins.TypeError",
            "{params}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_not_said_to_be_json_are_refused() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "draft").await;
    let cookie = format!("session_id={SESSION}");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin1",
        "application/jsonp",
        "",
    ] {
        let headers = [("Content-Type", kind), ("Cookie", cookie.as_str())];
        let answer = exchange(server, &request("POST", CALL_KW, &headers, &confirm(id))).await;
        assert_eq!(answer.status, 400, "{kind}");
    }
    assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    for kind in ["application/json-rpc", "Application/JSON; charset=UTF-8"] {
        let headers = [("Content-Type", kind), ("Cookie", cookie.as_str())];
        let answer = exchange(server, &request("POST", CALL_KW, &headers, &confirm(id))).await;
        assert_eq!(result(&answer), true, "{kind}");
    }
}

#[tokio::test]
async fn depth_names_and_odd_characters_are_answered_in_the_envelope() {
    let server = shared(Backend::Sqlite).await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let long = "x".repeat(100_000);
    for (args, kwargs) in [
        (format!("[{deep}]"), "{}".to_owned()),
        ("[67]".to_owned(), format!("{{\"fields\": {deep}}}")),
        ("[67]".to_owned(), format!("{{\"{long}\": 1}}")),
        ("[67]".to_owned(), "{\"fields\": [\"\\ud800\"]}".to_owned()),
        (
            "[67]".to_owned(),
            "{\"fields\": [\"a\\u0000b\"]}".to_owned(),
        ),
        ("[67]".to_owned(), format!("{{\"fields\": [\"{long}\"]}}")),
        ("[\"\\ud800\"]".to_owned(), "{}".to_owned()),
    ] {
        let params = format!(
            "{{\"model\":\"sale.order\",\"method\":\"read\",\"args\":{args},\"kwargs\":{kwargs}}}"
        );
        let answer = post(
            server,
            CALL_KW,
            &format!("{{\"id\":1,\"params\":{params}}}"),
        )
        .await;
        let (code, name, message) = error(&answer);
        assert_eq!(code, 200);
        assert!(name.starts_with("builtins."), "{name}: {message}");
        assert!(answer.body.len() < 2_000, "{}", answer.body.len());
    }
    let (_, name, message) =
        error(&call(server, &format!("m{long}"), json!([67]), json!({})).await);
    assert_eq!(name, "builtins.AttributeError");
    assert!(message.len() < 300, "{message}");
}

#[tokio::test]
async fn too_many_records_at_once_are_refused() {
    let server = shared(Backend::Sqlite).await;
    let ids: Vec<i64> = (1..=501).collect();
    for method in ["action_confirm", "unlink", "read"] {
        let refused = call(server, method, json!([ids]), json!({})).await;
        assert_eq!(error(&refused).1, "odoo.exceptions.UserError", "{method}");
    }
}

#[tokio::test]
async fn bodies_longer_or_shorter_than_declared_do_no_harm() {
    let server = shared(Backend::Sqlite).await;
    let id = order_in(server, "draft").await;
    let body = confirm(id);
    let cookie = format!("session_id={SESSION}");
    let headers = [JSON, ("Cookie", cookie.as_str())];
    let call = request("POST", CALL_KW, &headers, &body);
    let shorter = declaring(body.len() as u64 - 1, &call);
    let answer = exchange(server, &shorter).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (400, "Invalid JSON data")
    );
    assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    let longer = declaring(99_999_999_999, &call);
    assert_eq!(exchange(server, &longer).await.status, 400);
    assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    let answer = exchange(server, &request("POST", CALL_KW, &[JSON], &body)).await;
    assert_eq!(read(&answer)["error"]["code"], 100);
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_is_given_up_in_time() {
    let (server, _database) = impatient_demo(Backend::Sqlite).await;
    let cookie = format!("session_id={SESSION}");
    let headers = [JSON, ("Cookie", cookie.as_str())];
    let call = request("POST", CALL_KW, &headers, &confirm(67));
    let answer = stalled(&server, &call).await;
    let expected = (400, "Invalid JSON data");
    assert_eq!((answer.status, answer.body.as_str()), expected);
    if let Some(answer) = broken_off(&server, &call).await {
        assert_eq!((answer.status, answer.body.as_str()), expected);
    }
    assert_eq!(standing(&server, 67).await, ("draft".to_owned(), 1));
    assert_eq!(result(&overlong(&server, &call).await), true);
}
