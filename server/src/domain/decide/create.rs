//! New orders, made here or brought in.

use super::{Context, Decided, LARGEST_BATCH, What, edit, lines, payments};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::{NewOrder, Target};
use crate::domain::order::{Order, OrderRef};
use crate::domain::refusal::{Refusal, Violation};
use crate::domain::role::Role;
use crate::domain::workflow::{Phase, State, Workflow};

/// Makes an order in its workflow's first state.
pub fn create(
    new: &NewOrder,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    let mut order = blank(new, "order", context, &mut violations);
    order.id = counters.order + 1;
    order.number = order.id.to_string();
    // A number that somebody gave by hand is passed over.
    while new.patch.number().is_none() && context.ground.number_owner(&order.number).is_some() {
        order.id += 1;
        order.number = order.id.to_string();
    }
    counters.order = order.id;
    edit::apply(&mut order, &new.patch, "order", context, &mut violations);
    keep_within(&mut order, "order", context, &mut violations);
    let paid = new.patch.payments.as_deref().unwrap_or_default();
    if !paid.is_empty() && context.principal.role == Role::Client {
        let message = "are recorded by the role staff, not by client: leave them out";
        violations.push(Violation::new("order.payments", message));
    }
    let taken = edit::check_number(&order, "order", context, &mut violations);
    refuse(violations)?;
    taken?;
    let made = payments::merge(&mut order, paid, Phase::New, context, counters)?;
    Ok(Decided {
        made: made.into_iter().collect(),
        ..context.decided(&Order::default(), order, What::of(ChangeKind::Create))?
    })
}

/// Brings orders in, in mid-life: all of them, or none.
pub fn import(
    orders: &[NewOrder],
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Vec<Decided>, Refusal> {
    if orders.is_empty() || orders.len() > LARGEST_BATCH {
        let message = format!(
            "must hold 1 to {LARGEST_BATCH} orders, not {}",
            orders.len()
        );
        return Err(Violation::new("orders", message).into());
    }
    let mut violations = Vec::new();
    let mut taken = None;
    let mut brought: Vec<Order> = Vec::with_capacity(orders.len());
    for (at, new) in orders.iter().enumerate() {
        let prefix = format!("orders[{at}]");
        let order = read(new, &prefix, context, counters, &mut violations);
        let twin = brought.iter().any(|other| other.number == order.number);
        let owner = edit::check_number(&order, &prefix, context, &mut violations);
        if twin || owner.is_err() {
            taken.get_or_insert(Refusal::AlreadyExists {
                kind: "order number",
                name: order.number.clone(),
            });
        }
        let same_id = brought.iter().any(|other| other.id == order.id);
        if same_id || context.ground.order(&OrderRef::Id(order.id)).is_some() {
            taken.get_or_insert(Refusal::AlreadyExists {
                kind: "order",
                name: order.id.to_string(),
            });
        }
        brought.push(order);
    }
    refuse(violations)?;
    if let Some(refusal) = taken {
        return Err(refusal);
    }
    let nothing = Order::default();
    brought
        .into_iter()
        .map(|order| context.decided(&nothing, order, What::of(ChangeKind::Import)))
        .collect()
}

fn read(
    new: &NewOrder,
    prefix: &str,
    context: &Context<'_>,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) -> Order {
    let mut order = blank(new, prefix, context, violations);
    order.id = new.id.unwrap_or(counters.order + 1);
    if new.id.is_none() || edit::check_id(&format!("{prefix}.id"), order.id, violations) {
        counters.order = counters.order.max(order.id);
    }
    order.number = order.id.to_string();
    edit::apply(&mut order, &new.patch, prefix, context, violations);
    keep_within(&mut order, prefix, context, violations);
    number_addresses(&order, prefix, counters, violations);
    if let Some(given) = &new.patch.lines {
        lines::import(&mut order, given, &format!("{prefix}.lines"), violations);
    }
    payments::import(
        &mut order,
        new.patch.payments.as_deref().unwrap_or_default(),
        prefix,
        context,
        counters,
        violations,
    );
    order.locked = new.locked;
    let name = format!("{prefix}.cancellation_type");
    order.cancellation_type = edit::code(
        &name,
        "cancellation_types",
        &new.cancellation_type,
        context,
        violations,
    );
    if let Some(time) = new.create_time {
        if time > context.now {
            violations.push(Violation::new(
                format!("{prefix}.create_time"),
                "must not lie in the future",
            ));
        }
        order.create_time = time;
    }
    order
}

/// Addresses made from now on have numbers after those that were brought in.
fn number_addresses(
    order: &Order,
    prefix: &str,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) {
    for (name, address) in [
        ("customer.address", &order.customer.address),
        ("delivery_address", &order.delivery_address),
    ] {
        let id = address.as_ref().map_or(0, |address| address.id);
        if id != 0 && edit::check_id(&format!("{prefix}.{name}.id"), id, violations) {
            counters.address = counters.address.max(id);
        }
    }
}

/// An order without fields, in the state where it starts or was brought in.
fn blank(
    new: &NewOrder,
    prefix: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Order {
    let mut order = Order {
        account_id: context.account.id,
        currency: new
            .currency
            .clone()
            .unwrap_or_else(|| context.account.currency.clone()),
        create_time: context.now,
        ..Order::default()
    };
    if order.currency.len() != 3 || !order.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        violations.push(Violation::new(
            format!("{prefix}.currency_code"),
            "must be an ISO 4217 code such as EUR",
        ));
    }
    let name = new.workflow.as_deref().unwrap_or(&context.account.workflow);
    match context.workflows.latest(name) {
        Some(workflow) => {
            order.workflow.clone_from(&workflow.name);
            order.workflow_version = workflow.version;
            order
                .state
                .clone_from(&start(workflow, new, prefix, violations).key);
        }
        None => {
            let known: Vec<_> = context
                .workflows
                .iter()
                .map(|workflow| workflow.name.clone())
                .collect();
            violations.push(Violation::unknown(
                format!("{prefix}.workflow"),
                name,
                &known,
            ));
        }
    }
    order
}

fn start<'w>(
    workflow: &'w Workflow,
    new: &NewOrder,
    prefix: &str,
    violations: &mut Vec<Violation>,
) -> &'w State {
    let state = match &new.state {
        Some(Target::State(key)) => workflow.state(key),
        Some(Target::StateCode(code)) => workflow.state_by_code(*code),
        _ => Some(workflow.initial),
    };
    let state = state.unwrap_or_else(|| {
        let known: Vec<_> = workflow
            .states
            .iter()
            .map(|state| format!("{} ({})", state.key, state.code))
            .collect();
        let given = match &new.state {
            Some(Target::StateCode(code)) => code.to_string(),
            Some(Target::State(key)) => key.clone(),
            _ => String::new(),
        };
        violations.push(Violation::unknown(
            format!("{prefix}.state"),
            &given,
            &known,
        ));
        workflow.initial
    });
    &workflow.states[state]
}

/// A caller who is limited to a customer or a store makes and leaves orders for these only.
pub fn keep_within(
    order: &mut Order,
    prefix: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) {
    let principal = context.principal;
    if let Some(own) = principal.customer_id {
        if order.customer.id.is_some_and(|id| id != own) {
            let message = format!("must be {own}, the customer of the credential, or be left out");
            violations.push(Violation::new(format!("{prefix}.customer.id"), message));
        }
        order.customer.id = Some(own);
        if let (true, Some(record)) = (order.customer.name.is_empty(), context.ground.customer(own))
        {
            order.customer.name.clone_from(&record.name);
        }
    } else if principal.role == Role::Client {
        violations.push(Violation::new(
            format!("{prefix}.customer.id"),
            "the credential names no customer",
        ));
    }
    if let Some(own) = principal.store_id {
        if order.store_id.is_some_and(|id| id != own) {
            let message = format!("must be {own}, the store of the credential, or be left out");
            violations.push(Violation::new(format!("{prefix}.store_id"), message));
        }
        order.store_id = Some(own);
    }
}

fn refuse(violations: Vec<Violation>) -> Result<(), Refusal> {
    if violations.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(violations))
    }
}
