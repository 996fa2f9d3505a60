//! A disk that takes its time: a library that holds every fsync back for a millisecond.

use std::fs;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

/// How long each fsync takes beside what it takes anyway.
pub const DELAY: Duration = Duration::from_millis(1);

const SOURCE: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void hold_back(void) {
    struct timespec delay = {0, DELAY_NANOSECONDS};
    nanosleep(&delay, 0);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    hold_back();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    hold_back();
    return real(file);
}
"#;

/// The library, for as long as the value lives.
pub struct SlowSync {
    folder: TempDir,
}

impl SlowSync {
    /// Compiles the library.
    ///
    /// # Panics
    ///
    /// If there is no C compiler.
    pub fn compile() -> Self {
        let folder = order_status_tests::scratch::folder("slow-sync-");
        let source = folder.path().join("slow_sync.c");
        let text = SOURCE.replace("DELAY_NANOSECONDS", &DELAY.as_nanos().to_string());
        fs::write(&source, text).expect("write a file");
        let done = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .arg(folder.path().join("slow_sync.so"))
            .arg(&source)
            .arg("-ldl")
            .status();
        let compiled = done.is_ok_and(|status| status.success());
        assert!(compiled, "the bench needs a C compiler named `cc`");
        Self { folder }
    }

    /// The environment that puts it before a program.
    pub fn env(&self) -> Vec<(String, String)> {
        let library = self.folder.path().join("slow_sync.so");
        vec![("LD_PRELOAD".to_owned(), library.display().to_string())]
    }
}
