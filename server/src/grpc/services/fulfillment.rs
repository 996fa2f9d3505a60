//! FulfillmentService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::fulfillment_service_server::FulfillmentService;
use prost::Message;
use tonic::{Request, Response, Status};

use crate::domain::command::{Command, DeliveryInput, HoldInput};
use crate::domain::decide::{Made, sees_document};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::order::OrderRef;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Context};
use crate::grpc::convert::codes::{DOCUMENT_STATES, HELD_ACTIONS, View};
use crate::grpc::convert::document::{self as convert, Given};
use crate::grpc::convert::order_in::address;
use crate::grpc::convert::order_out;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::convert::request::NamesOrder as _;
use crate::grpc::paging::Page;
use crate::grpc::status::internal;

mod moved;

/// FulfillmentService.
pub struct Fulfillment(pub Arc<Context>);

impl Fulfillment {
    async fn create(
        &self,
        caller: &Caller,
        mut call: Call,
        kind: DocumentKind,
        given: Given,
    ) -> Result<Arc<Document>, Status> {
        let path = Path::Request.field(kind.name());
        let id = (given.id != 0).then(|| call.reader.id(&path.field("id"), given.id));
        let validate_only = call.validate_only;
        let command = Command::CreateDocument(kind, id, Box::new(given.patch));
        let mut document = self.0.keep_document(caller, call, command).await?;
        if validate_only && id.is_none() {
            Arc::make_mut(&mut document).id = 0;
        }
        Ok(document)
    }

    async fn update(
        &self,
        caller: &Caller,
        mut call: Call,
        kind: DocumentKind,
        given: Given,
    ) -> Result<Arc<Document>, Status> {
        let path = Path::Request.field(kind.name());
        let id = call.reader.id(&path.field("id"), given.id);
        let command = Command::UpdateDocument((kind, id), Box::new(given.patch));
        self.0.keep_document(caller, call, command).await
    }

    async fn get(&self, caller: &Caller, kind: DocumentKind, id: i64) -> Result<Document, Status> {
        let mut reader = Reader::default();
        let id = reader.id(&Path::Request.field("id"), id);
        reader.finish()?;
        self.0.document(caller, (kind, id)).await
    }

    /// A page of documents as `show` tells of them, and the token of the next one.
    async fn list<M: Message>(
        &self,
        caller: &Caller,
        kind: DocumentKind,
        mut wanted: Wanted<impl Message>,
        show: impl Fn(&Document) -> M,
    ) -> Result<(Vec<M>, String), Status> {
        let mut reader = Reader::default();
        let account_id = caller.account_id();
        let paging = (wanted.page_size, wanted.page_token.as_str());
        let page = Page::new(
            &mut reader,
            account_id,
            wanted.method,
            &wanted.request,
            paging,
        )?;
        let state = reader.code(&Path::Request.field("state"), wanted.state, DOCUMENT_STATES);
        let order_id = std::mem::take(&mut wanted.order_id);
        if order_id != 0 {
            reader.id(&Path::Request.field("order_id"), order_id);
        }
        reader.finish()?;
        let after = page.after.unwrap_or(0);
        let found = if order_id == 0 {
            let limit = page.wanted();
            self.0
                .store
                .documents(account_id, kind, state, after, limit)
                .await?
        } else {
            let name = OrderRef::Id(order_id);
            let order = self.0.order(caller, &name, true).await?;
            let shares = order.documents.iter();
            let ids: Vec<i64> = shares
                .filter(|share| share.kind == kind && share.id > after)
                .filter(|share| state.is_none_or(|state| share.state == state))
                .map(|share| share.id)
                .take(page.size + 1)
                .collect();
            self.0.store.documents_by_id(account_id, kind, &ids).await?
        };
        Ok(page.fill(
            found,
            |document| document.id,
            |document| sees_document(&caller.principal, document).then(|| show(document)),
        ))
    }
}

/// What a request for a list of documents says.
struct Wanted<R> {
    method: &'static str,
    /// The request without its paging, which is what a token is good for.
    request: R,
    order_id: i64,
    state: i32,
    page_size: i32,
    page_token: String,
}

// The generated requests share their fields and no trait.
macro_rules! wanted {
    ($method:literal, $request:expr) => {{
        let mut request = $request;
        let page_size = std::mem::take(&mut request.page_size);
        let page_token = std::mem::take(&mut request.page_token);
        Wanted {
            method: $method,
            order_id: request.order_id,
            state: request.state,
            request,
            page_size,
            page_token,
        }
    }};
}

#[tonic::async_trait]
impl FulfillmentService for Fulfillment {
    async fn update_delivery_method(
        &self,
        request: Request<pb::UpdateDeliveryMethodRequest>,
    ) -> Result<Response<pb::UpdateDeliveryMethodResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/UpdateDeliveryMethod", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let path = Path::Request.field("delivery_address");
        let given = request.delivery_address;
        let address = given.map(|given| address(&mut call.reader, &path, given, false));
        let input = DeliveryInput {
            method: request.delivery_method,
            address,
        };
        let validate_only = call.validate_only;
        let command = Command::UpdateDelivery(order, Box::new(input));
        let written = self.0.write_one(&caller, call, command).await?;
        let made = written.made.iter().find_map(|made| match made {
            Made::Address(id) if !validate_only => Some(*id),
            _ => None,
        });
        Ok(Response::new(pb::UpdateDeliveryMethodResponse {
            order: Some(self.0.show(&caller, &written.order, View::Full).await?),
            created_delivery_address_id: made.unwrap_or(0),
        }))
    }

    async fn place_hold(
        &self,
        request: Request<pb::PlaceHoldRequest>,
    ) -> Result<Response<pb::PlaceHoldResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/PlaceHold", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let blocks = Path::Request.field("blocks");
        let read =
            |(at, number): (usize, i32)| call.reader.code(&blocks.item(at), number, HELD_ACTIONS);
        let given = request.blocks.into_iter();
        let input = HoldInput {
            blocks: given.enumerate().filter_map(read).collect(),
            line_ids: request.line_ids,
            reason: request.reason,
            note: request.note,
        };
        let written = self
            .0
            .write_one(&caller, call, Command::PlaceHold(order, input))
            .await?;
        // Ids go up, so the hold that this version brought is the last one.
        let placed = written.order.holds.last();
        let placed = placed.ok_or_else(|| internal("a hold was placed and is not there"))?;
        Ok(Response::new(pb::PlaceHoldResponse {
            hold: Some(order_out::hold(placed)),
            order: Some(self.0.show(&caller, &written.order, View::Full).await?),
        }))
    }

    async fn release_hold(
        &self,
        request: Request<pb::ReleaseHoldRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/ReleaseHold", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let hold = call
            .reader
            .id(&Path::Request.field("hold_id"), request.hold_id);
        let command = Command::ReleaseHold(order, hold, request.reason);
        let written = self.0.write_one(&caller, call, command).await?;
        let order = self.0.show(&caller, &written.order, View::Full).await?;
        Ok(Response::new(order))
    }

    async fn plan_store_move(
        &self,
        request: Request<pb::PlanStoreMoveRequest>,
    ) -> Result<Response<pb::PlanStoreMoveResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let call = Call::new("FulfillmentService/PlanStoreMove", &mut request);
        let order = request.take_order();
        let pb::PlanStoreMoveRequest {
            to_store_id,
            default_mode,
            items,
            delivery_method,
            delivery_address,
            ..
        } = request;
        let asked = moved::Asked {
            to_store_id,
            default_mode,
            items,
            delivery_method,
            delivery_address,
        };
        let planned = self.move_order(&caller, call, order, asked).await?;
        Ok(Response::new(moved::plan(planned)))
    }

    async fn move_order_to_store(
        &self,
        request: Request<pb::MoveOrderToStoreRequest>,
    ) -> Result<Response<pb::MoveOrderToStoreResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let call = Call::new("FulfillmentService/MoveOrderToStore", &mut request);
        let order = request.take_order();
        let pb::MoveOrderToStoreRequest {
            to_store_id,
            default_mode,
            items,
            delivery_method,
            delivery_address,
            ..
        } = request;
        let asked = moved::Asked {
            to_store_id,
            default_mode,
            items,
            delivery_method,
            delivery_address,
        };
        let (moved, _) = self.move_order(&caller, call, order, asked).await?;
        Ok(Response::new(moved))
    }

    async fn create_store_order(
        &self,
        request: Request<pb::CreateStoreOrderRequest>,
    ) -> Result<Response<pb::StoreOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/CreateStoreOrder", &mut request);
        let given = convert::read_store_order(&mut call.reader, request.store_order, None);
        let made = self
            .create(&caller, call, DocumentKind::Store, given)
            .await?;
        Ok(Response::new(convert::store_order(&made)))
    }

    async fn update_store_order(
        &self,
        request: Request<pb::UpdateStoreOrderRequest>,
    ) -> Result<Response<pb::StoreOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/UpdateStoreOrder", &mut request);
        let mask = Some(request.update_mask);
        let given = convert::read_store_order(&mut call.reader, request.store_order, mask);
        let changed = self
            .update(&caller, call, DocumentKind::Store, given)
            .await?;
        Ok(Response::new(convert::store_order(&changed)))
    }

    async fn get_store_order(
        &self,
        request: Request<pb::GetStoreOrderRequest>,
    ) -> Result<Response<pb::StoreOrder>, Status> {
        let (caller, request) = Caller::open(request)?;
        let found = self.get(&caller, DocumentKind::Store, request.id).await?;
        Ok(Response::new(convert::store_order(&found)))
    }

    async fn list_store_orders(
        &self,
        request: Request<pb::ListStoreOrdersRequest>,
    ) -> Result<Response<pb::ListStoreOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        let wanted = wanted!("ListStoreOrders", request);
        let kind = DocumentKind::Store;
        let (store_orders, next_page_token) = self
            .list(&caller, kind, wanted, convert::store_order)
            .await?;
        Ok(Response::new(pb::ListStoreOrdersResponse {
            store_orders,
            next_page_token,
        }))
    }

    async fn create_supplier_order(
        &self,
        request: Request<pb::CreateSupplierOrderRequest>,
    ) -> Result<Response<pb::SupplierOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/CreateSupplierOrder", &mut request);
        let given = convert::read_supplier_order(&mut call.reader, request.supplier_order, None);
        let made = self
            .create(&caller, call, DocumentKind::Supplier, given)
            .await?;
        Ok(Response::new(convert::supplier_order(&made)))
    }

    async fn update_supplier_order(
        &self,
        request: Request<pb::UpdateSupplierOrderRequest>,
    ) -> Result<Response<pb::SupplierOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/UpdateSupplierOrder", &mut request);
        let mask = Some(request.update_mask);
        let given = convert::read_supplier_order(&mut call.reader, request.supplier_order, mask);
        let changed = self
            .update(&caller, call, DocumentKind::Supplier, given)
            .await?;
        Ok(Response::new(convert::supplier_order(&changed)))
    }

    async fn get_supplier_order(
        &self,
        request: Request<pb::GetSupplierOrderRequest>,
    ) -> Result<Response<pb::SupplierOrder>, Status> {
        let (caller, request) = Caller::open(request)?;
        let found = self
            .get(&caller, DocumentKind::Supplier, request.id)
            .await?;
        Ok(Response::new(convert::supplier_order(&found)))
    }

    async fn list_supplier_orders(
        &self,
        request: Request<pb::ListSupplierOrdersRequest>,
    ) -> Result<Response<pb::ListSupplierOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        let wanted = wanted!("ListSupplierOrders", request);
        let kind = DocumentKind::Supplier;
        let (supplier_orders, next_page_token) = self
            .list(&caller, kind, wanted, convert::supplier_order)
            .await?;
        Ok(Response::new(pb::ListSupplierOrdersResponse {
            supplier_orders,
            next_page_token,
        }))
    }

    async fn create_outbound_order(
        &self,
        request: Request<pb::CreateOutboundOrderRequest>,
    ) -> Result<Response<pb::OutboundOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/CreateOutboundOrder", &mut request);
        let given = convert::read_outbound_order(&mut call.reader, request.outbound_order, None);
        let made = self
            .create(&caller, call, DocumentKind::Outbound, given)
            .await?;
        Ok(Response::new(convert::outbound_order(&made)))
    }

    async fn update_outbound_order(
        &self,
        request: Request<pb::UpdateOutboundOrderRequest>,
    ) -> Result<Response<pb::OutboundOrder>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new("FulfillmentService/UpdateOutboundOrder", &mut request);
        let mask = Some(request.update_mask);
        let given = convert::read_outbound_order(&mut call.reader, request.outbound_order, mask);
        let changed = self
            .update(&caller, call, DocumentKind::Outbound, given)
            .await?;
        Ok(Response::new(convert::outbound_order(&changed)))
    }

    async fn get_outbound_order(
        &self,
        request: Request<pb::GetOutboundOrderRequest>,
    ) -> Result<Response<pb::OutboundOrder>, Status> {
        let (caller, request) = Caller::open(request)?;
        let found = self
            .get(&caller, DocumentKind::Outbound, request.id)
            .await?;
        Ok(Response::new(convert::outbound_order(&found)))
    }

    async fn list_outbound_orders(
        &self,
        request: Request<pb::ListOutboundOrdersRequest>,
    ) -> Result<Response<pb::ListOutboundOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        let wanted = wanted!("ListOutboundOrders", request);
        let kind = DocumentKind::Outbound;
        let (outbound_orders, next_page_token) = self
            .list(&caller, kind, wanted, convert::outbound_order)
            .await?;
        Ok(Response::new(pb::ListOutboundOrdersResponse {
            outbound_orders,
            next_page_token,
        }))
    }
}
