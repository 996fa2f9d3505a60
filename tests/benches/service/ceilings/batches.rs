//! Orders moved 128 at a time, by one statement for each batch, over two connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use order_status_tests::Backend;
use rand::rngs::StdRng;
use rand::seq::index;
use rand::{Rng, SeedableRng};
use sqlx::{Connection, PgConnection};

use crate::fill::{FIRST, Filled};
use crate::load::{Orders, ROUND};
use crate::machine::Moment;
use crate::rows::Rows;
use crate::sample::Sample;

/// Orders in a batch.
pub const BATCH: usize = 128;

/// Connections that write at the same time, each its own orders.
const LANES: usize = 2;

const STATEMENT: &str = r"WITH r AS MATERIALIZED (
    SELECT * FROM unnest($2::int8[], $3::text[], $4::int4[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::bytea[], $10::bytea[], $11::int8[])
    AS r(id, state, phase, transition, verb, from_state, fields, hash, request_id, position)
), o AS MATERIALIZED (
    SELECT id, version + 1 AS version FROM orders WHERE account_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE
), u AS (
    UPDATE orders t SET state = r.state, phase = r.phase, version = o.version, update_time = $12, last_hash = r.hash
    FROM r JOIN o ON o.id = r.id WHERE t.account_id = $1 AND t.id = r.id
), c AS (
    INSERT INTO change (position, account_id, order_id, version, kind, transition, verb, actor, role, from_state,
        to_state, reason, message, public, notify, request_id, fields, passed_over, create_time, hash)
    SELECT r.position, $1, r.id, o.version, $13, r.transition, r.verb, $14, $15, r.from_state,
        r.state, '', '', true, true, r.request_id, r.fields, $16, $12, r.hash
    FROM r JOIN o ON o.id = r.id
), q AS (
    INSERT INTO request (account_id, request_id, day, fingerprint, credential_id, results, create_time)
    SELECT $1, r.request_id, 20000, r.hash, $17, $18, $12 FROM r
)
SELECT count(*) FROM o";

/// Connections to one database, and the orders in it.
pub struct Batches {
    lanes: Vec<PgConnection>,
    url: String,
    filled: Filled,
    orders: Arc<Orders>,
}

impl Batches {
    /// Connects to a database that was filled.
    ///
    /// # Errors
    ///
    /// If it is not there.
    pub async fn connect(url: &str, filled: &Filled) -> sqlx::Result<Self> {
        let mut lanes = Vec::new();
        for _ in 0..LANES {
            lanes.push(PgConnection::connect(url).await?);
        }
        Ok(Self {
            lanes,
            url: url.to_owned(),
            filled: filled.clone(),
            orders: Arc::new(Orders::new(FIRST, filled.count)),
        })
    }

    /// Writes batches for a while.
    ///
    /// # Errors
    ///
    /// What the database refuses.
    pub async fn slice(&mut self, length: Duration) -> sqlx::Result<Sample> {
        let mut rows = Rows::open(Backend::Postgres, &self.url).await;
        let position = Arc::new(AtomicI64::new(rows.last_position().await + 1));
        rows.close().await;
        let before = Moment::now();
        let until = Instant::now() + length;
        let mut writers = Vec::new();
        for (number, mut lane) in self.lanes.drain(..).enumerate() {
            let (filled, orders) = (self.filled.clone(), Arc::clone(&self.orders));
            let position = Arc::clone(&position);
            writers.push(tokio::spawn(async move {
                let done = write(&mut lane, number, &filled, &orders, &position, until).await;
                (lane, done)
            }));
        }
        let mut orders = 0;
        for writer in writers {
            let (lane, done) = writer.await.expect("a writer that ends");
            self.lanes.push(lane);
            orders += done?;
        }
        Ok(Sample::of(
            orders,
            length.as_secs_f64(),
            &before.until_now(),
        ))
    }
}

/// Writes batches of the orders that belong to a lane, and answers how many orders were written in time.
async fn write(
    lane: &mut PgConnection,
    number: usize,
    filled: &Filled,
    orders: &Orders,
    position: &AtomicI64,
    until: Instant,
) -> sqlx::Result<u64> {
    let mut random = StdRng::from_os_rng();
    let mut written = 0;
    let mine = orders.count() / LANES;
    let size = BATCH.min(mine);
    while Instant::now() < until {
        let places: Vec<usize> = index::sample(&mut random, mine, size)
            .into_iter()
            .map(|place| place * LANES + number)
            .collect();
        let last = position.fetch_add(
            i64::try_from(size).expect("a small number"),
            Ordering::Relaxed,
        );
        statement(lane, &places, filled, orders, last, &mut random).await?;
        for place in places {
            orders.advance(place, ROUND.len());
        }
        if Instant::now() < until {
            written += u64::try_from(size).expect("a small number");
        }
    }
    Ok(written)
}

async fn statement(
    lane: &mut PgConnection,
    places: &[usize],
    filled: &Filled,
    orders: &Orders,
    position: i64,
    random: &mut StdRng,
) -> sqlx::Result<()> {
    let steps: Vec<_> = places
        .iter()
        .map(|place| &filled.specimens[usize::from(orders.state(*place))])
        .collect();
    let [common, ..] = &*filled.specimens;
    let text = |of: fn(&crate::specimen::Specimen) -> &String| -> Vec<&str> {
        steps.iter().map(|step| of(step).as_str()).collect()
    };
    let ids: Vec<i64> = places.iter().map(|place| orders.id(*place)).collect();
    let phases: Vec<i32> = steps.iter().map(|step| step.phase()).collect();
    let hashes: Vec<Vec<u8>> = places.iter().map(|_| bytes::<32>(random)).collect();
    let requests: Vec<Vec<u8>> = places.iter().map(|_| bytes::<16>(random)).collect();
    let positions: Vec<i64> = (position..).take(places.len()).collect();
    let found: i64 = sqlx::query_scalar(STATEMENT)
        .bind(filled.account_id)
        .bind(ids)
        .bind(text(|step| &step.to_state))
        .bind(phases)
        .bind(text(|step| &step.transition))
        .bind(text(|step| &step.verb))
        .bind(text(|step| &step.from_state))
        .bind(text(|step| &step.fields))
        .bind(hashes)
        .bind(requests)
        .bind(positions)
        .bind(now())
        .bind(common.kind)
        .bind(&common.actor)
        .bind(&common.role)
        .bind(&common.passed_over)
        .bind(common.credential_id)
        .bind(&common.results)
        .fetch_one(lane)
        .await?;
    assert_eq!(
        usize::try_from(found).ok(),
        Some(places.len()),
        "every order is there"
    );
    Ok(())
}

/// Random bytes.
pub fn bytes<const COUNT: usize>(random: &mut StdRng) -> Vec<u8> {
    let mut bytes = vec![0; COUNT];
    random.fill(&mut bytes[..]);
    bytes
}

/// Microseconds since the epoch.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
}
