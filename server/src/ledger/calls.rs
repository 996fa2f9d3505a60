//! The calls of days in a batch.

use super::Answer;
use super::desk::Desk;
use crate::store::batch::DailyCalls;
use crate::store::{Pen, StoreError};

/// Adds calls to those of their days. No request id is remembered.
pub async fn run(
    pen: &mut Pen,
    desk: &mut Desk,
    added: &[DailyCalls],
) -> Result<Answer, StoreError> {
    let mut totals = Vec::with_capacity(added.len());
    for one in added {
        let (account, credential, day) = (one.account_id, one.credential_id, one.day);
        let same = |known: &&DailyCalls| {
            (known.account_id, known.credential_id, known.day) == (account, credential, day)
        };
        let before = match desk.writes.daily_calls.iter().rev().find(same) {
            Some(known) => known.calls,
            None => pen.calls(account, credential, day).await?,
        };
        let calls = before.saturating_add(one.calls);
        desk.writes.daily_calls.push(DailyCalls { calls, ..*one });
        totals.push(calls);
    }
    Ok(Answer::Calls(totals))
}
