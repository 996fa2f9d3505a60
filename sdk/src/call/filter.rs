//! Which orders a list or a watch is of. An order matches if it fits every field that is set;
//! it fits a list if it fits one of its values.

use order_status_proto::v1::{OrderFilter, TimeRange};

use super::Call;
use crate::field::Filter;
use crate::method::Takes;
use crate::types::{InvoiceStatus, PaymentStatus, Phase, Timestamp};

impl<M: Takes<Filter>> Call<M> {
    /// Only orders in these states, by their keys (`confirmed`).
    pub fn states(self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter(|filter| filter.states = keys.into_iter().map(Into::into).collect())
    }

    /// Only orders in these phases.
    pub fn phases(self, phases: impl IntoIterator<Item = Phase>) -> Self {
        self.filter(|filter| filter.phases = phases.into_iter().map(i32::from).collect())
    }

    /// Only orders that are paid so far.
    pub fn payment_statuses(self, statuses: impl IntoIterator<Item = PaymentStatus>) -> Self {
        let statuses = statuses.into_iter().map(i32::from).collect();
        self.filter(|filter| filter.payment_statuses = statuses)
    }

    /// Only orders of these stores.
    pub fn store_ids(self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.filter(|filter| filter.store_ids = ids.into_iter().collect())
    }

    /// Only orders of these customers.
    pub fn customer_ids(self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.filter(|filter| filter.customer_ids = ids.into_iter().collect())
    }

    /// Only orders whose number begins so, upper and lower case apart.
    pub fn number_prefix(self, prefix: impl Into<String>) -> Self {
        self.filter(|filter| filter.number_prefix = prefix.into())
    }

    /// Only the orders with these ids.
    pub fn with_ids(self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.filter(|filter| filter.ids = ids.into_iter().collect())
    }

    /// Only the orders with these numbers.
    pub fn with_numbers(self, numbers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter(|filter| filter.numbers = numbers.into_iter().map(Into::into).collect())
    }

    /// Only orders with this id or a greater one.
    pub fn min_id(self, id: i64) -> Self {
        self.filter(|filter| filter.min_id = Some(id))
    }

    /// Only orders with this id or a lesser one.
    pub fn max_id(self, id: i64) -> Self {
        self.filter(|filter| filter.max_id = Some(id))
    }

    /// Only orders that are invoiced so far.
    pub fn invoice_statuses(self, statuses: impl IntoIterator<Item = InvoiceStatus>) -> Self {
        let statuses = statuses.into_iter().map(i32::from).collect();
        self.filter(|filter| filter.invoice_statuses = statuses)
    }

    /// Only orders that are locked, or only those that are not.
    pub fn locked(self, locked: bool) -> Self {
        self.filter(|filter| filter.locked = Some(locked))
    }

    /// Only orders with an order date at this time or later.
    pub fn ordered_from(self, time: impl Into<Timestamp>) -> Self {
        self.ordered(|range| range.start_time = Some(time.into()))
    }

    /// Only orders with an order date before this time.
    pub fn ordered_before(self, time: impl Into<Timestamp>) -> Self {
        self.ordered(|range| range.end_time = Some(time.into()))
    }

    /// Only orders made at this time or later.
    pub fn created_from(self, time: impl Into<Timestamp>) -> Self {
        self.created(|range| range.start_time = Some(time.into()))
    }

    /// Only orders made before this time.
    pub fn created_before(self, time: impl Into<Timestamp>) -> Self {
        self.created(|range| range.end_time = Some(time.into()))
    }

    /// Only orders last changed at this time or later.
    pub fn updated_from(self, time: impl Into<Timestamp>) -> Self {
        self.updated(|range| range.start_time = Some(time.into()))
    }

    /// Only orders last changed before this time.
    pub fn updated_before(self, time: impl Into<Timestamp>) -> Self {
        self.updated(|range| range.end_time = Some(time.into()))
    }

    fn created(self, change: impl FnOnce(&mut TimeRange)) -> Self {
        self.filter(|filter| change(filter.create_time.get_or_insert_default()))
    }

    fn updated(self, change: impl FnOnce(&mut TimeRange)) -> Self {
        self.filter(|filter| change(filter.update_time.get_or_insert_default()))
    }

    fn ordered(self, change: impl FnOnce(&mut TimeRange)) -> Self {
        self.filter(|filter| change(filter.order_date.get_or_insert_default()))
    }

    fn filter(mut self, change: impl FnOnce(&mut OrderFilter)) -> Self {
        change(M::slot(&mut self.request).get_or_insert_default());
        self
    }
}
