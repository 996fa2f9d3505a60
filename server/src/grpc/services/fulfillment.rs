//! FulfillmentService.

use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::fulfillment_service_server::FulfillmentService;
use tonic::{Request, Response, Status};

use crate::domain::command::{Command, DeliveryInput, HoldInput};
use crate::domain::decide::Made;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Context};
use crate::grpc::convert::codes::{HELD_ACTIONS, View};
use crate::grpc::convert::order_in::address;
use crate::grpc::convert::order_out;
use crate::grpc::convert::reader::Path;
use crate::grpc::convert::request::NamesOrder as _;
use crate::grpc::status::internal;

/// FulfillmentService.
pub struct Fulfillment(pub Arc<Context>);

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
}
