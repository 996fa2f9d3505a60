//! The cases that are measured on each database, over HTTP, and of orders with goods.

pub mod goods;
pub mod on_postgres;
pub mod on_sqlite;
pub mod over_http;
