//! The money of invoices, tried without a server: random orders, billed in one go or in two, against an exact
//! calculation that shares nothing with the service.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use order_status_server::domain::account::{Account, Counters, CustomerRecord};
use order_status_server::domain::command::{Command, InvoiceInput, LineInput, NewOrder, Patch};
use order_status_server::domain::decide::{Context, Decided, Ground, decide};
use order_status_server::domain::decimal::Decimal;
use order_status_server::domain::invoice::Invoice;
use order_status_server::domain::order::{LineKind, Order, OrderRef};
use order_status_server::domain::principal::Principal;
use order_status_server::domain::role::Role;
use order_status_server::domain::time::Timestamp;
use order_status_server::domain::value::Value;
use order_status_server::domain::workflow::Workflows;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// How many orders are tried.
const ORDERS: u64 = 10_000;
const CUSTOMERS: i64 = 4;
const ONE: i128 = 10_000;

/// Four customers and at most one order.
struct Shelf {
    order: Option<Order>,
    customers: HashMap<i64, CustomerRecord>,
}

impl Ground for Shelf {
    fn order(&self, _: &OrderRef) -> Option<&Order> {
        self.order.as_ref()
    }

    fn number_owner(&self, _: &str) -> Option<i64> {
        None
    }

    fn customer(&self, id: i64) -> Option<&CustomerRecord> {
        self.customers.get(&id)
    }
}

struct World<'w> {
    account: Account,
    principal: Principal,
    workflows: &'w Workflows,
    shelf: Shelf,
    counters: Counters,
}

impl<'w> World<'w> {
    fn new(workflows: &'w Workflows, decimals: u8) -> Self {
        let customer = |id| {
            let record = CustomerRecord {
                id,
                ..CustomerRecord::default()
            };
            (id, record)
        };
        Self {
            account: Account {
                id: 1,
                workflow: "standard".to_owned(),
                currency: "EUR".to_owned(),
                time_zone: "UTC".to_owned(),
                decimals: Some(decimals),
                ..Account::default()
            },
            principal: Principal {
                account_id: 1,
                credential_id: 1,
                actor: "staff".to_owned(),
                role: Role::Staff,
                customer_id: None,
                store_id: None,
                scopes: Vec::new(),
                session: None,
            },
            workflows,
            shelf: Shelf {
                order: None,
                customers: (1..=CUSTOMERS).map(customer).collect(),
            },
            counters: Counters::default(),
        }
    }

    fn run(&mut self, command: &Command) -> Decided {
        let context = Context {
            account: &self.account,
            principal: &self.principal,
            workflows: self.workflows,
            ground: &self.shelf,
            now: Timestamp::from_micros(1_800_000_000_000_000),
            salt: [0; 16],
            request_id: None,
            etag: "",
        };
        let decided = decide(command, &context, &mut self.counters);
        let decided = decided.expect("it is allowed").remove(0);
        self.shelf.order = Some(decided.order.clone());
        decided
    }
}

/// An exact fraction.
#[derive(Clone, Copy, Debug)]
struct Exact {
    over: i128,
    under: i128,
}

impl Exact {
    fn new(over: i128, under: i128) -> Self {
        Self { over, under }
    }

    /// To a whole number of steps, half away from nought; everything counts in ten-thousandths.
    fn round(self, decimals: u8) -> i128 {
        let step = 10_i128.pow(4 - u32::from(decimals));
        let (over, under) = if self.under < 0 {
            (-self.over, -self.under)
        } else {
            (self.over, self.under)
        };
        let under = under * step;
        let twice = 2 * over.abs() + under;
        over.signum() * (twice / (2 * under)) * step
    }
}

fn raw(value: Decimal) -> i128 {
    value.ten_thousandths().into()
}

/// What the order comes to by design: grand total, and tax by rate.
fn exact(order: &Order, decimals: u8) -> (i128, BTreeMap<Option<Decimal>, i128>) {
    let charges = &order.charges;
    let mut sums: BTreeMap<Option<Decimal>, i128> = BTreeMap::new();
    let mut total = 0;
    for line in &order.lines {
        let product = raw(line.quantity) * raw(line.unit_price) - raw(line.discount) * ONE;
        let amount = Exact::new(product, ONE).round(decimals);
        total += amount;
        *sums
            .entry(line.vat_rate.or(charges.vat_percent))
            .or_default() += amount;
    }
    let discount = match (charges.discount, charges.discount_percent) {
        (Some(amount), _) => raw(amount),
        (None, Some(percent)) => Exact::new(total * raw(percent), 100 * ONE).round(decimals),
        (None, None) => 0,
    };
    let vat: BTreeMap<_, _> = match charges.tax {
        Some(given) => [(None, raw(given))].into(),
        None => sums
            .iter()
            .map(|(rate, sum)| {
                let percent = rate.map_or(0, raw);
                let tax = if discount == 0 || total == 0 {
                    Exact::new(percent * sum, 100 * ONE)
                } else {
                    Exact::new(percent * sum * (total - discount), 100 * ONE * total)
                };
                (*rate, tax.round(decimals))
            })
            .collect(),
    };
    let fees = [
        charges.service_charge,
        charges.delivery_fee,
        charges.installation_fee,
    ];
    let fees: i128 = fees.into_iter().map(raw).sum();
    (total - discount + vat.values().sum::<i128>() + fees, vat)
}

fn a_line(random: &mut StdRng) -> LineInput {
    let kind = match random.random_range(0..12) {
        0 => LineKind::Exchange,
        1 => LineKind::Text,
        _ => LineKind::Item,
    };
    let named = random.random_range(0..1000);
    let decimal = |value| Decimal::from_ten_thousandths(value);
    if kind == LineKind::Text {
        return LineInput {
            kind,
            name: format!("text {named}"),
            ..LineInput::default()
        };
    }
    let sign = if kind == LineKind::Exchange { -1 } else { 1 };
    LineInput {
        kind,
        product_code: format!("P{named}"),
        quantity: Some(decimal(random.random_range(0..60_000))),
        unit_price: decimal(sign * random.random_range(0..2_000_000)),
        discount: decimal(if random.random_bool(0.2) {
            random.random_range(0..50_000)
        } else {
            0
        }),
        vat_rate: [None, Some(0), Some(6), Some(9), Some(21)][random.random_range(0..5)]
            .map(Decimal::whole),
        customer_id: random
            .random_bool(0.6)
            .then(|| random.random_range(1..=CUSTOMERS)),
        ..LineInput::default()
    }
}

fn a_patch(random: &mut StdRng, lines: Vec<LineInput>) -> Patch {
    let mut values = vec![("customer.id", Value::Int(1))];
    let mut set = |name, chance, random: &mut StdRng, most: i64| {
        let value = if random.random_bool(chance) {
            let given = random.random_range(0..=most);
            Value::decimal(Decimal::from_ten_thousandths(given))
        } else {
            Value::Null
        };
        values.push((name, value));
    };
    set("discount", 0.2, random, 300_000);
    set("discount_percent", 0.4, random, 1_000_000);
    set("tax", 0.1, random, 300_000);
    set("vat_percent", 0.7, random, 250_000);
    set("service_charge", 0.2, random, 99_999);
    set("delivery_fee", 0.4, random, 200_000);
    set("installation_fee", 0.2, random, 200_000);
    Patch {
        values,
        lines: Some(lines),
        ..Patch::default()
    }
}

/// The invoices of what is left.
fn book(world: &mut World<'_>) -> Vec<Invoice> {
    let input = InvoiceInput {
        book: true,
        split_items_as_text: true,
        ..InvoiceInput::default()
    };
    let command = Command::CreateInvoices(OrderRef::Id(1), Box::new(input));
    world.run(&command).billed.invoices
}

/// What every invoice is by itself, and the order's invoices together.
fn check(order: &Order, invoices: &[Invoice], decimals: u8, seed: u64) {
    let (grand_total, taxes) = exact(order, decimals);
    assert_eq!(
        raw(order.derived.grand_total),
        grand_total,
        "the order's grand total, seed {seed}"
    );
    let mut sum = 0;
    let mut by_rate: BTreeMap<Option<Decimal>, i128> = BTreeMap::new();
    let mut billed = BTreeSet::new();
    for invoice in invoices {
        let amounts = &invoice.amounts;
        let fees =
            raw(amounts.service_charge) + raw(amounts.delivery_fee) + raw(amounts.installation_fee);
        let lines = invoice
            .lines
            .iter()
            .filter(|line| line.kind != LineKind::Text);
        let mut total = 0;
        for line in lines {
            total += raw(line.amount);
            assert!(
                billed.insert(line.order_line_id),
                "a line is billed twice, seed {seed}"
            );
            let sold = order.lines.iter().find(|it| it.id == line.order_line_id);
            let sold = sold.expect("a line of the order");
            assert_eq!(
                sold.customer_id.or(order.customer.id),
                invoice.customer.id,
                "seed {seed}"
            );
        }
        assert_eq!(raw(amounts.total), total, "seed {seed}");
        let taxed: i128 = invoice
            .vat
            .iter()
            .map(|vat| raw(vat.net) + raw(vat.vat))
            .sum();
        assert_eq!(
            taxed + fees,
            raw(amounts.grand_total),
            "nets and taxes with fees, seed {seed}"
        );
        assert_eq!(
            total - raw(amounts.discount) + raw(amounts.tax) + fees,
            raw(amounts.grand_total),
            "seed {seed}"
        );
        for vat in &invoice.vat {
            *by_rate.entry(vat.rate).or_default() += raw(vat.vat);
        }
        sum += raw(amounts.grand_total);
    }
    assert_eq!(
        sum, grand_total,
        "the invoices come to the grand total, seed {seed}"
    );
    by_rate.retain(|_, vat| *vat != 0);
    let mut taxes = taxes;
    taxes.retain(|_, vat| *vat != 0);
    assert_eq!(by_rate, taxes, "the tax by rate, seed {seed}");
    let open = order.lines.iter().filter(|line| {
        line.kind != LineKind::Text && !(line.quantity.is_zero() && line.amount.is_zero())
    });
    let open: BTreeSet<i64> = open.map(|line| line.id).collect();
    assert_eq!(billed, open, "every line is billed, seed {seed}");
}

/// Without a discount as an amount, an invoice's tax at a rate is that of its own lines, to one unit.
fn check_own_tax(order: &Order, invoices: &[Invoice], decimals: u8, seed: u64) {
    if order.charges.discount.is_some() || order.charges.tax.is_some() {
        return;
    }
    let unit = 10_i128.pow(4 - u32::from(decimals));
    let (whole, discount) = (raw(order.derived.total), raw(order.derived.discount));
    for (at, invoice) in invoices.iter().enumerate() {
        for vat in &invoice.vat {
            let own = invoice
                .lines
                .iter()
                .filter(|line| line.kind != LineKind::Text && line.vat_rate == vat.rate);
            let own: i128 = own.map(|line| raw(line.amount)).sum();
            let percent = vat.rate.map_or(0, raw);
            let tax = if discount == 0 || whole == 0 {
                Exact::new(percent * own, 100 * ONE)
            } else {
                Exact::new(percent * own * (whole - discount), 100 * ONE * whole)
            };
            let off = (raw(vat.vat) - tax.round(decimals)).abs();
            let allowed = if at == 0 { 0 } else { unit };
            assert!(off <= allowed, "invoice {at} is off by {off}, seed {seed}");
        }
    }
}

#[test]
fn invoices_come_to_the_grand_total_and_their_taxes_by_rate_to_the_orders() {
    let workflows = Workflows::built_in();
    let (mut splits, mut twice) = (0, 0);
    for seed in 0..ORDERS {
        let mut random = StdRng::seed_from_u64(seed);
        let decimals = [2, 2, 2, 0, 1, 3, 4][random.random_range(0..7)];
        let mut world = World::new(&workflows, decimals);
        let lines: Vec<_> = (0..random.random_range(1..12))
            .map(|_| a_line(&mut random))
            .collect();
        let item = LineInput {
            product_code: "sure".to_owned(),
            unit_price: Decimal::from_ten_thousandths(random.random_range(1..900_000)),
            ..LineInput::default()
        };
        let lines = [lines, vec![item]].concat();
        let new = NewOrder {
            patch: a_patch(&mut random, lines.clone()),
            ..NewOrder::default()
        };
        world.run(&Command::Create(Box::new(new)));
        let mut invoices = book(&mut world);
        let order = world.shelf.order.clone().expect("an order");
        check(&order, &invoices, decimals, seed);
        check_own_tax(&order, &invoices, decimals, seed);
        splits += u64::from(invoices.len() > 1);
        if random.random_bool(0.5) {
            continue;
        }
        // The order goes on: lines come to it, and its discount, tax and fees may change.
        let more = LineInput {
            product_code: "more".to_owned(),
            unit_price: Decimal::from_ten_thousandths(random.random_range(1..900_000)),
            ..LineInput::default()
        };
        let added = (0..random.random_range(0..4)).map(|_| a_line(&mut random));
        let added: Vec<_> = added.collect();
        let mut patch = a_patch(&mut random, [lines, added, vec![more]].concat());
        // Rates of lines that are booked do not change any more.
        patch.values.retain(|(path, _)| *path != "vat_percent");
        world.run(&Command::Update(OrderRef::Id(1), Box::new(patch)));
        invoices.extend(book(&mut world));
        let order = world.shelf.order.clone().expect("an order");
        check(&order, &invoices, decimals, seed);
        twice += 1;
    }
    println!("{ORDERS} orders, {splits} split among customers, {twice} billed twice");
    assert!(splits > ORDERS / 2 && twice > ORDERS / 3);
}
