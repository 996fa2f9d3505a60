//! Workflows, their states, and what an order can do in them.

use order_status_proto::v1 as pb;

use super::amount::decimal;
use super::codes::{EDITS, PHASES, ROLES, VERBS, number_of};
use crate::domain::decide::{Options, PartialCancel};
use crate::domain::decimal::Decimal;
use crate::domain::order::Order;
use crate::domain::refusal::Blocker;
use crate::domain::workflow::{Edits, State, Transition, Workflow};

/// The state with that key. Where the workflow is not known any more, the key alone.
pub fn state(key: &str, workflow: Option<&Workflow>) -> pb::OrderState {
    let known = workflow.and_then(|workflow| Some(&workflow.states[workflow.state(key)?]));
    known.map_or_else(
        || pb::OrderState {
            key: key.to_owned(),
            title: key.to_owned(),
            ..Default::default()
        },
        order_state,
    )
}

fn order_state(state: &State) -> pb::OrderState {
    pb::OrderState {
        key: state.key.clone(),
        code: state.code,
        title: state.title.clone(),
        phase: number_of(PHASES, &state.phase),
    }
}

/// A workflow, whole.
pub fn workflow(workflow: &Workflow) -> pb::Workflow {
    let key = |state: &usize| {
        workflow
            .states
            .get(*state)
            .map_or_else(String::new, |state| state.key.clone())
    };
    pb::Workflow {
        name: workflow.name.clone(),
        // Versions count up from 1 by hand.
        version: workflow.version as i32,
        title: workflow.title.clone(),
        initial_state: key(&workflow.initial),
        states: workflow.states.iter().map(workflow_state).collect(),
        transitions: workflow
            .transitions
            .iter()
            .map(|transition| pb::WorkflowTransition {
                name: transition.name.clone(),
                title: transition.title.clone(),
                from: transition.from.iter().map(key).collect(),
                to: transition.to.as_ref().map_or_else(String::new, key),
                verb: verb(transition),
                roles: transition
                    .roles
                    .iter()
                    .map(|role| number_of(ROLES, role))
                    .collect(),
                guards: transition
                    .guards
                    .iter()
                    .map(|guard| guard.name().to_owned())
                    .collect(),
                effects: transition
                    .effects
                    .iter()
                    .map(|effect| effect.name().to_owned())
                    .collect(),
                requires: requires(transition),
                instructions: transition.instructions.clone(),
                is_default: transition.is_default,
            })
            .collect(),
        digest: workflow.digest(),
    }
}

fn workflow_state(state: &State) -> pb::WorkflowState {
    pb::WorkflowState {
        key: state.key.clone(),
        code: state.code,
        title: state.title.clone(),
        phase: number_of(PHASES, &state.phase),
        is_final: state.is_final,
        edits: number_of(EDITS, &state.edits),
        deletable: state.deletable,
    }
}

fn verb(transition: &Transition) -> i32 {
    transition.verb.map_or(0, |verb| number_of(VERBS, &verb))
}

fn requires(transition: &Transition) -> Vec<String> {
    transition
        .requires
        .iter()
        .map(|need| need.name().to_owned())
        .collect()
}

/// What a caller can do with an order from where it stands.
pub fn options(
    order: &Order,
    workflow: &Workflow,
    options: &Options<'_>,
) -> pb::ListTransitionsResponse {
    let here = workflow
        .state(&order.state)
        .map(|state| &workflow.states[state]);
    let edits = match here {
        Some(here) if !order.locked => here.edits,
        _ => Edits::None,
    };
    pb::ListTransitionsResponse {
        current: Some(state(&order.state, Some(workflow))),
        transitions: options
            .edges
            .iter()
            .map(|(edge, blockers)| available(edge, blockers, order, workflow))
            .collect(),
        overrides: options
            .overrides
            .iter()
            .map(|state| order_state(state))
            .collect(),
        can_override: options.can_override,
        edits: number_of(EDITS, &edits),
        deletable: here.is_some_and(|here| here.deletable),
        partial_cancel: None,
    }
}

/// What a caller could call off of an order's lines.
pub fn partial_cancel(options: &PartialCancel) -> pb::PartialCancel {
    let line = |(id, quantity, blockers): &(i64, Decimal, Vec<Blocker>)| pb::CancellableLine {
        id: *id,
        quantity: Some(decimal(*quantity)),
        blockers: blockers.iter().map(blocker).collect(),
    };
    pb::PartialCancel {
        allowed: options.blockers.is_empty()
            && options
                .lines
                .iter()
                .any(|(_, _, blockers)| blockers.is_empty()),
        blockers: options.blockers.iter().map(blocker).collect(),
        lines: options.lines.iter().map(line).collect(),
    }
}

fn blocker(blocker: &Blocker) -> pb::Blocker {
    pb::Blocker {
        rule: blocker.rule.to_owned(),
        message: blocker.message.clone(),
    }
}

fn available(
    edge: &Transition,
    blockers: &[Blocker],
    order: &Order,
    workflow: &Workflow,
) -> pb::AvailableTransition {
    let to = edge
        .to
        .map_or(order.state.as_str(), |to| workflow.states[to].key.as_str());
    pb::AvailableTransition {
        name: edge.name.clone(),
        title: edge.title.clone(),
        to: Some(state(to, Some(workflow))),
        verb: verb(edge),
        allowed: blockers.is_empty(),
        blockers: blockers.iter().map(blocker).collect(),
        requires: requires(edge),
        is_default: edge.is_default,
        instructions: edge.instructions.clone(),
    }
}
