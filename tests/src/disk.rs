//! A disk whose power can be cut: a file system in a file, mounted through a loop device.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::scratch;

/// How large it is, in bytes. The file behind it is sparse.
const SIZE: u64 = 512 * 1024 * 1024;

/// Ends a mounted ext4 without writing anything more, its journal included: what was not synced is gone. This is the
/// kernel's own switch for such tests (`EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`); a program of a few lines throws it,
/// since calling an ioctl is unsafe in Rust.
const CUT: &str = r#"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int count, char **arguments) {
    uint32_t how = 2;
    int root = count == 2 ? open(arguments[1], O_RDONLY) : -1;
    if (root < 0 || ioctl(root, _IOR('X', 125, uint32_t), &how) < 0) {
        perror("cut");
        return 1;
    }
    return 0;
}
"#;

// Unmounts when this process is gone, however it went: its standard input then reads the end.
const JANITOR: &str = r#"
read -r _
umount --lazy "$1" 2>/dev/null
exit 0
"#;

/// An ext4 of its own, mounted while the value lives.
pub struct Disk {
    folder: TempDir,
    _janitor: Child,
}

impl Disk {
    /// Makes an empty disk and mounts it.
    ///
    /// # Panics
    ///
    /// Without root, loop devices, `mkfs.ext4` or `cc`: a test that cannot cut the power has failed.
    pub fn mount() -> Self {
        let folder = scratch::folder("disk-");
        let image = File::create(folder.path().join("image")).expect("a file for a disk");
        image.set_len(SIZE).expect("a sparse file");
        fs::write(folder.path().join("cut.c"), CUT).expect("a source file");
        fs::create_dir(folder.path().join("mounted")).expect("a folder to mount on");
        let janitor = Command::new("sh")
            .args(["-c", JANITOR, "janitor"])
            .arg(folder.path().join("mounted"))
            .stdin(Stdio::piped())
            .spawn();
        let disk = Self {
            folder,
            _janitor: janitor.expect("start a shell"),
        };
        let (image, cut) = (disk.part("image"), disk.part("cut"));
        run(Command::new("cc")
            .arg("-o")
            .arg(cut)
            .arg(disk.part("cut.c")));
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(image));
        disk.attach();
        disk
    }

    /// Where its files are. The path stays the same over every cut.
    pub fn path(&self) -> PathBuf {
        self.part("mounted")
    }

    /// Makes a folder on it that survives a cut.
    ///
    /// # Panics
    ///
    /// If the disk is full or cut.
    pub fn folder(&self, name: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir(&path).expect("make a folder on a disk");
        self.sync();
        path
    }

    /// Brings all that was written so far onto the disk.
    ///
    /// # Panics
    ///
    /// If the disk is cut.
    pub fn sync(&self) {
        run(Command::new("sync").arg("--file-system").arg(self.path()));
    }

    /// Cuts the power: whatever was not synced is lost, and from now on every access fails.
    ///
    /// # Panics
    ///
    /// If the kernel cannot.
    pub fn cut(&self) {
        run(Command::new(self.part("cut")).arg(self.path()));
    }

    /// Gives the power back after [`Disk::cut`]. Whoever had a file open must have closed it, or be about to.
    ///
    /// # Panics
    ///
    /// If the disk stays in use, or cannot be mounted again.
    pub fn restore(&self) {
        let started = Instant::now();
        // The kernel lets go of the files of a killed process a little after the process is gone.
        while let Err(failure) = try_run(Command::new("umount").arg(self.path())) {
            assert!(started.elapsed() < Duration::from_secs(20), "{failure}");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.attach();
    }

    fn attach(&self) {
        run(Command::new("mount")
            .args(["-o", "loop"])
            .arg(self.part("image"))
            .arg(self.path()));
    }

    fn part(&self, name: &str) -> PathBuf {
        Path::new(self.folder.path()).join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A failed test may have left it cut and in use; lazily it goes in any case.
        try_run(Command::new("umount").arg("--lazy").arg(self.path())).ok();
    }
}

fn run(command: &mut Command) {
    if let Err(failure) = try_run(command) {
        panic!(
            "a disk whose power can be cut needs root, loop devices, mkfs.ext4 and cc: {failure}"
        );
    }
}

fn try_run(command: &mut Command) -> Result<(), String> {
    match command.stdin(Stdio::null()).output() {
        Ok(run) if run.status.success() => Ok(()),
        Ok(run) => {
            let said = String::from_utf8_lossy(&run.stderr);
            Err(format!("{command:?} ended with {}: {said}", run.status))
        }
        Err(error) => Err(format!("{command:?} cannot be started: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;

    use super::Disk;

    #[test]
    fn a_cut_loses_what_was_not_synced_and_nothing_else() {
        let disk = Disk::mount();
        let mut kept = File::create(disk.path().join("kept")).unwrap();
        kept.write_all(b"here").unwrap();
        kept.sync_all().unwrap();
        disk.sync();
        fs::write(disk.path().join("lost"), "gone").unwrap();
        drop(kept);
        disk.cut();
        assert!(fs::write(disk.path().join("late"), "").is_err());
        disk.restore();
        assert_eq!(
            fs::read_to_string(disk.path().join("kept")).unwrap(),
            "here"
        );
        assert!(!disk.path().join("lost").exists());
    }
}
