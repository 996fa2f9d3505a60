//! The command line.

mod access;
mod accounts;
mod credentials;
mod health;
mod local;
mod password;
mod remote;
mod verify;
mod workflows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, ConfigError, Flags, Values};
#[cfg(feature = "rest")]
use crate::rest;
use crate::serve::{self, Demo, ServeError};
use crate::store::StoreError;
use crate::{demo, telemetry};

/// Keeps the status of sales orders: a gRPC service with workflows, history and an event log.
#[derive(Parser)]
#[command(name = "order-status", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until SIGTERM or SIGINT.
    Serve {
        /// Fill an empty database with the demo, and serve this machine only.
        #[arg(long)]
        demo: bool,
        /// Empty the demo's database and fill it anew.
        #[arg(long, requires = "demo")]
        demo_reset: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Bring the database's schema up to date, or say where it stands.
    #[command(subcommand)]
    Migrate(Migrate),
    /// Make and list accounts.
    #[command(subcommand)]
    Account(accounts::Account),
    /// Make, list and revoke credentials.
    #[command(subcommand)]
    Credential(credentials::Credential),
    /// Check, draw and list workflows.
    #[command(subcommand)]
    Workflow(workflows::Workflow),
    /// Prove the whole ledger: versions, hashes, and that every order is what its history makes of it.
    Verify {
        #[command(flatten)]
        flags: Flags,
    },
    /// Print every setting in force and where it comes from; secrets are hidden.
    Config {
        #[command(flatten)]
        flags: Flags,
    },
    /// Print the API over HTTP as an OpenAPI 3.1 document.
    #[cfg(feature = "rest")]
    Openapi,
    /// Ask a running server for its health: exit code 0 where it serves.
    Healthcheck {
        /// Where the server listens.
        #[arg(
            long,
            value_name = "URL",
            default_value = "http://127.0.0.1:50051",
            env = "ORDER_STATUS_SERVER"
        )]
        address: String,
        /// Certificates to trust for https, PEM.
        #[arg(long, value_name = "FILE")]
        ca: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Migrate {
    /// Apply every pending step.
    Up {
        #[command(flatten)]
        flags: Flags,
    },
    /// Print the steps that are applied, pending and unknown.
    Status {
        #[command(flatten)]
        flags: Flags,
    },
}

/// Why a command failed: one line for people.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure(error.to_string())
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Failure {
        Failure(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure(error.to_string())
    }
}

/// Runs the command that the process was started with. A wrong flag exits with 2, a failure with 1 and
/// one line on stderr.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&Failure(format!("the runtime cannot start: {error}"))),
    };
    let outcome = runtime.block_on(run(cli.command));
    // A task that hangs does not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(code) => code,
        Err(failure) => fail(&failure),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command tells its failure here, also where nothing is logged"
)]
fn fail(failure: &Failure) -> ExitCode {
    let line: Vec<_> = failure.0.lines().map(str::trim).collect();
    eprintln!("error: {}", line.join(" "));
    ExitCode::FAILURE
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve {
            demo,
            demo_reset,
            flags,
        } => {
            let mut values = values(&flags)?;
            if demo {
                values.default_to("database-url", demo::DATABASE);
            }
            let config = Config::read(&values)?;
            telemetry::start_log(config.log, &config.log_filter)?;
            let demo = match (demo, demo_reset) {
                (false, _) => Demo::Off,
                (true, false) => Demo::On,
                (true, true) => Demo::Reset,
            };
            serve::run(config, demo).await?;
        }
        Command::Migrate(Migrate::Up { flags }) => migrate_up(&flags).await?,
        Command::Migrate(Migrate::Status { flags }) => return migrate_status(&flags).await,
        Command::Account(command) => accounts::run(command).await?,
        Command::Credential(command) => credentials::run(command).await?,
        Command::Workflow(command) => workflows::run(command)?,
        Command::Verify { flags } => return verify::run(&flags).await,
        Command::Config { flags } => {
            let values = values(&flags)?;
            print!("{}", values.describe());
            Config::read(&values)?;
        }
        #[cfg(feature = "rest")]
        Command::Openapi => {
            let document = rest::openapi::document();
            println!("{}", document.map_err(|error| Failure(error.to_string()))?);
        }
        Command::Healthcheck { address, ca } => return health::run(address, ca).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn values(flags: &Flags) -> Result<Values, ConfigError> {
    Values::resolve(flags, |name| std::env::var(name).ok())
}

fn config(flags: &Flags) -> Result<Config, ConfigError> {
    Config::read(&values(flags)?)
}

async fn migrate_up(flags: &Flags) -> Result<(), Failure> {
    let config = config(flags)?;
    let store = serve::database::connect(&config, &serve::database::workflows(&config)?).await?;
    let applied = store.migrate().await?;
    for step in &applied {
        println!("applied {step}");
    }
    if applied.is_empty() {
        println!("up to date");
    }
    Ok(())
}

/// Exits with 1 where the schema is not the one of this program.
async fn migrate_status(flags: &Flags) -> Result<ExitCode, Failure> {
    let config = config(flags)?;
    let store = serve::database::connect(&config, &serve::database::workflows(&config)?).await?;
    let schema = store.schema().await?;
    for (word, steps) in [
        ("applied", &schema.applied),
        ("pending", &schema.pending),
        ("unknown", &schema.unknown),
    ] {
        for step in steps {
            println!("{word} {step}");
        }
    }
    let current = schema.pending.is_empty() && schema.unknown.is_empty();
    Ok(if current {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
