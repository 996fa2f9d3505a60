//! The methods that read orders.

use std::collections::HashMap;

use order_status_proto::v1 as pb;
use tonic::Status;

use super::Orders;
use crate::domain::decide::{LARGEST_BATCH, options, partial_cancel_options};
use crate::domain::order::{Order, OrderRef};
use crate::domain::refusal::Refusal;
use crate::domain::role::Role;
use crate::grpc::caller::Caller;
use crate::grpc::convert::change::change;
use crate::grpc::convert::codes::{VIEWS, View};
use crate::grpc::convert::filter::filter;
use crate::grpc::convert::order_out;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::convert::request::NamesOrder as _;
use crate::grpc::convert::workflow;
use crate::grpc::paging::Page;
use crate::store::{OrderKey, OrderQuery, OrderSort};

/// How many orders a list passes over, at most.
const MOST_SKIPPED: i32 = 10_000;

impl Orders {
    pub(super) async fn get(
        &self,
        caller: Caller,
        mut request: pb::GetOrderRequest,
    ) -> Result<pb::Order, Status> {
        use pb::get_order_request::AsOf;
        let mut reader = Reader::default();
        let name = reader.order_ref(request.take_order());
        let view = view(&mut reader, request.view).unwrap_or(View::Full);
        let time = match &request.as_of {
            Some(AsOf::Time(time)) => reader.time(&Path::Request.field("time"), Some(time)),
            Some(AsOf::Version(version)) => {
                reader.id(&Path::Request.field("version"), *version);
                None
            }
            None => None,
        };
        reader.finish()?;
        let full = view == View::Full && request.as_of.is_none();
        let present = self.0.order(&caller, &name, full).await?;
        let version = match (&request.as_of, time) {
            (None, _) => return self.0.show(&caller, &present, view).await,
            (Some(AsOf::Version(version)), _) => Some(*version),
            (Some(AsOf::Time(_)), Some(time)) => {
                self.0
                    .store
                    .change_before(present.account_id, present.id, time)
                    .await?
            }
            (Some(AsOf::Time(_)), None) => None,
        };
        let as_of = match version {
            Some(version) => self.as_of(&caller, &present, version).await?,
            None => None,
        };
        let missing = || {
            let name = match version {
                Some(version) => format!("{version} of order {}", present.id),
                None => format!("of order {} at that time", present.id),
            };
            Refusal::ResourceNotFound {
                kind: "version",
                name,
            }
        };
        self.0
            .show(&caller, &as_of.ok_or_else(missing)?, view)
            .await
    }

    /// An order as it once was, if the caller might have seen it then.
    async fn as_of(
        &self,
        caller: &Caller,
        present: &Order,
        version: i64,
    ) -> Result<Option<Order>, Status> {
        if version > present.version {
            return Ok(None);
        }
        let found = self
            .0
            .store
            .order_as_of(present.account_id, present.id, version)
            .await?;
        Ok(found.filter(|order| caller.principal.sees(order)))
    }

    pub(super) async fn batch_get(
        &self,
        caller: Caller,
        request: pb::BatchGetOrdersRequest,
    ) -> Result<pb::BatchGetOrdersResponse, Status> {
        let mut reader = Reader::default();
        let view = view(&mut reader, request.view).unwrap_or(View::Full);
        let count = request.ids.len() + request.numbers.len();
        reader.count(&Path::Request.field("ids"), count, 1, LARGEST_BATCH);
        let (ids, numbers) = (Path::Request.field("ids"), Path::Request.field("numbers"));
        for (at, id) in request.ids.iter().enumerate().take(LARGEST_BATCH) {
            reader.id(&ids.item(at), *id);
        }
        for (at, number) in request.numbers.iter().enumerate().take(LARGEST_BATCH) {
            reader.order_number(&numbers.item(at), number);
        }
        reader.finish()?;
        let account_id = caller.account_id();
        let full = view == View::Full;
        let found = self
            .0
            .store
            .orders(account_id, &request.ids, &request.numbers, full)
            .await?;
        let seen: Vec<Order> = found
            .into_iter()
            .filter(|order| caller.principal.sees(order))
            .collect();
        let by_id: HashMap<i64, &Order> = seen.iter().map(|order| (order.id, order)).collect();
        let by_number: HashMap<&str, &Order> = seen
            .iter()
            .map(|order| (order.number.as_str(), order))
            .collect();
        let ids = request
            .ids
            .iter()
            .map(|id| (OrderRef::Id(*id), by_id.get(id)));
        let numbers = request.numbers.iter();
        let numbers = numbers.map(|number| {
            (
                OrderRef::Number(number.clone()),
                by_number.get(number.as_str()),
            )
        });
        let mut orders = Vec::with_capacity(count);
        for (name, order) in ids.chain(numbers) {
            let order = order.ok_or(Refusal::OrderNotFound(name))?;
            orders.push(self.0.show(&caller, order, view).await?);
        }
        Ok(pb::BatchGetOrdersResponse { orders })
    }

    pub(super) async fn list(
        &self,
        caller: Caller,
        mut request: pb::ListOrdersRequest,
    ) -> Result<pb::ListOrdersResponse, Status> {
        let mut reader = Reader::default();
        let view = view(&mut reader, std::mem::take(&mut request.view)).unwrap_or(View::Basic);
        let count = std::mem::take(&mut request.count);
        let skip = std::mem::take(&mut request.skip);
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        if !(0..=MOST_SKIPPED).contains(&skip) {
            let description = format!("{skip} is not between 0 and {MOST_SKIPPED}");
            reader.refuse(&Path::Request.field("skip"), description);
        }
        if skip > 0 && !token.is_empty() {
            reader.refuse(&Path::Request.field("skip"), "does not go with page_token");
        }
        let sort = sort(&mut reader, &request.order_by);
        let page = Page::new(
            &mut reader,
            caller.account_id(),
            "ListOrders",
            &request,
            (size, &token),
        )?;
        let mut filter = filter(&mut reader, request.filter);
        reader.finish()?;
        filter.only_store = caller.principal.store_id;
        filter.only_customer = caller.principal.customer_id;
        if caller.principal.role == Role::Client && filter.only_customer.is_none() {
            return Ok(pb::ListOrdersResponse::default());
        }
        let query = OrderQuery {
            filter,
            sort,
            after: page.after.map(OrderKey::Id),
            skip: u64::try_from(skip).unwrap_or(0),
            limit: page.wanted(),
            count,
            full: view == View::Full,
        };
        let found = self
            .0
            .store
            .list_orders(caller.account_id(), &query)
            .await?;
        let account = self.0.account(&caller).await?;
        let words = self.0.words(&caller, &account);
        let show = |order: &Order| Some(order_out::order(order, words, view));
        let (orders, next_page_token) = page.fill(found.orders, |order| order.id, show);
        let total_size = found
            .count
            .map_or(0, |count| i32::try_from(count).unwrap_or(i32::MAX));
        Ok(pb::ListOrdersResponse {
            orders,
            next_page_token,
            total_size,
        })
    }

    pub(super) async fn transitions(
        &self,
        caller: Caller,
        mut request: pb::ListTransitionsRequest,
    ) -> Result<pb::ListTransitionsResponse, Status> {
        let mut reader = Reader::default();
        let name = reader.order_ref(request.take_order());
        reader.finish()?;
        let order = self.0.order(&caller, &name, true).await?;
        let rules = self.0.workflow(&order)?;
        let decimals = self.0.account(&caller).await?.decimals();
        let partial = partial_cancel_options(&order, rules, &caller.principal, decimals);
        Ok(pb::ListTransitionsResponse {
            partial_cancel: Some(workflow::partial_cancel(&partial)),
            ..workflow::options(&order, rules, &options(&order, rules, &caller.principal))
        })
    }

    pub(super) async fn changes(
        &self,
        caller: Caller,
        mut request: pb::ListOrderChangesRequest,
    ) -> Result<pb::ListOrderChangesResponse, Status> {
        let mut reader = Reader::default();
        let size = std::mem::take(&mut request.page_size);
        let token = std::mem::take(&mut request.page_token);
        let page = Page::new(
            &mut reader,
            caller.account_id(),
            "ListOrderChanges",
            &request,
            (size, &token),
        )?;
        let name = reader.order_ref(request.take_order());
        reader.finish()?;
        let order = self.0.order(&caller, &name, false).await?;
        let rules = self.0.workflow(&order)?;
        let after = page.after.unwrap_or(0);
        let account_id = order.account_id;
        let found = self
            .0
            .store
            .changes(account_id, order.id, after, order.version, page.wanted())
            .await?;
        let client = caller.principal.role == Role::Client;
        let (changes, next_page_token) = page.fill(
            found,
            |known| known.version,
            |known| (!client || known.public).then(|| change(known, Some(rules), !client)),
        );
        Ok(pb::ListOrderChangesResponse {
            changes,
            next_page_token,
        })
    }
}

fn view(reader: &mut Reader, number: i32) -> Option<View> {
    reader.code(&Path::Request.field("view"), number, VIEWS)
}

fn sort(reader: &mut Reader, order_by: &str) -> OrderSort {
    match order_by.trim() {
        "" | "id desc" => OrderSort::IdDescending,
        "id" | "id asc" => OrderSort::Id,
        "order_date" | "order_date asc" => OrderSort::OrderDate,
        "order_date desc" => OrderSort::OrderDateDescending,
        other => {
            let known = ["id", "id desc", "order_date", "order_date desc"].map(str::to_owned);
            reader.unknown(&Path::Request.field("order_by"), other, &known);
            OrderSort::Id
        }
    }
}
