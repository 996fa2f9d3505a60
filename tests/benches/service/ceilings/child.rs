//! This program once more, as a process of its own that measures or serves apart from the callers.
//!
//! They talk in lines: what the child prints answers what it reads, and it ends when its input does.

use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, Write};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child as Process, ChildStdin, ChildStdout, Command};

/// The flag that makes this program a child; the name of what it is to be follows, then that one's arguments.
pub const FLAG: &str = "--child";

/// A child process.
pub struct Child {
    process: Process,
    asks: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Child {
    /// Starts a child.
    ///
    /// # Panics
    ///
    /// If this program cannot be started again.
    pub fn start(name: &str, arguments: &[&OsStr], env: &[(String, String)]) -> Self {
        let mut process = Command::new(env::current_exe().expect("the path of this program"))
            .arg(FLAG)
            .arg(name)
            .args(arguments)
            .envs(env.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("start this program again");
        let asks = process.stdin.take().expect("a pipe");
        let answers = process.stdout.take().expect("a pipe");
        Self {
            process,
            asks,
            answers: BufReader::new(answers).lines(),
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }

    /// The next line that it prints.
    ///
    /// # Panics
    ///
    /// If it ended.
    pub async fn line(&mut self) -> String {
        let line = self.answers.next_line().await.expect("read from a child");
        line.expect("a child that answers")
    }

    /// Says a line to it, and waits for the next that it prints.
    ///
    /// # Panics
    ///
    /// If it ended.
    pub async fn ask(&mut self, line: &str) -> String {
        let line = format!("{line}\n");
        let said = self.asks.write_all(line.as_bytes()).await;
        said.expect("write to a child");
        self.line().await
    }
}

/// In the child: prints a line.
///
/// # Panics
///
/// If the parent is gone.
pub fn say(line: &str) {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .expect("a parent that reads");
}

/// In the child: what the parent says next; `None` once it is done.
pub fn hear() -> Option<String> {
    io::stdin().lock().lines().next()?.ok()
}
