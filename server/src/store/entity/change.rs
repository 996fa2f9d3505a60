//! Changes, without personal values.

use sea_orm::entity::prelude::*;

use crate::store::record::record;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub account_id: i64,
    pub order_id: i64,
    pub version: i64,
    pub kind: i32,
    pub transition: String,
    pub verb: String,
    pub actor: String,
    pub role: String,
    pub from_state: String,
    pub to_state: String,
    pub reason: String,
    pub message: String,
    pub public: bool,
    pub notify: bool,
    pub request_id: Option<Vec<u8>>,
    pub fields: String,
    pub passed_over: String,
    pub create_time: i64,
    pub hash: Vec<u8>,
}

/// What belongs to a change.
#[derive(Clone, Copy, Debug, EnumIter)]
pub enum Relation {
    /// Its personal values, unless they were erased.
    PersonalValue,
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        use super::personal_value::{Column as Personal, Entity as PersonalValue};
        Entity::belongs_to(PersonalValue)
            .from((Column::AccountId, Column::OrderId, Column::Version))
            .to((Personal::AccountId, Personal::OrderId, Personal::Version))
            .into()
    }
}

impl Related<super::personal_value::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PersonalValue.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

record!(
    Model,
    "change",
    [position],
    [
        position,
        account_id,
        order_id,
        version,
        kind,
        transition,
        verb,
        actor,
        role,
        from_state,
        to_state,
        reason,
        message,
        public,
        notify,
        request_id,
        fields,
        passed_over,
        create_time,
        hash
    ]
);
