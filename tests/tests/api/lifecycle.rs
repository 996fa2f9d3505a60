//! The lives that a stranger leads the sample orders through: with grpcurl, and with the SDK on both databases.

use std::ffi::OsString;
use std::process::Output;
use std::{env, process};

use order_status_sdk::types::{ChangeKind, Order, PaymentStatus, Role};
use order_status_sdk::{Client, ErrorReason};
use order_status_tests::{Config, Server, on_both};
use serde_json::Value;

#[tokio::test]
async fn the_demo_order_lives_its_life_by_the_sdk() {
    on_both(async |backend| {
        let database = backend.database().await;
        let server = Server::start(Config {
            demo: true,
            ..Config::on(&database)
        })
        .await;
        let client = Client::builder(format!("http://{}", server.grpc_address())).key("demo-omni");
        let client = client.connect().await.expect("connect");
        let stands = |order: &Order| {
            let state = order.state.clone().unwrap_or_default();
            (
                state.code,
                state.title,
                order.payment_status(),
                order.version,
            )
        };
        let number = "FR9TL74P";
        let order = client.get_order(number).send().await.expect("get");
        assert_eq!((order.id, order.number.as_str()), (1, number));
        assert_eq!(
            stands(&order),
            (1, "New".to_owned(), PaymentStatus::Unpaid, 1)
        );

        let order = client
            .confirm_order(number)
            .etag(&order.etag)
            .send()
            .await
            .expect("confirm");
        assert_eq!(
            stands(&order),
            (10, "Confirmed".to_owned(), PaymentStatus::Unpaid, 2)
        );
        let refused = client
            .confirm_order(number)
            .send()
            .await
            .expect_err("confirm again");
        assert!(refused.is_refused());
        assert_eq!(refused.reason(), Some(ErrorReason::TransitionNotAllowed));
        assert_eq!(refused.metadata()["state"], "confirmed");
        assert_eq!(refused.metadata()["open"], "pay, complete, cancel");
        assert!(refused.message().contains("Confirmed"), "{refused}");

        let order = client
            .mark_order_paid(number)
            .reason("paid at the counter")
            .send()
            .await
            .expect("pay");
        assert_eq!(
            stands(&order),
            (10, "Confirmed".to_owned(), PaymentStatus::Paid, 3)
        );
        assert_eq!(order.amount_paid, order.grand_total);
        let order = client
            .complete_order(number)
            .send()
            .await
            .expect("complete");
        assert_eq!(
            stands(&order),
            (20, "Complete".to_owned(), PaymentStatus::Paid, 4)
        );
        let order = client
            .cancel_order(number)
            .reason("brought back")
            .send()
            .await
            .expect("cancel");
        assert_eq!(
            stands(&order),
            (30, "Cancelled".to_owned(), PaymentStatus::Paid, 5)
        );
        let refused = client
            .complete_order(number)
            .send()
            .await
            .expect_err("complete what is cancelled");
        assert_eq!(refused.reason(), Some(ErrorReason::StateFinal));

        let changes = client
            .list_order_changes(number)
            .into_stream()
            .collect()
            .await
            .expect("history");
        let told: Vec<_> = changes
            .iter()
            .map(|change| {
                (
                    change.version,
                    change.kind(),
                    change.transition.as_str(),
                    change.reason.as_str(),
                )
            })
            .collect();
        let moved = ChangeKind::Transition;
        assert_eq!(
            told,
            [
                (1, ChangeKind::Import, "", ""),
                (2, moved, "confirm", ""),
                (3, moved, "pay", "paid at the counter"),
                (4, moved, "complete", ""),
                (5, moved, "cancel", "brought back"),
            ]
        );
        for change in &changes[1..] {
            assert!(
                !change.actor.is_empty() && change.role() == Role::Manager,
                "{change:?}"
            );
            assert_eq!(change.actor, changes[1].actor);
        }
        for (version, state) in [(1, 1), (2, 10), (3, 10), (4, 20), (5, 30)] {
            let then = client
                .get_order(number)
                .as_of_version(version)
                .send()
                .await
                .expect("as it was");
            assert_eq!(
                (then.version, then.state.map(|state| state.code)),
                (version, Some(state))
            );
        }
    })
    .await;
}

#[tokio::test]
async fn every_demo_account_has_its_orders_and_keys() {
    on_both(async |backend| {
        let database = backend.database().await;
        let server = Server::start(Config {
            demo: true,
            ..Config::on(&database)
        })
        .await;
        let held: &[(&str, &[(&str, &str)])] = &[
            (
                "demo-omni",
                &[
                    ("FR9TL74P", "new"),
                    ("FR9TL740", "pending_payment"),
                    ("FR9TL7S2", ""),
                ],
            ),
            ("demo-odoo", &[("67", "draft"), ("7", "sale")]),
            (
                "demo-cyclesoftware",
                &[
                    ("102323", "pending"),
                    ("121212", ""),
                    ("121213", ""),
                    ("1000", "ready"),
                ],
            ),
            ("demo-wordbee", &[("5001", "proposal"), ("5002", "done")]),
            ("demo-getfly", &[("ORDER_001", "pending")]),
        ];
        for (key, orders) in held {
            let client = Client::builder(format!("http://{}", server.grpc_address())).key(*key);
            let client = client.connect().await.expect("connect");
            for (number, state) in *orders {
                // What is all digits is an id.
                let order = match number.parse::<i64>() {
                    Ok(id) => client.get_order(id),
                    Err(_) => client.get_order(*number),
                };
                let order = order.send().await.expect(number);
                let found = order.state.unwrap_or_default().key;
                assert!(found == *state || state.is_empty(), "{number} is {found}");
            }
        }
        for key in ["demo-admin", "demo-manager", "demo-staff", "demo-client"] {
            let client = Client::builder(format!("http://{}", server.grpc_address())).key(key);
            let client = client.connect().await.expect("connect");
            let seen = client.list_orders().send().await.expect(key).orders.len();
            assert!(
                if key == "demo-client" {
                    seen > 0
                } else {
                    seen >= 12
                },
                "{key} sees {seen}"
            );
        }
    })
    .await;
}

/// As the README has it, word by word.
#[tokio::test]
async fn the_demo_order_lives_its_life_by_grpcurl() {
    let server = Server::start(Config {
        demo: true,
        ..Config::default()
    })
    .await;
    let address = server.grpc_address().to_string();
    let call = |method: &str, message: &str| {
        let method = format!("orderstatus.v1.{method}");
        let key = "x-api-key: demo-omni";
        grpcurl(&["-plaintext", "-H", key, "-d", message, &address, &method])
    };
    let listed = grpcurl(&["-plaintext", &address, "list"]);
    for service in [
        "orderstatus.v1.OrderService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    ] {
        assert!(
            text(&listed.stdout).lines().any(|line| line == service),
            "{listed:?}"
        );
    }
    let order = r#"{"number": "FR9TL74P"}"#;
    let got = json(&call("OrderService/GetOrder", order));
    assert_eq!(
        (&got["id"], &got["state"]["title"]),
        (&"1".into(), &"New".into())
    );
    let confirmed = json(&call("OrderService/ConfirmOrder", order));
    assert_eq!(confirmed["state"]["code"], 10);
    assert_eq!(confirmed["state"]["title"], "Confirmed");
    let again = call("OrderService/ConfirmOrder", order);
    assert!(!again.status.success());
    let said = text(&again.stderr);
    for word in [
        "FailedPrecondition",
        "Confirmed",
        "pay, complete, cancel",
        "TRANSITION_NOT_ALLOWED",
    ] {
        assert!(said.contains(word), "{word} is not in {said}");
    }
    let paid = json(&call("OrderService/MarkOrderPaid", order));
    assert_eq!(paid["paymentStatus"], "PAYMENT_STATUS_PAID");
    let complete = json(&call("OrderService/CompleteOrder", order));
    assert_eq!(complete["state"]["code"], 20);
    let cancelled = json(&call("OrderService/CancelOrder", order));
    assert_eq!(cancelled["state"]["code"], 30);
    let history = json(&call("OrderService/ListOrderChanges", order));
    let changes = history["changes"].as_array().expect("changes");
    let transitions: Vec<_> = changes
        .iter()
        .filter_map(|change| change["transition"].as_str())
        .collect();
    assert_eq!(transitions, ["confirm", "pay", "complete", "cancel"]);
    assert!(changes.iter().all(|change| {
        change["actor"]
            .as_str()
            .is_some_and(|actor| !actor.is_empty())
    }));
    let nameless = grpcurl(&[
        "-plaintext",
        "-d",
        order,
        &address,
        "orderstatus.v1.OrderService/GetOrder",
    ]);
    assert!(
        text(&nameless.stderr).contains("Unauthenticated"),
        "{nameless:?}"
    );
}

fn grpcurl(arguments: &[&str]) -> Output {
    let program = env::var_os("GRPCURL").unwrap_or_else(|| OsString::from("grpcurl"));
    let ran = process::Command::new(program).args(arguments).output();
    ran.expect("grpcurl, on the path or in GRPCURL; tests/run installs it")
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
