//! Orders moved through rusqlite directly, 128 to a transaction, in a process of its own.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use order_status_tests::Backend;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rusqlite::{Connection, TransactionBehavior, params};

use super::batches::{BATCH, bytes, now};
use super::child::{Child, hear, say};
use crate::fill::FIRST;
use crate::load::{Orders, ROUND};
use crate::machine::Moment;
use crate::rows::Rows;
use crate::sample::Sample;
use crate::specimen::Specimen;

/// The name of the child that writes.
pub const NAME: &str = "direct";

/// A writer in a process of its own.
pub struct Direct(Child);

impl Direct {
    /// Starts a writer on a file that was filled.
    ///
    /// # Panics
    ///
    /// If the file is not there.
    pub async fn start(file: &Path, account_id: i64, count: u64, env: &[(String, String)]) -> Self {
        let (account, count) = (account_id.to_string(), count.to_string());
        let arguments = [file.as_os_str(), OsStr::new(&account), OsStr::new(&count)];
        let mut child = Child::start(NAME, &arguments, env);
        assert_eq!(child.line().await, "ready");
        Self(child)
    }

    /// Lets it write for a while.
    ///
    /// # Errors
    ///
    /// What it says when it is not a count.
    pub async fn slice(&mut self, length: Duration) -> Result<Sample, String> {
        let before = Moment::now();
        let answer = self.0.ask(&length.as_millis().to_string()).await;
        let span = before.until_now();
        let done = answer.parse().map_err(|_| answer.clone())?;
        Ok(Sample::of(done, length.as_secs_f64(), &span))
    }
}

/// In the child: writes to a file whenever the parent says for how many milliseconds.
///
/// # Panics
///
/// If the file is not as the service made it.
pub async fn serve(file: &str, account_id: i64, count: u64) {
    let mut rows = Rows::open(Backend::Sqlite, file).await;
    // The order that went the round has the number before the first copy's.
    let specimens = rows.specimens(account_id, FIRST - 1).await;
    let mut position = rows.last_position().await;
    rows.close().await;
    let mut database = Connection::open(file).expect("open the file");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY",
        )
        .expect("settings of a connection");
    let orders = Orders::new(FIRST, count);
    let mut random = StdRng::from_os_rng();
    say("ready");
    while let Some(line) = hear() {
        let millis = line.parse().expect("a number of milliseconds");
        let until = Instant::now() + Duration::from_millis(millis);
        let mut done = 0_u64;
        while Instant::now() < until {
            let written = write(
                &mut database,
                account_id,
                &specimens,
                &orders,
                &mut position,
                &mut random,
            );
            if let Err(error) = written {
                say(&error.to_string());
                return;
            }
            if Instant::now() < until {
                done += u64::try_from(BATCH).expect("a small number");
            }
        }
        say(&done.to_string());
    }
}

fn write(
    database: &mut Connection,
    account_id: i64,
    specimens: &[Specimen],
    orders: &Orders,
    position: &mut i64,
    random: &mut StdRng,
) -> rusqlite::Result<()> {
    let batch = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now = now();
    {
        let mut read = batch.prepare_cached(READ)?;
        let mut order = batch.prepare_cached(ORDER)?;
        let mut change = batch.prepare_cached(CHANGE)?;
        let mut request = batch.prepare_cached(REQUEST)?;
        for _ in 0..BATCH {
            let place = random.random_range(0..orders.count());
            let (id, step) = (
                orders.id(place),
                &specimens[usize::from(orders.state(place))],
            );
            let version: i64 = read.query_row(params![account_id, id], |row| row.get(0))?;
            let (hash, request_id) = (bytes::<32>(random), bytes::<16>(random));
            *position += 1;
            order.execute(params![
                account_id,
                id,
                step.to_state,
                step.phase(),
                version + 1,
                now,
                hash
            ])?;
            change.execute(params![
                *position,
                account_id,
                id,
                version + 1,
                step.kind,
                step.transition,
                step.verb,
                step.actor,
                step.role,
                step.from_state,
                step.to_state,
                request_id,
                step.fields,
                step.passed_over,
                now,
                hash,
            ])?;
            request.execute(params![
                account_id,
                request_id,
                hash,
                step.credential_id,
                step.results,
                now
            ])?;
            orders.advance(place, ROUND.len());
        }
    }
    batch.commit()
}

const READ: &str = "SELECT version FROM orders WHERE account_id = ?1 AND id = ?2";

const ORDER: &str =
    "UPDATE orders SET state = ?3, phase = ?4, version = ?5, update_time = ?6, last_hash = ?7
    WHERE account_id = ?1 AND id = ?2";

const CHANGE: &str = "INSERT INTO change (position, account_id, order_id, version, kind, transition, verb, actor, role,
        from_state, to_state, reason, message, public, notify, request_id, fields, passed_over, create_time, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', '', 1, 1, ?12, ?13, ?14, ?15, ?16)";

const REQUEST: &str =
    "INSERT INTO request (account_id, request_id, day, fingerprint, credential_id, results, create_time)
    VALUES (?1, ?2, 20000, ?3, ?4, ?5, ?6)";
