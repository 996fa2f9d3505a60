//! stub
#![allow(missing_docs)]
pub mod batch;
use crate::domain::account::Account;
use batch::*;
use std::collections::HashMap;
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    Unavailable(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Broken(String),
    #[error("{0}")]
    Unsafe(String),
}
pub enum CommitError {
    Failed(StoreError),
    Unknown,
}
#[derive(Clone)]
pub struct Store;
impl Store {
    pub async fn pen(&self) -> Result<Pen, StoreError> {
        Ok(Pen)
    }
    pub async fn last_position(&self) -> Result<i64, StoreError> {
        Ok(0)
    }
}
pub struct Pen;
impl Pen {
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    pub async fn load(&mut self, _: &Wanted) -> Result<Loaded, StoreError> {
        Ok(Loaded::default())
    }
    pub async fn numbers(
        &mut self,
        _: &[(i64, String)],
    ) -> Result<HashMap<(i64, String), i64>, StoreError> {
        Ok(HashMap::new())
    }
    pub async fn account(&mut self, _: i64) -> Result<Option<Account>, StoreError> {
        Ok(None)
    }
    pub async fn credential(
        &mut self,
        _: i64,
        _: i64,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        Ok(None)
    }
    pub async fn code_in_use(&mut self, _: i64, _: &str, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }
    pub async fn next_account_id(&mut self) -> Result<i64, StoreError> {
        Ok(1)
    }
    pub async fn write(&mut self, _: &Writes) -> Result<(), StoreError> {
        Ok(())
    }
    pub async fn commit(&mut self) -> Result<(), CommitError> {
        Ok(())
    }
    pub async fn rollback(&mut self) {}
}
