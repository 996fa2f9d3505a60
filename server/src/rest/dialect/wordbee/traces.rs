//! `orders/{id}/traces`: what happened to an order, and what was said about it.

use std::collections::VecDeque;

use axum::http::StatusCode;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::failure::Failure;
use super::order::date;
use super::user::User;
use super::{Outcome, done};
use crate::rest::dialect::json::{self, Json, Object};

/// How many traces one answer holds, the newest.
const MOST: usize = 1_000;
/// What is a trace: a move, or words.
const KINDS: [pb::ChangeKind; 5] = [
    pb::ChangeKind::Create,
    pb::ChangeKind::Import,
    pb::ChangeKind::Transition,
    pb::ChangeKind::Override,
    pb::ChangeKind::Note,
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Traces {
    count: usize,
    items: Vec<Trace>,
    can_add: bool,
}

#[derive(Serialize)]
struct Trace {
    date: Option<String>,
    message: Option<String>,
    status: i32,
    statust: String,
    deadline: Option<String>,
    sender: Sender,
}

/// The person, and the company of a client. The history knows people by name alone.
#[derive(Clone, Serialize)]
struct Sender {
    pid: Option<i64>,
    pfname: Option<String>,
    plname: Option<String>,
    cid: Option<i64>,
    cname: Option<String>,
}

/// The traces, the newest first.
pub async fn get(user: &User<'_>, id: i64) -> Outcome {
    let request = pb::GetOrderRequest {
        order: Some(pb::get_order_request::Order::Id(id)),
        ..pb::GetOrderRequest::default()
    };
    let order = user.orders().get_order(request).await?.into_inner();
    let customer = order.customer.unwrap_or_default();
    let mut request = pb::ListOrderChangesRequest {
        order: Some(pb::list_order_changes_request::Order::Id(id)),
        page_size: 1_000,
        ..pb::ListOrderChangesRequest::default()
    };
    let mut count = 0;
    let mut newest = VecDeque::new();
    loop {
        let page = user.orders().list_order_changes(request.clone()).await?;
        let page = page.into_inner();
        for change in page.changes {
            if KINDS.contains(&change.kind()) {
                count += 1;
                newest.push_front(trace(change, &customer));
                newest.truncate(MOST);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let answer = Traces {
        count,
        items: newest.into(),
        can_add: true,
    };
    Ok(json::answer(StatusCode::OK, &answer))
}

fn trace(change: pb::Change, customer: &pb::OrderCustomer) -> Trace {
    let (cid, cname) = match change.role() {
        pb::Role::Client => (customer.id, Some(customer.name.clone())),
        _ => (None, None),
    };
    let state = change.to.unwrap_or_default();
    Trace {
        date: date(change.create_time.as_ref()),
        message: (!change.message.is_empty()).then_some(change.message),
        status: state.code,
        statust: state.title,
        deadline: None,
        sender: Sender {
            pid: None,
            pfname: None,
            plname: Some(change.actor),
            cid,
            cname,
        },
    }
}

/// What a new trace says.
pub fn message(body: &Object<'_>) -> Result<String, Failure> {
    match body.get("message")? {
        Json::Text(message) => Ok(message),
        _ => Err(Failure::new(
            "The property \"message\" is mandatory and has to be a text.",
        )),
    }
}

/// Adds a trace that everybody sees who sees the order.
pub async fn add(user: &User<'_>, id: i64, body: &Object<'_>) -> Outcome {
    let message = message(body)?;
    let request = pb::AddOrderNoteRequest {
        order: Some(pb::add_order_note_request::Order::Id(id)),
        message,
        public: true,
        ..pb::AddOrderNoteRequest::default()
    };
    user.orders().add_order_note(request).await?;
    Ok(done())
}
