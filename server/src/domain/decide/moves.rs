//! Moves along the workflow and, by a manager, outside it.

use super::{Context, Decided, Made, What, edit, lines, payments};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::{Move, Target};
use crate::domain::hold::{self, HeldAction};
use crate::domain::money::PaymentStatus;
use crate::domain::order::{LineKind, Order};
use crate::domain::principal::Principal;
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::role::Role;
use crate::domain::workflow::{
    Effect, Guard, Phase, Requirement, State, Transition, Verb, Workflow,
};

/// What an order can do from where it stands.
#[derive(Clone, Debug)]
pub struct Options<'w> {
    /// Every edge from here with each rule that blocks it; an edge without one is open.
    pub edges: Vec<(&'w Transition, Vec<Blocker>)>,
    /// The states to which this caller may override.
    pub overrides: Vec<&'w State>,
    /// Whether this caller may override at all.
    pub can_override: bool,
}

impl Options<'_> {
    /// The names of the open transitions.
    pub fn open(&self) -> Vec<String> {
        let open = self
            .edges
            .iter()
            .filter(|(_, blockers)| blockers.is_empty());
        open.map(|(transition, _)| transition.name.clone())
            .collect()
    }
}

/// Every edge from the order's state, allowed or blocked for this caller, and every override.
pub fn options<'w>(order: &Order, workflow: &'w Workflow, principal: &Principal) -> Options<'w> {
    let Some(here) = workflow.state(&order.state) else {
        return Options {
            edges: Vec::new(),
            overrides: Vec::new(),
            can_override: false,
        };
    };
    let edges = workflow
        .leaving(here)
        .map(|edge| (edge, blockers(order, edge, workflow, principal)))
        .collect();
    let can_override = principal.role.includes(Role::Manager) && !workflow.states[here].is_final;
    let reachable =
        |to: &usize| override_blockers(order, workflow, here, *to, principal).is_empty();
    let overrides = (0..workflow.states.len())
        .filter(reachable)
        .map(|state| &workflow.states[state])
        .collect();
    Options {
        edges,
        overrides,
        can_override,
    }
}

/// Each rule that keeps this caller from taking this edge with this order.
fn blockers(
    order: &Order,
    transition: &Transition,
    workflow: &Workflow,
    principal: &Principal,
) -> Vec<Blocker> {
    let mut blockers = role_blockers(transition, principal);
    let guards = transition.guards.iter();
    blockers.extend(guards.filter_map(|guard| guard_blocker(*guard, order)));
    let held = transition
        .to
        .and_then(|to| held_action(order, &workflow.states[to]));
    blockers.extend(held.map_or_else(Vec::new, |action| hold::blockers(order, action, principal)));
    blockers
}

/// The same without holds and without what the edge asks of the money of the whole order.
pub fn edge_blockers(
    order: &Order,
    transition: &Transition,
    principal: &Principal,
) -> Vec<Blocker> {
    let mut blockers = role_blockers(transition, principal);
    let guards = transition.guards.iter().filter(|guard| !guard.is_money());
    blockers.extend(guards.filter_map(|guard| guard_blocker(*guard, order)));
    blockers
}

/// What a hold would have to block to keep the order from that state.
fn held_action(order: &Order, to: &State) -> Option<HeldAction> {
    match to.phase {
        _ if to.key == order.state => None,
        Phase::Cancelled => Some(HeldAction::Cancel),
        Phase::New | Phase::Confirmed | Phase::Complete => Some(HeldAction::Transition),
    }
}

fn role_blockers(transition: &Transition, principal: &Principal) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if !transition
        .roles
        .iter()
        .any(|role| principal.role.includes(*role))
    {
        let roles: Vec<_> = transition.roles.iter().map(|role| role.name()).collect();
        let message = format!(
            "{} is for the role {}, not for {}",
            transition.name,
            roles.join(" or "),
            principal.role.name()
        );
        blockers.push(Blocker {
            rule: rule::ROLE,
            message,
        });
    }
    blockers
}

fn guard_blocker(guard: Guard, order: &Order) -> Option<Blocker> {
    let status = order.derived.payment_status;
    let holds = match guard {
        Guard::BalanceSettled => order.balance().is_zero(),
        Guard::NothingPaid => order.derived.amount_paid.is_zero(),
        Guard::NotPaid => !matches!(status, PaymentStatus::Paid | PaymentStatus::Overpaid),
        Guard::NotInvoiced => !order.is_invoiced(),
        Guard::Unlocked => !order.locked,
        Guard::HasLines => !order.lines.is_empty(),
    };
    (!holds).then(|| Blocker {
        rule: guard.name(),
        message: guard.message().to_owned(),
    })
}

/// Each rule that keeps this caller from overriding to a state: never out of a final state, never past
/// the money guards of the edges into it.
fn override_blockers(
    order: &Order,
    workflow: &Workflow,
    here: usize,
    to: usize,
    principal: &Principal,
) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if !principal.role.includes(Role::Manager) {
        let message = format!(
            "an override is for the role manager, not for {}",
            principal.role.name()
        );
        blockers.push(Blocker {
            rule: rule::ROLE,
            message,
        });
    }
    if workflow.states[here].is_final {
        blockers.push(final_blocker(&workflow.states[here]));
    }
    if here == to {
        let message = format!("the order is {} already", workflow.states[here].title);
        blockers.push(Blocker {
            rule: rule::SAME_STATE,
            message,
        });
    }
    blockers.extend(
        workflow
            .money_guards_into(to)
            .into_iter()
            .filter_map(|guard| guard_blocker(guard, order)),
    );
    blockers
}

/// What stands in the way of everything where the order's state is final.
pub fn final_state(order: &Order, workflow: &Workflow) -> Option<Blocker> {
    let state = &workflow.states[workflow.state(&order.state)?];
    state.is_final.then(|| final_blocker(state))
}

fn final_blocker(state: &State) -> Blocker {
    Blocker {
        rule: rule::FINAL,
        message: format!("{} is final: nothing leaves it", state.title),
    }
}

/// Takes an edge.
pub fn transition(
    order: &Order,
    step: &Move,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let Taken { after, edge, made } = take_edge(order, step, context, counters)?;
    let what = What {
        transition: &edge.name,
        verb: edge.verb,
        reason: &step.reason,
        message: &step.message,
        notify: step.notify,
        ..What::of(ChangeKind::Transition)
    };
    Ok(Decided {
        made: made.into_iter().collect(),
        ..context.decided(order, after, what)?
    })
}

/// An edge that was taken.
pub struct Taken<'w> {
    /// The order as the edge leaves it, before what follows from its fields is computed.
    pub after: Order,
    /// The edge.
    pub edge: &'w Transition,
    /// What its effects made.
    pub made: Option<Made>,
}

/// Takes an edge; the change is for the caller to make.
pub fn take_edge<'w>(
    order: &Order,
    step: &Move,
    context: &Context<'w>,
    counters: &mut Counters,
) -> Result<Taken<'w>, Refusal> {
    let workflow = context.workflow(order)?;
    let cancellation_type = check_words(step, context)?;
    let wanted = Wanted::resolve(&step.target, workflow)?;
    let here = workflow
        .state(&order.state)
        .ok_or_else(|| damaged(order, workflow))?;
    let mut candidates: Vec<_> = workflow
        .leaving(here)
        .filter(|edge| wanted.fits(edge))
        .map(|edge| (edge, blockers(order, edge, workflow, context.principal)))
        .collect();
    // Edges for other roles come last: what the caller's own edge says is the better answer.
    candidates.sort_by_key(|(_, blockers)| {
        (
            blockers.iter().any(|b| b.rule == rule::ROLE),
            blockers.len(),
        )
    });
    let asked = wanted.name(workflow);
    let Some((edge, blockers)) = candidates.into_iter().next() else {
        let state = &workflow.states[here];
        let blocker = if state.is_final {
            final_blocker(state)
        } else {
            Blocker {
                rule: rule::NO_EDGE,
                message: format!("{asked} is not open from {}", state.title),
            }
        };
        return Err(context.blocked(order, &asked, vec![blocker]));
    };
    if !blockers.is_empty() {
        return Err(context.blocked(order, &asked, blockers));
    }
    check_requirements(edge, step)?;
    let mut after = order.clone();
    if let Some(to) = edge.to {
        after.state.clone_from(&workflow.states[to].key);
    }
    if !cancellation_type.is_empty() {
        after.cancellation_type = cancellation_type;
    }
    if step.delete_exchange {
        delete_exchange(order, &mut after, &asked, context)?;
    }
    let mut made = None;
    for effect in &edge.effects {
        match effect {
            Effect::SettlePayment => made = payments::settle(&mut after, context, counters),
            Effect::StampOrderDate => after.order_date = Some(context.now.after(order.update_time)),
            Effect::Lock => after.locked = true,
            Effect::LockIfConfigured => after.locked |= context.account.lock_on_confirm,
            Effect::Unlock => after.locked = false,
        }
    }
    Ok(Taken { after, edge, made })
}

/// Takes the exchange lines off an order that is called off. Those that are invoiced or held stay where they are,
/// and so does the order.
fn delete_exchange(
    before: &Order,
    after: &mut Order,
    asked: &str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    after.lines.retain(|line| line.kind != LineKind::Exchange);
    let mut blockers = lines::blockers(before, after);
    blockers.extend(hold::edit_blockers(before, after, false, context.principal));
    if blockers.is_empty() {
        Ok(())
    } else {
        Err(context.blocked(before, asked, blockers))
    }
}

/// Moves the order outside the edges. No effect of any edge runs.
pub fn override_state(
    order: &Order,
    step: &Move,
    context: &Context<'_>,
) -> Result<Decided, Refusal> {
    let workflow = context.workflow(order)?;
    check_words(step, context)?;
    if step.reason.trim().is_empty() {
        return Err(Violation::new("reason", "an override needs a reason").into());
    }
    let wanted = Wanted::resolve(&step.target, workflow)?;
    let Wanted::State(to) = wanted else {
        return Err(Violation::new(
            "target",
            "an override names a state: set `state` or `state_code`",
        )
        .into());
    };
    let here = workflow
        .state(&order.state)
        .ok_or_else(|| damaged(order, workflow))?;
    let blockers = override_blockers(order, workflow, here, to, context.principal);
    if !blockers.is_empty() {
        return Err(context.blocked(
            order,
            &format!("override to {}", workflow.states[to].key),
            blockers,
        ));
    }
    let edge = workflow.leaving(here).find(|edge| edge.to == Some(to));
    let blockers = match edge {
        Some(edge) => self::blockers(order, edge, workflow, context.principal),
        None => held_action(order, &workflow.states[to]).map_or_else(Vec::new, |action| {
            hold::blockers(order, action, context.principal)
        }),
    };
    let mut passed_over: Vec<_> = blockers.iter().map(|blocker| blocker.rule).collect();
    if edge.is_none() {
        passed_over.insert(0, rule::NO_EDGE);
    }
    passed_over.dedup();
    let mut after = order.clone();
    after.state.clone_from(&workflow.states[to].key);
    let what = What {
        reason: &step.reason,
        message: &step.message,
        notify: step.notify,
        passed_over: passed_over.into_iter().map(str::to_owned).collect(),
        ..What::of(ChangeKind::Override)
    };
    context.decided(order, after, what)
}

/// A target that the workflow knows.
enum Wanted<'t> {
    Verb(Verb),
    State(usize),
    Transition(&'t str),
}

impl<'t> Wanted<'t> {
    fn resolve(target: &'t Target, workflow: &Workflow) -> Result<Wanted<'t>, Refusal> {
        let states = || {
            workflow
                .states
                .iter()
                .map(|state| state.key.clone())
                .collect::<Vec<_>>()
        };
        match target {
            Target::Verb(verb) => Ok(Wanted::Verb(*verb)),
            Target::State(key) => workflow
                .state(key)
                .map(Wanted::State)
                .ok_or_else(|| Violation::unknown("state", key, &states()).into()),
            Target::StateCode(code) => {
                workflow
                    .state_by_code(*code)
                    .map(Wanted::State)
                    .ok_or_else(|| {
                        let codes: Vec<_> = workflow
                            .states
                            .iter()
                            .map(|state| state.code.to_string())
                            .collect();
                        Violation::unknown("state_code", &code.to_string(), &codes).into()
                    })
            }
            Target::Transition(name) if workflow.transition(name).is_some() => {
                Ok(Wanted::Transition(name))
            }
            Target::Transition(name) => {
                let names: Vec<_> = workflow
                    .transitions
                    .iter()
                    .map(|t| t.name.clone())
                    .collect();
                Err(Violation::unknown("transition", name, &names).into())
            }
        }
    }

    fn fits(&self, edge: &Transition) -> bool {
        match self {
            Wanted::Verb(verb) => edge.verb == Some(*verb),
            Wanted::State(to) => edge.to == Some(*to),
            Wanted::Transition(name) => edge.name == *name,
        }
    }

    fn name(&self, workflow: &Workflow) -> String {
        match self {
            Wanted::Verb(verb) => verb.name().to_owned(),
            Wanted::State(to) => workflow.states[*to].key.clone(),
            Wanted::Transition(name) => (*name).to_owned(),
        }
    }
}

/// Checks the words around a move; answers the key of the cancellation type.
pub fn check_words(step: &Move, context: &Context<'_>) -> Result<String, Refusal> {
    let mut violations = Vec::new();
    edit::check_text("reason", &step.reason, 500, &mut violations);
    edit::check_text("message", &step.message, 4000, &mut violations);
    let key = edit::code(
        "cancellation_type",
        "cancellation_types",
        &step.cancellation_type,
        context,
        &mut violations,
    );
    if violations.is_empty() {
        Ok(key)
    } else {
        Err(Refusal::Invalid(violations))
    }
}

/// Checks that what the edge asks to be said is said.
pub fn check_requirements(edge: &Transition, step: &Move) -> Result<(), Refusal> {
    let missing = edge
        .requires
        .iter()
        .filter_map(|requirement| match requirement {
            Requirement::Reason => step.reason.trim().is_empty().then_some("reason"),
            Requirement::CancellationType => step
                .cancellation_type
                .is_empty()
                .then_some("cancellation_type"),
        });
    let violations: Vec<_> = missing
        .map(|field| Violation::new(field, format!("the transition {} needs one", edge.name)))
        .collect();
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(violations))
    }
}

/// A state that the workflow does not know: the store holds what no rule could have written.
fn damaged(order: &Order, workflow: &Workflow) -> Refusal {
    Refusal::ResourceNotFound {
        kind: "state",
        name: format!("{} of workflow {}", order.state, workflow.name),
    }
}
