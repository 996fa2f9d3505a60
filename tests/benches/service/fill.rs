//! Databases with many orders: one is made through the API, the others are copies of its rows.
//!
//! The rows are what the service itself wrote, so they have its widths whatever the schema becomes. Ids, numbers,
//! versions and positions are right; the hashes of the copies are not, so `verify` does not pass here.

use std::sync::Arc;

use order_status_proto::v1::{
    Account, Address, CreateOrderRequest, CreateStoreRequest, GetOrderRequest, Line, Order,
    OrderCustomer, Store, get_order_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::{Backend, Caller, Config, Server, Tenant};
use uuid::Uuid;

use crate::load::{ROUND, move_request};
use crate::rows::{Rows, number};
use crate::specimen::Specimen;

/// The order that all others are copies of.
pub const TEMPLATE: i64 = 1;

/// The order that went the round once: what its changes look like, those of the ceilings look like.
const TRAVELLED: i64 = 2;

/// The first of the copies.
pub const FIRST: i64 = 3;

/// What a filled database holds. Copies of the database hold it too.
#[derive(Clone)]
pub struct Filled {
    /// Which database system it is in.
    pub backend: Backend,
    /// The account that owns the orders.
    pub account_id: i64,
    /// The key of a manager of that account.
    pub key: String,
    /// How many copies there are, with ids from [`FIRST`] on.
    pub count: u64,
    /// How an order is answered.
    pub order: Arc<Order>,
    /// What a step of the round writes, by step.
    pub specimens: Arc<[Specimen; ROUND.len()]>,
}

impl Filled {
    /// Fills an empty database: a server makes the schema, an account and two orders, then rows are copied.
    ///
    /// # Panics
    ///
    /// If the server or the database refuses.
    pub async fn fill(backend: Backend, config: Config, count: u64) -> Self {
        let url = config.database_url.clone().expect("a database");
        let mut server = Server::start(config).await;
        let account = Account {
            workflow: "getfly".to_owned(),
            ..Account::default()
        };
        let tenant = Tenant::with(&server, account).await;
        for id in [TEMPLATE, TRAVELLED] {
            create(&tenant.manager, id, sample_order(id)).await;
        }
        for transition in ROUND {
            let request = move_request(TRAVELLED, transition, Uuid::new_v4());
            let moved = tenant.manager.orders().transition_order(request).await;
            moved.expect("a transition of the round");
        }
        let order = get(&tenant.manager, TEMPLATE).await;
        server.kill9();
        let mut rows = Rows::open(backend, &url).await;
        let specimens = rows.specimens(tenant.account_id, TRAVELLED).await;
        rows.multiply(tenant.account_id, TEMPLATE, FIRST, count)
            .await;
        rows.close().await;
        Self {
            backend,
            account_id: tenant.account_id,
            key: tenant.manager.key,
            count,
            order: Arc::new(order),
            specimens: Arc::new(specimens),
        }
    }

    /// The id of the last copy.
    pub fn last(&self) -> i64 {
        FIRST - 1 + i64::try_from(self.count).expect("a number of orders")
    }
}

/// Makes an order, which gets that id.
///
/// # Panics
///
/// If the server refuses, or counts otherwise.
pub async fn create(caller: &Caller, id: i64, order: Order) {
    let request = CreateOrderRequest {
        order: Some(order),
        ..CreateOrderRequest::default()
    };
    let made = caller.orders().create_order(request).await;
    let made = made.expect("make an order").into_inner();
    assert_eq!(made.id, id, "ids are counted from 1");
}

/// Makes a store and answers its number.
///
/// # Panics
///
/// If the server refuses.
pub async fn create_store(caller: &Caller, name: &str) -> i64 {
    let request = CreateStoreRequest {
        store: Some(Store {
            name: name.to_owned(),
            ..Store::default()
        }),
        ..CreateStoreRequest::default()
    };
    let made = caller.catalogs().create_store(request).await;
    made.expect("make a store").into_inner().id
}

/// The order in full.
async fn get(caller: &Caller, id: i64) -> Order {
    let request = GetOrderRequest {
        order: Some(get_order_request::Order::Id(id)),
        ..GetOrderRequest::default()
    };
    let order = caller.orders().get_order(request).await;
    order.expect("read an order").into_inner()
}

/// An order of middling size: a customer, an address, two lines.
pub fn sample_order(id: i64) -> Order {
    Order {
        number: number(id),
        customer: Some(OrderCustomer {
            name: "Margarethe Lindqvist".to_owned(),
            phone: "+46 8 123 456 78".to_owned(),
            email: "margarethe.lindqvist@example.com".to_owned(),
            ..OrderCustomer::default()
        }),
        delivery_address: Some(Address {
            name: "Margarethe Lindqvist".to_owned(),
            street: "Hornsgatan".to_owned(),
            house_number: "112".to_owned(),
            postal_code: "117 26".to_owned(),
            city: "Stockholm".to_owned(),
            country_code: "SE".to_owned(),
            ..Address::default()
        }),
        notes: "Please ring twice.".to_owned(),
        lines: vec![
            line("CHAIN-11", "Chain, 11-speed", "1", 34),
            line("LABOUR", "Fitting, per quarter of an hour", "2", 18),
        ],
        ..Order::default()
    }
}

/// A line of some units at a price and a half.
pub fn line(code: &str, name: &str, quantity: &str, price: i64) -> Line {
    Line {
        product_code: code.to_owned(),
        name: name.to_owned(),
        quantity: Some(Decimal {
            value: quantity.to_owned(),
        }),
        unit_price: Some(Money {
            currency_code: "EUR".to_owned(),
            units: price,
            nanos: 500_000_000,
        }),
        ..Line::default()
    }
}
