//! What the rules need to know of an account.

use std::collections::BTreeMap;

use super::address::Address;
use super::decimal::Decimal;
use super::document::DocumentKind;
use super::time::Timestamp;

/// The catalog of those who make invoices.
pub const EMPLOYEES: &str = "employees";

/// The catalogs that every account has, with their titles.
pub const CATALOGS: [(&str, &str); 9] = [
    ("payment_methods", "Payment methods"),
    ("delivery_methods", "Delivery methods"),
    ("cancellation_types", "Cancellation types"),
    ("transfer_modes", "Transfer modes"),
    ("channels", "Channels"),
    ("sources", "Sources"),
    ("hold_reasons", "Hold reasons"),
    (EMPLOYEES, "Employees"),
    ("order_states", "Order states"),
];

/// A tenant with its settings, stores and catalogs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The account's number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The code by which log-ins name it, unique; empty for none.
    pub code: String,
    /// Which workflow new orders get.
    pub workflow: String,
    /// ISO 4217 code of the currency of its orders.
    pub currency: String,
    /// Places after the point of derived amounts, 0 to 4; the currency's own where not set.
    pub decimals: Option<u8>,
    /// Whether an order is locked when it is confirmed, in workflows that know locking.
    pub lock_on_confirm: bool,
    /// Whether goods leave from a warehouse.
    pub warehouse: bool,
    /// IANA name of the time zone of its dates.
    pub time_zone: String,
    /// The first four digits of the numbers of booked invoices; the year where not set.
    pub invoice_series: Option<i32>,
    /// Whether customers are told of invoices by phone.
    pub phone_messages: bool,
    /// Whether customers are told of invoices by e-mail.
    pub email_messages: bool,
    /// The rate that lines of services take when they are invoiced, in percent.
    pub service_vat_correction: Option<Decimal>,
    /// What invoices say of the seller below the account's name, line by line.
    pub seller_details: String,
    /// Raised by every change of settings, stores or catalogs.
    pub revision: i64,
    /// When it was made.
    pub create_time: Timestamp,
    /// Its stores by id.
    pub stores: BTreeMap<i64, Store>,
    /// Its catalogs' entries by catalog key.
    pub catalogs: BTreeMap<String, Vec<CatalogEntry>>,
}

impl Account {
    /// Places after the point of derived amounts.
    pub fn decimals(&self) -> u8 {
        self.decimals
            .unwrap_or_else(|| currency_decimals(&self.currency))
    }

    /// The entry of a catalog that a code means: by key, else by either of its texts.
    pub fn entry(&self, catalog: &str, code: &str) -> Option<&CatalogEntry> {
        let entries = self.catalogs.get(catalog)?;
        let by_key = entries.iter().find(|entry| entry.key == code);
        by_key.or_else(|| {
            entries
                .iter()
                .find(|entry| entry.text == code || entry.text_en == code)
        })
    }

    /// The keys of a catalog.
    pub fn known_codes(&self, catalog: &str) -> Vec<String> {
        self.catalogs.get(catalog).map_or_else(Vec::new, |entries| {
            entries.iter().map(|e| e.key.clone()).collect()
        })
    }
}

/// Places after the point of a currency (ISO 4217, minor units); 2 for those not listed.
pub fn currency_decimals(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// A shop or warehouse of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    /// The store's number within the account.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether new orders may name it.
    pub active: bool,
    /// When it was made.
    pub create_time: Timestamp,
    /// How many times it was written.
    pub version: i64,
}

/// One code of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogEntry {
    /// The catalog.
    pub catalog: String,
    /// The number that stands for it in contracts that use numbers.
    pub id: i32,
    /// The word that stands for it.
    pub key: String,
    /// What people read, in the account's own language.
    pub text: String,
    /// What people read, in English.
    pub text_en: String,
    /// Whether new orders may name it.
    pub active: bool,
}

/// A registered customer of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerRecord {
    /// The customer's number within the account.
    pub id: i64,
    /// The code that other systems use for them.
    pub code: String,
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// Where they live or work.
    pub address: Option<Address>,
    /// When the record was made.
    pub create_time: Timestamp,
    /// How many times it was written.
    pub version: i64,
}

/// The last ids that an account has given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Orders.
    pub order: i64,
    /// Payments and refunds.
    pub payment: i64,
    /// Stores.
    pub store: i64,
    /// Customers.
    pub customer: i64,
    /// Addresses.
    pub address: i64,
    /// Credentials.
    pub credential: i64,
    /// Store orders.
    pub store_order: i64,
    /// Supplier orders.
    pub supplier_order: i64,
    /// Outbound orders.
    pub outbound_order: i64,
    /// Messages to customers.
    pub message: i64,
    /// Series of invoice numbers, by the name that each is kept as.
    pub series: BTreeMap<String, i64>,
}

impl Counters {
    /// The last id of documents of a kind.
    pub fn document(&mut self, kind: DocumentKind) -> &mut i64 {
        match kind {
            DocumentKind::Store => &mut self.store_order,
            DocumentKind::Supplier => &mut self.supplier_order,
            DocumentKind::Outbound => &mut self.outbound_order,
        }
    }
}
