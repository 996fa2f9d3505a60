//! The omni workflow: restaurants in Indonesia.

use super::draft::{Draft, order};
use super::plan::{Entry, Key, Plan, account, customer};
use crate::domain::role::Role;

pub(super) fn plan() -> Plan {
    Plan {
        account: account("omni", "omni", "IDR", "Asia/Jakarta"),
        stores: &[(1, "Burger God"), (2, "Noodle Saint")],
        customers: vec![customer(1, "user", "+628111111111")],
        entries: vec![
            Entry::new("payment_methods", 1, "cash", "Cash"),
            Entry::new("payment_methods", 2, "go_pay", "GO-PAY"),
            Entry::new("payment_methods", 3, "credit_card", "Credit Card"),
            Entry::new("payment_methods", 4, "debit", "Debit"),
            Entry::new("payment_methods", 5, "dana", "Dana"),
            Entry::new("payment_methods", 6, "ovo", "OVO"),
        ],
        orders: vec![
            meal(1, "FR9TL74P", "new", 1, 1_564_045_835)
                .text("notes", "No lettuce")
                .done(),
            meal(2, "FR9TL740", "pending_payment", 1, 1_564_049_435).done(),
            meal(3, "FR9TL7S2", "new", 2, 1_564_053_035).done(),
        ],
        documents: Vec::new(),
        invoiced: &[],
        keys: vec![
            Key::new("demo-omni", "Demo omni", Role::Manager),
            Key {
                store_id: Some(1),
                ..Key::new(
                    "vE53k50FVtct50ll8iHBE6FgMRVCyJeF",
                    "Burger God",
                    Role::Manager,
                )
            },
        ],
        logins: Vec::new(),
    }
}

/// A meal at table A1. Its amounts are given, tax too, and do not follow from lines.
fn meal(id: i64, number: &str, state: &str, store: i64, created: i64) -> Draft {
    order(id, number, state, created)
        .number("customer.id", 1)
        .number("store_id", store)
        .number("delivery_status", 10)
        .text("channel", "pos")
        .text("table_number", "A1")
        .text("payment_method", "cash")
        .amount("total", "36364")
        .amount("tax", "3636")
}
