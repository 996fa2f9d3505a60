//! Opening the database: connect, migrate, and hold the rulebooks against those it was written with.

use std::path::Path;
use std::sync::Arc;

use tracing::info;

use super::ServeError;
use crate::config::Config;
use crate::domain::workflow::{Workflow, Workflows};
use crate::store::{self, Store, StoreError};

/// Connects to the configured database.
///
/// # Errors
/// It is away, not ours, in use, or not safe to write to.
pub async fn connect(config: &Config, workflows: &Arc<Workflows>) -> Result<Store, ServeError> {
    let url = match config.database_url.split_once(':') {
        Some(("sqlite" | "postgres" | "postgresql", _)) => config.database_url.clone(),
        _ => format!("sqlite:{}", config.database_url),
    };
    let mut options = store::Options::new(url, Arc::clone(workflows));
    options.pool_connections = config.database_connections;
    Ok(Store::connect(&options).await?)
}

/// Brings the schema up to date.
///
/// # Errors
/// The database is newer than this program, or refuses a step.
pub async fn migrate(store: &Store) -> Result<(), ServeError> {
    let schema = store.schema().await?;
    if !schema.unknown.is_empty() {
        return Err(newer(&schema.unknown));
    }
    if !schema.pending.is_empty() {
        let applied = store.migrate().await?;
        info!(steps = applied.join(", "), "the database is migrated");
    }
    Ok(())
}

/// Removes everything in the database, and connects to it anew.
///
/// # Errors
/// It is away, or in use.
pub(super) async fn empty(
    config: &Config,
    store: Store,
    workflows: &Arc<Workflows>,
) -> Result<Store, ServeError> {
    store.erase().await?;
    store.close().await;
    drop(store);
    let store = connect(config, workflows).await?;
    migrate(&store).await?;
    Ok(store)
}

fn newer(unknown: &[String]) -> ServeError {
    ServeError::Setup(format!(
        "the database is newer than this program: it has {}",
        unknown.join(", ")
    ))
}

/// The built-in rulebooks and those of the configured directory.
///
/// # Errors
/// A file cannot be read, is not a valid rulebook, or names one that is there.
pub fn workflows(config: &Config) -> Result<Arc<Workflows>, ServeError> {
    let mut workflows = Workflows::built_in();
    let Some(folder) = &config.workflows else {
        return Ok(Arc::new(workflows));
    };
    let failed = |what: &Path, error: &dyn std::fmt::Display| {
        ServeError::Setup(format!("workflows {}: {error}", what.display()))
    };
    let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let paths: Result<Vec<_>, _> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = paths.map_err(|error| failed(folder, &error))?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let workflow = Workflow::parse(&text).map_err(|problems| {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            failed(&path, &problems.join("; "))
        })?;
        workflows
            .add(workflow)
            .map_err(|error| failed(&path, &error))?;
    }
    Ok(Arc::new(workflows))
}

/// Holds every rulebook against its digest in the database, and records those that are new there.
///
/// # Errors
/// A rulebook changed without a new version: orders that were made under it would change with it.
pub async fn record_workflows(store: &Store, workflows: &Workflows) -> Result<(), ServeError> {
    let known = store.workflow_digests().await?;
    let mut new = Vec::new();
    for workflow in workflows.iter() {
        let digest = workflow.digest();
        let recorded = known
            .iter()
            .find(|(name, version, _)| (name, *version) == (&workflow.name, workflow.version));
        match recorded {
            Some((_, _, recorded)) if *recorded == digest => {}
            Some(_) => {
                return Err(ServeError::Setup(format!(
                    "workflow {} version {} is not the one that this database was written with: give it a new version",
                    workflow.name, workflow.version
                )));
            }
            None => new.push((workflow.name.clone(), workflow.version, digest)),
        }
    }
    if !new.is_empty() {
        let mut pen = store.pen().await?;
        pen.begin().await?;
        pen.record_workflows(&new).await?;
        pen.commit()
            .await
            .map_err(|_| StoreError::Unavailable("the workflows cannot be recorded".to_owned()))?;
    }
    Ok(())
}
