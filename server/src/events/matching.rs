//! Whether an order fits a filter, as the store's lists decide it.

use crate::domain::order::Order;
use crate::domain::time::Timestamp;
use crate::domain::workflow::{Phase, Workflows};
use crate::store::{OrderFilter, TimeRange};

/// Whether the order fits every part of the filter that is given.
pub fn matches(filter: &OrderFilter, order: &Order, workflows: &Workflows) -> bool {
    let phase = phase(order, workflows).map(Phase::code);
    fits(&filter.states, Some(&order.state))
        && fits(&filter.phases, phase.as_ref())
        && fits(
            &filter.payment_statuses,
            Some(&order.derived.payment_status.code()),
        )
        && fits(&filter.store_ids, order.store_id.as_ref())
        && fits(&filter.customer_ids, order.customer.id.as_ref())
        && filter
            .only_store
            .is_none_or(|store| order.store_id == Some(store))
        && filter
            .only_customer
            .is_none_or(|customer| order.customer.id == Some(customer))
        && order.number.starts_with(&filter.number_prefix)
        && holds(filter.create_time, order.create_time)
        && holds(filter.update_time, order.update_time)
        && fits(&filter.ids, Some(&order.id))
        && fits(&filter.numbers, Some(&order.number))
        && filter.min_id.is_none_or(|least| least <= order.id)
        && filter.max_id.is_none_or(|greatest| order.id <= greatest)
        && fits(
            &filter.invoice_statuses,
            Some(&order.derived.invoice_status.code()),
        )
        && filter.locked.is_none_or(|locked| order.locked == locked)
        && match order.order_date {
            Some(date) => holds(filter.order_date, date),
            None => filter.order_date == TimeRange::default(),
        }
}

fn phase(order: &Order, workflows: &Workflows) -> Option<Phase> {
    let workflow = workflows.get(&order.workflow, order.workflow_version)?;
    Some(workflow.states[workflow.state(&order.state)?].phase)
}

/// A list is fitted by each of its values, an empty one by everything.
fn fits<T: PartialEq>(list: &[T], value: Option<&T>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.contains(value))
}

fn holds(range: TimeRange, time: Timestamp) -> bool {
    range.start.is_none_or(|start| start <= time) && range.end.is_none_or(|end| time < end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_has_to_fit_every_part_that_is_given() {
        let workflows = Workflows::built_in();
        let order = Order {
            number: "A-17".to_owned(),
            workflow: "standard".to_owned(),
            workflow_version: 1,
            state: "new".to_owned(),
            store_id: Some(2),
            create_time: Timestamp::from_micros(10),
            ..Order::default()
        };
        let all = OrderFilter::default;
        let range = |start, end| TimeRange {
            start: Some(Timestamp::from_micros(start)),
            end: Some(Timestamp::from_micros(end)),
        };
        let states = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
        for (filter, expected) in [
            (all(), true),
            (
                OrderFilter {
                    states: states(&["new", "confirmed"]),
                    ..all()
                },
                true,
            ),
            (
                OrderFilter {
                    states: states(&["confirmed"]),
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    phases: vec![1],
                    ..all()
                },
                true,
            ),
            (
                OrderFilter {
                    phases: vec![20],
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    payment_statuses: vec![2],
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    store_ids: vec![2],
                    number_prefix: "A-".to_owned(),
                    ..all()
                },
                true,
            ),
            (
                OrderFilter {
                    store_ids: vec![2],
                    number_prefix: "a-".to_owned(),
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    customer_ids: vec![5],
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    only_customer: Some(5),
                    ..all()
                },
                false,
            ),
            (
                OrderFilter {
                    only_store: Some(2),
                    ..all()
                },
                true,
            ),
            (
                OrderFilter {
                    create_time: range(10, 11),
                    ..all()
                },
                true,
            ),
            (
                OrderFilter {
                    create_time: range(9, 10),
                    ..all()
                },
                false,
            ),
        ] {
            assert_eq!(matches(&filter, &order, &workflows), expected, "{filter:?}");
        }
    }
}
