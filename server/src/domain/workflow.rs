//! A workflow: the rulebook of an order's life, as data.
//!
//! A workflow is written in a small file ([`Workflow::parse`]), checked before it is used ([`lint`]), kept by
//! name and version ([`registry`]) and drawn for people ([`show`]). Every part that decides something comes
//! from a closed list: a file can combine the parts, not program.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::domain::role::Role;

pub mod lint;
mod parse;
mod problem;
pub mod registry;
pub mod show;
mod vocabulary;

pub use problem::{Problem, ProblemCode};
pub use registry::Workflows;
pub use vocabulary::{Edits, Effect, Guard, Phase, Requirement, Verb};

/// Where an order can stand in a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The name of the state within its workflow: `[a-z][a-z0-9_]{0,31}`.
    pub key: String,
    /// The number of the state within its workflow.
    pub code: i32,
    /// The name of the state for people.
    pub title: String,
    /// The part of the lifecycle that the state belongs to.
    pub phase: Phase,
    /// Whether nothing leaves this state: no transition, no override.
    pub is_final: bool,
    /// What may be edited while an order stands here.
    pub edits: Edits,
    /// Whether an order that stands here may be deleted.
    pub deletable: bool,
}

/// A named edge between states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The name of the transition within its workflow: `[a-z][a-z0-9_]{0,31}`.
    pub name: String,
    /// The name of the transition for people.
    pub title: String,
    /// The states it may be taken from, as indices into [`Workflow::states`], ascending.
    pub from: Vec<usize>,
    /// The state it leads to, as an index into [`Workflow::states`]; `None`: the order stays where it is.
    pub to: Option<usize>,
    /// The verb it answers, if any.
    pub verb: Option<Verb>,
    /// The roles it is open to; a role stands for every role that includes it.
    pub roles: Vec<Role>,
    /// What must hold of the order.
    pub guards: Vec<Guard>,
    /// What it does beside moving the order, in this order.
    pub effects: Vec<Effect>,
    /// What the caller must say.
    pub requires: Vec<Requirement>,
    /// Advice for people who are about to take it; may be empty.
    pub instructions: String,
    /// Whether it is the usual next step from the states it leaves.
    pub is_default: bool,
}

impl Transition {
    /// Whether a caller with `role` may take this transition.
    #[must_use]
    pub fn open_to(&self, role: Role) -> bool {
        self.roles.iter().any(|needed| role.includes(*needed))
    }

    /// Whether this transition may be taken from the state at the index `state`.
    #[must_use]
    pub fn leaves(&self, state: usize) -> bool {
        self.from.contains(&state)
    }
}

/// A rulebook: states, and the transitions between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// The name of the workflow: `[a-z][a-z0-9_]{0,31}`.
    pub name: String,
    /// The version, from 1; an order stays with the version it was created under.
    pub version: u32,
    /// The name of the workflow for people.
    pub title: String,
    /// The state of a new order, as an index into `states`.
    pub initial: usize,
    /// The states beside the initial one in which orders come in from elsewhere, as indices into `states`,
    /// ascending. No transition needs to lead there.
    pub entries: Vec<usize>,
    /// The states, in the order of the file.
    pub states: Vec<State>,
    /// The transitions, in the order of the file.
    pub transitions: Vec<Transition>,
}

impl Workflow {
    /// Reads a rulebook file (TOML) and checks it.
    ///
    /// # Errors
    ///
    /// Every problem found: what is not TOML, what is missing or unknown, and what [`lint::check`] refuses.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        parse::parse(text)
    }

    /// The index of the state with this key.
    #[must_use]
    pub fn state(&self, key: &str) -> Option<usize> {
        self.states.iter().position(|state| state.key == key)
    }

    /// The index of the state with this code.
    #[must_use]
    pub fn state_by_code(&self, code: i32) -> Option<usize> {
        self.states.iter().position(|state| state.code == code)
    }

    /// The transition with this name.
    #[must_use]
    pub fn transition(&self, name: &str) -> Option<&Transition> {
        self.transitions
            .iter()
            .find(|transition| transition.name == name)
    }

    /// The transitions that may be taken from the state at the index `state`, in the order of the file.
    pub fn leaving(&self, state: usize) -> impl Iterator<Item = &Transition> {
        self.transitions
            .iter()
            .filter(move |transition| transition.leaves(state))
    }

    /// The money guards of all transitions that move an order into the state at the index `state`, each once.
    /// An override into that state keeps to them.
    #[must_use]
    pub fn money_guards_into(&self, state: usize) -> Vec<Guard> {
        Guard::ALL
            .iter()
            .copied()
            .filter(|guard| {
                guard.is_money()
                    && self.transitions.iter().any(|transition| {
                        transition.to == Some(state) && transition.guards.contains(guard)
                    })
            })
            .collect()
    }

    /// The SHA-256 of what this workflow means, as 64 hex digits. Comments, white space and the order within a
    /// set do not change it; every rule, name, title and instruction does.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in Sha256::digest(self.canonical()) {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }

    /// One line per thing, fields parted by tabs. Texts hold no control characters ([`lint`] sees to it), so no
    /// two workflows have one rendering.
    fn canonical(&self) -> String {
        let key = |index: &usize| self.states.get(*index).map_or("", |state| &state.key);
        let list = |words: Vec<&str>| words.join(" ");
        let mut lines = vec![
            [
                "workflow",
                &self.name,
                &self.version.to_string(),
                &self.title,
                key(&self.initial),
                &list(self.entries.iter().map(key).collect()),
            ]
            .join("\t"),
        ];
        for state in &self.states {
            lines.push(
                [
                    "state",
                    &state.key,
                    &state.code.to_string(),
                    &state.title,
                    state.phase.name(),
                    if state.is_final { "final" } else { "" },
                    state.edits.name(),
                    if state.deletable { "deletable" } else { "" },
                ]
                .join("\t"),
            );
        }
        for transition in &self.transitions {
            lines.push(
                [
                    "transition",
                    &transition.name,
                    &transition.title,
                    &list(transition.from.iter().map(key).collect()),
                    transition.to.as_ref().map_or("", key),
                    transition.verb.map_or("", Verb::name),
                    &list(transition.roles.iter().map(|role| role.name()).collect()),
                    &list(transition.guards.iter().map(|guard| guard.name()).collect()),
                    &list(
                        transition
                            .effects
                            .iter()
                            .map(|effect| effect.name())
                            .collect(),
                    ),
                    &list(transition.requires.iter().map(|need| need.name()).collect()),
                    &transition.instructions,
                    if transition.is_default { "default" } else { "" },
                ]
                .join("\t"),
            );
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests;
