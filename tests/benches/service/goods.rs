//! An account with two stores and a warehouse, whose orders have many lines and documents that carry their goods.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use order_status_proto::Decimal;
use order_status_proto::v1::{
    Account, CreateInvoicesRequest, CreateStoreOrderRequest, CreateSupplierOrderRequest,
    DocumentLine, Line, MoveOrderToStoreRequest, Order, StoreMoveItem, StoreOrder, SupplierOrder,
    create_invoices_request, move_order_to_store_request,
};
use order_status_tests::{Backend, Caller, Server, Tenant};
use uuid::Uuid;

use crate::contender::{Contender, Name};
use crate::fill::{FIRST, create, create_store, line, sample_order};
use crate::load::{Load, Orders};
use crate::plan::Plan;
use crate::rows::Rows;
use crate::site::Site;
use crate::stock::config;

/// How many lines the orders have that are moved.
pub const LINES: i64 = 20;

/// The stores: where the orders are at first, and where they go and come from.
pub const STORES: [i64; 2] = [1, 2];

/// The order of [`LINES`] that others are copies of.
const LONG: i64 = 1;

/// The order of two lines that others are copies of.
const SHORT: i64 = 2;

/// How many documents are made at a time.
const MAKERS: usize = 64;

/// See the module.
pub struct Goods {
    site: Site,
    /// Orders that documents carry.
    carried: Arc<Orders>,
    /// Orders as long, without documents, in their first state.
    long: Arc<Orders>,
    /// The same, to be invoiced.
    billed: Arc<Orders>,
    /// Orders of two lines, in their first state.
    short: Arc<Orders>,
    /// The id of the next order.
    next: i64,
}

impl Goods {
    /// Fills an empty database, and starts a server on it.
    ///
    /// # Panics
    ///
    /// If the server or the database refuses.
    pub async fn open(backend: Backend, url: &str, plan: &Plan) -> Self {
        let mut server = Server::start(config(url)).await;
        let account = Account {
            workflow: "getfly".to_owned(),
            warehouse: true,
            ..Account::default()
        };
        let tenant = Tenant::with(&server, account).await;
        for id in STORES {
            let made = create_store(&tenant.admin, &format!("Store {id}")).await;
            assert_eq!(made, id, "stores are counted from 1");
        }
        create(&tenant.manager, LONG, long_order(LONG, LINES)).await;
        create(&tenant.manager, SHORT, in_store(sample_order(SHORT))).await;
        server.kill9();

        let mut first = FIRST;
        let mut next = |count| {
            let orders = Orders::new(first, count);
            first += i64::try_from(count).expect("a number of orders");
            Arc::new(orders)
        };
        let (carried, long) = (next(plan.few), next(plan.long));
        let (billed, short) = (next(plan.long), next(plan.used_up));
        let mut rows = Rows::open(backend, url).await;
        for (template, count, orders) in [
            (LONG, plan.few, &carried),
            (LONG, plan.long, &long),
            (LONG, plan.long, &billed),
            (SHORT, plan.used_up, &short),
        ] {
            rows.multiply(tenant.account_id, template, orders.id(0), count)
                .await;
        }
        rows.close().await;

        let (key, count) = (&tenant.manager.key, count(plan));
        let site = Site::open(Name::Service, key, count, config(url)).await;
        carry(&site.caller().await, &carried).await;
        Self {
            site,
            carried,
            long,
            billed,
            short,
            next: first,
        }
    }

    /// So many callers that move orders between the stores.
    pub async fn moves(&self, callers: usize) -> Contender {
        let (name, load) = (Name::Service, Load::MoveToStore);
        self.site
            .calls_for(&self.carried, name, load, callers)
            .await
    }

    /// So many callers that have orders invoiced.
    pub async fn invoices(&self, callers: usize) -> Contender {
        let (name, load) = (Name::Service, Load::Invoice);
        self.site.calls_for(&self.billed, name, load, callers).await
    }

    /// For each length one caller that has an invoice of so many lines drawn, again and again.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn draws(&self, lengths: [i64; 2]) -> Vec<Contender> {
        let caller = self.site.caller().await;
        let mut contenders = Vec::new();
        for (id, lines) in (self.next..).zip(lengths) {
            contenders.push(self.draw(&caller, id, lines).await);
        }
        contenders
    }

    async fn draw(&self, caller: &Caller, id: i64, lines: i64) -> Contender {
        create(caller, id, long_order(id, lines)).await;
        let request = invoice_request(id, Uuid::new_v4());
        let made = caller.billing().create_invoices(request).await;
        let invoices = made.expect("make an invoice").into_inner().invoices;
        let number = invoices.first().map(|invoice| invoice.number);
        let invoice = Arc::new(Orders::new(number.expect("an invoice"), 1));
        let name = Name::InvoiceOf(lines);
        self.site.calls_for(&invoice, name, Load::Draw, 1).await
    }

    /// So many callers that confirm orders as long, and as many that confirm orders of two lines.
    pub async fn confirms(&self, callers: usize) -> [Contender; 2] {
        let confirm = |orders, name| self.site.calls_for(orders, name, Load::Confirm, callers);
        [
            confirm(&self.long, Name::ConfirmLong).await,
            confirm(&self.short, Name::ConfirmShort).await,
        ]
    }
}

/// How many copies of orders there are.
pub fn count(plan: &Plan) -> u64 {
    plan.few + 2 * plan.long + plan.used_up
}

/// An order of so many lines, at two rates of tax.
fn long_order(id: i64, lines: i64) -> Order {
    let lines = (1..=lines).map(|number| {
        let (code, name) = (format!("WHEEL-{number}"), format!("Wheel, size {number}"));
        let rate = if number % 2 == 0 { "21" } else { "9" };
        Line {
            vat_rate: Some(Decimal {
                value: rate.to_owned(),
            }),
            ..line(&code, &name, "2", 30 + number)
        }
    });
    in_store(Order {
        lines: lines.collect(),
        ..sample_order(id)
    })
}

/// The same order in the first of the [`STORES`].
fn in_store(order: Order) -> Order {
    Order {
        store_id: Some(STORES[0]),
        ..order
    }
}

/// Has half of each order's lines come from a supplier, and half from the other store.
async fn carry(caller: &Caller, orders: &Orders) {
    let places = stream::iter(0..orders.count());
    places
        .for_each_concurrent(MAKERS, |place| async move {
            let (id, mut fulfillment) = (orders.id(place), caller.fulfillment());
            let [here, there] = STORES;
            let made = fulfillment
                .create_supplier_order(CreateSupplierOrderRequest {
                    supplier_order: Some(SupplierOrder {
                        supplier: "Wheels Wholesale".to_owned(),
                        store_id: here,
                        lines: carried_lines(id, 1..=LINES / 2),
                        ..SupplierOrder::default()
                    }),
                    ..CreateSupplierOrderRequest::default()
                })
                .await;
            made.expect("make a supplier order");
            let made = fulfillment
                .create_store_order(CreateStoreOrderRequest {
                    store_order: Some(StoreOrder {
                        from_store_id: there,
                        to_store_id: here,
                        lines: carried_lines(id, LINES / 2 + 1..=LINES),
                        ..StoreOrder::default()
                    }),
                    ..CreateStoreOrderRequest::default()
                })
                .await;
            made.expect("make a store order");
        })
        .await;
}

fn carried_lines(order_id: i64, lines: impl Iterator<Item = i64>) -> Vec<DocumentLine> {
    let line = |line_id| DocumentLine {
        order_id,
        line_id,
        quantity: None,
    };
    lines.map(line).collect()
}

/// The request that moves an order out of one of the [`STORES`], by its place: the supplier's goods are redirected,
/// those of the other half are transferred by a new store order in place of the open one.
pub fn move_to_store_request(id: i64, from: usize, request_id: Uuid) -> MoveOrderToStoreRequest {
    let transferred = (LINES / 2 + 1..=LINES).map(|line_id| StoreMoveItem {
        line_id,
        mode: "transfer".to_owned(),
    });
    MoveOrderToStoreRequest {
        order: Some(move_order_to_store_request::Order::Id(id)),
        to_store_id: STORES[(from + 1) % STORES.len()],
        default_mode: "redirect".to_owned(),
        items: transferred.collect(),
        request_id: request_id.to_string(),
        ..MoveOrderToStoreRequest::default()
    }
}

/// The request that has all of an order invoiced and booked.
pub fn invoice_request(id: i64, request_id: Uuid) -> CreateInvoicesRequest {
    CreateInvoicesRequest {
        order: Some(create_invoices_request::Order::Id(id)),
        book: true,
        request_id: request_id.to_string(),
        ..CreateInvoicesRequest::default()
    }
}
