//! The walls between the rooms of the server: which words the code of a room may not contain.
//!
//! The domain decides, the store keeps, the ledger writes, the transports talk. What a room may not name, it cannot
//! come to depend on.

use std::fs;
use std::path::{Path, PathBuf};

/// A room, and the words that no line of its code may contain. A word is found where a name starts with it.
struct Wall {
    /// The module, as its path from the top of the workspace without `.rs`: the file and the folder beside it.
    room: &'static str,
    words: &'static [&'static str],
}

/// The database crates: the store alone names them.
const DATABASE: &[&str] = &["sea_orm", "sqlx", "rusqlite"];

const WALLS: &[Wall] = &[
    // Pure: no transport, no storage, no clock, no waiting.
    Wall {
        room: "server/src/domain",
        words: &[
            "tonic",
            "prost",
            "axum",
            "http::",
            "hyper",
            "tokio",
            "async ",
            "SystemTime",
            "Instant",
            "now_utc",
            "order_status_proto",
            "crate::auth",
            "crate::events",
            "crate::grpc",
            "crate::ledger",
            "crate::rest",
            "crate::store",
        ],
    },
    Wall {
        room: "server/src/store",
        words: &[
            "tonic",
            "prost",
            "axum",
            "order_status_proto",
            "crate::grpc",
            "crate::rest",
        ],
    },
    Wall {
        room: "server/src/ledger",
        words: &[
            "tonic",
            "prost",
            "axum",
            "order_status_proto",
            "crate::grpc",
            "crate::rest",
        ],
    },
    Wall {
        room: "server/src/events",
        words: &["tonic", "crate::grpc", "crate::rest"],
    },
    Wall {
        room: "server/src/auth",
        words: &["crate::grpc", "crate::rest"],
    },
    Wall {
        room: "server/src/grpc",
        words: &["axum", "crate::rest"],
    },
    // Settings are words and numbers; what they mean is for others to know.
    Wall {
        room: "server/src/config",
        words: &[
            "tonic",
            "axum",
            "crate::auth",
            "crate::domain",
            "crate::grpc",
            "crate::ledger",
            "crate::serve",
            "crate::store",
        ],
    },
    // Made by commands, like everything else.
    Wall {
        room: "server/src/demo",
        words: &[
            "tonic",
            "prost",
            "order_status_proto",
            "crate::grpc",
            "crate::serve",
        ],
    },
    // Puts the rooms together; what callers ask is none of its business.
    Wall {
        room: "server/src/serve",
        words: &["order_status_proto::v1", "crate::cli"],
    },
    // Works through a running server or through the ledger, never past them. Of REST it prints the description.
    Wall {
        room: "server/src/cli",
        words: &[
            "axum",
            "crate::events",
            "crate::grpc",
            "crate::rest::api",
            "crate::rest::dialect",
        ],
    },
    // From a description to bytes, without a clock; where the description comes from is none of its business.
    Wall {
        room: "server/src/document",
        words: &[
            "tonic",
            "prost::",
            "axum",
            "http::",
            "hyper",
            "tokio",
            "async ",
            "SystemTime",
            "Instant",
            "now_utc",
            "order_status_proto",
            "crate::auth",
            "crate::events",
            "crate::grpc",
            "crate::ledger",
            "crate::rest",
            "crate::store",
        ],
    },
    // A client of our own services inside the process; beside them it asks only who calls.
    Wall {
        room: "server/src/rest",
        words: &[
            "crate::cli",
            "crate::config",
            "crate::demo",
            "crate::domain",
            "crate::events",
            "crate::grpc",
            "crate::ledger",
            "crate::serve",
            "crate::store",
        ],
    },
    Wall {
        room: "sdk/src",
        words: &[
            "order_status_server",
            "order_status_migrations",
            "sea_orm",
            "sqlx",
            "rusqlite",
        ],
    },
];

/// The one room that speaks to databases.
const STORE: &str = "server/src/store";

#[test]
fn no_room_names_what_lies_behind_its_walls() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut breaches = Vec::new();
    for wall in WALLS {
        for file in files(&workspace, wall.room) {
            breaches.extend(breaches_in(&workspace, &file, wall.words));
        }
    }
    for file in files(&workspace, "server/src") {
        if !belongs(&file, STORE) {
            breaches.extend(breaches_in(&workspace, &file, DATABASE));
        }
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

#[test]
fn every_room_of_the_server_has_its_walls() {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    for entry in fs::read_dir(server).unwrap().map(Result::unwrap) {
        let room = format!("server/src/{}", entry.file_name().to_string_lossy());
        let known = WALLS.iter().any(|wall| wall.room == room);
        assert!(
            known || entry.path().is_file(),
            "{room} is a new room: say in {} what it may not name",
            file!()
        );
    }
}

#[test]
fn a_name_behind_the_wall_is_found_with_its_line() {
    let code = "use std::fmt;\n\nuse sea_orm::{EntityTrait, QueryFilter};\n";
    assert_eq!(found(code, DATABASE), [(3, "sea_orm")]);
    assert_eq!(
        found("pub async fn decide() {}", &["async "]),
        [(1, "async ")]
    );
    assert_eq!(
        found("use std::time::{Duration, Instant};", &["Instant"]),
        [(1, "Instant")]
    );
    assert_eq!(
        found("    http::StatusCode::OK", &["http::"]),
        [(1, "http::")]
    );
    assert_eq!(
        found("let x = '\"'; sqlx::query(y)", DATABASE),
        [(1, "sqlx")]
    );
    assert_eq!(
        found("fn f<'a>(x: &'a str) { tokio_util::f(x) }", &["tokio"]),
        [(1, "tokio")]
    );
}

#[test]
fn comments_texts_and_longer_names_are_no_breach() {
    let code = r###"
        // sqlx would be a breach here.
        /// So would `sea_orm::Entity`. /* not opened
        /* rusqlite /* and sqlx */ sqlx */
        let text = "sqlx \" sqlx";
        let raw = r#"a "quoted" sqlx"#;
        let across = "one
            sqlx";
        let not_sqlx = mysqlx::thing();
    "###;
    assert_eq!(found(code, DATABASE), []);
}

/// The files of a room: `room.rs` and all that lie below `room/`.
fn files(workspace: &Path, room: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let door = PathBuf::from(format!("{room}.rs"));
    if workspace.join(&door).is_file() {
        files.push(door);
    }
    let mut folders = vec![PathBuf::from(room)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(workspace.join(&folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

fn belongs(file: &Path, room: &str) -> bool {
    file.starts_with(room) || file == Path::new(&format!("{room}.rs"))
}

fn breaches_in(workspace: &Path, file: &Path, words: &[&'static str]) -> Vec<String> {
    let code = fs::read_to_string(workspace.join(file)).expect("a file that can be read");
    found(&code, words)
        .into_iter()
        .map(|(line, word)| format!("{}:{line}: names `{}`", file.display(), word.trim()))
        .collect()
}

/// The forbidden words in Rust code, with the numbers of their lines.
fn found(code: &str, words: &[&'static str]) -> Vec<(usize, &'static str)> {
    let code = bare(code);
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for word in words {
            let starts_a_name = |at: usize| {
                let before = line.get(..at).and_then(|before| before.chars().next_back());
                !before.is_some_and(|char| char.is_alphanumeric() || char == '_')
            };
            if line.match_indices(word).any(|(at, _)| starts_a_name(at)) {
                found.push((number + 1, *word));
            }
        }
    }
    found
}

/// Rust code with comments and the inside of texts left out, line by line as before.
fn bare(code: &str) -> String {
    let mut bare = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(char) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_length(rest)
        } else if char == '"' {
            text_length(rest)
        } else if char == '\'' {
            char_length(rest)
        } else if !bare.ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            raw_text_length(rest)
        } else {
            0
        };
        if skipped == 0 {
            bare.push(char);
            rest = &rest[char.len_utf8()..];
        } else {
            let (left_out, after) = rest.split_at(skipped);
            bare.extend(left_out.chars().filter(|char| *char == '\n'));
            rest = after;
        }
    }
    bare
}

/// The length of a block comment, in which others may lie.
fn comment_length(code: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    code.len()
}

/// The length of a text in quotes.
fn text_length(code: &str) -> usize {
    let mut escaped = false;
    for (at, char) in code.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The length of a raw text such as `r#"…"#`; 0 where none starts.
fn raw_text_length(code: &str) -> usize {
    let Some(opening) = code.strip_prefix("br").or_else(|| code.strip_prefix('r')) else {
        return 0;
    };
    let hashes = opening.len() - opening.trim_start_matches('#').len();
    let Some(inside) = opening[hashes..].strip_prefix('"') else {
        return 0;
    };
    let closing = format!("\"{}", "#".repeat(hashes));
    let start = code.len() - inside.len();
    inside
        .find(&closing)
        .map_or(code.len(), |end| start + end + closing.len())
}

/// The length of a character in quotes; 0 for the quote of a lifetime.
fn char_length(code: &str) -> usize {
    let mut chars = code.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars
            .find(|(_, char)| *char == '\'')
            .map_or(0, |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}
