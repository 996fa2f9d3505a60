//! Rows as both drivers read and write them, beside their entities.

use rusqlite::ToSql;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;

/// A row of one table, in the table's column order.
pub trait Record: Sized + Send {
    /// The table.
    const TABLE: &'static str;
    /// The columns of its primary key.
    const KEY: &'static [&'static str];
    /// Every column.
    const COLUMNS: &'static [&'static str];

    /// Reads the row from the columns that start at `first`.
    fn from_sqlite(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Self>;

    /// Reads the row from the columns that start at `first`.
    fn from_postgres(row: &PgRow, first: usize) -> sqlx::Result<Self>;

    /// Every value, in column order.
    fn values(&self) -> Vec<&dyn ToSql>;

    /// Binds one array for each column.
    fn bind_arrays<'q>(
        rows: &[Self],
        query: Query<'q, Postgres, PgArguments>,
    ) -> Query<'q, Postgres, PgArguments>;
}

/// Makes an entity's model a [`Record`]: its table, its key, its columns in order.
macro_rules! record {
    ($model:ty, $table:literal, [$($key:ident),+], [$($column:ident),+ $(,)?]) => {
        impl crate::store::record::Record for $model {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            fn from_sqlite(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Self> {
                let mut columns = first..;
                let mut next = || columns.next().unwrap_or_default();
                Ok(Self { $($column: row.get(next())?),+ })
            }

            fn from_postgres(row: &sqlx::postgres::PgRow, first: usize) -> sqlx::Result<Self> {
                let mut columns = first..;
                let mut next = || columns.next().unwrap_or_default();
                Ok(Self { $($column: sqlx::Row::try_get(row, next())?),+ })
            }

            fn values(&self) -> Vec<&dyn rusqlite::ToSql> {
                vec![$(&self.$column),+]
            }

            fn bind_arrays<'q>(
                rows: &[Self],
                query: sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>,
            ) -> sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
                query$(.bind(rows.iter().map(|row| row.$column.clone()).collect::<Vec<_>>()))+
            }
        }
    };
}
pub(crate) use record;

/// The quoted columns of a record, each after `prefix` (such as `o.`), with commas between.
pub fn columns<R: Record>(prefix: &str) -> String {
    list(R::COLUMNS, |column| format!("{prefix}\"{column}\""), ", ")
}

/// `count` placeholders from `$first` on.
pub fn placeholders(first: usize, count: usize) -> String {
    let numbers: Vec<usize> = (first..first + count).collect();
    list(&numbers, |number| format!("${number}"), ", ")
}

/// Each item as text, with a separator between.
pub fn list<T>(items: &[T], text: impl Fn(&T) -> String, separator: &str) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(separator)
}

/// The columns that are not part of the key.
pub fn beside_key<R: Record>() -> Vec<&'static str> {
    R::COLUMNS
        .iter()
        .filter(|column| !R::KEY.contains(column))
        .copied()
        .collect()
}

/// What an insert does where the key is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Fails.
    Refuse,
    /// Overwrites the row.
    Overwrite,
    /// Leaves the row as it is.
    Keep,
}

/// `INSERT` of rows that `source` gives, in column order.
pub fn insert<R: Record>(source: &str, taken: Taken) -> String {
    let keys = list(R::KEY, |key| format!("\"{key}\""), ", ");
    let set = list(
        &beside_key::<R>(),
        |column| format!("\"{column}\" = excluded.\"{column}\""),
        ", ",
    );
    let conflict = match taken {
        Taken::Refuse => String::new(),
        Taken::Overwrite => format!(" ON CONFLICT ({keys}) DO UPDATE SET {set}"),
        Taken::Keep => format!(" ON CONFLICT ({keys}) DO NOTHING"),
    };
    format!(
        "INSERT INTO {} ({}) {source}{conflict}",
        R::TABLE,
        columns::<R>("")
    )
}
