//! Everything that is read beside single orders, through sea-orm.

mod documents;
mod history;
mod invoices;
mod list;
mod people;
mod prefix;
mod sessions;

pub use list::{OrderFilter, OrderKey, OrderPage, OrderQuery, OrderSort, TimeRange};
