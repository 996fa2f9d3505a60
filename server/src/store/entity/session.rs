//! Sessions.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    pub account_id: i64,
    pub credential_id: i64,
    pub idle: i64,
    pub create_time: i64,
    pub expire_time: i64,
    pub end_time: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "session",
    [token_hash],
    [
        token_hash,
        account_id,
        credential_id,
        idle,
        create_time,
        expire_time,
        end_time
    ]
);
