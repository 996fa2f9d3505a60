//! CatalogService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::catalog_service_server::CatalogService;
use tonic::{Request, Response, Status};

use crate::domain::admin::AdminCommand;
use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Administered, Call, Context, unexpected};
use crate::grpc::convert::catalog as convert;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::paging::Page;
use crate::ledger::AdminAnswer;

/// CatalogService.
pub struct Catalogs(pub Arc<Context>);

impl Catalogs {
    async fn keep_store(
        &self,
        caller: &Caller,
        call: Call,
        command: AdminCommand,
    ) -> Result<Response<pb::Store>, Status> {
        let store = match self.0.administer(caller, call, command).await? {
            Administered::Made(AdminAnswer::Store(store)) => convert::store(&store),
            Administered::Before(result) => self.store(caller, result.id).await?,
            Administered::Made(_) => return Err(unexpected()),
        };
        Ok(Response::new(store))
    }

    async fn store(&self, caller: &Caller, id: i64) -> Result<pb::Store, Status> {
        let account = self.0.present_account(caller.account_id()).await?;
        let store = account
            .stores
            .get(&id)
            .ok_or_else(|| missing("store", id))?;
        Ok(convert::store(store))
    }

    async fn keep_customer(
        &self,
        caller: &Caller,
        call: Call,
        command: AdminCommand,
    ) -> Result<Response<pb::Customer>, Status> {
        let customer = match self.0.administer(caller, call, command).await? {
            Administered::Made(AdminAnswer::Customer(customer)) => convert::customer(&customer),
            Administered::Before(result) => self.customer(caller, result.id).await?,
            Administered::Made(_) => return Err(unexpected()),
        };
        Ok(Response::new(customer))
    }

    async fn customer(&self, caller: &Caller, id: i64) -> Result<pb::Customer, Status> {
        let found = self.0.store.customer(caller.account_id(), id).await?;
        let customer = found.ok_or_else(|| missing("customer", id))?;
        Ok(convert::customer(&customer))
    }

    async fn entry(
        &self,
        caller: &Caller,
        catalog: &str,
        key: &str,
    ) -> Result<pb::CatalogEntry, Status> {
        let account = self.0.present_account(caller.account_id()).await?;
        let entries = account.catalogs.get(catalog);
        let entry = entries.and_then(|entries| entries.iter().find(|entry| entry.key == key));
        let name = || format!("{catalog}/{key}");
        let entry = entry.ok_or_else(|| Refusal::ResourceNotFound {
            kind: "catalog entry",
            name: name(),
        })?;
        Ok(convert::entry(entry))
    }
}

fn missing(kind: &'static str, id: i64) -> Status {
    Refusal::ResourceNotFound {
        kind,
        name: id.to_string(),
    }
    .into()
}

#[tonic::async_trait]
impl CatalogService for Catalogs {
    async fn list_catalogs(
        &self,
        request: Request<pb::ListCatalogsRequest>,
    ) -> Result<Response<pb::ListCatalogsResponse>, Status> {
        let (caller, _) = Caller::open(request)?;
        let account = self.0.present_account(caller.account_id()).await?;
        Ok(Response::new(pb::ListCatalogsResponse {
            catalogs: convert::catalogs(&account),
        }))
    }

    async fn list_catalog_entries(
        &self,
        request: Request<pb::ListCatalogEntriesRequest>,
    ) -> Result<Response<pb::ListCatalogEntriesResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let account_id = caller.account_id();
        let page = Page::new(
            &mut reader,
            account_id,
            "ListCatalogEntries",
            &request,
            (size, &token),
        )?;
        convert::check_catalog(
            &mut reader,
            &Path::Request.field("catalog"),
            &request.catalog,
        );
        reader.finish()?;
        let account = self.0.present_account(account_id).await?;
        let entries = account
            .catalogs
            .get(&request.catalog)
            .map_or(&[][..], Vec::as_slice);
        let after = page.after.unwrap_or(-1);
        let mut rest: Vec<_> = entries
            .iter()
            .filter(|entry| i64::from(entry.id) > after)
            .collect();
        rest.sort_by_key(|entry| entry.id);
        let (entries, next_page_token) = page.fill(
            rest,
            |entry| i64::from(entry.id),
            |entry| Some(convert::entry(entry)),
        );
        Ok(Response::new(pb::ListCatalogEntriesResponse {
            entries,
            next_page_token,
        }))
    }

    async fn upsert_catalog_entry(
        &self,
        request: Request<pb::UpsertCatalogEntryRequest>,
    ) -> Result<Response<pb::CatalogEntry>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/UpsertCatalogEntry", &mut request);
        let account = self.0.present_account(caller.account_id()).await?;
        let entry = convert::entry_input(&mut call.reader, request.entry, &account);
        let (catalog, key) = (entry.catalog.clone(), entry.key.clone());
        let command = AdminCommand::UpsertEntry(entry);
        let entry = match self.0.administer(&caller, call, command).await? {
            Administered::Made(AdminAnswer::Entry(entry)) => convert::entry(&entry),
            Administered::Before(_) => self.entry(&caller, &catalog, &key).await?,
            Administered::Made(_) => return Err(unexpected()),
        };
        Ok(Response::new(entry))
    }

    async fn delete_catalog_entry(
        &self,
        request: Request<pb::DeleteCatalogEntryRequest>,
    ) -> Result<Response<()>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/DeleteCatalogEntry", &mut request);
        convert::check_catalog(
            &mut call.reader,
            &Path::Request.field("catalog"),
            &request.catalog,
        );
        let key = call.reader.text(&Path::Request.field("key"), request.key);
        let command = AdminCommand::DeleteEntry(request.catalog, key);
        match self.0.administer(&caller, call, command).await? {
            Administered::Made(AdminAnswer::Removed) | Administered::Before(_) => {
                Ok(Response::new(()))
            }
            Administered::Made(_) => Err(unexpected()),
        }
    }

    async fn create_store(
        &self,
        request: Request<pb::CreateStoreRequest>,
    ) -> Result<Response<pb::Store>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/CreateStore", &mut request);
        let patch = convert::new_store(&mut call.reader, request.store);
        self.keep_store(&caller, call, AdminCommand::CreateStore(patch))
            .await
    }

    async fn update_store(
        &self,
        request: Request<pb::UpdateStoreRequest>,
    ) -> Result<Response<pb::Store>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/UpdateStore", &mut request);
        let (id, patch) =
            convert::store_update(&mut call.reader, request.store, request.update_mask);
        self.keep_store(&caller, call, AdminCommand::UpdateStore(id, patch))
            .await
    }

    async fn get_store(
        &self,
        request: Request<pb::GetStoreRequest>,
    ) -> Result<Response<pb::Store>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let id = reader.id(&Path::Request.field("id"), request.id);
        reader.finish()?;
        self.store(&caller, id).await.map(Response::new)
    }

    async fn list_stores(
        &self,
        request: Request<pb::ListStoresRequest>,
    ) -> Result<Response<pb::ListStoresResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let account_id = caller.account_id();
        let page = Page::new(
            &mut reader,
            account_id,
            "ListStores",
            &request,
            (size, &token),
        )?;
        reader.finish()?;
        let account = self.0.present_account(account_id).await?;
        let after = page.after.unwrap_or(0);
        let rest = account.stores.values().filter(|store| store.id > after);
        let (stores, next_page_token) =
            page.fill(rest, |store| store.id, |store| Some(convert::store(store)));
        Ok(Response::new(pb::ListStoresResponse {
            stores,
            next_page_token,
        }))
    }

    async fn create_customer(
        &self,
        request: Request<pb::CreateCustomerRequest>,
    ) -> Result<Response<pb::Customer>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/CreateCustomer", &mut request);
        let patch = convert::new_customer(&mut call.reader, request.customer);
        self.keep_customer(&caller, call, AdminCommand::CreateCustomer(Box::new(patch)))
            .await
    }

    async fn update_customer(
        &self,
        request: Request<pb::UpdateCustomerRequest>,
    ) -> Result<Response<pb::Customer>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("CatalogService/UpdateCustomer", &mut request);
        let (id, patch) =
            convert::customer_update(&mut call.reader, request.customer, request.update_mask);
        self.keep_customer(
            &caller,
            call,
            AdminCommand::UpdateCustomer(id, Box::new(patch)),
        )
        .await
    }

    async fn get_customer(
        &self,
        request: Request<pb::GetCustomerRequest>,
    ) -> Result<Response<pb::Customer>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let id = reader.id(&Path::Request.field("id"), request.id);
        reader.finish()?;
        self.customer(&caller, id).await.map(Response::new)
    }

    async fn list_customers(
        &self,
        request: Request<pb::ListCustomersRequest>,
    ) -> Result<Response<pb::ListCustomersResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let account_id = caller.account_id();
        let page = Page::new(
            &mut reader,
            account_id,
            "ListCustomers",
            &request,
            (size, &token),
        )?;
        reader.finish()?;
        let after = page.after.unwrap_or(0);
        let found = self
            .0
            .store
            .customers(account_id, after, page.wanted())
            .await?;
        let (customers, next_page_token) = page.fill(
            found,
            |customer| customer.id,
            |customer| Some(convert::customer(customer)),
        );
        Ok(Response::new(pb::ListCustomersResponse {
            customers,
            next_page_token,
        }))
    }
}
