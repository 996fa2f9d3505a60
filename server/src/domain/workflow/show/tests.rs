use super::{dot, mermaid, table};
use crate::domain::workflow::{Workflow, Workflows};

fn built_in(name: &str) -> Workflow {
    Workflow::clone(Workflows::built_in().latest(name).unwrap())
}

#[test]
fn the_standard_workflow_is_drawn_in_mermaid() {
    assert_eq!(
        mermaid(&built_in("standard")),
        r#"stateDiagram-v2
    state "New (1)" as s_new
    state "Confirmed (10)" as s_confirmed
    state "Complete (20)" as s_complete
    state "Cancelled (30)" as s_cancelled
    [*] --> s_new
    s_new --> s_confirmed : Confirm
    s_new --> s_new : Mark paid (pay) [not paid] / settle payment
    s_confirmed --> s_confirmed : Mark paid (pay) [not paid] / settle payment
    s_confirmed --> s_complete : Complete [balance settled]
    s_new --> s_cancelled : Cancel [nothing paid, not invoiced]
    s_confirmed --> s_cancelled : Cancel [nothing paid, not invoiced]
    s_new --> s_cancelled : Withdraw (cancel, client) [nothing paid, not invoiced]
    s_complete --> [*]
    s_cancelled --> [*]
"#
    );
}

#[test]
fn the_getfly_workflow_is_drawn_in_dot() {
    assert_eq!(
        dot(&built_in("getfly")),
        r#"digraph "getfly" {
    label="Getfly (getfly version 1)";
    node [shape=box, style=rounded];
    start [shape=point, label=""];
    s_pending [label="Pending Approval (1)"];
    s_approved [label="Approved (2)"];
    s_cancelled [label="Cancelled (3)"];
    start -> s_pending;
    s_pending -> s_approved [label="Approve (confirm)"];
    s_pending -> s_cancelled [label="Cancel"];
    s_approved -> s_cancelled [label="Cancel"];
    s_cancelled -> s_pending [label="Restore"];
}
"#
    );
}

#[test]
fn the_getfly_workflow_is_written_as_a_table() {
    assert_eq!(
        table(&built_in("getfly")),
        "\
Getfly (getfly version 1)

STATE      CODE  TITLE             PHASE      EDITS    MARKS
pending    1     Pending Approval  NEW        all      initial, deletable
approved   2     Approved          CONFIRMED  contact
cancelled  3     Cancelled         CANCELLED  none     deletable

TRANSITION  TITLE    FROM               TO         VERB     ROLES  GUARDS  EFFECTS  REQUIRES  DEFAULT
approve     Approve  pending            approved   confirm  staff                             yes
cancel      Cancel   pending, approved  cancelled  cancel   staff
restore     Restore  cancelled          pending             staff                             yes
"
    );
}

#[test]
fn a_transition_that_stays_is_marked_so_in_the_table() {
    let table = table(&built_in("odoo"));
    let lock = table
        .lines()
        .find(|line| line.starts_with("lock "))
        .unwrap();
    let cells: Vec<&str> = lock.split_whitespace().collect();
    assert_eq!(
        cells,
        ["lock", "Lock", "sale", "(stays)", "lock", "staff", "lock"]
    );
}

#[test]
fn titles_cannot_break_out_of_a_drawing() {
    let mut workflow = built_in("getfly");
    workflow.states[0].title = r#"A "quoted"; <b>&#1; \ title"#.to_owned();
    workflow.transitions[0].title = "a: b; %% --> c".to_owned();

    let drawn = mermaid(&workflow);
    assert!(
        drawn.contains(
            "state \"A #34;quoted#34;#59; #60;b#62;#38;#35;1#59; #92; title (1)\" as s_pending"
        ),
        "{drawn}"
    );
    assert!(
        drawn.contains("s_pending --> s_approved : a#58; b#59; #37;#37; --#62; c (confirm)"),
        "{drawn}"
    );

    let drawn = dot(&workflow);
    assert!(
        drawn.contains(r#"s_pending [label="A \"quoted\"; <b>&#1; \\ title (1)"];"#),
        "{drawn}"
    );
}

#[test]
fn a_state_may_be_called_by_a_word_of_the_drawing_language() {
    let mut workflow = built_in("getfly");
    workflow.states[0].key = "end".to_owned();
    workflow.states[1].key = "node".to_owned();
    assert!(mermaid(&workflow).contains("    s_end --> s_node : "));
    assert!(dot(&workflow).contains("    s_end -> s_node ["));
}
