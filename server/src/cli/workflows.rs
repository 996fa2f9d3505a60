//! `order-status workflow`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::{Failure, config};
use crate::config::Flags;
use crate::domain::workflow::{self, show};
use crate::serve::database;

#[derive(Subcommand)]
pub(super) enum Workflow {
    /// Check a workflow file and print everything that is wrong with it.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Draw a workflow.
    Show {
        /// Its name.
        name: String,
        /// As a Mermaid or Graphviz drawing, or as a table.
        #[arg(long, default_value = "table")]
        format: Format,
        #[command(flatten)]
        flags: Flags,
    },
    /// Print every workflow: name, version, title.
    List {
        #[command(flatten)]
        flags: Flags,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Mermaid,
    Dot,
    Table,
}

pub(super) fn run(command: Workflow) -> Result<(), Failure> {
    match command {
        Workflow::Check { file } => {
            let shown = file.display();
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Failure(format!("{shown} cannot be read: {error}")))?;
            match workflow::Workflow::parse(&text) {
                Ok(workflow) => println!("ok: {} version {}", workflow.name, workflow.version),
                Err(problems) => {
                    for problem in &problems {
                        println!("{shown}: {problem}");
                    }
                    return Err(Failure(format!("{shown} has {} problems", problems.len())));
                }
            }
        }
        Workflow::Show { name, format, flags } => {
            let workflows = database::workflows(&config(&flags)?)?;
            let workflow = workflows.latest(&name).ok_or_else(|| {
                let mut known: Vec<_> = workflows.iter().map(|workflow| workflow.name.as_str()).collect();
                known.dedup();
                Failure(format!("there is no workflow {name:?}; known: {}", known.join(", ")))
            })?;
            print!(
                "{}",
                match format {
                    Format::Mermaid => show::mermaid(workflow),
                    Format::Dot => show::dot(workflow),
                    Format::Table => show::table(workflow),
                }
            );
        }
        Workflow::List { flags } => {
            for workflow in database::workflows(&config(&flags)?)?.iter() {
                println!("{}\t{}\t{}", workflow.name, workflow.version, workflow.title);
            }
        }
    }
    Ok(())
}
