//! `cancel`: an order is called off.

use axum::response::Response;
use order_status_proto::v1 as pb;

use super::given::Given;
use super::refused::Refused;
use super::user::User;
use super::{Nothing, codes, done};

const TYPE: &str = "cancellation_type_id";

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    cancellation_type: i64,
    delete_exchange: bool,
}

impl Wanted {
    /// Reads it.
    pub fn of(given: &Given<'_>) -> Result<Wanted, Refused> {
        Ok(Wanted {
            cancellation_type: given.integer(TYPE)?.unwrap_or(0),
            delete_exchange: given.boolean("delete_exchange")?.unwrap_or(false),
        })
    }
}

/// Cancels it.
pub async fn cancel(user: &User<'_>, order: i64, given: &Given<'_>) -> Result<Response, Refused> {
    let wanted = Wanted::of(given)?;
    let number = wanted.cancellation_type;
    let cancellation_type = codes::key_or_none(user, "cancellation_types", TYPE, number).await?;
    let request = pb::CancelOrderRequest {
        order: Some(pb::cancel_order_request::Order::Id(order)),
        cancellation_type,
        delete_exchange: wanted.delete_exchange,
        ..Default::default()
    };
    user.orders().cancel_order(request).await?;
    Ok(done(Nothing {}))
}
