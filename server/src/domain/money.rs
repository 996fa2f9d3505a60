//! What follows from lines, charges and payments: totals, tax, and where payment and invoicing stand.

use std::collections::BTreeMap;

use super::decimal::{Decimal, SCALE, round_ratio};
use super::order::{Charges, Line, Order, Payment};
use super::workflow::Phase;

/// Everything about an order that is computed. One function makes it: [`derive()`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Sum of the lines' amounts.
    pub total: Decimal,
    /// What is taken off the total.
    pub discount: Decimal,
    /// Tax on what is left.
    pub tax: Decimal,
    /// `total - discount + tax + service_charge + delivery_fee + installation_fee`.
    pub grand_total: Decimal,
    /// Payments less refunds.
    pub amount_paid: Decimal,
    /// Where payment stands.
    pub payment_status: PaymentStatus,
    /// Where invoicing stands.
    pub invoice_status: InvoiceStatus,
}

/// Where payment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// Nothing is paid.
    #[default]
    Unpaid,
    /// Paid to the last digit.
    Paid,
    /// Something is paid, not all.
    PartlyPaid,
    /// More is paid than asked.
    Overpaid,
}

impl PaymentStatus {
    /// Each status.
    pub const ALL: [PaymentStatus; 4] = [
        PaymentStatus::Unpaid,
        PaymentStatus::Paid,
        PaymentStatus::PartlyPaid,
        PaymentStatus::Overpaid,
    ];

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        match self {
            PaymentStatus::Unpaid => 1,
            PaymentStatus::Paid => 2,
            PaymentStatus::PartlyPaid => 3,
            PaymentStatus::Overpaid => 4,
        }
    }

    /// The status with that number.
    pub fn from_code(code: i64) -> Option<PaymentStatus> {
        PaymentStatus::ALL
            .into_iter()
            .find(|status| i64::from(status.code()) == code)
    }
}

/// Where invoicing stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InvoiceStatus {
    /// Nothing to invoice: no items, or the order is not confirmed, or it is cancelled.
    #[default]
    No,
    /// Confirmed, and some item is on no booked invoice.
    ToInvoice,
    /// Every item is on a booked invoice.
    Invoiced,
    /// Everything is invoiced and more was delivered than was ordered.
    Upselling,
}

impl InvoiceStatus {
    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        match self {
            InvoiceStatus::No => 1,
            InvoiceStatus::ToInvoice => 2,
            InvoiceStatus::Invoiced => 3,
            InvoiceStatus::Upselling => 4,
        }
    }

    /// The status with that number.
    pub fn from_code(code: i64) -> Option<InvoiceStatus> {
        use InvoiceStatus::{Invoiced, No, ToInvoice, Upselling};
        [No, ToInvoice, Invoiced, Upselling]
            .into_iter()
            .find(|status| i64::from(status.code()) == code)
    }
}

/// Computes everything that follows from lines, charges and payments.
///
/// `decimals` (0 to 4) is the account's precision for amounts; derived amounts are rounded to it,
/// half away from zero, once per line and once per VAT rate. `None` where an amount does not fit.
pub fn derive(order: &Order, phase: Phase, decimals: u8) -> Option<Derived> {
    let charges = &order.charges;
    let total = total(&order.lines, charges)?;
    let discount = discount(total, charges, decimals)?;
    let tax = match charges.tax {
        Some(given) => given,
        None => tax(&order.lines, total, discount, charges.vat_percent, decimals)?,
    };
    let grand_total = [
        tax,
        charges.service_charge,
        charges.delivery_fee,
        charges.installation_fee,
    ]
    .into_iter()
    .try_fold(total.checked_sub(discount)?, Decimal::checked_add)?;
    let amount_paid = order
        .payments
        .iter()
        .map(Payment::signed)
        .try_fold(Decimal::ZERO, Decimal::checked_add)?;
    Some(Derived {
        total,
        discount,
        tax,
        grand_total,
        amount_paid,
        payment_status: payment_status(&order.payments, amount_paid, grand_total),
        invoice_status: invoice_status(&order.lines, phase),
    })
}

/// `quantity * unit_price - discount`, rounded; `None` where it does not fit.
pub fn line_amount(line: &Line, decimals: u8) -> Option<Decimal> {
    let gross =
        i128::from(line.quantity.ten_thousandths()) * i128::from(line.unit_price.ten_thousandths());
    let net = gross - i128::from(line.discount.ten_thousandths()) * i128::from(SCALE);
    round_ratio(net, i128::from(SCALE), decimals)
}

fn total(lines: &[Line], charges: &Charges) -> Option<Decimal> {
    if lines.is_empty() {
        return Some(charges.total.unwrap_or_default());
    }
    lines
        .iter()
        .map(|line| line.amount)
        .try_fold(Decimal::ZERO, Decimal::checked_add)
}

fn discount(total: Decimal, charges: &Charges, decimals: u8) -> Option<Decimal> {
    match (charges.discount, charges.discount_percent) {
        (Some(given), _) => Some(given),
        (None, Some(percent)) => percent_of(total, percent, decimals),
        (None, None) => Some(Decimal::ZERO),
    }
}

fn percent_of(amount: Decimal, percent: Decimal, decimals: u8) -> Option<Decimal> {
    let product = i128::from(amount.ten_thousandths()) * i128::from(percent.ten_thousandths());
    round_ratio(product, i128::from(SCALE) * 100, decimals)
}

/// VAT by rate on the lines' sums, each less its share of the order's discount.
fn tax(
    lines: &[Line],
    total: Decimal,
    discount: Decimal,
    vat_percent: Option<Decimal>,
    decimals: u8,
) -> Option<Decimal> {
    let net = i128::from(total.checked_sub(discount)?.ten_thousandths());
    if lines.is_empty() {
        return vat_percent.map_or(Some(Decimal::ZERO), |rate| {
            round_ratio(
                net * i128::from(rate.ten_thousandths()),
                i128::from(SCALE) * 100,
                decimals,
            )
        });
    }
    let mut sums: BTreeMap<Decimal, i128> = BTreeMap::new();
    for line in lines {
        if let Some(rate) = line.vat_rate.or(vat_percent) {
            *sums.entry(rate).or_default() += i128::from(line.amount.ten_thousandths());
        }
    }
    let whole = i128::from(total.ten_thousandths());
    sums.into_iter()
        .try_fold(Decimal::ZERO, |tax, (rate, sum)| {
            let rate = i128::from(rate.ten_thousandths());
            // A discount on a total of nought belongs to no rate.
            let part = match (discount.is_zero(), whole) {
                (true, _) | (false, 0) => {
                    round_ratio(rate * sum, i128::from(SCALE) * 100, decimals)
                }
                (false, _) => round_ratio(
                    rate.checked_mul(sum)?.checked_mul(net)?,
                    i128::from(SCALE) * 100 * whole,
                    decimals,
                ),
            };
            tax.checked_add(part?)
        })
}

/// UNPAID without a payment, or where everything was paid back; then by the balance.
fn payment_status(payments: &[Payment], paid: Decimal, grand_total: Decimal) -> PaymentStatus {
    if payments.is_empty() {
        return PaymentStatus::Unpaid;
    }
    match paid.cmp(&grand_total) {
        std::cmp::Ordering::Equal => PaymentStatus::Paid,
        std::cmp::Ordering::Greater => PaymentStatus::Overpaid,
        std::cmp::Ordering::Less if paid.is_zero() => PaymentStatus::Unpaid,
        std::cmp::Ordering::Less => PaymentStatus::PartlyPaid,
    }
}

fn invoice_status(lines: &[Line], phase: Phase) -> InvoiceStatus {
    let mut items = lines.iter().filter(|line| line.is_billable()).peekable();
    if !matches!(phase, Phase::Confirmed | Phase::Complete) || items.peek().is_none() {
        return InvoiceStatus::No;
    }
    if items.all(|line| line.invoice_number.is_some()) {
        InvoiceStatus::Invoiced
    } else {
        InvoiceStatus::ToInvoice
    }
}

impl Order {
    /// What is still to be paid; negative where too much was paid.
    pub fn balance(&self) -> Decimal {
        self.derived
            .grand_total
            .checked_sub(self.derived.amount_paid)
            .unwrap_or_default()
    }

    /// Whether any line is on a booked invoice.
    pub fn is_invoiced(&self) -> bool {
        self.lines.iter().any(|line| line.invoice_number.is_some())
    }
}
