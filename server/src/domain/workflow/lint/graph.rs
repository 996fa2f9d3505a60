//! The checks that follow the ways through a workflow.

use super::has_repeats;
use crate::domain::role::Role;
use crate::domain::workflow::problem::quoted;
use crate::domain::workflow::{Phase, Problem, ProblemCode, Transition, Workflow};

/// The indices that lead to no state. A file cannot hold them; a workflow put together in code can.
pub(super) fn dangling(workflow: &Workflow) -> Vec<Problem> {
    let count = workflow.states.len();
    let mut problems = Vec::new();
    if workflow.initial >= count {
        problems.push(Problem::new(
            ProblemCode::NoInitialState,
            format!(
                "the initial state is number {} of {count}",
                workflow.initial
            ),
        ));
    }
    for index in workflow.entries.iter().filter(|index| **index >= count) {
        problems.push(Problem::new(
            ProblemCode::UnknownState,
            format!("entries: a state is number {index} of {count}"),
        ));
    }
    for transition in &workflow.transitions {
        let ends = transition.from.iter().chain(&transition.to);
        for index in ends.filter(|index| **index >= count) {
            problems.push(Problem::new(
                ProblemCode::UnknownState,
                format!(
                    "transition {}: a state is number {index} of {count}",
                    quoted(&transition.name)
                ),
            ));
        }
    }
    problems
}

/// What is wrong with the graph of a workflow that has no dangling indices.
pub(super) fn check(workflow: &Workflow) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_ends(workflow, &mut problems);
    check_ambiguity(workflow, &mut problems);
    check_ways(workflow, &mut problems);
    problems
}

fn check_ends(workflow: &Workflow, problems: &mut Vec<Problem>) {
    if has_repeats(&workflow.entries) || workflow.entries.contains(&workflow.initial) {
        problems.push(Problem::new(
            ProblemCode::RepeatedEntry,
            "entries says one thing twice, or names the initial state again",
        ));
    }
    for transition in &workflow.transitions {
        let name = quoted(&transition.name);
        if transition.from.is_empty() {
            problems.push(Problem::new(
                ProblemCode::LeavesNothing,
                format!("transition {name}: from names no state"),
            ));
        }
        if transition.roles.is_empty() {
            problems.push(Problem::new(
                ProblemCode::OpenToNobody,
                format!("transition {name}: roles is empty"),
            ));
        }
        for state in transition.from.iter().map(|index| &workflow.states[*index]) {
            if state.is_final {
                problems.push(Problem::new(
                    ProblemCode::EdgeOutOfFinal,
                    format!(
                        "transition {name}: leaves the final state {}",
                        quoted(&state.key)
                    ),
                ));
            }
        }
    }
}

/// A caller who names a verb, a target or the default step from a state must mean one transition.
fn check_ambiguity(workflow: &Workflow, problems: &mut Vec<Problem>) {
    for (index, one) in workflow.transitions.iter().enumerate() {
        for other in &workflow.transitions[index + 1..] {
            let (Some(state), Some(role)) = (shared_state(one, other), shared_role(one, other))
            else {
                continue;
            };
            let place = format!(
                "transitions {} and {}: from state {} {role} can take both",
                quoted(&one.name),
                quoted(&other.name),
                quoted(&workflow.states[state].key)
            );
            if let Some(verb) = one.verb.filter(|verb| other.verb == Some(*verb)) {
                problems.push(Problem::new(
                    ProblemCode::AmbiguousVerb,
                    format!("{place} for the verb {verb}"),
                ));
            }
            if let Some(to) = one.to.filter(|to| other.to == Some(*to)) {
                let to = quoted(&workflow.states[to].key);
                problems.push(Problem::new(
                    ProblemCode::AmbiguousTarget,
                    format!("{place} to move to state {to}"),
                ));
            }
            if one.is_default && other.is_default {
                problems.push(Problem::new(
                    ProblemCode::AmbiguousDefault,
                    format!("{place} as the default"),
                ));
            }
        }
    }
}

fn shared_state(one: &Transition, other: &Transition) -> Option<usize> {
    one.from.iter().copied().find(|state| other.leaves(*state))
}

fn shared_role(one: &Transition, other: &Transition) -> Option<Role> {
    Role::ALL
        .iter()
        .copied()
        .find(|role| one.open_to(*role) && other.open_to(*role))
}

/// Every state can be reached from where orders come in, and from every state the order can come to an end.
fn check_ways(workflow: &Workflow, problems: &mut Vec<Problem>) {
    let reached = spread(
        workflow,
        |index| index == workflow.initial || workflow.entries.contains(&index),
        Direction::Along,
    );
    let ending = spread(
        workflow,
        |index| {
            matches!(
                workflow.states[index].phase,
                Phase::Complete | Phase::Cancelled
            )
        },
        Direction::Against,
    );
    let initial = quoted(&workflow.states[workflow.initial].key);
    for (index, state) in workflow.states.iter().enumerate() {
        let key = quoted(&state.key);
        if !reached[index] {
            problems.push(Problem::new(
                ProblemCode::UnreachableState,
                format!("state {key}: no way leads here from the initial state {initial}, and entries does not name it"),
            ));
        }
        if !ending[index] {
            problems.push(Problem::new(
                ProblemCode::DeadEnd,
                format!("state {key}: no way leads on to a state of phase COMPLETE or CANCELLED"),
            ));
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Along,
    Against,
}

/// Marks the states where `start` holds, and all that moving transitions connect to them in `direction`.
fn spread(workflow: &Workflow, start: impl Fn(usize) -> bool, direction: Direction) -> Vec<bool> {
    let mut marked: Vec<bool> = (0..workflow.states.len()).map(start).collect();
    // Each round but the last marks a state, and there are few states.
    loop {
        let before = marked.clone();
        for transition in &workflow.transitions {
            let Some(to) = transition.to else { continue };
            for &from in &transition.from {
                match direction {
                    Direction::Along => marked[to] |= marked[from],
                    Direction::Against => marked[from] |= marked[to],
                }
            }
        }
        if marked == before {
            return marked;
        }
    }
}
