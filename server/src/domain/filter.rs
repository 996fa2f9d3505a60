//! Which orders somebody asks for.

use super::money::PaymentStatus;
use super::order::Order;
use super::principal::Principal;
use super::role::Role;
use super::time::Timestamp;
use super::workflow::Phase;

/// Which orders are meant: those that fit every part that is given. A list is fitted by each of its
/// values, an empty list by everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Keys of states.
    pub states: Vec<String>,
    /// Phases of states.
    pub phases: Vec<Phase>,
    /// Where payment stands.
    pub payment_statuses: Vec<PaymentStatus>,
    /// Stores.
    pub store_ids: Vec<i64>,
    /// Registered customers.
    pub customer_ids: Vec<i64>,
    /// What the order's number begins with.
    pub number_prefix: String,
    /// When the order was made.
    pub create_time: Span,
    /// When the order last changed.
    pub update_time: Span,
}

/// A span of time: from its start on, until before its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first moment within.
    pub start: Option<Timestamp>,
    /// The first moment after.
    pub end: Option<Timestamp>,
}

impl Span {
    /// Whether the moment lies within.
    pub fn holds(&self, time: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= time) && self.end.is_none_or(|end| time < end)
    }
}

impl Filter {
    /// Whether the order, whose state belongs to `phase`, is meant.
    pub fn matches(&self, order: &Order, phase: Option<Phase>) -> bool {
        fits(&self.states, Some(&order.state))
            && fits(&self.phases, phase.as_ref())
            && fits(&self.payment_statuses, Some(&order.derived.payment_status))
            && fits(&self.store_ids, order.store_id.as_ref())
            && fits(&self.customer_ids, order.customer.id.as_ref())
            && order.number.starts_with(&self.number_prefix)
            && self.create_time.holds(order.create_time)
            && self.update_time.holds(order.update_time)
    }

    /// The filter within what the caller may see; `None` where nothing is left.
    pub fn within(mut self, principal: &Principal) -> Option<Filter> {
        if principal.role == Role::Client && principal.customer_id.is_none() {
            return None;
        }
        let only = |list: &mut Vec<i64>, own: Option<i64>| match own {
            Some(own) if !list.is_empty() && !list.contains(&own) => false,
            Some(own) => {
                *list = vec![own];
                true
            }
            None => true,
        };
        let left = only(&mut self.customer_ids, principal.customer_id)
            && only(&mut self.store_ids, principal.store_id);
        left.then_some(self)
    }
}

fn fits<T: PartialEq>(list: &[T], value: Option<&T>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role, customer_id: Option<i64>, store_id: Option<i64>) -> Principal {
        Principal {
            account_id: 1,
            credential_id: 1,
            actor: "test".to_owned(),
            role,
            customer_id,
            store_id,
            scopes: Vec::new(),
        }
    }

    #[test]
    fn an_order_has_to_fit_every_part_that_is_given() {
        let order = Order {
            number: "A-17".to_owned(),
            state: "new".to_owned(),
            store_id: Some(2),
            create_time: Timestamp::from_micros(10),
            ..Order::default()
        };
        let phase = Some(Phase::New);
        let span = |start, end| Span {
            start: Some(Timestamp::from_micros(start)),
            end: Some(Timestamp::from_micros(end)),
        };
        assert!(Filter::default().matches(&order, phase));
        for (filter, matches) in [
            (
                Filter {
                    states: vec!["new".to_owned(), "sent".to_owned()],
                    ..Filter::default()
                },
                true,
            ),
            (
                Filter {
                    states: vec!["sent".to_owned()],
                    ..Filter::default()
                },
                false,
            ),
            (
                Filter {
                    phases: vec![Phase::Complete],
                    ..Filter::default()
                },
                false,
            ),
            (
                Filter {
                    payment_statuses: vec![PaymentStatus::Paid],
                    ..Filter::default()
                },
                false,
            ),
            (
                Filter {
                    store_ids: vec![2],
                    number_prefix: "A-".to_owned(),
                    ..Filter::default()
                },
                true,
            ),
            (
                Filter {
                    store_ids: vec![2],
                    number_prefix: "a-".to_owned(),
                    ..Filter::default()
                },
                false,
            ),
            (
                Filter {
                    customer_ids: vec![5],
                    ..Filter::default()
                },
                false,
            ),
            (
                Filter {
                    create_time: span(10, 11),
                    ..Filter::default()
                },
                true,
            ),
            (
                Filter {
                    create_time: span(9, 10),
                    ..Filter::default()
                },
                false,
            ),
        ] {
            assert_eq!(filter.matches(&order, phase), matches, "{filter:?}");
        }
    }

    #[test]
    fn a_limited_caller_asks_within_the_limits_or_for_nothing() {
        let all = Filter::default;
        assert_eq!(all().within(&caller(Role::Staff, None, None)), Some(all()));
        let own = Filter {
            customer_ids: vec![5],
            ..all()
        };
        assert_eq!(
            all().within(&caller(Role::Client, Some(5), None)),
            Some(own)
        );
        let other = Filter {
            customer_ids: vec![6],
            ..all()
        };
        assert_eq!(other.within(&caller(Role::Client, Some(5), None)), None);
        assert_eq!(all().within(&caller(Role::Client, None, None)), None);
        let both = Filter {
            store_ids: vec![1, 2],
            ..all()
        };
        let left = Filter {
            store_ids: vec![2],
            ..all()
        };
        assert_eq!(both.within(&caller(Role::Staff, None, Some(2))), Some(left));
    }
}
