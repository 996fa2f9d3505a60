//! Store, supplier and outbound orders.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row. What it carries, and where it goes, lies in its body.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub state: i32,
    pub body: String,
    pub create_time: i64,
    pub update_time: i64,
    pub version: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "document",
    [account_id, kind, id],
    [
        account_id,
        kind,
        id,
        state,
        body,
        create_time,
        update_time,
        version
    ]
);
