//! Reads a rulebook file into a [`Workflow`].

use serde::Deserialize;

use super::problem::{listed, quoted};
use super::{
    Edits, Effect, Guard, Phase, Problem, ProblemCode, Requirement, State, Transition, Verb,
    Workflow, lint,
};
use crate::domain::role::Role;

/// The longest rulebook that is read, in bytes: far above what the limits on its parts leave room for.
const LONGEST_FILE: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulebookFile {
    name: String,
    version: u32,
    title: String,
    initial: Option<String>,
    #[serde(default)]
    entries: Vec<String>,
    #[serde(default)]
    states: Vec<StateEntry>,
    #[serde(default)]
    transitions: Vec<TransitionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateEntry {
    key: String,
    code: i32,
    title: String,
    phase: String,
    #[serde(default, rename = "final")]
    is_final: bool,
    edits: String,
    #[serde(default)]
    deletable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransitionEntry {
    name: String,
    title: String,
    #[serde(default)]
    from: Vec<String>,
    to: Option<String>,
    verb: Option<String>,
    roles: Option<Vec<String>>,
    #[serde(default)]
    guards: Vec<String>,
    #[serde(default)]
    effects: Vec<String>,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    instructions: String,
    #[serde(default, rename = "default")]
    is_default: bool,
}

/// A closed list, as far as reading needs it.
struct Words<T: 'static> {
    kind: &'static str,
    unknown: ProblemCode,
    all: &'static [T],
    name: fn(T) -> &'static str,
}

const PHASES: Words<Phase> = Words {
    kind: "phase",
    unknown: ProblemCode::UnknownPhase,
    all: Phase::ALL,
    name: Phase::name,
};
const EDITS: Words<Edits> = Words {
    kind: "edits",
    unknown: ProblemCode::UnknownEdits,
    all: Edits::ALL,
    name: Edits::name,
};
const VERBS: Words<Verb> = Words {
    kind: "verb",
    unknown: ProblemCode::UnknownVerb,
    all: Verb::ALL,
    name: Verb::name,
};
const ROLES: Words<Role> = Words {
    kind: "role",
    unknown: ProblemCode::UnknownRole,
    all: Role::ALL,
    name: Role::name,
};
const GUARDS: Words<Guard> = Words {
    kind: "guard",
    unknown: ProblemCode::UnknownGuard,
    all: Guard::ALL,
    name: Guard::name,
};
const EFFECTS: Words<Effect> = Words {
    kind: "effect",
    unknown: ProblemCode::UnknownEffect,
    all: Effect::ALL,
    name: Effect::name,
};
const REQUIREMENTS: Words<Requirement> = Words {
    kind: "requirement",
    unknown: ProblemCode::UnknownRequirement,
    all: Requirement::ALL,
    name: Requirement::name,
};

impl<T: Copy + PartialEq> Words<T> {
    /// The entry that `word` stands for; an unknown word is a problem at `place`.
    fn read(&self, word: &str, place: &str, problems: &mut Vec<Problem>) -> Option<T> {
        let found = self
            .all
            .iter()
            .copied()
            .find(|entry| (self.name)(*entry) == word);
        if found.is_none() {
            let known = listed(self.all.iter().map(|entry| (self.name)(*entry)));
            problems.push(Problem::new(
                self.unknown,
                format!(
                    "{place}: unknown {} {}; known: {known}",
                    self.kind,
                    quoted(word)
                ),
            ));
        }
        found
    }

    /// The entries that `words` stand for, in the order of the file.
    fn read_all(&self, words: &[String], place: &str, problems: &mut Vec<Problem>) -> Vec<T> {
        words
            .iter()
            .filter_map(|word| self.read(word, place, problems))
            .collect()
    }

    /// As [`Words::read_all`], for a list whose order means nothing: in the order of the declaration.
    fn read_set(&self, words: &[String], place: &str, problems: &mut Vec<Problem>) -> Vec<T> {
        let mut entries = self.read_all(words, place, problems);
        entries.sort_by_key(|entry| self.all.iter().position(|known| known == entry));
        entries
    }
}

/// Reads and checks a rulebook.
pub(super) fn parse(text: &str) -> Result<Workflow, Vec<Problem>> {
    let file = read_file(text).map_err(|problem| vec![problem])?;

    let mut problems = Vec::new();
    let states: Vec<State> = file
        .states
        .into_iter()
        .map(|entry| read_state(entry, &mut problems))
        .collect();
    let initial = read_initial(file.initial.as_deref(), &states, &mut problems);
    let entries = read_state_keys(&file.entries, &states, "entries", &mut problems);
    let transitions = file
        .transitions
        .into_iter()
        .map(|entry| read_transition(entry, &states, &mut problems))
        .collect();
    // With a piece of the graph missing, every way through it would be found missing too.
    let whole = !problems.iter().any(|problem| {
        matches!(
            problem.code,
            ProblemCode::NoInitialState
                | ProblemCode::UnknownPhase
                | ProblemCode::UnknownRole
                | ProblemCode::UnknownState
        )
    });

    let workflow = Workflow {
        name: file.name,
        version: file.version,
        title: file.title,
        initial,
        entries,
        states,
        transitions,
    };
    problems.extend(if whole {
        lint::check(&workflow)
    } else {
        lint::check_parts(&workflow)
    });
    if problems.is_empty() {
        Ok(workflow)
    } else {
        Err(problems)
    }
}

fn read_file(text: &str) -> Result<RulebookFile, Problem> {
    lint::check_length("the file", "bytes", text.len(), LONGEST_FILE)?;
    let file: RulebookFile = toml::from_str(text).map_err(|error| syntax_problem(text, &error))?;
    lint::check_counts(file.states.len(), file.transitions.len())?;
    lint::check_length("entries", "states", file.entries.len(), lint::MOST_STATES)?;
    for entry in &file.transitions {
        let place = format!("transition {}", quoted(&entry.name));
        let roles = entry.roles.as_deref().unwrap_or_default();
        for list in [
            &entry.from,
            roles,
            &entry.guards,
            &entry.effects,
            &entry.requires,
        ] {
            lint::check_length(&place, "entries in a list", list.len(), lint::MOST_STATES)?;
        }
    }
    Ok(file)
}

fn syntax_problem(text: &str, error: &toml::de::Error) -> Problem {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    let message = error.message().trim();
    Problem::new(
        ProblemCode::Syntax,
        match line {
            Some(line) => format!("line {line}: {message}"),
            None => message.to_owned(),
        },
    )
}

/// Reads a state; where a word is unknown, which is a problem, another stands in for it.
fn read_state(entry: StateEntry, problems: &mut Vec<Problem>) -> State {
    let place = format!("state {}", quoted(&entry.key));
    State {
        phase: PHASES
            .read(&entry.phase, &place, problems)
            .unwrap_or(Phase::New),
        edits: EDITS
            .read(&entry.edits, &place, problems)
            .unwrap_or(Edits::None),
        key: entry.key,
        code: entry.code,
        title: entry.title,
        is_final: entry.is_final,
        deletable: entry.deletable,
    }
}

/// The index of the initial state; the first stands in for one that is missing, which is a problem.
fn read_initial(key: Option<&str>, states: &[State], problems: &mut Vec<Problem>) -> usize {
    let said = match key {
        Some(key) => match states.iter().position(|state| state.key == key) {
            Some(index) => return index,
            None => format!("initial names the unknown state {}", quoted(key)),
        },
        None => "initial is missing".to_owned(),
    };
    problems.push(Problem::new(
        ProblemCode::NoInitialState,
        format!("{said}; known: {}", keys_of(states)),
    ));
    0
}

fn read_transition(
    entry: TransitionEntry,
    states: &[State],
    problems: &mut Vec<Problem>,
) -> Transition {
    let place = format!("transition {}", quoted(&entry.name));
    Transition {
        from: read_state_keys(&entry.from, states, &place, problems),
        to: entry
            .to
            .and_then(|key| read_state_key(&key, states, &place, problems)),
        verb: entry
            .verb
            .and_then(|word| VERBS.read(&word, &place, problems)),
        roles: match entry.roles {
            Some(words) => ROLES.read_set(&words, &place, problems),
            None => vec![Role::Staff],
        },
        guards: GUARDS.read_set(&entry.guards, &place, problems),
        effects: EFFECTS.read_all(&entry.effects, &place, problems),
        requires: REQUIREMENTS.read_set(&entry.requires, &place, problems),
        name: entry.name,
        title: entry.title,
        instructions: entry.instructions,
        is_default: entry.is_default,
    }
}

/// The indices of the states with these keys, ascending.
fn read_state_keys(
    keys: &[String],
    states: &[State],
    place: &str,
    problems: &mut Vec<Problem>,
) -> Vec<usize> {
    let mut indices: Vec<usize> = keys
        .iter()
        .filter_map(|key| read_state_key(key, states, place, problems))
        .collect();
    indices.sort_unstable();
    indices
}

fn read_state_key(
    key: &str,
    states: &[State],
    place: &str,
    problems: &mut Vec<Problem>,
) -> Option<usize> {
    let found = states.iter().position(|state| state.key == key);
    if found.is_none() {
        problems.push(Problem::new(
            ProblemCode::UnknownState,
            format!(
                "{place}: unknown state {}; known: {}",
                quoted(key),
                keys_of(states)
            ),
        ));
    }
    found
}

fn keys_of(states: &[State]) -> String {
    listed(states.iter().map(|state| state.key.as_str()))
}
