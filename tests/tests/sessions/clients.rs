//! Logins and sessions through the command line and the client library.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;
use order_status_sdk::Client;
use order_status_tests::process::Process;
use order_status_tests::{Config, Server, on_both, scratch, server};

use super::fixtures::{PASSWORD, open, request, with_login};

/// Runs the program with this on its standard input: exit code and both outputs.
async fn order_status(arguments: &[&str], input: &str) -> (i32, String, String) {
    let folder = scratch::folder("cli-");
    let file = folder.path().join("input");
    std::fs::write(&file, input).expect("write the input");
    let program = server::program("order-status");
    let process = Process::start(&[], program, Signal::SIGKILL, |command| {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ORDER_STATUS_") {
                command.env_remove(name);
            }
        }
        let input = std::fs::File::open(&file).expect("open the input");
        command
            .current_dir(folder.path())
            .args(arguments)
            .stdin(Stdio::from(input));
    });
    let status = process.exited(Duration::from_secs(60)).await;
    let (said, told) = (process.stdout.text(), process.stderr.text());
    (status.code().unwrap_or(-1), said, told)
}

/// The arguments that make a login in account 1, and those that say where.
fn create<'a>(login: &'a str, place: &[&'a str]) -> Vec<&'a str> {
    let make = [
        "credential",
        "create",
        "--role",
        "staff",
        "--title",
        "Ann",
        "--login",
        login,
    ];
    make.into_iter().chain(place.iter().copied()).collect()
}

#[tokio::test]
async fn the_command_line_makes_logins_with_passwords_from_its_standard_input() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let local = ["--database-url", database.url.as_str()];
        let migrated = order_status(&[&["migrate", "up"][..], &local].concat(), "").await;
        assert_eq!(migrated.0, 0, "{migrated:?}");
        let account = ["account", "create", "--name", "Own", "--code", "own"];
        let made = order_status(&[&account[..], &local].concat(), "").await;
        assert_eq!(made.0, 0, "{made:?}");
        let made = order_status(&create("ann", &local), &format!("{PASSWORD}\n")).await;
        assert_eq!((made.0, made.1.as_str()), (0, "credential: 1"), "{made:?}");
        let none = order_status(&create("bob", &local), "").await;
        assert!(none.0 == 1 && none.2.contains("standard input"), "{none:?}");
        let short = order_status(&create("bob", &local), "short\n").await;
        assert!(short.0 == 1 && short.2.contains("password"), "{short:?}");
        let listed = order_status(&[&["credential", "list"][..], &local].concat(), "").await;
        assert_eq!(listed.1, "1\tstaff\tann\tworks\tAnn");

        let server = Server::start(Config::on(&database)).await;
        let channel = server.channel().await;
        open(&channel, request("own", "ann", PASSWORD))
            .await
            .expect("a login that was made without a server");
        let demo = backend.database().await;
        let other = Server::start(Config::on(&demo)).await;
        let (url, key) = (
            format!("http://{}", other.grpc_address()),
            other.admin_key().await,
        );
        let remote = ["--server", url.as_str(), "--key", key.as_str()];
        let made = order_status(&create("cid", &remote), &format!("{PASSWORD}\r\n")).await;
        assert_eq!((made.0, made.1.as_str()), (0, "credential: 2"), "{made:?}");
        let channel = other.channel().await;
        let wanted = order_status_proto::v1::CreateSessionRequest {
            account: None,
            ..request("", "cid", PASSWORD)
        };
        open(&channel, wanted)
            .await
            .expect("a login that was made through a server");
    })
    .await;
}

#[tokio::test]
async fn the_client_library_logs_in_and_out() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let (tenant, code, _) = with_login(server, "ann").await;
        let anybody = Client::builder(format!("http://{}", server.grpc_address()))
            .connect()
            .await
            .expect("a connection");
        let opened = anybody
            .create_session("ann", PASSWORD)
            .account_code(&code)
            .lifetime(Duration::from_secs(60))
            .idle_timeout(Duration::from_millis(30_500))
            .send()
            .await
            .expect("a session");
        let ann = anybody.with_key(&opened.token).expect("a token");
        let session = ann.get_session().send().await.expect("who it is");
        assert_eq!(Some(&session), opened.session.as_ref());
        let idle = session.idle_timeout.expect("an idle time");
        assert_eq!((idle.seconds, idle.nanos), (30, 500_000_000));
        ann.delete_session().send().await.expect("log out");
        let gone = ann.get_session().send().await.expect_err("it is ended");
        assert!(gone.is_unauthenticated(), "{gone}");
        let by_key = anybody.create_session_by_key(&tenant.staff.key);
        by_key
            .account_id(tenant.account_id)
            .send()
            .await
            .expect("by a key");
    })
    .await;
}
