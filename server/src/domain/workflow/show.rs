//! Draws a workflow for people.

use std::fmt::Write as _;

use super::{Effect, Guard, Requirement, State, Transition, Verb, Workflow};
use crate::domain::role::Role;

/// The workflow as a Mermaid state diagram.
#[must_use]
pub fn mermaid(workflow: &Workflow) -> String {
    let mut lines = vec!["stateDiagram-v2".to_owned()];
    for state in &workflow.states {
        lines.push(format!(
            "    state \"{}\" as {}",
            mermaid_text(&state_label(state)),
            node(state)
        ));
    }
    for state in starts(workflow) {
        lines.push(format!("    [*] --> {}", node(state)));
    }
    for (from, to, transition) in edges(workflow) {
        lines.push(format!(
            "    {} --> {} : {}",
            node(from),
            node(to),
            mermaid_text(&edge_label(transition))
        ));
    }
    for state in workflow.states.iter().filter(|state| state.is_final) {
        lines.push(format!("    {} --> [*]", node(state)));
    }
    joined(lines)
}

/// The workflow as a graph in the DOT language.
#[must_use]
pub fn dot(workflow: &Workflow) -> String {
    let mut lines = vec![
        format!("digraph \"{}\" {{", dot_text(&workflow.name)),
        format!("    label=\"{}\";", dot_text(&heading(workflow))),
        "    node [shape=box, style=rounded];".to_owned(),
        "    start [shape=point, label=\"\"];".to_owned(),
    ];
    for state in &workflow.states {
        lines.push(format!(
            "    {} [label=\"{}\"{}];",
            node(state),
            dot_text(&state_label(state)),
            if state.is_final {
                ", peripheries=2"
            } else {
                ""
            }
        ));
    }
    for state in starts(workflow) {
        lines.push(format!("    start -> {};", node(state)));
    }
    for (from, to, transition) in edges(workflow) {
        lines.push(format!(
            "    {} -> {} [label=\"{}\"];",
            node(from),
            node(to),
            dot_text(&edge_label(transition))
        ));
    }
    lines.push("}".to_owned());
    joined(lines)
}

/// The workflow as two tables in plain text, its states and its transitions.
#[must_use]
pub fn table(workflow: &Workflow) -> String {
    let states = workflow.states.iter().enumerate().map(|(index, state)| {
        let marks = [
            (index == workflow.initial, "initial"),
            (workflow.entries.contains(&index), "entry"),
            (state.is_final, "final"),
            (state.deletable, "deletable"),
        ];
        let marks = marks.iter().filter(|(holds, _)| *holds);
        [
            state.key.clone(),
            state.code.to_string(),
            state.title.clone(),
            state.phase.to_string(),
            state.edits.to_string(),
            words(marks.map(|(_, mark)| *mark)),
        ]
    });
    let transitions = workflow.transitions.iter().map(|transition| {
        let key = |index: &usize| workflow.states.get(*index).map_or("?", |state| &state.key);
        [
            transition.name.clone(),
            transition.title.clone(),
            words(transition.from.iter().map(key)),
            transition.to.as_ref().map_or("(stays)", key).to_owned(),
            words(transition.verb.map(Verb::name)),
            words(transition.roles.iter().copied().map(Role::name)),
            words(transition.guards.iter().copied().map(Guard::name)),
            words(transition.effects.iter().copied().map(Effect::name)),
            words(transition.requires.iter().copied().map(Requirement::name)),
            words(transition.is_default.then_some("yes")),
        ]
    });
    format!(
        "{}\n\n{}\n{}",
        heading(workflow),
        columns(
            ["STATE", "CODE", "TITLE", "PHASE", "EDITS", "MARKS"],
            states
        ),
        columns(
            [
                "TRANSITION",
                "TITLE",
                "FROM",
                "TO",
                "VERB",
                "ROLES",
                "GUARDS",
                "EFFECTS",
                "REQUIRES",
                "DEFAULT",
            ],
            transitions
        )
    )
}

fn heading(workflow: &Workflow) -> String {
    format!(
        "{} ({} version {})",
        workflow.title, workflow.name, workflow.version
    )
}

fn state_label(state: &State) -> String {
    format!("{} ({})", state.title, state.code)
}

/// The title; in brackets the verb, where the title does not say it, and the roles, where they are not just
/// staff; then what must hold and what is done, as state diagrams write it: `[guards] / effects`.
fn edge_label(transition: &Transition) -> String {
    let mut label = transition.title.clone();
    let mut asides = Vec::new();
    if let Some(verb) = transition.verb
        && !verb.name().eq_ignore_ascii_case(&transition.title)
    {
        asides.push(verb.name());
    }
    if transition.roles != [Role::Staff] {
        asides.extend(transition.roles.iter().map(|role| role.name()));
    }
    let asides = words(asides);
    let guards = words(transition.guards.iter().copied().map(Guard::name));
    let effects = words(transition.effects.iter().copied().map(Effect::name));
    // Writing to a string cannot fail.
    if !asides.is_empty() {
        let _ = write!(label, " ({asides})");
    }
    if !guards.is_empty() {
        let _ = write!(label, " [{}]", guards.replace('_', " "));
    }
    if !effects.is_empty() {
        let _ = write!(label, " / {}", effects.replace('_', " "));
    }
    label
}

/// The states in which orders come in, the initial one first.
fn starts(workflow: &Workflow) -> impl Iterator<Item = &State> {
    std::iter::once(&workflow.initial)
        .chain(&workflow.entries)
        .filter_map(|index| workflow.states.get(*index))
}

/// One triple for each state that a transition leaves; one that stays leads back to where it began.
fn edges(workflow: &Workflow) -> impl Iterator<Item = (&State, &State, &Transition)> {
    workflow.transitions.iter().flat_map(move |transition| {
        transition.from.iter().filter_map(move |from| {
            let to = transition.to.unwrap_or(*from);
            let (from, to) = (workflow.states.get(*from)?, workflow.states.get(to)?);
            Some((from, to, transition))
        })
    })
}

/// The name of a state within a drawing; a bare key could be a word of the drawing's own language.
fn node(state: &State) -> String {
    format!("s_{}", state.key)
}

/// Mermaid has no escapes in text but its own entities.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | ':' | ';' | '<' | '>' | '&' | '`' | '*' | '\\' | '{' | '}' | '%' | '~' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

fn dot_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn words<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    let list: Vec<&str> = list.into_iter().collect();
    list.join(", ")
}

fn columns<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<[String; N]> = std::iter::once(header.map(str::to_owned))
        .chain(rows)
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    joined(rows.iter().map(|row| {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned()
    }))
}

fn joined(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}

#[cfg(test)]
mod tests;
