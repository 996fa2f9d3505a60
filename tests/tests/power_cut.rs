//! What was acknowledged survives a power cut; and the cuts made here do lose what is not on the disk.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use order_status_tests::audit::audit;
use order_status_tests::postgres::{Cluster, Database};
use order_status_tests::{Disk, Fleet, Load, figure};
use rusqlite::Connection as Sqlite;
use sqlx::{Connection, PgConnection};

const PATIENCE: Duration = Duration::from_secs(30);

/// How long the service may take until it serves again once its database does, in the median.
const SERVES_WITHIN: Duration = Duration::from_secs(2);

/// How many callers write at once.
const WIDTH: usize = 64;

fn cuts() -> usize {
    figure("CUTS", 1, 5)
}

/// Lets a load run for a moment that nobody could guess.
async fn some_time(load: &Load) {
    load.advance(WIDTH * 2, PATIENCE).await;
    tokio::time::sleep(Duration::from_millis(rand::random_range(50..500))).await;
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_of_a_sqlite_file_is_cut() {
    let disk = Disk::mount();
    let file = disk.folder("sqlite").join("order-status.db");
    let mut fleet = Fleet::on(&format!("sqlite://{}", file.display()), 1).await;
    let tenant = fleet.tenant("standard").await;
    let callers = fleet.callers(&tenant.staff.key);
    let load = Load::start(&callers, WIDTH).await;
    let mut returns = Vec::new();
    for _ in 0..cuts() {
        some_time(&load).await;
        disk.cut();
        fleet.servers[0].kill9();
        disk.restore();
        let started = Instant::now();
        fleet.restart().await;
        load.advance(1, PATIENCE).await;
        returns.push(started.elapsed());
    }
    load.advance(WIDTH, PATIENCE).await;
    let log = load.stop().await;
    println!(
        "{} acknowledged, serving again within {returns:?}",
        log.acknowledged.len()
    );
    assert!(median(returns) < SERVES_WITHIN);
    audit(&callers[0], &log).await;
    fleet.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_of_postgresql_is_cut() {
    let disk = Disk::mount();
    let cluster = Cluster::start_in(&disk.folder("postgres")).await;
    let database = cluster.database().await;
    let fleet = Fleet::on(&database.url, 3).await;
    let tenant = fleet.tenant("standard").await;
    let callers = fleet.callers(&tenant.staff.key);
    let load = Load::start(&callers, WIDTH).await;
    let mut returns = Vec::new();
    for _ in 0..cuts() {
        some_time(&load).await;
        disk.cut();
        cluster.crash();
        disk.restore();
        cluster.recover().await;
        let accepts = Instant::now();
        load.advance(1, PATIENCE).await;
        returns.push(accepts.elapsed());
    }
    load.advance(WIDTH, PATIENCE).await;
    let log = load.stop().await;
    println!(
        "{} acknowledged, serving again within {returns:?}",
        log.acknowledged.len()
    );
    assert!(log.refused.is_empty(), "{:?}", log.refused.first());
    assert!(median(returns) < SERVES_WITHIN);
    audit(&callers[0], &log).await;
    fleet.finish().await;
    cluster.crash();
}

fn open(file: &Path) -> rusqlite::Result<Sqlite> {
    let connection = Sqlite::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "off")?;
    Ok(connection)
}

#[test]
fn the_same_cut_loses_what_sqlite_acknowledged_without_syncing() {
    let disk = Disk::mount();
    let file = disk.folder("sqlite").join("control.db");
    for cut in (0_i64..).take(cuts()) {
        let writer = open(&file).expect("open a database");
        let made = "CREATE TABLE IF NOT EXISTS kept (cut int, at int)";
        writer.execute_batch(made).expect("make a table");
        disk.sync();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let writing = std::thread::spawn(move || {
            let mut acknowledged = 0_i64;
            while !stopped.load(Ordering::Relaxed) {
                let row = rusqlite::params![cut, acknowledged];
                if writer
                    .execute("INSERT INTO kept VALUES (?, ?)", row)
                    .is_err()
                {
                    break;
                }
                acknowledged += 1;
            }
            acknowledged
        });
        std::thread::sleep(Duration::from_millis(300));
        disk.cut();
        stop.store(true, Ordering::Relaxed);
        let acknowledged = writing.join().expect("a writer that does not panic");
        disk.restore();
        let kept = open(&file).and_then(|reader| {
            let count = "SELECT count(*) FROM kept WHERE cut = ?";
            reader.query_row(count, [cut], |row| row.get::<_, i64>(0))
        });
        println!("SQLite, synchronous = off: {acknowledged} acknowledged, {kept:?} kept");
        // A file that cannot even be read any more has lost them all.
        assert!(
            kept.unwrap_or(0) < acknowledged,
            "the cut lost nothing: it proves nothing"
        );
    }
}

async fn connect(database: &Database) -> PgConnection {
    let connected = PgConnection::connect(&database.url).await;
    connected.expect("connect")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_cut_loses_what_postgresql_acknowledged_without_syncing() {
    let disk = Disk::mount();
    let cluster = Cluster::start_in(&disk.folder("postgres")).await;
    let database = cluster.database().await;
    let mut writer = connect(&database).await;
    let made = sqlx::raw_sql("CREATE TABLE kept (cut int, at bigint)");
    made.execute(&mut writer).await.expect("make a table");
    for cut in (0_i32..).take(cuts()) {
        let mut writer = connect(&database).await;
        let unsafely = sqlx::raw_sql("SET synchronous_commit = off");
        unsafely.execute(&mut writer).await.expect("set");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let writing = tokio::spawn(async move {
            let mut acknowledged = 0_i64;
            while !stopped.load(Ordering::Relaxed) {
                let row = sqlx::query("INSERT INTO kept VALUES ($1, $2)");
                let row = row.bind(cut).bind(acknowledged);
                if row.execute(&mut writer).await.is_err() {
                    break;
                }
                acknowledged += 1;
            }
            acknowledged
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        disk.cut();
        stop.store(true, Ordering::Relaxed);
        let acknowledged = writing.await.expect("a writer that does not panic");
        cluster.crash();
        disk.restore();
        cluster.recover().await;
        let count = sqlx::query_scalar("SELECT count(*) FROM kept WHERE cut = $1");
        let kept = count
            .bind(cut)
            .fetch_one(&mut connect(&database).await)
            .await;
        let kept: i64 = kept.expect("count what is left");
        println!("PostgreSQL, synchronous_commit = off: {acknowledged} acknowledged, {kept} kept");
        assert!(
            kept < acknowledged,
            "the cut lost nothing: it proves nothing"
        );
    }
    cluster.crash();
}
