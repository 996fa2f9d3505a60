//! Orders and callers at random: what is listed as open succeeds, what is listed as blocked is refused by the same
//! rules. What should be open is worked out here, by hand, from what the test itself put into the order.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use order_status_proto::v1::{
    CancelOrderRequest, CompleteOrderRequest, ConfirmOrderRequest, ListTransitionsRequest,
    MarkOrderPaidRequest, Order, PaymentStatus, TransitionOrderRequest, cancel_order_request,
    complete_order_request, confirm_order_request, list_transitions_request,
    mark_order_paid_request, transition_order_request,
};
use order_status_tests::{Backend, Caller, Server, Tenant};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use tonic::{Code, Response, Status};

use super::answers::{Refused, granted};
use super::fixtures::{cents, decimal, import, in_cents, line, order_in, payment, refund, state};

/// How many orders of one workflow are tried on one database: 10,000 and some over six workflows and two databases.
const ORDERS: usize = 840;
const BATCH: usize = 420;
const AT_ONCE: usize = 16;

/// What the test knows of an order.
#[derive(Clone, Copy, Debug)]
struct Known {
    state: &'static str,
    role: &'static str,
    locked: bool,
    invoiced: bool,
    payments: usize,
    paid: i64,
    grand_total: i64,
}

/// An edge from where the order stands: its name, where it leads, and the rules that block it.
type Edge = (&'static str, &'static str, Vec<&'static str>);

/// A workflow as the test knows it.
struct Model {
    name: &'static str,
    states: &'static [&'static str],
    /// Every transition, also those that do not leave from here.
    names: &'static [&'static str],
    edges: fn(&Known) -> Vec<Edge>,
    /// The transition that answers confirm, pay, complete, cancel; `""` for none.
    verbs: fn(&Known) -> [&'static str; 4],
}

impl Known {
    fn client(&self) -> bool {
        self.role == "client"
    }

    /// Blocks whoever is not of the staff.
    fn staff(&self) -> Vec<&'static str> {
        if self.client() {
            vec!["role"]
        } else {
            Vec::new()
        }
    }

    /// Blocks whoever is not a client.
    fn customer(&self) -> Vec<&'static str> {
        if self.client() {
            Vec::new()
        } else {
            vec!["role"]
        }
    }

    fn is_paid(&self) -> bool {
        self.payments > 0 && self.paid >= self.grand_total
    }

    fn not_paid(&self) -> Option<&'static str> {
        self.is_paid().then_some("not_paid")
    }

    fn untouched(&self) -> Vec<&'static str> {
        let paid = (self.paid != 0).then_some("nothing_paid");
        let invoiced = self.invoiced.then_some("not_invoiced");
        paid.into_iter().chain(invoiced).collect()
    }

    fn payment_status(&self) -> PaymentStatus {
        match self.paid.cmp(&self.grand_total) {
            _ if self.payments == 0 => PaymentStatus::Unpaid,
            std::cmp::Ordering::Equal => PaymentStatus::Paid,
            std::cmp::Ordering::Greater => PaymentStatus::Overpaid,
            // What was given back in full was not paid.
            std::cmp::Ordering::Less if self.paid == 0 => PaymentStatus::Unpaid,
            std::cmp::Ordering::Less => PaymentStatus::PartlyPaid,
        }
    }
}

fn with(
    mut rules: Vec<&'static str>,
    more: impl IntoIterator<Item = &'static str>,
) -> Vec<&'static str> {
    rules.extend(more);
    rules
}

const STANDARD: Model = Model {
    name: "standard",
    states: &["new", "confirmed", "complete", "cancelled"],
    names: &["confirm", "pay", "complete", "cancel", "withdraw"],
    edges: |order| match order.state {
        "new" => vec![
            ("confirm", "confirmed", order.staff()),
            ("pay", "new", with(order.staff(), order.not_paid())),
            (
                "cancel",
                "cancelled",
                with(order.staff(), order.untouched()),
            ),
            (
                "withdraw",
                "cancelled",
                with(order.customer(), order.untouched()),
            ),
        ],
        "confirmed" => {
            let open = (order.paid != order.grand_total).then_some("balance_settled");
            vec![
                ("pay", "confirmed", with(order.staff(), order.not_paid())),
                ("complete", "complete", with(order.staff(), open)),
                (
                    "cancel",
                    "cancelled",
                    with(order.staff(), order.untouched()),
                ),
            ]
        }
        _ => vec![],
    },
    verbs: |order| match (order.state, order.client()) {
        ("new", false) => ["confirm", "pay", "", "cancel"],
        ("new", true) => ["confirm", "pay", "", "withdraw"],
        ("confirmed", _) => ["", "pay", "complete", "cancel"],
        _ => ["", "", "", ""],
    },
};

const OMNI: Model = Model {
    name: "omni",
    states: &[
        "new",
        "pending_payment",
        "confirmed",
        "complete",
        "cancelled",
    ],
    names: &["confirm", "pay", "pay_pending", "complete", "cancel"],
    edges: |order| {
        let mut edges = Vec::new();
        let state = order.state;
        if state == "new" {
            edges.push(("confirm", "confirmed", order.staff()));
        }
        if state == "pending_payment" {
            edges.push(("pay_pending", "new", with(order.staff(), order.not_paid())));
        }
        if ["new", "confirmed", "complete"].contains(&state) {
            edges.push(("pay", state, with(order.staff(), order.not_paid())));
        }
        if ["new", "pending_payment", "confirmed"].contains(&state) {
            edges.push(("complete", "complete", order.staff()));
        }
        if state != "cancelled" {
            edges.push(("cancel", "cancelled", order.staff()));
        }
        edges
    },
    verbs: |order| match order.state {
        "new" => ["confirm", "pay", "complete", "cancel"],
        "pending_payment" => ["", "pay_pending", "complete", "cancel"],
        "confirmed" => ["", "pay", "complete", "cancel"],
        "complete" => ["", "pay", "", "cancel"],
        _ => ["", "", "", ""],
    },
};

const ODOO: Model = Model {
    name: "odoo",
    states: &["draft", "sent", "sale", "cancel"],
    names: &["confirm", "send", "cancel", "reset", "lock", "unlock"],
    edges: |order| {
        let locked = order.locked.then_some("unlocked");
        let confirm = ("confirm", "sale", with(order.staff(), locked));
        let cancel = ("cancel", "cancel", order.staff());
        let reset = ("reset", "draft", order.staff());
        match order.state {
            "draft" => vec![confirm, ("send", "sent", order.staff()), cancel],
            "sent" => vec![confirm, cancel, reset],
            "sale" => {
                let lock = ("lock", "sale", order.staff());
                let unlock = ("unlock", "sale", order.staff());
                vec![confirm, cancel, lock, unlock]
            }
            _ => vec![cancel, reset],
        }
    },
    verbs: |order| match order.state {
        "cancel" => ["", "", "", "cancel"],
        _ => ["confirm", "", "", "cancel"],
    },
};

const CYCLESOFTWARE: Model = Model {
    name: "cyclesoftware",
    states: &["not_ordered", "pending", "ready", "completed", "cancelled"],
    names: &["order", "ready", "complete", "cancel"],
    edges: |order| {
        let (ordered, ready) = (
            ("order", "pending", order.staff()),
            ("ready", "ready", order.staff()),
        );
        let complete = ("complete", "completed", order.staff());
        let cancel = (
            "cancel",
            "cancelled",
            with(order.staff(), order.untouched()),
        );
        match order.state {
            "not_ordered" => vec![ordered, ready, cancel],
            "pending" => vec![ready, complete, cancel],
            "ready" => vec![complete, cancel],
            _ => vec![],
        }
    },
    verbs: |order| match order.state {
        "not_ordered" => ["order", "", "", "cancel"],
        "pending" | "ready" => ["", "", "complete", "cancel"],
        _ => ["", "", "", ""],
    },
};

const WORDBEE: Model = Model {
    name: "wordbee",
    states: &[
        "request",
        "proposal",
        "in_progress",
        "done",
        "approved",
        "closed",
        "cancelled",
    ],
    names: &[
        "accept", "reject", "withdraw", "approve", "return", "propose", "start", "done", "close",
        "cancel",
    ],
    edges: |order| match order.state {
        "request" => vec![
            ("withdraw", "cancelled", order.customer()),
            ("propose", "proposal", order.staff()),
            ("start", "in_progress", order.staff()),
            ("cancel", "cancelled", order.staff()),
        ],
        "proposal" => vec![
            ("accept", "in_progress", order.customer()),
            ("reject", "cancelled", order.customer()),
            ("start", "in_progress", order.staff()),
            ("cancel", "cancelled", order.staff()),
        ],
        "in_progress" => vec![
            ("done", "done", order.staff()),
            ("cancel", "cancelled", order.staff()),
        ],
        "done" => vec![
            ("approve", "approved", order.customer()),
            ("return", "in_progress", order.customer()),
            ("close", "closed", order.staff()),
        ],
        "approved" => vec![("close", "closed", order.staff())],
        _ => vec![],
    },
    verbs: |order| match (order.state, order.client()) {
        ("request", false) => ["start", "", "", "cancel"],
        ("request", true) => ["start", "", "", "withdraw"],
        ("proposal", false) => ["start", "", "", "cancel"],
        ("proposal", true) => ["accept", "", "", "reject"],
        ("in_progress", _) => ["", "", "", "cancel"],
        ("done" | "approved", _) => ["", "", "close", ""],
        _ => ["", "", "", ""],
    },
};

const GETFLY: Model = Model {
    name: "getfly",
    states: &["pending", "approved", "cancelled"],
    names: &["approve", "cancel", "restore"],
    edges: |order| match order.state {
        "pending" => vec![
            ("approve", "approved", order.staff()),
            ("cancel", "cancelled", order.staff()),
        ],
        "approved" => vec![("cancel", "cancelled", order.staff())],
        _ => vec![("restore", "pending", order.staff())],
    },
    verbs: |order| match order.state {
        "pending" => ["approve", "", "", "cancel"],
        "approved" => ["", "", "", "cancel"],
        _ => ["", "", "", ""],
    },
};

macro_rules! tests {
    ($($model:ident: $on_sqlite:ident, $on_postgres:ident;)*) => {
        $(
            #[tokio::test]
            async fn $on_sqlite() {
                agrees(&$model, Backend::Sqlite).await;
            }

            #[tokio::test]
            async fn $on_postgres() {
                agrees(&$model, Backend::Postgres).await;
            }
        )*
    };
}

tests! {
    STANDARD: random_standard_orders_move_as_the_model_says_on_sqlite,
        random_standard_orders_move_as_the_model_says_on_postgres;
    OMNI: random_omni_orders_move_as_the_model_says_on_sqlite,
        random_omni_orders_move_as_the_model_says_on_postgres;
    ODOO: random_odoo_orders_move_as_the_model_says_on_sqlite,
        random_odoo_orders_move_as_the_model_says_on_postgres;
    CYCLESOFTWARE: random_cyclesoftware_orders_move_as_the_model_says_on_sqlite,
        random_cyclesoftware_orders_move_as_the_model_says_on_postgres;
    WORDBEE: random_wordbee_orders_move_as_the_model_says_on_sqlite,
        random_wordbee_orders_move_as_the_model_says_on_postgres;
    GETFLY: random_getfly_orders_move_as_the_model_says_on_sqlite,
        random_getfly_orders_move_as_the_model_says_on_postgres;
}

async fn agrees(model: &Model, backend: Backend) {
    let server = Server::shared(backend).await;
    let tenant = &Tenant::create(server, model.name).await;
    let seed = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..ORDERS / BATCH {
        let (orders, known): (Vec<_>, Vec<_>) = (0..BATCH)
            .map(|_| draw(model, tenant.customer_id, &mut random))
            .unzip();
        let orders = import(&tenant.manager, orders).await;
        let cases = orders.into_iter().zip(known).map(|(order, known)| {
            // Some transition at random, mostly one that does not leave from here.
            let other = model.names.choose(&mut random).expect("transitions");
            async move { case(model, tenant, &order, &known, other).await }
        });
        let wrong: Vec<_> = stream::iter(cases)
            .buffer_unordered(AT_ONCE)
            .filter_map(async |found| found.err())
            .collect()
            .await;
        assert!(
            wrong.is_empty(),
            "seed {seed}: {} orders, such as {}",
            wrong.len(),
            wrong[0]
        );
    }
}

/// An order at random, with what the test knows of it.
fn draw(model: &Model, customer_id: i64, random: &mut StdRng) -> (Order, Known) {
    let state = model.states.choose(random).expect("states");
    let mut order = order_in(state, customer_id);
    order.lines.clear();
    let mut total = 0;
    let mut invoiced = false;
    for _ in 0..random.random_range(0..4) {
        let (quantity, price) = (random.random_range(0..5), random.random_range(0..20_000));
        let mut line = line("A", quantity, price);
        if random.random_ratio(1, 5) {
            line.invoice_number = random.random_range(1..100);
            invoiced = true;
        }
        total += quantity * price;
        order.lines.push(line);
    }
    // Taxes and discounts of whole cents, so that no rounding is to be known here.
    let tax = random.random_range(0..3) * 21;
    let discount = random.random_range(0..=total.min(500));
    order.tax = Some(cents(tax));
    order.discount = Some(cents(discount));
    order.delivery_fee = Some(cents(250));
    let grand_total = total - discount + tax + 250;
    let paid = match random.random_range(0..6) {
        0 => vec![grand_total],
        1 => vec![grand_total - 1, 1],
        2 => vec![grand_total + random.random_range(1..500)],
        3 => vec![random.random_range(1..grand_total)],
        // Paid and given back.
        4 => vec![grand_total, -grand_total],
        _ => vec![],
    };
    order.payments = paid
        .iter()
        .filter(|amount| **amount != 0)
        .map(|amount| {
            if *amount < 0 {
                refund(-amount)
            } else {
                payment(*amount)
            }
        })
        .collect();
    order.locked = random.random_ratio(1, 3);
    order.vat_percent = random.random_ratio(1, 2).then(|| decimal(21));
    let known = Known {
        state,
        role: ["client", "staff", "manager", "admin"]
            .choose(random)
            .expect("roles"),
        locked: order.locked,
        invoiced,
        payments: order.payments.len(),
        paid: paid.iter().sum(),
        grand_total,
    };
    (order, known)
}

/// Compares one order with the model; the error says where they differ.
async fn case(
    model: &Model,
    tenant: &Tenant,
    order: &Order,
    known: &Known,
    other: &str,
) -> Result<(), String> {
    let caller = match known.role {
        "client" => &tenant.client,
        "staff" => &tenant.staff,
        "manager" => &tenant.manager,
        _ => &tenant.admin,
    };
    let same = |what: &str, found: String, expected: String| {
        if found == expected {
            Ok(())
        } else {
            Err(format!(
                "order {} ({known:?}): {what} is {found}, not {expected}",
                order.id
            ))
        }
    };
    same(
        "the grand total",
        in_cents(order.grand_total.as_ref()).to_string(),
        known.grand_total.to_string(),
    )?;
    same(
        "the payment status",
        format!("{:?}", order.payment_status()),
        format!("{:?}", known.payment_status()),
    )?;

    let edges = (model.edges)(known);
    let request = ListTransitionsRequest {
        order: Some(list_transitions_request::Order::Id(order.id)),
    };
    let listed = granted(caller.orders().list_transitions(request).await);
    let listed: BTreeMap<_, _> = listed
        .transitions
        .iter()
        .map(|edge| {
            let rules = edge.blockers.iter().map(|blocker| blocker.rule.as_str());
            let to = edge.to.as_ref().map_or("", |to| to.key.as_str());
            (edge.name.as_str(), (to, rules.collect::<BTreeSet<_>>()))
        })
        .collect();
    let expected: BTreeMap<_, _> = edges
        .iter()
        .map(|(name, to, rules)| (*name, (*to, rules.iter().copied().collect::<BTreeSet<_>>())))
        .collect();
    same("the list", format!("{listed:?}"), format!("{expected:?}"))?;

    for (name, ..) in &edges {
        same(
            name,
            outcome(take(caller, order.id, name).await),
            should(&edges, name),
        )?;
    }
    same(
        other,
        outcome(take(caller, order.id, other).await),
        should(&edges, other),
    )?;
    let verb = usize::try_from(order.id % 4).expect("a small number");
    let expected = should(&edges, (model.verbs)(known)[verb]);
    same(
        &format!("verb {verb}"),
        outcome(ask(caller, order.id, verb).await),
        expected,
    )
}

/// What comes of asking for a transition.
fn should(edges: &[Edge], name: &str) -> String {
    match edges.iter().find(|(edge, ..)| *edge == name) {
        None => "nothing leads there".to_owned(),
        Some((_, to, rules)) if rules.is_empty() => format!("moved to {to}"),
        Some((_, _, rules)) => {
            let code = if *rules == ["role"] {
                Code::PermissionDenied
            } else {
                Code::FailedPrecondition
            };
            format!(
                "{code:?} by {:?}",
                rules.iter().copied().collect::<BTreeSet<_>>()
            )
        }
    }
}

fn outcome(answer: Result<Response<Order>, Status>) -> String {
    match answer {
        Ok(order) => format!("moved to {}", state(order.get_ref())),
        Err(status) => {
            let refused = Refused::read(&status);
            match refused.rules.first().map(String::as_str) {
                Some("no_edge" | "final") if refused.code == Code::FailedPrecondition => {
                    "nothing leads there".to_owned()
                }
                _ => {
                    let rules: BTreeSet<_> = refused.rules.iter().map(String::as_str).collect();
                    format!("{:?} by {rules:?}", refused.code)
                }
            }
        }
    }
}

async fn take(caller: &Caller, id: i64, name: &str) -> Result<Response<Order>, Status> {
    let request = TransitionOrderRequest {
        order: Some(transition_order_request::Order::Id(id)),
        target: Some(transition_order_request::Target::Transition(
            name.to_owned(),
        )),
        validate_only: true,
        ..TransitionOrderRequest::default()
    };
    caller.orders().transition_order(request).await
}

async fn ask(caller: &Caller, id: i64, verb: usize) -> Result<Response<Order>, Status> {
    macro_rules! ask {
        ($call:ident, $request:ident, $module:ident) => {
            caller
                .orders()
                .$call($request {
                    order: Some($module::Order::Id(id)),
                    validate_only: true,
                    ..$request::default()
                })
                .await
        };
    }
    match verb {
        0 => ask!(confirm_order, ConfirmOrderRequest, confirm_order_request),
        1 => ask!(
            mark_order_paid,
            MarkOrderPaidRequest,
            mark_order_paid_request
        ),
        2 => ask!(complete_order, CompleteOrderRequest, complete_order_request),
        _ => ask!(cancel_order, CancelOrderRequest, cancel_order_request),
    }
}
