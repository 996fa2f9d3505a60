//! What a workflow must be before an order may live by it.
//!
//! The checks of the parts look at one state or transition at a time; the checks of the graph follow the ways
//! through it.

use super::problem::quoted;
use super::{Problem, ProblemCode, State, Transition, Workflow};

mod graph;

/// The most states that a workflow may have.
pub const MOST_STATES: usize = 64;
/// The most transitions that a workflow may have.
pub const MOST_TRANSITIONS: usize = 256;
/// The longest key of a state and name of a transition or workflow, in characters.
pub const LONGEST_KEY: usize = 32;
/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 100;
/// The longest instructions, in characters.
pub const LONGEST_INSTRUCTIONS: usize = 500;

/// Everything that is wrong with `workflow`; empty if an order may live by it.
#[must_use]
pub fn check(workflow: &Workflow) -> Vec<Problem> {
    if let Err(problem) = check_counts(workflow.states.len(), workflow.transitions.len()) {
        return vec![problem];
    }
    let mut problems = check_parts(workflow);
    let dangling = graph::dangling(workflow);
    // Where a key or an index does not lead to one state, the graph is not the one that was meant.
    let is_graph = dangling.is_empty()
        && !problems
            .iter()
            .any(|problem| problem.code == ProblemCode::DuplicateKey);
    problems.extend(dangling);
    if is_graph {
        problems.extend(graph::check(workflow));
    }
    problems
}

/// What is wrong with the states and transitions of `workflow`, each by itself and by its name.
pub(super) fn check_parts(workflow: &Workflow) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_key("workflow", &workflow.name, &mut problems);
    check_title("workflow", &workflow.name, &workflow.title, &mut problems);
    if workflow.version == 0 {
        problems.push(Problem::new(
            ProblemCode::NoVersion,
            "the version is 0; versions count from 1",
        ));
    }
    check_states(&workflow.states, &mut problems);
    check_transitions(&workflow.transitions, &mut problems);
    problems
}

/// Refuses what is longer than `most`.
pub(super) fn check_length(
    place: &str,
    unit: &str,
    length: usize,
    most: usize,
) -> Result<(), Problem> {
    if length > most {
        return Err(Problem::new(
            ProblemCode::TooLong,
            format!("{place}: {length} {unit}; there may be at most {most}"),
        ));
    }
    Ok(())
}

/// Refuses a workflow with more states or transitions than a workflow may have.
pub(super) fn check_counts(states: usize, transitions: usize) -> Result<(), Problem> {
    check_length("the workflow", "states", states, MOST_STATES)?;
    check_length("the workflow", "transitions", transitions, MOST_TRANSITIONS)
}

fn check_states(states: &[State], problems: &mut Vec<Problem>) {
    for (index, state) in states.iter().enumerate() {
        check_key("state", &state.key, problems);
        check_title("state", &state.key, &state.title, problems);
        let before = &states[..index];
        if before.iter().any(|other| other.key == state.key) {
            problems.push(Problem::new(
                ProblemCode::DuplicateKey,
                format!("two states have the key {}", quoted(&state.key)),
            ));
        }
        if let Some(other) = before.iter().find(|other| other.code == state.code) {
            problems.push(Problem::new(
                ProblemCode::DuplicateCode,
                format!(
                    "states {} and {} both have the code {}",
                    quoted(&other.key),
                    quoted(&state.key),
                    state.code
                ),
            ));
        }
    }
}

fn check_transitions(transitions: &[Transition], problems: &mut Vec<Problem>) {
    for (index, transition) in transitions.iter().enumerate() {
        let name = &transition.name;
        check_key("transition", name, problems);
        check_title("transition", name, &transition.title, problems);
        check_text(
            &format!("transition {}: the instructions", quoted(name)),
            &transition.instructions,
            LONGEST_INSTRUCTIONS,
            problems,
        );
        if transitions[..index].iter().any(|other| other.name == *name) {
            problems.push(Problem::new(
                ProblemCode::DuplicateName,
                format!("two transitions have the name {}", quoted(name)),
            ));
        }
        let repeats = [
            ("from", has_repeats(&transition.from)),
            ("roles", has_repeats(&transition.roles)),
            ("guards", has_repeats(&transition.guards)),
            ("effects", has_repeats(&transition.effects)),
            ("requires", has_repeats(&transition.requires)),
        ];
        for (list, _) in repeats.iter().filter(|(_, repeated)| *repeated) {
            problems.push(Problem::new(
                ProblemCode::RepeatedEntry,
                format!("transition {}: {list} says one thing twice", quoted(name)),
            ));
        }
    }
}

fn has_repeats<T: PartialEq>(list: &[T]) -> bool {
    list.iter()
        .enumerate()
        .any(|(index, entry)| list[..index].contains(entry))
}

fn check_key(kind: &str, key: &str, problems: &mut Vec<Problem>) {
    let starts_well = key.starts_with(|first: char| first.is_ascii_lowercase());
    let goes_on_well = key
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !starts_well || !goes_on_well || key.len() > LONGEST_KEY {
        problems.push(Problem::new(
            ProblemCode::MalformedKey,
            format!(
                "{kind} {}: a key is a small letter, then at most {} small letters, digits and underscores",
                quoted(key),
                LONGEST_KEY - 1
            ),
        ));
    }
}

fn check_title(kind: &str, key: &str, title: &str, problems: &mut Vec<Problem>) {
    let place = format!("{kind} {}: the title", quoted(key));
    if title.trim().is_empty() {
        problems.push(Problem::new(
            ProblemCode::MalformedText,
            format!("{place} is empty"),
        ));
    }
    check_text(&place, title, LONGEST_TITLE, problems);
}

fn check_text(place: &str, text: &str, longest: usize, problems: &mut Vec<Problem>) {
    let length = text.chars().count();
    if length > longest {
        problems.push(Problem::new(
            ProblemCode::MalformedText,
            format!("{place}: {length} characters; there may be at most {longest}"),
        ));
    }
    if text.contains(char::is_control) {
        problems.push(Problem::new(
            ProblemCode::MalformedText,
            format!("{place}: control characters, line breaks among them, have no place here"),
        ));
    }
}

#[cfg(test)]
mod tests;
