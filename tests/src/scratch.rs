//! Folders for one test run, removed when the process ends, however it ends.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The folder of this process, and the shell that waits to remove it.
struct Scratch {
    path: PathBuf,
    // Its standard input is a pipe that nobody writes to: it reads the end when this process is gone.
    _janitor: Child,
}

static SCRATCH: OnceLock<Scratch> = OnceLock::new();

// Children of this process are told to end at the same moment: what they still write is swept up by another round.
const JANITOR: &str = r#"
read -r _
for round in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$1" 2>/dev/null
    sleep 0.2
    [ -e "$1" ] || exit 0
done
"#;

/// Makes a new folder, open to every user of the machine, since PostgreSQL does not run as root.
///
/// It goes when the value is dropped; and if that never happens (a static, a kill), when this process ends.
///
/// # Panics
///
/// If the machine's folder for temporary files cannot be written.
pub fn folder(prefix: &str) -> TempDir {
    let scratch = SCRATCH.get_or_init(Scratch::new);
    let folder = tempfile::Builder::new()
        .prefix(prefix)
        .permissions(PermissionsExt::from_mode(0o755))
        .tempdir_in(&scratch.path);
    folder.expect("make a folder for a test")
}

impl Scratch {
    fn new() -> Self {
        let path = tempfile::Builder::new()
            .prefix("order-status-tests-")
            .permissions(PermissionsExt::from_mode(0o755))
            .tempdir()
            .expect("make a folder for temporary files")
            .keep();
        let janitor = Command::new("sh")
            .args(["-c", JANITOR, "janitor"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own: an interrupt from the keyboard must not reach it.
            .process_group(0)
            .spawn()
            .expect("start a shell");
        Self {
            path,
            _janitor: janitor,
        }
    }
}
