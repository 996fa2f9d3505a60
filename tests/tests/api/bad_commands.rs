//! The command line with what it cannot take: one line that names the thing, and an exit code that is not 0.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use order_status_tests::process::Process;
use order_status_tests::server::program;
use order_status_tests::{Config, Server, scratch};

const PATIENCE: Duration = Duration::from_secs(30);

/// How a command ended: its exit code and what it printed, both outputs.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the program to its end in a folder.
pub async fn run(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let process = Process::start(&[], program("order-status"), Signal::SIGKILL, |command| {
        command
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .args(arguments);
        command.envs(environment.iter().copied());
    });
    let status = process.exited(PATIENCE).await;
    Ended {
        code: status.code().unwrap_or(-1),
        stdout: process.stdout.text(),
        stderr: process.stderr.text(),
    }
}

/// Fails unless a command ended with this code and one error that holds the words.
pub fn assert_error(ended: &Ended, code: i32, words: &[&str]) {
    let Ended { stdout, stderr, .. } = ended;
    assert_eq!(ended.code, code, "{stdout}\n{stderr}");
    let errors: Vec<_> = stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(errors.len(), 1, "one error: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word:?} is not in {stderr}");
    }
}

#[tokio::test]
async fn a_wrong_flag_or_value_is_named() {
    let folder = scratch::folder("commands-");
    let migrated = run(folder.path(), &[], &["migrate", "up"]).await;
    assert_eq!(migrated.code, 0, "{}", migrated.stderr);
    // A command line, its exit code, and words that the error names.
    let cases: &[(&str, i32, &[&str])] = &[
        ("fly", 2, &["fly"]),
        ("serve --nope", 2, &["--nope"]),
        ("serve --listen", 2, &["--listen"]),
        ("serve --demo-reset", 2, &["--demo"]),
        ("serve --listen nonsense", 1, &["listen", "nonsense"]),
        ("serve --listen 127.0.0.1:99999", 1, &["listen", "99999"]),
        ("serve --listen 0.0.0.0:0", 1, &["0.0.0.0:0", "loopback"]),
        (
            "serve --http-listen [::]:0",
            1,
            &["http-listen", "loopback"],
        ),
        (
            "serve --demo --insecure-bind --listen 0.0.0.0:0",
            1,
            &["demo", "loopback"],
        ),
        (
            "serve --database-url mysql://localhost/orders",
            1,
            &["mysql", "postgres"],
        ),
        ("serve --database-url=", 1, &["database-url"]),
        (
            "serve --database-url sqlite::memory:",
            1,
            &["memory", "file"],
        ),
        ("serve --batch-size 0", 1, &["batch-size", "0"]),
        ("serve --queue-length many", 1, &["queue-length", "many"]),
        ("serve --call-timeout=-1s", 1, &["call-timeout"]),
        ("serve --tls-cert cert.pem", 1, &["tls-key"]),
        (
            "serve --tls-cert cert.pem --tls-key key.pem",
            1,
            &["cert.pem"],
        ),
        ("serve --config missing.toml", 1, &["missing.toml"]),
        ("serve --workflows missing", 1, &["missing"]),
        ("config --listen nonsense", 1, &["listen", "nonsense"]),
        ("workflow check missing.toml", 1, &["missing.toml"]),
        ("workflow show nope", 1, &["nope", "standard"]),
        ("workflow show standard --format pdf", 2, &["pdf"]),
        (
            "credential create --role boss --title x",
            2,
            &["boss", "manager"],
        ),
        (
            "credential create --role staff --title x --expires soon",
            2,
            &["soon"],
        ),
        (
            "credential create --role staff --title x --account 77",
            1,
            &["account", "77"],
        ),
        ("account create", 2, &["--name"]),
        ("account create --name x --currency euro", 1, &["currency"]),
        ("account create --name x --workflow nope", 1, &["nope"]),
        (
            "verify --database-url sqlite:missing/folder.db",
            1,
            &["missing/folder.db"],
        ),
        (
            "healthcheck --address http://127.0.0.1:1",
            1,
            &["127.0.0.1:1"],
        ),
        ("healthcheck --address nonsense", 1, &["nonsense"]),
    ];
    let mut wrong = Vec::new();
    for (arguments, code, words) in cases {
        let mut line: Vec<_> = arguments.split(' ').collect();
        if line[0] == "serve" {
            // Whatever else is wrong, no port is in use.
            for flag in ["--listen", "--http-listen"] {
                if !line.contains(&flag) {
                    line.extend([flag, "127.0.0.1:0"]);
                }
            }
        }
        let ended = run(folder.path(), &[], &line).await;
        let text = format!("{}{}", ended.stdout, ended.stderr);
        let named = words.iter().all(|word| text.contains(word));
        let errors = ended
            .stderr
            .lines()
            .filter(|line| line.starts_with("error: "))
            .count();
        if ended.code != *code || !named || errors != 1 || text.contains("panicked") {
            wrong.push(format!(
                "`{arguments}` ended with {} instead of {code}: {text}",
                ended.code
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_unknown_or_wrong_key_of_the_configuration_is_named() {
    let folder = scratch::folder("commands-");
    let cases = [
        ("colour = \"red\"", "colour"),
        ("[serve]\nlisten = \"127.0.0.1:0\"", "serve"),
        ("listen = 5", "listen"),
        ("listen = \"nonsense\"", "listen"),
        ("batch-size = \"many\"", "batch-size"),
        ("listen = ", "settings.toml"),
    ];
    for (text, named) in cases {
        fs::write(folder.path().join("settings.toml"), text).expect("write a file");
        for command in ["serve", "config"] {
            let ended = run(folder.path(), &[], &[command, "--config", "settings.toml"]).await;
            assert_error(&ended, 1, &[named]);
        }
    }
    let ended = run(
        folder.path(),
        &[("ORDER_STATUS_LISTEN", "nonsense")],
        &["config"],
    )
    .await;
    assert_error(&ended, 1, &["ORDER_STATUS_LISTEN"]);
}

#[tokio::test]
async fn the_configuration_in_force_is_told_with_its_sources_and_without_its_secrets() {
    let folder = scratch::folder("commands-");
    let file = "listen = \"127.0.0.1:7001\"\nhttp-listen = \"127.0.0.1:7002\"\nbatch-size = 7";
    fs::write(folder.path().join("settings.toml"), file).expect("write a file");
    let environment = [
        ("ORDER_STATUS_HTTP_LISTEN", "127.0.0.1:7003"),
        (
            "ORDER_STATUS_DATABASE_URL",
            "postgres://me:secret-word@127.0.0.1/orders",
        ),
    ];
    let arguments = [
        "config",
        "--config",
        "settings.toml",
        "--listen",
        "127.0.0.1:7004",
    ];
    let ended = run(folder.path(), &environment, &arguments).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let line = |name: &str| {
        let found = ended
            .stdout
            .lines()
            .find(|line| line.split_whitespace().next() == Some(name));
        found
            .unwrap_or_else(|| panic!("{name} is not in {}", ended.stdout))
            .to_owned()
    };
    for (name, value, source) in [
        ("listen", "127.0.0.1:7004", "flag"),
        ("http-listen", "127.0.0.1:7003", "environment"),
        ("batch-size", "7", "file"),
        ("max-streams", "100", "default"),
        ("database-url", "postgres://", "environment"),
    ] {
        assert!(
            line(name).contains(value) && line(name).contains(source),
            "{}",
            line(name)
        );
    }
    assert!(!ended.stdout.contains("secret-word"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let folder = scratch::folder("commands-");
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for (one, other) in [("--listen", "--http-listen"), ("--http-listen", "--listen")] {
        let ended = run(
            folder.path(),
            &[],
            &["serve", one, &address, other, "127.0.0.1:0"],
        )
        .await;
        assert_error(&ended, 1, &[&address]);
    }
}

#[tokio::test]
async fn a_wrong_command_leaves_a_running_server_alone() {
    let mut server = Server::start(Config::default()).await;
    let address = format!("http://{}", server.grpc_address());
    let folder = scratch::folder("commands-");
    let healthy = run(folder.path(), &[], &["healthcheck", "--address", &address]).await;
    assert_eq!(healthy.code, 0, "{}", healthy.stderr);
    let wrong_key = [
        "account",
        "list",
        "--server",
        &address,
        "--key",
        "osk_nobody",
    ];
    let ended = run(folder.path(), &[], &wrong_key).await;
    assert_error(&ended, 1, &["credential"]);
    let key = server.admin_key().await;
    let ended = run(
        folder.path(),
        &[],
        &["account", "list", "--server", &address, "--key", &key],
    )
    .await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("standard"), "{}", ended.stdout);
    let unknown = [
        "credential",
        "revoke",
        "99",
        "--server",
        &address,
        "--key",
        &key,
    ];
    assert_error(&run(folder.path(), &[], &unknown).await, 1, &["99"]);
    assert!(server.runs());
    assert_eq!(server.stop().await.code(), Some(0));
}
