//! The narrow rows of orders.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub number: String,
    pub workflow: String,
    pub workflow_version: i64,
    pub state: String,
    pub phase: i32,
    pub payment_status: i32,
    pub invoice_status: i32,
    pub delivery_status: Option<i32>,
    pub locked: bool,
    pub customer_id: Option<i64>,
    pub store_id: Option<i64>,
    pub currency: String,
    pub total: i64,
    pub discount: i64,
    pub tax: i64,
    pub grand_total: i64,
    pub amount_paid: i64,
    pub order_date: Option<i64>,
    pub create_time: i64,
    pub update_time: i64,
    pub delete_time: Option<i64>,
    pub version: i64,
    pub last_hash: Vec<u8>,
}

/// What belongs to an order.
#[derive(Clone, Copy, Debug, EnumIter)]
pub enum Relation {
    /// The rest of its fields.
    Detail,
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        use super::order_detail::{Column as Detail, Entity as OrderDetail};
        Entity::belongs_to(OrderDetail)
            .from((Column::AccountId, Column::Id))
            .to((Detail::AccountId, Detail::OrderId))
            .into()
    }
}

impl Related<super::order_detail::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Detail.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "orders",
    [account_id, id],
    [
        account_id,
        id,
        number,
        workflow,
        workflow_version,
        state,
        phase,
        payment_status,
        invoice_status,
        delivery_status,
        locked,
        customer_id,
        store_id,
        currency,
        total,
        discount,
        tax,
        grand_total,
        amount_paid,
        order_date,
        create_time,
        update_time,
        delete_time,
        version,
        last_hash
    ]
);
