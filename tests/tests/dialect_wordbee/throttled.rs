//! Calls that come too fast.

use std::time::Duration;

use futures_util::future::join_all;
use order_status_tests::contract::demo_with;
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Backend, Server};
use serde_json::json;

use super::{ACCOUNT, JSON, MANAGER, get, read};

/// How many calls come at once.
const AT_ONCE: usize = 32;

/// Sends a call many times at once, again and again until one is throttled, and answers what was said to that one. The
/// others are answered as ever.
async fn throttled(server: &Server, call: &[u8], usual: u16) -> Answer {
    let found = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let calls = (0..AT_ONCE).map(|_| exchange(server, call));
            for answer in join_all(calls).await {
                if answer.status == 429 {
                    return answer;
                }
                assert_eq!(answer.status, usual, "{}", answer.body);
            }
        }
    });
    found.await.expect("a call that is throttled, in time")
}

#[tokio::test]
async fn calls_beyond_what_the_service_takes_are_throttled() {
    let (server, _database) = demo_with(Backend::Sqlite, &["--max-calls", "1"]).await;
    let headers = [JSON, ACCOUNT, ("X-Auth-Token", MANAGER)];
    let key = json!({"accountid": "demo", "key": "wordbee-client"}).to_string();
    for (call, usual) in [
        (request("GET", "/api/orders/5001", &headers, ""), 200),
        (request("POST", "/api/auth/token", &[JSON], &key), 200),
    ] {
        let answer = throttled(&server, &call, usual).await;
        assert_eq!(answer.header("content-type"), "application/json");
        let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
        assert!(seconds >= 1);
        let told = read(&answer);
        let text = told["reason"].as_str().expect("a reason");
        assert!(text.starts_with("Requests throttled. "), "{text}");
        let expected = json!({
            "error": {"type": "Throttling error", "message": text},
            "reason": text,
        });
        assert_eq!(told, expected);
    }
    assert_eq!(get(&server, MANAGER, 5001, "").await["status"], 1);
}
