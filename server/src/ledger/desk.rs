//! The working set of one batch: what was loaded, as the commands so far have left it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::account::EMPLOYEES;
use crate::domain::account::{Account, Counters, CustomerRecord};
use crate::domain::decide::{Billed, Decided, Ground};
use crate::domain::document::{Document, DocumentKey, DocumentState, Share};
use crate::domain::order::{Order, OrderRef};
use crate::store::batch::{Loaded, OrderWrite, ROW_FIELDS, RequestRecord, Writes};

/// What lies on the writer's desk while a batch is decided.
pub struct Desk {
    position: i64,
    orders: HashMap<(i64, i64), Arc<Order>>,
    numbers: HashMap<(i64, String), i64>,
    /// Numbers that are known to be free where `numbers` does not hold them.
    looked_up: HashSet<(i64, String)>,
    customers: HashMap<(i64, i64), CustomerRecord>,
    documents: HashMap<(i64, DocumentKey), Document>,
    /// Customers that are known not to be there where `customers` does not hold them.
    looked_up_customers: HashSet<(i64, i64)>,
    requests: HashMap<(i64, [u8; 16]), RequestRecord>,
    /// The accounts as the batch so far has left them; nothing here is kept if the batch fails.
    pub accounts: HashMap<i64, Arc<Account>>,
    counters: HashMap<i64, Counters>,
    /// Orders that are to be written: whether new, and whether more than their row changed.
    touched: HashMap<(i64, i64), (bool, bool)>,
    touched_documents: HashSet<(i64, DocumentKey)>,
    touched_counters: HashSet<i64>,
    /// Everything that is to be written beside orders and counters.
    pub writes: Writes,
    /// Whether an answer tells of an earlier commit, so that this batch must commit too.
    pub replayed: bool,
}

impl Desk {
    pub fn new(loaded: Loaded, accounts: HashMap<i64, Arc<Account>>) -> Desk {
        let mut numbers = loaded.numbers;
        for order in loaded
            .orders
            .iter()
            .filter(|order| order.delete_time.is_none())
        {
            numbers.insert((order.account_id, order.number.clone()), order.id);
        }
        let keyed = |order: Order| ((order.account_id, order.id), Arc::new(order));
        Desk {
            position: loaded.position,
            orders: loaded.orders.into_iter().map(keyed).collect(),
            numbers,
            looked_up: HashSet::new(),
            customers: loaded.customers,
            documents: HashMap::new(),
            looked_up_customers: HashSet::new(),
            requests: loaded.requests,
            accounts,
            counters: loaded.counters,
            touched: HashMap::new(),
            touched_documents: HashSet::new(),
            touched_counters: HashSet::new(),
            writes: Writes::default(),
            replayed: false,
        }
    }

    /// The desk as one account's commands see it.
    pub fn view(&self, account_id: i64) -> View<'_> {
        View {
            desk: self,
            account_id,
        }
    }

    /// The position of the last change on the desk.
    pub fn position(&self) -> i64 {
        self.position
    }

    pub fn counters(&self, account_id: i64) -> Counters {
        self.counters.get(&account_id).cloned().unwrap_or_default()
    }

    pub fn set_counters(&mut self, account_id: i64, counters: Counters) {
        // A batch that takes no number does not load the counters: what it did not change is not written.
        if self.counters(account_id) != counters {
            self.counters.insert(account_id, counters);
            self.touched_counters.insert(account_id);
        }
    }

    /// Adds what a look-up of numbers found.
    pub fn add_numbers(&mut self, looked_up: &[(i64, String)], found: HashMap<(i64, String), i64>) {
        self.looked_up.extend(looked_up.iter().cloned());
        // What the batch has changed since is newer.
        for (number, owner) in found {
            if !self.orders.contains_key(&(number.0, owner)) {
                self.numbers.insert(number, owner);
            }
        }
    }

    pub fn has_looked_up(&self, account_id: i64, number: &str) -> bool {
        self.looked_up.contains(&(account_id, number.to_owned()))
    }

    pub fn add_customer(&mut self, account_id: i64, customer: CustomerRecord) {
        self.customers.insert((account_id, customer.id), customer);
    }

    /// The open documents that the orders on the desk tell of.
    pub fn open_documents(&self) -> impl Iterator<Item = (i64, DocumentKey)> {
        let open = |share: &&Share| share.state == DocumentState::Open;
        self.orders.iter().flat_map(move |((account, _), order)| {
            let shares = order.documents.iter().filter(open);
            shares.map(|share| (*account, share.key()))
        })
    }

    /// Puts documents on the desk; answers the orders that they carry lines of and that are not there yet.
    pub fn add_documents(&mut self, documents: Vec<Document>) -> Vec<(i64, OrderRef)> {
        let mut missing = HashSet::new();
        for document in documents {
            let account = document.account_id;
            let orders = document.orders().into_iter().map(|id| (account, id));
            missing.extend(orders.filter(|key| !self.orders.contains_key(key)));
            self.documents.insert((account, document.key()), document);
        }
        let named = |(account, id)| (account, OrderRef::Id(id));
        missing.into_iter().map(named).collect()
    }

    /// Puts orders on the desk.
    pub fn add_orders(&mut self, orders: Vec<Order>) {
        for order in orders {
            let key = (order.account_id, order.id);
            if order.delete_time.is_none() {
                self.numbers.insert((key.0, order.number.clone()), order.id);
            }
            self.orders.insert(key, Arc::new(order));
        }
    }

    /// Keeps a document as a command has left it.
    pub fn put_document(&mut self, document: Document) {
        let key = (document.account_id, document.key());
        self.touched_documents.insert(key);
        self.documents.insert(key, document);
    }

    /// The customers whom the lines of an order and the order itself name and who are not on the desk.
    pub fn unknown_customers(&self, account_id: i64, order: &OrderRef) -> Vec<(i64, i64)> {
        let view = self.view(account_id);
        let Some(order) = view.order(order) else {
            return Vec::new();
        };
        let lines = order.lines.iter().filter_map(|line| line.customer_id);
        let mut named: Vec<_> = lines
            .chain(order.customer.id)
            .map(|id| (account_id, id))
            .filter(|key| {
                !self.customers.contains_key(key) && !self.looked_up_customers.contains(key)
            })
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// Adds what a look-up of customers found.
    pub fn add_customers(
        &mut self,
        looked_up: &[(i64, i64)],
        found: HashMap<(i64, i64), CustomerRecord>,
    ) {
        self.looked_up_customers.extend(looked_up);
        self.customers.extend(found);
    }

    pub fn request(&self, account_id: i64, id: [u8; 16]) -> Option<&RequestRecord> {
        self.requests.get(&(account_id, id))
    }

    pub fn remember(&mut self, record: RequestRecord) {
        self.requests
            .insert((record.account_id, record.request_id), record.clone());
        self.writes.requests.push(record);
    }

    /// Puts what was decided of one order in its place in the ledger.
    pub fn apply(&mut self, decided: Decided) -> Arc<Order> {
        let Decided {
            mut order,
            change,
            billed,
            created,
            ..
        } = decided;
        let key = (order.account_id, order.id);
        let Some(mut change) = change else {
            return self
                .orders
                .get(&key)
                .cloned()
                .unwrap_or_else(|| Arc::new(order));
        };
        self.position += 1;
        change.seal(self.position, &order.last_hash);
        order.last_hash = change.hash;
        let before = self.orders.get(&key);
        if let Some(before) =
            before.filter(|before| before.number != order.number || order.delete_time.is_some())
        {
            // The number of an order that was deleted long ago may be another's by now.
            let place = (key.0, before.number.clone());
            if self.numbers.get(&place) == Some(&key.1) {
                self.numbers.remove(&place);
            }
        }
        if order.delete_time.is_none() {
            self.numbers.insert((key.0, order.number.clone()), order.id);
        }
        let known = before.map_or(0, |before| before.payments.len());
        let payments = order
            .payments
            .iter()
            .skip(known)
            .map(|payment| (key.0, key.1, payment.clone()));
        self.writes.payments.extend(payments);
        let Billed {
            invoices,
            retired,
            messages,
            employee,
        } = billed;
        let employee = employee.map(|code| (key.0, EMPLOYEES, code));
        self.writes.used_codes.extend(employee);
        let invoices = invoices.into_iter().map(|invoice| (key.0, invoice));
        self.writes.invoices.extend(invoices);
        let retired = retired.into_iter();
        self.writes
            .invoice_states
            .extend(retired.map(|(number, state)| (key.0, number, state)));
        let messages = messages.into_iter().map(|message| (key.0, message));
        self.writes.messages.extend(messages);
        let beside_row = change
            .fields
            .iter()
            .any(|field| !ROW_FIELDS.contains(&field.path.as_str()));
        let touched = self.touched.entry(key).or_default();
        *touched = (touched.0 || created, touched.1 || created || beside_row);
        self.writes.changes.push(change);
        let order = Arc::new(order);
        self.orders.insert(key, Arc::clone(&order));
        order
    }

    /// Whether an order or invoice of the batch names that entry of a catalog.
    pub fn names(&self, account: i64, catalog: &str, key: &str) -> bool {
        let written = self.touched.keys().filter(|(owner, _)| *owner == account);
        let mut orders = written.filter_map(|at| self.orders.get(at));
        let by_order = |order: &Arc<Order>| order.codes().any(|code| code == (catalog, key));
        let by_invoice = (account, catalog, key);
        let mut used = self.writes.used_codes.iter();
        used.any(|(account, catalog, key)| (*account, *catalog, key.as_str()) == by_invoice)
            || orders.any(by_order)
    }

    /// Everything that the batch writes.
    pub fn into_writes(mut self) -> Writes {
        for (key, (insert, detail)) in self.touched {
            if let Some(order) = self.orders.remove(&key) {
                self.writes.orders.push(OrderWrite {
                    order,
                    insert,
                    detail,
                });
            }
        }
        for key in &self.touched_documents {
            self.writes.documents.extend(self.documents.remove(key));
        }
        let counters = self
            .touched_counters
            .iter()
            .map(|account| (*account, self.counters[account].clone()));
        self.writes.counters.extend(counters);
        self.writes
    }
}

/// The desk as one account's commands see it.
pub struct View<'a> {
    desk: &'a Desk,
    account_id: i64,
}

impl Ground for View<'_> {
    fn order(&self, order: &OrderRef) -> Option<&Order> {
        let id = match order {
            OrderRef::Id(id) => *id,
            OrderRef::Number(number) => self.number_owner(number)?,
        };
        self.desk
            .orders
            .get(&(self.account_id, id))
            .map(Arc::as_ref)
    }

    fn number_owner(&self, number: &str) -> Option<i64> {
        self.desk
            .numbers
            .get(&(self.account_id, number.to_owned()))
            .copied()
    }

    fn customer(&self, id: i64) -> Option<&CustomerRecord> {
        self.desk.customers.get(&(self.account_id, id))
    }

    fn document(&self, key: DocumentKey) -> Option<&Document> {
        self.desk.documents.get(&(self.account_id, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_written_only_where_a_command_moved_them() {
        let mut desk = Desk::new(Loaded::default(), HashMap::new());
        desk.set_counters(1, desk.counters(1));
        let moved = Counters {
            payment: 1,
            ..Counters::default()
        };
        desk.set_counters(2, moved.clone());
        assert_eq!(desk.into_writes().counters, [(2, moved)]);
    }
}
