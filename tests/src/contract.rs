//! What the tests of the published contracts have in common: servers with the demo, orders as our own API has them, and
//! calls whose bodies do not come as they are declared.

use std::time::Duration;

use order_status_proto::v1::{GetOrderRequest, Order, get_order_request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::account::Caller;
use crate::backend::{Backend, Database};
use crate::golden::{Answer, exchange};
use crate::server::{Config, Server};

/// A server with the demo, and the database it runs on.
type Demo = (Server, Database);

static SHARED: [OnceCell<Demo>; 2] = [OnceCell::const_new(), OnceCell::const_new()];

/// Starts a server with a demo of its own, for tests that change the orders of the documents.
///
/// # Panics
///
/// If it does not start.
pub async fn demo(backend: Backend) -> Demo {
    demo_with(backend, &[]).await
}

/// The same with further flags.
///
/// # Panics
///
/// If it does not start.
pub async fn demo_with(backend: Backend, args: &[&str]) -> Demo {
    let database = backend.database().await;
    let server = Server::start(Config {
        demo: true,
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        ..Config::on(&database)
    });
    (server.await, database)
}

/// The same, which gives a body up that has not come whole after half a second.
///
/// # Panics
///
/// If it does not start.
pub async fn impatient_demo(backend: Backend) -> Demo {
    demo_with(backend, &["--body-timeout", "500ms"]).await
}

/// The server with the demo that all tests of this program share, for tests that work on orders of their own.
///
/// # Panics
///
/// If it does not start.
pub async fn shared(backend: Backend) -> &'static Server {
    let [sqlite, postgres] = &SHARED;
    let cell = match backend {
        Backend::Sqlite => sqlite,
        Backend::Postgres => postgres,
    };
    &cell.get_or_init(|| demo(backend)).await.0
}

/// An order by its number, as our own API has it.
///
/// # Panics
///
/// If the caller sees no such order.
pub async fn numbered(caller: &Caller, number: &str) -> Order {
    get(caller, get_order_request::Order::Number(number.to_owned())).await
}

/// An order by its id, as our own API has it.
///
/// # Panics
///
/// If the caller sees no such order.
pub async fn order(caller: &Caller, id: i64) -> Order {
    get(caller, get_order_request::Order::Id(id)).await
}

async fn get(caller: &Caller, order: get_order_request::Order) -> Order {
    let request = GetOrderRequest {
        order: Some(order),
        ..GetOrderRequest::default()
    };
    let found = caller.orders().get_order(request).await;
    found.expect("the order").into_inner()
}

/// Sends a call whose last bytes never come, though the connection stays open, and answers what is said to it.
///
/// # Panics
///
/// If nothing is answered within ten seconds.
pub async fn stalled(server: &Server, call: &[u8]) -> Answer {
    let answer = exchange(server, but_the_end(call));
    let answer = tokio::time::timeout(Duration::from_secs(10), answer).await;
    answer.expect("an answer in time")
}

/// Sends a call whose connection ends before its last bytes; `None` where it is cut without an answer.
///
/// # Panics
///
/// If nobody listens, or what comes back is no answer.
pub async fn broken_off(server: &Server, call: &[u8]) -> Option<Answer> {
    let connected = TcpStream::connect(server.http_address()).await;
    let mut stream = connected.expect("a connection");
    stream.write_all(but_the_end(call)).await.expect("a call");
    stream.shutdown().await.expect("an end");
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    (!bytes.is_empty()).then(|| Answer::read(&bytes))
}

/// Sends a call with more behind its body than was declared, and answers what is said to the call.
///
/// # Panics
///
/// If nothing is answered in time.
pub async fn overlong(server: &Server, call: &[u8]) -> Answer {
    exchange(server, &[call, b"nonsense\r\n\r\n"].concat()).await
}

/// A call whose body is said to be of another length than it is.
///
/// # Panics
///
/// If the call says nothing of the length of its body.
pub fn declaring(length: u64, call: &[u8]) -> Vec<u8> {
    let call = std::str::from_utf8(call).expect("a call is text");
    let (before, rest) = call.split_once("Content-Length: ").expect("a length");
    let (_, after) = rest.split_once("\r\n").expect("further lines");
    format!("{before}Content-Length: {length}\r\n{after}").into_bytes()
}

/// Bodies that are no JSON object, or none that is taken: each is made of an object of which `text`, quotes included, is
/// a part, and one of them has more than `most` bytes.
pub fn malformed(object: &str, text: &str, most: usize) -> Vec<String> {
    let fields = &object[1..object.len() - 1];
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    vec![
        String::new(),
        "{".to_owned(),
        format!("{{{fields}"),
        format!("{{{fields},}}"),
        format!("{{{fields}, {fields}}}"),
        format!("{{{fields}, \"x\": NaN}}"),
        format!("{object} {{}}"),
        format!("\u{feff}{object}"),
        format!("[{object}]"),
        object.replace('"', "'"),
        object.replace(text, "\"\\ud800\""),
        object.replace(text, &deep),
        text.to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        "number=7".to_owned(),
        format!("{{{fields}, \"x\": \"{}\"}}", "x".repeat(most)),
    ]
}

/// The call without the last three bytes of its body.
fn but_the_end(call: &[u8]) -> &[u8] {
    &call[..call.len() - 3]
}
