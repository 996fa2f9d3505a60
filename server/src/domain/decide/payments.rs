//! Money that comes and goes.

use super::{Context, Decided, Made, What, edit};
use crate::domain::account::Counters;
use crate::domain::change::ChangeKind;
use crate::domain::command::PaymentInput;
use crate::domain::decimal::Decimal;
use crate::domain::money::{PaymentStatus, derive};
use crate::domain::order::{Order, Payment};
use crate::domain::refusal::{Blocker, Refusal, Violation, rule};
use crate::domain::workflow::Phase;

const MOST_PAYMENTS: usize = 1000;

/// Records a payment or a refund.
pub fn record(
    order: &Order,
    input: &PaymentInput,
    refund: bool,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Decided, Refusal> {
    let mut violations = Vec::new();
    let mut payment = read(input, "", &order.currency, context, &mut violations);
    edit::check_count(
        "order.payments",
        order.payments.len() + 1,
        MOST_PAYMENTS,
        &mut violations,
    );
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    payment.refund = refund;
    let workflow = context.workflow(order)?;
    let phase = workflow
        .state(&order.state)
        .map(|state| workflow.states[state].phase);
    if !refund && phase == Some(Phase::Cancelled) {
        return Err(cancelled(order, context));
    }
    let allowed = if refund {
        order.derived.amount_paid
    } else {
        order.balance()
    };
    check_amount(order, payment.amount, allowed, refund)?;
    let mut after = order.clone();
    let made = append(&mut after, payment, context, counters);
    let kind = if refund {
        ChangeKind::Refund
    } else {
        ChangeKind::Payment
    };
    Ok(Decided {
        made: vec![made],
        ..context.decided(order, after, What::of(kind))?
    })
}

/// Appends the payments of an update that the order does not have yet, counted as a multiset: afterwards
/// it has at least as many equal ones as were named. Answers the last one appended.
pub fn merge(
    order: &mut Order,
    wanted: &[PaymentInput],
    phase: Phase,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Result<Option<Made>, Refusal> {
    let mut violations = Vec::new();
    edit::check_count(
        "order.payments",
        wanted.len(),
        MOST_PAYMENTS,
        &mut violations,
    );
    let mut present: Vec<Payment> = order.payments.clone();
    let mut missing = Vec::new();
    for (at, input) in wanted.iter().enumerate().take(MOST_PAYMENTS) {
        let payment = read(
            input,
            &format!("order.payments[{at}]."),
            &order.currency,
            context,
            &mut violations,
        );
        if input.refund {
            let message = "an update appends payments only: record a refund by RecordRefund";
            violations.push(Violation::new(
                format!("order.payments[{at}].kind"),
                message,
            ));
        }
        match present.iter().position(|other| same(other, &payment)) {
            Some(found) => drop(present.swap_remove(found)),
            None => missing.push(payment),
        }
    }
    if !violations.is_empty() {
        return Err(Refusal::Invalid(violations));
    }
    if !missing.is_empty() && phase == Phase::Cancelled {
        return Err(cancelled(order, context));
    }
    let totals = derive(order, phase, context.account.decimals()).unwrap_or_default();
    let balance = totals
        .grand_total
        .checked_sub(totals.amount_paid)
        .unwrap_or_default();
    if !missing.is_empty() {
        check_amount(
            order,
            missing.iter().map(|payment| payment.amount).sum(),
            balance,
            false,
        )?;
    }
    Ok(missing
        .into_iter()
        .map(|payment| append(order, payment, context, counters))
        .last())
}

/// The payments and refunds of an imported order, as facts.
pub fn import(
    order: &mut Order,
    given: &[PaymentInput],
    prefix: &str,
    context: &Context<'_>,
    counters: &mut Counters,
    violations: &mut Vec<Violation>,
) {
    edit::check_count(
        &format!("{prefix}.payments"),
        given.len(),
        MOST_PAYMENTS,
        violations,
    );
    for (at, input) in given.iter().enumerate().take(MOST_PAYMENTS) {
        let payment = read(
            input,
            &format!("{prefix}.payments[{at}]."),
            &order.currency,
            context,
            violations,
        );
        append(
            order,
            Payment {
                refund: input.refund,
                ..payment
            },
            context,
            counters,
        );
    }
}

/// Records the balance as paid, also where it is nought. An order that is paid stays as it is.
pub fn settle(order: &mut Order, context: &Context<'_>, counters: &mut Counters) -> Option<Made> {
    if matches!(
        order.derived.payment_status,
        PaymentStatus::Paid | PaymentStatus::Overpaid
    ) {
        return None;
    }
    let payment = Payment {
        method: order.payment_method.clone(),
        amount: order.balance().max(Decimal::ZERO),
        ..Payment::default()
    };
    Some(append(order, payment, context, counters))
}

fn append(
    order: &mut Order,
    payment: Payment,
    context: &Context<'_>,
    counters: &mut Counters,
) -> Made {
    counters.payment += 1;
    order.payments.push(Payment {
        id: counters.payment,
        create_time: context.now,
        ..payment
    });
    Made::Payment(counters.payment)
}

fn same(one: &Payment, other: &Payment) -> bool {
    !one.refund
        && (&one.method, one.amount, &one.description, &one.pay_date)
            == (
                &other.method,
                other.amount,
                &other.description,
                &other.pay_date,
            )
}

fn read(
    input: &PaymentInput,
    prefix: &str,
    currency: &str,
    context: &Context<'_>,
    violations: &mut Vec<Violation>,
) -> Payment {
    let method = edit::code(
        &format!("{prefix}method"),
        "payment_methods",
        &input.method,
        context,
        violations,
    );
    edit::check_text(
        &format!("{prefix}description"),
        &input.description,
        500,
        violations,
    );
    if input.amount <= Decimal::ZERO {
        violations.push(Violation::new(
            format!("{prefix}amount"),
            "must be more than 0",
        ));
    } else if !input.amount.in_bounds() {
        violations.push(Violation::new(
            format!("{prefix}amount"),
            "must be at most 10^12",
        ));
    }
    if !input.currency.is_empty() && input.currency != currency {
        let message = format!(
            "must be in {currency}, the order's currency, not in {:?}",
            input.currency
        );
        violations.push(Violation::new(
            format!("{prefix}amount.currency_code"),
            message,
        ));
    }
    if !input.pay_date.is_empty() && !is_date(&input.pay_date) {
        violations.push(Violation::new(
            format!("{prefix}pay_date"),
            "must be a day such as 2025-02-03",
        ));
    }
    Payment {
        method,
        amount: input.amount,
        description: input.description.clone(),
        pay_date: input.pay_date.clone(),
        ..Payment::default()
    }
}

/// Whether the text is a day of the calendar as `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| {
            if at == 4 || at == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    if !shape {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

fn check_amount(
    order: &Order,
    amount: Decimal,
    allowed: Decimal,
    refund: bool,
) -> Result<(), Refusal> {
    if amount <= allowed {
        return Ok(());
    }
    Err(Refusal::AmountExceeded {
        order_id: order.id,
        given: amount.to_string(),
        allowed: allowed.max(Decimal::ZERO).to_string(),
        currency: order.currency.clone(),
        refund,
    })
}

fn cancelled(order: &Order, context: &Context<'_>) -> Refusal {
    let message = "a cancelled order takes no payments; refunds are always possible".to_owned();
    context.blocked(
        order,
        "payment",
        vec![Blocker {
            rule: rule::CANCELLED,
            message,
        }],
    )
}
