//! Filters of orders.

use order_status_proto::v1 as pb;

use super::codes::{INVOICE_STATUSES, PAYMENT_STATUSES, PHASES};
use super::reader::{Path, Reader};
use crate::domain::money::{InvoiceStatus, PaymentStatus};
use crate::domain::workflow::Phase;
use crate::store::{OrderFilter, TimeRange};

/// How many values a list may have.
const MOST_VALUES: usize = 100;

/// Reads a filter; an absent one means every order.
pub fn filter(reader: &mut Reader, given: Option<pb::OrderFilter>) -> OrderFilter {
    let path = Path::Request.field("filter");
    let Some(given) = given else {
        return OrderFilter::default();
    };
    for (name, count) in [
        ("states", given.states.len()),
        ("phases", given.phases.len()),
        ("payment_statuses", given.payment_statuses.len()),
        ("store_ids", given.store_ids.len()),
        ("customer_ids", given.customer_ids.len()),
        ("ids", given.ids.len()),
        ("numbers", given.numbers.len()),
        ("invoice_statuses", given.invoice_statuses.len()),
    ] {
        reader.count(&path.field(name), count, 0, MOST_VALUES);
    }
    let at = path.field("states");
    let states = given.states.into_iter().enumerate();
    let states = states
        .map(|(i, key)| {
            reader.name(&at.item(i), &key, 32);
            key
        })
        .collect();
    let at = path.field("phases");
    let phases = given.phases.iter().enumerate();
    let phases: Vec<Phase> = phases
        .filter_map(|(i, phase)| listed(reader, &at.item(i), *phase, PHASES))
        .collect();
    let at = path.field("payment_statuses");
    let statuses = given.payment_statuses.iter().enumerate();
    let payment_statuses: Vec<PaymentStatus> = statuses
        .filter_map(|(i, status)| listed(reader, &at.item(i), *status, PAYMENT_STATUSES))
        .collect();
    let at = path.field("invoice_statuses");
    let statuses = given.invoice_statuses.iter().enumerate();
    let invoice_statuses: Vec<InvoiceStatus> = statuses
        .filter_map(|(i, status)| listed(reader, &at.item(i), *status, INVOICE_STATUSES))
        .collect();
    let at = path.field("numbers");
    let numbers = given.numbers.into_iter().enumerate();
    let numbers = numbers
        .map(|(i, number)| {
            reader.order_number(&at.item(i), &number);
            number
        })
        .collect();
    if given.number_prefix.chars().nth(64).is_some() {
        reader.refuse(&path.field("number_prefix"), "is longer than 64 characters");
    }
    OrderFilter {
        states,
        phases: phases.iter().copied().map(Phase::code).collect(),
        payment_statuses: payment_statuses
            .iter()
            .copied()
            .map(PaymentStatus::code)
            .collect(),
        store_ids: given.store_ids,
        customer_ids: given.customer_ids,
        number_prefix: reader.text(&path.field("number_prefix"), given.number_prefix),
        create_time: span(reader, &path.field("create_time"), given.create_time),
        update_time: span(reader, &path.field("update_time"), given.update_time),
        ids: given.ids,
        numbers,
        min_id: given.min_id,
        max_id: given.max_id,
        invoice_statuses: invoice_statuses
            .iter()
            .copied()
            .map(InvoiceStatus::code)
            .collect(),
        locked: given.locked,
        order_date: span(reader, &path.field("order_date"), given.order_date),
        ..OrderFilter::default()
    }
}

/// An enum value in a list, where unspecified means nothing.
fn listed<E: Copy>(
    reader: &mut Reader,
    path: &Path<'_>,
    number: i32,
    known: &[(i32, &'static str, E)],
) -> Option<E> {
    if number == 0 {
        reader.refuse(path, "is unspecified");
    }
    reader.code(path, number, known)
}

fn span(reader: &mut Reader, path: &Path<'_>, given: Option<pb::TimeRange>) -> TimeRange {
    let given = given.unwrap_or_default();
    let start = reader.time(&path.field("start_time"), given.start_time.as_ref());
    let end = reader.time(&path.field("end_time"), given.end_time.as_ref());
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        reader.refuse(&path.field("end_time"), "lies before start_time");
    }
    TimeRange { start, end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_with_a_filter_is_told_at_once() {
        let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        let mut reader = Reader::default();
        let given = pb::OrderFilter {
            phases: vec![1, 0, 7],
            store_ids: vec![1; 101],
            number_prefix: "x".repeat(65),
            create_time: Some(pb::TimeRange {
                start_time: time(2),
                end_time: time(1),
            }),
            ..Default::default()
        };
        filter(&mut reader, Some(given));
        let fields: Vec<&str> = reader.found().iter().map(|(field, _)| *field).collect();
        let expected = [
            "filter.store_ids",
            "filter.phases[1]",
            "filter.phases[2]",
            "filter.number_prefix",
            "filter.create_time.end_time",
        ];
        assert_eq!(fields, expected);
    }
}
