//! Registered customers.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub code: String,
    pub name: String,
    pub phone: String,
    pub email: String,
    pub contact_name: String,
    pub address: Option<String>,
    pub create_time: i64,
    pub version: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "customer",
    [account_id, id],
    [
        account_id,
        id,
        code,
        name,
        phone,
        email,
        contact_name,
        address,
        create_time,
        version
    ]
);
