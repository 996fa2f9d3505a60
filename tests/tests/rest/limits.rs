//! Who comes too often, or when too much waits, is told when to come again.

use futures_util::future::join_all;
use order_status_tests::http::{Answer, Call};
use order_status_tests::{Backend, Config, Server, Tenant};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

use super::world::error_info;

/// A refusal of a call that may come again: its reason, and the seconds to wait, which header and details tell alike.
fn to_come_again(refused: &Answer) -> (String, u64) {
    assert_eq!(refused.status, 429, "{}", refused.text());
    let error = refused.json()["error"].clone();
    assert_eq!(error["status"], "RESOURCE_EXHAUSTED", "{error}");
    let details = error["details"].as_array().expect("details").iter();
    let mut delays = details.filter_map(|detail| detail["retryDelay"].as_str());
    let delay = delays.next().expect("a RetryInfo").trim_end_matches('s');
    let delay: f64 = delay.parse().expect("seconds");
    let header = refused.header("retry-after").expect("a Retry-After");
    let seconds: u64 = header.parse().expect("whole seconds");
    // Whole seconds, and never too soon.
    assert!(seconds >= 1 && seconds as f64 >= delay && seconds as f64 - delay <= 1.0);
    let reason = error_info(refused)["reason"].clone();
    (reason.as_str().expect("a reason").to_owned(), seconds)
}

#[tokio::test]
async fn who_fails_to_log_in_several_times_is_told_when_to_come_again() {
    let server = Server::start(Config::default()).await;
    let log_in = || {
        let body = json!({"accountId": "1", "login": "ann", "password": "wrong"});
        Call::new(server.http_address(), "POST", "/v1/session").json(body)
    };
    let mut failures = 0;
    let refused = loop {
        let refused = log_in().send().await;
        if refused.status != 401 {
            break refused;
        }
        failures += 1;
        assert!(failures < 20, "nothing stops it");
    };
    let (reason, seconds) = to_come_again(&refused);
    assert_eq!(reason, "LIMIT_EXCEEDED");
    assert!(seconds <= 15, "{seconds}");
}

#[tokio::test]
async fn who_finds_the_queue_full_is_told_when_to_come_again_and_who_waits_is_answered() {
    let database = Backend::Postgres.database().await;
    let server = Server::start(Config {
        args: vec!["--queue-length=16".to_owned(), "--batch-size=1".to_owned()],
        ..Config::on(&database)
    })
    .await;
    let tenant = Tenant::create(&server, "standard").await;
    let mut connection = PgConnection::connect(&database.url).await.expect("connect");
    let mut holder = connection.begin().await.expect("begin");
    let held = sqlx::query("SELECT 1 FROM pen WHERE id = 1 FOR UPDATE");
    held.execute(&mut *holder).await.expect("take the pen");

    // One in the ledger's hands, and eight that wait, which is one account's half: the others are refused, and at once.
    let create = || {
        let call = Call::new(server.http_address(), "POST", "/v1/orders");
        call.key(&tenant.staff.key).json("{}").send()
    };
    let calls = tokio::spawn(join_all((0..20).map(|_| create())));
    let refused = loop {
        let probe = Call::new(server.http_address(), "POST", "/v1/orders");
        let probe = probe.key(&tenant.staff.key).header("grpc-timeout", "50m");
        let answer = probe.json("{}").send().await;
        if answer.status == 429 {
            break answer;
        }
        assert_eq!(answer.status, 504, "{}", answer.text());
        assert!(!calls.is_finished(), "nobody was refused");
    };
    assert_eq!(to_come_again(&refused), ("QUEUE_FULL".to_owned(), 1));
    holder.rollback().await.expect("give the pen back");
    let answers = calls.await.expect("answers");
    let (waited, refused): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|answer| answer.status == 200);
    assert!(!waited.is_empty() && !refused.is_empty());
    for refused in refused {
        assert_eq!(to_come_again(&refused), ("QUEUE_FULL".to_owned(), 1));
    }
    assert_eq!(create().await.status, 200);
}
