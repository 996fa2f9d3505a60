//! Sessions in a batch.

use super::Answer;
use super::desk::Desk;
use crate::domain::refusal::Refusal;
use crate::domain::session::{NewSession, Session, SessionCommand};
use crate::domain::time::Timestamp;
use crate::store::{Pen, StoreError};

/// How many sessions of one credential stand at once; with one more, the one that would end first is ended.
const MOST: i64 = 1_000;

/// Decides the command and puts what it makes on the desk. No request id is remembered: each command may be
/// carried out twice.
pub async fn run(
    pen: &mut Pen,
    desk: &mut Desk,
    command: &SessionCommand,
    now: Timestamp,
) -> Result<Result<Answer, Refusal>, StoreError> {
    let left = match command {
        SessionCommand::Start(new, replaced) => {
            let session = match Session::start(new, now) {
                Ok(session) => session,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if let Some(hash) = replaced {
                end(pen, desk, hash, now).await?;
            }
            make_room(pen, desk, new, now).await?;
            desk.writes.sessions.push(session.clone());
            Some(session)
        }
        SessionCommand::Renew(hash) => {
            let found = find(pen, desk, hash).await?;
            let used = found
                .filter(|session| session.stands(now) && session.is_due(now))
                .map(|session| session.used(now));
            desk.writes.sessions.extend(used.clone());
            used
        }
        SessionCommand::End(hash) => end(pen, desk, hash, now).await?,
    };
    Ok(Ok(Answer::Session(left)))
}

async fn find(pen: &mut Pen, desk: &Desk, hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    let mut on_desk = desk.writes.sessions.iter().rev();
    match on_desk.find(|session| session.token_hash == *hash) {
        Some(session) => Ok(Some(session.clone())),
        None => pen.session(hash).await,
    }
}

async fn end(
    pen: &mut Pen,
    desk: &mut Desk,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let ended = find(pen, desk, hash)
        .await?
        .map(|session| session.ended(now));
    desk.writes.sessions.extend(ended.clone());
    Ok(ended)
}

/// Ends what a new session leaves no room for. Those of the same batch are not counted: the next log-in does.
async fn make_room(
    pen: &mut Pen,
    desk: &mut Desk,
    new: &NewSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    let credential = (new.account_id, new.credential_id);
    let beyond = pen.sessions_beyond(credential, now, MOST - 1).await?;
    let ended = beyond.into_iter().map(|session| session.ended(now));
    desk.writes.sessions.extend(ended);
    Ok(())
}
