//! The personal values of changes.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub salt: Vec<u8>,
    pub body: String,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "personal_value",
    [account_id, order_id, version],
    [account_id, order_id, version, salt, body]
);
