//! Serving: from the configuration to listeners, and from a signal to the end.

mod calls;
mod credentials;
pub mod database;
mod drain;
mod first_start;
mod greeting;
mod health;
mod listener;
mod probes;
mod services;
mod tls;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tonic::service::Routes;
use tower::{Layer as _, ServiceExt as _};
use tracing::{info, warn};

use crate::auth::limits::Limits as CallLimits;
use crate::auth::{Authenticator, Peer};
use crate::config::{Config, ConfigError};
use crate::demo::{self, Contents, DemoError};
use crate::domain::workflow::Workflows;
use crate::grpc::layers::{self, Layers};
use crate::ledger::{Ledger, Options};
use crate::store::{Store, StoreError};
use crate::{clock, telemetry};

use calls::Calls;
use credentials::Credentials;
use drain::Signals;
use listener::{Limits, Listener, Protocol};
use probes::Probes;

/// The services of the API with all that lies around them.
type Stack = <Layers as tower::Layer<Routes>>::Service;

/// Why the server could not start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The demo could not be filled in.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// An address cannot be bound.
    #[error("the {name} listener cannot bind {address}: {error}")]
    Bind {
        /// Which listener.
        name: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// Something else stands in the way.
    #[error("{0}")]
    Setup(String),
}

/// What to serve beside the database's own content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demo {
    /// Nothing.
    Off,
    /// The demo, filled in where the database is empty.
    On,
    /// The demo, filled in anew.
    Reset,
}

/// Serves until SIGTERM or SIGINT, then drains and ends.
///
/// # Errors
/// Why it did not come to listen.
pub async fn run(config: Config, demo: Demo) -> Result<(), ServeError> {
    let metrics = telemetry::start_metrics()?;
    if demo != Demo::Off {
        keep_on_loopback(&config)?;
    }
    // Bound before the database is touched: a second server on these ports changes nothing.
    let grpc = bind(&config, config.listen, Protocol::Grpc).await?;
    let http = bind(&config, config.http_listen, Protocol::Http).await?;
    let workflows = database::workflows(&config)?;
    let mut signals = Signals::new()?;
    let (store, ledger) = tokio::select! {
        opened = open(&config, demo, &workflows) => opened?,
        name = signals.next() => {
            info!(signal = name, "stopped before the database was open");
            return Ok(());
        }
    };

    let draining = watch::Sender::new(false);
    let closing = CancellationToken::new();
    let connections = TaskTracker::new();
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let followed = health::follow(reporter, ledger.available(), draining.subscribe());
    let credentials = Credentials::new(store.clone(), ledger.clone());
    let authenticator = Authenticator::new(Arc::new(credentials), clock::now)
        .map_err(|error| ServeError::Setup(format!("no random bits: {error}")))?;
    let authenticator = Arc::new(authenticator);
    let calls = Calls::new(store.clone(), ledger.clone());
    let calls = Arc::new(CallLimits::new(
        Arc::new(calls),
        clock::now,
        config.replicas,
    ));
    let keeper = Arc::clone(&calls);
    let background = [
        tokio::spawn(followed),
        tokio::spawn(upkeep(metrics.clone())),
        tokio::spawn(async move { keeper.keep_on().await }),
    ];
    let limits = layers::Limits {
        call_timeout: config.call_timeout,
        calls: config.max_calls,
        message_bytes: config.max_message_bytes,
        import_bytes: config.max_import_bytes,
    };
    let routes = services::routes(
        &config,
        &authenticator,
        &store,
        &ledger,
        &workflows,
        &closing,
        health_service,
    )?;
    let api = Layers::new(authenticator.clone(), limits, closing.clone()).layer(routes);
    let pages = Probes {
        store,
        available: ledger.available(),
        draining: draining.subscribe(),
        metrics,
    }
    .router();
    let web = web::routes(pages, rest(&config, &api, &authenticator, &calls)?);

    let (grpc_address, http_address) = (grpc.address(), http.address());
    let serve_api = move |peer| {
        api.clone().map_request(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            request
        })
    };
    let listeners = [
        tokio::spawn(grpc.serve(serve_api, closing.clone(), connections.clone())),
        tokio::spawn(http.serve(
            move |peer| web::serve(&web, peer),
            closing.clone(),
            connections.clone(),
        )),
    ];
    info!(grpc.address = %grpc_address, http.address = %http_address, "listening");

    drain::until_told(
        &config,
        &mut signals,
        &draining,
        &closing,
        &connections,
        listeners,
    )
    .await;
    calls.keep().await;
    ledger.stop().await;
    background.iter().for_each(tokio::task::JoinHandle::abort);
    info!("stopped");
    Ok(())
}

/// The routes of REST, where they are asked for.
#[cfg(feature = "rest")]
fn rest(
    config: &Config,
    api: &Stack,
    authenticator: &Arc<Authenticator>,
    calls: &Arc<CallLimits>,
) -> Result<Option<axum::Router>, ServeError> {
    let api = crate::rest::Api::new(api.clone());
    let options = web::rest_options(config, authenticator, calls);
    let router = || crate::rest::router(&api, options);
    let routes = config.rest.then(router).transpose();
    routes.map_err(|error| ServeError::Setup(format!("REST cannot be served: {error}")))
}

#[cfg(not(feature = "rest"))]
fn rest(
    config: &Config,
    _api: &Stack,
    _authenticator: &Arc<Authenticator>,
    _calls: &Arc<CallLimits>,
) -> Result<Option<axum::Router>, ServeError> {
    if config.rest {
        let message = "this program was built without REST: it cannot serve with --rest";
        return Err(ServeError::Setup(message.to_owned()));
    }
    Ok(None)
}

/// Demo keys are plain words, so nobody else may reach them.
fn keep_on_loopback(config: &Config) -> Result<(), ServeError> {
    for address in [config.listen, config.http_listen] {
        if !address.ip().is_loopback() {
            let message = format!("--demo serves this machine only: {address} is beyond loopback");
            return Err(ServeError::Setup(message));
        }
    }
    Ok(())
}

async fn bind(
    config: &Config,
    address: SocketAddr,
    protocol: Protocol,
) -> Result<Listener, ServeError> {
    let tls = config
        .tls
        .as_ref()
        .map(|files| tls::acceptor(files, protocol.alpn()))
        .transpose()?;
    Listener::bind(address, protocol, tls, Limits::of(config)).await
}

/// Opens the database, brings it up to date, and starts the ledger on it.
async fn open(
    config: &Config,
    demo: Demo,
    workflows: &Arc<Workflows>,
) -> Result<(Store, Ledger), ServeError> {
    let mut store = database::connect(config, workflows).await?;
    database::migrate(&store).await?;
    if demo == Demo::Reset {
        store = reset(config, store, workflows).await?;
    }
    let contents = demo::inspect(&store).await?;
    match (demo, contents) {
        (Demo::Off, _) | (_, Contents::Empty | Contents::Demo) => {}
        (_, Contents::Torn) => {
            let message =
                "the demo in this database was not filled to its end: start with --demo-reset";
            return Err(ServeError::Setup(message.to_owned()));
        }
        (_, Contents::Foreign) => return Err(foreign()),
    }
    if demo == Demo::Off && matches!(contents, Contents::Demo | Contents::Torn) {
        warn!("this database holds the demo: its keys are plain words that everybody knows");
        keep_on_loopback(config)?;
    }
    database::record_workflows(&store, workflows).await?;
    let options = Options {
        queue_length: config.queue_length,
        batch_size: config.batch_size,
    };
    let ledger = Ledger::start(&store, workflows.clone(), options).await?;
    if demo == Demo::Off {
        first_start::run(&store, &ledger).await?;
        return Ok((store, ledger));
    }
    if contents == Contents::Empty {
        demo::fill(&ledger).await?;
    }
    demo::open_sessions(&store, &ledger).await?;
    Ok((store, ledger))
}

fn foreign() -> ServeError {
    let message =
        "this database holds data that is not the demo's: name another one by --database-url";
    ServeError::Setup(message.to_owned())
}

/// Empties a database that holds the demo, whole or torn.
async fn reset(
    config: &Config,
    store: Store,
    workflows: &Arc<Workflows>,
) -> Result<Store, ServeError> {
    match demo::inspect(&store).await? {
        Contents::Empty => return Ok(store),
        Contents::Foreign => return Err(foreign()),
        Contents::Demo | Contents::Torn => {}
    }
    database::empty(config, store, workflows).await
}

/// Lets figures that nobody fetches not pile up.
async fn upkeep(metrics: metrics_exporter_prometheus::PrometheusHandle) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_secs(5));
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}
