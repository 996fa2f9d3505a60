//! Codes of catalogs.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub catalog: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub id: i32,
    pub text: String,
    pub text_en: String,
    pub active: bool,
}

/// Nothing is joined to it.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "catalog_entry",
    [account_id, catalog, key],
    [account_id, catalog, key, id, text, text_en, active]
);
