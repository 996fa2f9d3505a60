//! What an order is and what may happen to it: pure rules, without storage, transport or a clock.

pub mod account;
pub mod address;
pub mod admin;
pub mod calendar;
pub mod change;
pub mod command;
pub mod decide;
pub mod decimal;
pub mod document;
pub mod fields;
pub mod hold;
pub mod invoice;
pub mod money;
pub mod order;
pub mod principal;
pub mod refusal;
pub mod role;
pub mod session;
pub mod time;
pub mod value;
pub mod workflow;
