//! The workflows that are known, by name and version.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::problem::quoted;
use super::{Problem, Workflow, lint};

/// The rulebooks that come with the service.
const BUILT_IN: [&str; 6] = [
    include_str!("../../../workflows/standard.toml"),
    include_str!("../../../workflows/omni.toml"),
    include_str!("../../../workflows/odoo.toml"),
    include_str!("../../../workflows/cyclesoftware.toml"),
    include_str!("../../../workflows/wordbee.toml"),
    include_str!("../../../workflows/getfly.toml"),
];

/// Workflows by name and version. Copies share the workflows.
#[derive(Debug, Clone, Default)]
pub struct Workflows {
    by_name: BTreeMap<String, BTreeMap<u32, Arc<Workflow>>>,
}

/// Why a workflow cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// The workflow is not one that an order may live by.
    #[error(
        "workflow {} version {version} is refused: {}",
        quoted(name),
        told(problems)
    )]
    Refused {
        /// The name of the workflow.
        name: String,
        /// Its version.
        version: u32,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// Another workflow has this name and version; orders may live by it.
    #[error(
        "workflow {} version {version} says something else than the one that is known: a change needs a new version",
        quoted(name)
    )]
    Changed {
        /// The name of the workflow.
        name: String,
        /// Its version.
        version: u32,
    },
}

fn told(problems: &[Problem]) -> String {
    let told: Vec<String> = problems.iter().map(Problem::to_string).collect();
    told.join("; ")
}

impl Workflows {
    /// The workflows that come with the service: standard, omni, odoo, cyclesoftware, wordbee and getfly.
    ///
    /// # Panics
    ///
    /// If a file that was compiled in is not a workflow, which a test rules out.
    #[must_use]
    pub fn built_in() -> Self {
        let mut workflows = Self::default();
        for text in BUILT_IN {
            let workflow = Workflow::parse(text)
                .unwrap_or_else(|problems| panic!("a built-in workflow: {}", told(&problems)));
            workflows
                .add(workflow)
                .unwrap_or_else(|error| panic!("a built-in workflow: {error}"));
        }
        workflows
    }

    /// Adds a workflow. Adding the same once more changes nothing.
    ///
    /// # Errors
    ///
    /// [`AddError::Refused`] if [`lint::check`] finds a problem, [`AddError::Changed`] if a workflow with this
    /// name and version is known and means something else.
    pub fn add(&mut self, workflow: Workflow) -> Result<(), AddError> {
        let problems = lint::check(&workflow);
        let (name, version) = (workflow.name.clone(), workflow.version);
        if !problems.is_empty() {
            return Err(AddError::Refused {
                name,
                version,
                problems,
            });
        }
        match self.get(&name, version) {
            Some(known) if known.digest() == workflow.digest() => Ok(()),
            Some(_) => Err(AddError::Changed { name, version }),
            None => {
                let versions = self.by_name.entry(name).or_default();
                versions.insert(version, Arc::new(workflow));
                Ok(())
            }
        }
    }

    /// The workflow with this name and version.
    #[must_use]
    pub fn get(&self, name: &str, version: u32) -> Option<&Arc<Workflow>> {
        self.by_name.get(name)?.get(&version)
    }

    /// The workflow with this name and its highest version: the one for new orders.
    #[must_use]
    pub fn latest(&self, name: &str) -> Option<&Arc<Workflow>> {
        self.by_name.get(name)?.values().next_back()
    }

    /// All workflows, by name, then by version.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Workflow>> {
        self.by_name.values().flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests;
