//! Reading single orders from PostgreSQL: whoever waits while a statement is under way shares the next one.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{PgConnection, Row as _};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;

use super::{Postgres, connect};
use crate::domain::order::{Order, OrderRef};
use crate::store::entity::order;
use crate::store::error::StoreError;
use crate::store::record::{Record as _, columns};
use crate::store::rows;

/// How many orders one statement reads.
const BATCH: usize = 128;
/// How many reads may wait.
const WAITING: usize = 4096;
/// How long a read may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The shortest and the longest rest after a connection that could not be made.
const SHORT_REST: Duration = Duration::from_millis(50);
const LONG_REST: Duration = Duration::from_secs(1);

/// One read that waits.
pub struct Ask {
    account: i64,
    order: OrderRef,
    full: bool,
    reply: oneshot::Sender<Result<Option<Order>, StoreError>>,
}

struct Lookup {
    one: String,
    many: String,
}

static BY_ID: LazyLock<Lookup> = LazyLock::new(|| lookup("bigint", "id"));
static BY_NUMBER: LazyLock<Lookup> = LazyLock::new(|| lookup("text", "number"));

fn lookup(kind: &str, column: &str) -> Lookup {
    let narrow = columns::<order::Model>("o.");
    let detail = "d.account_id = o.account_id AND d.order_id = o.id";
    Lookup {
        one: format!(
            "SELECT {narrow}, d.body FROM orders o LEFT JOIN order_detail d ON $3::boolean AND {detail} \
             WHERE o.account_id = $1::bigint AND o.{column} = $2::{kind} AND o.delete_time IS NULL"
        ),
        many: format!(
            "SELECT {narrow}, d.body, w.n \
             FROM unnest($1::bigint[], $2::{kind}[], $3::boolean[]) WITH ORDINALITY AS w (account_id, key, whole, n) \
             JOIN orders o ON o.account_id = w.account_id AND o.{column} = w.key AND o.delete_time IS NULL \
             LEFT JOIN order_detail d ON w.whole AND {detail}"
        ),
    }
}

/// Starts the readers, each with a connection of its own; they end with the sender.
pub fn start(options: PgConnectOptions, readers: u32) -> mpsc::Sender<Ask> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..readers.max(1) {
        let reader = Reader {
            options: options.clone(),
            connection: None,
            rest: SHORT_REST,
            rested: Instant::now(),
        };
        tokio::spawn(reader.run(Arc::clone(&receiver)));
    }
    sender
}

impl Postgres {
    /// One order that is not deleted; its narrow row alone unless `full`.
    ///
    /// # Errors
    /// Where the server does not answer within two seconds, or the row makes no sense.
    pub async fn order(
        &self,
        account: i64,
        order: &OrderRef,
        full: bool,
    ) -> Result<Option<Order>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask {
            account,
            order: order.clone(),
            full,
            reply,
        };
        let late = || StoreError::Unavailable("the read was not answered in time".to_owned());
        self.asks
            .try_send(ask)
            .map_err(|_| StoreError::Unavailable("too many reads wait".to_owned()))?;
        tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|_| late())?
            .unwrap_or_else(|_| Err(late()))
    }
}

struct Reader {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    rest: Duration,
    rested: Instant,
}

impl Reader {
    async fn run(mut self, asks: Arc<Mutex<mpsc::Receiver<Ask>>>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            // The lock is held while there is nothing to read, by whichever reader is idle.
            if asks.lock().await.recv_many(&mut batch, BATCH).await == 0 {
                return;
            }
            batch.retain(|ask| !ask.reply.is_closed());
            let (by_id, by_number): (Vec<Ask>, Vec<Ask>) = batch
                .drain(..)
                .partition(|ask| matches!(ask.order, OrderRef::Id(_)));
            for (asks, lookup) in [(by_id, &*BY_ID), (by_number, &*BY_NUMBER)] {
                if !asks.is_empty() {
                    self.serve(asks, lookup).await;
                }
            }
        }
    }

    /// Answers every read, with rows or with what went wrong.
    async fn serve(&mut self, asks: Vec<Ask>, lookup: &'static Lookup) {
        let fresh = self.connection.is_none();
        let mut read = self.read(&asks, lookup).await;
        // A connection that was lost while it lay idle is made anew.
        if !fresh && matches!(read, Err(StoreError::Unavailable(_))) {
            read = self.read(&asks, lookup).await;
        }
        match read {
            Ok(found) => {
                for (ask, row) in asks.into_iter().zip(found) {
                    // Whoever asked may be gone.
                    let _ = ask
                        .reply
                        .send(row.map(|row| read_order(&row, ask.full)).transpose());
                }
            }
            Err(error) => asks
                .into_iter()
                .for_each(|ask| drop(ask.reply.send(Err(error.clone())))),
        }
    }

    /// The row of each read, where there is one.
    async fn read(
        &mut self,
        asks: &[Ask],
        lookup: &'static Lookup,
    ) -> Result<Vec<Option<PgRow>>, StoreError> {
        let mut connection = self.connect().await?;
        let read = tokio::time::timeout(PATIENCE, query(&mut connection, asks, lookup));
        match read.await {
            Ok(Ok(found)) => {
                self.connection = Some(connection);
                Ok(found)
            }
            Ok(Err(error)) => {
                let error = StoreError::from(error);
                if !matches!(error, StoreError::Unavailable(_)) {
                    self.connection = Some(connection);
                }
                Err(error)
            }
            Err(_) => Err(StoreError::Unavailable(
                "the server does not answer".to_owned(),
            )),
        }
    }

    /// The connection, made anew where it was lost; a while after the last try that failed.
    async fn connect(&mut self) -> Result<PgConnection, StoreError> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        // Whoever asks bears with this: a server that comes back is found within the time of a read.
        tokio::time::sleep_until(self.rested).await;
        match connect(&self.options).await {
            Ok(connection) => {
                self.rest = SHORT_REST;
                Ok(connection)
            }
            Err(error) => {
                self.rested = Instant::now() + self.rest;
                self.rest = (self.rest * 2).min(LONG_REST);
                Err(error)
            }
        }
    }
}

async fn query(
    connection: &mut PgConnection,
    asks: &[Ask],
    lookup: &'static Lookup,
) -> sqlx::Result<Vec<Option<PgRow>>> {
    if let [ask] = asks {
        let query = sqlx::query(lookup.one.as_str()).bind(ask.account);
        let query = match &ask.order {
            OrderRef::Id(id) => query.bind(*id),
            OrderRef::Number(number) => query.bind(number),
        };
        return Ok(vec![query.bind(ask.full).fetch_optional(connection).await?]);
    }
    let accounts: Vec<i64> = asks.iter().map(|ask| ask.account).collect();
    let full: Vec<bool> = asks.iter().map(|ask| ask.full).collect();
    let query = sqlx::query(lookup.many.as_str()).bind(accounts);
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for ask in asks {
        match &ask.order {
            OrderRef::Id(id) => ids.push(*id),
            OrderRef::Number(number) => numbers.push(number.as_str()),
        }
    }
    let query = if numbers.is_empty() {
        query.bind(ids)
    } else {
        query.bind(numbers)
    };
    let mut found: Vec<Option<PgRow>> = asks.iter().map(|_| None).collect();
    for row in query.bind(full).fetch_all(connection).await? {
        let place: i64 = row.try_get(order::Model::COLUMNS.len() + 1)?;
        if let Some(slot) = usize::try_from(place - 1)
            .ok()
            .and_then(|at| found.get_mut(at))
        {
            *slot = Some(row);
        }
    }
    Ok(found)
}

fn read_order(row: &PgRow, full: bool) -> Result<Order, StoreError> {
    let body: Option<String> = row.try_get(order::Model::COLUMNS.len())?;
    if full && body.is_none() {
        return Err(StoreError::Broken("an order without its detail".to_owned()));
    }
    rows::order(order::Model::from_postgres(row, 0)?, body.as_deref())
}
