//! Bad input: told what is wrong with it, and the server serves on.

use std::time::{Duration, Instant};

use order_status_tests::http::{Answer, Call, exchange};
use order_status_tests::{Backend, Config, Server};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::world::{World, error_info};

/// The code, and the status and the message of the error.
fn told(answer: &Answer) -> (u16, String, String) {
    let error = &answer.json()["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(error["code"], answer.status, "{error}");
    assert!(
        !error["details"].as_array().expect("details").is_empty(),
        "{error}"
    );
    (answer.status, text("status"), text("message"))
}

async fn serves(world: &World) {
    let answer = world.call("GET", "/v1/orders").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let world = World::new(Backend::Sqlite).await;
    let deep = |depth: usize| format!("{{\"lines\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
    let nested = |depth: usize| format!("{}1{}", "{\"customer\":".repeat(depth), "}".repeat(depth));
    let bodies: Vec<Vec<u8>> = vec![
        b"{".to_vec(),
        b"{\"notes\": \"x".to_vec(),
        b"{\"notes\": \"x\"}}".to_vec(),
        b"{\"notes\": \"x\"} {}".to_vec(),
        b"{'notes': 'x'}".to_vec(),
        b"{\"notes\": \"\\ud800\"}".to_vec(),
        b"{\"notes\": \"\xff\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"notes\": \"\0\"}".to_vec(),
        b"{\"notes\": 01}".to_vec(),
        b"{\"storeId\": 1e999}".to_vec(),
        b"{\"storeId\": NaN}".to_vec(),
        b"[]".to_vec(),
        b"7".to_vec(),
        b"null x".to_vec(),
        b"\"text\"".to_vec(),
        deep(100).into_bytes(),
        deep(100_000).into_bytes(),
        nested(100_000).into_bytes(),
        b" ".to_vec(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let call = world
            .call("POST", "/v1/orders")
            .header("content-type", "application/json")
            .body(body);
        let (code, status, _) = told(&call.send().await);
        assert_eq!(
            (code, status.as_str()),
            (400, "INVALID_ARGUMENT"),
            "{shown}"
        );
    }
    serves(&world).await;
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let world = World::new(Backend::Sqlite).await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/json; charset=latin1",
        "application/json; charset=\"utf-16\"",
        "application/jsonp",
        "",
        "application/grpc",
    ] {
        let call = world
            .call("POST", "/v1/orders")
            .header("content-type", kind)
            .body("{}");
        let answer = call.send().await;
        let (code, status, message) = told(&answer);
        assert_eq!((code, status.as_str()), (415, "INVALID_ARGUMENT"), "{kind}");
        assert!(message.starts_with("content-type"), "{message}");
        let info = error_info(&answer);
        assert_eq!(info["reason"], "MEDIA_TYPE_UNSUPPORTED", "{kind}");
        assert_eq!(info["metadata"]["header"], "content-type", "{kind}");
    }
    for kind in [
        "application/json; charset=UTF-8",
        "Application/JSON;charset=\"utf-8\"",
        "application/json;x=y",
    ] {
        let call = world
            .call("POST", "/v1/orders")
            .header("content-type", kind)
            .body("{}");
        assert_eq!(call.send().await.status, 200, "{kind}");
    }
    let packed = world
        .call("POST", "/v1/orders")
        .json("{}")
        .header("content-encoding", "br");
    let packed = packed.send().await;
    assert_eq!(told(&packed).0, 415);
    assert_eq!(
        error_info(&packed)["metadata"],
        json!({"header": "content-encoding", "accepted": "gzip or none"})
    );
    let body = world.call("GET", "/v1/orders").json("{}");
    assert!(
        told(&body.send().await)
            .2
            .contains("this method takes none")
    );
    serves(&world).await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let world = World::new(Backend::Sqlite).await;
    let notes = |bytes: usize| json!({"notes": "x".repeat(bytes)}).to_string();
    // Within what may come as JSON, over what may come as a message.
    let message = world
        .call("POST", "/v1/orders")
        .json(notes(1_100_000))
        .send()
        .await;
    assert_eq!(told(&message).0, 413);
    let long = world
        .call("POST", "/v1/orders")
        .json(notes(3_000_000))
        .send()
        .await;
    let (code, status, text) = told(&long);
    assert_eq!(
        (code, status.as_str()),
        (413, "RESOURCE_EXHAUSTED"),
        "{text}"
    );
    let bomb = gzipped(&vec![b' '; 100_000_000]);
    assert!(bomb.len() < 200_000);
    let packed = world
        .call("POST", "/v1/orders")
        .header("content-type", "application/json");
    let packed = packed
        .header("content-encoding", "gzip")
        .body(bomb)
        .send()
        .await;
    assert_eq!(told(&packed).0, 413);
    let broken = world
        .call("POST", "/v1/orders")
        .json("no gzip")
        .header("content-encoding", "gzip");
    assert_eq!(told(&broken.send().await).0, 400);
    let unread = world
        .bare("POST", "/v1/orders")
        .json(notes(3_000_000))
        .send()
        .await;
    assert_eq!(
        told(&unread).0,
        401,
        "nothing is read of those who show no credential"
    );
    serves(&world).await;
}

pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[tokio::test]
async fn ids_that_are_none_are_refused() {
    let world = World::new(Backend::Sqlite).await;
    for id in [
        "0",
        "-1",
        "abc",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "1e99",
        "%31%32%00",
        "+1",
        "0x10",
        "%F0%9F%8D%8E",
    ] {
        let answer = world.call("GET", &format!("/v1/orders/{id}")).send().await;
        let (code, status, _) = told(&answer);
        let expected = [(400, "INVALID_ARGUMENT"), (404, "NOT_FOUND")];
        assert!(
            expected.contains(&(code, status.as_str())),
            "{id}: {code} {status}"
        );
    }
    let long = format!("/v1/orders/number/{}", "x".repeat(10_000));
    assert_eq!(told(&world.call("GET", &long).send().await).0 / 100, 4);
    serves(&world).await;
}

#[tokio::test]
async fn a_head_that_is_too_long_or_no_http_is_refused() {
    let world = World::new(Backend::Sqlite).await;
    let address = world.server.http_address();
    for (bytes, codes) in [
        (format!("GET /v1/orders HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(40_000)), vec![431]),
        (format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(70_000)), vec![414, 431]),
        (format!("GET /v1/orders HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(500)), vec![431]),
        ("GET /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".to_owned(), vec![400]),
        ("POST /v1/orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n".to_owned(), vec![400, 401]),
        ("NONSENSE\r\n\r\n".to_owned(), vec![400]),
    ] {
        let answer = exchange(address, bytes.as_bytes()).await;
        assert!(codes.contains(&answer.status), "{} is not among {codes:?}: {}", answer.status, &bytes[..60.min(bytes.len())]);
    }
    serves(&world).await;
}

#[tokio::test]
async fn a_body_shorter_or_longer_than_declared_does_nothing_by_halves() {
    let world = World::new(Backend::Sqlite).await;
    let address = world.server.http_address();
    let head = |length: usize| {
        let key = &world.tenant.admin.key;
        format!(
            "POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let short = format!("{}{{}}", head(50));
    socket.write_all(short.as_bytes()).await.expect("a call");
    socket.shutdown().await.expect("an end");
    let mut rest = Vec::new();
    let _ = socket.read_to_end(&mut rest).await;
    let text = String::from_utf8_lossy(&rest);
    assert!(rest.is_empty() || text.starts_with("HTTP/1.1 4"), "{text}");
    let listed = world.call("GET", "/v1/orders").send().await.json();
    assert_eq!(listed, json!({}), "the call that broke off made nothing");
    // What follows the declared length is another call, and no good one.
    let long = format!("{}{{}}nonsense\r\n\r\n", head(2));
    let answer = exchange(address, long.as_bytes()).await;
    assert_eq!(answer.status, 200);
    let listed = world.call("GET", "/v1/orders").send().await.json();
    assert_eq!(listed["orders"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_given_up() {
    let database = Backend::Sqlite.database().await;
    let config = Config {
        args: vec!["--body-timeout".to_owned(), "500ms".to_owned()],
        ..Config::on(&database)
    };
    let server = Server::start(config).await;
    let key = server.admin_key().await;
    let call = Call::new(server.http_address(), "POST", "/v1/orders")
        .key(&key)
        .json(json!({"notes": "x"}));
    let bytes = call.bytes();
    let begun = Instant::now();
    let answer = exchange(server.http_address(), &bytes[..bytes.len() - 5]).await;
    assert_eq!(told(&answer).0, 408);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(call.send().await.status, 200);
}
