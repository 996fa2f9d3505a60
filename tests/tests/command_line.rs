//! The program as people call it: what it prints, and what it exits with.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use order_status_tests::process::Process;
use order_status_tests::{Backend, Config, Server, on_both, scratch, server};

/// What a command came to: exit code, standard output, standard error.
type Outcome = (i32, String, String);

async fn order_status(folder: &Path, arguments: &[&str]) -> Outcome {
    let process = Process::start(
        &[],
        server::program("order-status"),
        Signal::SIGKILL,
        |command| {
            for (name, _) in std::env::vars_os()
                .filter(|(name, _)| name.to_string_lossy().starts_with("ORDER_STATUS_"))
            {
                command.env_remove(name);
            }
            command.current_dir(folder).args(arguments);
        },
    );
    let status = process.exited(Duration::from_secs(60)).await;
    (
        status.code().unwrap_or(-1),
        process.stdout.text(),
        process.stderr.text(),
    )
}

/// Exactly one line on standard error that begins with `error:` and holds each word.
fn assert_one_line(outcome: &Outcome, words: &[&str]) {
    let (code, _, stderr) = outcome;
    assert_eq!(*code, 1, "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word:?} is not in: {stderr}");
    }
}

#[tokio::test]
async fn a_wrong_flag_exits_with_2_and_names_it() {
    let folder = scratch::folder("cli-");
    let (code, _, stderr) = order_status(folder.path(), &["serve", "--frobnicate"]).await;
    assert_eq!(code, 2);
    assert!(stderr.contains("--frobnicate"), "{stderr}");
}

#[tokio::test]
async fn an_unknown_key_in_the_configuration_file_stops_the_start_and_makes_no_database() {
    let folder = scratch::folder("cli-");
    std::fs::write(
        folder.path().join("order-status.toml"),
        "listne = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let outcome = order_status(folder.path(), &["serve", "--config", "order-status.toml"]).await;
    assert_one_line(
        &outcome,
        &["unknown key \"listne\"", "http-listen", "order-status.toml"],
    );
    assert!(!folder.path().join("order-status.db").exists());
}

#[tokio::test]
async fn the_configuration_in_force_is_printed_with_its_sources_and_without_passwords() {
    let folder = scratch::folder("cli-");
    std::fs::write(folder.path().join("settings.toml"), "log = \"json\"\n").unwrap();
    let url = "postgres://service:hunter2@db.example/orders";
    let arguments = ["config", "--config", "settings.toml", "--database-url", url];
    let (code, stdout, stderr) = order_status(folder.path(), &arguments).await;
    assert_eq!(code, 0, "{stderr}");
    assert!(!stdout.contains("hunter2"), "{stdout}");
    let line = |name: &str| {
        stdout
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        line("database-url").ends_with("postgres://service:***@db.example/orders  (flag)"),
        "{stdout}"
    );
    assert!(
        line("log ").ends_with("json  (file settings.toml)"),
        "{stdout}"
    );
    assert!(
        line("listen").ends_with("127.0.0.1:50051  (default)"),
        "{stdout}"
    );
}

#[tokio::test]
async fn a_listener_beyond_loopback_needs_tls_or_consent_and_the_demo_has_neither() {
    let folder = scratch::folder("cli-");
    let outcome = order_status(folder.path(), &["serve", "--listen", "0.0.0.0:0"]).await;
    assert_one_line(&outcome, &["--insecure-bind", "--tls-cert"]);
    let demo = [
        "serve",
        "--demo",
        "--insecure-bind",
        "--listen",
        "0.0.0.0:0",
    ];
    assert_one_line(
        &order_status(folder.path(), &demo).await,
        &["--demo", "0.0.0.0:0"],
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "something was written"
    );
}

#[tokio::test]
async fn a_port_in_use_stops_the_start_and_makes_no_database() {
    let folder = scratch::folder("cli-");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = order_status(folder.path(), &["serve", "--listen", &address]).await;
    assert_one_line(&outcome, &["the grpc listener", &address, "in use"]);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "something was written"
    );
}

#[tokio::test]
async fn a_workflow_file_is_checked_and_everything_wrong_is_printed() {
    let folder = scratch::folder("cli-");
    std::fs::write(
        folder.path().join("wrong.toml"),
        "name = \"wrong\"\nversion = 1\n",
    )
    .unwrap();
    let (code, stdout, stderr) =
        order_status(folder.path(), &["workflow", "check", "wrong.toml"]).await;
    assert_eq!(code, 1);
    assert!(stdout.contains("wrong.toml: "), "{stdout}");
    assert!(stderr.contains("error: "), "{stderr}");
    let missing = order_status(folder.path(), &["workflow", "check", "missing.toml"]).await;
    assert_one_line(&missing, &["missing.toml", "cannot be read"]);
    let (code, drawing, _) = order_status(
        folder.path(),
        &["workflow", "show", "standard", "--format", "mermaid"],
    )
    .await;
    assert_eq!(code, 0);
    assert!(
        drawing.starts_with("stateDiagram-v2") || drawing.contains("stateDiagram-v2"),
        "{drawing}"
    );
}

#[tokio::test]
async fn a_server_of_its_own_workflows_refuses_one_that_changed_without_a_new_version() {
    let folder = scratch::folder("cli-");
    let rulebooks = folder.path().join("rulebooks");
    std::fs::create_dir(&rulebooks).unwrap();
    let standard = include_str!("../../server/workflows/standard.toml");
    let own = standard.replace("name = \"standard\"", "name = \"own\"");
    let file = rulebooks.join("own.toml");
    std::fs::write(&file, &own).unwrap();
    let database = Backend::Sqlite.database().await;
    let folder_flag = format!("--workflows={}", rulebooks.display());
    let mut server = Server::start(Config {
        args: vec![folder_flag.clone()],
        ..Config::on(&database)
    })
    .await;
    assert!(server.stop().await.success());
    std::fs::write(&file, own.replace("title = \"New\"", "title = \"Novel\"")).unwrap();
    let arguments = [
        "account",
        "list",
        "--database-url",
        &database.url,
        &folder_flag,
    ];
    let outcome = order_status(folder.path(), &arguments).await;
    assert_one_line(&outcome, &["workflow own version 1", "new version"]);
}

#[tokio::test]
async fn accounts_and_credentials_are_made_in_the_database_where_no_server_runs() {
    on_both(|backend| async move {
        let folder = scratch::folder("cli-");
        let database = backend.database().await;
        let on = |arguments: &[&str]| {
            let mut arguments: Vec<String> =
                arguments.iter().map(|word| (*word).to_owned()).collect();
            arguments.extend(["--database-url".to_owned(), database.url.clone()]);
            let folder = folder.path().to_owned();
            async move {
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                order_status(&folder, &arguments).await
            }
        };
        assert_one_line(&on(&["account", "list"]).await, &["migrate"]);
        let (code, status, _) = on(&["migrate", "status"]).await;
        assert!(
            code == 1 && status.contains("pending m0001_accounts"),
            "{status}"
        );
        assert_eq!(on(&["migrate", "up"]).await.0, 0);
        assert_eq!(on(&["migrate", "up"]).await.1, "up to date");
        assert_eq!(on(&["migrate", "status"]).await.0, 0);

        let made = on(&[
            "account",
            "create",
            "--name",
            "Own",
            "--workflow",
            "omni",
            "--currency",
            "IDR",
        ])
        .await;
        assert_eq!(made.1, "1\tomni\tIDR\tOwn", "{}", made.2);
        assert_eq!(on(&["account", "list"]).await.1, made.1);
        let refused = on(&["account", "create", "--name", "", "--workflow", "none"]).await;
        assert_one_line(&refused, &["account.name", "account.workflow", "standard"]);

        let (_, made, _) =
            on(&["credential", "create", "--role", "staff", "--title", "Till"]).await;
        let key = made
            .lines()
            .find_map(|line| line.strip_prefix("key: "))
            .unwrap_or_default();
        assert!(key.starts_with("osk_") && key.len() == 47, "{made}");
        let (_, listed, _) = on(&["credential", "list"]).await;
        assert_eq!(listed, format!("1\tstaff\t{}…\tworks\tTill", &key[..8]));
        assert!(
            on(&["credential", "revoke", "1"])
                .await
                .1
                .contains("\trevoked\t")
        );
        assert_one_line(&on(&["credential", "revoke", "7"]).await, &["credential 7"]);
    })
    .await;
}

#[tokio::test]
async fn a_sqlite_file_that_a_server_has_open_is_left_alone() {
    let folder = scratch::folder("cli-");
    let database = Backend::Sqlite.database().await;
    let _server = Server::start(Config::on(&database)).await;
    let outcome = order_status(
        folder.path(),
        &["account", "list", "--database-url", &database.url],
    )
    .await;
    assert_one_line(&outcome, &["another process", "--server"]);
    let second = order_status(
        folder.path(),
        &[
            "serve",
            "--listen=127.0.0.1:0",
            "--http-listen=127.0.0.1:0",
            "--database-url",
            &database.url,
        ],
    )
    .await;
    assert_one_line(&second, &["another process"]);
}

#[tokio::test]
async fn the_health_of_a_server_is_an_exit_code() {
    let folder = scratch::folder("cli-");
    let database = Backend::Sqlite.database().await;
    let mut server = Server::start(Config::on(&database)).await;
    let address = format!("http://{}", server.grpc_address());
    let asked = order_status(folder.path(), &["healthcheck", "--address", &address]).await;
    assert_eq!((asked.0, asked.1.as_str()), (0, "SERVING"));
    server.kill9();
    let outcome = order_status(folder.path(), &["healthcheck", "--address", &address]).await;
    assert_one_line(&outcome, &[&address, "refused"]);
}

#[tokio::test]
async fn accounts_and_credentials_are_made_through_a_running_server() {
    let folder = scratch::folder("cli-");
    let database = Backend::Sqlite.database().await;
    let mut server = Server::start(Config::on(&database)).await;
    let (url, admin) = (
        format!("http://{}", server.grpc_address()),
        server.admin_key().await,
    );
    let on = async |arguments: &[&str]| {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--server", &url, "--key", &admin]);
        order_status(folder.path(), &arguments).await
    };
    let made = on(&[
        "account",
        "create",
        "--name",
        "Own",
        "--workflow",
        "omni",
        "--currency",
        "IDR",
    ])
    .await;
    assert_eq!(made.1, "2\tomni\tIDR\tOwn", "{}", made.2);
    assert_eq!(
        on(&["account", "list"]).await.1,
        "1\tstandard\tEUR\tdefault\n2\tomni\tIDR\tOwn"
    );
    let (_, made, stderr) = on(&[
        "credential",
        "create",
        "--account",
        "2",
        "--role",
        "staff",
        "--title",
        "Till",
    ])
    .await;
    let key = made
        .lines()
        .find_map(|line| line.strip_prefix("key: "))
        .expect(&stderr)
        .to_owned();
    let (_, listed, _) = on(&["credential", "list", "--account", "2"]).await;
    assert_eq!(listed, format!("1\tstaff\t{}…\tworks\tTill", &key[..8]));
    assert!(
        on(&["credential", "revoke", "1", "--account", "2"])
            .await
            .1
            .contains("\trevoked\t")
    );
    assert_one_line(
        &on(&["credential", "revoke", "7"]).await,
        &["NotFound", "7"],
    );
    let wrong = order_status(
        folder.path(),
        &["account", "list", "--server", &url, "--key", "osk_wrong"],
    )
    .await;
    assert_one_line(&wrong, &["Unauthenticated"]);
    assert!(server.stop().await.success());
    let verified = order_status(folder.path(), &["verify", "--database-url", &database.url]).await;
    assert!(
        verified.0 == 0 && verified.1.starts_with("ok: 0 orders, 0 changes"),
        "{verified:?}"
    );
}
