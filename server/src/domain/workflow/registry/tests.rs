use super::{AddError, Workflows};
use crate::domain::role::Role;
use crate::domain::workflow::{Phase, Workflow};

const SMALL: &str = r#"
name = "small"
version = 1
title = "Small"
initial = "done"

[[states]]
key = "done"
code = 1
title = "Done"
phase = "COMPLETE"
edits = "none"
"#;

fn small(version: u32) -> Workflow {
    Workflow::parse(&SMALL.replace("version = 1", &format!("version = {version}"))).unwrap()
}

/// One line per state: code, key, title, phase, edits, marks.
fn states(name: &str) -> Vec<String> {
    let workflows = Workflows::built_in();
    let workflow = workflows.latest(name).unwrap();
    let line = |(index, state): (usize, &super::super::State)| {
        let mut line = format!(
            "{} {} '{}' {} edits {}",
            state.code, state.key, state.title, state.phase, state.edits
        );
        for (holds, mark) in [
            (index == workflow.initial, " initial"),
            (workflow.entries.contains(&index), " entry"),
            (state.is_final, " final"),
            (state.deletable, " deletable"),
        ] {
            line.push_str(if holds { mark } else { "" });
        }
        line
    };
    workflow.states.iter().enumerate().map(line).collect()
}

/// One line per transition: name, from and to as codes, verb, roles, guards, effects, default.
fn transitions(name: &str) -> Vec<String> {
    fn words(before: &str, list: Vec<&str>) -> String {
        if list.is_empty() {
            String::new()
        } else {
            format!(" {before}{}", list.join(","))
        }
    }
    let workflows = Workflows::built_in();
    let workflow = workflows.latest(name).unwrap();
    let code = |index: usize| workflow.states[index].code.to_string();
    let mut lines = Vec::new();
    for edge in &workflow.transitions {
        let from: Vec<String> = edge.from.iter().map(|index| code(*index)).collect();
        assert!(edge.requires.is_empty(), "{}", edge.name);
        assert!(!edge.instructions.is_empty(), "{}", edge.name);
        let mut line = format!("{}: {}", edge.name, from.join(","));
        line.push_str(
            &edge
                .to
                .map_or(" stays".to_owned(), |to| format!(" -> {}", code(to))),
        );
        line.push_str(&words(
            "verb ",
            edge.verb.iter().map(|v| v.name()).collect(),
        ));
        line.push_str(&words("by ", edge.roles.iter().map(|r| r.name()).collect()));
        line.push_str(&words(
            "if ",
            edge.guards.iter().map(|g| g.name()).collect(),
        ));
        line.push_str(&words(
            "does ",
            edge.effects.iter().map(|e| e.name()).collect(),
        ));
        line.push_str(if edge.is_default { " default" } else { "" });
        lines.push(line);
    }
    lines
}

#[test]
fn the_built_in_workflows_are_the_six() {
    let workflows = Workflows::built_in();
    let names: Vec<(&str, u32)> = workflows
        .iter()
        .map(|workflow| (workflow.name.as_str(), workflow.version))
        .collect();
    assert_eq!(
        names,
        [
            ("cyclesoftware", 1),
            ("getfly", 1),
            ("odoo", 1),
            ("omni", 1),
            ("standard", 1),
            ("wordbee", 1)
        ]
    );
}

#[test]
fn standard_is_as_it_was_settled() {
    assert_eq!(
        states("standard"),
        [
            "1 new 'New' NEW edits all initial deletable",
            "10 confirmed 'Confirmed' CONFIRMED edits contact",
            "20 complete 'Complete' COMPLETE edits none final",
            "30 cancelled 'Cancelled' CANCELLED edits none final deletable",
        ]
    );
    assert_eq!(
        transitions("standard"),
        [
            "confirm: 1 -> 10 verb confirm by staff default",
            "pay: 1,10 stays verb pay by staff if not_paid does settle_payment",
            "complete: 10 -> 20 verb complete by staff if balance_settled default",
            "cancel: 1,10 -> 30 verb cancel by staff if nothing_paid,not_invoiced",
            "withdraw: 1 -> 30 verb cancel by client if nothing_paid,not_invoiced",
        ]
    );
}

#[test]
fn omni_is_as_it_was_settled() {
    assert_eq!(
        states("omni"),
        [
            "1 new 'New' NEW edits all initial",
            "40 pending_payment 'Pending Payment' NEW edits all entry",
            "10 confirmed 'Confirmed' CONFIRMED edits contact",
            "20 complete 'Complete' COMPLETE edits contact",
            "30 cancelled 'Cancelled' CANCELLED edits none final",
        ]
    );
    assert_eq!(
        transitions("omni"),
        [
            "confirm: 1 -> 10 verb confirm by staff default",
            "pay: 1,10,20 stays verb pay by staff if not_paid does settle_payment",
            "pay_pending: 40 -> 1 verb pay by staff if not_paid does settle_payment default",
            "complete: 1,40,10 -> 20 verb complete by staff does settle_payment",
            "cancel: 1,40,10,20 -> 30 verb cancel by staff",
        ]
    );
}

#[test]
fn odoo_is_as_it_was_settled() {
    assert_eq!(
        states("odoo"),
        [
            "1 draft 'Quotation' NEW edits all initial deletable",
            "2 sent 'Quotation Sent' NEW edits all",
            "10 sale 'Sales Order' CONFIRMED edits all",
            "30 cancel 'Cancelled' CANCELLED edits none deletable",
        ]
    );
    assert_eq!(
        transitions("odoo"),
        [
            "confirm: 1,2,10 -> 10 verb confirm by staff if unlocked does stamp_order_date,lock_if_configured",
            "send: 1 -> 2 by staff default",
            "cancel: 1,2,10,30 -> 30 verb cancel by staff",
            "reset: 2,30 -> 1 by staff",
            "lock: 10 stays verb lock by staff does lock",
            "unlock: 10 stays verb unlock by staff does unlock",
        ]
    );
}

#[test]
fn cyclesoftware_is_as_it_was_settled() {
    assert_eq!(
        states("cyclesoftware"),
        [
            "8 not_ordered 'Not ordered' NEW edits all initial",
            "2 pending 'Pending' CONFIRMED edits all",
            "4 ready 'Ready' CONFIRMED edits contact",
            "9 completed 'Completed' COMPLETE edits none",
            "99 cancelled 'Cancelled' CANCELLED edits none final",
        ]
    );
    assert_eq!(
        transitions("cyclesoftware"),
        [
            "order: 8 -> 2 verb confirm by staff default",
            "ready: 8,2 -> 4 by staff",
            "complete: 2,4 -> 9 verb complete by staff default",
            "cancel: 8,2,4 -> 99 verb cancel by staff if nothing_paid,not_invoiced",
        ]
    );
}

#[test]
fn wordbee_is_as_it_was_settled() {
    assert_eq!(
        states("wordbee"),
        [
            "0 request 'New request' NEW edits all initial",
            "1 proposal 'Proposal' NEW edits all",
            "2 in_progress 'In progress' CONFIRMED edits contact",
            "3 done 'Work done' COMPLETE edits contact",
            "4 approved 'Approved' COMPLETE edits contact",
            "5 closed 'Closed' COMPLETE edits none",
            "10 cancelled 'Cancelled' CANCELLED edits none",
        ]
    );
    assert_eq!(
        transitions("wordbee"),
        [
            "accept: 1 -> 2 verb confirm by client default",
            "reject: 1 -> 10 verb cancel by client",
            "withdraw: 0 -> 10 verb cancel by client",
            "approve: 3 -> 4 by client default",
            "return: 3 -> 2 by client",
            "propose: 0 -> 1 by staff default",
            "start: 0,1 -> 2 verb confirm by staff",
            "done: 2 -> 3 by staff default",
            "close: 3,4 -> 5 verb complete by staff default",
            "cancel: 0,1,2 -> 10 verb cancel by staff",
        ]
    );
}

#[test]
fn getfly_is_as_it_was_settled() {
    assert_eq!(
        states("getfly"),
        [
            "1 pending 'Pending Approval' NEW edits all initial deletable",
            "2 approved 'Approved' CONFIRMED edits contact",
            "3 cancelled 'Cancelled' CANCELLED edits none deletable",
        ]
    );
    assert_eq!(
        transitions("getfly"),
        [
            "approve: 1 -> 2 verb confirm by staff default",
            "cancel: 1,2 -> 3 verb cancel by staff",
            "restore: 3 -> 1 by staff default",
        ]
    );
}

#[test]
fn in_every_built_in_workflow_a_verb_and_a_target_mean_one_transition_for_each_role() {
    for workflow in Workflows::built_in().iter() {
        for state in 0..workflow.states.len() {
            for role in Role::ALL {
                let open = workflow.leaving(state).filter(|edge| edge.open_to(*role));
                let (mut verbs, mut targets) = (Vec::new(), Vec::new());
                for edge in open {
                    verbs.extend(edge.verb.map(|verb| verb.name()));
                    targets.extend(edge.to);
                }
                for (all, distinct) in [
                    (verbs.len(), {
                        verbs.sort_unstable();
                        verbs.dedup();
                        verbs.len()
                    }),
                    (targets.len(), {
                        targets.sort_unstable();
                        targets.dedup();
                        targets.len()
                    }),
                ] {
                    assert_eq!(all, distinct, "{} {state} {role}", workflow.name);
                }
            }
        }
    }
}

#[test]
fn a_new_order_never_begins_at_its_end() {
    for workflow in Workflows::built_in().iter() {
        assert_eq!(workflow.states[workflow.initial].phase, Phase::New);
    }
}

#[test]
fn a_workflow_is_found_by_name_and_version_and_the_latest_is_the_highest() {
    let mut workflows = Workflows::default();
    for version in [2, 10, 1] {
        workflows.add(small(version)).unwrap();
    }
    assert_eq!(workflows.get("small", 2).unwrap().version, 2);
    assert_eq!(workflows.get("small", 3), None);
    assert_eq!(workflows.get("large", 1), None);
    assert_eq!(workflows.latest("small").unwrap().version, 10);
    assert_eq!(workflows.latest("large"), None);
    let versions: Vec<u32> = workflows.iter().map(|workflow| workflow.version).collect();
    assert_eq!(versions, [1, 2, 10]);
}

#[test]
fn a_version_that_is_known_is_taken_again_only_if_it_means_the_same() {
    let mut workflows = Workflows::default();
    workflows.add(small(1)).unwrap();
    workflows.add(small(1)).unwrap();

    let mut changed = small(1);
    changed.states[0].deletable = true;
    let error = workflows.add(changed.clone()).unwrap_err();
    assert!(matches!(error, AddError::Changed { .. }), "{error}");
    assert!(!workflows.get("small", 1).unwrap().states[0].deletable);

    changed.version = 2;
    workflows.add(changed).unwrap();
    assert!(workflows.latest("small").unwrap().states[0].deletable);
}

#[test]
fn a_workflow_with_a_fault_is_not_added() {
    let mut faulty = small(1);
    faulty.states[0].phase = Phase::New;
    let mut workflows = Workflows::default();
    let error = workflows.add(faulty).unwrap_err();
    assert_eq!(
        error.to_string(),
        "workflow \"small\" version 1 is refused: dead_end: state \"done\": no way leads on to a state of phase COMPLETE or CANCELLED"
    );
    assert_eq!(workflows.iter().count(), 0);
}
