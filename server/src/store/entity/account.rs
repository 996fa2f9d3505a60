//! Accounts.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub name: String,
    pub workflow: String,
    pub currency: String,
    pub decimals: Option<i32>,
    pub lock_on_confirm: bool,
    pub warehouse: bool,
    pub time_zone: String,
    pub revision: i64,
    pub create_time: i64,
    pub code: Option<String>,
    pub invoice_series: Option<i32>,
    pub phone_messages: bool,
    pub email_messages: bool,
    pub service_vat_correction: Option<i64>,
    pub seller_details: String,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "account",
    [id],
    [
        id,
        name,
        workflow,
        currency,
        decimals,
        lock_on_confirm,
        warehouse,
        time_zone,
        revision,
        create_time,
        code,
        invoice_series,
        phone_messages,
        email_messages,
        service_vat_correction,
        seller_details
    ]
);
