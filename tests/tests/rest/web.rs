//! What the web brings along: compression, pages of other origins, browsers that speak gRPC, proxies.

use std::io::Read as _;

use order_status_proto::v1::{GetOrderRequest, Order, get_order_request};
use order_status_tests::http::Call;
use order_status_tests::{Backend, Config, Server};
use prost::Message as _;
use serde_json::{Value, json};

use super::bad_input::gzipped;
use super::world::{World, error_info, id};

async fn server_with(args: &[&str]) -> (Server, String) {
    let args = args.iter().map(ToString::to_string).collect();
    let server = Server::start(Config {
        args,
        ..Config::default()
    })
    .await;
    let key = server.admin_key().await;
    (server, key)
}

#[tokio::test]
async fn gzip_is_understood_both_ways() {
    let world = World::new(Backend::Sqlite).await;
    let notes = "many words ".repeat(300);
    let body = json!({"notes": notes}).to_string();
    let call = world
        .call("POST", "/v1/orders")
        .header("content-type", "application/json");
    let call = call
        .header("content-encoding", "gzip")
        .header("accept-encoding", "gzip");
    let answer = call.body(gzipped(body.as_bytes())).send().await;
    assert_eq!(
        (answer.status, answer.header("content-encoding")),
        (200, Some("gzip"))
    );
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(answer.body.as_slice());
    decoder.read_to_string(&mut text).expect("gzip");
    let order: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(order["notes"], notes);
    let plain = world
        .call("GET", &format!("/v1/orders/{}", id(&order)))
        .send()
        .await;
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.json()["etag"], order["etag"]);
}

#[tokio::test]
async fn pages_of_other_origins_are_told_nothing_unless_they_are_named() {
    let world = World::new(Backend::Sqlite).await;
    let asked = world
        .call("GET", "/v1/orders")
        .header("origin", "https://shop.example")
        .send()
        .await;
    assert_eq!(
        (asked.status, asked.header("access-control-allow-origin")),
        (200, None)
    );

    let (server, key) = server_with(&[
        "--cors-origins",
        "https://shop.example, https://desk.example",
    ])
    .await;
    let ask = |method: &str, origin: &str| {
        Call::new(server.http_address(), method, "/v1/orders").header("origin", origin)
    };
    let shop = ask("GET", "https://shop.example").key(&key).send().await;
    assert_eq!(
        shop.header("access-control-allow-origin"),
        Some("https://shop.example")
    );
    let shown = shop
        .header("access-control-expose-headers")
        .expect("what a page may read");
    assert!(
        shown.contains("etag") && shown.contains("grpc-status"),
        "{shown}"
    );
    assert_eq!(shop.header("access-control-allow-credentials"), None);
    let other = ask("GET", "https://evil.example").key(&key).send().await;
    assert_eq!(other.header("access-control-allow-origin"), None);
    let before = ask("OPTIONS", "https://desk.example")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,if-match")
        .send()
        .await;
    assert_eq!(before.status, 200);
    assert_eq!(
        before.header("access-control-allow-origin"),
        Some("https://desk.example")
    );
    assert!(
        before
            .header("access-control-allow-methods")
            .is_some_and(|all| all.contains("PATCH"))
    );
    assert_eq!(
        before.header("access-control-allow-headers"),
        Some("authorization,if-match")
    );
}

#[tokio::test]
async fn browsers_may_speak_grpc_on_the_same_port() {
    let world = World::new(Backend::Sqlite).await;
    let order = world.order("new").await;
    let number: i64 = id(&order).parse().expect("a number");
    let ask = |number: i64| {
        let request = GetOrderRequest {
            order: Some(get_order_request::Order::Id(number)),
            ..GetOrderRequest::default()
        };
        let message = request.encode_to_vec();
        let length = u32::try_from(message.len())
            .expect("a short message")
            .to_be_bytes();
        let body = [[0].as_slice(), &length, &message].concat();
        let call = world.call("POST", "/orderstatus.v1.OrderService/GetOrder");
        call.header("content-type", "application/grpc-web+proto")
            .body(body)
    };
    let answer = ask(number).send().await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/grpc-web+proto")
    );
    let length: [u8; 4] = answer.body[1..5].try_into().expect("four bytes");
    let end = 5 + usize::try_from(u32::from_be_bytes(length)).expect("a length");
    let told = Order::decode(&answer.body[5..end]).expect("an order");
    assert_eq!(told.id, number);
    let trailers = String::from_utf8_lossy(&answer.body[end + 5..]).into_owned();
    assert!(
        answer.body[end] == 0x80 && trailers.contains("grpc-status:0"),
        "{trailers}"
    );
    let missing = ask(1_000_000).send().await;
    let told = missing.header("grpc-status").map(str::to_owned);
    let trailers = String::from_utf8_lossy(&missing.body).into_owned();
    assert!(
        told.as_deref() == Some("5") || trailers.contains("grpc-status:5"),
        "{told:?} {trailers}"
    );
}

#[tokio::test]
async fn where_https_is_required_only_a_trusted_proxy_may_say_that_it_was() {
    let (strict, key) = server_with(&["--require-https"]).await;
    let ask = |server: &Server, target: &str, proto: Option<&str>| {
        let call = Call::new(server.http_address(), "GET", target).key(&key);
        proto.map_or(call.clone(), |proto| {
            call.header("x-forwarded-proto", proto)
        })
    };
    let refused = ask(&strict, "/v1/orders", None).send().await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert_eq!(refused.json()["error"]["status"], "PERMISSION_DENIED");
    assert_eq!(error_info(&refused)["reason"], "HTTPS_REQUIRED");
    let claimed = ask(&strict, "/v1/orders", Some("https")).send().await;
    assert_eq!(claimed.status, 403, "anybody can say so");
    assert_eq!(
        ask(&strict, "/livez", None).send().await.status,
        200,
        "probes are no calls"
    );

    let (trusting, key) =
        server_with(&["--require-https", "--trusted-proxy", "127.0.0.0/8, ::1"]).await;
    let ask = |proto: &str| {
        let call = Call::new(trusting.http_address(), "GET", "/v1/orders").key(&key);
        call.header("x-forwarded-proto", proto)
            .header("x-forwarded-for", "198.51.100.7")
            .send()
    };
    assert_eq!(ask("https").await.status, 200);
    assert_eq!(ask("http").await.status, 403);
    let (_, log) = trusting.output();
    assert!(
        log.contains("198.51.100.7"),
        "the log names the caller, not the proxy"
    );
}

#[tokio::test]
async fn rest_can_be_left_out() {
    let (server, key) = server_with(&["--rest=false"]).await;
    let answer = Call::new(server.http_address(), "GET", "/v1/orders")
        .key(&key)
        .send()
        .await;
    assert_eq!(answer.status, 404);
    let probe = Call::new(server.http_address(), "GET", "/livez")
        .send()
        .await;
    assert_eq!((probe.status, probe.text()), (200, "ok\n"));
}
