//! Commands over everything that is not an order: accounts, credentials, stores, customers, catalogs.

mod credential;
mod decide;

pub use credential::check_password;
pub use decide::{AdminDecided, AdminGround, OPERATOR, decide, usual_entries};

use std::fmt;

use super::address::Address;
use super::decimal::Decimal;
use super::role::Role;
use super::time::Timestamp;

/// One administrative command.
#[derive(Clone, Debug, PartialEq)]
pub enum AdminCommand {
    /// Make an account, with the usual catalogs.
    CreateAccount(AccountPatch),
    /// Change an account's settings.
    UpdateAccount(i64, AccountPatch),
    /// Make a store.
    CreateStore(StorePatch),
    /// Change a store.
    UpdateStore(i64, StorePatch),
    /// Register a customer.
    CreateCustomer(Box<CustomerPatch>),
    /// Change a customer's record.
    UpdateCustomer(i64, Box<CustomerPatch>),
    /// Make or overwrite a catalog entry.
    UpsertEntry(EntryInput),
    /// Remove a catalog entry: catalog and key.
    DeleteEntry(String, String),
    /// Make a credential, in the named account or the caller's own.
    CreateCredential(Option<i64>, CredentialInput),
    /// Revoke a credential: account (the caller's own where not named) and id.
    RevokeCredential(Option<i64>, i64),
}

/// Settings of an account; those that are `None` stay as they are, or get their default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountPatch {
    /// The account's name, 1 to 200 characters.
    pub name: Option<String>,
    /// The code by which log-ins name it; empty for none.
    pub code: Option<String>,
    /// Name of the default workflow.
    pub workflow: Option<String>,
    /// ISO 4217 code; it cannot be changed later.
    pub currency: Option<String>,
    /// Places after the point of derived amounts; the inner `None` means the currency's own.
    pub decimals: Option<Option<u8>>,
    /// Whether an order is locked when it is confirmed.
    pub lock_on_confirm: Option<bool>,
    /// Whether goods leave from a warehouse.
    pub warehouse: Option<bool>,
    /// IANA name of the time zone.
    pub time_zone: Option<String>,
    /// The first digits of the numbers of booked invoices; the inner `None` means the year.
    pub invoice_series: Option<Option<i32>>,
    /// What follows these digits in the number of the next booked invoice.
    pub next_invoice_number: Option<i64>,
    /// Whether customers are told of invoices by phone.
    pub phone_messages: Option<bool>,
    /// Whether customers are told of invoices by e-mail.
    pub email_messages: Option<bool>,
    /// The rate that lines of services take when they are invoiced; the inner `None` means none.
    pub service_vat_correction: Option<Option<Decimal>>,
    /// What invoices say of the seller below the account's name, line by line.
    pub seller_details: Option<String>,
}

/// Fields of a store; those that are `None` stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorePatch {
    /// Its id, where the caller chooses it; only on create.
    pub id: Option<i64>,
    /// Its name, 1 to 200 characters, unique in the account.
    pub name: Option<String>,
    /// Whether new orders may name it.
    pub active: Option<bool>,
}

/// Fields of a customer's record; those that are `None` stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerPatch {
    /// Their id, where the caller chooses it; only on create.
    pub id: Option<i64>,
    /// The code that other systems use, at most 64 characters.
    pub code: Option<String>,
    /// Name, at most 200 characters.
    pub name: Option<String>,
    /// Phone number, at most 64 characters.
    pub phone: Option<String>,
    /// E-mail address, at most 254 characters.
    pub email: Option<String>,
    /// Whom to ask for, at most 200 characters.
    pub contact_name: Option<String>,
    /// Address; the inner `None` removes it.
    pub address: Option<Option<Address>>,
}

/// A catalog entry as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryInput {
    /// The catalog's key.
    pub catalog: String,
    /// The number that stands for it; the next free one where not given.
    pub id: Option<i32>,
    /// The word that stands for it, 1 to 64 characters.
    pub key: String,
    /// What people read, at most 200 characters.
    pub text: String,
    /// The same in English, at most 200 characters.
    pub text_en: String,
    /// Whether new orders may name it.
    pub active: bool,
}

/// What a credential is known by. The key and the password themselves never come here, only their hashes.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// An API key.
    Key {
        /// SHA-256 of the key.
        hash: [u8; 32],
        /// The first characters of the key.
        prefix: String,
    },
    /// A login with a password.
    Login {
        /// The login, 1 to 200 characters, unique among the account's credentials that are not revoked.
        login: String,
        /// The password's Argon2id hash, as the PHC string format writes it.
        password_hash: String,
    },
}

/// Without the hashes.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proof::Key { prefix, .. } => write!(f, "Key({prefix}…)"),
            Proof::Login { login, .. } => write!(f, "Login({login})"),
        }
    }
}

/// A credential as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialInput {
    /// What people call it, 1 to 200 characters; history names it as the actor.
    pub title: String,
    /// What it may do.
    pub role: Role,
    /// By what its holder is known.
    pub proof: Proof,
    /// The only store that it sees.
    pub store_id: Option<i64>,
    /// The only customer that it sees; a client's credential needs one.
    pub customer_id: Option<i64>,
    /// Further rights by name.
    pub scopes: Vec<String>,
    /// When it stops to work.
    pub expire_time: Option<Timestamp>,
}
