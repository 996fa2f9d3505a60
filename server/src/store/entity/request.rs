//! Request ids that were answered.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: Vec<u8>,
    pub day: i32,
    pub fingerprint: Vec<u8>,
    pub credential_id: i64,
    pub results: String,
    pub document: Option<String>,
    pub create_time: i64,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "request",
    [account_id, request_id],
    [
        account_id,
        request_id,
        day,
        fingerprint,
        credential_id,
        results,
        document,
        create_time
    ]
);
