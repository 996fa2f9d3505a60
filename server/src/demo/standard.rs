//! The standard workflow: a bicycle shop with orders in every state.

use super::draft::{Draft, exchange, item, order};
use super::plan::{Key, Plan, account, customer, document};
use crate::domain::address::Address;
use crate::domain::admin::AccountPatch;
use crate::domain::command::NewOrder;
use crate::domain::document::DocumentKind;
use crate::domain::role::Role;

/// 2025-03-03T09:00:00Z, a Monday.
const START: i64 = 1_740_992_400;
const DAY: i64 = 86_400;

pub(super) fn plan() -> Plan {
    Plan {
        account: AccountPatch {
            warehouse: Some(true),
            // The year in which its orders were made.
            invoice_series: Some(Some(2025)),
            seller_details: Some("Main Street 1\n1012 AB Amsterdam\nVAT NL001234567B01".to_owned()),
            ..account("standard", "standard", "EUR", "Europe/Amsterdam")
        },
        stores: &[(1, "Main Street"), (2, "Harbour")],
        customers: vec![
            customer(1, "Alex Janssen", "+31201234567"),
            customer(2, "Sam de Wit", "+31207654321"),
            customer(3, "Wheels & Sons", "+31205550123"),
        ],
        entries: Vec::new(),
        orders: orders(),
        documents: vec![
            document(DocumentKind::Store, 1, 2, 3, &[1]).from(1),
            document(DocumentKind::Supplier, 1, 2, 3, &[1]).supplier("Wheels Wholesale"),
            document(DocumentKind::Outbound, 1, 2, 3, &[1]),
        ],
        invoiced: &[10],
        keys: vec![
            Key {
                scopes: &["operator"],
                ..Key::new("demo-admin", "Demo admin", Role::Admin)
            },
            Key::new("demo-manager", "Demo manager", Role::Manager),
            Key::new("demo-staff", "Demo staff", Role::Staff),
            Key {
                customer_id: Some(1),
                ..Key::new("demo-client", "Demo client", Role::Client)
            },
        ],
        logins: Vec::new(),
    }
}

/// An order of a customer in a store, made on that day, with Dutch VAT.
fn sale(id: i64, state: &str, day: i64, customer: i64, store: i64) -> Draft {
    order(id, &format!("S-{id:04}"), state, START + day * DAY)
        .number("customer.id", customer)
        .number("store_id", store)
        .number("order_date", (START + day * DAY) * 1_000_000)
        .text("source", "direct")
        .amount("vat_percent", "21")
}

fn orders() -> Vec<NewOrder> {
    let home = Address {
        name: "Alex Janssen".to_owned(),
        street: "Kerkstraat".to_owned(),
        house_number: "12".to_owned(),
        postal_code: "1017GN".to_owned(),
        city: "Amsterdam".to_owned(),
        country_code: "NL".to_owned(),
        ..Address::default()
    };
    let drafts = [
        sale(1, "new", 0, 1, 1)
            .text("channel", "web")
            .lines(vec![item("LOCK-10", "Chain lock", 1, "39.95")]),
        sale(2, "new", 1, 2, 1).text("channel", "pos").lines(vec![
            item("TYRE-28", "Tyre 28 inch", 2, "24.50"),
            item("TUBE-28", "Inner tube 28 inch", 2, "6.95"),
        ]),
        sale(3, "new", 2, 1, 2)
            .text("channel", "web")
            .text("delivery_method", "delivery")
            .address("delivery_address", &home)
            .amount("delivery_fee", "12.50")
            .lines(vec![item("BIKE-CITY", "City bicycle", 1, "649.00")]),
        sale(4, "new", 3, 3, 2)
            .text("payment_method", "bank_transfer")
            .amount("discount_percent", "10")
            .lines(vec![
                item("LAMP-SET", "Lamp set", 20, "14.95"),
                item("BELL", "Bell", 20, "4.95"),
            ]),
        sale(5, "confirmed", 4, 1, 1)
            .text("payment_method", "card")
            .lines(vec![item("HELMET-M", "Helmet, medium", 1, "100.00")]),
        sale(6, "confirmed", 5, 2, 1)
            .lines(vec![item("BIKE-ELEC", "Electric bicycle", 1, "2000.00")])
            .paid("card", "500.00", "Deposit", "2025-03-08"),
        sale(7, "confirmed", 6, 3, 2)
            .lines(vec![item("SERVICE", "Yearly service", 4, "75.00")])
            .paid(
                "bank_transfer",
                "363.00",
                "Invoice in advance",
                "2025-03-09",
            ),
        sale(8, "confirmed", 7, 1, 2)
            .text("delivery_method", "delivery")
            .address("delivery_address", &home)
            .number("delivery_status", 10)
            .lines(vec![
                item("BIKE-KIDS", "Children's bicycle", 1, "249.00"),
                exchange("USED", "Old bicycle", "50.00"),
            ]),
        sale(9, "complete", 8, 2, 1)
            .lines(vec![item("PUMP", "Floor pump", 1, "50.00")])
            .paid("cash", "60.50", "", "2025-03-11"),
        sale(10, "complete", 9, 1, 1)
            .number("delivery_status", 20)
            .lines(vec![item("BASKET", "Front basket", 2, "40.00")])
            .paid("card", "96.80", "", "2025-03-12"),
        sale(11, "cancelled", 10, 3, 2)
            .lines(vec![item("RACK", "Bicycle rack", 10, "35.00")])
            .cancelled_for("customer_request"),
        sale(12, "cancelled", 11, 1, 1)
            .lines(vec![item("SADDLE", "Gel saddle", 1, "55.00")])
            .cancelled_for("out_of_stock"),
    ];
    drafts.into_iter().map(Draft::done).collect()
}
