//! A child process that cannot outlive this one, with what it printed.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{self, Signal};
use nix::sys::wait::{self, Id, WaitPidFlag};
use nix::unistd::Pid;
use tokio::sync::watch;

/// A running child process, killed when dropped.
///
/// It belongs to no async runtime: a process started by one test may be used by all others of the same program.
pub struct Process {
    pid: Pid,
    exit: watch::Receiver<Option<ExitStatus>>,
    keeper: Option<JoinHandle<()>>,
    /// The lines of its standard output.
    pub stdout: Lines,
    /// The lines of its standard error.
    pub stderr: Lines,
}

impl Process {
    /// Starts a program with a clean hand: no standard input, both outputs captured, and `at_our_death` sent to it by
    /// the kernel when this process ends. `configure` gets the command with the program and its arguments in place;
    /// `prefix` are further options for `setpriv`, such as another user to run as.
    ///
    /// # Panics
    ///
    /// If the program cannot be started.
    pub fn start(
        prefix: &[String],
        program: impl AsRef<OsStr>,
        at_our_death: Signal,
        configure: impl FnOnce(&mut Command),
    ) -> Self {
        let mut command = Command::new("setpriv");
        command
            .args(prefix)
            .args(["--pdeathsig", at_our_death.as_str()])
            .arg("--")
            .arg(program)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        configure(&mut command);
        let (started, starts) = mpsc::channel();
        let (ended, exit) = watch::channel(None);
        // The kernel counts the end of the starting thread as the parent's death, so the thread stays until the child ends.
        let keeper = thread::spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => panic!("cannot start {command:?}: {error}"),
            };
            let pid = Pid::from_raw(child.id().try_into().expect("a process id"));
            let (stdout, read_out) = Lines::read(child.stdout.take().expect("a pipe"));
            let (stderr, read_err) = Lines::read(child.stderr.take().expect("a pipe"));
            // The receiver is gone only if the starting test is.
            started.send((pid, stdout, stderr)).ok();
            // The end is told when all that it printed is read. Until then it stays a zombie, so that its id names no other.
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
            while wait::waitid(Id::Pid(pid), flags) == Err(Errno::EINTR) {}
            read_out.join().ok();
            read_err.join().ok();
            let status = child.wait().expect("wait for a child");
            ended.send_replace(Some(status));
        });
        let (pid, stdout, stderr) = starts.recv().expect("a child that started");
        Self {
            pid,
            exit,
            keeper: Some(keeper),
            stdout,
            stderr,
        }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid
            .as_raw()
            .try_into()
            .expect("a process id is positive")
    }

    /// How it ended, or `None` while it runs.
    pub fn exit_status(&self) -> Option<ExitStatus> {
        *self.exit.borrow()
    }

    /// Sends a signal, unless it has ended.
    pub fn signal(&self, signal: Signal) {
        if self.exit_status().is_none() {
            // It may end between the two lines; then there is nobody to tell.
            signal::kill(self.pid, signal).ok();
        }
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// If it still runs after `patience`.
    pub async fn exited(&self, patience: Duration) -> ExitStatus {
        let mut exit = self.exit.clone();
        let ended = tokio::time::timeout(patience, exit.wait_for(Option::is_some)).await;
        match ended.map(|status| status.ok().and_then(|status| *status)) {
            Ok(Some(status)) => status,
            Ok(None) => panic!("nobody waits for process {} any more", self.pid),
            Err(_) => panic!(
                "process {} still runs after {patience:?}; it said:\n{}",
                self.pid,
                self.stderr.text()
            ),
        }
    }

    /// Sends a signal that ends it, and returns when it is gone.
    pub fn end(&mut self, signal: Signal) {
        self.signal(signal);
        // A stopped process acts on nothing but KILL until it goes on.
        self.signal(Signal::SIGCONT);
        if let Some(keeper) = self.keeper.take() {
            keeper.join().ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(Signal::SIGKILL);
    }
}

/// The lines that a process has printed so far, kept to the end.
#[derive(Clone)]
pub struct Lines(watch::Receiver<Vec<String>>);

impl Lines {
    fn read(pipe: impl Read + Send + 'static) -> (Self, JoinHandle<()>) {
        let (lines, kept) = watch::channel(Vec::new());
        let reader = thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n') {
                let Ok(line) = line else { break };
                lines.send_modify(|lines| lines.push(String::from_utf8_lossy(&line).into_owned()));
            }
        });
        (Self(kept), reader)
    }

    /// Everything printed so far.
    pub fn text(&self) -> String {
        self.0.borrow().join("\n")
    }

    /// What `find` makes of the first line that it does not answer `None` for; `None` if there is no such line yet.
    pub fn find<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.0.borrow().iter().find_map(|line| find(line))
    }

    /// Like [`Lines::find`], but waits for the line; `None` when the output ended without one.
    pub async fn wait_for<T>(&self, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut lines = self.0.clone();
        let matches = |lines: &Vec<String>| lines.iter().any(|line| find(line).is_some());
        // An error means that the output is closed; what it held is looked through all the same.
        lines.wait_for(matches).await.ok();
        self.find(find)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::time::Duration;

    use nix::sys::signal::Signal;

    use super::Process;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Process {
        Process::start(&[], "sh", Signal::SIGKILL, |command| {
            command.args(["-c", script]);
        })
    }

    #[tokio::test]
    async fn what_a_process_printed_is_complete_when_its_end_is_told() {
        let process = shell("seq 20000; echo done >&2; exit 3");
        assert_eq!(process.exited(PATIENCE).await.code(), Some(3));
        assert_eq!(process.stdout.text().lines().count(), 20_000);
        assert_eq!(process.stderr.text(), "done");
    }

    #[tokio::test]
    async fn a_line_is_waited_for_until_it_comes_or_can_come_no_more() {
        let process = shell("echo first; read -r _; echo second");
        let two = |line: &str| (line == "second").then_some(2);
        assert_eq!(process.stdout.wait_for(two).await, Some(2));
        assert_eq!(process.stderr.wait_for(two).await, None);
    }

    #[tokio::test]
    async fn a_stopped_process_ends_when_it_is_dropped() {
        let process = shell("echo up; exec sleep 600");
        let up = process
            .stdout
            .wait_for(|line| (line == "up").then_some(()))
            .await;
        assert!(up.is_some());
        process.signal(Signal::SIGSTOP);
        let place = format!("/proc/{}", process.pid());
        assert!(Path::new(&place).exists());
        drop(process);
        assert!(!Path::new(&place).exists());
    }

    #[tokio::test]
    async fn a_process_outlives_the_thread_that_started_it() {
        let start = || shell("echo up; exec sleep 600");
        let process = std::thread::spawn(start).join().unwrap();
        process
            .stdout
            .wait_for(|line| (line == "up").then_some(()))
            .await;
        assert_eq!(process.exit_status(), None);
        process.signal(Signal::SIGTERM);
        let status = process.exited(PATIENCE).await;
        assert_eq!(status.signal(), Some(Signal::SIGTERM as i32));
    }
}
