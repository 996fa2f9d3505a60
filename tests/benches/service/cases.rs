//! The cases that are measured on each database, and over HTTP.

pub mod on_postgres;
pub mod on_sqlite;
pub mod over_http;
