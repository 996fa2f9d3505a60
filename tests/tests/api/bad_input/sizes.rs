//! What is too long, too many, too early or too late; and everything that is wrong, at once.

use order_status_proto::v1::{
    Account, AddOrderNoteRequest, Address, CatalogEntry, ConfirmOrderRequest,
    CreateCustomerRequest, CreateOrderRequest, CreateStoreRequest, Customer, ImportOrdersRequest,
    Order, OrderCustomer, Payment, Store, Term, UpdateAccountRequest, UpdateOrderRequest,
    UpsertCatalogEntryRequest, add_order_note_request, confirm_order_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::{Server, Tenant, on_both};
use prost_types::Timestamp;
use tonic::Code;

use super::{Cases, all_refused};
use crate::api::answers::Refused;
use crate::api::fixtures::{line, order_in, order_of};

/// A text of so many characters, twice as many bytes.
fn text(length: usize) -> String {
    "é".repeat(length)
}

#[tokio::test]
async fn what_is_too_many_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        for count in [1001, 10_000] {
            let lines = vec![line("A", 1, 1); count];
            cases.order(&["order.lines", "1000"], |order| order.lines = lines);
        }
        cases.order(&["order.terms", "100"], |order| {
            order.terms = vec![Term { text: "net".into() }; 101];
        });
        cases.order(&["order.attributes", "64"], |order| {
            order.attributes = (0..65).map(|at| (at.to_string(), String::new())).collect();
        });
        let payments = UpdateOrderRequest {
            order: Some(Order {
                id: order.id,
                payments: vec![Payment::default(); 1001],
                ..Order::default()
            }),
            ..UpdateOrderRequest::default()
        };
        cases.field("OrderService/UpdateOrder", &["order.payments"], payments);
        cases.credential(&["scopes"], |request| request.scopes = vec!["x".into(); 33]);
        cases
    })
    .await;
}

#[tokio::test]
async fn a_text_that_is_too_long_is_named() {
    all_refused(|_, order| {
        let mut cases = Cases::default();
        cases.order(&["order.number", "64"], |order| order.number = text(65));
        cases.order(&["order.notes", "4000"], |order| order.notes = text(4001));
        cases.order(&["order.table_number", "64"], |order| {
            order.table_number = text(65)
        });
        cases.order(&["order.terms[0].text"], |order| {
            order.terms = vec![Term::default()]
        });
        let mut customer = |names, customer| {
            cases.order(names, |order| order.customer = Some(customer));
        };
        let name = OrderCustomer {
            name: text(201),
            ..OrderCustomer::default()
        };
        customer(&["order.customer.name", "200"], name);
        let email = OrderCustomer {
            email: text(255),
            ..OrderCustomer::default()
        };
        customer(&["order.customer.email", "254"], email);
        for (key, value) in [
            (String::new(), "x".to_owned()),
            (text(65), "x".to_owned()),
            ("x".to_owned(), text(1001)),
        ] {
            cases.order(&["order.attributes"], |order| {
                order.attributes.insert(key, value);
            });
        }
        let note = AddOrderNoteRequest {
            order: Some(add_order_note_request::Order::Id(order.id)),
            message: text(4001),
            ..AddOrderNoteRequest::default()
        };
        cases.field("OrderService/AddOrderNote", &["message", "4000"], note);
        let confirm = ConfirmOrderRequest {
            order: Some(confirm_order_request::Order::Id(order.id)),
            reason: text(501),
            ..ConfirmOrderRequest::default()
        };
        cases.field("OrderService/ConfirmOrder", &["reason", "500"], confirm);
        cases.credential(&["title", "200"], |request| request.title = text(201));
        cases
    })
    .await;
}

#[tokio::test]
async fn a_time_or_setting_out_of_range_is_named() {
    all_refused(|tenant, _| {
        let mut cases = Cases::default();
        for (seconds, nanos) in [
            (i64::MAX, 0),
            (1, 2_000_000_000),
            (1, -1),
            (253_402_300_800, 0),
        ] {
            cases.order(&["order.order_date"], |order| {
                order.order_date = Some(Timestamp { seconds, nanos });
            });
        }
        cases.credential(&["expire_time"], |request| {
            request.expire_time = Some(Timestamp {
                seconds: 1,
                nanos: 0,
            });
        });
        let mut account = |names, account| {
            let request = UpdateAccountRequest {
                account: Some(Account {
                    id: tenant.account_id,
                    ..account
                }),
                ..UpdateAccountRequest::default()
            };
            cases.field("AdminService/UpdateAccount", names, request);
        };
        let decimals = Account {
            decimals: Some(5),
            ..Account::default()
        };
        account(&["account.decimals"], decimals);
        let workflow = Account {
            workflow: "nope".into(),
            ..Account::default()
        };
        account(&["account.workflow", "nope", "standard"], workflow);
        let store = CreateStoreRequest {
            store: Some(Store {
                id: -1,
                name: "Nowhere".into(),
                ..Store::default()
            }),
            ..CreateStoreRequest::default()
        };
        cases.field("CatalogService/CreateStore", &["store.id"], store);
        cases
    })
    .await;
}

#[tokio::test]
async fn an_id_that_leaves_no_next_one_is_named() {
    all_refused(|tenant, _| {
        let mut cases = Cases::default();
        for id in [1_000_000_000_000_000_000, i64::MAX] {
            let store = CreateStoreRequest {
                store: Some(Store {
                    id,
                    name: "Far".into(),
                    ..Store::default()
                }),
                ..CreateStoreRequest::default()
            };
            cases.field("CatalogService/CreateStore", &["store.id"], store);
            let customer = CreateCustomerRequest {
                customer: Some(Customer {
                    id,
                    ..Customer::default()
                }),
                ..CreateCustomerRequest::default()
            };
            cases.field("CatalogService/CreateCustomer", &["customer.id"], customer);
            // What follows would get the next id.
            let next = order_in("new", tenant.customer_id);
            let mut import = |names, orders| {
                let request = ImportOrdersRequest {
                    orders,
                    ..ImportOrdersRequest::default()
                };
                cases.field("OrderService/ImportOrders", names, request);
            };
            let far = Order { id, ..next.clone() };
            import(&["orders[0].id"], vec![far, next.clone()]);
            let mut lines = vec![line("A", 1, 1), line("B", 1, 1)];
            lines[0].id = id;
            import(
                &["orders[0].lines[0].id"],
                vec![Order {
                    lines,
                    ..next.clone()
                }],
            );
            let address = Address {
                id,
                ..Address::default()
            };
            let far = Order {
                delivery_address: Some(address),
                ..next
            };
            import(&["orders[0].delivery_address.id"], vec![far]);
        }
        let entry = UpsertCatalogEntryRequest {
            entry: Some(CatalogEntry {
                catalog: "channels".into(),
                key: "far".into(),
                text: "Far".into(),
                id: Some(i32::MAX),
                ..CatalogEntry::default()
            }),
            ..UpsertCatalogEntryRequest::default()
        };
        cases.field("CatalogService/UpsertCatalogEntry", &["entry.id"], entry);
        cases
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let mut order = Order {
            channel: "smoke".into(),
            vat_percent: Some(Decimal {
                value: "101".into(),
            }),
            delivery_status: 15,
            ..order_of(99)
        };
        order.lines[0].quantity = Some(Decimal { value: "-1".into() });
        order.lines[0].unit_price = Some(Money {
            currency_code: "USD".into(),
            units: 1,
            nanos: 10,
        });
        let request = CreateOrderRequest {
            order: Some(order),
            request_id: "x".into(),
            ..Default::default()
        };
        let answer = tenant.staff.orders().create_order(request).await;
        let refused = Refused::read(&answer.expect_err("everything is wrong"));
        assert_eq!(
            (refused.code, refused.reason.as_str()),
            (Code::InvalidArgument, "INVALID_FIELD")
        );
        // What has the wrong form is told before what it means can be looked at.
        for path in [
            "request_id",
            "order.delivery_status",
            "order.lines[0].unit_price",
        ] {
            assert!(
                refused.paths().iter().any(|found| found.starts_with(path)),
                "{path}: {refused:?}"
            );
        }
        let mut order = order_of(99);
        order.channel = "smoke".into();
        order.vat_percent = Some(Decimal {
            value: "101".into(),
        });
        order.lines[0].quantity = Some(Decimal { value: "-1".into() });
        let request = CreateOrderRequest {
            order: Some(order),
            ..Default::default()
        };
        let answer = tenant.staff.orders().create_order(request).await;
        let refused = Refused::read(&answer.expect_err("everything is wrong"));
        for path in [
            "order.channel",
            "order.vat_percent",
            "order.customer.id",
            "order.lines[0].quantity",
        ] {
            assert!(refused.paths().contains(&path), "{path}: {refused:?}");
        }
    })
    .await;
}
