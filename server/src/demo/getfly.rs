//! The getfly workflow: sales that are approved.

use super::draft::{decimal, item, order};
use super::plan::{Entry, Key, Plan, account, customer};
use crate::domain::admin::AccountPatch;
use crate::domain::command::LineInput;
use crate::domain::role::Role;

pub(super) fn plan() -> Plan {
    let line = LineInput {
        discount: decimal("10000"),
        note: "Fragile product".to_owned(),
        ..item("PROD_001", "Product A", 1, "65000")
    };
    let sale = order(96, "ORDER_001", "pending", 1_738_717_200)
        .number("customer.id", 1)
        .number("store_id", 1)
        .number("order_date", 1_738_713_600_000_000)
        .text("payment_method", "bank_transfer")
        .text("source", "sales_source_a")
        .text("assigned_username", "employee01")
        .text("campaign_code", "CMP_001")
        .text("opportunity_code", "OPP_001")
        .lines(vec![line]);
    Plan {
        // The contract's own examples round to one place, though the currency has none.
        account: AccountPatch {
            decimals: Some(Some(1)),
            ..account("getfly", "getfly", "VND", "Asia/Ho_Chi_Minh")
        },
        stores: &[(1, "Central Warehouse")],
        customers: vec![customer(1, "Customer ABC", "0900000000")],
        entries: vec![
            Entry::new("payment_methods", 1, "bank_transfer", "Bank Transfer"),
            Entry::new("payment_methods", 2, "cash", "Cash"),
            Entry::new("sources", 1, "sales_source_a", "Sales Source A"),
        ],
        orders: vec![sale.done()],
        invoiced: &[],
        keys: vec![
            Key::new("your_api_key", "Getfly", Role::Manager),
            Key::new("demo-getfly", "Demo getfly", Role::Manager),
        ],
        documents: Vec::new(),
        logins: Vec::new(),
    }
}
