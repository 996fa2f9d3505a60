use crate::domain::role::Role;
use crate::domain::workflow::{
    Edits, Effect, Guard, Phase, ProblemCode, Requirement, State, Transition, Verb, Workflow,
};

const RULEBOOK: &str = r#"
# A comment.
name = "small"
version = 3
title = "Small"
initial = "open"
entries = ["shut"]

[[states]]
key = "open"
code = 0
title = "Offen ÄÖ"
phase = "NEW"
edits = "contact"
deletable = true

[[states]]
key = "shut"
code = -1
title = "Shut"
phase = "CANCELLED"
edits = "none"

[[transitions]]
name = "close"
title = "Close"
from = ["shut", "open"]
to = "shut"
verb = "cancel"
roles = ["manager", "client"]
guards = ["unlocked", "nothing_paid"]
effects = ["unlock", "stamp_order_date"]
requires = ["cancellation_type", "reason"]
instructions = "Look twice."
default = true

[[transitions]]
name = "knock"
title = "Knock"
from = ["open"]
"#;

fn codes(text: &str) -> Vec<ProblemCode> {
    Workflow::parse(text)
        .unwrap_err()
        .iter()
        .map(|problem| problem.code)
        .collect()
}

#[test]
fn a_rulebook_is_read_as_it_is_written() {
    let expected = Workflow {
        name: "small".to_owned(),
        version: 3,
        title: "Small".to_owned(),
        initial: 0,
        entries: vec![1],
        states: vec![
            State {
                key: "open".to_owned(),
                code: 0,
                title: "Offen ÄÖ".to_owned(),
                phase: Phase::New,
                is_final: false,
                edits: Edits::Contact,
                deletable: true,
            },
            State {
                key: "shut".to_owned(),
                code: -1,
                title: "Shut".to_owned(),
                phase: Phase::Cancelled,
                is_final: false,
                edits: Edits::None,
                deletable: false,
            },
        ],
        transitions: vec![
            Transition {
                name: "close".to_owned(),
                title: "Close".to_owned(),
                // Sets come in the order of their declaration.
                from: vec![0, 1],
                to: Some(1),
                verb: Some(Verb::Cancel),
                roles: vec![Role::Client, Role::Manager],
                guards: vec![Guard::NothingPaid, Guard::Unlocked],
                // Effects keep theirs.
                effects: vec![Effect::Unlock, Effect::StampOrderDate],
                requires: vec![Requirement::Reason, Requirement::CancellationType],
                instructions: "Look twice.".to_owned(),
                is_default: true,
            },
            Transition {
                name: "knock".to_owned(),
                title: "Knock".to_owned(),
                from: vec![0],
                to: None,
                verb: None,
                roles: vec![Role::Staff],
                guards: vec![],
                effects: vec![],
                requires: vec![],
                instructions: String::new(),
                is_default: false,
            },
        ],
    };
    assert_eq!(Workflow::parse(RULEBOOK).unwrap(), expected);
}

#[test]
fn states_and_transitions_are_found_by_what_names_them() {
    let workflow = Workflow::parse(RULEBOOK).unwrap();
    assert_eq!(workflow.state("shut"), Some(1));
    assert_eq!(workflow.state("Shut"), None);
    assert_eq!(workflow.state_by_code(-1), Some(1));
    assert_eq!(workflow.state_by_code(1), None);
    assert_eq!(workflow.transition("knock").unwrap().title, "Knock");
    assert_eq!(workflow.transition("kick"), None);
    let names = |state: usize| -> Vec<&str> {
        workflow
            .leaving(state)
            .map(|transition| transition.name.as_str())
            .collect()
    };
    assert_eq!(names(0), ["close", "knock"]);
    assert_eq!(names(1), ["close"]);
    assert!(names(2).is_empty());
}

#[test]
fn a_transition_is_open_to_the_roles_it_lists_and_to_those_that_include_them() {
    let workflow = Workflow::parse(RULEBOOK).unwrap();
    let open_to = |name: &str| -> Vec<&str> {
        let transition = workflow.transition(name).unwrap();
        let roles = Role::ALL.iter().filter(|role| transition.open_to(**role));
        roles.map(|role| role.name()).collect()
    };
    assert_eq!(open_to("close"), ["client", "manager", "admin"]);
    assert_eq!(open_to("knock"), ["staff", "manager", "admin"]);
}

#[test]
fn only_money_guards_of_transitions_that_move_guard_the_way_into_a_state() {
    let mut workflow = Workflow::parse(RULEBOOK).unwrap();
    let mut seal = workflow.transitions[0].clone();
    seal.guards = vec![Guard::NotInvoiced, Guard::HasLines, Guard::NothingPaid];
    workflow.transitions.push(seal);
    workflow.transitions[1].guards = vec![Guard::NotPaid];
    assert_eq!(
        workflow.money_guards_into(1),
        [Guard::NothingPaid, Guard::NotInvoiced]
    );
    assert_eq!(workflow.money_guards_into(0), []);
}

#[test]
fn comments_spaces_and_the_order_within_a_set_do_not_change_the_digest() {
    let digest = Workflow::parse(RULEBOOK).unwrap().digest();
    assert_eq!(digest.len(), 64);
    assert!(digest.chars().all(|c| c.is_ascii_hexdigit()));
    for (written, rewritten) in [
        ("# A comment.", "# Another comment, and\n\n"),
        ("version = 3", "version=3 # the third"),
        ("[\"shut\", \"open\"]", "[\"open\", \"shut\"]"),
        (
            "[\"manager\", \"client\"]",
            "[\n  \"client\",\n  \"manager\",\n]",
        ),
        ("deletable = true", "deletable = true\nfinal = false"),
        ("name = \"knock\"", "name = \"knock\"\nroles = [\"staff\"]"),
    ] {
        let text = RULEBOOK.replace(written, rewritten);
        assert_ne!(text, RULEBOOK, "{written}");
        assert_eq!(
            Workflow::parse(&text).unwrap().digest(),
            digest,
            "{written}"
        );
    }
}

#[test]
fn every_word_that_means_something_changes_the_digest() {
    let digest = Workflow::parse(RULEBOOK).unwrap().digest();
    for (written, rewritten) in [
        ("name = \"small\"", "name = \"tiny\""),
        ("version = 3", "version = 4"),
        ("title = \"Small\"", "title = \"Little\""),
        ("entries = [\"shut\"]\n", ""),
        ("code = 0", "code = 7"),
        ("Offen", "Open"),
        ("phase = \"NEW\"", "phase = \"CONFIRMED\""),
        ("edits = \"contact\"", "edits = \"all\""),
        ("deletable = true", "deletable = false"),
        ("from = [\"shut\", \"open\"]", "from = [\"open\"]"),
        ("verb = \"cancel\"", "verb = \"complete\""),
        ("\"manager\", \"client\"", "\"manager\""),
        ("\"unlocked\", \"nothing_paid\"", "\"nothing_paid\""),
        (
            "\"unlock\", \"stamp_order_date\"",
            "\"stamp_order_date\", \"unlock\"",
        ),
        ("\"cancellation_type\", \"reason\"", "\"reason\""),
        ("Look twice.", "Look once."),
        ("default = true", "default = false"),
        ("name = \"knock\"", "name = \"tap\""),
        ("title = \"Knock\"", "title = \"Tap\""),
    ] {
        let text = RULEBOOK.replace(written, rewritten);
        assert_ne!(text, RULEBOOK, "{written}");
        assert_ne!(
            Workflow::parse(&text).unwrap().digest(),
            digest,
            "{written}"
        );
    }
}

#[test]
fn a_number_that_does_not_fit_is_refused() {
    assert_eq!(
        codes(&RULEBOOK.replace("code = 0", "code = 2147483648")),
        [ProblemCode::Syntax]
    );
    assert_eq!(
        codes(&RULEBOOK.replace("version = 3", "version = -3")),
        [ProblemCode::Syntax]
    );
}

#[test]
fn a_long_word_is_cut_and_its_control_characters_are_shown() {
    let text = RULEBOOK.replace("\"unlocked\"", &format!("\"a\\u0007{}\"", "é".repeat(1000)));
    let problems = Workflow::parse(&text).unwrap_err();
    let told = problems[0].to_string();
    assert!(
        told.starts_with("unknown_guard: transition \"close\": unknown guard \"a\\u{7}é"),
        "{told}"
    );
    assert!(told.chars().count() < 250, "{told}");
}

#[test]
fn deep_nesting_ends_in_a_refusal() {
    let text = format!("name = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(codes(&text), [ProblemCode::Syntax]);
}
