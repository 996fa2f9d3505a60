//! What callers ask for, and of which orders.

use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use order_status_proto::v1::{TransitionOrderRequest, transition_order_request};
use rand::Rng;
use rand::rngs::StdRng;

use crate::contract::Contract;
use crate::goods::LINES;

/// What callers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// GetOrder of a random order, in full.
    Read,
    /// TransitionOrder of a random order, with a request id of its own; every one moves the order to another state.
    Move,
    /// ConfirmOrder of an order that was not confirmed yet, with a request id of its own.
    Confirm,
    /// MoveOrderToStore of a random order with documents, with a request id of its own: to the other store each time.
    MoveToStore,
    /// CreateInvoices of all of an order that was not invoiced yet, booked, with a request id of its own.
    Invoice,
    /// GetInvoiceDocument: it is drawn for each call. What is told of orders here are numbers of invoices.
    Draw,
    /// The status call of a contract, on an order in its first state. The contracts know no request ids.
    Status(Contract),
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => formatter.write_str("GetOrder"),
            Self::Move => formatter.write_str("TransitionOrder"),
            Self::Confirm => formatter.write_str("ConfirmOrder"),
            Self::MoveToStore => write!(formatter, "MoveOrderToStore of {LINES} items"),
            Self::Invoice => write!(formatter, "CreateInvoices of {LINES} lines"),
            Self::Draw => formatter.write_str("GetInvoiceDocument"),
            Self::Status(contract) => write!(formatter, "{contract}'s {}", contract.call()),
        }
    }
}

/// The round that every order of the bench goes: the transition that leaves each state, by name.
pub const ROUND: [&str; 3] = ["approve", "cancel", "restore"];

/// What stands for a state in which an order was lost sight of: its call failed.
const UNKNOWN: u8 = u8::MAX;

/// How many random orders are looked at until one is found whose state is known.
const TRIES: usize = 1000;

/// The orders of one database, and where each stands in its round.
pub struct Orders {
    first: i64,
    states: Vec<AtomicU8>,
    used_up: AtomicUsize,
}

impl Orders {
    /// `count` orders with ids from `first` on, all in the first state.
    pub fn new(first: i64, count: u64) -> Self {
        Self {
            first,
            states: (0..count).map(|_| AtomicU8::new(0)).collect(),
            used_up: AtomicUsize::new(0),
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

    /// Moves the order at a place on, in a round of so many states.
    pub fn advance(&self, place: usize, states: usize) {
        let next = (usize::from(self.state(place)) + 1) % states;
        let next = u8::try_from(next).expect("a state of the round");
        self.states[place].store(next, Ordering::Relaxed);
    }

    /// Notes that nobody knows where the order at a place stands.
    pub fn lose(&self, place: usize) {
        self.states[place].store(UNKNOWN, Ordering::Relaxed);
    }

    /// A random place among those that belong to one of several: nobody else moves its order meanwhile.
    ///
    /// # Errors
    ///
    /// It is not known where these orders stand.
    pub fn pick(&self, random: &mut StdRng, mine: usize, of: usize) -> Result<usize, String> {
        let share = (self.count() - mine).div_ceil(of);
        let mut places = (0..TRIES).map(|_| random.random_range(0..share) * of + mine);
        let found = places.find(|place| self.state(*place) != UNKNOWN);
        found.ok_or_else(|| "too many orders were lost sight of".to_owned())
    }

    /// The id of an order that nobody had yet, for what can be done once only.
    ///
    /// # Errors
    ///
    /// There is none left.
    pub fn use_up(&self) -> Result<i64, String> {
        let place = self.used_up.fetch_add(1, Ordering::Relaxed);
        if place < self.count() {
            Ok(self.id(place))
        } else {
            Err("no order is left in its first state".to_owned())
        }
    }
}

/// A request id that nobody had yet.
pub fn request_id(random: &mut StdRng) -> uuid::Uuid {
    uuid::Builder::from_random_bytes(random.random()).into_uuid()
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
