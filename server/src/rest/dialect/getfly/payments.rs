//! `sale_order_payments`: lists of payments.

use axum::http::StatusCode;
use axum::response::Response;
use order_status_proto::v1 as pb;
use order_status_proto::v1::ErrorReason as Reason;
use serde::Serialize;
use serde_json::value::RawValue;

use super::filter::{Asked, List};
use super::list::Part;
use super::refused::Refused;
use super::show::money;
use super::{known, somebody};
use crate::rest::dialect::fault::Fault;
use crate::rest::dialect::json;
use crate::rest::dialect::query::Query;
use crate::rest::{Api, Caller};

const PAYMENTS: List = List {
    filters: &[
        ("id", &["eq", "in"]),
        ("order_id", &["eq", "in"]),
        ("created_at", &["eq", "gte", "lte"]),
    ],
    sorts: &["id"],
    newest_first: false,
};
/// How many payments are looked at for one list.
const MOST_LOOKED_AT: usize = 10_000;

#[derive(Serialize)]
struct Shown {
    id: i64,
    order_id: i64,
    amount: Box<RawValue>,
    pay_date: String,
    description: String,
}

/// Answers a list of payments; money that went back is less than nothing.
///
/// # Errors
/// What is wrong with the query, or why there is no list.
pub async fn payments(api: &Api, caller: &Caller, query: &Query) -> Result<Response, Refused> {
    let (orders, mut wanted, asked) = match read(query) {
        Ok(asked) => asked,
        Err(refused) => return Err(known(api, caller, refused).await),
    };
    let offset = usize::try_from(asked.offset).unwrap_or(0);
    let limit = usize::try_from(asked.limit).unwrap_or(0);
    if orders.is_none() && !asked.descending {
        wanted.enough = Some(offset + limit + 1);
    }
    let mut found = Vec::new();
    match orders {
        // Ids that rule each other out are looked up nowhere.
        Some(orders) if orders.is_empty() => somebody(api, caller).await?,
        Some(orders) => {
            for order in orders {
                collect(api, caller, Some(order), &wanted, &mut found).await?;
            }
        }
        None => collect(api, caller, None, &wanted, &mut found).await?,
    }
    found.sort_by_key(|payment| payment.id);
    if asked.descending {
        found.reverse();
    }
    let has_more = found.len() > offset + limit;
    let part = Part {
        data: found
            .into_iter()
            .skip(offset)
            .take(limit)
            .map(shown)
            .collect(),
        has_more,
        offset: asked.offset,
        limited: asked.limit,
    };
    Ok(json::answer(StatusCode::OK, &part))
}

/// Of which orders, which payments, and which part of their list.
pub fn read(query: &Query) -> Result<(Option<Vec<i64>>, Wanted, Asked), Refused> {
    let asked = Asked::of(query, &PAYMENTS)?;
    let wanted = Wanted {
        ids: asked.ids("id")?,
        created: asked.span("created_at")?,
        enough: None,
    };
    Ok((asked.ids("order_id")?, wanted, asked))
}

/// Which payments.
pub struct Wanted {
    ids: Option<Vec<i64>>,
    created: Option<pb::TimeRange>,
    /// How many will do, where they come in the order in which they are wanted.
    enough: Option<usize>,
}

impl Wanted {
    fn fits(&self, payment: &pb::Payment) -> bool {
        let created = payment.create_time.as_ref().map_or(0, |time| time.seconds);
        let within = self.created.as_ref().is_none_or(|span| {
            let (start, end) = (&span.start_time, &span.end_time);
            start.as_ref().is_none_or(|start| start.seconds <= created)
                && end.as_ref().is_none_or(|end| created < end.seconds)
        });
        within
            && self
                .ids
                .as_ref()
                .is_none_or(|ids| ids.contains(&payment.id))
    }
}

/// Appends the wanted payments of one order, or of the account. An order that is not there has none.
async fn collect(
    api: &Api,
    caller: &Caller,
    order: Option<i64>,
    wanted: &Wanted,
    found: &mut Vec<pb::Payment>,
) -> Result<(), Refused> {
    let mut page_token = String::new();
    let mut looked_at = 0;
    loop {
        let request = pb::ListPaymentsRequest {
            order: order.map(pb::list_payments_request::Order::Id),
            page_size: 1000,
            page_token,
        };
        let page = match api.billing(caller).list_payments(request).await {
            Ok(page) => page.into_inner(),
            Err(status) => {
                let fault = Fault::from(status);
                return match fault.reason {
                    Reason::OrderNotFound | Reason::InvalidField if order.is_some() => Ok(()),
                    _ => Err(Refused::from(fault)),
                };
            }
        };
        looked_at += page.payments.len();
        found.extend(
            page.payments
                .into_iter()
                .filter(|payment| wanted.fits(payment)),
        );
        page_token = page.next_page_token;
        let enough = wanted.enough.is_some_and(|enough| found.len() >= enough);
        if page_token.is_empty() || enough {
            return Ok(());
        }
        if looked_at >= MOST_LOOKED_AT {
            let message = "there are too many payments to look through: name orders by filtering[order_id:in]";
            return Err(Refused::bad_request(message));
        }
    }
}

fn shown(payment: pb::Payment) -> Shown {
    let back = payment.kind() == pb::PaymentKind::Refund;
    let mut amount = payment.amount.unwrap_or_default();
    if back {
        (amount.units, amount.nanos) = (-amount.units, -amount.nanos);
    }
    Shown {
        id: payment.id,
        order_id: payment.order_id,
        amount: money(Some(&amount)),
        pay_date: payment.pay_date,
        description: payment.description,
    }
}
