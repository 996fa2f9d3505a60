//! The tables as sea-orm knows them.

pub mod account;
pub mod catalog_entry;
pub mod change;
pub mod counter;
pub mod credential;
pub mod customer;
pub mod daily_calls;
pub mod document;
pub mod invoice;
pub mod message;
pub mod order;
pub mod order_detail;
pub mod payment;
pub mod personal_value;
pub mod request;
pub mod session;
pub mod shop;
pub mod used_code;
pub mod workflow;
