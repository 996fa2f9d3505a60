//! Invoices: each is what its order knows of it, bills its lines alone, and comes to its sums; the messages about it are
//! those that it tells of; and the numbers of each series follow one another.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Audit, Key, key, pair};
use crate::domain::decimal::Decimal;
use crate::domain::invoice::{Invoice, InvoiceState, MessageKind, OrderInvoice, Series};
use crate::domain::order::{LineKind, Order};
use crate::store::entity::{counter, invoice, message};
use crate::store::{StoreError, rows};

/// How many rows are held at once.
const PAGE: u64 = 1000;

/// What was billed of one order.
#[derive(Default)]
pub struct Billing {
    /// Its invoices, and where they stand.
    invoices: Vec<(Invoice, InvoiceState)>,
    /// The messages about them.
    messages: Vec<message::Model>,
}

/// The invoices and messages of the orders after `after`, up to and with `last`, by order. Rows that make no sense are
/// findings.
pub async fn of_page(
    snapshot: &DatabaseTransaction,
    after: Key,
    last: Option<Key>,
    audit: &mut Audit<'_>,
) -> Result<BTreeMap<Key, Billing>, StoreError> {
    use invoice::Column::{AccountId, Number, OrderId};
    let mut found = invoice::Entity::find().filter(key(AccountId, OrderId).gt(pair(after)));
    if let Some(last) = last {
        found = found.filter(key(AccountId, OrderId).lte(pair(last)));
    }
    let found = found.order_by_asc(Number).all(snapshot).await?;
    let mut billed: BTreeMap<Key, Billing> = BTreeMap::new();
    for row in found {
        audit.summary.invoices += 1;
        let at = (row.account_id, row.order_id);
        let listed = row.grand_total;
        match rows::invoice(row) {
            Ok((invoice, _)) if invoice.amounts.grand_total.ten_thousandths() != listed => {
                let number = invoice.number;
                audit.find(
                    at,
                    0,
                    format!("invoice {number} is listed with another grand total"),
                );
            }
            Ok(invoice) => billed.entry(at).or_default().invoices.push(invoice),
            Err(error) => audit.find(at, 0, error.to_string()),
        }
    }
    let place = key(message::Column::AccountId, message::Column::OrderId);
    let mut found = message::Entity::find().filter(place.clone().gt(pair(after)));
    if let Some(last) = last {
        found = found.filter(place.lte(pair(last)));
    }
    for row in found.all(snapshot).await? {
        audit.summary.messages += 1;
        let at = (row.account_id, row.order_id);
        billed.entry(at).or_default().messages.push(row);
    }
    Ok(billed)
}

/// Holds the invoices of an order against what it knows of them.
pub fn compare(order: &Order, billing: &Billing, audit: &mut Audit<'_>) {
    let at = (order.account_id, order.id);
    let Billing { invoices, messages } = billing;
    let said = messages.iter().map(|row| {
        (
            row.invoice_number,
            row.kind.as_str(),
            row.recipient.as_str(),
            row.create_time,
        )
    });
    let mut said: Vec<Told<'_>> = said.collect();
    said.sort_unstable();
    if said != announced(invoices) {
        audit.find(
            at,
            0,
            "its messages are not those that its invoices tell of",
        );
    }
    let stand =
        |state: &InvoiceState| matches!(state, InvoiceState::Booked | InvoiceState::ProForma);
    let standing = invoices.iter().filter(|(_, state)| stand(state));
    let standing: Vec<_> = standing.map(|(it, _)| OrderInvoice::from(it)).collect();
    if standing != order.invoices {
        audit.find(at, 0, "its invoices are not those that it knows of");
    }
    let mut billed = HashSet::new();
    for (invoice, state) in invoices {
        if let Some(problem) = problem(invoice, *state) {
            audit.find(at, 0, format!("invoice {}: {problem}", invoice.number));
        }
        if *state != InvoiceState::Booked {
            continue;
        }
        let lines = invoice.lines.iter();
        for line in lines.filter(|line| line.kind != LineKind::Text) {
            let mut own = order.lines.iter();
            let own = own.find(|own| own.id == line.order_line_id);
            let on = own.and_then(|own| own.invoice_number);
            if !billed.insert(line.order_line_id) || on != Some(invoice.number) {
                let (line, number) = (line.order_line_id, invoice.number);
                let problem = format!("line {line} is billed by invoice {number}, and says {on:?}");
                audit.find(at, 0, problem);
            }
        }
    }
}

/// What a message says: about which invoice, how, to whom and since when.
type Told<'a> = (i64, &'a str, &'a str, i64);

/// What the messages about these invoices have to say.
fn announced(invoices: &[(Invoice, InvoiceState)]) -> Vec<Told<'_>> {
    fn of_one(invoice: &Invoice) -> [Option<Told<'_>>; 2] {
        let customer = &invoice.customer;
        let phone = (invoice.phone_message, MessageKind::Phone, &customer.phone);
        let email = (invoice.email_message, MessageKind::Email, &customer.email);
        let since = invoice.create_time.micros();
        [phone, email].map(|(queued, kind, recipient)| {
            queued.then_some((invoice.number, kind.name(), recipient.as_str(), since))
        })
    }
    let invoices = invoices.iter().map(|(invoice, _)| invoice);
    let mut told: Vec<_> = invoices.flat_map(of_one).flatten().collect();
    told.sort_unstable();
    told
}

/// The sum, or `None` where it does not fit.
fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
    let mut amounts = amounts.into_iter();
    amounts.try_fold(Decimal::ZERO, Decimal::checked_add)
}

/// What of an invoice does not fit by itself.
fn problem(invoice: &Invoice, state: InvoiceState) -> Option<&'static str> {
    let it = &invoice.amounts;
    let fees = [it.service_charge, it.delivery_fee, it.installation_fee];
    let total = sum(invoice.lines.iter().map(|line| line.amount));
    let taxes = sum(invoice.vat.iter().map(|vat| vat.vat));
    let net = it.total.checked_sub(it.discount);
    let whole = sum(net.into_iter().chain([it.tax]).chain(fees));
    let nets = invoice.vat.iter().flat_map(|vat| [vat.net, vat.vat]);
    let by_rate = sum(nets.chain(fees));
    if total != Some(it.total) {
        Some("its lines do not come to its total")
    } else if taxes != Some(it.tax) {
        Some("its taxes by rate do not come to its tax")
    } else if whole != Some(it.grand_total) || by_rate != Some(it.grand_total) {
        Some("its amounts do not come to its grand total")
    } else if invoice.pro_forma == (state == InvoiceState::Booked) {
        Some("where it stands does not fit what it is")
    } else {
        None
    }
}

/// The numbers of each series that was counted are there, from its first to its last, and there are no others.
pub async fn series(
    snapshot: &DatabaseTransaction,
    audit: &mut Audit<'_>,
) -> Result<(), StoreError> {
    let mut given: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    let counters = counter::Entity::find().order_by_asc(counter::Column::AccountId);
    let counters = counters.all(snapshot).await?;
    let last: HashMap<(i64, &str), i64> = counters
        .iter()
        .map(|row| ((row.account_id, row.name.as_str()), row.value))
        .collect();
    for row in &counters {
        let Some(series) = Series::of_counter(&row.name) else {
            continue;
        };
        let start = series.start();
        let start = last.get(&(row.account_id, start.as_str()));
        let start = start.copied().unwrap_or(0);
        let ranges = series.numbers(start + 1, row.value);
        given.entry(row.account_id).or_default().extend(ranges);
    }
    // Everything before this number was seen.
    let mut after = (i64::MIN, i64::MIN);
    let mut seen: HashMap<i64, usize> = HashMap::new();
    loop {
        use invoice::Column::{AccountId, Number};
        let page = invoice::Entity::find()
            .select_only()
            .columns([AccountId, Number])
            .filter(key(AccountId, Number).gt(pair(after)))
            .order_by_asc(AccountId)
            .order_by_asc(Number)
            .limit(PAGE);
        let page: Vec<(i64, i64)> = page.into_tuple().all(snapshot).await?;
        let Some(end) = page.last() else { break };
        after = *end;
        for (account, number) in page {
            let ranges = given.get(&account).map_or(&[][..], Vec::as_slice);
            if ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&number))
            {
                *seen.entry(account).or_default() += 1;
            } else {
                let problem = format!("invoice number {number} was never counted");
                audit.find((account, 0), 0, problem);
            }
        }
    }
    for (account, ranges) in given {
        let count: i64 = ranges.iter().map(|(first, last)| last - first + 1).sum();
        let seen = seen.get(&account).copied().unwrap_or(0);
        if usize::try_from(count) != Ok(seen) {
            let problem =
                format!("{count} invoice numbers were given, and {seen} invoices are there");
            audit.find((account, 0), 0, problem);
        }
    }
    Ok(())
}
