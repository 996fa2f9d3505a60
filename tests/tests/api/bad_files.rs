//! Files and databases that the service does not take: it says which and why, and leaves them as they are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use order_status_tests::{Backend, Config, Server, scratch};
use sqlx::{Connection, PgConnection};

use super::bad_commands::{assert_error, run};

/// A rulebook without a fault.
const SOUND: &str = r#"
name = "sound"
version = 1
title = "Sound"
initial = "open"

[[states]]
key = "open"
code = 1
title = "Open"
phase = "NEW"
edits = "all"

[[states]]
key = "shut"
code = 2
title = "Shut"
phase = "COMPLETE"
final = true
edits = "none"

[[transitions]]
name = "shut"
title = "Shut"
from = ["open"]
to = "shut"
verb = "complete"
"#;

/// One change that breaks the sound rulebook, the problem that it makes, and what the problem names.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("version = 1", "version = ", "syntax", ""),
    (
        "version = 1",
        "version = 1\ncolour = \"red\"",
        "syntax",
        "colour",
    ),
    ("title = \"Sound\"\n", "", "syntax", "title"),
    ("version = 1", "version = 0", "no_version", "version"),
    (
        "name = \"sound\"",
        "name = \"Not a name\"",
        "malformed_key",
        "Not a name",
    ),
    ("title = \"Open\"", "title = \"\"", "malformed_text", "open"),
    ("initial = \"open\"\n", "", "no_initial_state", "initial"),
    (
        "initial = \"open\"",
        "initial = \"ajar\"",
        "no_initial_state",
        "ajar",
    ),
    (
        "key = \"shut\"\ncode = 2",
        "key = \"open\"\ncode = 2",
        "duplicate_key",
        "open",
    ),
    ("code = 2", "code = 1", "duplicate_code", "1"),
    ("to = \"shut\"", "to = \"ajar\"", "unknown_state", "ajar"),
    (
        "from = [\"open\"]",
        "from = [\"ajar\"]",
        "unknown_state",
        "ajar",
    ),
    (
        "from = [\"open\"]",
        "from = [\"open\", \"open\"]",
        "repeated_entry",
        "from",
    ),
    ("from = [\"open\"]", "from = []", "leaves_nothing", "shut"),
    (
        "from = [\"open\"]",
        "from = [\"open\", \"shut\"]",
        "edge_out_of_final",
        "shut",
    ),
    ("phase = \"NEW\"", "phase = \"OLD\"", "unknown_phase", "OLD"),
    (
        "edits = \"all\"",
        "edits = \"some\"",
        "unknown_edits",
        "some",
    ),
    (
        "verb = \"complete\"",
        "verb = \"fly\"",
        "unknown_verb",
        "fly",
    ),
    (
        "verb = \"complete\"",
        "roles = [\"boss\"]",
        "unknown_role",
        "boss",
    ),
    (
        "verb = \"complete\"",
        "roles = []",
        "open_to_nobody",
        "shut",
    ),
    (
        "verb = \"complete\"",
        "guards = [\"full_moon\"]",
        "unknown_guard",
        "full_moon",
    ),
    (
        "verb = \"complete\"",
        "effects = [\"fireworks\"]",
        "unknown_effect",
        "fireworks",
    ),
    (
        "verb = \"complete\"",
        "requires = [\"patience\"]",
        "unknown_requirement",
        "patience",
    ),
    (
        "from = [\"open\"]\nto = \"shut\"",
        "from = [\"open\"]",
        "unreachable_state",
        "shut",
    ),
    (
        "phase = \"COMPLETE\"",
        "phase = \"CONFIRMED\"",
        "dead_end",
        "shut",
    ),
    (
        "verb = \"complete\"",
        "verb = \"complete\"\n[[transitions]]\nname = \"shut\"\ntitle = \"Again\"\nfrom = [\"open\"]",
        "duplicate_name",
        "shut",
    ),
    (
        "verb = \"complete\"",
        "verb = \"complete\"\n[[transitions]]\nname = \"stay\"\ntitle = \"Stay\"\nfrom = [\"open\"]\nverb = \"complete\"",
        "ambiguous_verb",
        "stay",
    ),
    (
        "verb = \"complete\"",
        "verb = \"complete\"\n[[transitions]]\nname = \"slam\"\ntitle = \"Slam\"\nfrom = [\"open\"]\nto = \"shut\"",
        "ambiguous_target",
        "slam",
    ),
    (
        "verb = \"complete\"",
        "default = true\n[[transitions]]\nname = \"stay\"\ntitle = \"Stay\"\nfrom = [\"open\"]\ndefault = true",
        "ambiguous_default",
        "stay",
    ),
];

#[tokio::test]
async fn a_workflow_file_is_told_everything_that_is_wrong_with_it() {
    let folder = scratch::folder("workflows-");
    let file = folder.path().join("sound.toml");
    let check = ["workflow", "check", "sound.toml"];
    fs::write(&file, SOUND).expect("write a file");
    let sound = run(folder.path(), &[], &check).await;
    assert_eq!(sound.code, 0, "{}", sound.stderr);
    for (part, broken, problem, named) in BROKEN {
        assert!(SOUND.contains(part), "{part}");
        fs::write(&file, SOUND.replacen(part, broken, 1)).expect("write a file");
        let ended = run(folder.path(), &[], &check).await;
        assert_error(&ended, 1, &["sound.toml"]);
        let line = |line: &str| line.contains(&format!("{problem}:")) && line.contains(named);
        let told = ended.stdout.lines().any(line);
        assert!(told, "{problem} of {named:?}: {}", ended.stdout);
    }
    // Not text, and not small.
    for bytes in [vec![0xff, 0xfe, 0], vec![b'#'; 1 << 20]] {
        fs::write(&file, bytes).expect("write a file");
        assert_error(&run(folder.path(), &[], &check).await, 1, &["sound.toml"]);
    }
}

#[tokio::test]
async fn a_server_does_not_start_with_a_broken_or_altered_rulebook() {
    let folder = scratch::folder("workflows-");
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).expect("make a folder");
    let start = [
        "serve",
        "--workflows",
        "rules",
        "--listen",
        "127.0.0.1:0",
        "--http-listen",
        "127.0.0.1:0",
    ];
    fs::write(
        rules.join("sound.toml"),
        SOUND.replace("to = \"shut\"", "to = \"ajar\""),
    )
    .expect("write a file");
    assert_error(
        &run(folder.path(), &[], &start).await,
        1,
        &["sound.toml", "ajar"],
    );
    // It runs once with the sound one, and then knows it.
    fs::write(rules.join("sound.toml"), SOUND).expect("write a file");
    let config = Config {
        database_url: Some(format!(
            "sqlite:{}",
            folder.path().join("order-status.db").display()
        )),
        args: vec!["--workflows".to_owned(), rules.display().to_string()],
        ..Config::default()
    };
    let mut server = Server::start(config).await;
    server.stop().await;
    let altered = SOUND.replace("phase = \"COMPLETE\"", "phase = \"CANCELLED\"");
    fs::write(rules.join("sound.toml"), altered).expect("write a file");
    assert_error(
        &run(folder.path(), &[], &start).await,
        1,
        &["sound", "version"],
    );
}

/// Starts a server on a file and answers nothing unless it refuses it, naming it, and leaves it as it is.
async fn refuses(folder: &Path, file: &str, words: &[&str]) {
    let before = fs::read(folder.join(file)).expect("read the file");
    let url = format!("sqlite:{file}");
    for command in [
        &[
            "serve",
            "--database-url",
            &url,
            "--listen",
            "127.0.0.1:0",
            "--http-listen",
            "127.0.0.1:0",
        ][..],
        &["verify", "--database-url", &url],
    ] {
        let ended = run(folder, &[], command).await;
        assert_error(&ended, 1, &[&[file], words].concat());
    }
    assert!(
        fs::read(folder.join(file)).expect("read the file") == before,
        "{file} was changed"
    );
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_and_left_alone() {
    let folder = scratch::folder("files-");
    fs::write(
        folder.path().join("notes.txt"),
        "not a database, and longer than a header\n".repeat(100),
    )
    .expect("write a file");
    refuses(folder.path(), "notes.txt", &[]).await;
    let other = rusqlite::Connection::open(folder.path().join("other.db")).expect("a database");
    other
        .execute_batch("CREATE TABLE recipe (id INTEGER PRIMARY KEY); PRAGMA application_id = 7")
        .expect("a table");
    drop(other);
    refuses(folder.path(), "other.db", &[]).await;
    fs::create_dir(folder.path().join("folder.db")).expect("make a folder");
    let ended = run(
        folder.path(),
        &[],
        &["verify", "--database-url", "sqlite:folder.db"],
    )
    .await;
    assert_error(&ended, 1, &["folder.db"]);
}

/// A file that a server filled, by its name in the folder.
async fn filled(folder: &Path) -> &'static str {
    let url = format!("sqlite:{}", folder.join("ours.db").display());
    let config = Config {
        database_url: Some(url),
        ..Config::default()
    };
    Server::start(config).await.stop().await;
    "ours.db"
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused() {
    let folder = scratch::folder("files-");
    let file = filled(folder.path()).await;
    let path = folder.path().join(file);
    let read_only = fs::Permissions::from_mode(0o444);
    fs::set_permissions(&path, read_only).expect("make it read-only");
    // Root may write it all the same.
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        refuses(folder.path(), file, &["read"]).await;
    }
    let url = format!("sqlite:file:{}?mode=ro", path.display());
    let ended = run(folder.path(), &[], &["serve", "--database-url", &url]).await;
    assert_eq!(ended.code, 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_file_that_another_process_uses_is_refused() {
    let folder = scratch::folder("files-");
    let file = filled(folder.path()).await;
    let url = format!("sqlite:{}", folder.path().join(file).display());
    let config = || Config {
        database_url: Some(url.clone()),
        ..Config::default()
    };
    let server = Server::start(config()).await;
    let Err(second) = Server::try_start(config()).await else {
        panic!("two servers on one file");
    };
    assert!(
        second.contains("error: ") && second.contains(file),
        "{second}"
    );
    let ended = run(folder.path(), &[], &["verify", "--database-url", &url]).await;
    assert_error(&ended, 1, &[file]);
    // The first goes on.
    server.channel().await;
    let address = format!("http://{}", server.grpc_address());
    let healthy = run(folder.path(), &[], &["healthcheck", "--address", &address]).await;
    assert_eq!(healthy.code, 0, "{}", healthy.stderr);
    drop(server);
    // A program that is not ours holds the file.
    let other = rusqlite::Connection::open(folder.path().join(file)).expect("open the file");
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .expect("hold the file");
    let Err(locked) = Server::try_start(config()).await else {
        panic!("a server on a file that another holds");
    };
    assert!(
        locked.contains("error: ") && locked.contains("lock"),
        "{locked}"
    );
    drop(other);
    Server::start(config()).await.stop().await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    for backend in Backend::all() {
        let database = backend.database().await;
        let config = || Config::on(&database);
        Server::start(config()).await.stop().await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_from_the_future', 0)";
        if let Some(file) = database.url.strip_prefix("sqlite://") {
            let connection = rusqlite::Connection::open(file).expect("open the file");
            connection.execute_batch(newer).expect("a row");
        } else {
            let mut connection = PgConnection::connect(&database.url).await.expect("connect");
            sqlx::raw_sql(newer)
                .execute(&mut connection)
                .await
                .expect("a row");
            connection.close().await.ok();
        }
        let Err(refused) = Server::try_start(config()).await else {
            panic!("a server on a newer {backend} database");
        };
        assert!(
            refused.contains("m9999_from_the_future") && refused.contains("error: "),
            "{refused}"
        );
        let folder = scratch::folder("files-");
        for command in ["verify", "migrate"] {
            let arguments: &[&str] = match command {
                "migrate" => &["migrate", "up", "--database-url", &database.url],
                _ => &["verify", "--database-url", &database.url],
            };
            let ended = run(folder.path(), &[], arguments).await;
            assert_error(&ended, 1, &["m9999_from_the_future"]);
        }
    }
}

#[tokio::test]
async fn a_demo_is_not_mixed_with_other_data() {
    let folder = scratch::folder("files-");
    let file = filled(folder.path()).await;
    let url = format!("sqlite:{}", folder.path().join(file).display());
    let demo = Config {
        database_url: Some(url),
        demo: true,
        ..Config::default()
    };
    let Err(refused) = Server::try_start(demo.clone()).await else {
        panic!("a demo in a database that holds something else");
    };
    assert!(
        refused.contains("error: ") && refused.contains("demo"),
        "{refused}"
    );
    let reset = Config {
        args: vec!["--demo-reset".to_owned()],
        ..demo
    };
    let Err(refused) = Server::try_start(reset).await else {
        panic!("a database that is not the demo's was emptied");
    };
    assert!(refused.contains("demo"), "{refused}");
}
