//! The wordbee workflow: translation work for a company.

use super::draft::{item, order};
use super::plan::{Key, Plan, account, customer};
use crate::domain::admin::AccountPatch;
use crate::domain::role::Role;

/// 2024-09-02T08:00:00Z.
const START: i64 = 1_725_264_000;

pub(super) fn plan() -> Plan {
    Plan {
        account: AccountPatch {
            // By this the contract's clients name their account.
            code: Some("demo".to_owned()),
            ..account("wordbee", "wordbee", "EUR", "Europe/Luxembourg")
        },
        stores: &[(1, "Translations")],
        customers: vec![
            customer(1, "Client company", "+352 2600 0000"),
            customer(2, "Other company", ""),
        ],
        entries: Vec::new(),
        orders: vec![
            order(5001, "5001", "proposal", START)
                .number("customer.id", 1)
                .number("store_id", 1)
                .lines(vec![item(
                    "EN-FR",
                    "Manual, English to French",
                    12_000,
                    "0.11",
                )])
                .done(),
            order(5002, "5002", "done", START + 86_400)
                .number("customer.id", 1)
                .number("store_id", 1)
                .lines(vec![item(
                    "EN-DE",
                    "Web site, English to German",
                    4_500,
                    "0.12",
                )])
                .done(),
        ],
        documents: Vec::new(),
        invoiced: &[],
        keys: vec![
            Key::new("demo-wordbee", "Demo wordbee", Role::Manager),
            Key::new("wordbee-manager", "Project manager", Role::Manager),
            Key {
                customer_id: Some(1),
                ..Key::new("wordbee-client", "Client company", Role::Client)
            },
        ],
        logins: Vec::new(),
    }
}
