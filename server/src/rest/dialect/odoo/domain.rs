//! Domains: which records a search is for. A conjunction of `=`, `in`, `>=` and `<=` is understood.

use std::collections::BTreeSet;

use order_status_proto::v1::{InvoiceStatus, OrderFilter, TimeRange};
use prost_types::Timestamp;
use serde_json::value::RawValue;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime, Time};

use super::arguments;
use super::failure::{Failure, quoted};
use crate::rest::dialect::json::Json;

/// The states of the contract, each with ours.
const STATES: [(&str, &str); 5] = [
    ("draft", "draft"),
    ("sent", "sent"),
    ("sale", "sale"),
    ("done", "sale"),
    ("cancel", "cancel"),
];
const INVOICE_STATUSES: [(&str, InvoiceStatus); 4] = [
    ("no", InvoiceStatus::No),
    ("to invoice", InvoiceStatus::ToInvoice),
    ("invoiced", InvoiceStatus::Invoiced),
    ("upselling", InvoiceStatus::Upselling),
];
/// A moment in a column of times, in nanoseconds since 1970.
type Moment = i128;
const MICROSECOND: Moment = 1_000;
const DAY: Moment = 86_400_000_000_000;

/// What all conditions together ask; `None` where none of them speaks of it.
#[derive(Default)]
struct Wanted {
    ids: Option<BTreeSet<i64>>,
    names: Option<BTreeSet<String>>,
    states: Option<BTreeSet<String>>,
    invoice_statuses: Option<BTreeSet<String>>,
    min_id: Option<i64>,
    max_id: Option<i64>,
    from: Option<Moment>,
    until: Option<Moment>,
}

/// The filters that have the domain's records between them, no record in two of them; none where nothing can match.
///
/// # Errors
/// What is no domain, or not one of these.
pub fn filters(domain: Json<'_>) -> Result<Vec<OrderFilter>, Failure> {
    let items = match domain {
        Json::Null | Json::Bool(false) => Vec::new(),
        Json::List(items) => items,
        _ => return Err(refused("a domain has to be a list")),
    };
    let mut wanted = Wanted::default();
    for item in items {
        match Json::of(item)? {
            Json::Text(operator) if operator == "&" => {}
            Json::List(parts) => wanted.condition(&parts)?,
            _ => {
                let text = format!("{} is not understood", quoted(item.get()));
                return Err(refused(&text));
            }
        }
    }
    Ok(wanted.filters())
}

fn refused(text: &str) -> Failure {
    let known =
        "=, in, >= and <= on id, name, state, invoice_status and date_order, all of which hold";
    Failure::of_value(format!("Invalid domain: {text}; known are {known}"))
}

impl Wanted {
    fn condition(&mut self, parts: &[&RawValue]) -> Result<(), Failure> {
        let [field, operator, value] = parts else {
            return Err(refused("a condition has three parts"));
        };
        let (Json::Text(field), Json::Text(operator)) = (Json::of(field)?, Json::of(operator)?)
        else {
            return Err(refused("a condition begins with a field and an operator"));
        };
        let unknown = || refused(&format!("{} {}", quoted(&field), quoted(&operator)));
        match (field.as_str(), operator.as_str()) {
            ("id", "=" | "in") => {
                let ids = values(&operator, value)?;
                let ids = ids
                    .into_iter()
                    .map(arguments::id)
                    .collect::<Result<_, _>>()?;
                narrow(&mut self.ids, ids);
            }
            ("id", ">=") => self.min_id = self.min_id.max(Some(arguments::id(value)?)),
            ("id", "<=") => {
                let id = arguments::id(value)?;
                self.max_id = Some(self.max_id.map_or(id, |most| most.min(id)));
            }
            ("name", "=" | "in") => narrow(&mut self.names, words(&operator, value)?),
            ("state", "=" | "in") => narrow(&mut self.states, words(&operator, value)?),
            ("invoice_status", "=" | "in") => {
                narrow(&mut self.invoice_statuses, words(&operator, value)?);
            }
            ("date_order", "=") => {
                let (start, _) = moment(value)?;
                self.span(Some(start), Some(start + MICROSECOND));
            }
            ("date_order", ">=") => self.span(Some(moment(value)?.0), None),
            ("date_order", "<=") => {
                let (start, is_day) = moment(value)?;
                let length = if is_day { DAY } else { MICROSECOND };
                self.span(None, Some(start + length));
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }

    fn span(&mut self, from: Option<Moment>, until: Option<Moment>) {
        self.from = self.from.max(from);
        self.until = match (self.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    fn filters(self) -> Vec<OrderFilter> {
        let never = self.ids.as_ref().is_some_and(BTreeSet::is_empty)
            || self.names.as_ref().is_some_and(BTreeSet::is_empty)
            || matches!((self.from, self.until), (Some(from), Some(until)) if from >= until);
        if never {
            return Vec::new();
        }
        let mut filter = OrderFilter {
            ids: self.ids.into_iter().flatten().collect(),
            numbers: self.names.into_iter().flatten().collect(),
            min_id: self.min_id,
            max_id: self.max_id,
            order_date: (self.from.is_some() || self.until.is_some()).then(|| TimeRange {
                start_time: self.from.map(timestamp),
                end_time: self.until.map(timestamp),
            }),
            ..OrderFilter::default()
        };
        if let Some(named) = &self.invoice_statuses {
            let known = INVOICE_STATUSES.iter();
            let known = known.filter(|(name, _)| named.contains(*name));
            filter.invoice_statuses = known.map(|(_, status)| (*status).into()).collect();
            if filter.invoice_statuses.is_empty() {
                return Vec::new();
            }
        }
        let Some(named) = &self.states else {
            return vec![filter];
        };
        by_state(&filter, named)
    }
}

/// A sales order is `sale` or, locked, `done`: where one of them is asked for and not the other, a filter of its own
/// tells them apart.
fn by_state(filter: &OrderFilter, named: &BTreeSet<String>) -> Vec<OrderFilter> {
    let apart = named.contains("sale") != named.contains("done");
    let keys = |of_sale: bool| {
        let known = STATES.iter().filter(|(name, _)| named.contains(*name));
        let known = known.filter(|(_, key)| !apart || (*key == "sale") == of_sale);
        let keys: BTreeSet<String> = known.map(|(_, key)| (*key).to_owned()).collect();
        keys.into_iter().collect::<Vec<_>>()
    };
    let rest = OrderFilter {
        states: keys(false),
        ..filter.clone()
    };
    let sale = OrderFilter {
        states: keys(true),
        locked: Some(named.contains("done")),
        ..filter.clone()
    };
    let filters = if apart { vec![rest, sale] } else { vec![rest] };
    filters
        .into_iter()
        .filter(|filter| !filter.states.is_empty())
        .collect()
}

fn narrow<T: Ord + Clone>(known: &mut Option<BTreeSet<T>>, more: BTreeSet<T>) {
    *known = Some(match known.take() {
        Some(known) => known.intersection(&more).cloned().collect(),
        None => more,
    });
}

/// The values of a condition: one for `=`, a list for `in`.
fn values<'a>(operator: &str, value: &'a RawValue) -> Result<Vec<&'a RawValue>, Failure> {
    match (operator, Json::of(value)?) {
        ("in", Json::List(items)) => Ok(items),
        ("in", _) => Err(refused("in asks for a list")),
        _ => Ok(vec![value]),
    }
}

fn words(operator: &str, value: &RawValue) -> Result<BTreeSet<String>, Failure> {
    let mut words = BTreeSet::new();
    for item in values(operator, value)? {
        match Json::of(item)? {
            Json::Text(word) => words.insert(word),
            _ => return Err(refused(&format!("{} is no text", quoted(item.get())))),
        };
    }
    Ok(words)
}

/// A moment, and whether it was given as a whole day.
fn moment(value: &RawValue) -> Result<(Moment, bool), Failure> {
    let day = format_description!("[year]-[month]-[day]");
    let second = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let read = match Json::of(value)? {
        Json::Text(text) => match PrimitiveDateTime::parse(&text, second) {
            Ok(time) => Some((time, false)),
            Err(_) => Date::parse(&text, day)
                .ok()
                .map(|day| (PrimitiveDateTime::new(day, Time::MIDNIGHT), true)),
        },
        _ => None,
    };
    let (time, is_day) = read.ok_or_else(|| {
        let text = format!("{} is no YYYY-MM-DD HH:MM:SS", quoted(value.get()));
        refused(&text)
    })?;
    Ok((time.assume_utc().unix_timestamp_nanos(), is_day))
}

fn timestamp(moment: Moment) -> Timestamp {
    const SECOND: Moment = 1_000_000_000;
    Timestamp {
        seconds: i64::try_from(moment.div_euclid(SECOND)).unwrap_or(i64::MAX),
        nanos: i32::try_from(moment.rem_euclid(SECOND)).unwrap_or(0),
    }
}
