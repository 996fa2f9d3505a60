//! Streams: lines of JSON, and Server-Sent Events that go on where they were.

use order_status_tests::http::Stream;
use order_status_tests::{Backend, on_both};
use serde_json::{Value, json};

use super::world::{World, id};

const WATCH: &str = "/v1/orders:watch?heartbeat_interval=1s";

/// The next change in a stream of lines.
async fn next_line(stream: &mut Stream) -> Value {
    loop {
        let line = stream.until("\n").await.expect("a line");
        let item: Value = serde_json::from_str(&line).expect("JSON");
        if item.get("heartbeat").is_none() {
            return item;
        }
    }
}

/// The id and the data of the next event with a change.
async fn next_event(stream: &mut Stream) -> (String, Value) {
    loop {
        let event = stream.until("\n\n").await.expect("an event");
        let field = |name: &str| {
            let mut lines = event.lines().filter_map(|line| line.strip_prefix(name));
            lines
                .next()
                .expect("a field of the event")
                .trim()
                .to_owned()
        };
        let item: Value = serde_json::from_str(&field("data:")).expect("JSON");
        assert_eq!(
            json!(field("id:")),
            item["token"],
            "the token is the event's id"
        );
        if item.get("heartbeat").is_none() {
            return (field("id:"), item);
        }
    }
}

#[tokio::test]
async fn a_watch_tells_changes_as_lines_of_json() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let mut stream = world.call("GET", WATCH).open().await;
        assert_eq!(stream.head().status, 200);
        assert_eq!(
            stream.head().header("content-type"),
            Some("application/x-ndjson")
        );
        let order = world.order("new").await;
        let told = next_line(&mut stream).await;
        assert_eq!(told["order"]["id"], order["id"]);
        world
            .post(&format!("/v1/orders/{}:confirm", id(&order)), json!({}))
            .await;
        assert_eq!(
            next_line(&mut stream).await["change"]["to"]["key"],
            "confirmed"
        );
    })
    .await;
}

#[tokio::test]
async fn events_go_on_after_the_last_that_was_seen() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let watch = |target: &str| {
            world
                .call("GET", target)
                .header("accept", "text/event-stream")
        };
        let mut stream = watch(WATCH).open().await;
        assert_eq!(
            stream.head().header("content-type"),
            Some("text/event-stream")
        );
        assert_eq!(stream.head().header("cache-control"), Some("no-store"));
        let first = world.order("new").await;
        let (seen, told) = next_event(&mut stream).await;
        assert_eq!(told["order"]["id"], first["id"]);
        drop(stream);
        let second = world.order("new").await;
        let third = world.order("new").await;
        let mut again = watch(WATCH).header("last-event-id", &seen).open().await;
        let (later, told) = next_event(&mut again).await;
        assert_eq!(told["order"]["id"], second["id"]);
        // A browser asks again with the address of the first time: what it saw since counts.
        let target = format!(
            "{WATCH}&token={}",
            seen.replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
        );
        let mut again = watch(&target).header("last-event-id", &later).open().await;
        assert_eq!(next_event(&mut again).await.1["order"]["id"], third["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_refused_like_any_other_call() {
    let world = World::new(Backend::Sqlite).await;
    for accept in ["text/event-stream", "*/*"] {
        let refused = world
            .call("GET", "/v1/orders:watch?token=nonsense")
            .header("accept", accept)
            .send()
            .await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        assert_eq!(
            refused.json()["error"]["details"][0]["reason"],
            "WATCH_TOKEN_INVALID"
        );
        assert_eq!(refused.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_stream_that_the_server_ends_says_so_last() {
    use order_status_tests::{Config, Server, http::Call};
    let database = Backend::Sqlite.database().await;
    let mut server = Server::start(Config::on(&database)).await;
    let key = server.admin_key().await;
    let watch = |accept: &str| {
        Call::new(server.http_address(), "GET", WATCH)
            .key(&key)
            .header("accept", accept)
    };
    let (mut lines, mut events) = (
        watch("*/*").open().await,
        watch("text/event-stream").open().await,
    );
    let stopped = tokio::spawn(async move { server.stop().await });
    let last = loop {
        let line: Value =
            serde_json::from_str(&lines.until("\n").await.expect("a line")).expect("JSON");
        if line.get("error").is_some() {
            break line;
        }
    };
    assert_eq!(last["error"]["status"], "UNAVAILABLE");
    assert_eq!(lines.until("\n").await, None);
    let last = loop {
        let event = events.until("\n\n").await.expect("an event");
        if event.starts_with("event: error\n") {
            break event;
        }
    };
    assert!(last.contains("\"UNAVAILABLE\""), "{last}");
    assert!(stopped.await.expect("an end").success());
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_says_so_last() {
    on_both(async |backend| {
        let world = World::new(backend).await;
        let opened = world
            .post("/v1/session", json!({"key": world.tenant.staff.key}))
            .await;
        let token = opened["token"].as_str().expect("a token");
        let watch = |accept: &str| {
            let call = world.bare("GET", WATCH).key(token);
            call.header("accept", accept).open()
        };
        let (mut lines, mut events) = (watch("*/*").await, watch("text/event-stream").await);
        let order = world.order("new").await;
        assert_eq!(next_line(&mut lines).await["order"]["id"], order["id"]);
        assert_eq!(next_event(&mut events).await.1["order"]["id"], order["id"]);

        let out = world.bare("DELETE", "/v1/session").key(token).send().await;
        assert_eq!(out.status, 200, "{}", out.text());
        let last = loop {
            let line = lines.until("\n").await.expect("a line");
            let line: Value = serde_json::from_str(&line).expect("JSON");
            if line.get("error").is_some() {
                break line;
            }
        };
        let error = &last["error"];
        assert_eq!(
            (&error["code"], &error["status"]),
            (&json!(401), &json!("UNAUTHENTICATED"))
        );
        assert_eq!(error["details"][0]["reason"], "CREDENTIAL_INVALID");
        assert_eq!(lines.until("\n").await, None);
        let told = loop {
            let event = events.until("\n\n").await.expect("an event");
            if let Some(told) = event.strip_prefix("event: error\ndata: ") {
                break told.to_owned();
            }
        };
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(told, last);
        assert_eq!(events.until("\n\n").await, None);
    })
    .await;
}
