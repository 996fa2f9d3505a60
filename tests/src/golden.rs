//! Examples of published contracts, kept as files and replayed over plain sockets: what is sent is what is printed, and
//! what is answered is compared byte for byte.
//!
//! `NN-name.request` holds a curl command or a raw request, `NN-name.answer` the status line, the headers that matter
//! and, after an empty line, the body. `{{any}}` in an answer's body stands for what differs from run to run; one
//! trailing newline of a file is not part of it. `ORDER_STATUS_TEST_GOLDEN=write` writes bodies anew where they differ.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::Server;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What stands for anything in the body of an answer.
const ANY: &str = "{{any}}";

/// An answer over HTTP/1.1.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The first line.
    pub status_line: String,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Reads an answer that came whole.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn read(bytes: &[u8]) -> Answer {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut head = head.split("\r\n");
        let status_line = head.next().unwrap_or_default().to_owned();
        let status = status_line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let headers = head.filter_map(|line| line.split_once(": "));
        Answer {
            status: status.unwrap_or_else(|| panic!("no answer but {text:?}")),
            status_line,
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    /// A header; empty where there is none of that name.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Replays every example of a folder below `tests/golden`, in the order of their names.
///
/// # Panics
///
/// If an answer differs from its file.
pub async fn replay(server: &Server, folder: &str) {
    let examples = examples(folder);
    assert!(!examples.is_empty(), "{folder} holds no examples");
    let mut wrong = Vec::new();
    for example in examples {
        wrong.extend(replay_one(server, &example).await.err());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

/// Replays one example by the name of its files.
///
/// # Panics
///
/// If the answer differs from its file.
pub async fn replay_alone(server: &Server, example: &str) {
    if let Err(wrong) = replay_one(server, &root().join(example)).await {
        panic!("{wrong}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The examples of a folder, without the ends of their names, sorted.
fn examples(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder of examples");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let requests = paths.filter(|path| path.extension().is_some_and(|end| end == "request"));
    let mut examples: Vec<_> = requests.map(|path| path.with_extension("")).collect();
    examples.sort();
    examples
}

async fn replay_one(server: &Server, example: &Path) -> Result<(), String> {
    let request = fs::read_to_string(example.with_extension("request")).expect("a request");
    let file = example.with_extension("answer");
    let expected = fs::read_to_string(&file).expect("an answer");
    let expected = expected.strip_suffix('\n').unwrap_or(&expected);
    let (head, body) = expected.split_once("\n\n").unwrap_or((expected, ""));
    let answer = exchange(server, &raw(&request)).await;
    let name = example.display();
    let mut head = head.lines();
    let status_line = head.next().unwrap_or_default();
    let mut wrong = Vec::new();
    if answer.status_line != status_line {
        wrong.push(format!("{} instead of {status_line}", answer.status_line));
    }
    for (header, value) in head.filter_map(|line| line.split_once(": ")) {
        let got = answer.header(&header.to_lowercase());
        if got != value {
            wrong.push(format!("{header}: {got:?} instead of {value:?}"));
        }
    }
    if !fits(body, &answer.body) {
        wrong.push(format!("the body\n{}\ninstead of\n{body}", answer.body));
        if env::var("ORDER_STATUS_TEST_GOLDEN").is_ok_and(|told| told == "write") {
            let kept = expected.split("\n\n").next().unwrap_or_default();
            fs::write(file, format!("{kept}\n\n{}\n", answer.body)).expect("write an answer");
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{name}: {}", wrong.join("; ")))
    }
}

/// Whether a body is the expected one, where that leaves nothing open.
fn fits(expected: &str, body: &str) -> bool {
    let mut parts = expected.split(ANY);
    let Some(mut rest) = parts.next().and_then(|first| body.strip_prefix(first)) else {
        return false;
    };
    for part in parts {
        let found = if part.is_empty() {
            Some(rest.len())
        } else {
            rest.find(part)
        };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

/// The raw request for what a file holds: it itself, with its length added, or what curl makes of the command.
fn raw(text: &str) -> Vec<u8> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let command = text.strip_prefix("$ ").unwrap_or(text);
    if let Some(command) = command.strip_prefix("curl ") {
        return curl(command);
    }
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut head: Vec<String> = head.lines().map(str::to_owned).collect();
    head.push("Host: localhost".to_owned());
    head.push("Connection: close".to_owned());
    if !body.is_empty() {
        head.push(format!("Content-Length: {}", body.len()));
    }
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}

/// The request that curl sends: -X, -H, -d, --data, --location, -i, and the URL without its host.
fn curl(command: &str) -> Vec<u8> {
    let mut words = shell_words(command).into_iter();
    let (mut method, mut path, mut body) = (None, "/".to_owned(), None);
    let mut headers = vec!["Host: localhost".to_owned(), "Connection: close".to_owned()];
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" | "--request" => method = words.next(),
            "-H" | "--header" => headers.extend(words.next()),
            "-d" | "--data" | "--data-raw" => body = words.next(),
            "-i" | "--location" | "-s" => {}
            url => {
                let (_, rest) = url.split_once("://").expect("a URL");
                path = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
            }
        }
    }
    // `-H "Expect:"` takes a header away.
    headers.retain(|header| !header.ends_with(':'));
    let method = method.unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
    let told = |name: &str| {
        headers
            .iter()
            .any(|header| header.to_lowercase().starts_with(name))
    };
    if let Some(body) = &body {
        if !told("content-type:") {
            headers.push("Content-Type: application/x-www-form-urlencoded".to_owned());
        }
        headers.push(format!("Content-Length: {}", body.len()));
    }
    let body = body.unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\n{}\r\n\r\n{body}",
        headers.join("\r\n")
    )
    .into_bytes()
}

/// The words of a command, quotes and joined lines undone.
fn shell_words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = command.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, quote) {
            ('\\', None) if chars.peek() == Some(&'\n') => drop(chars.next()),
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (char, Some(open)) if char == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (char, None) if char.is_whitespace() => words.extend(word.take()),
            (char, _) => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

/// A request as its bytes; with a body its length is told too.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    format!("{head}\r\n{body}").into_bytes()
}

/// Sends bytes over a connection of their own and reads the answer to its end.
///
/// # Panics
///
/// If nobody listens, or what comes back is no answer in time.
pub async fn exchange(server: &Server, request: &[u8]) -> Answer {
    let whole = async {
        let mut stream = TcpStream::connect(server.http_address())
            .await
            .expect("connect");
        // Who refuses early may close before all is sent.
        let _ = stream.write_all(request).await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        bytes
    };
    let bytes = tokio::time::timeout(PATIENCE, whole)
        .await
        .expect("an answer in time");
    Answer::read(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curl_command_becomes_the_request_that_curl_sends() {
        let command = "$ curl -X PUT -H \"A: b\" -H 'Expect:' \\\n  https://host:1/x?y=z -i -d '{ \"a\": 1 }'";
        let sent = String::from_utf8(raw(command)).unwrap();
        let (head, body) = sent.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("PUT /x?y=z HTTP/1.1\r\n"), "{head}");
        assert!(
            head.contains("\r\nA: b\r\n") && !head.contains("Expect"),
            "{head}"
        );
        assert!(head.ends_with("Content-Length: 10"), "{head}");
        assert_eq!(body, "{ \"a\": 1 }");
    }

    #[test]
    fn only_what_is_left_open_may_differ() {
        for (expected, body, fit) in [
            ("{\"a\":1}", "{\"a\":1}", true),
            ("{\"a\":1}", "{\"a\":1} ", false),
            ("{\"a\":{{any}},\"b\":2}", "{\"a\":77,\"b\":2}", true),
            ("{\"a\":{{any}},\"b\":2}", "{\"a\":77,\"b\":3}", false),
            ("{{any}}", "x", true),
        ] {
            assert_eq!(fits(expected, body), fit, "{expected} {body}");
        }
    }
}
