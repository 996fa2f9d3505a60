//! `update-delivery-method`: how and where an order is delivered.

use axum::response::Response;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::given::Given;
use super::refused::Refused;
use super::user::User;
use super::{address, codes, done};

/// The member that names how.
pub const METHOD: &str = "new_delivery_method_id";

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    method: Option<i64>,
    address: Option<pb::Address>,
}

#[derive(Serialize)]
struct Updated {
    created_delivery_address_id: Option<i64>,
}

impl Wanted {
    /// Reads it.
    pub fn of(given: &Given<'_>) -> Result<Wanted, Refused> {
        Ok(Wanted {
            method: given.integer(METHOD)?,
            address: address::new_delivery_address(given)?,
        })
    }
}

/// The key of the delivery method with that number; empty where none is given.
pub async fn method_key(user: &User<'_>, number: Option<i64>) -> Result<String, Refused> {
    match number {
        Some(number) => codes::key(user, "delivery_methods", METHOD, number).await,
        None => Ok(String::new()),
    }
}

/// Updates it. Where neither is given, nothing changes.
pub async fn update(user: &User<'_>, order: i64, given: &Given<'_>) -> Result<Response, Refused> {
    let wanted = Wanted::of(given)?;
    let request = pb::UpdateDeliveryMethodRequest {
        order: Some(pb::update_delivery_method_request::Order::Id(order)),
        delivery_method: method_key(user, wanted.method).await?,
        delivery_address: wanted.address,
        ..Default::default()
    };
    let updated = user.fulfillment().update_delivery_method(request).await?;
    let id = updated.into_inner().created_delivery_address_id;
    Ok(done(Updated {
        created_delivery_address_id: (id != 0).then_some(id),
    }))
}
