//! Documents: the store, supplier and outbound orders that carry an order's goods.
//!
//! A document may carry lines of several orders. Each of these orders keeps its share of the document among its own
//! fields, so that its rules need nothing else and its history proves the document.

use std::collections::BTreeSet;

use super::address::Address;
use super::decimal::Decimal;
use super::order::Order;
use super::time::Timestamp;
use super::value::Value;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// An internal delivery from one store to another.
    Store,
    /// An order to a supplier, for a store.
    Supplier,
    /// A delivery out of the warehouse to a customer.
    Outbound,
}

impl DocumentKind {
    /// Each kind.
    pub const ALL: [DocumentKind; 3] = [
        DocumentKind::Store,
        DocumentKind::Supplier,
        DocumentKind::Outbound,
    ];

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The kind with that number.
    pub fn from_code(code: i64) -> Option<DocumentKind> {
        DocumentKind::ALL
            .into_iter()
            .find(|kind| i64::from(kind.code()) == code)
    }

    /// The word for it, which is also the name of its field in requests.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentKind::Store => "store_order",
            DocumentKind::Supplier => "supplier_order",
            DocumentKind::Outbound => "outbound_order",
        }
    }

    /// The same for people.
    pub const fn title(self) -> &'static str {
        match self {
            DocumentKind::Store => "store order",
            DocumentKind::Supplier => "supplier order",
            DocumentKind::Outbound => "outbound order",
        }
    }

    fn parse(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Where a document stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// The goods have not left.
    #[default]
    Open,
    /// The goods are on their way.
    Shipped,
    /// The goods have arrived.
    Delivered,
    /// Called off; it carries nothing.
    Cancelled,
}

impl DocumentState {
    /// Each state.
    pub const ALL: [DocumentState; 4] = [
        DocumentState::Open,
        DocumentState::Shipped,
        DocumentState::Delivered,
        DocumentState::Cancelled,
    ];

    /// The number that stands for it.
    pub const fn code(self) -> i32 {
        self as i32 + 1
    }

    /// The state with that number.
    pub fn from_code(code: i64) -> Option<DocumentState> {
        DocumentState::ALL
            .into_iter()
            .find(|state| i64::from(state.code()) == code)
    }

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentState::Open => "open",
            DocumentState::Shipped => "shipped",
            DocumentState::Delivered => "delivered",
            DocumentState::Cancelled => "cancelled",
        }
    }

    /// Whether goods that a document of that kind carries are out of reach: on their way, or with the customer. What
    /// has arrived at a store is in that store.
    pub const fn has_left(self, kind: DocumentKind) -> bool {
        match (self, kind) {
            (DocumentState::Shipped, _) => true,
            (DocumentState::Delivered, kind) => matches!(kind, DocumentKind::Outbound),
            (DocumentState::Open | DocumentState::Cancelled, _) => false,
        }
    }

    /// Whether what a document of that kind carries is taken for the line: no two documents carry the same units. An
    /// internal delivery that has arrived is over.
    pub const fn takes_units(self, kind: DocumentKind) -> bool {
        match (self, kind) {
            (DocumentState::Open | DocumentState::Shipped, _) => true,
            (DocumentState::Delivered, kind) => !matches!(kind, DocumentKind::Store),
            (DocumentState::Cancelled, _) => false,
        }
    }

    /// The states that follow.
    pub const fn next(self) -> &'static [DocumentState] {
        match self {
            DocumentState::Open => &[
                DocumentState::Shipped,
                DocumentState::Delivered,
                DocumentState::Cancelled,
            ],
            DocumentState::Shipped => &[DocumentState::Delivered],
            DocumentState::Delivered | DocumentState::Cancelled => &[],
        }
    }
}

/// By what a document is found within its account.
pub type DocumentKey = (DocumentKind, i64);

/// A store, supplier or outbound order, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The account that owns it.
    pub account_id: i64,
    /// What it is.
    pub kind: DocumentKind,
    /// Its number among the account's documents of that kind.
    pub id: i64,
    /// Where it stands.
    pub state: DocumentState,
    /// Of a store order: the store that the goods leave.
    pub from_store_id: Option<i64>,
    /// The store that the goods go to; of an outbound order the one on whose behalf they leave.
    pub store_id: i64,
    /// Of a supplier order: who supplies.
    pub supplier: String,
    /// Of an outbound order: where the goods go.
    pub address: Option<Address>,
    /// What it carries, by order and line. Nothing while it is cancelled.
    pub lines: Vec<DocumentLine>,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it last changed.
    pub update_time: Timestamp,
    /// How many times it was written.
    pub version: i64,
}

/// Some units of one line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// The order.
    pub order_id: i64,
    /// The line within the order.
    pub line_id: i64,
    /// How many, more than nought.
    pub quantity: Decimal,
}

impl Document {
    /// By what it is found.
    pub fn key(&self) -> DocumentKey {
        (self.kind, self.id)
    }

    /// Its entity tag.
    pub fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// The orders whose lines it carries.
    pub fn orders(&self) -> BTreeSet<i64> {
        self.lines.iter().map(|line| line.order_id).collect()
    }

    /// What it carries of one order; `None` where that is nothing.
    pub fn share(&self, order_id: i64) -> Option<Share> {
        let own = self.lines.iter().filter(|line| line.order_id == order_id);
        let mut lines: Vec<_> = own.map(|line| (line.line_id, line.quantity)).collect();
        lines.sort_unstable_by_key(|(line, _)| *line);
        let share = Share {
            kind: self.kind,
            id: self.id,
            state: self.state,
            store_id: self.store_id,
            address_id: self.address.as_ref().map_or(0, |address| address.id),
            lines,
        };
        Some(share).filter(|share| !share.lines.is_empty())
    }
}

/// What a document carries of one order, as the order keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// What the document is.
    pub kind: DocumentKind,
    /// Its number.
    pub id: i64,
    /// Where it stands; never cancelled.
    pub state: DocumentState,
    /// The document's [`Document::store_id`].
    pub store_id: i64,
    /// The number of the address of an outbound order; 0 where it has none.
    pub address_id: i64,
    /// Lines of the order with the units that it carries, by line; never empty.
    pub lines: Vec<(i64, Decimal)>,
}

impl Share {
    /// By what the document is found.
    pub fn key(&self) -> DocumentKey {
        (self.kind, self.id)
    }

    /// Its name among the order's fields, such as `store_order.7`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.kind.name(), self.id)
    }

    /// The document of a name that [`Share::name`] gave.
    pub fn parse_name(name: &str) -> Option<DocumentKey> {
        let (kind, id) = name.split_once('.')?;
        Some((DocumentKind::parse(kind)?, id.parse().ok()?))
    }

    /// How many units of a line it carries.
    pub fn quantity(&self, line_id: i64) -> Decimal {
        let found = self.lines.iter().find(|(line, _)| *line == line_id);
        found.map_or(Decimal::ZERO, |(_, quantity)| *quantity)
    }

    /// The share as history keeps it, without its name.
    pub fn to_value(&self) -> Value {
        let line = |(line, quantity): &(i64, Decimal)| {
            Value::map([
                ("line_id", Value::Int(*line)),
                ("quantity", Value::decimal(*quantity)),
            ])
        };
        Value::map([
            ("state", Value::Text(self.state.name().to_owned())),
            ("store_id", Value::Int(self.store_id)),
            (
                "delivery_address_id",
                Some(self.address_id).filter(|id| *id != 0).into(),
            ),
            ("lines", Value::List(self.lines.iter().map(line).collect())),
        ])
    }

    /// The share that [`Share::to_value`] described.
    pub fn from_value((kind, id): DocumentKey, value: &Value) -> Share {
        let state = value.field("state");
        let states = DocumentState::ALL.into_iter();
        let line = |line: &Value| {
            let quantity = line.field("quantity").as_decimal().unwrap_or_default();
            Some((line.field("line_id").as_int()?, quantity))
        };
        let lines = match value.field("lines") {
            Value::List(lines) => lines.iter().filter_map(line).collect(),
            _ => Vec::new(),
        };
        Share {
            kind,
            id,
            state: states
                .into_iter()
                .find(|known| known.name() == state.as_text())
                .unwrap_or_default(),
            store_id: value.field("store_id").as_int().unwrap_or(0),
            address_id: value.field("delivery_address_id").as_int().unwrap_or(0),
            lines,
        }
    }
}

impl Order {
    /// How many units of a line documents carry, as far as these are meant.
    pub fn carried(&self, line_id: i64, meant: impl Fn(&Share) -> bool) -> Decimal {
        let shares = self.documents.iter().filter(|share| meant(share));
        shares.fold(Decimal::ZERO, |sum, share| {
            sum.checked_add(share.quantity(line_id)).unwrap_or(sum)
        })
    }

    /// Puts what a document carries of the order in its place among the order's documents.
    pub fn set_share(&mut self, key: DocumentKey, share: Option<Share>) {
        self.documents.retain(|known| known.key() != key);
        self.documents.extend(share);
        self.documents.sort_unstable_by_key(Share::key);
    }
}
