//! How often a login may call, and what it is told of that.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Backend, Server, on_both};

use super::{JSON, READER, SINGLE, USER, demo, demo_with, message, path, told};

const LIST: &str = "/api/v1/common/enum/payment_methods.json";

/// The figures of an answer: of the minute and of the day, each the limit and what is left of it.
type Figures = ([i64; 2], [i64; 2]);

fn figure(answer: &Answer, name: &str) -> i64 {
    let told = answer.header(name);
    told.parse()
        .unwrap_or_else(|_| panic!("{name}: {told:?} in {}", answer.body))
}

fn figures(answer: &Answer) -> Figures {
    let of = |what: &str| {
        ["limit", "remaining"].map(|it| figure(answer, &format!("x-ratelimit-{what}-{it}")))
    };
    (of("minutely"), of("daily"))
}

async fn list(server: &Server, user: (&str, &str)) -> Answer {
    exchange(server, &request("GET", LIST, &[user], "")).await
}

/// Asks for invoices of an order that is not there: it counts all the same.
async fn invoices(server: &Server, user: (&str, &str)) -> Answer {
    let sent = request("POST", &path(7, "create-invoices"), &[user, JSON], "");
    exchange(server, &sent).await
}

#[tokio::test]
async fn the_figures_are_true_at_each_step_and_the_361st_call_of_a_minute_is_refused() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for call in 1..=360 {
        let answer = list(&server, USER).await;
        told(&answer);
        assert_eq!(
            figures(&answer),
            ([360, 360 - call], [15_000, 15_000 - call])
        );
    }
    for _ in 0..3 {
        let refused = list(&server, USER).await;
        let told = message(&refused, 429);
        assert!(
            told.starts_with("Too many requests: 360 a minute"),
            "{told}"
        );
        assert_eq!(
            figures(&refused),
            ([360, 0], [15_000, 14_640]),
            "not counted"
        );
        let wait = figure(&refused, "retry-after");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    let other = list(&server, READER).await;
    assert_eq!(
        figures(&other),
        ([360, 359], [15_000, 14_999]),
        "each its own"
    );
    let invoices = invoices(&server, USER).await;
    assert_eq!(figures(&invoices), ([15, 14], [15_000, 14_639]));
}

#[tokio::test]
async fn fifteen_requests_per_minute_are_allowed_for_invoices_and_the_default_daily_limit_applies()
{
    let (server, _database) = demo(Backend::Sqlite).await;
    for call in 1..=15 {
        let answer = invoices(&server, USER).await;
        assert_eq!(message(&answer, 404), "Order not found");
        assert_eq!(figures(&answer), ([15, 15 - call], [15_000, 15_000 - call]));
    }
    let refused = invoices(&server, USER).await;
    assert!(message(&refused, 429).starts_with("Too many requests: 15 a minute"));
    assert_eq!(figures(&refused), ([15, 0], [15_000, 14_985]));
    assert!((1..=60).contains(&figure(&refused, "retry-after")));
    let usual = list(&server, USER).await;
    assert_eq!(
        figures(&usual),
        ([360, 359], [15_000, 14_984]),
        "a minute of its own"
    );
}

#[tokio::test]
async fn every_answer_counts_but_one_to_a_wrong_login() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let mut left = 15_000;
    for (status, method, target, headers, body) in [
        (200, "GET", LIST.to_owned(), vec![USER], ""),
        (400, "DELETE", LIST.to_owned(), vec![USER], ""),
        (
            404,
            "GET",
            "/api/v1/common/nothing.json".to_owned(),
            vec![USER],
            "",
        ),
        (404, "POST", path(7, "cancel"), vec![USER], ""),
        (400, "POST", path(121_213, "cancel"), vec![USER, JSON], "{"),
    ] {
        let answer = exchange(&server, &request(method, &target, &headers, body)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        left -= 1;
        assert_eq!(figures(&answer).1, [15_000, left], "{method} {target}");
    }
    // Username:wrong
    let wrong = ("Authorization", "Basic VXNlcm5hbWU6d3Jvbmc=");
    for user in [wrong, ("Authorization", "Basic")] {
        let refused = list(&server, user).await;
        message(&refused, 401);
        let told = refused
            .headers
            .iter()
            .any(|(name, _)| name.starts_with("x-ratelimit"));
        assert!(!told, "{:?}", refused.headers);
    }
    assert_eq!(figures(&list(&server, USER).await).1, [15_000, left - 1]);
    let reader = exchange(&server, &request("POST", &path(7, "cancel"), &[READER], "")).await;
    message(&reader, 403);
    assert_eq!(figures(&reader).1, [15_000, 14_999]);
}

#[tokio::test]
async fn the_day_ends_at_midnight_where_the_account_is() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let before = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    let answer = list(&server, USER).await;
    let reset = figure(&answer, "x-ratelimit-daily-reset");
    let ahead = reset - i64::try_from(before.as_secs()).expect("a time");
    // A day on which the clocks change has an hour more.
    assert!((1..=25 * 3600).contains(&ahead), "{ahead}");
    assert_eq!(reset % 3600, 0);
    // In Amsterdam midnight is at 22 or 23 o'clock in UTC.
    let hour = reset / 3600 % 24;
    assert!(hour == 22 || hour == 23, "{hour}");
}

#[tokio::test]
async fn the_daily_count_survives_a_restart_and_the_minute_begins_anew() {
    on_both(|backend| async move {
        let (mut server, _database) = demo(backend).await;
        for _ in 0..7 {
            told(&list(&server, USER).await);
        }
        told(&list(&server, SINGLE).await);
        server.stop().await;
        server.restart().await;
        assert_eq!(
            figures(&list(&server, USER).await),
            ([360, 359], [15_000, 14_992])
        );
        assert_eq!(figures(&list(&server, SINGLE).await).1, [15_000, 14_998]);
        assert_eq!(figures(&list(&server, READER).await).1, [15_000, 14_999]);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_killed_forgets_the_calls_of_the_last_second_at_most() {
    let (mut server, _database) = demo(Backend::Sqlite).await;
    for _ in 0..5 {
        told(&list(&server, USER).await);
    }
    // Longer than it takes until what was counted is kept.
    tokio::time::sleep(Duration::from_secs(3)).await;
    told(&list(&server, USER).await);
    server.kill9();
    server.restart().await;
    let left = figures(&list(&server, USER).await).1[1];
    assert!((14_993..=14_994).contains(&left), "{left}");
}

#[tokio::test]
async fn replicas_share_what_is_allowed_in_a_minute() {
    let (server, _database) = demo_with(Backend::Sqlite, &["--replicas", "4"]).await;
    assert_eq!(
        figures(&list(&server, USER).await),
        ([90, 89], [15_000, 14_999])
    );
    for left in [2, 1, 0] {
        let answer = invoices(&server, USER).await;
        assert_eq!(figures(&answer).0, [3, left]);
    }
    message(&invoices(&server, USER).await, 429);
}

#[tokio::test]
async fn whoever_runs_the_service_may_allow_more_or_less() {
    let args = [
        "--cyclesoftware-per-minute",
        "1000",
        "--cyclesoftware-invoices-per-minute",
        "2",
        "--cyclesoftware-per-day",
        "4",
    ];
    let (server, _database) = demo_with(Backend::Sqlite, &args).await;
    assert_eq!(figures(&list(&server, USER).await), ([1000, 999], [4, 3]));
    for left in [1, 0] {
        let answer = invoices(&server, USER).await;
        assert_eq!(figures(&answer), ([2, left], [4, 1 + left]));
    }
    let refused = invoices(&server, USER).await;
    assert!(message(&refused, 429).starts_with("Too many requests: 2 a minute and 4 a day"));
    assert_eq!(figures(&list(&server, USER).await), ([1000, 998], [4, 0]));
    let refused = list(&server, USER).await;
    assert!(message(&refused, 429).starts_with("Too many requests: 1000 a minute and 4 a day"));
}
