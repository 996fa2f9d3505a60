//! Making invoices: what is billed, to whom, and under which numbers.

use std::collections::BTreeSet;

use super::{Billed, Context, Decided, Made, What, edit, moves};
use crate::domain::account::{CatalogEntry, Counters, CustomerRecord, EMPLOYEES};
use crate::domain::calendar;
use crate::domain::change::ChangeKind;
use crate::domain::command::{InvoiceInput, Move, Target};
use crate::domain::hold::{self, HeldAction};
use crate::domain::invoice::{
    Invoice, InvoiceLine, InvoiceState, MessageKind, OrderInvoice, QueuedMessage, Series, Share,
    split,
};
use crate::domain::money::derive;
use crate::domain::order::{Customer, Line, LineKind, Order};
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::workflow::{Phase, Workflow};

/// Makes the invoices of everything that is on no booked invoice, one for each customer, and moves the order where it is
/// to stand then.
///
/// The correction of services' tax is made to the order's own lines, so that the order goes on to come to what its
/// invoices come to. The edge is taken with the order as corrected: what it asks of the balance, and what it settles, is
/// what the invoices ask for.
pub fn create(
    order: &Order,
    input: &InvoiceInput,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let workflow = context.workflow(order)?;
    let here = workflow.state(&order.state);
    let mut violations = Vec::new();
    let employee_id = employee(order, input, context, &mut violations);
    let target = target(&input.state, workflow, &mut violations).filter(|to| Some(*to) != here);
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    let phases = [here, target].map(|state| state.map(|state| workflow.states[state].phase));
    let blockers = blockers(order, phases.contains(&Some(Phase::Cancelled)), context);
    if !blockers.is_empty() {
        return Err(context.blocked(order, "invoice", blockers));
    }
    let corrected = correct_services(order, input, phases[0], context)?;
    let mut what = What::of(ChangeKind::Invoice);
    let (mut after, mut made) = (corrected.clone(), Vec::new());
    if let Some(to) = target {
        let step = Move {
            target: Target::State(workflow.states[to].key.clone()),
            reason: String::new(),
            message: String::new(),
            notify: true,
            cancellation_type: String::new(),
            delete_exchange: false,
        };
        let taken = moves::take_edge(&corrected, &step, context, counters)?;
        (what.transition, what.verb) = (&taken.edge.name, taken.edge.verb);
        after = taken.after;
        made.extend(taken.made);
    }
    let billed = bill(&mut after, input, employee_id, context, counters)?;
    made.extend(billed.invoices.iter().map(|it| Made::Invoice(it.number)));
    Ok(Decided {
        made,
        billed,
        ..context.decided(order, after, what)?
    })
}

/// The lines that are to be billed.
fn open(order: &Order) -> impl Iterator<Item = &Line> {
    order
        .lines
        .iter()
        .filter(|line| line.is_billable() && line.invoice_number.is_none())
}

/// The employee who makes the invoices; the one whom the order names is not looked up.
fn employee(
    order: &Order,
    input: &InvoiceInput,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Option<i64> {
    let Some(id) = input.employee_id else {
        return order.attributes.get("employee_id")?.parse().ok();
    };
    if !employees(context).any(|entry| i64::from(entry.id) == id) {
        let known = employees(context).take(20);
        let ids: Vec<_> = known.map(|entry| entry.id.to_string()).collect();
        violations.push(Violation::unknown("employee_id", &id.to_string(), &ids));
    }
    Some(id)
}

fn employees<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a CatalogEntry> {
    let entries = context.account.catalogs.get(EMPLOYEES);
    entries.into_iter().flatten()
}

/// The state that is named by its key or its code.
fn target(name: &str, workflow: &Workflow, violations: &mut Vec<Violation>) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    let by_code = || workflow.state_by_code(name.parse().ok()?);
    let found = workflow.state(name).or_else(by_code);
    let before = violations.len();
    edit::check_text("state", name, 64, violations);
    if found.is_none() && violations.len() == before {
        let states = workflow.states.iter();
        let known: Vec<_> = states.map(|state| state.key.clone()).collect();
        violations.push(Violation::unknown("state", name, &known));
    }
    found
}

/// Each rule that keeps the order from being invoiced.
fn blockers(order: &Order, cancelled: bool, context: &Context<'_>) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if cancelled {
        blockers.push(Blocker {
            rule: rule::CANCELLED,
            message: "a cancelled order is not invoiced".to_owned(),
        });
    }
    let lines: Vec<i64> = open(order).map(|line| line.id).collect();
    if lines.is_empty() {
        let booked = order.lines.iter().filter_map(|line| line.invoice_number);
        let booked: BTreeSet<i64> = booked.collect();
        let numbers: Vec<_> = booked.iter().take(20).map(i64::to_string).collect();
        let message = match numbers.as_slice() {
            [] => "the order has no line that could be billed".to_owned(),
            numbers => format!("every line is on a booked invoice: {}", numbers.join(", ")),
        };
        blockers.push(Blocker {
            rule: rule::NOTHING_TO_INVOICE,
            message,
        });
    }
    blockers.extend(hold::line_blockers(
        order,
        HeldAction::Invoice,
        &lines,
        context.principal,
    ));
    blockers
}

/// The order with the account's rate on its lines of services that are to be billed.
fn correct_services(
    order: &Order,
    input: &InvoiceInput,
    phase: Option<Phase>,
    context: &Context<'_>,
) -> Result<Order, Refusal> {
    let mut corrected = order.clone();
    let rate = context.account.service_vat_correction;
    if let Some(rate) = rate.filter(|_| input.apply_service_vat_correction) {
        let service = |line: &&mut Line| {
            let said = line.attributes.get("service");
            said.is_some_and(|said| said == "true") && line.invoice_number.is_none()
        };
        for line in corrected.lines.iter_mut().filter(service) {
            line.vat_rate = Some(rate);
        }
    }
    let phase = phase.unwrap_or(Phase::New);
    corrected.derived =
        derive(&corrected, phase, context.account.decimals()).ok_or_else(too_large)?;
    Ok(corrected)
}

fn too_large() -> Refusal {
    Violation::new(
        "order.lines",
        "the amounts do not fit: keep every sum below 10^14",
    )
    .into()
}

/// The lines that one customer is billed for.
struct Bill<'o> {
    /// Who, if not the order's own customer.
    customer_id: Option<i64>,
    customer: Customer,
    lines: Vec<&'o Line>,
}

/// Makes the invoices, and notes on the order what it knows of them.
fn bill(
    order: &mut Order,
    input: &InvoiceInput,
    employee_id: Option<i64>,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Billed, Refusal> {
    let bills = bills(order, context)?;
    let lines: Vec<_> = bills.iter().map(|bill| bill.lines.clone()).collect();
    let shares = split(order, &lines, context.account.decimals()).ok_or_else(too_large)?;
    let series = Series::present(context.account, !input.book, context.now);
    let today = |time| calendar::day(time, &context.account.time_zone).to_string();
    let employee = employees(context).find(|entry| Some(entry.id.into()) == employee_id);
    let mut made = Billed {
        employee: employee.map(|entry| entry.key.clone()),
        ..Billed::default()
    };
    let mut told = BTreeSet::from_iter(order.told_customers.iter().copied());
    for (at, (bill, share)) in bills.iter().zip(shares).enumerate() {
        let Share { amounts, vat } = share;
        let mut invoice = Invoice {
            number: series.take(counters),
            pro_forma: !input.book,
            order_id: order.id,
            order_number: order.number.clone(),
            customer: bill.customer.clone(),
            employee_id,
            seller: context.account.name.clone(),
            seller_details: context.account.seller_details.clone(),
            order_date: order.order_date.map_or_else(String::new, today),
            currency: order.currency.clone(),
            decimals: context.account.decimals(),
            lines: invoice_lines(order, bill, at == 0, input.split_items_as_text),
            vat,
            amounts,
            date: today(context.now),
            create_time: context.now.after(order.update_time),
            ..Invoice::default()
        };
        let who = invoice.customer.id.unwrap_or(0);
        if input.customer_messages && (input.allow_resend_messages || !told.contains(&who)) {
            let messages = messages(&mut invoice, context, counters);
            if !messages.is_empty() {
                told.insert(who);
            }
            made.messages.extend(messages);
        }
        made.invoices.push(invoice);
    }
    let numbers: Vec<_> = bills
        .iter()
        .zip(&made.invoices)
        .flat_map(|(bill, invoice)| bill.lines.iter().map(|line| (line.id, invoice.number)))
        .collect();
    if input.book {
        for (id, number) in numbers {
            let mut lines = order.lines.iter_mut();
            if let Some(line) = lines.find(|line| line.id == id) {
                line.invoice_number = Some(number);
            }
        }
    }
    let replaced = order.invoices.extract_if(.., |invoice| invoice.pro_forma);
    made.retired = replaced
        .map(|invoice| (invoice.number, InvoiceState::Replaced))
        .collect();
    order
        .invoices
        .extend(made.invoices.iter().map(OrderInvoice::from));
    order.invoices.sort_by_key(|invoice| invoice.number);
    order.told_customers = told.into_iter().collect();
    Ok(made)
}

/// What is billed to whom: the order's own customer first, then the others by their first lines.
fn bills<'o>(order: &'o Order, context: &Context<'_>) -> Result<Vec<Bill<'o>>, Refusal> {
    let own = Bill {
        customer_id: None,
        customer: own_customer(order, context),
        lines: Vec::new(),
    };
    let (mut bills, mut violations) = (vec![own], Vec::new());
    for (at, line) in order.lines.iter().enumerate() {
        if !line.is_billable() || line.invoice_number.is_some() {
            continue;
        }
        let other = line.customer_id.filter(|id| order.customer.id != Some(*id));
        if let Some(bill) = bills.iter_mut().find(|bill| bill.customer_id == other) {
            bill.lines.push(line);
            continue;
        }
        match other.and_then(|id| context.ground.customer(id)) {
            Some(record) => bills.push(Bill {
                customer_id: other,
                customer: registered(record),
                lines: vec![line],
            }),
            None => {
                let field = format!("order.lines[{at}].customer_id");
                let id = other.unwrap_or(0);
                violations.push(Violation::new(field, format!("there is no customer {id}")));
            }
        }
    }
    bills.retain(|bill| !bill.lines.is_empty());
    if violations.is_empty() {
        Ok(bills)
    } else {
        Err(Refusal::Invalid(violations))
    }
}

fn registered(record: &CustomerRecord) -> Customer {
    Customer {
        id: Some(record.id),
        name: record.name.clone(),
        phone: record.phone.clone(),
        email: record.email.clone(),
        contact_name: record.contact_name.clone(),
        address: record.address.clone(),
    }
}

/// The order's own customer as registered; what the record leaves open is as the order has it.
fn own_customer(order: &Order, context: &Context<'_>) -> Customer {
    let copy = &order.customer;
    let record = copy.id.and_then(|id| context.ground.customer(id));
    let Some(record) = record.map(registered) else {
        return copy.clone();
    };
    let first = |registered: String, copy: &String| {
        if registered.is_empty() {
            copy.clone()
        } else {
            registered
        }
    };
    Customer {
        id: copy.id,
        name: first(record.name, &copy.name),
        phone: first(record.phone, &copy.phone),
        email: first(record.email, &copy.email),
        contact_name: first(record.contact_name, &copy.contact_name),
        address: record.address.or_else(|| copy.address.clone()),
    }
}

/// The lines of an invoice in the order of the order's. Texts stand on the first invoice; what others are billed for
/// stands there as text, where it is that of the order's own customer.
fn invoice_lines(order: &Order, bill: &Bill<'_>, first: bool, as_text: bool) -> Vec<InvoiceLine> {
    let own = bill.customer_id.is_none();
    let shown = |line: &Line| {
        if bill.lines.iter().any(|billed| billed.id == line.id) {
            return Some(invoice_line(order, line));
        }
        let others = own && as_text && line.is_billable() && line.invoice_number.is_none();
        (first && (line.kind == LineKind::Text || others)).then(|| InvoiceLine {
            order_line_id: line.id,
            kind: LineKind::Text,
            product_code: line.product_code.clone(),
            description: line.name.clone(),
            unit_name: line.unit_name.clone(),
            quantity: line.quantity,
            ..InvoiceLine::default()
        })
    };
    order.lines.iter().filter_map(shown).collect()
}

fn invoice_line(order: &Order, line: &Line) -> InvoiceLine {
    InvoiceLine {
        order_line_id: line.id,
        kind: line.kind,
        product_code: line.product_code.clone(),
        description: line.name.clone(),
        unit_name: line.unit_name.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        discount: line.discount,
        vat_rate: match order.charges.tax {
            Some(_) => None,
            None => line.vat_rate.or(order.charges.vat_percent),
        },
        amount: line.amount,
    }
}

/// The messages about an invoice, as far as the account has a way and the customer can be reached; noted on the invoice.
fn messages(
    invoice: &mut Invoice,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Vec<QueuedMessage> {
    let (account, customer) = (context.account, &invoice.customer);
    invoice.phone_message = account.phone_messages && !customer.phone.trim().is_empty();
    invoice.email_message = account.email_messages && !customer.email.trim().is_empty();
    let phone = (invoice.phone_message, MessageKind::Phone, &customer.phone);
    let email = (invoice.email_message, MessageKind::Email, &customer.email);
    let mut queue = |(_, kind, recipient): (bool, MessageKind, &String)| {
        counters.message += 1;
        QueuedMessage {
            id: counters.message,
            kind,
            recipient: recipient.clone(),
            order_id: invoice.order_id,
            invoice_number: invoice.number,
            create_time: invoice.create_time,
        }
    };
    [phone, email]
        .into_iter()
        .filter(|(wanted, ..)| *wanted)
        .map(&mut queue)
        .collect()
}
