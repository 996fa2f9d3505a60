//! The cyclesoftware workflow: a bicycle dealer with a warehouse, and one with a single store.

use super::draft::{Draft, exchange, item, order};
use super::plan::{Entry, Key, Login, NewDocument, Plan, account, customer, document};
use crate::domain::address::Address;
use crate::domain::admin::AccountPatch;
use crate::domain::command::{LineInput, NewOrder};
use crate::domain::decimal::Decimal;
use crate::domain::document::{DocumentKind, DocumentState};
use crate::domain::role::Role;

/// What its invoices say below its name.
const SELLER: &str = "Fietsenmakersplein 1\n1012 AB Amsterdam\nVAT NL001234567B01";
/// 2023-03-07T10:00:00Z.
const START: i64 = 1_678_183_200;

/// Who supplies what the shop orders.
const SUPPLIER: &str = "Fietsen Groothandel";

/// What the contract's calls ask of a login.
const SCOPES: [&str; 2] = ["common", "e-commerce"];

/// What the contract's published tables name, and what its examples use.
fn entries() -> Vec<Entry> {
    vec![
        Entry {
            text_en: "Pickup in store",
            ..Entry::new("delivery_methods", 0, "pickup", "Afhalen in winkel")
        },
        Entry {
            text_en: "Delivery",
            ..Entry::new("delivery_methods", 3, "delivery", "Bezorgen")
        },
        Entry {
            text_en: "None",
            ..Entry::new("cancellation_types", 0, "none", "Geen")
        },
        Entry {
            text_en: "Customer's request",
            ..Entry::new("cancellation_types", 1, "customer_request", "Verzoek klant")
        },
        Entry {
            text_en: "Out of stock",
            ..Entry::new("cancellation_types", 2, "out_of_stock", "Niet leverbaar")
        },
        Entry {
            text_en: "None",
            ..Entry::new("transfer_modes", 0, "none", "Geen")
        },
        Entry {
            text_en: "Transfer",
            ..Entry::new("transfer_modes", 1, "transfer", "Overplaatsen")
        },
        Entry {
            text_en: "Redirect",
            ..Entry::new("transfer_modes", 2, "redirect", "Omleiden")
        },
        Entry {
            text_en: "Reorder",
            ..Entry::new("transfer_modes", 3, "reorder", "Opnieuw bestellen")
        },
        Entry {
            text_en: "Not ordered",
            ..Entry::new("order_states", 8, "not_ordered", "Nog niet besteld")
        },
        Entry {
            text_en: "Pending",
            ..Entry::new("order_states", 2, "pending", "In behandeling")
        },
        Entry {
            text_en: "Ready",
            ..Entry::new("order_states", 4, "ready", "Staat klaar")
        },
        Entry {
            text_en: "Completed",
            ..Entry::new("order_states", 9, "completed", "Afgerond")
        },
        Entry {
            text_en: "Cancelled",
            ..Entry::new("order_states", 99, "cancelled", "Geannuleerd")
        },
        Entry::new("employees", 1005, "m_de_vries", "M. de Vries"),
        Entry {
            text_en: "Card",
            ..Entry::new("payment_methods", 1, "card", "PIN")
        },
        Entry {
            text_en: "Cash",
            ..Entry::new("payment_methods", 2, "cash", "Contant")
        },
        Entry {
            text_en: "Vouchers",
            ..Entry::new("payment_methods", 5, "vouchers", "Cadeaubonnen")
        },
    ]
}

pub(super) fn plan() -> Plan {
    let account = account("cyclesoftware", "cyclesoftware", "EUR", "Europe/Amsterdam");
    Plan {
        account: AccountPatch {
            warehouse: Some(true),
            invoice_series: Some(Some(2017)),
            next_invoice_number: Some(3382),
            phone_messages: Some(true),
            email_messages: Some(false),
            seller_details: Some(SELLER.to_owned()),
            ..account
        },
        stores: &[(1, "Amsterdam"), (2, "Utrecht")],
        customers: vec![
            customer(6298, "J. Bakker", "073031111"),
            customer(9011, "Fietsclub Oost", ""),
            customer(9012, "M. Visser", "0201112233"),
        ],
        entries: entries(),
        orders: orders(),
        documents: documents(),
        invoiced: &[],
        keys: vec![Key::new(
            "demo-cyclesoftware",
            "Demo cyclesoftware",
            Role::Manager,
        )],
        logins: vec![
            Login {
                scopes: &SCOPES,
                ..Login::new("Username", "Password", "Username")
            },
            Login {
                scopes: &["common"],
                ..Login::new("Reader", "Password", "Reader")
            },
        ],
    }
}

pub(super) fn single_plan() -> Plan {
    Plan {
        account: account(
            "cyclesoftware-single",
            "cyclesoftware",
            "EUR",
            "Europe/Amsterdam",
        ),
        stores: &[(1, "Amsterdam")],
        customers: vec![customer(1, "M. Visser", "0201112233")],
        entries: entries(),
        orders: vec![
            sale(102_324, "pending", 1)
                .lines(vec![item("BEL-01", "Fietsbel", 1, "9.95")])
                .done(),
        ],
        documents: Vec::new(),
        invoiced: &[],
        keys: vec![Key::new(
            "demo-cyclesoftware-single",
            "Demo cyclesoftware, one store",
            Role::Manager,
        )],
        logins: vec![Login {
            scopes: &SCOPES,
            ..Login::new("Single", "Password", "Single")
        }],
    }
}

/// An order of a customer in store 1, named by its id, with Dutch VAT.
fn sale(id: i64, state: &str, customer: i64) -> Draft {
    order(id, &id.to_string(), state, START + id)
        .number("customer.id", customer)
        .number("store_id", 1)
        .text("delivery_method", "pickup")
        .amount("vat_percent", "21")
}

/// Where the order before the examples was delivered: the next address gets the number that they print.
fn home() -> Address {
    Address {
        id: 45_286,
        name: "J. Bakker".to_owned(),
        street: "Zeedijk".to_owned(),
        house_number: "12".to_owned(),
        postal_code: "1012AX".to_owned(),
        city: "Amsterdam".to_owned(),
        country_code: "NL".to_owned(),
        phone: "073031111".to_owned(),
        ..Address::default()
    }
}

fn for_customer(customer: i64, line: LineInput) -> LineInput {
    LineInput {
        customer_id: Some(customer),
        ..line
    }
}

fn orders() -> Vec<NewOrder> {
    let drafts = [
        sale(1000, "ready", 6298)
            .attribute("employee_id", "1005")
            .text("delivery_method", "delivery")
            .address("delivery_address", &home())
            .lines(vec![
                for_customer(6298, item("FIETS-STAD", "Stadsfiets", 1, "699.00")),
                for_customer(9011, item("SLOT-ART2", "Kettingslot ART 2", 3, "49.95")),
            ]),
        sale(102_323, "pending", 9012).lines(vec![
            item("WIEL-28", "Voorwiel 28 inch", 1, "89.95"),
            item("BAND-28", "Buitenband 28 inch", 2, "24.95"),
            item("ZADEL-01", "Zadel", 2, "39.95"),
        ]),
        sale(121_212, "pending", 9012).lines(vec![
            item("FIETS-ELEK", "Elektrische fiets", 1, "2199.00"),
            exchange("INRUIL", "Ingeruilde fiets", "150.00"),
        ]),
        sale(121_213, "pending", 9012)
            .lines(vec![item("FIETS-KIND", "Kinderfiets", 1, "299.00")])
            .paid("card", "100.00", "Aanbetaling", "2023-03-07"),
    ];
    drafts.into_iter().map(Draft::done).collect()
}

/// What carries the items of the order that the examples move, and an earlier delivery between the stores: the next one
/// gets the number that they print.
fn documents() -> Vec<NewDocument> {
    let moved = |kind, id, line| document(kind, id, 1, 102_323, &[line]);
    let from_store = |id, line| moved(DocumentKind::Store, id, line).from(2);
    let from_supplier = |id, line| moved(DocumentKind::Supplier, id, line).supplier(SUPPLIER);
    let half = |id| {
        let mut half = from_supplier(id, 3);
        for line in half.patch.lines.iter_mut().flatten() {
            line.quantity = Some(Decimal::whole(1));
        }
        half
    };
    let mut earlier = document(DocumentKind::Store, 45_286, 1, 1000, &[1]).from(2);
    earlier.patch.state = Some(DocumentState::Delivered);
    vec![
        from_store(3333, 1),
        from_supplier(102_020, 1),
        moved(DocumentKind::Outbound, 32_323, 1),
        from_store(4444, 2),
        from_supplier(102_021, 2),
        moved(DocumentKind::Outbound, 32_324, 2),
        half(1481),
        half(20_000),
        earlier,
    ]
}
