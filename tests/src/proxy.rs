//! A proxy before PostgreSQL that knows its protocol well enough to cut a connection at a COMMIT.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{self, AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of a COMMIT on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// It passes, and so does its answer.
    Pass,
    /// The connection is cut before it reaches the database: nothing is committed.
    CutBefore,
    /// The connection is cut after the database answered: all is committed, and the client does not know.
    CutAfter,
    /// As [`Commit::CutAfter`], and until [`Proxy::come_back`] the database cannot be reached any more.
    CutAfterAndStayAway,
}

/// Decides what becomes of the commits, by their number: 0, 1, 2 …
type Plan = dyn Fn(usize) -> Commit + Send + Sync;

/// A proxy that listens on a port of its own until it is dropped.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    listener: JoinHandle<()>,
}

struct State {
    database: SocketAddr,
    plan: Box<Plan>,
    commits: AtomicUsize,
    cut: AtomicUsize,
    away: AtomicBool,
}

impl Proxy {
    /// Listens, and passes everything on to `database` except as the plan says.
    ///
    /// # Panics
    ///
    /// If no port is free.
    pub async fn start(
        database: SocketAddr,
        plan: impl Fn(usize) -> Commit + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a port");
        let state = Arc::new(State {
            database,
            plan: Box::new(plan),
            commits: AtomicUsize::new(0),
            cut: AtomicUsize::new(0),
            away: AtomicBool::new(false),
        });
        let serving = Arc::clone(&state);
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                // A broken connection is what this is for.
                tokio::spawn(async move { serve(client, &state).await.ok() });
            }
        });
        Self {
            address,
            state,
            listener,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many commits it has seen.
    pub fn commits(&self) -> usize {
        self.state.commits.load(Ordering::Relaxed)
    }

    /// Lets clients reach the database again after [`Commit::CutAfterAndStayAway`].
    pub fn come_back(&self) {
        self.state.away.store(false, Ordering::Relaxed);
    }

    /// How many of them it has cut.
    pub fn cut(&self) -> usize {
        self.state.cut.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Carries one connection until either side ends it or a cut does.
async fn serve(client: TcpStream, state: &State) -> io::Result<()> {
    if state.away.load(Ordering::Relaxed) {
        return Ok(());
    }
    let database = TcpStream::connect(state.database).await?;
    client.set_nodelay(true)?;
    database.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_database, to_database) = database.into_split();
    // Once set, the next answer of the database ends the connection instead of reaching the client.
    let (deaf, hears) = watch::channel(false);
    tokio::select! {
        ended = requests(from_client, to_database, state, &deaf) => ended,
        ended = answers(from_database, to_client, hears) => ended,
    }
    // Both sockets close here, whichever way it ended.
}

async fn requests(
    mut client: OwnedReadHalf,
    mut database: OwnedWriteHalf,
    state: &State,
    deaf: &watch::Sender<bool>,
) -> io::Result<()> {
    let mut introduced = false;
    loop {
        let frame = read_frame(&mut client, introduced).await?;
        // Only the wish for encryption is answered before the client has introduced itself.
        introduced |= frame.len() != 8;
        if is_commit(&frame) {
            let number = state.commits.fetch_add(1, Ordering::Relaxed);
            match (state.plan)(number) {
                Commit::Pass => {}
                Commit::CutBefore => {
                    state.cut.fetch_add(1, Ordering::Relaxed);
                    return Ok(());
                }
                cut @ (Commit::CutAfter | Commit::CutAfterAndStayAway) => {
                    let away = cut == Commit::CutAfterAndStayAway;
                    state.away.fetch_or(away, Ordering::Relaxed);
                    state.cut.fetch_add(1, Ordering::Relaxed);
                    deaf.send_replace(true);
                }
            }
        }
        database.write_all(&frame).await?;
    }
}

async fn answers(
    mut database: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    deaf: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = database.read(&mut buffer).await?;
        // A client waits for the answer before it commits, so this is the answer to the commit.
        if count == 0 || *deaf.borrow() {
            return Ok(());
        }
        client.write_all(&buffer[..count]).await?;
    }
}

/// One message of a client, whole: a letter, a length that counts itself, a body. The first ones have no letter.
async fn read_frame(client: &mut OwnedReadHalf, introduced: bool) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; if introduced { 5 } else { 4 }];
    client.read_exact(&mut frame).await?;
    let length = frame
        .last_chunk()
        .map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let body = usize::try_from(length)
        .unwrap_or_default()
        .saturating_sub(4);
    let head = frame.len();
    frame.resize(head + body, 0);
    client.read_exact(&mut frame[head..]).await?;
    Ok(frame)
}

/// Whether the message asks to commit: a plain query of that one word, as drivers send it.
fn is_commit(frame: &[u8]) -> bool {
    let Some((b'Q', rest)) = frame.split_first() else {
        return false;
    };
    let text = rest.get(4..).unwrap_or_default();
    let text = String::from_utf8_lossy(text);
    let text = text.trim_matches(|c: char| c == '\0' || c == ';' || c.is_whitespace());
    text.eq_ignore_ascii_case("COMMIT")
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, PgConnection};

    use super::{Commit, Proxy};
    use crate::postgres::Cluster;

    #[tokio::test]
    async fn a_cut_before_the_commit_leaves_nothing_and_one_after_it_leaves_everything() {
        let database = Cluster::shared().await.database().await;
        let url = &database.url;
        let (address, name) = url.rsplit_once('/').unwrap();
        let (user, address) = address.rsplit_once('@').unwrap();
        let plan = |number| [Commit::CutBefore, Commit::CutAfter, Commit::Pass][number];
        let proxy = Proxy::start(address.parse().unwrap(), plan).await;
        let proxied = format!("{user}@{}/{name}", proxy.address());
        let mut direct = PgConnection::connect(url).await.unwrap();
        let made = sqlx::raw_sql("CREATE TABLE kept (at int)");
        made.execute(&mut direct).await.unwrap();
        let mut known = Vec::new();
        for at in 0..3 {
            let mut connection = PgConnection::connect(&proxied).await.unwrap();
            let mut transaction = connection.begin().await.unwrap();
            let insert = sqlx::query("INSERT INTO kept VALUES ($1)").bind(at);
            insert.execute(&mut *transaction).await.unwrap();
            known.push(transaction.commit().await.is_ok());
        }
        assert_eq!(known, [false, false, true]);
        let kept: Vec<i32> = sqlx::query_scalar("SELECT at FROM kept ORDER BY at")
            .fetch_all(&mut direct)
            .await
            .unwrap();
        assert_eq!(kept, [1, 2]);
        assert_eq!((proxy.commits(), proxy.cut()), (3, 2));
    }
}
