//! Callers in a closed loop: each asks, waits for the answer, and asks again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::{
    GetOrderRequest, Order, TransitionOrderRequest, get_order_request, transition_order_request,
};
use order_status_tests::Caller;
use order_status_tests::account::Connection;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::task::JoinSet;
use tonic::Status;
use tonic::transport::Endpoint;

use crate::machine::Moment;
use crate::sample::{Latency, Sample, as_figure};

/// How many connections the callers share.
const CONNECTIONS: usize = 8;

/// What callers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// GetOrder of a random order, in full.
    Read,
    /// TransitionOrder of a random order, with a request id of its own; every one moves the order to another state.
    Move,
}

/// The round that every order of the bench goes: the transition that leaves each state, by name.
pub const ROUND: [&str; 3] = ["approve", "cancel", "restore"];

/// What stands for a state in which an order was lost sight of: its call failed.
const UNKNOWN: u8 = u8::MAX;

/// The orders of one database, and where each stands in [`ROUND`].
pub struct Orders {
    first: i64,
    states: Vec<AtomicU8>,
}

impl Orders {
    /// `count` orders with ids from `first` on, all in the first state.
    pub fn new(first: i64, count: u64) -> Self {
        Self {
            first,
            states: (0..count).map(|_| AtomicU8::new(0)).collect(),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.states.len()
    }

    /// The id of an order by its place.
    pub fn id(&self, place: usize) -> i64 {
        self.first + i64::try_from(place).expect("a place in memory")
    }

    /// Where the order at a place stands.
    pub fn state(&self, place: usize) -> u8 {
        self.states[place].load(Ordering::Relaxed)
    }

    /// Moves the order at a place on.
    pub fn advance(&self, place: usize) {
        let next = (usize::from(self.state(place)) + 1) % ROUND.len();
        let next = u8::try_from(next).expect("a state of the round");
        self.states[place].store(next, Ordering::Relaxed);
    }

    /// A random place among those that belong to one of several: nobody else moves its order meanwhile.
    pub fn pick(&self, random: &mut StdRng, mine: usize, of: usize) -> usize {
        let share = (self.count() - mine).div_ceil(of);
        random.random_range(0..share) * of + mine
    }
}

/// Callers of one server.
pub struct Calls {
    load: Load,
    clients: Vec<OrderServiceClient<Connection>>,
    callers: usize,
    orders: Arc<Orders>,
    server: u32,
}

/// What one caller saw.
#[derive(Default)]
struct Seen {
    in_time: u64,
    nanos: Vec<u32>,
}

impl Calls {
    /// Connects callers to the server with that process id.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub async fn connect(
        load: Load,
        (endpoint, server): (Endpoint, u32),
        key: &str,
        callers: usize,
        orders: Arc<Orders>,
    ) -> Result<Self, tonic::transport::Error> {
        let mut clients = Vec::new();
        for _ in 0..CONNECTIONS {
            let channel = endpoint.connect().await?;
            clients.push(Caller::new(channel, key).orders());
        }
        Ok(Self {
            load,
            clients,
            callers,
            orders,
            server,
        })
    }

    /// Lets all callers call for a while.
    ///
    /// # Errors
    ///
    /// The first call that failed.
    pub async fn slice(&self, length: Duration) -> Result<Sample, Status> {
        let before = Moment::now();
        let until = Instant::now() + length;
        let mut callers = JoinSet::new();
        for (number, client) in (0..self.callers).zip(self.clients.iter().cycle()) {
            let (client, orders) = (client.clone(), Arc::clone(&self.orders));
            callers.spawn(call(self.load, client, orders, number, self.callers, until));
        }
        let mut all = Seen::default();
        let mut failed = None;
        while let Some(seen) = callers.join_next().await {
            match seen.expect("a caller that ends") {
                Ok(seen) => {
                    all.in_time += seen.in_time;
                    all.nanos.extend(seen.nanos);
                }
                Err(status) => failed = Some(status),
            }
        }
        if let Some(status) = failed {
            return Err(status);
        }
        let span = before.until_now();
        let calls = as_figure(u64::try_from(all.nanos.len()).expect("a count"));
        Ok(Sample {
            processor: Some(span.used_by(self.server).div_f64(calls.max(1.0))),
            latency: Latency::of(all.nanos),
            ..Sample::of(all.in_time, length.as_secs_f64(), &span)
        })
    }
}

async fn call(
    load: Load,
    mut client: OrderServiceClient<Connection>,
    orders: Arc<Orders>,
    number: usize,
    of: usize,
    until: Instant,
) -> Result<Seen, Status> {
    let mut random = StdRng::from_os_rng();
    let mut seen = Seen::default();
    let mut start = Instant::now();
    while start < until {
        let place = orders.pick(&mut random, number, of);
        if orders.state(place) == UNKNOWN {
            start = Instant::now();
            continue;
        }
        let answered = match load {
            Load::Read => read(&mut client, orders.id(place)).await?,
            Load::Move => step(&mut client, &orders, place, &mut random).await?,
        };
        std::hint::black_box(answered);
        let end = Instant::now();
        if end < until {
            seen.in_time += 1;
        }
        let nanos = u32::try_from((end - start).as_nanos()).unwrap_or(u32::MAX);
        seen.nanos.push(nanos);
        start = end;
    }
    Ok(seen)
}

async fn read(client: &mut OrderServiceClient<Connection>, id: i64) -> Result<Order, Status> {
    let request = GetOrderRequest {
        order: Some(get_order_request::Order::Id(id)),
        ..GetOrderRequest::default()
    };
    Ok(client.get_order(request).await?.into_inner())
}

async fn step(
    client: &mut OrderServiceClient<Connection>,
    orders: &Orders,
    place: usize,
    random: &mut StdRng,
) -> Result<Order, Status> {
    let transition = ROUND[usize::from(orders.state(place))];
    let request_id = uuid::Builder::from_random_bytes(random.random()).into_uuid();
    let request = move_request(orders.id(place), transition, request_id);
    match client.transition_order(request).await {
        Ok(answer) => {
            orders.advance(place);
            Ok(answer.into_inner())
        }
        Err(status) => {
            orders.states[place].store(UNKNOWN, Ordering::Relaxed);
            Err(status)
        }
    }
}

/// The request for one step of the round.
pub fn move_request(id: i64, transition: &str, request_id: uuid::Uuid) -> TransitionOrderRequest {
    TransitionOrderRequest {
        order: Some(transition_order_request::Order::Id(id)),
        target: Some(transition_order_request::Target::Transition(
            transition.to_owned(),
        )),
        request_id: request_id.to_string(),
        ..TransitionOrderRequest::default()
    }
}
