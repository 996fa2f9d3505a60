//! `sync`: every new order of the store, each given once.
//!
//! What was given is marked on the order itself before it is given, under the etag that it was read with: of two
//! calls at the same time one marks the order, and gives it. An order that a call marks and then fails to deliver
//! (the connection breaks) is not given again; `get` still tells it.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use order_status_proto::v1 as pb;
use order_status_proto::v1::ErrorReason as Reason;
use prost_types::FieldMask;
use tonic::Status;

use crate::rest::dialect::fault::Fault;
use crate::rest::{Api, Caller};

/// How many orders one call gives, at most.
const MOST: usize = 100;
/// The attribute that marks an order as given.
const MARK: &str = "omni.synced";
/// The state of the orders that are given.
const NEW: &str = "new";
/// How often an order is tried that others change meanwhile.
const TRIES: usize = 5;

/// Marks up to a hundred new orders that were not given yet, the oldest first, and answers them.
///
/// # Errors
/// The orders cannot be read.
pub async fn take(api: &Api, caller: &Caller) -> Result<Vec<pb::Order>, Status> {
    let mut taken: Vec<pb::Order> = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListOrdersRequest {
            filter: Some(pb::OrderFilter {
                states: vec![NEW.to_owned()],
                ..Default::default()
            }),
            page_size: 1000,
            page_token,
            order_by: "id".to_owned(),
            view: pb::OrderView::Full.into(),
            ..Default::default()
        };
        let page = api.orders(caller).list_orders(request).await?.into_inner();
        let mut waiting = page.orders.into_iter().filter(|order| !given(order));
        while taken.len() < MOST {
            // All at once, so that they come to one batch of the ledger.
            let some: Vec<pb::Order> = waiting.by_ref().take(MOST - taken.len()).collect();
            if some.is_empty() {
                break;
            }
            let marked = join_all(some.into_iter().map(|order| mark(api, caller, order))).await;
            taken.extend(marked.into_iter().flatten());
        }
        page_token = page.next_page_token;
        if page_token.is_empty() || taken.len() >= MOST {
            return Ok(taken);
        }
    }
}

fn given(order: &pb::Order) -> bool {
    order.attributes.contains_key(MARK)
}

/// Marks an order; `None` where somebody else did, or where it is new no longer.
async fn mark(api: &Api, caller: &Caller, mut order: pb::Order) -> Option<pb::Order> {
    for _ in 0..TRIES {
        let mut attributes: BTreeMap<String, String> = std::mem::take(&mut order.attributes);
        attributes.insert(MARK.to_owned(), "1".to_owned());
        let request = pb::UpdateOrderRequest {
            order: Some(pb::Order {
                id: order.id,
                attributes,
                ..Default::default()
            }),
            update_mask: Some(FieldMask {
                paths: vec!["attributes".to_owned()],
            }),
            etag: std::mem::take(&mut order.etag),
            ..Default::default()
        };
        let fault = match api.orders(caller).update_order(request).await {
            Ok(marked) => return Some(marked.into_inner()),
            Err(status) => Fault::from(status),
        };
        if fault.reason != Reason::EtagStale {
            tracing::warn!(order.id, reason = ?fault.reason, "an order cannot be marked as given");
            return None;
        }
        let request = pb::GetOrderRequest {
            order: Some(pb::get_order_request::Order::Id(order.id)),
            ..Default::default()
        };
        let found = api.orders(caller).get_order(request).await.ok()?;
        order = found.into_inner();
        let new = order.state.as_ref().is_some_and(|state| state.key == NEW);
        if !new || given(&order) {
            return None;
        }
    }
    None
}
