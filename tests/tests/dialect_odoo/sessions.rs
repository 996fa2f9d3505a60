//! Logging in and out, and who may what.

use futures_util::future::join_all;
use order_status_tests::backend::Database;
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Backend, Config, Server, on_both};
use serde_json::{Value, json};

use super::{
    CALL_KW, JSON, NOTHING, call_as, demo, error, order_in, post_as, read, result, shared,
    standing, told,
};

const EXPIRED: &str = "{\"jsonrpc\":\"2.0\",\"id\":16,\"error\":{\"code\":100,\"message\":\"Odoo Session Expired\",\
    \"data\":{\"name\":\"odoo.http.SessionExpiredException\",\
    \"debug\":\"Traceback (most recent call last):\\nodoo.http.SessionExpiredException: Session expired\\n\",\
    \"message\":\"Session expired\",\"arguments\":[\"Session expired\"],\"context\":{}}}}";

async fn log_in(server: &Server, cookie: &str, params: Value) -> Answer {
    let body = json!({"jsonrpc": "2.0", "id": 16, "params": params}).to_string();
    let headers = [JSON, ("Cookie", cookie)];
    exchange(
        server,
        &request("POST", "/web/session/authenticate", &headers, &body),
    )
    .await
}

fn admin() -> Value {
    json!({"db": "odoo", "login": "admin", "password": "admin", "base_location": "http://localhost"})
}

/// The token in the cookie that an answer sets.
fn session(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    let (pair, attributes) = cookie.split_once(';').expect("a cookie");
    for attribute in ["Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Lax"] {
        assert!(attributes.contains(attribute), "{cookie}");
    }
    pair.strip_prefix("session_id=")
        .expect("the session")
        .to_owned()
}

async fn session_call(server: &Server, session: &str, name: &str) -> Answer {
    let path = format!("/web/session/{name}");
    post_as(
        server,
        session,
        &path,
        "{\"jsonrpc\":\"2.0\",\"id\":16,\"params\":{}}",
    )
    .await
}

#[tokio::test]
async fn a_login_opens_a_session_that_lasts_seven_days_in_a_cookie() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let answer = log_in(server, "frontend_lang=en_US", admin()).await;
        let info = result(&answer);
        let uid = info["uid"].as_i64().expect("a user");
        assert_eq!(
            info["user_context"],
            json!({"lang": "en_US", "tz": "UTC", "uid": uid})
        );
        for (key, value) in [
            ("db", json!("odoo")),
            ("username", json!("admin")),
            ("is_public", json!(false)),
            ("is_internal_user", json!(true)),
            ("server_version", json!("16.0")),
            ("server_version_info", json!([16, 0, 0, "final", 0, ""])),
            ("active_ids_limit", json!(20000)),
        ] {
            assert_eq!(info[key], value, "{key}");
        }
        assert_eq!(info.get("session_id"), None);
        let token = session(&answer);
        assert_eq!(
            result(&session_call(server, &token, "get_session_info").await)["uid"],
            uid
        );
        assert_eq!(session_call(server, &token, "check").await.body, NOTHING);
        let id = order_in(server, "draft").await;
        let confirmed = call_as(server, &token, "action_confirm", json!([id]), json!({})).await;
        assert_eq!(result(&confirmed), true);
    })
    .await;
}

#[tokio::test]
async fn a_login_ends_the_session_that_it_came_with() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let first = session(&log_in(server, "", admin()).await);
        let second = session(&log_in(server, &format!("session_id={first}"), admin()).await);
        assert_ne!(first, second);
        assert_eq!(session_call(server, &first, "check").await.body, EXPIRED);
        assert_eq!(session_call(server, &second, "check").await.body, NOTHING);
        // A cookie that somebody made up does not become a session.
        let made_up = session(&log_in(server, "session_id=made-up", admin()).await);
        assert_ne!(made_up, "made-up");
        assert_eq!(session_call(server, "made-up", "check").await.body, EXPIRED);
    })
    .await;
}

/// A server with the demo of its own, whose callers are believed about how they were called.
async fn behind_a_proxy(more: &[&str]) -> (Server, Database) {
    let database = Backend::Sqlite.database().await;
    let args = [&["--trusted-proxy", "127.0.0.1"], more].concat();
    let server = Server::start(Config {
        demo: true,
        args: args.iter().map(ToString::to_string).collect(),
        ..Config::on(&database)
    });
    (server.await, database)
}

/// The attributes of a cookie, and the address of the service that a login tells.
async fn logged_in(server: &Server, forwarded: &[(&str, &str)]) -> (String, String) {
    let body = json!({"jsonrpc": "2.0", "id": 16, "params": admin()}).to_string();
    let headers = [&[JSON], forwarded].concat();
    let call = request("POST", "/web/session/authenticate", &headers, &body);
    let answer = exchange(server, &call).await;
    let base_url = result(&answer)["web.base.url"].clone();
    let token = session(&answer);
    let cookie = format!("session_id={token}");
    let headers = [&[("Cookie", cookie.as_str())], forwarded].concat();
    let out = exchange(server, &request("GET", "/web/session/logout", &headers, "")).await;
    let attributes = |answer: &Answer| {
        let cookie = answer.header("set-cookie").split_once("; ");
        cookie.expect("a cookie with attributes").1.to_owned()
    };
    assert_eq!(
        attributes(&out),
        attributes(&answer).replace("Max-Age=604800", "Max-Age=0")
    );
    let base_url = base_url.as_str().expect("an address").to_owned();
    (attributes(&answer), base_url)
}

#[tokio::test]
async fn over_https_the_cookie_is_for_https_alone_and_so_is_the_address() {
    const KEPT: &str = "Path=/; Max-Age=604800; HttpOnly; SameSite=Lax";
    let https = || (format!("{KEPT}; Secure"), "https://localhost".to_owned());
    let http = || (KEPT.to_owned(), "http://localhost".to_owned());
    let forwarded = |proto| [("X-Forwarded-Proto", proto)];

    let direct = shared(Backend::Sqlite).await;
    assert_eq!(logged_in(direct, &[]).await, http());
    // Nobody is trusted here: anybody can say so.
    assert_eq!(logged_in(direct, &forwarded("https")).await, http());

    let (proxied, _database) = behind_a_proxy(&[]).await;
    assert_eq!(logged_in(&proxied, &forwarded("https")).await, https());
    assert_eq!(logged_in(&proxied, &forwarded("http")).await, http());
    assert_eq!(logged_in(&proxied, &[]).await, http());

    let (strict, _database) = behind_a_proxy(&["--require-https"]).await;
    assert_eq!(logged_in(&strict, &forwarded("https")).await, https());
}

#[tokio::test]
async fn a_wrong_password_login_or_database_are_one_answer() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let before = exchange(&server, &request("GET", "/web/session/logout", &[], "")).await;
    assert_eq!(before.status, 303);
    for params in [
        json!({"db": "odoo", "login": "admin", "password": "wrong"}),
        json!({"db": "odoo", "login": "nobody", "password": "admin"}),
        json!({"db": "elsewhere", "login": "admin", "password": "admin"}),
        json!({"db": "wordbee", "login": "admin", "password": "admin"}),
        json!({"db": "", "login": "", "password": ""}),
        json!({"db": "odoo", "login": "admin\u{0}", "password": "x".repeat(10_000)}),
    ] {
        let refused = log_in(&server, "", params.clone()).await;
        let (code, name, _) = error(&refused);
        assert_eq!(
            (code, name.as_str()),
            (200, "odoo.exceptions.AccessDenied"),
            "{params}"
        );
        assert_eq!(refused.header("set-cookie"), "", "{params}");
    }
    let missing = log_in(&server, "", json!({"db": "odoo"})).await;
    let message =
        "Session.authenticate() missing 2 required positional arguments: 'login' and 'password'";
    assert_eq!(error(&missing), super::type_error(message));
}

#[tokio::test]
async fn a_hundred_wrong_passwords_at_once_are_refused_and_the_server_serves_on() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let wrong = json!({"db": "odoo", "login": "admin", "password": "wrong"});
    let refused = join_all((0..100).map(|_| log_in(&server, "", wrong.clone()))).await;
    for answer in refused {
        assert!(
            error(&answer).1.starts_with("odoo.exceptions."),
            "{}",
            answer.body
        );
    }
    let id = order_in(&server, "draft").await;
    let confirmed = super::call(&server, "action_confirm", json!([id]), json!({})).await;
    assert_eq!(result(&confirmed), true);
}

#[tokio::test]
async fn destroy_and_logout_end_the_session() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let token = session(&log_in(server, "", admin()).await);
        let ended = session_call(server, &token, "destroy").await;
        assert_eq!(ended.body, NOTHING);
        assert!(
            ended.header("set-cookie").starts_with("session_id=; "),
            "{:?}",
            ended.headers
        );
        assert!(ended.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(session_call(server, &token, "check").await.body, EXPIRED);
        assert_eq!(session_call(server, &token, "destroy").await.body, EXPIRED);

        let token = session(&log_in(server, "", admin()).await);
        let cookie = format!("session_id={token}");
        let out = request("GET", "/web/session/logout", &[("Cookie", &cookie)], "");
        let out = exchange(server, &out).await;
        assert_eq!((out.status, out.header("location")), (303, "/web"));
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(session_call(server, &token, "check").await.body, EXPIRED);
    })
    .await;
}

#[tokio::test]
async fn without_a_session_every_call_is_expired() {
    let server = shared(Backend::Sqlite).await;
    let params =
        json!({"model": "sale.order", "method": "action_confirm", "args": [67], "kwargs": {}});
    let body = json!({"jsonrpc": "2.0", "id": 16, "params": params}).to_string();
    let long = "x".repeat(2_000);
    for cookie in [
        "",
        "frontend_lang=en_US",
        "session_id=",
        "session_id=8ace287e",
        &format!("session_id={long}"),
        "session_id=\"a b\"",
    ] {
        let headers = [JSON, ("Cookie", cookie)];
        for path in [
            CALL_KW,
            "/web/session/get_session_info",
            "/web/session/check",
            "/web/session/destroy",
        ] {
            let answer = exchange(server, &request("POST", path, &headers, &body)).await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (200, EXPIRED),
                "{cookie} {path}"
            );
        }
    }
}

#[tokio::test]
async fn without_a_session_calls_that_no_record_is_looked_up_for_are_expired_too() {
    let server = shared(Backend::Sqlite).await;
    for (method, args) in [
        ("action_confirm", json!([[]])),
        ("cancel_order", json!([[]])),
        ("unlink", json!([[]])),
        ("read", json!([[]])),
        ("search_read", json!([[["id", "in", []]]])),
        ("search_count", json!([[["id", "in", []]]])),
        ("search_count", json!([])),
        ("nothing", json!([])),
        ("_action_cancel", json!([])),
    ] {
        let refused = call_as(server, "nobody", method, args, json!({})).await;
        assert_eq!(refused.body, EXPIRED, "{method}");
    }
}

#[tokio::test]
async fn a_session_of_another_account_sees_none_of_its_orders() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        let id = order_in(server, "draft").await;
        for other in ["demo-manager", "wordbee-manager", "demo-getfly"] {
            for method in ["action_confirm", "cancel_order", "unlink", "read"] {
                let refused = call_as(server, other, method, json!([id]), json!({})).await;
                assert_eq!(
                    error(&refused).1,
                    "odoo.exceptions.MissingError",
                    "{other} {method}"
                );
            }
            let domain = json!([[["name", "=", "S00067"]]]);
            let count = call_as(server, other, "search_count", domain, json!({})).await;
            assert_eq!(result(&count), 0, "{other}");
        }
        assert_eq!(standing(server, id).await, ("draft".to_owned(), 1));
    })
    .await;
}

#[tokio::test]
async fn a_client_may_not_what_is_for_the_staff() {
    let server = shared(Backend::Sqlite).await;
    let refused = call_as(server, "demo-client", "unlink", json!([1]), json!({})).await;
    let (_, name, message) = error(&refused);
    assert_eq!(name, "odoo.exceptions.AccessError", "{message}");
    let denied = read(&refused)["error"]["message"].clone();
    assert_eq!(denied, "Odoo Server Error");
    let expected = told("odoo.exceptions.AccessError", &message);
    assert_eq!(error(&refused), expected);
}
