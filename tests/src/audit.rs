//! Whether the service still knows what it said.

use std::collections::{BTreeMap, HashMap};

use futures_util::{StreamExt, TryStreamExt, stream};
use order_status_proto::v1::{
    Change, ListOrderChangesRequest, ListOrdersRequest, list_order_changes_request,
};
use tonic::Status;

use crate::account::Caller;
use crate::load::Log;

/// How many orders are read at once.
const WIDTH: usize = 16;

/// The histories of orders, by the orders' ids, each in the order of its versions.
pub type Histories = BTreeMap<i64, Vec<Change>>;

/// Reads the history of one order.
///
/// # Errors
///
/// The service's.
pub async fn history(caller: &Caller, order_id: i64) -> Result<Vec<Change>, Status> {
    let mut changes = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListOrderChangesRequest {
            order: Some(list_order_changes_request::Order::Id(order_id)),
            page_size: 1000,
            page_token,
        };
        let page = caller.orders().list_order_changes(request).await?;
        let page = page.into_inner();
        changes.extend(page.changes);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(changes);
        }
    }
}

/// Reads the history of every order that the caller may see.
///
/// # Errors
///
/// The service's.
pub async fn histories(caller: &Caller) -> Result<Histories, Status> {
    let mut ids = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListOrdersRequest {
            page_size: 1000,
            page_token,
            ..ListOrdersRequest::default()
        };
        let page = caller.orders().list_orders(request).await?.into_inner();
        ids.extend(page.orders.iter().map(|order| order.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let read = stream::iter(ids).map(|id| async move { Ok((id, history(caller, id).await?)) });
    read.buffer_unordered(WIDTH).try_collect().await
}

/// Fails unless the account's orders hold every change in the log as it was acknowledged, number their versions
/// without a gap, and no request, acknowledged or not, had more than one effect.
///
/// # Panics
///
/// If something is not as it should be.
pub async fn audit(caller: &Caller, log: &Log) {
    let histories = histories(caller).await.expect("read every history");
    let mut effects: HashMap<&str, (i64, i64)> = HashMap::new();
    for (order, changes) in &histories {
        for (change, version) in changes.iter().zip(1..) {
            assert_eq!(change.version, version, "order {order} has a gap");
            if change.request_id.is_empty() {
                continue;
            }
            let here = (*order, version);
            let before = effects.insert(&change.request_id, here);
            assert_eq!(
                before, None,
                "{} twice, again at {here:?}",
                change.request_id
            );
        }
    }
    for said in &log.acknowledged {
        assert_eq!(
            effects.get(said.request_id.as_str()),
            Some(&(said.order_id, said.version)),
            "acknowledged and not there: {said:?}"
        );
    }
}
