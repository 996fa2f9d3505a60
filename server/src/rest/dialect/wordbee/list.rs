//! `orders/list`: the orders that the user sees, filtered and page by page.

use axum::http::StatusCode;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::failure::Failure;
use super::order::{PROPERTIES, Row};
use super::user::User;
use super::{Outcome, query};
use crate::rest::dialect::json::{self, Json, Object};

/// How many orders a page has where nothing is said.
const USUAL: i32 = 20;
/// How many it has at most.
const MOST: i32 = 500;

#[derive(Serialize)]
struct List<'a> {
    total: i32,
    rows: Vec<Row<'a>>,
}

/// What a list is asked.
pub struct Asked {
    request: pb::ListOrdersRequest,
    properties: Vec<&'static str>,
    /// How many orders are answered.
    take: i32,
}

/// Reads the body.
///
/// # Errors
/// What has another form than the contract says, or is not known.
pub fn read(body: &Object<'_>) -> Result<Asked, Failure> {
    let filter = match body.get("query")? {
        Json::Null => pb::OrderFilter::default(),
        Json::Text(text) => query::filter(&text)?,
        _ => return Err(Failure::new("The property \"query\" has to be a text.")),
    };
    let properties = properties(body)?;
    let order_by = order_by(body)?;
    let take = number(body, "take")?.unwrap_or(USUAL).min(MOST);
    let mut request = pb::ListOrdersRequest {
        filter: Some(filter),
        // No page is empty for our own API.
        page_size: take.max(1),
        skip: number(body, "skip")?.unwrap_or(0),
        count: true,
        order_by,
        view: pb::OrderView::Full.into(),
        ..pb::ListOrdersRequest::default()
    };
    if take == 0 {
        request.view = pb::OrderView::Basic.into();
    }
    Ok(Asked {
        request,
        properties,
        take,
    })
}

/// One page.
pub async fn list(user: &User<'_>, asked: Asked) -> Outcome {
    let found = user.orders().list_orders(asked.request).await?.into_inner();
    let wanted = usize::try_from(asked.take).unwrap_or(0);
    let orders = found.orders.iter().take(wanted);
    let answer = List {
        total: found.total_size,
        rows: orders
            .map(|order| Row {
                order,
                properties: &asked.properties,
            })
            .collect(),
    };
    Ok(json::answer(StatusCode::OK, &answer))
}

/// The properties that the body names; all of them where it names none.
fn properties(body: &Object<'_>) -> Result<Vec<&'static str>, Failure> {
    const WRONG: &str = "The property \"fields\" has to be a list of properties.";
    let named = match body.get("fields")? {
        Json::Null => Vec::new(),
        Json::List(named) => named,
        _ => return Err(Failure::new(WRONG)),
    };
    if flag(body, "allfields")? == Some(true) || named.is_empty() {
        return Ok(PROPERTIES.to_vec());
    }
    let mut properties = Vec::new();
    for name in named {
        let Json::Text(name) = Json::of(name)? else {
            return Err(Failure::new(WRONG));
        };
        let Some(property) = PROPERTIES.iter().find(|known| **known == name) else {
            let known = PROPERTIES.join(", ");
            return Err(Failure::new(format!(
                "An order has no such property; known: {known}."
            )));
        };
        if !properties.contains(property) {
            properties.push(*property);
        }
    }
    Ok(properties)
}

/// Orders are sorted by id alone, the newest first unless told otherwise.
fn order_by(body: &Object<'_>) -> Result<String, Failure> {
    let wrong = || Failure::new("The property \"sort\" has to be a list of {\"id\": \"id\"}.");
    let columns = match body.get("sort")? {
        Json::Null => Vec::new(),
        Json::List(columns) => columns,
        _ => return Err(wrong()),
    };
    let mut order = String::new();
    for column in columns {
        let Json::Object(column) = Json::of(column)? else {
            return Err(wrong());
        };
        let by_id = matches!(column.get("id")?, Json::Text(id) if id == "id" || id == "orderId");
        let up = flag(&column, "asc")?.unwrap_or(true);
        if !by_id {
            return Err(Failure::new("Orders can be sorted by id only."));
        }
        if order.is_empty() {
            order.push_str(if up { "id" } else { "id desc" });
        }
    }
    Ok(order)
}

fn flag(object: &Object<'_>, name: &str) -> Result<Option<bool>, Failure> {
    match object.get(name)? {
        Json::Null => Ok(None),
        Json::Bool(flag) => Ok(Some(flag)),
        _ => Err(Failure::new(format!(
            "The property \"{name}\" has to be true or false."
        ))),
    }
}

/// A number from zero; one beyond 32 bits is more than any list has, as the largest of them is.
fn number(body: &Object<'_>, name: &str) -> Result<Option<i32>, Failure> {
    let read = match body.get(name)? {
        Json::Null => return Ok(None),
        Json::Number(digits) => digits.parse::<i64>().ok().filter(|number| *number >= 0),
        _ => None,
    };
    let wrong = || format!("The property \"{name}\" has to be a whole number from 0.");
    let read = read.ok_or_else(|| Failure::new(wrong()))?;
    Ok(Some(i32::try_from(read).unwrap_or(i32::MAX)))
}
