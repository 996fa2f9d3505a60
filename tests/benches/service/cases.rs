//! The cases that are measured on each database.

pub mod on_postgres;
pub mod on_sqlite;
