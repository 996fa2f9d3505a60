//! A database with an account, and a way to write orders with their history into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use order_status_server::domain::account::Account;
use order_status_server::domain::address::Address;
use order_status_server::domain::change::{Change, ChangeKind};
use order_status_server::domain::decide::Made;
use order_status_server::domain::decimal::Decimal;
use order_status_server::domain::fields;
use order_status_server::domain::hold::{HeldAction, Hold};
use order_status_server::domain::money::{Derived, InvoiceStatus, PaymentStatus};
use order_status_server::domain::order::{
    Charges, Customer, DeliveryStatus, Line, LineKind, Order, Payment,
};
use order_status_server::domain::role::Role;
use order_status_server::domain::time::Timestamp;
use order_status_server::domain::workflow::{Verb, Workflows};
use order_status_server::store::batch::{OrderWrite, RequestRecord, RequestResult, Writes};
use order_status_server::store::{Options, Pen, Store, StoreError};
use order_status_tests::Backend;
use order_status_tests::backend::{Database, by_hand};

/// An open database, its pen, and what was written so far.
pub struct Book {
    pub store: Store,
    pub pen: Pen,
    pub database: Database,
    pub position: i64,
}

/// The options that every test opens a database with.
pub fn options(database: &Database) -> Options {
    Options::new(&database.url, Arc::new(Workflows::built_in()))
}

impl Book {
    /// An empty database with accounts 1 and 2.
    pub async fn open(backend: Backend) -> Book {
        let database = backend.database().await;
        let store = Store::connect(&options(&database)).await.unwrap();
        store.migrate().await.unwrap();
        let pen = store.pen().await.unwrap();
        let mut book = Book {
            store,
            pen,
            database,
            position: 0,
        };
        let accounts = vec![account(1), account(2)];
        let writes = Writes {
            accounts,
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        book
    }

    /// Writes a batch in a transaction of its own.
    pub async fn write(&mut self, writes: &Writes) -> Result<(), StoreError> {
        self.pen.begin().await?;
        if let Err(refused) = self.pen.write(writes).await {
            self.pen.rollback().await;
            return Err(refused);
        }
        self.pen.commit().await.unwrap();
        Ok(())
    }

    /// Puts the step from one version of an order to the next into the history, and answers what to write.
    pub fn step(&mut self, before: &Order, after: &mut Order, kind: ChangeKind) -> Writes {
        self.position += 1;
        after.version = before.version + 1;
        after.update_time = Timestamp::from_micros(1_700_000_000_000_000 + self.position * 1_000);
        let mut change = Change {
            position: 0,
            account_id: after.account_id,
            order_id: after.id,
            version: after.version,
            kind,
            transition: "confirm".to_owned(),
            verb: Some(Verb::Confirm),
            actor: "Ada's key".to_owned(),
            role: Role::Staff,
            from: before.state.clone(),
            to: after.state.clone(),
            reason: "because".to_owned(),
            message: "hello \"you\"".to_owned(),
            public: true,
            notify: false,
            request_id: Some(request_id(self.position)),
            fields: fields::diff(before, after),
            passed_over: vec!["edits".to_owned(), "no_edge".to_owned()],
            create_time: after.update_time,
            salt: [self.position as u8; 16],
            hash: [0; 32],
        };
        change.seal(self.position, &before.last_hash);
        after.last_hash = change.hash;
        let paid = after.payments.iter().skip(before.payments.len());
        Writes {
            orders: vec![OrderWrite {
                order: Arc::new(after.clone()),
                insert: before.version == 0,
                detail: true,
            }],
            payments: paid
                .map(|payment| (after.account_id, after.id, payment.clone()))
                .collect(),
            requests: vec![RequestRecord {
                account_id: after.account_id,
                request_id: request_id(self.position),
                fingerprint: [7; 32],
                credential_id: 5,
                results: vec![RequestResult {
                    id: after.id,
                    version: after.version,
                    made: vec![Made::Address(8)],
                }],
                document: None,
                create_time: after.update_time,
            }],
            changes: vec![change],
            ..Writes::default()
        }
    }

    /// Writes a new order with its first change, and answers it as written.
    pub async fn create(&mut self, mut order: Order) -> Order {
        order.version = 0;
        let writes = self.step(&Order::default(), &mut order, ChangeKind::Create);
        self.write(&writes).await.unwrap();
        order
    }

    /// Changes an order, and answers it as written.
    pub async fn change(&mut self, order: &Order, change: impl FnOnce(&mut Order)) -> Order {
        let mut after = order.clone();
        change(&mut after);
        let writes = self.step(order, &mut after, ChangeKind::Update);
        self.write(&writes).await.unwrap();
        after
    }

    /// Runs statements past the store, as somebody with access to the database could.
    pub async fn tamper(&self, statements: &str) -> Result<(), String> {
        tamper(&self.database, statements).await
    }
}

/// Runs statements past the store.
pub async fn tamper(database: &Database, statements: &str) -> Result<(), String> {
    by_hand(&database.url, statements).await
}

/// A request id that is unlike every other one.
pub fn request_id(number: i64) -> [u8; 16] {
    i128::from(number).to_be_bytes()
}

/// An account of the standard workflow.
pub fn account(id: i64) -> Account {
    Account {
        id,
        name: format!("Account {id}"),
        workflow: "standard".to_owned(),
        currency: "EUR".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        revision: 1,
        create_time: Timestamp::from_micros(1),
        ..Account::default()
    }
}

/// An order with only what every order has.
pub fn plain_order(account_id: i64, id: i64, number: &str) -> Order {
    Order {
        account_id,
        id,
        number: number.to_owned(),
        workflow: "standard".to_owned(),
        workflow_version: 1,
        state: "new".to_owned(),
        currency: "EUR".to_owned(),
        create_time: Timestamp::from_micros(1_700_000_000_000_000 + id),
        ..Order::default()
    }
}

/// An order with every field set, to something that no other field has.
pub fn full_order(account_id: i64, id: i64, number: &str) -> Order {
    let text = |name: &str| format!("{name} “{id}” \\ \u{1f600}");
    let amount = |value: i64| Decimal::from_ten_thousandths(value);
    let address = |place: &str| Address {
        id: 31 + id,
        business: true,
        company_name: text(place),
        name: text("person"),
        street: text("street"),
        house_number: "12".to_owned(),
        house_number_postfix: "b".to_owned(),
        postal_code: "1234 AB".to_owned(),
        city: text("city"),
        country_code: "NL".to_owned(),
        phone: "+31 20".to_owned(),
        email: "a@b".to_owned(),
        notes: text("ring twice"),
        text: text("all on one line"),
    };
    let line = |line_id: i64, kind: LineKind| Line {
        id: line_id,
        kind,
        product_code: text("code"),
        name: text("article"),
        unit_name: "kg".to_owned(),
        quantity: amount(12_500),
        unit_price: amount(-99_999),
        discount: amount(1),
        vat_rate: Some(amount(210_000)),
        amount: amount(-124_999),
        customer_id: Some(77),
        note: text("note"),
        cancelled_quantity: amount(14),
        invoice_number: Some(2017_3382),
        attributes: BTreeMap::from([("colour".to_owned(), text("red"))]),
    };
    let payment = |payment_id: i64, refund: bool| Payment {
        id: id * 100 + payment_id,
        refund,
        method: "cash".to_owned(),
        amount: amount(700_000),
        description: text("paid"),
        pay_date: "2026-11-22".to_owned(),
        create_time: Timestamp::from_micros(1_700_000_000_000_123),
    };
    Order {
        locked: true,
        delivery_status: Some(DeliveryStatus::Confirmed),
        customer: Customer {
            id: Some(6298),
            name: text("customer"),
            phone: "+31 6".to_owned(),
            email: "c@d".to_owned(),
            contact_name: text("contact"),
            address: Some(address("home")),
        },
        store_id: Some(3),
        channel: "web".to_owned(),
        table_number: "T9".to_owned(),
        notes: text("notes"),
        lines: vec![
            line(4, LineKind::Exchange),
            line(2, LineKind::Item),
            line(3, LineKind::Text),
        ],
        last_line_id: 4,
        terms: vec![text("first term"), text("second term")],
        payments: vec![payment(1, false), payment(2, true)],
        charges: Charges {
            total: Some(amount(1)),
            discount: Some(amount(2)),
            discount_percent: Some(amount(3)),
            tax: Some(amount(4)),
            vat_percent: Some(amount(5)),
            service_charge: amount(6),
            delivery_fee: amount(7),
            installation_fee: amount(8),
        },
        derived: Derived {
            total: amount(9),
            discount: amount(10),
            tax: amount(11),
            grand_total: amount(-12),
            amount_paid: amount(13),
            payment_status: PaymentStatus::Overpaid,
            invoice_status: InvoiceStatus::Upselling,
        },
        holds: vec![Hold {
            id: 3,
            reason: "other".to_owned(),
            note: text("note"),
            line_ids: vec![1],
            blocks: HeldAction::ALL.to_vec(),
            create_time: Timestamp::from_micros(5),
        }],
        last_hold_id: 3,
        payment_method: "cash".to_owned(),
        delivery_method: "truck".to_owned(),
        delivery_address: Some(address("warehouse")),
        order_date: Some(Timestamp::from_micros(-1)),
        source: "fair".to_owned(),
        assigned_username: text("user"),
        lading_code: text("lading"),
        campaign_code: text("campaign"),
        opportunity_code: text("opportunity"),
        cancellation_type: "0".to_owned(),
        attributes: BTreeMap::from([
            ("a.b".to_owned(), text("c")),
            ("empty".to_owned(), String::new()),
        ]),
        ..plain_order(account_id, id, number)
    }
}
