//! What can be wrong with a rulebook.

use std::fmt;

use super::vocabulary::closed_list;

closed_list! {
    /// The kinds of things that can be wrong with a rulebook.
    ProblemCode {
        /// The text is not TOML, or not the TOML of a rulebook: a field is missing, unknown or of another type.
        Syntax = "syntax",
        /// The text, or a list in it, is longer than a rulebook may be.
        TooLong = "too_long",
        /// A key or a name is not made as keys and names are.
        MalformedKey = "malformed_key",
        /// A text for people is empty, too long or holds control characters.
        MalformedText = "malformed_text",
        /// The version is 0; versions count from 1.
        NoVersion = "no_version",
        /// The workflow does not say where a new order stands, or names no state of its own.
        NoInitialState = "no_initial_state",
        /// Two states have one key.
        DuplicateKey = "duplicate_key",
        /// Two states have one code.
        DuplicateCode = "duplicate_code",
        /// Two transitions have one name.
        DuplicateName = "duplicate_name",
        /// A list says one thing twice.
        RepeatedEntry = "repeated_entry",
        /// A transition names a state that is not there.
        UnknownState = "unknown_state",
        /// A state names a phase that is not known.
        UnknownPhase = "unknown_phase",
        /// A state names edits that are not known.
        UnknownEdits = "unknown_edits",
        /// A transition names a verb that is not known.
        UnknownVerb = "unknown_verb",
        /// A transition names a role that is not known.
        UnknownRole = "unknown_role",
        /// A transition names a guard that is not known.
        UnknownGuard = "unknown_guard",
        /// A transition names an effect that is not known.
        UnknownEffect = "unknown_effect",
        /// A transition requires something that is not known.
        UnknownRequirement = "unknown_requirement",
        /// A transition leaves no state.
        LeavesNothing = "leaves_nothing",
        /// A transition is open to no role.
        OpenToNobody = "open_to_nobody",
        /// No way leads to a state from where orders come in.
        UnreachableState = "unreachable_state",
        /// No way leads from a state to one of phase COMPLETE or CANCELLED.
        DeadEnd = "dead_end",
        /// A transition leaves a final state.
        EdgeOutOfFinal = "edge_out_of_final",
        /// Two transitions answer one verb from one state for one role.
        AmbiguousVerb = "ambiguous_verb",
        /// Two transitions move from one state to one other for one role.
        AmbiguousTarget = "ambiguous_target",
        /// Two transitions are the default from one state for one role.
        AmbiguousDefault = "ambiguous_default",
    }
}

/// One thing that is wrong with a rulebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of problem.
    pub code: ProblemCode,
    /// What is wrong where, for the person who wrote the rulebook.
    pub message: String,
}

impl Problem {
    pub(super) fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Problem {}

/// A word out of a rulebook as a message shows it: in quotes, control characters made visible, cut where it is
/// too long to be read.
pub(super) fn quoted(word: &str) -> String {
    const SHOWN: usize = 48;
    match word.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &word[..end]),
        None => format!("{word:?}"),
    }
}

/// The words that would have been right, as a message lists them.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}
