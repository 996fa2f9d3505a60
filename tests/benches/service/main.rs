//! Measures the service beside its ceilings, in one run on this machine: `cargo bench -p order-status-tests`.
//!
//! A ceiling does the same work without the service: a tonic server that answers a constant order, pgbench and a plain
//! driver that write the same rows, rusqlite that writes them directly. What counts is the ratio of two rates that were
//! measured in turn; figures of their own say more about the machine. The tables are printed at the end, and kept in
//! `target/bench/table.md`.
//!
//! `-- --http` measures only what goes over HTTP: our own API beside gRPC, and the status call of each published
//! contract beside our own API. It takes about four minutes.
//!
//! `-- --goods` measures only what is done with an order's goods, beside ConfirmOrder. It takes about four minutes.
//!
//! `-- --quick` runs everything in about two minutes, to see whether it works; `-- --clean-build` also times a build
//! from nothing.

mod callers;
mod cases;
mod ceilings;
mod contender;
mod contract;
mod fill;
mod footprint;
mod form;
mod goals;
mod goods;
mod grpc;
mod load;
mod machine;
mod pairs;
mod plan;
mod report;
mod rows;
mod sample;
mod shop;
mod site;
mod slow_network;
mod slow_sync;
mod specimen;
mod stock;
mod table;
mod web;

use std::path::Path;
use std::process::ExitCode;

use ceilings::{child, constant, direct};
use footprint::{Program, target_folder};
use plan::Plan;
use report::Report;
use tokio::runtime::Builder;

const USAGE: &str =
    "usage: cargo bench -p order-status-tests [-- [--http | --goods] [--quick] [--clean-build]]";

/// What is measured alone.
enum Part {
    OverHttp,
    Goods,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let [child::FLAG, name, arguments @ ..] = arguments.as_slice() {
        return be_child(name, arguments);
    }
    let (mut plan, mut part, mut clean_build) = (Plan::WHOLE, None, false);
    for argument in arguments {
        match argument {
            "--http" => part = Some(Part::OverHttp),
            "--goods" => part = Some(Part::Goods),
            "--quick" => plan = Plan::QUICK,
            "--clean-build" => clean_build = true,
            // Cargo says it to every bench.
            "--bench" => {}
            other => {
                println!("unknown argument {other}\n{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("start threads");
    let program = Program::build(clean_build);
    let text = runtime.block_on(async {
        match part {
            None => run(&plan, &program).await,
            Some(Part::OverHttp) => run_over_http(&plan).await,
            Some(Part::Goods) => run_goods(&plan).await,
        }
    });
    println!("\n{text}");
    let file = target_folder().join("bench").join("table.md");
    table::keep(&text, &file).expect("write the table");
    println!("kept in {}", file.display());
    ExitCode::SUCCESS
}

/// Measures everything; the answer is the tables.
async fn run(plan: &Plan, program: &Program) -> String {
    let mut report = Report::default();
    let postgres = cases::on_postgres::run(plan, &mut report).await;
    let sqlite = cases::on_sqlite::run(plan, &mut report).await;
    cases::over_http::run(plan, &mut report).await;
    cases::goods::run(plan, &mut report).await;
    let goals = goals::goals(plan, &report, [&postgres, &sqlite], program);
    let needs = table::Needs {
        postgres: &postgres,
        sqlite: &sqlite,
        program,
    };
    table::text(plan, &report, &goals, Some(&needs))
}

/// Measures what goes over HTTP; the answer is the tables.
async fn run_over_http(plan: &Plan) -> String {
    let mut report = Report::default();
    cases::over_http::run(plan, &mut report).await;
    let goals = goals::over_http(plan, &report);
    table::text(plan, &report, &goals, None)
}

/// Measures what is done with an order's goods; the answer is the tables.
async fn run_goods(plan: &Plan) -> String {
    let mut report = Report::default();
    cases::goods::run(plan, &mut report).await;
    table::text(plan, &report, &[], None)
}

/// Does what a parent wants of this process; see [`child`].
fn be_child(name: &str, arguments: &[&str]) -> ExitCode {
    match (name, arguments) {
        (constant::NAME, [file]) => {
            let served = constant::serve(Path::new(file));
            served.expect("serve a constant order");
        }
        (direct::NAME, [file, account, count]) => {
            let account = account.parse().expect("the number of an account");
            let count = count.parse().expect("a number of orders");
            let runtime = Builder::new_current_thread().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(direct::serve(file, account, count));
        }
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}
