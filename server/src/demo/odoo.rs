//! The odoo workflow: quotations and sales orders.

use super::draft::{item, order};
use super::plan::{Key, Login, Plan, account, customer};
use crate::domain::admin::AccountPatch;
use crate::domain::role::Role;

pub(super) fn plan() -> Plan {
    Plan {
        account: AccountPatch {
            lock_on_confirm: Some(false),
            ..account("odoo", "odoo", "USD", "UTC")
        },
        stores: &[(1, "Warehouse")],
        customers: vec![
            customer(1, "Azure Interior", "+1 870 931 0505"),
            customer(2, "Deco Addict", "+1 603 996 3829"),
        ],
        entries: Vec::new(),
        orders: vec![
            order(67, "S00067", "draft", 1_735_722_000)
                .number("customer.id", 1)
                .number("store_id", 1)
                .lines(vec![item("DESK-01", "Desk combination", 1, "450.00")])
                .done(),
            order(7, "S00007", "sale", 1_733_043_600)
                .number("customer.id", 2)
                .number("store_id", 1)
                .number("order_date", 1_733_047_200_000_000)
                .lines(vec![item("CHAIR-02", "Office chair", 4, "70.00")])
                .done(),
        ],
        documents: Vec::new(),
        invoiced: &[],
        keys: vec![Key::new("demo-odoo", "Demo odoo", Role::Manager)],
        logins: vec![Login {
            session: Some("8ace287e798f31740242c2a1cdbe8b45352d7e72"),
            ..Login::new("admin", "admin", "Administrator")
        }],
    }
}
