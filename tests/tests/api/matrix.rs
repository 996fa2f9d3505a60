//! Every state, transition, verb, override and role of each workflow, against tables written by hand.

use std::collections::{BTreeMap, BTreeSet};

use order_status_proto::v1::{
    AvailableTransition, CancelOrderRequest, CompleteOrderRequest, ConfirmOrderRequest,
    ListTransitionsRequest, LockOrderRequest, MarkOrderPaidRequest, Order,
    OverrideOrderStateRequest, TransitionOrderRequest, UnlockOrderRequest, cancel_order_request,
    complete_order_request, confirm_order_request, list_transitions_request, lock_order_request,
    mark_order_paid_request, override_order_state_request, transition_order_request,
    unlock_order_request,
};
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::{Code, Response, Status};

use super::answers::{Refused, granted};
use super::fixtures::{import, import_one, order_in, payment, read, state};

/// One grid of a table: rows are states, columns what is asked for.
struct Grid {
    situation: String,
    kind: Kind,
    roles: Vec<String>,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Transitions,
    Verbs,
    Overrides,
}

#[tokio::test]
async fn every_transition_of_the_standard_workflow_is_as_written() {
    check("standard", include_str!("matrix/standard.txt")).await;
}

#[tokio::test]
async fn every_transition_of_the_omni_workflow_is_as_written() {
    check("omni", include_str!("matrix/omni.txt")).await;
}

#[tokio::test]
async fn every_transition_of_the_odoo_workflow_is_as_written() {
    check("odoo", include_str!("matrix/odoo.txt")).await;
}

#[tokio::test]
async fn every_transition_of_the_cyclesoftware_workflow_is_as_written() {
    check("cyclesoftware", include_str!("matrix/cyclesoftware.txt")).await;
}

#[tokio::test]
async fn every_transition_of_the_wordbee_workflow_is_as_written() {
    check("wordbee", include_str!("matrix/wordbee.txt")).await;
}

#[tokio::test]
async fn every_transition_of_the_getfly_workflow_is_as_written() {
    check("getfly", include_str!("matrix/getfly.txt")).await;
}

async fn check(workflow: &str, table: &str) {
    let grids = parse(table);
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, workflow).await;
        names_nothing_else(&tenant, workflow, &grids).await;
        let situations: BTreeSet<_> = grids.iter().map(|grid| grid.situation.as_str()).collect();
        let mut wrong = Vec::new();
        for situation in situations {
            let here = grids.iter().filter(|grid| grid.situation == situation);
            let here: Vec<_> = here.collect();
            let orders = orders(&tenant, situation, here[0]).await;
            for grid in here {
                for role in &grid.roles {
                    compare(&tenant, grid, role, &orders, &mut wrong).await;
                }
            }
        }
        assert!(wrong.is_empty(), "{workflow}:\n{}", wrong.join("\n"));
    })
    .await;
}

/// The table has every state and transition that the service knows, and no other.
async fn names_nothing_else(tenant: &Tenant, workflow: &str, grids: &[Grid]) {
    let request = order_status_proto::v1::GetWorkflowRequest {
        name: workflow.to_owned(),
        version: 0,
    };
    let known = granted(tenant.client.workflows().get_workflow(request).await);
    let states: Vec<_> = known.states.iter().map(|state| &state.key).collect();
    let transitions: Vec<_> = known.transitions.iter().map(|edge| &edge.name).collect();
    for grid in grids {
        assert_eq!(
            grid.rows.iter().map(|(row, _)| row).collect::<Vec<_>>(),
            states
        );
        let columns: Vec<_> = grid.columns.iter().collect();
        match grid.kind {
            Kind::Transitions => assert_eq!(columns, transitions),
            Kind::Verbs => assert_eq!(
                columns,
                ["confirm", "pay", "complete", "cancel", "lock", "unlock"]
            ),
            Kind::Overrides => assert_eq!(columns, states),
        }
    }
}

/// One order in each state, in the order of the rows.
async fn orders(tenant: &Tenant, situation: &str, grid: &Grid) -> Vec<Order> {
    let orders = grid
        .rows
        .iter()
        .map(|(state, _)| stood_in(tenant, situation, state));
    import(&tenant.manager, orders.collect()).await
}

fn stood_in(tenant: &Tenant, situation: &str, state: &str) -> Order {
    let mut order = order_in(state, tenant.customer_id);
    match situation {
        "unpaid" => {}
        "paid" => order.payments.push(payment(1000)),
        "invoiced" => order.lines[0].invoice_number = 20_250_001,
        "locked" => order.locked = true,
        other => panic!("an unknown situation: {other}"),
    }
    order
}

async fn compare(
    tenant: &Tenant,
    grid: &Grid,
    role: &str,
    orders: &[Order],
    wrong: &mut Vec<String>,
) {
    let caller = caller(tenant, role);
    for ((row, cells), order) in grid.rows.iter().zip(orders) {
        let listed = listed(caller, order.id).await;
        for (column, expected) in grid.columns.iter().zip(cells) {
            let mut tell = |what: &str, found: &str| {
                wrong.push(format!(
                    "{} {role}: {column} from {row} is {found:?} {what}, not {expected:?}",
                    grid.situation
                ));
            };
            let answer = ask(caller, grid.kind, order.id, column, true).await;
            let found = match &answer {
                Ok(order) => state(order.get_ref()).to_owned(),
                Err(status) => cell(&Refused::read(status), grid.kind),
            };
            if found != *expected {
                tell("when tried", &found);
            }
            match grid.kind {
                Kind::Transitions => {
                    let found = listed.edges.get(column).map_or("-", String::as_str);
                    if found != expected {
                        tell("when listed", found);
                    }
                    let done = grid.rows.iter().any(|(state, _)| state == expected);
                    if done {
                        really_takes(tenant, grid, role, row, column, expected).await;
                    }
                }
                Kind::Overrides => {
                    let open = listed.overrides.contains(column);
                    if open != (column == expected) {
                        tell("when listed", if open { "open" } else { "not open" });
                    }
                }
                Kind::Verbs => {}
            }
        }
        if !matches!(role, "manager" | "admin") {
            assert!(
                listed.overrides.is_empty() && !listed.can_override,
                "{role} may override"
            );
        }
        // Trying leaves no trace.
        assert_eq!(read(caller, order.id).await, *order);
    }
}

/// What ListTransitions answers, as the tables write it.
struct Listed {
    edges: BTreeMap<String, String>,
    overrides: BTreeSet<String>,
    can_override: bool,
}

async fn listed(caller: &Caller, id: i64) -> Listed {
    let request = ListTransitionsRequest {
        order: Some(list_transitions_request::Order::Id(id)),
    };
    let answer = granted(caller.orders().list_transitions(request).await);
    let cell = |edge: &AvailableTransition| {
        assert_eq!(edge.allowed, edge.blockers.is_empty(), "{edge:?}");
        if edge.allowed {
            edge.to.as_ref().expect("a target").key.clone()
        } else {
            rules(edge.blockers.iter().map(|blocker| blocker.rule.clone()))
        }
    };
    Listed {
        edges: answer
            .transitions
            .iter()
            .map(|edge| (edge.name.clone(), cell(edge)))
            .collect(),
        overrides: answer
            .overrides
            .iter()
            .map(|state| state.key.clone())
            .collect(),
        can_override: answer.can_override,
    }
}

/// Takes a transition for good, with an order of its own.
async fn really_takes(tenant: &Tenant, grid: &Grid, role: &str, from: &str, name: &str, to: &str) {
    // One role of those that may is enough: they pass the same way as the trial did.
    if grid.roles.first().is_none_or(|first| first != role) {
        return;
    }
    let order = import_one(&tenant.manager, stood_in(tenant, &grid.situation, from)).await;
    let caller = caller(tenant, role);
    let after = granted(ask(caller, Kind::Transitions, order.id, name, false).await);
    assert_eq!((state(&after), after.version), (to, 2));
    assert_eq!(read(&tenant.staff, order.id).await, after);
}

/// A refusal as the tables write it.
fn cell(refused: &Refused, kind: Kind) -> String {
    match (refused.reason.as_str(), refused.code) {
        ("TRANSITION_NOT_ALLOWED", Code::FailedPrecondition) if refused.rules == ["no_edge"] => {
            "-".to_owned()
        }
        ("STATE_FINAL", Code::FailedPrecondition) if kind != Kind::Overrides => "-".to_owned(),
        // Out of a final state nothing else matters.
        ("STATE_FINAL", Code::FailedPrecondition) => "final".to_owned(),
        ("ROLE_NOT_ALLOWED", Code::PermissionDenied) if refused.rules == ["role"] => {
            "role".to_owned()
        }
        (_, Code::FailedPrecondition) if !refused.rules.is_empty() => {
            rules(refused.rules.iter().cloned())
        }
        _ => format!("{refused:?}"),
    }
}

/// Rules in the order in which the tables name them: `role` first.
fn rules(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<_> = names.collect();
    names.sort_by_key(|name| (name != "role", name.clone()));
    names.join("+")
}

fn caller<'t>(tenant: &'t Tenant, role: &str) -> &'t Caller {
    match role {
        "client" => &tenant.client,
        "staff" => &tenant.staff,
        "manager" => &tenant.manager,
        "admin" => &tenant.admin,
        other => panic!("an unknown role: {other}"),
    }
}

/// Asks for a transition by name, for a verb, or for an override.
async fn ask(
    caller: &Caller,
    kind: Kind,
    id: i64,
    what: &str,
    validate_only: bool,
) -> Result<Response<Order>, Status> {
    let mut orders = caller.orders();
    macro_rules! verb {
        ($call:ident, $request:ident, $module:ident) => {
            orders
                .$call($request {
                    order: Some($module::Order::Id(id)),
                    validate_only,
                    ..$request::default()
                })
                .await
        };
    }
    match (kind, what) {
        (Kind::Transitions, name) => {
            let request = TransitionOrderRequest {
                order: Some(transition_order_request::Order::Id(id)),
                target: Some(transition_order_request::Target::Transition(
                    name.to_owned(),
                )),
                validate_only,
                ..TransitionOrderRequest::default()
            };
            orders.transition_order(request).await
        }
        (Kind::Overrides, state) => {
            let request = OverrideOrderStateRequest {
                order: Some(override_order_state_request::Order::Id(id)),
                target: Some(override_order_state_request::Target::State(
                    state.to_owned(),
                )),
                reason: "a slip of the pen".to_owned(),
                validate_only,
                ..OverrideOrderStateRequest::default()
            };
            orders.override_order_state(request).await
        }
        (Kind::Verbs, "confirm") => {
            verb!(confirm_order, ConfirmOrderRequest, confirm_order_request)
        }
        (Kind::Verbs, "pay") => verb!(
            mark_order_paid,
            MarkOrderPaidRequest,
            mark_order_paid_request
        ),
        (Kind::Verbs, "complete") => {
            verb!(complete_order, CompleteOrderRequest, complete_order_request)
        }
        (Kind::Verbs, "cancel") => verb!(cancel_order, CancelOrderRequest, cancel_order_request),
        (Kind::Verbs, "lock") => verb!(lock_order, LockOrderRequest, lock_order_request),
        (Kind::Verbs, "unlock") => verb!(unlock_order, UnlockOrderRequest, unlock_order_request),
        (Kind::Verbs, other) => panic!("an unknown verb: {other}"),
    }
}

fn parse(table: &str) -> Vec<Grid> {
    let mut grids: Vec<Grid> = Vec::new();
    for line in table
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        if let Some(head) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            let parts: Vec<_> = head.split('|').map(str::trim).collect();
            let [situation, kind, roles] = parts[..] else {
                panic!("a head without three parts: {line}");
            };
            let kind = match kind {
                "transitions" => Kind::Transitions,
                "verbs" => Kind::Verbs,
                "overrides" => Kind::Overrides,
                other => panic!("an unknown kind of grid: {other}"),
            };
            grids.push(Grid {
                situation: situation.to_owned(),
                kind,
                roles: words(roles),
                columns: Vec::new(),
                rows: Vec::new(),
            });
            continue;
        }
        let grid = grids.last_mut().expect("a head before the first row");
        let mut cells = words(line);
        if grid.columns.is_empty() {
            grid.columns = cells;
            continue;
        }
        let row = cells.remove(0);
        assert_eq!(cells.len(), grid.columns.len(), "{line}");
        grid.rows.push((row, cells));
    }
    grids
}
