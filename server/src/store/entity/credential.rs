//! Credentials.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub title: String,
    pub role: String,
    pub key_hash: Option<Vec<u8>>,
    pub prefix: String,
    pub store_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub scopes: String,
    pub create_time: i64,
    pub expire_time: Option<i64>,
    pub revoke_time: Option<i64>,
    pub login: Option<String>,
    pub password_hash: Option<String>,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "credential",
    [account_id, id],
    [
        account_id,
        id,
        title,
        role,
        key_hash,
        prefix,
        store_id,
        customer_id,
        scopes,
        create_time,
        expire_time,
        revoke_time,
        login,
        password_hash
    ]
);
