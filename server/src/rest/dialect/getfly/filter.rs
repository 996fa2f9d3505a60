//! What the contract's lists are asked: `filtering[field:operator]`, `sort`, `direction`, `limit`, `offset`.

use order_status_proto::v1 as pb;
use prost_types::Timestamp;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::refused::Refused;
use crate::rest::dialect::query::Query;

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const SECONDS_A_DAY: i64 = 24 * 60 * 60;
/// How many items a list has, where nothing is said, and at most.
const USUAL: i32 = 20;
const MOST: i32 = 100;
/// How many items a list passes over, at most.
const MOST_SKIPPED: i32 = 10_000;
/// How many values a filter has, at most.
const MOST_VALUES: usize = 100;

/// The seconds since 1970 of the start of a day such as `2025-02-05`, in UTC.
pub fn day(text: &str) -> Option<i64> {
    let day = Date::parse(text, DAY).ok()?;
    Some(day.midnight().assume_utc().unix_timestamp())
}

/// The day of a time, in UTC; empty for none.
pub fn day_text(time: Option<&Timestamp>) -> String {
    written(time, DAY)
}

/// A time in UTC such as `2025-02-05 10:00:00`; empty for none.
pub fn time_text(time: Option<&Timestamp>) -> String {
    written(time, TIME)
}

fn written(time: Option<&Timestamp>, format: &[BorrowedFormatItem<'_>]) -> String {
    let time = time.and_then(|time| OffsetDateTime::from_unix_timestamp(time.seconds).ok());
    let written = time.and_then(|time| time.format(format).ok());
    written.unwrap_or_default()
}

/// What a list can be asked.
pub struct List {
    /// The fields to filter by, each with its operators.
    pub filters: &'static [(&'static str, &'static [&'static str])],
    /// The fields to sort by.
    pub sorts: &'static [&'static str],
    /// Whether it is sorted by id downwards where nothing is said; upwards else.
    pub newest_first: bool,
}

/// What a list is asked.
#[derive(Debug, Default)]
pub struct Asked {
    /// How many items.
    pub limit: i32,
    /// After how many.
    pub offset: i32,
    /// By what, where that is said.
    pub sort: Option<String>,
    /// Whether the largest come first.
    pub descending: bool,
    filters: Vec<Filter>,
}

#[derive(Debug)]
struct Filter {
    field: String,
    operator: String,
    values: Vec<String>,
}

impl Asked {
    /// Reads a query for a list.
    ///
    /// # Errors
    /// What is not known, or has the wrong form.
    pub fn of(query: &Query, list: &List) -> Result<Asked, Refused> {
        let limit = number(query, "limit", USUAL, 1, i32::MAX)?.min(MOST);
        let offset = number(query, "offset", 0, 0, MOST_SKIPPED)?;
        let sort = query.get("sort").filter(|sort| !sort.is_empty());
        if let Some(sort) = sort
            && !list.sorts.contains(&sort)
        {
            let known = list.sorts.join(", ");
            return Err(Refused::bad_request(format!("sort is one of: {known}")));
        }
        let descending = match query.get("direction") {
            Some(direction) if direction.eq_ignore_ascii_case("desc") => true,
            Some(direction) if direction.eq_ignore_ascii_case("asc") => false,
            None | Some("") => sort.is_none() && list.newest_first,
            Some(_) => return Err(Refused::bad_request("direction is asc or desc")),
        };
        let mut asked = Asked {
            limit,
            offset,
            sort: sort.map(str::to_owned),
            descending,
            filters: Vec::new(),
        };
        for (name, value) in query.iter() {
            asked.add(name, value, list.filters)?;
        }
        Ok(asked)
    }

    fn add(&mut self, name: &str, value: &str, known: &[(&str, &[&str])]) -> Result<(), Refused> {
        let Some(rest) = name.strip_prefix("filtering[") else {
            return Ok(());
        };
        // A list of values may be written as `filtering[id:in][]=1&filtering[id:in][]=2`.
        let (inside, _) = rest.split_once(']').unwrap_or((rest, ""));
        let (field, operator) = inside.split_once(':').unwrap_or((inside, "eq"));
        let operators = known.iter().find(|(name, _)| *name == field);
        if !operators.is_some_and(|(_, operators)| operators.contains(&operator)) {
            let all = known
                .iter()
                .map(|(name, all)| format!("{name} ({})", all.join(", ")));
            let all: Vec<String> = all.collect();
            let message = format!("filtering knows: {}", all.join("; "));
            return Err(Refused::bad_request(message));
        }
        let values = value
            .trim_start_matches('[')
            .trim_end_matches(']')
            .split(',');
        let values = values.map(|value| value.trim().trim_matches('"').to_owned());
        let same = |other: &&mut Filter| other.field == field && other.operator == operator;
        let filter = match self.filters.iter_mut().find(same) {
            Some(filter) => {
                filter.values.extend(values);
                filter
            }
            None => {
                self.filters.push(Filter {
                    field: field.to_owned(),
                    operator: operator.to_owned(),
                    values: values.collect(),
                });
                return Ok(());
            }
        };
        if filter.values.len() > MOST_VALUES {
            let message = format!("{field} has more than {MOST_VALUES} values");
            return Err(Refused::bad_request(message));
        }
        Ok(())
    }

    /// The ids that a field may have; `None` where nothing is said of it.
    ///
    /// # Errors
    /// One of them is no id.
    pub fn ids(&self, field: &str) -> Result<Option<Vec<i64>>, Refused> {
        let mut ids: Option<Vec<i64>> = None;
        for filter in self.filters.iter().filter(|filter| filter.field == field) {
            let values = filter.values.iter();
            let read: Option<Vec<i64>> = values.map(|value| value.parse().ok()).collect();
            let read = read.filter(|read| filter.operator == "in" || read.len() == 1);
            let Some(mut read) = read.filter(|read| read.len() <= MOST_VALUES) else {
                return Err(Refused::bad_request(format!("{field} must be a number")));
            };
            if let Some(before) = &ids {
                read.retain(|id| before.contains(id));
            }
            ids = Some(read);
        }
        Ok(ids)
    }

    /// The span of time that a field may lie in; `None` where nothing is said of it.
    ///
    /// # Errors
    /// One of its ends is no time.
    pub fn span(&self, field: &str) -> Result<Option<pb::TimeRange>, Refused> {
        let (mut start, mut end): (Option<i64>, Option<i64>) = (None, None);
        for filter in self.filters.iter().filter(|filter| filter.field == field) {
            let values: Option<Vec<(i64, i64)>> =
                filter.values.iter().map(|value| moment(value)).collect();
            let values = values.unwrap_or_default();
            let (from, to) = match (filter.operator.as_str(), values.as_slice()) {
                ("eq", [(first, after)]) => (Some(*first), Some(*after)),
                ("gte", [(first, _)]) => (Some(*first), None),
                ("lte", [(_, after)]) => (None, Some(*after)),
                ("between", [(first, _), (_, after)]) => (Some(*first), Some(*after)),
                _ => {
                    let message = format!("{field} must be a day or a time such as 2025-02-05");
                    return Err(Refused::bad_request(message));
                }
            };
            start = start.max(from);
            end = match (end, to) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        if let (Some(first), Some(after)) = (start, end) {
            // Nothing lies in a span that ends before it starts.
            end = Some(after.max(first));
        }
        let moment = |seconds| Timestamp { seconds, nanos: 0 };
        let given = start.is_some() || end.is_some();
        Ok(given.then(|| pb::TimeRange {
            start_time: start.map(moment),
            end_time: end.map(moment),
        }))
    }
}

/// A day, a time or seconds since 1970: the first second of it and the first after it.
fn moment(text: &str) -> Option<(i64, i64)> {
    if let Some(first) = day(text) {
        return Some((first, first + SECONDS_A_DAY));
    }
    let time = PrimitiveDateTime::parse(text, TIME).ok();
    let first = match time {
        Some(time) => time.assume_utc().unix_timestamp(),
        None => i64::from(text.parse::<u32>().ok()?),
    };
    Some((first, first + 1))
}

fn number(query: &Query, name: &str, usual: i32, least: i32, most: i32) -> Result<i32, Refused> {
    let Some(text) = query.get(name).filter(|text| !text.is_empty()) else {
        return Ok(usual);
    };
    let read = text.parse().ok();
    read.filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            let most = if most == i32::MAX { MOST } else { most };
            Refused::bad_request(format!("{name} must be a number from {least} to {most}"))
        })
}
