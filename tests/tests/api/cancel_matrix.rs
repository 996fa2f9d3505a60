//! What money, invoices and holds do to a cancel, in every workflow, as one table.

use std::fmt::Write as _;

use order_status_proto::v1::{
    CancelOrderRequest, CreateInvoicesRequest, HeldAction, ListTransitionsRequest, Order, Payment,
    PlaceHoldRequest, Verb, cancel_order_request, create_invoices_request,
    list_transitions_request, place_hold_request,
};
use order_status_tests::{Backend, Server, Tenant, on_both};

use super::answers::{granted, refused};
use super::fixtures::{import_one, order_in, payment, refund, request};

/// Each workflow with a state from which it cancels.
const WORKFLOWS: [(&str, &str); 6] = [
    ("standard", "confirmed"),
    ("omni", "confirmed"),
    ("odoo", "sale"),
    ("cyclesoftware", "pending"),
    ("wordbee", "in_progress"),
    ("getfly", "approved"),
];

/// How an order over 10.00 stands.
const SITUATIONS: [&str; 8] = [
    "unpaid",
    "paid",
    "partly paid",
    "refunded",
    "pro-forma",
    "booked",
    "held",
    "held for cancels",
];

async fn prepare(tenant: &Tenant, state: &str, situation: &str) -> i64 {
    let payments: Vec<Payment> = match situation {
        "paid" => vec![payment(1000)],
        "partly paid" => vec![payment(400)],
        "refunded" => vec![payment(1000), refund(1000)],
        _ => vec![],
    };
    let order = Order {
        payments,
        ..order_in(state, tenant.customer_id)
    };
    let id = import_one(&tenant.manager, order).await.id;
    let staff = &tenant.staff;
    match situation {
        "pro-forma" | "booked" => {
            let book = situation == "booked";
            let request = request!(CreateInvoicesRequest, create_invoices_request, id, book: book);
            granted(staff.billing().create_invoices(request).await);
        }
        "held" | "held for cancels" => {
            let blocks = match situation {
                "held" => vec![],
                _ => vec![HeldAction::Cancel.into()],
            };
            let reason = "other".to_owned();
            let request =
                request!(PlaceHoldRequest, place_hold_request, id, reason: reason, blocks: blocks);
            granted(staff.fulfillment().place_hold(request).await);
        }
        _ => {}
    }
    id
}

/// What keeps the staff from cancelling, by ListTransitions and by the call itself.
async fn rules(tenant: &Tenant, id: i64) -> Vec<String> {
    let request = request!(ListTransitionsRequest, list_transitions_request, id);
    let listed = granted(tenant.staff.orders().list_transitions(request).await);
    let cancels = listed
        .transitions
        .iter()
        .filter(|it| it.verb() == Verb::Cancel);
    let rules = cancels.map(|edge| edge.blockers.iter().map(|it| it.rule.clone()).collect());
    // An edge that is for others says so; the staff's own tells more.
    let rules: Option<Vec<String>> = rules
        .filter(|rules: &Vec<String>| !rules.iter().any(|rule| rule == "role"))
        .next();
    let rules = rules.expect("a cancel for the staff");
    let request = request!(CancelOrderRequest, cancel_order_request, id, validate_only: true,
        reason: "why not".to_owned());
    let tried = tenant.staff.orders().cancel_order(request).await;
    if rules.is_empty() {
        granted(tried);
    } else {
        assert_eq!(refused(tried).rules, rules);
    }
    rules
}

async fn table(backend: Backend) -> String {
    let server = Server::shared(backend).await;
    let mut table = String::new();
    for (workflow, state) in WORKFLOWS {
        let tenant = Tenant::create(server, workflow).await;
        let _ = writeln!(table, "{workflow}, from {state}");
        for situation in SITUATIONS {
            let id = prepare(&tenant, state, situation).await;
            let rules = rules(&tenant, id).await;
            let answer = match rules.as_slice() {
                [] => "allowed".to_owned(),
                rules => rules.join(", "),
            };
            let _ = writeln!(table, "    {situation:<16}  {answer}");
        }
    }
    table
}

#[tokio::test]
async fn a_cancel_is_allowed_or_refused_as_written() {
    on_both(async |backend| {
        let table = table(backend).await;
        assert_eq!(table, include_str!("cancel_matrix.txt"), "{table}");
    })
    .await;
}
