//! What callers ask of orders.

use std::collections::BTreeMap;

use super::address::Address;
use super::decimal::Decimal;
use super::document::{DocumentKey, DocumentKind, DocumentState};
use super::hold::HeldAction;
use super::order::{LineKind, OrderRef};
use super::time::Timestamp;
use super::value::Value;
use super::workflow::Verb;

/// One command over one order, or over several orders of one account.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Make an order.
    Create(Box<NewOrder>),
    /// Bring orders in from elsewhere, all or none.
    Import(Vec<NewOrder>),
    /// Edit fields.
    Update(OrderRef, Box<Patch>),
    /// Take an edge of the workflow.
    Transition(OrderRef, Move),
    /// Take the same edge with several orders, all or none.
    BatchTransition(Vec<i64>, Move),
    /// Delete several orders, all or none.
    BatchDelete(Vec<i64>),
    /// Move outside the edges.
    Override(OrderRef, Move),
    /// Call lines off, or some of their units. The target of the move is not looked at.
    CancelLines(OrderRef, Vec<LineQuantity>, Move),
    /// Hold the order up, or lines of it.
    PlaceHold(OrderRef, HoldInput),
    /// Deliver in another way, or elsewhere.
    UpdateDelivery(OrderRef, Box<DeliveryInput>),
    /// Release a hold: its id, and why.
    ReleaseHold(OrderRef, i64, String),
    /// Move the order to another store.
    MoveToStore(OrderRef, Box<StoreMoveInput>),
    /// Make a document; its number where it is given by hand.
    CreateDocument(DocumentKind, Option<i64>, Box<DocumentPatch>),
    /// Change a document.
    UpdateDocument(DocumentKey, Box<DocumentPatch>),
    /// Record money received.
    RecordPayment(OrderRef, PaymentInput),
    /// Record money given back.
    RecordRefund(OrderRef, PaymentInput),
    /// Make the invoices of what is not billed yet.
    CreateInvoices(OrderRef, Box<InvoiceInput>),
    /// Add a note to the history.
    AddNote(OrderRef, Note),
    /// Delete the order.
    Delete(OrderRef),
}

/// Where an order is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Whatever the workflow answers this verb with, from here.
    Verb(Verb),
    /// The state with that key.
    State(String),
    /// The state with that code.
    StateCode(i32),
    /// The transition with that name.
    Transition(String),
}

/// A move of an order, with what is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where to.
    pub target: Target,
    /// Why; at most 500 characters.
    pub reason: String,
    /// For the customer; at most 4,000 characters.
    pub message: String,
    /// Whether people are to be told.
    pub notify: bool,
    /// A code of the catalog `cancellation_types`; empty for none.
    pub cancellation_type: String,
    /// Whether the order's exchange lines are taken off it.
    pub delete_exchange: bool,
}

/// Some units of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineQuantity {
    /// The line.
    pub id: i64,
    /// How many; all that is left where not given.
    pub quantity: Option<Decimal>,
}

/// A new way of delivery as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryInput {
    /// A code of the catalog `delivery_methods`; empty to keep the present one.
    pub method: String,
    /// The new address; none to keep the present one. Its number is not looked at.
    pub address: Option<Address>,
}

/// A move to another store as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreMoveInput {
    /// The store to move to.
    pub to_store_id: i64,
    /// A code of the catalog `transfer_modes`, for the items that are not named; empty for none.
    pub default_mode: String,
    /// Lines with codes of their own; an empty one means the default.
    pub items: Vec<(i64, String)>,
    /// How and where the order is delivered afterwards.
    pub delivery: DeliveryInput,
}

/// Fields of a document to set; `None` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentPatch {
    /// Where it stands.
    pub state: Option<DocumentState>,
    /// Of a store order: the store that the goods leave.
    pub from_store_id: Option<i64>,
    /// The store that it is for.
    pub store_id: Option<i64>,
    /// Of a supplier order: who supplies.
    pub supplier: Option<String>,
    /// Of an outbound order: where the goods go. Its number is not looked at.
    pub address: Option<Address>,
    /// All lines.
    pub lines: Option<Vec<DocumentLineInput>>,
}

/// Some units of one line of an order, as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLineInput {
    /// The order.
    pub order_id: i64,
    /// The line within the order.
    pub line_id: i64,
    /// How many; all of the line where not given.
    pub quantity: Option<Decimal>,
}

/// A hold as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldInput {
    /// A code of the catalog `hold_reasons`.
    pub reason: String,
    /// Why, in full; at most 500 characters.
    pub note: String,
    /// The lines; none for the whole order.
    pub line_ids: Vec<i64>,
    /// What to refuse; none for the usual.
    pub blocks: Vec<HeldAction>,
}

/// Invoices as asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceInput {
    /// The employee who makes them: the id of an entry of the catalog `employees`.
    pub employee_id: Option<i64>,
    /// The key or the code of the order's new state; empty to leave it where it stands.
    pub state: String,
    /// Whether they are booked; else they are pro-formas.
    pub book: bool,
    /// Whether the customers are told, as far as the account's settings say so.
    pub customer_messages: bool,
    /// Whether also those are told who were told before.
    pub allow_resend_messages: bool,
    /// Whether lines of services take the account's rate for them.
    pub apply_service_vat_correction: bool,
    /// Whether what others are billed for stands as text on the invoice of the order's own customer.
    pub split_items_as_text: bool,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What is noted, 1 to 4,000 characters.
    pub message: String,
    /// Whether the customer may read it.
    pub public: bool,
}

/// Fields to set, as given. A null value clears a field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// Fields of the table in `fields`, by path.
    pub values: Vec<(&'static str, Value)>,
    /// The store by its name, instead of `store_id`.
    pub store_name: Option<String>,
    /// All lines.
    pub lines: Option<Vec<LineInput>>,
    /// All terms.
    pub terms: Option<Vec<String>>,
    /// Payments that the order must have afterwards, beside those it has already.
    pub payments: Option<Vec<PaymentInput>>,
    /// All attributes.
    pub attributes: Option<BTreeMap<String, String>>,
    /// The currency that each amount was given in: path and ISO 4217 code.
    pub currencies: Vec<(String, String)>,
}

/// A line as given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineInput {
    /// The line's id, where an import says it.
    pub id: Option<i64>,
    /// What it is.
    pub kind: LineKind,
    /// The article's code.
    pub product_code: String,
    /// The article's name.
    pub name: String,
    /// What is counted.
    pub unit_name: String,
    /// How many; one where not given.
    pub quantity: Option<Decimal>,
    /// The price of one.
    pub unit_price: Decimal,
    /// Taken off the whole line.
    pub discount: Decimal,
    /// VAT in percent.
    pub vat_rate: Option<Decimal>,
    /// The customer who is invoiced.
    pub customer_id: Option<i64>,
    /// A remark.
    pub note: String,
    /// The booked invoice, where an import says it.
    pub invoice_number: Option<i64>,
    /// What one contract alone knows.
    pub attributes: BTreeMap<String, String>,
}

/// A payment or refund as given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaymentInput {
    /// Whether it is a refund; only in an import.
    pub refund: bool,
    /// A code of the catalog `payment_methods`; empty for none.
    pub method: String,
    /// How much.
    pub amount: Decimal,
    /// ISO 4217 code of the amount; empty where not given.
    pub currency: String,
    /// A remark.
    pub description: String,
    /// The day as `YYYY-MM-DD`; empty for none.
    pub pay_date: String,
}

/// An order to be made or brought in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewOrder {
    /// Its id, where an import says it.
    pub id: Option<i64>,
    /// The workflow, where not the account's default.
    pub workflow: Option<String>,
    /// The state, where an import says it.
    pub state: Option<Target>,
    /// Whether it is locked, where an import says it.
    pub locked: bool,
    /// The currency; the account's where not given.
    pub currency: Option<String>,
    /// The cancellation type, where an import says it.
    pub cancellation_type: String,
    /// When it was made, where an import says it.
    pub create_time: Option<Timestamp>,
    /// Every other field.
    pub patch: Patch,
}

impl Command {
    /// The orders that the command changes.
    pub fn orders(&self) -> Vec<OrderRef> {
        match self {
            Command::Create(_) => Vec::new(),
            Command::Import(orders) => orders
                .iter()
                .filter_map(|order| order.id)
                .map(OrderRef::Id)
                .collect(),
            Command::CreateDocument(_, _, patch) | Command::UpdateDocument(_, patch) => {
                let lines = patch.lines.iter().flatten();
                lines.map(|line| OrderRef::Id(line.order_id)).collect()
            }
            Command::BatchTransition(ids, _) | Command::BatchDelete(ids) => {
                ids.iter().copied().map(OrderRef::Id).collect()
            }
            Command::Update(order, _)
            | Command::Transition(order, _)
            | Command::Override(order, _)
            | Command::CancelLines(order, ..)
            | Command::PlaceHold(order, _)
            | Command::ReleaseHold(order, ..)
            | Command::UpdateDelivery(order, _)
            | Command::MoveToStore(order, _)
            | Command::RecordPayment(order, _)
            | Command::RecordRefund(order, _)
            | Command::CreateInvoices(order, _)
            | Command::AddNote(order, _)
            | Command::Delete(order) => vec![order.clone()],
        }
    }

    /// The document that the command names.
    pub fn document(&self) -> Option<DocumentKey> {
        match self {
            Command::CreateDocument(kind, id, _) => id.map(|id| (*kind, id)),
            Command::UpdateDocument(key, _) => Some(*key),
            _ => None,
        }
    }

    /// The patches that the command carries.
    pub fn patches(&self) -> Vec<&Patch> {
        match self {
            Command::Create(new) => vec![&new.patch],
            Command::Import(orders) => orders.iter().map(|order| &order.patch).collect(),
            Command::Update(_, patch) => vec![patch],
            _ => Vec::new(),
        }
    }

    /// The numbers that the command gives to orders, as far as it says them.
    pub fn numbers(&self) -> Vec<String> {
        match self {
            Command::Import(orders) => orders.iter().filter_map(NewOrder::number).collect(),
            _ => self
                .patches()
                .into_iter()
                .filter_map(|patch| patch.number().map(str::to_owned))
                .collect(),
        }
    }

    /// How many orders the command makes whose numbers follow from the account's counter.
    pub fn unnumbered(&self) -> usize {
        match self {
            Command::Create(new) => usize::from(new.number().is_none()),
            Command::Import(orders) => orders.iter().filter(|new| new.number().is_none()).count(),
            _ => 0,
        }
    }

    /// The numbers that the command gives to orders that have none of their own, where `last` is the last order's id
    /// and `taken` says which numbers are not free.
    pub fn gives_numbers(&self, last: i64, taken: impl Fn(&str) -> bool) -> Vec<String> {
        match self {
            Command::Create(new) if new.patch.number().is_none() => {
                let mut numbers = (last + 1..).map(|id| id.to_string());
                numbers.find(|number| !taken(number)).into_iter().collect()
            }
            Command::Import(orders) => {
                let mut last = last;
                let mut numbers = Vec::new();
                for order in orders {
                    let id = order.id.unwrap_or(last.saturating_add(1));
                    last = last.max(id);
                    if order.id.is_none() && order.patch.number().is_none() {
                        numbers.push(id.to_string());
                    }
                }
                numbers
            }
            _ => Vec::new(),
        }
    }

    /// How many orders the command makes, at most.
    pub fn creates(&self) -> usize {
        match self {
            Command::Create(_) => 1,
            Command::Import(orders) => orders.len(),
            _ => 0,
        }
    }
}

impl NewOrder {
    /// The number that is given, or that the given id stands for.
    fn number(&self) -> Option<String> {
        let given = self.patch.number().map(str::to_owned);
        given.or_else(|| self.id.map(|id| id.to_string()))
    }
}

impl Patch {
    /// The number that the patch gives, if any.
    pub fn number(&self) -> Option<&str> {
        self.values
            .iter()
            .find(|(path, _)| *path == "number")
            .map(|(_, value)| value.as_text())
    }

    /// The registered customers that the patch names.
    pub fn customers(&self) -> impl Iterator<Item = i64> {
        let order = self
            .values
            .iter()
            .filter(|(path, _)| *path == "customer.id")
            .filter_map(|(_, value)| value.as_int());
        order.chain(
            self.lines
                .iter()
                .flatten()
                .filter_map(|line| line.customer_id),
        )
    }
}
