//! `order-status verify`.

use std::process::ExitCode;

use super::{Failure, config};
use crate::config::Flags;
use crate::serve::database;

/// Prints `ok` and what was looked at, or every row that does not fit; then the exit code is 1.
pub(super) async fn run(flags: &Flags) -> Result<ExitCode, Failure> {
    let config = config(flags)?;
    let store = database::connect(&config, &database::workflows(&config)?).await?;
    store.check_schema().await?;
    let mut findings = 0_u64;
    let summary = store
        .verify(&mut |finding| {
            findings += 1;
            println!("{finding}");
        })
        .await?;
    if findings == 0 {
        println!("ok: {summary}");
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure(format!("{findings} findings in {summary}")))
}
