//! `orders/{id}` and `…/workprogress`: one order.

use axum::http::StatusCode;
use order_status_proto::v1 as pb;
use prost_types::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Value;
use time::OffsetDateTime;
use time::UtcDateTime;
use time::macros::format_description;

use super::Outcome;
use super::failure::Failure;
use super::user::User;
use crate::rest::dialect::json;

/// The properties of an order, in the order in which all of them are answered.
pub const PROPERTIES: [&str; 20] = [
    "id",
    "orderId",
    "reference",
    "status",
    "statust",
    "companyId",
    "companyName",
    "personId",
    "personName",
    "src",
    "srct",
    "trg",
    "trgt",
    "created",
    "dtreceived",
    "deadline",
    "projectId",
    "projectManagerId",
    "projectResourceId",
    "projectStatust",
];

/// Some properties of an order.
pub struct Row<'a> {
    /// The order.
    pub order: &'a pb::Order,
    /// Which properties.
    pub properties: &'a [&'static str],
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.properties.len()))?;
        for property in self.properties {
            map.serialize_entry(property, &value(self.order, property))?;
        }
        map.end()
    }
}

fn value(order: &pb::Order, property: &str) -> Value {
    let customer = order.customer.as_ref();
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned()).into();
    match property {
        "id" | "orderId" => order.id.into(),
        "reference" => order.number.clone().into(),
        "status" => order.state.as_ref().map_or(0, |state| state.code).into(),
        "statust" => order
            .state
            .as_ref()
            .map_or(Value::Null, |state| state.title.clone().into()),
        "companyId" => customer.and_then(|customer| customer.id).into(),
        "companyName" => customer.map_or(Value::Null, |customer| text(&customer.name)),
        "personName" => customer.map_or(Value::Null, |customer| text(&customer.contact_name)),
        "created" => date(order.create_time.as_ref()).into(),
        "dtreceived" => date(order.order_date.as_ref().or(order.create_time.as_ref())).into(),
        // What this contract alone knows an order keeps as it came.
        name => match order.attributes.get(name) {
            None => Value::Null,
            Some(kept) if name.ends_with("Id") => kept
                .parse::<i64>()
                .map_or_else(|_| kept.clone().into(), Value::from),
            Some(kept) => kept.clone().into(),
        },
    }
}

/// A time in UTC, to the millisecond.
pub fn date(time: Option<&Timestamp>) -> Option<String> {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let time = time?;
    let nanos = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
    UtcDateTime::from(time).format(format).ok()
}

/// One order with all its properties.
pub async fn get(user: &User<'_>, id: i64) -> Outcome {
    let order = found(user, id, pb::OrderView::Full).await?;
    let row = Row {
        order: &order,
        properties: &PROPERTIES,
    };
    Ok(json::answer(StatusCode::OK, &row))
}

#[derive(Serialize)]
struct WorkProgress<'a> {
    available: bool,
    order: Progressing<'a>,
    project: Option<()>,
}

#[derive(Serialize)]
struct Progressing<'a> {
    id: i64,
    reference: &'a str,
    status: i32,
}

/// How far the work is. That is a project's to know, and no order here has one.
pub async fn work_progress(user: &User<'_>, id: i64) -> Outcome {
    let order = found(user, id, pb::OrderView::Basic).await?;
    let answer = WorkProgress {
        available: false,
        order: Progressing {
            id: order.id,
            reference: &order.number,
            status: order.state.as_ref().map_or(0, |state| state.code),
        },
        project: None,
    };
    Ok(json::answer(StatusCode::OK, &answer))
}

async fn found(user: &User<'_>, id: i64, view: pb::OrderView) -> Result<pb::Order, Failure> {
    let request = pb::GetOrderRequest {
        order: Some(pb::get_order_request::Order::Id(id)),
        view: view.into(),
        ..pb::GetOrderRequest::default()
    };
    Ok(user.orders().get_order(request).await?.into_inner())
}
