//! What `serve --demo` holds, and how it keeps itself apart from real data.

use order_status_proto::v1::{
    ConfirmOrderRequest, GetOrderRequest, ListOrdersRequest, Order, OrderView, PaymentStatus,
    confirm_order_request, get_order_request,
};
use order_status_proto::{Decimal, Money};
use order_status_tests::{Backend, Caller, Config, Server, on_both};
use tonic::Code;

/// An order: its id, number and state.
type Seen = (i64, &'static str, &'static str);

/// Each key with the orders that it sees, by id.
const SEEN: [(&str, &[Seen]); 9] = [
    (
        "demo-staff",
        &[
            (1, "S-0001", "new"),
            (2, "S-0002", "new"),
            (3, "S-0003", "new"),
            (4, "S-0004", "new"),
            (5, "S-0005", "confirmed"),
            (6, "S-0006", "confirmed"),
            (7, "S-0007", "confirmed"),
            (8, "S-0008", "confirmed"),
            (9, "S-0009", "complete"),
            (10, "S-0010", "complete"),
            (11, "S-0011", "cancelled"),
            (12, "S-0012", "cancelled"),
        ],
    ),
    (
        "demo-client",
        &[
            (1, "S-0001", "new"),
            (3, "S-0003", "new"),
            (5, "S-0005", "confirmed"),
            (8, "S-0008", "confirmed"),
            (10, "S-0010", "complete"),
            (12, "S-0012", "cancelled"),
        ],
    ),
    (
        "demo-omni",
        &[
            (1, "FR9TL74P", "new"),
            (2, "FR9TL740", "pending_payment"),
            (3, "FR9TL7S2", "new"),
        ],
    ),
    (
        "demo-odoo",
        &[(7, "S00007", "sale"), (67, "S00067", "draft")],
    ),
    (
        "demo-cyclesoftware",
        &[
            (1000, "1000", "ready"),
            (102_323, "102323", "pending"),
            (121_212, "121212", "pending"),
            (121_213, "121213", "pending"),
        ],
    ),
    (
        "demo-cyclesoftware-single",
        &[(102_324, "102324", "pending")],
    ),
    (
        "demo-wordbee",
        &[(5001, "5001", "proposal"), (5002, "5002", "done")],
    ),
    ("demo-getfly", &[(96, "ORDER_001", "pending")]),
    ("demo-manager", &[]),
];

async fn caller(server: &Server, key: &str) -> Caller {
    Caller::new(server.channel().await, key)
}

async fn orders(server: &Server, key: &str) -> Vec<Order> {
    let request = ListOrdersRequest {
        order_by: "id".to_owned(),
        view: OrderView::Full.into(),
        ..ListOrdersRequest::default()
    };
    let answer = caller(server, key)
        .await
        .orders()
        .list_orders(request)
        .await;
    answer.expect("a list of orders").into_inner().orders
}

async fn order(server: &Server, key: &str, number: &str) -> Result<Order, Code> {
    let named = get_order_request::Order::Number(number.to_owned());
    let request = GetOrderRequest {
        order: Some(named),
        ..GetOrderRequest::default()
    };
    let answer = caller(server, key).await.orders().get_order(request).await;
    answer
        .map(tonic::Response::into_inner)
        .map_err(|status| status.code())
}

async fn demo(backend: Backend, args: &[&str]) -> (Server, order_status_tests::backend::Database) {
    let database = backend.database().await;
    let args = args.iter().map(|arg| (*arg).to_owned()).collect();
    let server = Server::start(Config {
        demo: true,
        args,
        ..Config::on(&database)
    })
    .await;
    (server, database)
}

fn money(units: i64, currency_code: &str) -> Option<Money> {
    Some(Money {
        currency_code: currency_code.to_owned(),
        units,
        nanos: 0,
    })
}

#[tokio::test]
async fn every_key_of_the_demo_sees_the_orders_of_its_account() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend, &[]).await;
        for (key, expected) in SEEN.iter().filter(|(_, expected)| !expected.is_empty()) {
            let seen = orders(&server, key).await;
            let seen: Vec<_> = seen
                .iter()
                .map(|order| {
                    (
                        order.id,
                        order.number.as_str(),
                        order.state.as_ref().map_or("", |state| &state.key),
                    )
                })
                .collect();
            assert_eq!(seen, *expected, "{key}");
        }
        assert_eq!(
            orders(&server, "demo-manager").await,
            orders(&server, "demo-admin").await
        );
    })
    .await;
}

#[tokio::test]
async fn the_orders_that_the_documents_print_have_the_values_that_they_print() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend, &[]).await;
        let meal = order(&server, "demo-omni", "FR9TL74P").await.unwrap();
        assert_eq!(
            (meal.total, meal.tax, meal.service_charge, meal.grand_total),
            (
                money(36364, "IDR"),
                money(3636, "IDR"),
                money(0, "IDR"),
                money(40000, "IDR")
            )
        );
        assert_eq!(
            (
                meal.table_number.as_str(),
                meal.channel.as_str(),
                meal.notes.as_str()
            ),
            ("A1", "pos", "No lettuce")
        );
        assert_eq!(
            (meal.store_name.as_str(), meal.payment_method.as_str()),
            ("Burger God", "cash")
        );
        assert_eq!(
            (meal.payment_status, meal.delivery_status),
            (PaymentStatus::Unpaid.into(), 10)
        );
        assert_eq!(
            meal.create_time.map(|time| time.seconds),
            Some(1_564_045_835)
        );
        let customer = meal.customer.unwrap();
        assert_eq!(
            (customer.name.as_str(), customer.phone.as_str()),
            ("user", "+628111111111")
        );
        assert_eq!(
            order(&server, "demo-omni", "FR9TL7S2")
                .await
                .unwrap()
                .store_name,
            "Noodle Saint"
        );

        let sale = order(&server, "demo-getfly", "ORDER_001").await.unwrap();
        assert_eq!(
            (
                sale.id,
                sale.store_name.as_str(),
                sale.assigned_username.as_str()
            ),
            (96, "Central Warehouse", "employee01")
        );
        assert_eq!(
            (sale.campaign_code.as_str(), sale.opportunity_code.as_str()),
            ("CMP_001", "OPP_001")
        );
        let [line] = sale.lines.as_slice() else {
            panic!("one line, not {:?}", sale.lines)
        };
        assert_eq!(
            (line.unit_price.clone(), line.discount.clone()),
            (money(65000, "VND"), money(10000, "VND"))
        );
        assert_eq!(
            line.quantity,
            Some(Decimal {
                value: "1".to_owned()
            })
        );
        assert_eq!(line.amount, money(55000, "VND"));

        let split = order(&server, "demo-cyclesoftware", "1000").await.unwrap();
        assert_eq!(
            split
                .lines
                .iter()
                .map(|line| line.customer_id)
                .collect::<Vec<_>>(),
            [Some(6298), Some(9011)]
        );
    })
    .await;
}

#[tokio::test]
async fn the_demo_goes_on_where_it_was_and_starts_anew_when_told() {
    on_both(|backend| async move {
        let (mut server, database) = demo(backend, &[]).await;
        assert_eq!(server.output().0, "", "the demo has keys of its own");
        let named = confirm_order_request::Order::Number("FR9TL74P".to_owned());
        let request = ConfirmOrderRequest {
            order: Some(named),
            ..ConfirmOrderRequest::default()
        };
        caller(&server, "demo-omni")
            .await
            .orders()
            .confirm_order(request)
            .await
            .expect("confirmed");
        assert!(server.stop().await.success());
        server.restart().await;
        let state = async |server: &Server| {
            order(server, "demo-omni", "FR9TL74P")
                .await
                .unwrap()
                .state
                .unwrap()
                .key
        };
        assert_eq!(state(&server).await, "confirmed");
        assert!(server.stop().await.success());
        let args = vec!["--demo-reset".to_owned()];
        let anew = Server::start(Config {
            demo: true,
            args,
            ..Config::on(&database)
        })
        .await;
        assert_eq!(state(&anew).await, "new");
        assert_eq!(orders(&anew, "demo-staff").await.len(), 12);
    })
    .await;
}

#[tokio::test]
async fn the_demo_refuses_a_database_with_data_of_its_own() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        let key = server.admin_key().await;
        assert!(server.stop().await.success());
        for args in [&[][..], &["--demo-reset"]] {
            let args = args.iter().map(|arg: &&str| (*arg).to_owned()).collect();
            let config = Config {
                demo: true,
                args,
                ..Config::on(&database)
            };
            let refused = Server::try_start(config).await.err().expect("refused");
            assert!(refused.contains("not the demo's"), "{refused}");
        }
        server.restart().await;
        assert_eq!(
            orders(&server, &key).await,
            [],
            "the first account is still there"
        );
        assert_eq!(
            order(&server, "demo-omni", "FR9TL74P").await,
            Err(Code::Unauthenticated)
        );
    })
    .await;
}
