//! The hot reads of a SQLite file.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension as _};

use super::Sqlite;
use crate::domain::order::{Order, OrderRef};
use crate::store::StoreError;
use crate::store::entity::order;
use crate::store::record::{Record as _, columns};
use crate::store::rows;

/// The same look-up by id and by number, narrow and with the detail.
struct Lookup {
    by_id: [String; 2],
    by_number: [String; 2],
}

static LIVE: LazyLock<Lookup> = LazyLock::new(|| Lookup {
    by_id: both("o.id = $2 AND o.delete_time IS NULL"),
    by_number: both("o.number = $2 AND o.delete_time IS NULL"),
});

/// For the writer, who may also name a deleted order by its id.
static ANY: LazyLock<Lookup> = LazyLock::new(|| Lookup {
    by_id: both("o.id = $2"),
    by_number: both("o.number = $2 AND o.delete_time IS NULL"),
});

fn both(condition: &str) -> [String; 2] {
    let narrow = columns::<order::Model>("o.");
    let detail = "JOIN order_detail d ON d.account_id = o.account_id AND d.order_id = o.id";
    [
        format!("SELECT {narrow} FROM orders o WHERE o.account_id = $1 AND {condition}"),
        format!(
            "SELECT {narrow}, d.body FROM orders o {detail} WHERE o.account_id = $1 AND {condition}"
        ),
    ]
}

impl Sqlite {
    /// One order that is not deleted; its narrow row alone unless `full`.
    ///
    /// # Errors
    /// As the database says, or where the row makes no sense.
    pub fn order(
        &self,
        account: i64,
        order: &OrderRef,
        full: bool,
    ) -> Result<Option<Order>, StoreError> {
        self.read(|connection| look_up(connection, &LIVE, account, order, full))
    }
}

/// One order with its detail, also a deleted one where it is named by its id.
pub fn any_order(
    connection: &Connection,
    account: i64,
    order: &OrderRef,
) -> Result<Option<Order>, StoreError> {
    look_up(connection, &ANY, account, order, true)
}

fn look_up(
    connection: &Connection,
    lookup: &Lookup,
    account: i64,
    order: &OrderRef,
    full: bool,
) -> Result<Option<Order>, StoreError> {
    let (sql, key): (&str, &dyn rusqlite::ToSql) = match order {
        OrderRef::Id(id) => (&lookup.by_id[usize::from(full)], id),
        OrderRef::Number(number) => (&lookup.by_number[usize::from(full)], number),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row([&account as &dyn rusqlite::ToSql, key], |row| {
        let body = if full {
            Some(row.get::<_, String>(order::Model::COLUMNS.len())?)
        } else {
            None
        };
        Ok((order::Model::from_sqlite(row, 0)?, body))
    });
    found
        .optional()?
        .map(|(row, body)| rows::order(row, body.as_deref()))
        .transpose()
}
