//! What is settled where the document is silent, or says two things.

use order_status_tests::golden::{exchange, request};
use order_status_tests::{Backend, Config, Server, on_both};

use super::{JSON, TOKEN, demo, error, get, json, order, send, told, verb};

const CALLS: [(&str, &str, &str); 4] = [
    ("confirm", "number", "order"),
    ("paid", "order", "number"),
    ("complete", "order", "number"),
    ("cancel", "order", "number"),
];

fn path(call: &str) -> String {
    format!("/api/store/orders/{call}")
}

#[tokio::test]
async fn either_name_will_do_and_the_documented_one_wins() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (call, key, alias) in CALLS {
        let both = format!("{{\"{key}\": \"FR9TL74P\", \"{alias}\": \"NOSUCH\"}}");
        let refused = format!("{{\"{key}\": \"NOSUCH\", \"{alias}\": \"FR9TL74P\"}}");
        let missing = send(&server, "POST", &path(call), &refused).await;
        assert_eq!(error(&missing).0, "invalid_order_number", "{call}");
        assert_eq!(
            send(&server, "POST", &path(call), &both).await.status,
            200,
            "{call}"
        );
    }
    let (server, _database) = demo(Backend::Sqlite).await;
    for (call, _, alias) in CALLS {
        let body = format!("{{\"{alias}\": \"FR9TL74P\", \"extra\": [1]}}");
        assert_eq!(
            send(&server, "POST", &path(call), &body).await.status,
            200,
            "{call}"
        );
    }
}

#[tokio::test]
async fn a_body_without_a_number_is_told_what_is_required() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (call, key, alias) in CALLS {
        for body in [
            "{}".to_owned(),
            format!("{{\"{key}\": null}}"),
            format!("{{\"{key}\": \"\"}}"),
            format!("{{\"{key}\": null, \"{alias}\": \"\"}}"),
        ] {
            let refused = send(&server, "POST", &path(call), &body).await;
            let expected = told("required", "This field is required.", key);
            assert_eq!(error(&refused), expected, "{call} {body}");
        }
    }
}

#[tokio::test]
async fn an_unknown_order_is_told_under_the_name_that_the_call_has_for_it() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (call, key, _) in CALLS {
        let long = "x".repeat(65);
        for number in [
            "NOSUCH",
            "fr9tl74p",
            " FR9TL74P",
            "1",
            long.as_str(),
            "a\\u0000b",
        ] {
            let expected = told("invalid_order_number", "Order not found", key);
            assert_eq!(
                error(&verb(&server, call, number).await),
                expected,
                "{call} {number}"
            );
        }
    }
}

#[tokio::test]
async fn orders_of_other_stores_do_not_exist() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        for (call, key, _) in CALLS {
            let expected = told("invalid_order_number", "Order not found", key);
            assert_eq!(
                error(&verb(&server, call, "FR9TL7S2").await),
                expected,
                "{call}"
            );
        }
        let missing = get(&server, "details?number=FR9TL7S2").await;
        assert_eq!(json(&missing)["error_code"], "invalid_request");
        let latest = json(&get(&server, "get?last_order_id=0").await);
        let numbers: Vec<_> = latest["orders"].as_array().unwrap().iter().collect();
        assert!(
            numbers
                .iter()
                .all(|order| order["storeName"] == "Burger God"),
            "{latest}"
        );
        assert_eq!(order(&server, "FR9TL7S2").await.version, 1);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_waits_for_its_payment_is_not_confirmed() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let refused = verb(&server, "confirm", "FR9TL740").await;
    let expected = told("invalid_status", "Order is pending payment", "number");
    assert_eq!(error(&refused), expected);
    let paid = verb(&server, "paid", "FR9TL740").await;
    assert_eq!(super::standing(&paid), super::stands(1, "New", 2));
    assert_eq!(verb(&server, "confirm", "FR9TL740").await.status, 200);
}

#[tokio::test]
async fn a_missing_and_a_wrong_token_are_the_same() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = "{\"number\": \"FR9TL74P\"}";
    let wrong = [
        None,
        Some("token wrong".to_owned()),
        Some("token".to_owned()),
        Some("token ".to_owned()),
        Some(TOKEN.to_owned()),
        Some(format!("Bearer {TOKEN}")),
        Some(format!("Basic {TOKEN}")),
        Some(format!("token {TOKEN}x")),
        Some(format!("token {}", "x".repeat(5000))),
        Some("token t\u{f6}ken".to_owned()),
    ];
    for authorization in &wrong {
        let mut headers = vec![JSON];
        headers.extend(
            authorization
                .iter()
                .map(|told| ("Authorization", told.as_str())),
        );
        for (method, call, body) in [
            ("POST", "confirm", body),
            ("POST", "confirm", "{"),
            ("GET", "confirm", ""),
            ("GET", "sync", ""),
            ("GET", "details", ""),
            ("GET", "get?last_order_id=x", ""),
            ("GET", "nothing", ""),
        ] {
            let answer = exchange(&server, &request(method, &path(call), &headers, body)).await;
            let got = (answer.status, answer.body.as_str());
            assert_eq!(
                got,
                (401, "{\"detail\":\"Invalid token\"}"),
                "{authorization:?} {call}"
            );
        }
    }
    for scheme in ["token", "Token", "TOKEN"] {
        let authorization = format!("{scheme} {TOKEN}");
        let headers = [("Authorization", authorization.as_str())];
        let answer = request("GET", &path("details?number=FR9TL74P"), &headers, "");
        assert_eq!(exchange(&server, &answer).await.status, 200, "{scheme}");
    }
    // The token opens this contract only as its token; a key of our own does not stand in for it.
    let headers = [JSON, ("X-API-KEY", TOKEN)];
    let answer = exchange(&server, &request("POST", &path("confirm"), &headers, body)).await;
    assert_eq!(answer.status, 401);
    assert_eq!(order(&server, "FR9TL74P").await.version, 1);
}

#[tokio::test]
async fn a_client_that_expects_continue_is_told_to() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let authorization = format!("token {TOKEN}");
    let headers = [
        JSON,
        ("Authorization", authorization.as_str()),
        ("Expect", "100-continue"),
    ];
    let body = "{\"number\": \"FR9TL74P\"}";
    let answer = exchange(&server, &request("POST", &path("confirm"), &headers, body)).await;
    // What comes first is the interim answer, with the real one behind it.
    assert_eq!(answer.status, 100);
    assert!(
        answer.body.starts_with("HTTP/1.1 200 OK\r\n"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_trailing_slash_will_do_and_another_method_will_not() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let body = "{\"number\": \"FR9TL74P\"}";
    let confirmed = send(&server, "POST", &path("confirm/"), body).await;
    let order = json(&confirmed);
    assert!(
        order["user"].is_object() && order["delivery_info"].is_null(),
        "{order}"
    );
    for other in [
        "confirm//",
        "confirm%2F",
        "confirm/x",
        "Confirm",
        "",
        "con%66irm",
        "confirm%00",
    ] {
        let answer = send(&server, "POST", &path(other), body).await;
        let got = (answer.status, answer.body.as_str());
        assert_eq!(got, (404, "{\"detail\":\"Not found.\"}"), "{other}");
    }
    for (call, allow) in [
        ("confirm", "POST, OPTIONS"),
        ("paid", "POST, OPTIONS"),
        ("complete", "POST, OPTIONS"),
        ("cancel", "POST, OPTIONS"),
        ("details", "GET, HEAD, OPTIONS"),
        ("get", "GET, HEAD, OPTIONS"),
        ("sync", "GET, OPTIONS"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = send(&server, method, &path(call), "").await;
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, allow),
                "{method} {call}"
            );
            if method != "HEAD" {
                let detail = format!("Method \"{method}\" not allowed.");
                assert_eq!(json(&answer)["detail"], detail.as_str());
            }
        }
        let options = send(&server, "OPTIONS", &path(call), "").await;
        let got = (
            options.status,
            options.header("allow"),
            options.header("vary"),
        );
        assert_eq!(got, (200, allow, "Accept"), "{call}");
    }
}

#[tokio::test]
async fn plain_http_is_refused_where_https_is_required_unless_a_trusted_proxy_says_otherwise() {
    let args = ["--require-https", "--trusted-proxy", "127.0.0.1"].map(str::to_owned);
    let server = Server::start(Config {
        demo: true,
        args: args.into(),
        ..Config::default()
    });
    let server = server.await;
    let body = "{\"number\": \"FR9TL74P\"}";
    let authorization = format!("token {TOKEN}");
    let mut headers = vec![JSON, ("Authorization", authorization.as_str())];
    let plain = exchange(&server, &request("POST", &path("confirm"), &headers, body)).await;
    let expected = "{\"detail\":\"Please use https instead of http\"}";
    assert_eq!((plain.status, plain.body.as_str()), (403, expected));
    let told = [
        plain.header("allow"),
        plain.header("vary"),
        plain.header("content-type"),
    ];
    assert_eq!(told, ["POST, OPTIONS", "Accept", "application/json"]);
    headers.push(("X-Forwarded-Proto", "https"));
    let secure = exchange(&server, &request("POST", &path("confirm"), &headers, body)).await;
    assert_eq!(secure.status, 200, "{}", secure.body);
}
