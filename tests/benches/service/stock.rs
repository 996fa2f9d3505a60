//! Databases that were filled, and copies of them.

use std::fs;
use std::path::PathBuf;

use order_status_tests::postgres::{Cluster, Database};
use order_status_tests::{Backend, Config, scratch};
use tempfile::TempDir;

use crate::fill::Filled;
use crate::rows::Rows;

// Every server of the bench has these flags. A line for each call would measure whoever reads it.
const FLAGS: [&str; 2] = [
    "--log-filter",
    "info,order_status_server::grpc::layers=warn",
];

/// A database with orders in it, for as long as the value lives.
pub struct Stock<'c> {
    /// What it holds.
    pub filled: Filled,
    /// What `--database-url` takes.
    pub url: String,
    place: Place<'c>,
}

enum Place<'c> {
    File(TempDir),
    Cluster(&'c Cluster, Database),
}

impl<'c> Stock<'c> {
    /// Fills a new file.
    pub async fn in_file(count: u64) -> Self {
        let (folder, url) = new_file();
        Self {
            filled: Filled::fill(Backend::Sqlite, config(&url), count).await,
            url,
            place: Place::File(folder),
        }
    }

    /// Fills a new database of a cluster.
    pub async fn in_cluster(cluster: &'c Cluster, count: u64) -> Self {
        let database = cluster.database().await;
        Self {
            filled: Filled::fill(Backend::Postgres, config(&database.url), count).await,
            url: database.url.clone(),
            place: Place::Cluster(cluster, database),
        }
    }

    /// A copy. Nobody may be connected to this one meanwhile.
    ///
    /// # Panics
    ///
    /// If somebody is, or the disk is full.
    pub async fn copy(&self) -> Self {
        let filled = self.filled.clone();
        match &self.place {
            Place::File(_) => {
                let (folder, url) = new_file();
                fs::copy(self.file(), folder.path().join(FILE)).expect("copy a file");
                Self {
                    filled,
                    url,
                    place: Place::File(folder),
                }
            }
            Place::Cluster(cluster, database) => {
                let database = cluster.copy(database).await;
                Self {
                    filled,
                    url: database.url.clone(),
                    place: Place::Cluster(cluster, database),
                }
            }
        }
    }

    /// A copy without the indexes that only lists use.
    pub async fn copy_without_list_indexes(&self) -> Self {
        let copy = self.copy().await;
        let mut rows = Rows::open(copy.filled.backend, &copy.url).await;
        rows.drop_list_indexes().await;
        rows.close().await;
        copy
    }

    /// How a server is started on it.
    pub fn config(&self) -> Config {
        config(&self.url)
    }

    /// How a server is started on it that commits every command by itself.
    pub fn config_one_at_a_time(&self) -> Config {
        let mut config = self.config();
        config.args.extend(["--batch-size", "1"].map(str::to_owned));
        config
    }

    /// The file, where it is one.
    ///
    /// # Panics
    ///
    /// If it is not.
    pub fn file(&self) -> PathBuf {
        match &self.place {
            Place::File(folder) => folder.path().join(FILE),
            Place::Cluster(..) => panic!("a database in a cluster is no file"),
        }
    }
}

const FILE: &str = "order-status.db";

/// A folder for a file, and what `--database-url` takes for that.
pub fn new_file() -> (TempDir, String) {
    let folder = scratch::folder("bench-");
    let url = format!("sqlite://{}", folder.path().join(FILE).display());
    (folder, url)
}

/// How a server of the bench is started on a database.
pub fn config(url: &str) -> Config {
    Config {
        database_url: Some(url.to_owned()),
        args: FLAGS.map(str::to_owned).to_vec(),
        ..Config::default()
    }
}
