//! CatalogService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::catalog_service_server::CatalogService;
use tonic::{Request, Response, Status};

use crate::domain::admin::AdminCommand;
use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Context, unexpected};
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
        reader: Reader,
        etag: String,
        command: AdminCommand,
    ) -> Result<Response<pb::Store>, Status> {
        match self.0.administer(caller, reader, etag, command).await? {
            AdminAnswer::Store(store) => Ok(Response::new(convert::store(&store))),
            _ => Err(unexpected()),
        }
    }

    async fn keep_customer(
        &self,
        caller: &Caller,
        reader: Reader,
        etag: String,
        command: AdminCommand,
    ) -> Result<Response<pb::Customer>, Status> {
        match self.0.administer(caller, reader, etag, command).await? {
            AdminAnswer::Customer(customer) => Ok(Response::new(convert::customer(&customer))),
            _ => Err(unexpected()),
        }
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
        let (caller, request) = Caller::open(request)?;
        let account = self.0.present_account(caller.account_id()).await?;
        let mut reader = Reader::default();
        let entry = convert::entry_input(&mut reader, request.entry, &account);
        let command = AdminCommand::UpsertEntry(entry);
        match self
            .0
            .administer(&caller, reader, String::new(), command)
            .await?
        {
            AdminAnswer::Entry(entry) => Ok(Response::new(convert::entry(&entry))),
            _ => Err(unexpected()),
        }
    }

    async fn delete_catalog_entry(
        &self,
        request: Request<pb::DeleteCatalogEntryRequest>,
    ) -> Result<Response<()>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        convert::check_catalog(
            &mut reader,
            &Path::Request.field("catalog"),
            &request.catalog,
        );
        let key = reader.text(&Path::Request.field("key"), request.key);
        let command = AdminCommand::DeleteEntry(request.catalog, key);
        match self
            .0
            .administer(&caller, reader, String::new(), command)
            .await?
        {
            AdminAnswer::Removed => Ok(Response::new(())),
            _ => Err(unexpected()),
        }
    }

    async fn create_store(
        &self,
        request: Request<pb::CreateStoreRequest>,
    ) -> Result<Response<pb::Store>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let patch = convert::new_store(&mut reader, request.store);
        self.keep_store(
            &caller,
            reader,
            String::new(),
            AdminCommand::CreateStore(patch),
        )
        .await
    }

    async fn update_store(
        &self,
        request: Request<pb::UpdateStoreRequest>,
    ) -> Result<Response<pb::Store>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let (id, patch) = convert::store_update(&mut reader, request.store, request.update_mask);
        self.keep_store(
            &caller,
            reader,
            request.etag,
            AdminCommand::UpdateStore(id, patch),
        )
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
        let account = self.0.present_account(caller.account_id()).await?;
        let store = account
            .stores
            .get(&id)
            .ok_or_else(|| missing("store", id))?;
        Ok(Response::new(convert::store(store)))
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
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let patch = Box::new(convert::new_customer(&mut reader, request.customer));
        self.keep_customer(
            &caller,
            reader,
            String::new(),
            AdminCommand::CreateCustomer(patch),
        )
        .await
    }

    async fn update_customer(
        &self,
        request: Request<pb::UpdateCustomerRequest>,
    ) -> Result<Response<pb::Customer>, Status> {
        let (caller, request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let (id, patch) =
            convert::customer_update(&mut reader, request.customer, request.update_mask);
        let command = AdminCommand::UpdateCustomer(id, Box::new(patch));
        self.keep_customer(&caller, reader, request.etag, command)
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
        let found = self.0.store.customer(caller.account_id(), id).await?;
        Ok(Response::new(convert::customer(
            &found.ok_or_else(|| missing("customer", id))?,
        )))
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
