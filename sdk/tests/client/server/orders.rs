//! The orders of the scripted server.

use futures_util::stream::{self, BoxStream, StreamExt as _};
use order_status_proto::v1;
use order_status_proto::v1::order_service_server::OrderService;
use tonic::{Request, Response, Status};

use super::{Server, Step, unscripted};

#[tonic::async_trait]
impl OrderService for Server {
    async fn create_order(
        &self,
        _: Request<v1::CreateOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn get_order(
        &self,
        request: Request<v1::GetOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        self.reply(request, |_| String::new()).await?;
        Ok(Response::new(v1::Order::default()))
    }

    async fn batch_get_orders(
        &self,
        _: Request<v1::BatchGetOrdersRequest>,
    ) -> Result<Response<v1::BatchGetOrdersResponse>, Status> {
        unscripted()
    }

    /// Lists the orders 1 to 5, two on a page.
    async fn list_orders(
        &self,
        request: Request<v1::ListOrdersRequest>,
    ) -> Result<Response<v1::ListOrdersResponse>, Status> {
        let request = self.reply(request, |_| String::new()).await?;
        self.script().lists.push(request.clone());
        let first = request.page_token.parse().unwrap_or(1);
        let ids = (first..=5).take(2);
        let next = first + 2;
        Ok(Response::new(v1::ListOrdersResponse {
            orders: ids
                .map(|id| v1::Order {
                    id,
                    ..Default::default()
                })
                .collect(),
            next_page_token: if next > 5 {
                String::new()
            } else {
                next.to_string()
            },
            total_size: 0,
        }))
    }

    async fn update_order(
        &self,
        _: Request<v1::UpdateOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn delete_order(
        &self,
        _: Request<v1::DeleteOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn import_orders(
        &self,
        _: Request<v1::ImportOrdersRequest>,
    ) -> Result<Response<v1::ImportOrdersResponse>, Status> {
        unscripted()
    }

    async fn confirm_order(
        &self,
        request: Request<v1::ConfirmOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        let request = self
            .reply(request, |request| request.request_id.clone())
            .await?;
        let mut order = v1::Order::default();
        match request.order {
            Some(v1::confirm_order_request::Order::Id(id)) => order.id = id,
            Some(v1::confirm_order_request::Order::Number(number)) => order.number = number,
            None => return Err(Status::invalid_argument("no order")),
        }
        Ok(Response::new(order))
    }

    async fn mark_order_paid(
        &self,
        _: Request<v1::MarkOrderPaidRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn complete_order(
        &self,
        _: Request<v1::CompleteOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn cancel_order(
        &self,
        _: Request<v1::CancelOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn transition_order(
        &self,
        _: Request<v1::TransitionOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn override_order_state(
        &self,
        _: Request<v1::OverrideOrderStateRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn lock_order(
        &self,
        _: Request<v1::LockOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn unlock_order(
        &self,
        _: Request<v1::UnlockOrderRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    async fn batch_transition_orders(
        &self,
        _: Request<v1::BatchTransitionOrdersRequest>,
    ) -> Result<Response<v1::BatchTransitionOrdersResponse>, Status> {
        unscripted()
    }

    async fn batch_delete_orders(
        &self,
        _: Request<v1::BatchDeleteOrdersRequest>,
    ) -> Result<Response<v1::BatchDeleteOrdersResponse>, Status> {
        unscripted()
    }

    async fn list_transitions(
        &self,
        _: Request<v1::ListTransitionsRequest>,
    ) -> Result<Response<v1::ListTransitionsResponse>, Status> {
        unscripted()
    }

    async fn list_order_changes(
        &self,
        _: Request<v1::ListOrderChangesRequest>,
    ) -> Result<Response<v1::ListOrderChangesResponse>, Status> {
        unscripted()
    }

    async fn add_order_note(
        &self,
        _: Request<v1::AddOrderNoteRequest>,
    ) -> Result<Response<v1::Order>, Status> {
        unscripted()
    }

    type WatchOrdersStream = BoxStream<'static, Result<v1::WatchOrdersResponse, Status>>;

    async fn watch_orders(
        &self,
        request: Request<v1::WatchOrdersRequest>,
    ) -> Result<Response<Self::WatchOrdersStream>, Status> {
        let steps = {
            let mut script = self.script();
            script.watched.push(request.into_inner());
            script.watches.pop_front().unwrap_or(Ok(Vec::new()))?
        };
        let answers = stream::iter(steps).then(|step| async {
            match step {
                Step::Tell(answer) => Ok(*answer),
                Step::Cut(status) => Err(status),
                Step::Hang => std::future::pending().await,
            }
        });
        Ok(Response::new(answers.boxed()))
    }
}
