//! OrderService.

mod echo;
mod read;
mod write;

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::order_service_server::OrderService;
use tonic::{Request, Response, Status};

use super::watch::{self, Answers};
use crate::domain::workflow::Verb;
use crate::grpc::caller::Caller;
use crate::grpc::context::Context;

/// OrderService.
pub struct Orders(pub Arc<Context>);

#[tonic::async_trait]
impl OrderService for Orders {
    type WatchOrdersStream = Answers;

    async fn create_order(
        &self,
        request: Request<pb::CreateOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.create(caller, request).await.map(Response::new)
    }

    async fn get_order(
        &self,
        request: Request<pb::GetOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.get(caller, request).await.map(Response::new)
    }

    async fn batch_get_orders(
        &self,
        request: Request<pb::BatchGetOrdersRequest>,
    ) -> Result<Response<pb::BatchGetOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.batch_get(caller, request).await.map(Response::new)
    }

    async fn list_orders(
        &self,
        request: Request<pb::ListOrdersRequest>,
    ) -> Result<Response<pb::ListOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.list(caller, request).await.map(Response::new)
    }

    async fn update_order(
        &self,
        request: Request<pb::UpdateOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.update(caller, request).await.map(Response::new)
    }

    async fn delete_order(
        &self,
        request: Request<pb::DeleteOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.delete(caller, request).await.map(Response::new)
    }

    async fn import_orders(
        &self,
        request: Request<pb::ImportOrdersRequest>,
    ) -> Result<Response<pb::ImportOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.import(caller, request).await.map(Response::new)
    }

    async fn confirm_order(
        &self,
        request: Request<pb::ConfirmOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        self.verb("ConfirmOrder", request, Verb::Confirm).await
    }

    async fn mark_order_paid(
        &self,
        request: Request<pb::MarkOrderPaidRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        self.verb("MarkOrderPaid", request, Verb::Pay).await
    }

    async fn complete_order(
        &self,
        request: Request<pb::CompleteOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        self.verb("CompleteOrder", request, Verb::Complete).await
    }

    async fn cancel_order(
        &self,
        request: Request<pb::CancelOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.cancel(caller, request).await.map(Response::new)
    }

    async fn transition_order(
        &self,
        request: Request<pb::TransitionOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.transition(caller, request).await.map(Response::new)
    }

    async fn override_order_state(
        &self,
        request: Request<pb::OverrideOrderStateRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.override_state(caller, request)
            .await
            .map(Response::new)
    }

    async fn lock_order(
        &self,
        request: Request<pb::LockOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        self.verb("LockOrder", request, Verb::Lock).await
    }

    async fn unlock_order(
        &self,
        request: Request<pb::UnlockOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        self.verb("UnlockOrder", request, Verb::Unlock).await
    }

    async fn batch_transition_orders(
        &self,
        request: Request<pb::BatchTransitionOrdersRequest>,
    ) -> Result<Response<pb::BatchTransitionOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.batch_transition(caller, request)
            .await
            .map(Response::new)
    }

    async fn batch_delete_orders(
        &self,
        request: Request<pb::BatchDeleteOrdersRequest>,
    ) -> Result<Response<pb::BatchDeleteOrdersResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.batch_delete(caller, request).await.map(Response::new)
    }

    async fn list_transitions(
        &self,
        request: Request<pb::ListTransitionsRequest>,
    ) -> Result<Response<pb::ListTransitionsResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.transitions(caller, request).await.map(Response::new)
    }

    async fn list_order_changes(
        &self,
        request: Request<pb::ListOrderChangesRequest>,
    ) -> Result<Response<pb::ListOrderChangesResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.changes(caller, request).await.map(Response::new)
    }

    async fn add_order_note(
        &self,
        request: Request<pb::AddOrderNoteRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = Caller::open(request)?;
        self.add_note(caller, request).await.map(Response::new)
    }

    async fn watch_orders(
        &self,
        request: Request<pb::WatchOrdersRequest>,
    ) -> Result<Response<Answers>, Status> {
        let (caller, request) = Caller::open(request)?;
        watch::watch(Arc::clone(&self.0), caller, request)
            .await
            .map(Response::new)
    }
}
