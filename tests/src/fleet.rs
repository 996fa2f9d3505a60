//! Servers that share a database: three replicas on PostgreSQL, the one process that SQLite allows.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;
use tonic::transport::Channel;

use crate::account::{Caller, Tenant};
use crate::backend::{self, Backend};
use crate::server::{self, Config, Server};

/// Servers on one database.
pub struct Fleet {
    /// The servers; the first found the database empty.
    pub servers: Vec<Server>,
    url: String,
    // A database that was made for this fleet goes with it.
    _database: Option<backend::Database>,
}

impl Fleet {
    /// Starts as many servers as the backend allows, up to three, on an empty database.
    ///
    /// # Panics
    ///
    /// If one does not start.
    pub async fn start(backend: Backend) -> Self {
        let database = backend.database().await;
        let replicas = match backend {
            Backend::Sqlite => 1,
            Backend::Postgres => 3,
        };
        let fleet = Self::on(&database.url, replicas).await;
        Self {
            _database: Some(database),
            ..fleet
        }
    }

    /// Starts servers on an empty database that the test keeps.
    ///
    /// # Panics
    ///
    /// If one does not start.
    pub async fn on(url: &str, replicas: usize) -> Self {
        let config = Config {
            database_url: Some(url.to_owned()),
            // Nothing here routes by health, so nobody has to be told of an end beforehand.
            args: vec!["--drain-announce".to_owned(), "0s".to_owned()],
            ..Config::default()
        };
        // The first makes the schema; the others find it.
        let mut servers = vec![Server::start(config.clone()).await];
        for _ in 1..replicas {
            servers.push(Server::start(config.clone()).await);
        }
        Self {
            servers,
            url: url.to_owned(),
            _database: None,
        }
    }

    /// Where the database is, as `--database-url` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file of a SQLite database.
    ///
    /// # Panics
    ///
    /// If the database is another.
    pub fn file(&self) -> PathBuf {
        let path = self.url.strip_prefix("sqlite://");
        path.expect("a SQLite database").into()
    }

    /// Makes an account in EUR whose orders follow a workflow; its callers talk to the first server.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn tenant(&self, workflow: &str) -> Tenant {
        Tenant::create(&self.servers[0], workflow).await
    }

    /// Somebody with this key at each server, over connections that come back when the server does.
    pub fn callers(&self, key: &str) -> Vec<Caller> {
        let channels = self.channels().into_iter();
        channels.map(|channel| Caller::new(channel, key)).collect()
    }

    /// A connection to each server that comes back when the server does.
    pub fn channels(&self) -> Vec<Channel> {
        let servers = self.servers.iter();
        servers
            .map(|server| server.endpoint().connect_lazy())
            .collect()
    }

    /// Asks every server to end and waits until all have.
    ///
    /// # Panics
    ///
    /// If one does not end, or not well.
    pub async fn stop(&mut self) {
        for server in &mut self.servers {
            let status = server.stop().await;
            assert!(status.success(), "a server ended with {status}");
        }
    }

    /// Starts every server again, where it was before.
    ///
    /// # Panics
    ///
    /// If one does not start.
    pub async fn restart(&mut self) {
        for server in &mut self.servers {
            server.restart().await;
        }
    }

    /// Ends every server and fails unless each ended well, none panicked since it was last started, and the whole
    /// history in the database holds.
    ///
    /// # Panics
    ///
    /// If something is not as it should be.
    pub async fn finish(mut self) {
        self.stop().await;
        for server in &self.servers {
            let (_, log) = server.output();
            assert!(!log.contains("panicked"), "a server panicked:\n{log}");
        }
        verify(&self.url).await;
    }
}

/// Runs `order-status verify` on a database.
///
/// # Panics
///
/// If it finds anything.
pub async fn verify(url: &str) {
    let run = Command::new(server::program("order-status"))
        .args(["verify", "--database-url", url])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let run = run.await.expect("run the server program");
    assert!(
        run.status.success(),
        "verify ended with {}:\n{}{}",
        run.status,
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}
