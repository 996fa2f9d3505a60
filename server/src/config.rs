//! Settings: flags win over the environment, the environment over the file, the file over defaults.

pub mod flags;
mod table;
mod values;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use flags::Flags;
pub use table::{SETTINGS, Setting};
pub use values::{LogFormat, Origins, Resolved, Source, Values};

/// What is wrong with the configuration, in one line that names the setting and where it was set.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The settings in force, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the database is: `sqlite:PATH`, a bare path, or `postgres://…`. It may hold a password.
    pub database_url: String,
    /// How many connections read from the database.
    pub database_connections: u32,
    /// Address of the gRPC listener.
    pub listen: SocketAddr,
    /// Address of the HTTP listener.
    pub http_listen: SocketAddr,
    /// Whether the HTTP listener serves REST beside health and metrics.
    pub rest: bool,
    /// The origins whose pages may read REST answers.
    pub cors_origins: Origins,
    /// Whether REST calls over plain HTTP are refused.
    pub require_https: bool,
    /// The proxies that are believed about who calls: an address, and how many of its leading bits count.
    pub trusted_proxies: Vec<(IpAddr, u8)>,
    /// How long the body of a REST request may take to come.
    pub body_timeout: Duration,
    /// Certificate chain and private key, both PEM files.
    pub tls: Option<TlsFiles>,
    /// Whether listeners without TLS may bind beyond loopback.
    pub insecure_bind: bool,
    /// How log lines are written.
    pub log: LogFormat,
    /// Which log lines are written, in the syntax of `tracing_subscriber::EnvFilter`.
    pub log_filter: String,
    /// Directory of further workflow files.
    pub workflows: Option<PathBuf>,
    /// The longest that a unary call may take.
    pub call_timeout: Duration,
    /// How many commands may wait for the ledger.
    pub queue_length: usize,
    /// How many commands the ledger takes into one transaction.
    pub batch_size: usize,
    /// The largest request message, in bytes.
    pub max_message_bytes: usize,
    /// The largest message of ImportOrders, in bytes.
    pub max_import_bytes: usize,
    /// How many connections one listener holds open.
    pub max_connections: usize,
    /// How many calls one connection may have in flight.
    pub max_streams: u32,
    /// How many calls the process works on at once.
    pub max_calls: usize,
    /// After how long without a word a client is asked whether it is there.
    pub keepalive_interval: Duration,
    /// How long the client has to answer that.
    pub keepalive_timeout: Duration,
    /// After how long a connection is asked to come anew; zero for never.
    pub connection_age: Duration,
    /// How long health says NOT_SERVING before listeners close.
    pub drain_announce: Duration,
    /// How long calls may take to end after listeners closed.
    pub drain_grace: Duration,
    /// How many watches the process serves at once.
    pub max_watches: usize,
    /// How many processes serve the database together.
    pub replicas: u32,
    /// How often a login may call within a minute by CycleSoftware's contract.
    pub cyclesoftware_per_minute: u32,
    /// How often it may ask for invoices beside that.
    pub cyclesoftware_invoices_per_minute: u32,
    /// How often it may do either within a day.
    pub cyclesoftware_per_day: u32,
}

/// The files of a TLS certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

impl Config {
    /// Reads every setting.
    ///
    /// # Errors
    /// The first setting that does not hold what it must, or two that do not go together.
    pub fn read(values: &Values) -> Result<Config, ConfigError> {
        let config = Config {
            database_url: values.read("database-url", values::database_url)?,
            database_connections: values
                .read("database-connections", |text| values::number(text, 1, 64))?,
            listen: values.read("listen", values::address)?,
            http_listen: values.read("http-listen", values::address)?,
            rest: values.read("rest", values::switch)?,
            cors_origins: values.read("cors-origins", values::origins)?,
            require_https: values.read("require-https", values::switch)?,
            trusted_proxies: values.read("trusted-proxy", values::networks)?,
            body_timeout: values.read("body-timeout", values::positive_duration)?,
            tls: read_tls(values)?,
            insecure_bind: values.read("insecure-bind", values::switch)?,
            log: values.read("log", values::log_format)?,
            log_filter: values.read("log-filter", values::text)?,
            workflows: values.read("workflows", values::path)?,
            call_timeout: values.read("call-timeout", values::positive_duration)?,
            queue_length: values.read("queue-length", |text| values::number(text, 1, 1_000_000))?,
            batch_size: values.read("batch-size", |text| values::number(text, 1, 10_000))?,
            max_message_bytes: values.read("max-message-bytes", |text| {
                values::number(text, 1024, 1 << 30)
            })?,
            max_import_bytes: values.read("max-import-bytes", |text| {
                values::number(text, 1024, 1 << 30)
            })?,
            max_connections: values
                .read("max-connections", |text| values::number(text, 1, 1_000_000))?,
            max_streams: values.read("max-streams", |text| values::number(text, 1, 100_000))?,
            max_calls: values.read("max-calls", |text| values::number(text, 1, 1_000_000))?,
            keepalive_interval: values.read("keepalive-interval", values::positive_duration)?,
            keepalive_timeout: values.read("keepalive-timeout", values::positive_duration)?,
            connection_age: values.read("connection-age", values::duration)?,
            drain_announce: values.read("drain-announce", values::duration)?,
            drain_grace: values.read("drain-grace", values::duration)?,
            max_watches: values.read("max-watches", |text| values::number(text, 1, 1_000_000))?,
            replicas: values.read("replicas", |text| values::number(text, 1, 1_000))?,
            cyclesoftware_per_minute: values.read("cyclesoftware-per-minute", |text| {
                values::number(text, 1, 1_000_000)
            })?,
            cyclesoftware_invoices_per_minute: values
                .read("cyclesoftware-invoices-per-minute", |text| {
                    values::number(text, 1, 1_000_000)
                })?,
            cyclesoftware_per_day: values.read("cyclesoftware-per-day", |text| {
                values::number(text, 1, 1_000_000_000)
            })?,
        };
        config.check_bind("listen", config.listen)?;
        config.check_bind("http-listen", config.http_listen)?;
        Ok(config)
    }

    /// Keys and orders travel in the clear without TLS, so that is kept to this machine unless told otherwise.
    fn check_bind(&self, name: &str, address: SocketAddr) -> Result<(), ConfigError> {
        if address.ip().is_loopback() || self.tls.is_some() || self.insecure_bind {
            return Ok(());
        }
        Err(ConfigError(format!(
            "--{name} {address} is beyond loopback: give --tls-cert and --tls-key, or --insecure-bind to go without TLS"
        )))
    }
}

fn read_tls(values: &Values) -> Result<Option<TlsFiles>, ConfigError> {
    let certificate: Option<PathBuf> = values.read("tls-cert", values::path)?;
    let key: Option<PathBuf> = values.read("tls-key", values::path)?;
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(TlsFiles { certificate, key })),
        (None, None) => Ok(None),
        _ => Err(ConfigError(
            "tls-cert and tls-key go together: one of them is not set".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests;
