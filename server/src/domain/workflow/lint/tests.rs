//! One small broken rulebook for each thing that can be wrong with one.

use crate::domain::workflow::{ProblemCode, Workflow, lint};

/// A rulebook without a fault; each test breaks one thing in it.
const SOUND: &str = r#"
name = "sound"
version = 1
title = "Sound"
initial = "open"

[[states]]
key = "open"
code = 1
title = "Open"
phase = "NEW"
edits = "all"

[[states]]
key = "shut"
code = 2
title = "Shut"
phase = "COMPLETE"
edits = "none"
final = true

[[transitions]]
name = "close"
title = "Close"
from = ["open"]
to = "shut"
verb = "complete"
guards = ["has_lines"]
effects = ["lock"]
requires = ["reason"]
default = true
instructions = "Look twice."
"#;

/// A second edge from open to shut, which shares nothing with the first but its ends and its role.
const SECOND_EDGE: &str = r#"
[[transitions]]
name = "slam"
title = "Slam"
from = ["open"]
to = "shut"
"#;

/// What the rulebook is told that has `sound` in place of `broken`.
fn problems_after(sound: &str, broken: &str) -> Vec<(ProblemCode, String)> {
    assert!(SOUND.contains(sound), "{sound:?} is not in the rulebook");
    problems_of(&SOUND.replacen(sound, broken, 1))
}

fn problems_with(addition: &str) -> Vec<(ProblemCode, String)> {
    problems_of(&format!("{SOUND}{addition}"))
}

fn problems_of(text: &str) -> Vec<(ProblemCode, String)> {
    match Workflow::parse(text) {
        Ok(workflow) => panic!("taken without a word: {workflow:?}"),
        Err(problems) => problems
            .into_iter()
            .map(|problem| (problem.code, problem.message))
            .collect(),
    }
}

/// The one problem, of the code that is expected.
fn only(problems: Vec<(ProblemCode, String)>, code: ProblemCode) -> String {
    match <[_; 1]>::try_from(problems) {
        Ok([(found, message)]) => {
            assert_eq!(found, code, "{message}");
            message
        }
        Err(problems) => panic!("not one problem: {problems:?}"),
    }
}

#[test]
fn the_sound_rulebook_has_no_fault() {
    let workflow = Workflow::parse(SOUND).unwrap();
    assert_eq!(lint::check(&workflow), []);
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_line() {
    let message = only(
        problems_after("code = 1\n", "code = = 1\n"),
        ProblemCode::Syntax,
    );
    assert!(message.starts_with("line 9: "), "{message}");
}

#[test]
fn a_field_that_is_not_known_is_refused_with_the_known_ones() {
    let message = only(problems_after("guards = ", "guard = "), ProblemCode::Syntax);
    assert!(message.contains("`guard`"), "{message}");
    assert!(message.contains("`guards`"), "{message}");
}

#[test]
fn a_field_that_is_missing_is_refused() {
    let message = only(problems_after("code = 2\n", ""), ProblemCode::Syntax);
    assert!(message.contains("code"), "{message}");
}

#[test]
fn a_file_that_is_too_long_is_refused_unread() {
    let message = only(
        problems_of(&"#".repeat(256 * 1024 + 1)),
        ProblemCode::TooLong,
    );
    assert!(message.contains("262144"), "{message}");
}

#[test]
fn too_many_states_are_refused() {
    let states: String = (10..=72)
        .map(|code| {
            format!(
                "\n[[states]]\nkey = \"s{code}\"\ncode = {code}\ntitle = \"S\"\nphase = \"COMPLETE\"\nedits = \"none\"\n"
            )
        })
        .collect();
    let message = only(problems_with(&states), ProblemCode::TooLong);
    assert_eq!(message, "the workflow: 65 states; there may be at most 64");
}

#[test]
fn too_many_transitions_are_refused() {
    let transitions: String = (0..256)
        .map(|n| format!("\n[[transitions]]\nname = \"t{n}\"\ntitle = \"T\"\nfrom = [\"open\"]\n"))
        .collect();
    let message = only(problems_with(&transitions), ProblemCode::TooLong);
    assert_eq!(
        message,
        "the workflow: 257 transitions; there may be at most 256"
    );
}

#[test]
fn a_list_that_is_too_long_is_refused() {
    let list = "\"has_lines\", ".repeat(65);
    let message = only(
        problems_after("guards = [\"has_lines\"]", &format!("guards = [{list}]")),
        ProblemCode::TooLong,
    );
    assert!(message.contains("\"close\""), "{message}");
}

#[test]
fn keys_that_are_not_made_as_keys_are_refused() {
    for key in [
        "",
        "Open",
        "1open",
        "_open",
        "o-pen",
        "öffnen",
        &"o".repeat(33),
    ] {
        let broken = SOUND.replace("\"open\"", &format!("\"{key}\""));
        only(problems_of(&broken), ProblemCode::MalformedKey);
        only(
            problems_after("name = \"close\"", &format!("name = \"{key}\"")),
            ProblemCode::MalformedKey,
        );
        only(
            problems_after("name = \"sound\"", &format!("name = \"{key}\"")),
            ProblemCode::MalformedKey,
        );
    }
    let longest = SOUND.replace("\"open\"", &format!("\"{}\"", "o".repeat(32)));
    Workflow::parse(&longest).unwrap();
}

#[test]
fn texts_that_are_empty_too_long_or_hold_control_characters_are_refused() {
    for title in [" ", &"x".repeat(101), "two\\nlines", "nul\\u0000"] {
        for sound in ["\"Sound\"", "\"Open\"", "\"Close\""] {
            only(
                problems_after(sound, &format!("\"{title}\"")),
                ProblemCode::MalformedText,
            );
        }
    }
    for instructions in ["tab\\t", &"x".repeat(501)] {
        only(
            problems_after("\"Look twice.\"", &format!("\"{instructions}\"")),
            ProblemCode::MalformedText,
        );
    }
}

#[test]
fn version_zero_is_refused() {
    only(
        problems_after("version = 1", "version = 0"),
        ProblemCode::NoVersion,
    );
}

#[test]
fn a_workflow_without_an_initial_state_is_refused() {
    let message = only(
        problems_after("initial = \"open\"\n", ""),
        ProblemCode::NoInitialState,
    );
    assert_eq!(message, "initial is missing; known: open, shut");
    let message = only(
        problems_after("initial = \"open\"", "initial = \"opened\""),
        ProblemCode::NoInitialState,
    );
    assert_eq!(
        message,
        "initial names the unknown state \"opened\"; known: open, shut"
    );
    only(
        problems_of("name = \"bare\"\nversion = 1\ntitle = \"Bare\"\n"),
        ProblemCode::NoInitialState,
    );
}

#[test]
fn a_state_key_used_twice_is_refused() {
    let again = "\n[[states]]\nkey = \"shut\"\ncode = 3\ntitle = \"Shut\"\nphase = \"COMPLETE\"\nedits = \"none\"\n";
    let message = only(problems_with(again), ProblemCode::DuplicateKey);
    assert!(message.contains("\"shut\""), "{message}");
}

#[test]
fn a_state_code_used_twice_is_refused() {
    let message = only(
        problems_after("code = 2", "code = 1"),
        ProblemCode::DuplicateCode,
    );
    assert_eq!(message, "states \"open\" and \"shut\" both have the code 1");
}

#[test]
fn a_transition_name_used_twice_is_refused() {
    let again = SECOND_EDGE.replace("slam", "close").replace(
        "from = [\"open\"]",
        "from = [\"open\"]\nroles = [\"client\"]",
    );
    only(problems_with(&again), ProblemCode::DuplicateName);
}

#[test]
fn a_list_that_says_one_thing_twice_is_refused() {
    for (sound, broken) in [
        ("from = [\"open\"]", "from = [\"open\", \"open\"]"),
        ("[\"has_lines\"]", "[\"has_lines\", \"has_lines\"]"),
        ("[\"lock\"]", "[\"lock\", \"unlock\", \"lock\"]"),
        ("[\"reason\"]", "[\"reason\", \"reason\"]"),
        ("default", "roles = [\"staff\", \"staff\"]\ndefault"),
    ] {
        only(problems_after(sound, broken), ProblemCode::RepeatedEntry);
    }
}

#[test]
fn a_transition_from_or_to_an_unknown_state_is_refused_with_the_known_ones() {
    for (sound, broken) in [
        ("from = [\"open\"]", "from = [\"open\", \"ajar\"]"),
        ("to = \"shut\"", "to = \"ajar\""),
    ] {
        assert_eq!(
            only(problems_after(sound, broken), ProblemCode::UnknownState),
            "transition \"close\": unknown state \"ajar\"; known: open, shut"
        );
    }
}

#[test]
fn an_index_that_leads_to_no_state_is_refused() {
    let sound = Workflow::parse(SOUND).unwrap();
    let codes = |workflow: &Workflow| -> Vec<ProblemCode> {
        lint::check(workflow).iter().map(|p| p.code).collect()
    };
    let mut lost = sound.clone();
    lost.initial = 2;
    assert_eq!(codes(&lost), [ProblemCode::NoInitialState]);
    let mut lost = sound.clone();
    lost.transitions[0].to = Some(9);
    assert_eq!(codes(&lost), [ProblemCode::UnknownState]);
    let mut lost = sound.clone();
    lost.entries.push(3);
    assert_eq!(codes(&lost), [ProblemCode::UnknownState]);
    let mut lost = sound;
    lost.transitions[0].from.push(7);
    assert_eq!(codes(&lost), [ProblemCode::UnknownState]);
}

#[test]
fn words_outside_the_closed_lists_are_refused_with_the_known_ones() {
    let cases = [
        (
            "\"NEW\"",
            "\"new\"",
            ProblemCode::UnknownPhase,
            "state \"open\": unknown phase \"new\"; known: NEW, CONFIRMED, COMPLETE, CANCELLED",
        ),
        (
            "edits = \"all\"",
            "edits = \"some\"",
            ProblemCode::UnknownEdits,
            "state \"open\": unknown edits \"some\"; known: all, contact, none",
        ),
        (
            "verb = \"complete\"",
            "verb = \"finish\"",
            ProblemCode::UnknownVerb,
            "transition \"close\": unknown verb \"finish\"; known: confirm, pay, complete, cancel, lock, unlock",
        ),
        (
            "default",
            "roles = [\"boss\"]\ndefault",
            ProblemCode::UnknownRole,
            "transition \"close\": unknown role \"boss\"; known: client, staff, manager, admin",
        ),
        (
            "\"has_lines\"",
            "\"has_line\"",
            ProblemCode::UnknownGuard,
            "transition \"close\": unknown guard \"has_line\"; known: balance_settled, nothing_paid, not_paid, not_invoiced, unlocked, has_lines",
        ),
        (
            "\"lock\"",
            "\"bolt\"",
            ProblemCode::UnknownEffect,
            "transition \"close\": unknown effect \"bolt\"; known: settle_payment, stamp_order_date, lock, lock_if_configured, unlock",
        ),
        (
            "\"reason\"",
            "\"rhyme\"",
            ProblemCode::UnknownRequirement,
            "transition \"close\": unknown requirement \"rhyme\"; known: reason, cancellation_type",
        ),
    ];
    for (sound, broken, code, message) in cases {
        assert_eq!(only(problems_after(sound, broken), code), message);
    }
}

#[test]
fn a_transition_that_leaves_no_state_is_refused() {
    let nowhere = SECOND_EDGE.replace("[\"open\"]", "[]");
    only(problems_with(&nowhere), ProblemCode::LeavesNothing);
    let unsaid = SECOND_EDGE.replace("from = [\"open\"]", "");
    only(problems_with(&unsaid), ProblemCode::LeavesNothing);
}

#[test]
fn a_transition_that_is_open_to_nobody_is_refused() {
    only(
        problems_after("default", "roles = []\ndefault"),
        ProblemCode::OpenToNobody,
    );
}

#[test]
fn a_state_that_no_way_leads_to_is_refused() {
    let island = "\n[[states]]\nkey = \"island\"\ncode = 3\ntitle = \"Island\"\nphase = \"CANCELLED\"\nedits = \"none\"\n";
    let message = only(problems_with(island), ProblemCode::UnreachableState);
    assert!(message.starts_with("state \"island\": "), "{message}");
    // A way out of the island is no way there.
    let leaving = format!("{island}{}", SECOND_EDGE.replace("\"open\"", "\"island\""));
    only(problems_with(&leaving), ProblemCode::UnreachableState);
}

#[test]
fn a_state_in_which_orders_come_in_needs_no_way_there() {
    let second = format!(
        "{SOUND}\n[[states]]\nkey = \"side\"\ncode = 3\ntitle = \"Side\"\nphase = \"NEW\"\nedits = \"none\"\n{}",
        SECOND_EDGE.replace("\"open\"", "\"side\"")
    );
    let with_entries =
        |entries: &str| second.replacen("initial", &format!("entries = [{entries}]\ninitial"), 1);
    Workflow::parse(&with_entries("\"side\"")).unwrap();
    only(
        problems_of(&with_entries("\"sides\"")),
        ProblemCode::UnknownState,
    );
    for repeated in ["\"side\", \"side\"", "\"side\", \"open\""] {
        only(
            problems_of(&with_entries(repeated)),
            ProblemCode::RepeatedEntry,
        );
    }
}

#[test]
fn a_state_from_which_no_order_comes_to_an_end_is_refused() {
    let trap = "\n[[states]]\nkey = \"trap\"\ncode = 3\ntitle = \"Trap\"\nphase = \"CONFIRMED\"\nedits = \"none\"\n";
    let way_in = SECOND_EDGE.replace("to = \"shut\"", "to = \"trap\"");
    let message = only(
        problems_with(&format!("{trap}{way_in}")),
        ProblemCode::DeadEnd,
    );
    assert!(message.starts_with("state \"trap\": "), "{message}");
}

#[test]
fn a_transition_out_of_a_final_state_is_refused_even_if_it_stays() {
    let stays = SECOND_EDGE.replace("[\"open\"]\nto = \"shut\"", "[\"shut\"]");
    assert_eq!(
        only(problems_with(&stays), ProblemCode::EdgeOutOfFinal),
        "transition \"slam\": leaves the final state \"shut\""
    );
}

#[test]
fn two_transitions_for_one_verb_from_one_state_for_one_role_are_refused() {
    let stays = SECOND_EDGE.replace("to = \"shut\"", "verb = \"complete\"");
    assert_eq!(
        only(problems_with(&stays), ProblemCode::AmbiguousVerb),
        "transitions \"close\" and \"slam\": from state \"open\" staff can take both for the verb complete"
    );
    // A manager is staff as well.
    let managers = format!("{stays}roles = [\"manager\"]\n");
    assert_eq!(
        only(problems_with(&managers), ProblemCode::AmbiguousVerb),
        "transitions \"close\" and \"slam\": from state \"open\" manager can take both for the verb complete"
    );
    // A client is not.
    let clients = format!("{stays}roles = [\"client\"]\n");
    Workflow::parse(&format!("{SOUND}{clients}")).unwrap();
}

#[test]
fn two_transitions_that_move_between_one_pair_of_states_for_one_role_are_refused() {
    assert_eq!(
        only(problems_with(SECOND_EDGE), ProblemCode::AmbiguousTarget),
        "transitions \"close\" and \"slam\": from state \"open\" staff can take both to move to state \"shut\""
    );
    let clients = format!("{SOUND}{SECOND_EDGE}roles = [\"client\"]\n");
    Workflow::parse(&clients).unwrap();
}

#[test]
fn two_transitions_that_stay_do_not_stand_in_each_others_way() {
    let stays = SECOND_EDGE.replace("to = \"shut\"\n", "");
    let another = stays.replace("slam", "knock");
    Workflow::parse(&format!("{SOUND}{stays}{another}")).unwrap();
}

#[test]
fn two_defaults_from_one_state_for_one_role_are_refused() {
    let stays = SECOND_EDGE.replace("to = \"shut\"", "default = true");
    only(problems_with(&stays), ProblemCode::AmbiguousDefault);
}

#[test]
fn all_faults_of_a_rulebook_are_told_at_once() {
    let text = SOUND
        .replace("\"has_lines\"", "\"has_line\"")
        .replace("\"lock\"", "\"bolt\"")
        .replace("title = \"Open\"", "title = \"\"")
        .replace("code = 2", "code = 1")
        .replace("to = \"shut\"", "to = \"ajar\"");
    let mut codes: Vec<&str> = problems_of(&text)
        .iter()
        .map(|(code, _)| code.name())
        .collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "duplicate_code",
            "malformed_text",
            "unknown_effect",
            "unknown_guard",
            "unknown_state"
        ]
    );
}
