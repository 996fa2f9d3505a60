//! Messages to customers.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub kind: String,
    pub recipient: String,
    pub order_id: i64,
    pub invoice_number: i64,
    pub state: String,
    pub create_time: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "message",
    [account_id, id],
    [
        account_id,
        id,
        kind,
        recipient,
        order_id,
        invoice_number,
        state,
        create_time
    ]
);
