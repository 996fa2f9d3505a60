//! Invoices: who is billed for what, under which numbers, and when nobody is.

mod booking;
mod numbers;
mod order;
mod people;
mod readers;
mod refusals;
mod shop;
mod split;
