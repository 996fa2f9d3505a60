//! What was measured, as tables to read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::contender::Name;
use crate::footprint::{Footprint, Program};
use crate::goals::{Goal, Met, Wanted};
use crate::machine::processors;
use crate::pairs::Ratio;
use crate::plan::Plan;
use crate::report::{Outcome, Report};
use crate::sample::{Latency, Sample, median};

/// What the service needs, and the program is.
pub struct Needs<'n> {
    /// On PostgreSQL.
    pub postgres: &'n Footprint,
    /// On SQLite.
    pub sqlite: &'n Footprint,
    /// The program.
    pub program: &'n Program,
}

/// Every table, as Markdown; without those of what was not measured.
pub fn text(plan: &Plan, report: &Report, goals: &[Goal], needs: Option<&Needs<'_>>) -> String {
    let mut text = format!(
        "# The service beside its ceilings\n\n{}\n\n{}\n",
        machine(),
        preface(plan)
    );
    if !goals.is_empty() {
        text.push_str("\n## Goals\n\n");
        goals_table(&mut text, goals);
    }
    let beside_confirm = |outcome: &&Outcome| outcome.names.contains(&Name::ConfirmShort);
    if report
        .outcomes
        .iter()
        .any(|outcome| beside_confirm(&outcome))
    {
        text.push_str("\n## Beside ConfirmOrder\n\n");
        let outcomes = report.outcomes.iter().filter(beside_confirm);
        confirm_table(&mut text, outcomes);
    }
    text.push_str("\n## Rates\n\n");
    rates_table(&mut text, report);
    if let Some(needs) = needs {
        text.push_str("\n## Needs\n\n");
        needs_table(&mut text, needs);
    }
    text
}

fn preface(plan: &Plan) -> String {
    format!(
        "Closed loop; every turn takes {} s, {} rounds in full and {} otherwise. A ratio is the median over the rounds \
        of the first one's rate and the other's in the same round, with the lowest and the highest kept. A round is \
        dropped where other processes used more than 5 % of the machine or where its ratio is off by more than twice, \
        but never more than half of them. A TransitionOrder moves the order to another state, under a request id; the \
        ceilings write the same rows. Reads answer the whole order. A MoveOrderToStore redirects half of the items \
        with the supplier order that carries them, and transfers the others by a new store order in place of the open \
        one. The log line of each call is off. \
        Over HTTP each caller has a connection of its own, over gRPC eight are shared.",
        plan.turn.as_secs_f64(),
        plan.full,
        plan.once,
    )
}

fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpus.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| "processor of unknown make".to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} x {model}, Linux {}", processors(), kernel.trim())
}

fn goals_table(text: &mut String, goals: &[Goal]) {
    text.push_str("| goal | wanted | measured | spread | without list and time index | met |\n");
    text.push_str("|---|---|---|---|---|---|\n");
    for goal in goals {
        let unit = goal.unit;
        let figure =
            |value: Option<f64>| value.map_or_else(dash, |value| format!("{value:.2}{unit}"));
        let wanted = match goal.wanted {
            Wanted::Least(bound) => format!(">= {bound}{unit}"),
            Wanted::Most(bound) => format!("<= {bound}{unit}"),
            Wanted::From(floor, goal) => format!(">= {goal}{unit}, at the very least {floor}"),
        };
        let spread = goal
            .spread
            .map_or_else(dash, |(low, high)| format!("{low:.2}-{high:.2}"));
        let met = goal.met().map_or_else(dash, |met| {
            let met = match met {
                Met::Yes => "yes",
                Met::AtTheLeast => "the least",
                Met::No => "NO",
            };
            met.to_owned()
        });
        line(
            text,
            &[
                goal.what.clone(),
                wanted,
                figure(goal.measured),
                spread,
                figure(goal.without_indexes),
                met,
            ],
        );
    }
}

fn confirm_table<'r>(text: &mut String, outcomes: impl Iterator<Item = &'r Outcome>) {
    text.push_str("| case | call | beside | calls a second, this / that | CPU of the server a call, this / that |\n");
    text.push_str("|---|---|---|---|---|\n");
    for outcome in outcomes {
        for other in [Name::ConfirmLong, Name::ConfirmShort] {
            let figure = |figure: fn(&Sample) -> f64| {
                let ratio = outcome.ratio(Name::Service, other, figure);
                ratio.map_or_else(dash, spread)
            };
            line(
                text,
                &[
                    outcome.case.to_string(),
                    outcome.load.to_string(),
                    other.to_string(),
                    figure(|sample| sample.rate),
                    figure(Sample::processor),
                ],
            );
        }
    }
}

fn rates_table(text: &mut String, report: &Report) {
    text.push_str("| case | call | who | a second | p50 ms | p99 ms | max ms | CPU us/call | of callers | first / this | pairs |\n");
    text.push_str("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for outcome in &report.outcomes {
        for name in &outcome.names {
            contender_line(text, outcome, *name);
        }
    }
}

fn contender_line(text: &mut String, outcome: &Outcome, name: Name) {
    let first = outcome.names.first().filter(|first| **first != name);
    let ratio = first.and_then(|first| outcome.ratio(*first, name, |sample| sample.rate));
    let millis = |of: fn(&Latency) -> std::time::Duration| {
        let latencies = outcome
            .samples(name)
            .filter_map(|sample| sample.latency.as_ref());
        let middle = median(latencies.map(|latency| of(latency).as_secs_f64() * 1e3));
        if middle.is_nan() {
            dash()
        } else {
            format!("{middle:.2}")
        }
    };
    let rate = outcome.middle(name, |sample| sample.rate);
    let micros =
        |seconds: Option<f64>| seconds.map_or_else(dash, |seconds| format!("{:.1}", seconds * 1e6));
    line(
        text,
        &[
            outcome.case.to_string(),
            outcome.load.to_string(),
            name.to_string(),
            rate.map_or_else(dash, |rate| format!("{rate:.0}")),
            millis(|latency| latency.p50),
            millis(|latency| latency.p99),
            millis(|latency| latency.max),
            micros(outcome.middle(name, Sample::processor)),
            micros(outcome.middle(name, Sample::callers)),
            ratio.map_or_else(dash, spread),
            ratio.map_or_else(dash, |Ratio { kept, dropped, .. }| {
                format!("{kept} (dropped {dropped})")
            }),
        ],
    );
}

fn spread(ratio: Ratio) -> String {
    let Ratio {
        median, low, high, ..
    } = ratio;
    format!("{median:.2} ({low:.2}-{high:.2})")
}

fn needs_table(text: &mut String, needs: &Needs<'_>) {
    text.push_str("| what | PostgreSQL | SQLite |\n|---|---|---|\n");
    let Needs {
        postgres,
        sqlite,
        program,
    } = needs;
    let mut row = |what: &str, of: &dyn Fn(&Footprint) -> String| {
        line(text, &[what.to_owned(), of(postgres), of(sqlite)]);
    };
    let size = |kibibytes: u64| format!("{:.1} MiB", crate::sample::as_figure(kibibytes) / 1024.0);
    row("idle: resident (anonymous)", &|needs| {
        format!(
            "{} ({})",
            size(needs.idle.resident),
            size(needs.idle.anonymous)
        )
    });
    row("after 256 callers: resident (anonymous)", &|needs| {
        format!(
            "{} ({})",
            size(needs.busy.resident),
            size(needs.busy.anonymous)
        )
    });
    row("at the most, 256 callers: resident", &|needs| {
        size(needs.peak)
    });
    row("each connection in use", &|needs| {
        format!("{} KiB", needs.connection)
    });
    row("start to first answer", &|needs| {
        format!("{:.0} ms", needs.start.as_secs_f64() * 1e3)
    });
    let clean = program.clean_build.map_or_else(
        || "not measured (`-- --clean-build`)".to_owned(),
        |time| format!("{:.0} s", time.as_secs_f64()),
    );
    text.push_str("\n| the program | |\n|---|---|\n");
    line(
        text,
        &["size".to_owned(), format!("{:.1} MB", program.megabytes())],
    );
    line(text, &["crates".to_owned(), program.crates.to_string()]);
    line(text, &["clean release build".to_owned(), clean]);
}

fn line(text: &mut String, cells: &[String]) {
    // Writing to a string does not fail.
    writeln!(text, "| {} |", cells.join(" | ")).ok();
}

fn dash() -> String {
    "-".to_owned()
}

/// Writes the tables to a file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn keep(text: &str, file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
}
