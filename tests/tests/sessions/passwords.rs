//! Passwords: what they cost others, and that they are nowhere to be read.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use order_status_proto::v1::{CreateCredentialRequest, ListOrdersRequest};
use order_status_tests::{Backend, Config, Server, on_both};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::fixtures::{PASSWORD, login, open, request, tenant, told, with_login};

#[tokio::test]
async fn a_hundred_wrong_passwords_at_once_do_not_keep_others_waiting() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let server = Server::start(Config::on(&database)).await;
        let channel = server.channel().await;
        let (tenant, code, _) = with_login(&server, "ann").await;
        let wrong = (0..100).map(|number| {
            let login = format!("guess-{number}");
            let (channel, wanted) = (channel.clone(), request(&code, &login, "wrong password"));
            async move { told(&open(&channel, wanted).await.expect_err("a wrong password")) }
        });
        let guesses = join_all(wrong);
        tokio::pin!(guesses);
        let orders = tenant.staff.orders();
        let mut slowest = Duration::ZERO;
        let answers = loop {
            let since = Instant::now();
            let mut orders = orders.clone();
            tokio::select! {
                answers = &mut guesses => break answers,
                listed = orders.list_orders(ListOrdersRequest::default()) => {
                    listed.expect("others are served");
                    slowest = slowest.max(since.elapsed());
                }
            }
        };
        assert!(slowest < Duration::from_secs(1), "one waited {slowest:?}");
        let busy = (Code::ResourceExhausted, "LIMIT_EXCEEDED".to_owned());
        let invalid = (Code::Unauthenticated, "CREDENTIAL_INVALID".to_owned());
        assert!(answers.iter().all(|told| *told == busy || *told == invalid));
        assert!(answers.contains(&busy), "the queue has an end");
    })
    .await;
}

#[tokio::test]
async fn who_fails_several_times_is_told_when_to_come_again() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let server = Server::start(Config::on(&database)).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(&server, "ann").await;
        let (_other, other, _) = with_login(&server, "ann").await;
        let mut failures = 0;
        let refused = loop {
            let wrong = request(&code, "ann", "wrong password");
            let refused = open(&channel, wrong).await.expect_err("a wrong password");
            if refused.code() != Code::Unauthenticated {
                break refused;
            }
            failures += 1;
            assert!(failures < 20, "nothing stops it");
        };
        assert!(failures >= 5, "only {failures} tries");
        assert_eq!(
            told(&refused),
            (Code::ResourceExhausted, "LIMIT_EXCEEDED".to_owned())
        );
        let wait = refused
            .get_error_details()
            .retry_info()
            .and_then(|info| info.retry_delay);
        assert!(
            wait.is_some_and(|wait| wait <= Duration::from_secs(15)),
            "{wait:?}"
        );
        // The right one has to wait too, or it could be found by asking; others need not.
        let right = open(&channel, request(&code, "ann", PASSWORD)).await;
        assert_eq!(
            right.expect_err("it waits too").code(),
            Code::ResourceExhausted
        );
        open(&channel, request(&other, "ann", PASSWORD))
            .await
            .expect("another's login");
    })
    .await;
}

#[tokio::test]
async fn right_passwords_are_never_counted_as_failures() {
    let server = Server::shared(Backend::Sqlite).await;
    let channel = server.channel().await;
    let (_tenant, code, _) = with_login(server, "ann").await;
    for _ in 0..30 {
        open(&channel, request(&code, "ann", PASSWORD))
            .await
            .expect("a right one");
    }
}

#[tokio::test]
async fn a_password_is_held_to_its_length_and_goes_with_a_login() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let (tenant, _) = tenant(server).await;
        let mut accounts = tenant.admin.accounts();
        let password = |text: &str| CreateCredentialRequest {
            password: text.to_owned(),
            ..login("ann")
        };
        let keyless = CreateCredentialRequest {
            login: String::new(),
            ..login("ann")
        };
        for wrong in [
            password(""),
            password("seven77"),
            password(&"x".repeat(257)),
            keyless,
        ] {
            let refused = accounts.create_credential(wrong).await.expect_err("wrong");
            let details = refused.get_error_details();
            let fields = details
                .bad_request()
                .map(|bad| bad.field_violations.clone());
            assert_eq!(fields.unwrap_or_default()[0].field, "password");
        }
        // Told by the number of bytes a password of 200 characters would be too long.
        accounts
            .create_credential(password(&"ü".repeat(200)))
            .await
            .expect("long enough");
    })
    .await;
}

#[tokio::test]
async fn neither_a_password_nor_a_token_is_in_the_log_or_the_database() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let mut config = Config::on(&database);
        config.args = vec!["--log-filter".to_owned(), "debug".to_owned()];
        let mut server = Server::start(config).await;
        let channel = server.channel().await;
        let (tenant, code, _) = with_login(&server, "ann").await;
        let with_id = CreateCredentialRequest {
            request_id: uuid::Uuid::new_v4().to_string(),
            ..login("bob")
        };
        let made = tenant.admin.accounts().create_credential(with_id).await;
        made.expect("make a login");
        let opened = open(&channel, request(&code, "ann", PASSWORD))
            .await
            .unwrap();
        let wrong = "wrong horse battery";
        open(&channel, request(&code, "ann", wrong))
            .await
            .expect_err("wrong");
        let secrets = [PASSWORD, wrong, opened.token.as_str()];
        server.stop().await;
        let (said, logged) = server.output();
        for secret in secrets {
            assert!(
                !said.contains(secret) && !logged.contains(secret),
                "{secret}"
            );
        }
        if let Some(file) = database.url.strip_prefix("sqlite://") {
            let folder = std::path::Path::new(file).parent().expect("a folder");
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let bytes = std::fs::read(entry.path()).unwrap();
                for secret in secrets {
                    let found = bytes
                        .windows(secret.len())
                        .any(|part| part == secret.as_bytes());
                    assert!(!found, "{secret} is in {}", entry.path().display());
                }
            }
        }
    })
    .await;
}
