//! The methods that change orders.

use order_status_proto::v1 as pb;
use tonic::{Request, Response, Status};

use super::Orders;
use super::echo::drop_echoes;
use crate::domain::command::{Command, Move, Note, Target};
use crate::domain::decide::LARGEST_BATCH;
use crate::domain::fields::settable_paths;
use crate::domain::role::Role;
use crate::domain::workflow::Verb;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Written};
use crate::grpc::convert::codes::View;
use crate::grpc::convert::mask::Mask;
use crate::grpc::convert::order_in;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::convert::request::{Keyed, NamesOrder, SaysMove};

impl Orders {
    pub(super) async fn create(
        &self,
        caller: Caller,
        mut request: pb::CreateOrderRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/CreateOrder", &mut request);
        let path = Path::Request.field("order");
        let order = call
            .reader
            .required(&path, request.order)
            .unwrap_or_default();
        let new = order_in::new_order(&mut call.reader, &path, order);
        self.answer_one(&caller, call, Command::Create(Box::new(new)))
            .await
    }

    pub(super) async fn import(
        &self,
        caller: Caller,
        mut request: pb::ImportOrdersRequest,
    ) -> Result<pb::ImportOrdersResponse, Status> {
        let mut call = Call::new("OrderService/ImportOrders", &mut request);
        let path = Path::Request.field("orders");
        call.reader
            .count(&path, request.orders.len(), 1, LARGEST_BATCH);
        let orders = request.orders.into_iter().take(LARGEST_BATCH).enumerate();
        let orders = orders
            .map(|(at, order)| order_in::imported_order(&mut call.reader, &path.item(at), order))
            .collect();
        let written = self.0.write(&caller, call, Command::Import(orders)).await?;
        Ok(pb::ImportOrdersResponse {
            orders: self.show_all(&caller, &written).await?,
        })
    }

    pub(super) async fn update(
        &self,
        caller: Caller,
        mut request: pb::UpdateOrderRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/UpdateOrder", &mut request);
        let settable: Vec<&str> = settable_paths().collect();
        let mask = Mask::read(
            &mut call.reader,
            request.update_mask,
            &settable,
            &order_in::IGNORED,
        );
        let path = Path::Request.field("order");
        let order = call
            .reader
            .required(&path, request.order)
            .unwrap_or_default();
        let mut update = order_in::update(&mut call.reader, order, &mask);
        if matches!(mask, Mask::Filled) || !update.workflow.is_empty() {
            self.compare(&caller, &mut call, &mask, &mut update).await?;
        }
        let command = Command::Update(update.order, Box::new(update.patch));
        self.answer_one(&caller, call, command).await
    }

    /// Compares an update with the order as it is: it may repeat what the order shows, and the workflow
    /// that the order has, but name no other. Where the order is missing the ledger says so.
    async fn compare(
        &self,
        caller: &Caller,
        call: &mut Call,
        mask: &Mask,
        update: &mut order_in::Update,
    ) -> Result<(), Status> {
        let found = self
            .0
            .store
            .order(caller.account_id(), &update.order, true)
            .await?;
        let Some(order) = found.filter(|order| caller.principal.sees(order)) else {
            return Ok(());
        };
        if matches!(mask, Mask::Filled) {
            drop_echoes(&mut update.patch, &order);
        }
        if !update.workflow.is_empty() && update.workflow != order.workflow {
            let path = Path::Request.field("order");
            let description = format!("cannot be changed: the order follows {}", order.workflow);
            call.reader.refuse(&path.field("workflow"), description);
        }
        Ok(())
    }

    pub(super) async fn delete(
        &self,
        caller: Caller,
        mut request: pb::DeleteOrderRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/DeleteOrder", &mut request);
        let order = call.reader.order_ref(request.take_order());
        self.answer_one(&caller, call, Command::Delete(order)).await
    }

    /// A verb: whatever the order's workflow answers it with, from where the order stands.
    pub(super) async fn verb<M: Keyed + NamesOrder + SaysMove>(
        &self,
        method: &str,
        request: Request<M>,
        verb: Verb,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut call = Call::new(&format!("OrderService/{method}"), &mut request);
        let order = call.reader.order_ref(request.take_order());
        let step = call
            .reader
            .order_move(Some(Target::Verb(verb)), request.take_words());
        self.answer_one(&caller, call, Command::Transition(order, step))
            .await
            .map(Response::new)
    }

    /// A cancel of the order, or of lines of it.
    pub(super) async fn cancel(
        &self,
        caller: Caller,
        mut request: pb::CancelOrderRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/CancelOrder", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let step = call
            .reader
            .order_move(Some(Target::Verb(Verb::Cancel)), request.take_words());
        let lines = order_in::line_quantities(&mut call.reader, request.lines);
        let command = match lines.as_slice() {
            [] => Command::Transition(order, step),
            _ => Command::CancelLines(order, lines, step),
        };
        self.answer_one(&caller, call, command).await
    }

    pub(super) async fn transition(
        &self,
        caller: Caller,
        mut request: pb::TransitionOrderRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/TransitionOrder", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let target = request.target.take().map(Target::from);
        let step = call.reader.order_move(target, request.take_words());
        self.answer_one(&caller, call, Command::Transition(order, step))
            .await
    }

    pub(super) async fn batch_transition(
        &self,
        caller: Caller,
        mut request: pb::BatchTransitionOrdersRequest,
    ) -> Result<pb::BatchTransitionOrdersResponse, Status> {
        let mut call = Call::new("OrderService/BatchTransitionOrders", &mut request);
        check_batch(&mut call.reader, &request.ids);
        let target = request.target.take().map(Target::from);
        let step: Move = call.reader.order_move(target, request.take_words());
        let command = Command::BatchTransition(request.ids, step);
        let written = self.0.write(&caller, call, command).await?;
        Ok(pb::BatchTransitionOrdersResponse {
            orders: self.show_all(&caller, &written).await?,
        })
    }

    pub(super) async fn batch_delete(
        &self,
        caller: Caller,
        mut request: pb::BatchDeleteOrdersRequest,
    ) -> Result<pb::BatchDeleteOrdersResponse, Status> {
        let mut call = Call::new("OrderService/BatchDeleteOrders", &mut request);
        check_batch(&mut call.reader, &request.ids);
        let command = Command::BatchDelete(request.ids);
        let written = self.0.write(&caller, call, command).await?;
        Ok(pb::BatchDeleteOrdersResponse {
            orders: self.show_all(&caller, &written).await?,
        })
    }

    pub(super) async fn override_state(
        &self,
        caller: Caller,
        mut request: pb::OverrideOrderStateRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/OverrideOrderState", &mut request);
        let order = call.reader.order_ref(request.take_order());
        let target = request.target.take().map(Target::from);
        let step = call.reader.order_move(target, request.take_words());
        self.answer_one(&caller, call, Command::Override(order, step))
            .await
    }

    pub(super) async fn add_note(
        &self,
        caller: Caller,
        mut request: pb::AddOrderNoteRequest,
    ) -> Result<pb::Order, Status> {
        let mut call = Call::new("OrderService/AddOrderNote", &mut request);
        let order = call.reader.order_ref(request.take_order());
        // What a client writes the client may read.
        let public = request.public || caller.principal.role == Role::Client;
        let note = Note {
            message: request.message,
            public,
        };
        self.answer_one(&caller, call, Command::AddNote(order, note))
            .await
    }

    async fn answer_one(
        &self,
        caller: &Caller,
        call: Call,
        command: Command,
    ) -> Result<pb::Order, Status> {
        let written = self.0.write_one(caller, call, command).await?;
        self.0.show(caller, &written.order, View::Full).await
    }

    async fn show_all(
        &self,
        caller: &Caller,
        written: &[Written],
    ) -> Result<Vec<pb::Order>, Status> {
        let mut shown = Vec::with_capacity(written.len());
        for written in written {
            shown.push(self.0.show(caller, &written.order, View::Full).await?);
        }
        Ok(shown)
    }
}

/// Whether these can be the orders of a batch.
fn check_batch(reader: &mut Reader, ids: &[i64]) {
    let path = Path::Request.field("ids");
    reader.count(&path, ids.len(), 1, LARGEST_BATCH);
    for (at, id) in ids.iter().enumerate().take(LARGEST_BATCH) {
        reader.id(&path.item(at), *id);
    }
}
