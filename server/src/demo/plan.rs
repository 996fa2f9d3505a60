//! What one account of the demo holds.

use crate::domain::admin::{AccountPatch, CustomerPatch};
use crate::domain::command::{DocumentLineInput, DocumentPatch, NewOrder};
use crate::domain::document::DocumentKind;
use crate::domain::role::Role;

/// One account with everything in it.
pub(super) struct Plan {
    pub(super) account: AccountPatch,
    pub(super) stores: &'static [(i64, &'static str)],
    pub(super) customers: Vec<CustomerPatch>,
    /// Entries that stand in the place of the usual ones of their catalogs.
    pub(super) entries: Vec<Entry>,
    pub(super) orders: Vec<NewOrder>,
    pub(super) documents: Vec<NewDocument>,
    /// Orders that are invoiced when the demo is filled in.
    pub(super) invoiced: &'static [i64],
    pub(super) keys: Vec<Key>,
    pub(super) logins: Vec<Login>,
}

/// One store, supplier or outbound order with its number.
pub(super) struct NewDocument {
    pub(super) kind: DocumentKind,
    pub(super) id: i64,
    pub(super) patch: DocumentPatch,
}

/// A document that carries lines of one order, whole, and is for that store.
pub(super) fn document(
    kind: DocumentKind,
    id: i64,
    store_id: i64,
    order_id: i64,
    lines: &[i64],
) -> NewDocument {
    let line = |line_id: &i64| DocumentLineInput {
        order_id,
        line_id: *line_id,
        quantity: None,
    };
    let patch = DocumentPatch {
        store_id: Some(store_id),
        lines: Some(lines.iter().map(line).collect()),
        ..DocumentPatch::default()
    };
    NewDocument { kind, id, patch }
}

impl NewDocument {
    /// A store order whose goods leave that store.
    pub(super) fn from(mut self, store_id: i64) -> NewDocument {
        self.patch.from_store_id = Some(store_id);
        self
    }

    /// A supplier order to that supplier.
    pub(super) fn supplier(mut self, name: &str) -> NewDocument {
        self.patch.supplier = Some(name.to_owned());
        self
    }
}

/// One code of a catalog.
pub(super) struct Entry {
    pub(super) catalog: &'static str,
    pub(super) id: i32,
    pub(super) key: &'static str,
    pub(super) text: &'static str,
    pub(super) text_en: &'static str,
}

impl Entry {
    /// An entry whose text is English.
    pub(super) const fn new(
        catalog: &'static str,
        id: i32,
        key: &'static str,
        text: &'static str,
    ) -> Entry {
        Entry {
            catalog,
            id,
            key,
            text,
            text_en: text,
        }
    }
}

/// One credential. Its key is a plain word: the demo is for this machine only.
pub(super) struct Key {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) role: Role,
    pub(super) customer_id: Option<i64>,
    pub(super) store_id: Option<i64>,
    pub(super) scopes: &'static [&'static str],
}

impl Key {
    pub(super) const fn new(word: &'static str, title: &'static str, role: Role) -> Key {
        Key {
            word,
            title,
            role,
            customer_id: None,
            store_id: None,
            scopes: &[],
        }
    }
}

/// One login of a manager.
pub(super) struct Login {
    pub(super) login: &'static str,
    pub(super) password: &'static str,
    pub(super) title: &'static str,
    pub(super) scopes: &'static [&'static str],
    /// The token of a session that stands whenever the demo is served.
    pub(super) session: Option<&'static str>,
}

impl Login {
    pub(super) const fn new(
        login: &'static str,
        password: &'static str,
        title: &'static str,
    ) -> Login {
        Login {
            login,
            password,
            title,
            scopes: &[],
            session: None,
        }
    }
}

/// An account of that name, which is its code too, of that workflow and currency.
pub(super) fn account(name: &str, workflow: &str, currency: &str, time_zone: &str) -> AccountPatch {
    AccountPatch {
        name: Some(format!("Demo: {name}")),
        code: Some(name.to_owned()),
        workflow: Some(workflow.to_owned()),
        currency: Some(currency.to_owned()),
        time_zone: Some(time_zone.to_owned()),
        ..AccountPatch::default()
    }
}

/// A customer with that id, name and phone number.
pub(super) fn customer(id: i64, name: &str, phone: &str) -> CustomerPatch {
    CustomerPatch {
        id: Some(id),
        name: Some(name.to_owned()),
        phone: Some(phone.to_owned()),
        ..CustomerPatch::default()
    }
}
