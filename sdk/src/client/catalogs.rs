//! What orders refer to: code tables, stores, customers.

use order_status_proto::v1;

use super::Client;
use crate::call::Call;
use crate::method::{
    CreateCustomer, CreateStore, DeleteCatalogEntry, GetCustomer, GetStore, ListCatalogEntries,
    ListCatalogs, ListCustomers, ListStores, UpdateCustomer, UpdateStore, UpsertCatalogEntry,
};
use crate::types::{CatalogEntry, Customer, Store};

impl Client {
    /// Lists the account's catalogs.
    pub fn list_catalogs(&self) -> Call<ListCatalogs> {
        self.call(v1::ListCatalogsRequest::default())
    }

    /// Lists the entries of one catalog (`payment_methods`).
    pub fn list_catalog_entries(&self, catalog: impl Into<String>) -> Call<ListCatalogEntries> {
        let catalog = catalog.into();
        self.call(v1::ListCatalogEntriesRequest {
            catalog,
            ..Default::default()
        })
    }

    /// Makes an entry, or changes the one of the same catalog and key.
    pub fn upsert_catalog_entry(&self, entry: CatalogEntry) -> Call<UpsertCatalogEntry> {
        self.call(v1::UpsertCatalogEntryRequest {
            entry: Some(entry),
            ..Default::default()
        })
    }

    /// Deletes an entry that no order names.
    pub fn delete_catalog_entry(
        &self,
        catalog: impl Into<String>,
        key: impl Into<String>,
    ) -> Call<DeleteCatalogEntry> {
        self.call(v1::DeleteCatalogEntryRequest {
            catalog: catalog.into(),
            key: key.into(),
            ..Default::default()
        })
    }

    /// Makes a store.
    pub fn create_store(&self, store: Store) -> Call<CreateStore> {
        self.call(v1::CreateStoreRequest {
            store: Some(store),
            ..Default::default()
        })
    }

    /// Changes a store; its `id` says which one.
    pub fn update_store(&self, store: Store) -> Call<UpdateStore> {
        self.call(v1::UpdateStoreRequest {
            store: Some(store),
            ..Default::default()
        })
    }

    /// Gets one store.
    pub fn get_store(&self, id: i64) -> Call<GetStore> {
        self.call(v1::GetStoreRequest { id })
    }

    /// Lists the account's stores.
    pub fn list_stores(&self) -> Call<ListStores> {
        self.call(v1::ListStoresRequest::default())
    }

    /// Makes a customer.
    pub fn create_customer(&self, customer: Customer) -> Call<CreateCustomer> {
        self.call(v1::CreateCustomerRequest {
            customer: Some(customer),
            ..Default::default()
        })
    }

    /// Changes a customer; its `id` says which one.
    pub fn update_customer(&self, customer: Customer) -> Call<UpdateCustomer> {
        self.call(v1::UpdateCustomerRequest {
            customer: Some(customer),
            ..Default::default()
        })
    }

    /// Gets one customer.
    pub fn get_customer(&self, id: i64) -> Call<GetCustomer> {
        self.call(v1::GetCustomerRequest { id })
    }

    /// Lists the account's customers.
    pub fn list_customers(&self) -> Call<ListCustomers> {
        self.call(v1::ListCustomersRequest::default())
    }
}
