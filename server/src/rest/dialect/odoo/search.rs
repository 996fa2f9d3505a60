//! The methods that read orders.

use order_status_proto::v1 as pb;

use super::arguments::{self, Arguments};
use super::call_kw::required;
use super::domain;
use super::envelope::{Outcome, result};
use super::failure::{Failure, quoted};
use super::record::{Fields, Record};
use crate::rest::dialect::json::Json;
use crate::rest::{Api, Caller};

/// How many records one answer holds.
const MOST: u32 = 10_000;
/// How many orders are asked for at once.
const PAGE: u32 = 1_000;

/// What `read` is asked.
pub struct Read {
    ids: Vec<i64>,
    fields: Fields,
}

impl Read {
    /// # Errors
    /// The arguments are not those of the method.
    pub fn of(arguments: Arguments<'_>) -> Result<Read, Failure> {
        let (ids, rest) = arguments.records()?;
        let [fields, _load] = rest.bind(["fields", "load"])?;
        let fields = Fields::named(arguments::names(fields)?)?;
        Ok(Read { ids, fields })
    }
}

/// `read`: these records, all of them or none.
pub async fn read(api: &Api, caller: &Caller, asked: Read) -> Outcome {
    let Read { ids, fields } = asked;
    if ids.is_empty() {
        return result(&[(); 0]);
    }
    let request = pb::BatchGetOrdersRequest {
        ids,
        view: fields.view().into(),
        ..pb::BatchGetOrdersRequest::default()
    };
    let found = match api.orders(caller).batch_get_orders(request).await {
        Ok(found) => found.into_inner().orders,
        Err(status) => return Err(Failure::of(api, caller, status, None).await),
    };
    show(api, caller, &found, &fields).await
}

/// What `search_read` is asked.
pub struct SearchRead {
    filters: Vec<pb::OrderFilter>,
    fields: Fields,
    offset: u32,
    limit: Option<u32>,
    order: Sort,
}

impl SearchRead {
    /// # Errors
    /// The arguments are not those of the method.
    pub fn of(arguments: &Arguments<'_>) -> Result<SearchRead, Failure> {
        let [domain, fields, offset, limit, order] =
            arguments.bind(["domain", "fields", "offset", "limit", "order"])?;
        Ok(SearchRead {
            filters: domain::filters(domain)?,
            fields: Fields::named(arguments::names(fields)?)?,
            offset: arguments::count("offset", &offset)?.unwrap_or(0),
            limit: arguments::count("limit", &limit)?.filter(|limit| *limit > 0),
            order: Sort::named(arguments::text("order", order)?)?,
        })
    }
}

/// `search_read`: the records of a domain.
pub async fn search_read(api: &Api, caller: &Caller, asked: SearchRead) -> Outcome {
    let fields = asked.fields;
    let part = (asked.offset, asked.limit);
    let found = page(api, caller, asked.filters, part, asked.order, fields.view()).await?;
    show(api, caller, &found, &fields).await
}

/// What `search_count` is asked.
pub struct SearchCount {
    filters: Vec<pb::OrderFilter>,
    limit: Option<u32>,
}

impl SearchCount {
    /// # Errors
    /// The arguments are not those of the method.
    pub fn of(arguments: &Arguments<'_>) -> Result<SearchCount, Failure> {
        let [domain, limit] = arguments.bind(["domain", "limit"])?;
        if matches!(domain, Json::Null) {
            let missing = ["'domain'".to_owned()];
            return Err(required("SaleOrder.search_count()", &missing));
        }
        let limit = arguments::count("limit", &limit)?.filter(|limit| *limit > 0);
        Ok(SearchCount {
            filters: domain::filters(domain)?,
            limit,
        })
    }
}

/// `search_count`: how many records a domain has.
pub async fn search_count(api: &Api, caller: &Caller, asked: SearchCount) -> Outcome {
    let SearchCount { filters, limit } = asked;
    let mut count: u32 = 0;
    for filter in filters {
        let request = pb::ListOrdersRequest {
            filter: Some(filter),
            page_size: 1,
            count: true,
            ..pb::ListOrdersRequest::default()
        };
        let page = list(api, caller, request).await?;
        count = count.saturating_add(page.total_size.unsigned_abs());
    }
    result(&limit.map_or(count, |limit| count.min(limit)))
}

/// In which order records are answered.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sort {
    by_date: bool,
    down: bool,
}

impl Sort {
    /// The latest order date first, unless told otherwise.
    fn named(order: Option<String>) -> Result<Sort, Failure> {
        let order = order.unwrap_or_default();
        let words: Vec<String> = order.split_whitespace().map(str::to_lowercase).collect();
        let (by_date, down) = match words.join(" ").as_str() {
            "" | "date_order desc" | "date_order desc, id desc" => (true, true),
            "date_order" | "date_order asc" => (true, false),
            "id desc" => (false, true),
            "id" | "id asc" => (false, false),
            _ => {
                let known = "id or date_order, asc or desc";
                let text = format!("order has to be {known}, not {}", quoted(&order));
                return Err(Failure::of_value(text));
            }
        };
        Ok(Sort { by_date, down })
    }

    const fn name(self) -> &'static str {
        match (self.by_date, self.down) {
            (true, true) => "order_date desc",
            (true, false) => "order_date",
            (false, true) => "id desc",
            (false, false) => "id",
        }
    }

    /// By what an order stands where it does; one without a date before all others.
    fn key(self, order: &pb::Order) -> (Option<(i64, i32)>, i64) {
        let date = order.order_date.filter(|_| self.by_date);
        (date.map(|date| (date.seconds, date.nanos)), order.id)
    }
}

/// One page over filters that have no order in common.
async fn page(
    api: &Api,
    caller: &Caller,
    mut filters: Vec<pb::OrderFilter>,
    (offset, limit): (u32, Option<u32>),
    sort: Sort,
    view: pb::OrderView,
) -> Result<Vec<pb::Order>, Failure> {
    let wanted = limit.map_or(MOST + 1, |limit| limit.min(MOST));
    let mut found = match filters.pop() {
        None => Vec::new(),
        Some(only) if filters.is_empty() => {
            all(api, caller, only, (offset, wanted), sort, view).await?
        }
        Some(last) => {
            filters.push(last);
            let mut found = Vec::new();
            for filter in filters {
                let most = offset.saturating_add(wanted).min(2 * MOST);
                found.extend(all(api, caller, filter, (0, most), sort, view).await?);
            }
            found.sort_by_key(|order| sort.key(order));
            if sort.down {
                found.reverse();
            }
            found.into_iter().skip(offset as usize).collect()
        }
    };
    if limit.is_none() && found.len() > MOST as usize {
        let text = format!("there are more than {MOST} records: set a limit");
        return Err(Failure::of_value(text));
    }
    found.truncate(wanted as usize);
    Ok(found)
}

/// The orders of one filter, from `skip` on.
async fn all(
    api: &Api,
    caller: &Caller,
    filter: pb::OrderFilter,
    (skip, most): (u32, u32),
    sort: Sort,
    view: pb::OrderView,
) -> Result<Vec<pb::Order>, Failure> {
    let mut found: Vec<pb::Order> = Vec::new();
    let mut request = pb::ListOrdersRequest {
        filter: Some(filter),
        skip: i32::try_from(skip).unwrap_or(i32::MAX),
        order_by: sort.name().to_owned(),
        view: view.into(),
        ..pb::ListOrdersRequest::default()
    };
    loop {
        let open = most.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        request.page_size = i32::try_from(open.min(PAGE)).unwrap_or(i32::MAX);
        let page = list(api, caller, request.clone()).await?;
        found.extend(page.orders);
        if page.next_page_token.is_empty() || found.len() >= most as usize {
            return Ok(found);
        }
        request.skip = 0;
        request.page_token = page.next_page_token;
    }
}

async fn list(
    api: &Api,
    caller: &Caller,
    request: pb::ListOrdersRequest,
) -> Result<pb::ListOrdersResponse, Failure> {
    match api.orders(caller).list_orders(request).await {
        Ok(page) => Ok(page.into_inner()),
        Err(status) => Err(Failure::of(api, caller, status, None).await),
    }
}

async fn show(api: &Api, caller: &Caller, orders: &[pb::Order], fields: &Fields) -> Outcome {
    let company = match fields.company() && !orders.is_empty() {
        false => String::new(),
        true => {
            let request = pb::GetSessionRequest {};
            match api.sessions(caller).get_session(request).await {
                Ok(session) => session.into_inner().account_code,
                Err(status) => return Err(Failure::of(api, caller, status, None).await),
            }
        }
    };
    let records: Vec<Record<'_>> = orders
        .iter()
        .map(|order| Record {
            order,
            fields,
            company: &company,
        })
        .collect();
    result(&records)
}
