//! Who used the processors while something was measured.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::{Duration, Instant};

/// The kernel counts processor time in hundredths of a second, on every architecture.
const TICK: Duration = Duration::from_millis(10);

/// Processor time used up to a moment.
pub struct Moment {
    at: Instant,
    /// By each process that lives: its own time.
    processes: HashMap<u32, Duration>,
    /// By all that is neither this process, nor below it, nor the kernel's, those that ended included; and what the
    /// hypervisor kept.
    others: Duration,
}

/// A process as `/proc/PID/stat` tells it.
struct Process {
    pid: u32,
    parent: u32,
    own: Duration,
    with_ended_children: Duration,
}

/// What lies between two moments.
pub struct Span {
    /// The share of all processors that others used.
    pub noise: f64,
    own: HashMap<u32, Duration>,
}

impl Moment {
    /// Now.
    pub fn now() -> Self {
        let all = processes();
        let ours = family(&all, std::process::id());
        // The kernel's threads write to disk for us as for others.
        let kernel = match fs::read_to_string("/proc/2/comm") {
            Ok(name) if name.trim() == "kthreadd" => family(&all, 2),
            _ => HashSet::new(),
        };
        let others = all
            .iter()
            .filter(|process| !ours.contains(&process.pid) && !kernel.contains(&process.pid))
            .map(|process| process.with_ended_children)
            .sum::<Duration>();
        Self {
            at: Instant::now(),
            others: others + stolen(),
            processes: all
                .into_iter()
                .map(|process| (process.pid, process.own))
                .collect(),
        }
    }

    /// What happened since.
    pub fn until_now(&self) -> Span {
        let now = Self::now();
        let length = now.at - self.at;
        let all = length.as_secs_f64() * processors();
        let before = |pid| self.processes.get(&pid).copied().unwrap_or_default();
        Span {
            noise: now.others.saturating_sub(self.others).as_secs_f64() / all,
            own: now
                .processes
                .iter()
                .map(|(pid, used)| (*pid, used.saturating_sub(before(*pid))))
                .collect(),
        }
    }
}

impl Span {
    /// The processor time that a process used, its threads included.
    pub fn used_by(&self, pid: u32) -> Duration {
        self.own.get(&pid).copied().unwrap_or_default()
    }
}

/// How many processors there are.
pub fn processors() -> f64 {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(count).map_or(1.0, f64::from)
}

fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").expect("a Linux with /proc").flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            parse(pid, &stat)
        })
        .collect()
}

fn parse(pid: u32, stat: &str) -> Option<Process> {
    // The name, in brackets, may hold anything; the fields after it are state, parent, …
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Option<Duration> { Some(TICK * fields.get(at)?.parse().ok()?) };
    let own = ticks(11)? + ticks(12)?;
    Some(Process {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        own,
        with_ended_children: own + ticks(13)? + ticks(14)?,
    })
}

/// A process and all below it.
fn family(all: &[Process], head: u32) -> HashSet<u32> {
    let mut family = HashSet::from([head]);
    loop {
        let before = family.len();
        for process in all {
            if family.contains(&process.parent) {
                family.insert(process.pid);
            }
        }
        if family.len() == before {
            return family;
        }
    }
}

/// Time that the hypervisor gave to other machines.
fn stolen() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let steal = stat.lines().next().and_then(|line| {
        // cpu user nice system idle iowait irq softirq steal
        line.split_whitespace().nth(8)?.parse().ok()
    });
    steal.map_or(Duration::ZERO, |ticks: u32| TICK * ticks)
}
