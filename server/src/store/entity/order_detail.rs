//! Everything of an order that is not in its narrow row.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_detail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_id: i64,
    pub body: String,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "order_detail",
    [account_id, order_id],
    [account_id, order_id, body]
);
