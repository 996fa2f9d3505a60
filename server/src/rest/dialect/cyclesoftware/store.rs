//! `update-store`: an order goes to another store, item by item.

use axum::response::Response;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::given::Given;
use super::refused::Refused;
use super::user::User;
use super::{address, codes, delivery, done};

const MODES: &str = "transfer_modes";
const DEFAULT_MODE: &str = "default_mode";
const MODE: &str = "mode";

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    to_store: i64,
    default_mode: i64,
    /// Each with its line, its mode and the name of the member that gives the mode.
    items: Vec<(i64, Option<i64>, String)>,
    method: Option<i64>,
    address: Option<pb::Address>,
}

#[derive(Serialize)]
struct Moved {
    created_store_order_id: Option<i64>,
    affected_supplier_order_ids: Vec<i64>,
    cancelled_store_order_ids: Vec<i64>,
    cancelled_supplier_order_ids: Vec<i64>,
    updated_outbound_order_ids: Option<Vec<i64>>,
}

impl Wanted {
    /// Reads it.
    pub fn of(given: &Given<'_>) -> Result<Wanted, Refused> {
        let item = |item: Given<'_>| {
            let line = item.required_integer("item_id")?;
            Ok((line, item.integer(MODE)?, item.named(MODE)))
        };
        let items = given.objects("items")?.into_iter().map(item);
        Ok(Wanted {
            to_store: given.required_integer("to_store_id")?,
            default_mode: given.required_integer(DEFAULT_MODE)?,
            items: items.collect::<Result<_, Refused>>()?,
            method: given.integer(delivery::METHOD)?,
            address: address::new_delivery_address(given)?,
        })
    }
}

/// Moves it.
pub async fn update(user: &User<'_>, order: i64, given: &Given<'_>) -> Result<Response, Refused> {
    let wanted = Wanted::of(given)?;
    let named = wanted.items.iter().filter_map(|(_, mode, _)| *mode);
    let named = named.chain([wanted.default_mode]);
    let modes = codes::entries_with(user, MODES, named).await?;
    let mut items = Vec::with_capacity(wanted.items.len());
    for (line_id, mode, name) in wanted.items {
        let mode = match mode {
            Some(mode) => codes::among(&modes, &name, mode)?,
            None => String::new(),
        };
        items.push(pb::StoreMoveItem { line_id, mode });
    }
    let request = pb::MoveOrderToStoreRequest {
        order: Some(pb::move_order_to_store_request::Order::Id(order)),
        to_store_id: wanted.to_store,
        default_mode: codes::among(&modes, DEFAULT_MODE, wanted.default_mode)?,
        items,
        delivery_method: delivery::method_key(user, wanted.method).await?,
        delivery_address: wanted.address,
        ..Default::default()
    };
    let moved = user.fulfillment().move_order_to_store(request).await?;
    let moved = moved.into_inner();
    let created = moved.created_store_order_id;
    Ok(done(Moved {
        created_store_order_id: (created != 0).then_some(created),
        affected_supplier_order_ids: moved.affected_supplier_order_ids,
        cancelled_store_order_ids: moved.cancelled_store_order_ids,
        cancelled_supplier_order_ids: moved.cancelled_supplier_order_ids,
        updated_outbound_order_ids: moved.warehouse.then_some(moved.updated_outbound_order_ids),
    }))
}
