//! Payments and refunds, for listings.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub order_id: i64,
    pub refund: bool,
    pub method: String,
    pub amount: i64,
    pub currency: String,
    pub description: String,
    pub pay_date: String,
    pub create_time: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "payment",
    [account_id, id],
    [
        account_id,
        id,
        order_id,
        refund,
        method,
        amount,
        currency,
        description,
        pay_date,
        create_time
    ]
);
