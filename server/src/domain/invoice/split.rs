//! Dividing what an order comes to among its invoices, so that not a cent is lost or made.
//!
//! The booked invoices of an order come to its grand total, whatever the split and however many times it was billed.
//! What is rounded for the order (the tax at each rate, a discount in percent) is rounded for the running sum of its
//! invoices, one after the other, and each invoice gets what its lines add to that: the first is rounded by itself, a
//! further one differs from being rounded by itself by at most one unit of the account's last decimal at any rate, and
//! the last makes the sum that of the order. What was billed before comes first in the running sum, at the amounts
//! that it was billed with, so that a change of discount or tax since then is made up for by the first invoice that
//! follows.
//!
//! What stands for the order as a whole is borne by the first invoice, which is the one of the order's own customer
//! where that has a line on it: the fees, tax that was given as an amount, and a discount that was given as an amount.
//! The tax follows such a discount there, at every rate at which the order has lines. Lines that are said to be invoiced
//! by an invoice that is not here count as billed with their part of a discount in percent and their tax.

use std::collections::BTreeMap;

use super::{Amounts, Rate, Vat};
use crate::domain::decimal::{Decimal, SCALE, round_ratio};
use crate::domain::order::{Line, Order};

/// What one invoice comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Its amounts.
    pub amounts: Amounts,
    /// Its nets and taxes, the lowest rate first; what no rate applies to before all.
    pub vat: Vec<Vat>,
}

type Sums = BTreeMap<Rate, i128>;

/// Divides what is left of an order among invoices, each given by its lines, the one that bears what stands for the whole
/// order first. Together they must hold every line that asks for money and is on no booked invoice, and the order's
/// derived amounts must be up to date. `None` where an amount does not fit.
pub fn split(order: &Order, invoices: &[Vec<&Line>], decimals: u8) -> Option<Vec<Share>> {
    let mut division = Division::new(order, decimals)?;
    invoices
        .iter()
        .map(|lines| division.next(order, lines))
        .collect()
}

/// What was divided so far.
struct Division {
    decimals: u8,
    /// The order's sum and its discount.
    whole: i128,
    discount: i128,
    /// Whether the discount follows the lines.
    by_lines: bool,
    /// Tax that was given as an amount: no rate applies then.
    given_tax: Option<Decimal>,
    /// The order's sums by rate.
    sums: Sums,
    /// The sums of what is divided.
    running: Sums,
    /// The discount and the taxes that were given to it.
    running_discount: Decimal,
    running_vat: BTreeMap<Rate, Decimal>,
    /// The fees that are not billed yet.
    service_charge: Decimal,
    delivery_fee: Decimal,
    installation_fee: Decimal,
}

impl Division {
    fn new(order: &Order, decimals: u8) -> Option<Division> {
        let (charges, derived) = (&order.charges, &order.derived);
        let mut division = Division {
            decimals,
            whole: derived.total.ten_thousandths().into(),
            discount: derived.discount.ten_thousandths().into(),
            by_lines: charges.discount.is_none(),
            given_tax: charges.tax,
            sums: Sums::new(),
            running: Sums::new(),
            running_discount: Decimal::ZERO,
            running_vat: BTreeMap::new(),
            service_charge: charges.service_charge,
            delivery_fee: charges.delivery_fee,
            installation_fee: charges.installation_fee,
        };
        for line in &order.lines {
            *division.sums.entry(rate(order, line)).or_default() += amount(line);
        }
        let booked = || order.invoices.iter().filter(|invoice| !invoice.pro_forma);
        let elsewhere = |line: &&Line| {
            line.invoice_number
                .is_some_and(|number| booked().all(|invoice| invoice.number != number))
        };
        for line in order.lines.iter().filter(elsewhere) {
            *division.running.entry(rate(order, line)).or_default() += amount(line);
        }
        division.running_discount = division.discount_of_running(false)?;
        for rate in division.running.keys().copied().collect::<Vec<_>>() {
            let vat = division.vat_of_running(rate, false)?;
            division.running_vat.insert(rate, vat);
        }
        for invoice in booked() {
            let amounts = &invoice.amounts;
            let add = Decimal::checked_add;
            let take = Decimal::checked_sub;
            division.running_discount = add(division.running_discount, amounts.discount)?;
            for (rate, vat) in &invoice.vat {
                let running = division.running_vat.entry(*rate).or_default();
                *running = add(*running, *vat)?;
            }
            division.service_charge = take(division.service_charge, amounts.service_charge)?;
            division.delivery_fee = take(division.delivery_fee, amounts.delivery_fee)?;
            division.installation_fee = take(division.installation_fee, amounts.installation_fee)?;
        }
        let here = |line: &&Line| line.invoice_number.is_some() && !elsewhere(line);
        for line in order.lines.iter().filter(here) {
            *division.running.entry(rate(order, line)).or_default() += amount(line);
        }
        Some(division)
    }

    /// The discount that belongs to the running sum; one that was given as an amount belongs to its bearer.
    fn discount_of_running(&self, borne: bool) -> Option<Decimal> {
        match (self.by_lines, self.whole) {
            (true, 1..) | (true, ..=-1) => {
                let running: i128 = self.running.values().sum();
                round_ratio(
                    self.discount.checked_mul(running)?,
                    self.whole,
                    self.decimals,
                )
            }
            _ if borne => decimal(self.discount),
            _ => Some(Decimal::ZERO),
        }
    }

    /// The tax at a rate that belongs to the running sum.
    fn vat_of_running(&self, rate: Rate, borne: bool) -> Option<Decimal> {
        let Some(percent) = rate else {
            return Some(self.given_tax.filter(|_| borne).unwrap_or_default());
        };
        let sum_at = |sums: &Sums| sums.get(&rate).copied().unwrap_or(0);
        let (running, sum) = (sum_at(&self.running), sum_at(&self.sums));
        let percent = i128::from(percent.ten_thousandths());
        let hundred = i128::from(SCALE) * 100;
        // A discount on a total of nought belongs to no rate.
        if self.discount == 0 || self.whole == 0 || !(self.by_lines || borne) {
            return round_ratio(percent.checked_mul(running)?, hundred, self.decimals);
        }
        let base = if self.by_lines {
            running.checked_mul(self.whole - self.discount)?
        } else {
            let whole = running.checked_mul(self.whole)?;
            whole.checked_sub(self.discount.checked_mul(sum)?)?
        };
        round_ratio(
            percent.checked_mul(base)?,
            hundred.checked_mul(self.whole)?,
            self.decimals,
        )
    }

    /// What the next invoice comes to.
    fn next(&mut self, order: &Order, lines: &[&Line]) -> Option<Share> {
        let mut own = Sums::new();
        for line in lines {
            *own.entry(rate(order, line)).or_default() += amount(line);
        }
        for (rate, sum) in &own {
            *self.running.entry(*rate).or_default() += sum;
        }
        let total = decimal(own.values().sum())?;
        let running_discount = self.discount_of_running(true)?;
        let discount = running_discount.checked_sub(self.running_discount)?;
        self.running_discount = running_discount;
        let weights = if self.by_lines { &own } else { &self.sums };
        let discounts = spread(discount, weights, self.decimals)?;

        let mut rates: Vec<Rate> = [&own, &self.running, &self.sums]
            .into_iter()
            .flat_map(|sums| sums.keys().copied())
            .chain(self.running_vat.keys().copied())
            .chain(discounts.keys().copied())
            .chain(self.given_tax.map(|_| None))
            .collect();
        rates.sort_unstable();
        rates.dedup();
        let (mut vats, mut tax) = (Vec::new(), Decimal::ZERO);
        for rate in rates {
            let running = self.vat_of_running(rate, true)?;
            let before = self.running_vat.insert(rate, running).unwrap_or_default();
            let vat = running.checked_sub(before)?;
            let sum = decimal(own.get(&rate).copied().unwrap_or(0))?;
            let net = sum.checked_sub(discounts.get(&rate).copied().unwrap_or_default())?;
            if own.contains_key(&rate) || !net.is_zero() || !vat.is_zero() {
                tax = tax.checked_add(vat)?;
                vats.push(Vat { rate, net, vat });
            }
        }
        let mut amounts = Amounts {
            total,
            discount,
            tax,
            service_charge: std::mem::take(&mut self.service_charge),
            delivery_fee: std::mem::take(&mut self.delivery_fee),
            installation_fee: std::mem::take(&mut self.installation_fee),
            grand_total: Decimal::ZERO,
        };
        let fees = [
            tax,
            amounts.service_charge,
            amounts.delivery_fee,
            amounts.installation_fee,
        ];
        amounts.grand_total = fees
            .into_iter()
            .try_fold(total.checked_sub(discount)?, Decimal::checked_add)?;
        Some(Share { amounts, vat: vats })
    }
}

/// The rate at which a line of the order is taxed; none where the order's tax was given as an amount.
fn rate(order: &Order, line: &Line) -> Rate {
    match order.charges.tax {
        Some(_) => None,
        None => line.vat_rate.or(order.charges.vat_percent),
    }
}

fn amount(line: &Line) -> i128 {
    line.amount.ten_thousandths().into()
}

fn decimal(ten_thousandths: i128) -> Option<Decimal> {
    i64::try_from(ten_thousandths)
        .ok()
        .map(Decimal::from_ten_thousandths)
}

/// Spreads an amount by weights, exactly; what weighs nothing in all goes to the first.
fn spread(amount: Decimal, weights: &Sums, decimals: u8) -> Option<BTreeMap<Rate, Decimal>> {
    let mut parts = BTreeMap::new();
    if amount.is_zero() {
        return Some(parts);
    }
    let whole: i128 = weights.values().sum();
    let (Some((last, _)), true) = (weights.last_key_value(), whole != 0) else {
        let first = weights.first_key_value().map_or(None, |(rate, _)| *rate);
        parts.insert(first, amount);
        return Some(parts);
    };
    let (mut running, mut given) = (0, Decimal::ZERO);
    for (rate, weight) in weights {
        running += weight;
        let product = i128::from(amount.ten_thousandths()).checked_mul(running)?;
        let upto = if rate == last {
            amount
        } else {
            round_ratio(product, whole, decimals)?
        };
        parts.insert(*rate, upto.checked_sub(given)?);
        given = upto;
    }
    Some(parts)
}
