//! What the HTTP listener answers: whether the process lives, whether it is ready, and its figures.

use std::fmt::Write as _;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;

use crate::store::Store;

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the checks ask.
#[derive(Clone)]
pub(super) struct Probes {
    pub(super) store: Store,
    pub(super) available: watch::Receiver<bool>,
    pub(super) draining: watch::Receiver<bool>,
    pub(super) metrics: PrometheusHandle,
}

impl Probes {
    /// The routes.
    pub(super) fn router(self) -> Router {
        Router::new()
            .route("/livez", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(figures))
            .with_state(self)
    }

    /// Each check by name, with what is wrong where something is.
    async fn checks(&self) -> [(&'static str, Result<(), String>); 4] {
        let draining = *self.draining.borrow();
        let ledger = *self.available.borrow();
        [
            ("serving", if draining { Err("draining".to_owned()) } else { Ok(()) }),
            ("database", self.database().await),
            ("migrations", self.migrations().await),
            ("ledger", if ledger { Ok(()) } else { Err("the database does not answer the ledger".to_owned()) }),
        ]
    }

    async fn database(&self) -> Result<(), String> {
        match tokio::time::timeout(PATIENCE, self.store.ping()).await {
            Ok(Ok(())) => Ok(()),
            // What the database said stays in the log: this page needs no credential.
            Ok(Err(error)) => {
                tracing::warn!(%error, "the database check failed");
                Err("does not answer".to_owned())
            }
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    async fn migrations(&self) -> Result<(), String> {
        match tokio::time::timeout(PATIENCE, self.store.schema()).await {
            Ok(Ok(schema)) if !schema.unknown.is_empty() => Err(format!("newer: {}", schema.unknown.join(", "))),
            Ok(Ok(schema)) if !schema.pending.is_empty() => Err(format!("pending: {}", schema.pending.join(", "))),
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err("not known: the database does not answer".to_owned()),
        }
    }
}

async fn ready(State(probes): State<Probes>) -> impl IntoResponse {
    let checks = probes.checks().await;
    let ready = checks.iter().all(|(_, outcome)| outcome.is_ok());
    let mut page = String::new();
    for (name, outcome) in checks {
        // Writing to a string cannot fail.
        let _ = match outcome {
            Ok(()) => writeln!(page, "{name}: ok"),
            Err(wrong) => writeln!(page, "{name}: {wrong}"),
        };
    }
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, page)
}

async fn figures(State(probes): State<Probes>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], probes.metrics.render())
}
