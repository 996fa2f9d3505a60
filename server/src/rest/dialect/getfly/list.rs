//! `sale_orders`: lists of orders.

use axum::http::StatusCode;
use axum::response::Response;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::filter::{Asked, List};
use super::known;
use super::refused::Refused;
use super::show::{self, Fields, Ordered};
use crate::rest::dialect::json;
use crate::rest::dialect::query::Query;
use crate::rest::{Api, Caller};

const ORDERS: List = List {
    filters: &[
        ("id", &["eq", "in"]),
        ("order_date", &["eq", "gte", "lte", "between"]),
        ("created_at", &["eq", "gte", "lte"]),
        ("updated_at", &["eq", "gte", "lte"]),
    ],
    sorts: &["id", "order_date"],
    newest_first: true,
};

/// A part of a list.
#[derive(Serialize)]
pub struct Part<T> {
    /// The items.
    pub data: Vec<T>,
    /// Whether others follow.
    pub has_more: bool,
    /// How many come before it.
    pub offset: i32,
    /// How many it has at most.
    pub limited: i32,
}

/// Answers a list of orders.
///
/// # Errors
/// What is wrong with the query, or why there is no list.
pub async fn orders(api: &Api, caller: &Caller, query: &Query) -> Result<Response, Refused> {
    let (filter, asked) = match read(query) {
        Ok(read) => read,
        Err(refused) => return Err(known(api, caller, refused).await),
    };
    let fields = Fields::of(query);
    let limit = usize::try_from(asked.limit).unwrap_or(0);
    let sort = asked.sort.as_deref().unwrap_or("id");
    let order_by = format!("{sort}{}", if asked.descending { " desc" } else { "" });
    let mut skip = asked.offset;
    let mut page_token = String::new();
    let mut data: Vec<Ordered> = Vec::new();
    let has_more = loop {
        let request = pb::ListOrdersRequest {
            filter: filter.clone(),
            page_size: i32::try_from(limit - data.len()).unwrap_or(0),
            page_token,
            skip: std::mem::take(&mut skip),
            order_by: order_by.clone(),
            view: pb::OrderView::Full.into(),
            ..Default::default()
        };
        let page = api.orders(caller).list_orders(request).await?.into_inner();
        data.extend(page.orders.iter().map(|order| show::order(order, &fields)));
        page_token = page.next_page_token;
        // A page may end early where its orders are large.
        if page_token.is_empty() || data.len() >= limit {
            break !page_token.is_empty();
        }
    };
    let part = Part {
        data,
        has_more,
        offset: asked.offset,
        limited: asked.limit,
    };
    Ok(json::answer(StatusCode::OK, &part))
}

/// Which orders, and which part of their list.
pub fn read(query: &Query) -> Result<(Option<pb::OrderFilter>, Asked), Refused> {
    let asked = Asked::of(query, &ORDERS)?;
    Ok((filter(&asked)?, asked))
}

fn filter(asked: &Asked) -> Result<Option<pb::OrderFilter>, Refused> {
    let ids = asked.ids("id")?;
    // No list at all means every order, so ids that rule each other out are one that there never is.
    let ids = ids.map(|ids| if ids.is_empty() { vec![0] } else { ids });
    Ok(Some(pb::OrderFilter {
        ids: ids.unwrap_or_default(),
        order_date: asked.span("order_date")?,
        create_time: asked.span("created_at")?,
        update_time: asked.span("updated_at")?,
        ..Default::default()
    }))
}
