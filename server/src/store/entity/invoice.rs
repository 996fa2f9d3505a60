//! Invoices.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row. What never changes lies in the body.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub order_id: i64,
    pub customer_id: Option<i64>,
    pub pro_forma: bool,
    pub state: i32,
    pub date: String,
    pub grand_total: i64,
    pub body: String,
    pub create_time: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "invoice",
    [account_id, number],
    [
        account_id,
        number,
        order_id,
        customer_id,
        pro_forma,
        state,
        date,
        grand_total,
        body,
        create_time
    ]
);
