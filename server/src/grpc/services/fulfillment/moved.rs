//! Moves to another store, planned and carried out.

use order_status_proto::v1 as pb;
use tonic::Status;

use super::Fulfillment;
use crate::domain::command::{Command, DeliveryInput, StoreMoveInput};
use crate::domain::decide::Made;
use crate::domain::document::DocumentKind;
use crate::domain::order::OrderRef;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Written};
use crate::grpc::convert::codes::View;
use crate::grpc::convert::order_in::address;
use crate::grpc::convert::reader::Path;

/// What both requests ask for.
pub(super) struct Asked {
    pub to_store_id: i64,
    pub default_mode: String,
    pub items: Vec<pb::StoreMoveItem>,
    pub delivery_method: String,
    pub delivery_address: Option<pb::Address>,
}

impl Fulfillment {
    /// Asks for the move; answers what came of it, and the etag of the plan where it was only tried.
    pub(super) async fn move_order(
        &self,
        caller: &Caller,
        mut call: Call,
        order: Option<OrderRef>,
        asked: Asked,
    ) -> Result<(pb::MoveOrderToStoreResponse, String), Status> {
        let reader = &mut call.reader;
        let order = reader.order_ref(order);
        let items = Path::Request.field("items");
        let read = |(at, item): (usize, pb::StoreMoveItem)| {
            let path = items.item(at);
            let line = reader.id(&path.field("line_id"), item.line_id);
            (line, reader.text(&path.field("mode"), item.mode))
        };
        let items = asked.items.into_iter().enumerate().map(read).collect();
        let path = Path::Request.field("delivery_address");
        let given = asked.delivery_address;
        let input = StoreMoveInput {
            to_store_id: reader.id(&Path::Request.field("to_store_id"), asked.to_store_id),
            default_mode: reader.text(&Path::Request.field("default_mode"), asked.default_mode),
            items,
            delivery: DeliveryInput {
                method: reader.text(
                    &Path::Request.field("delivery_method"),
                    asked.delivery_method,
                ),
                address: given.map(|given| address(reader, &path, given, false)),
            },
        };
        let validate_only = call.validate_only;
        let command = Command::MoveToStore(order, Box::new(input));
        let written = self.0.write_one(caller, call, command).await?;
        let mut answer = tell(&written);
        if validate_only {
            // What would be made has no numbers yet.
            answer.created_store_order_id = 0;
            answer.created_delivery_address_id = 0;
            answer.created_supplier_order_ids.clear();
            answer.created_outbound_order_ids.clear();
        }
        answer.warehouse = self.0.account(caller).await?.warehouse;
        answer.order = Some(self.0.show(caller, &written.order, View::Full).await?);
        Ok((answer, written.plan_etag))
    }
}

/// What was made, affected and cancelled, each list ascending.
fn tell(written: &Written) -> pb::MoveOrderToStoreResponse {
    let mut answer = pb::MoveOrderToStoreResponse::default();
    for made in &written.made {
        match *made {
            Made::Address(id) => answer.created_delivery_address_id = id,
            Made::Document((DocumentKind::Store, id)) => {
                answer.created_store_order_id = id;
                let order = &written.order;
                let share = order
                    .documents
                    .iter()
                    .find(|share| share.key() == (DocumentKind::Store, id));
                let lines = share.into_iter().flat_map(|share| &share.lines);
                answer.transferred_line_ids = lines.map(|(line, _)| *line).collect();
            }
            Made::Document((DocumentKind::Supplier, id)) => {
                answer.created_supplier_order_ids.push(id);
            }
            Made::Document((DocumentKind::Outbound, id)) => {
                answer.created_outbound_order_ids.push(id);
            }
            Made::Affected((DocumentKind::Store, id)) => answer.affected_store_order_ids.push(id),
            Made::Affected((DocumentKind::Supplier, id)) => {
                answer.affected_supplier_order_ids.push(id);
            }
            Made::Affected((DocumentKind::Outbound, id)) => {
                answer.updated_outbound_order_ids.push(id);
            }
            Made::Cancelled((DocumentKind::Store, id)) => answer.cancelled_store_order_ids.push(id),
            Made::Cancelled((DocumentKind::Supplier, id)) => {
                answer.cancelled_supplier_order_ids.push(id);
            }
            Made::Cancelled((DocumentKind::Outbound, _)) | Made::Payment(_) | Made::Invoice(_) => {}
        }
    }
    answer
}

/// The same as the answer of a plan.
pub(super) fn plan(
    (moved, etag): (pb::MoveOrderToStoreResponse, String),
) -> pb::PlanStoreMoveResponse {
    pb::PlanStoreMoveResponse {
        etag,
        order: moved.order,
        created_store_order_id: moved.created_store_order_id,
        affected_supplier_order_ids: moved.affected_supplier_order_ids,
        cancelled_store_order_ids: moved.cancelled_store_order_ids,
        cancelled_supplier_order_ids: moved.cancelled_supplier_order_ids,
        updated_outbound_order_ids: moved.updated_outbound_order_ids,
        created_delivery_address_id: moved.created_delivery_address_id,
        warehouse: moved.warehouse,
        affected_store_order_ids: moved.affected_store_order_ids,
        created_supplier_order_ids: moved.created_supplier_order_ids,
        created_outbound_order_ids: moved.created_outbound_order_ids,
        transferred_line_ids: moved.transferred_line_ids,
    }
}
