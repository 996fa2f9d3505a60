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
    let summary = store.verify(&mut |finding| println!("{finding}")).await?;
    store.close().await;
    let looked_at = format!(
        "{} orders, {} changes, {} payments, {} documents, {} invoices, {} messages, {} request ids",
        summary.orders,
        summary.changes,
        summary.payments,
        summary.documents,
        summary.invoices,
        summary.messages,
        summary.requests
    );
    if summary.findings == 0 {
        println!("ok: {looked_at}");
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure(format!(
        "{} findings in {looked_at}",
        summary.findings
    )))
}
