//! What an update changes, and what it leaves alone.

use order_status_proto::v1::PaymentStatus;
use order_status_tests::{Backend, on_both, verify};

use super::{ORDER, data, demo, detail, json, message, order, send, update};

const WHOLE: &str = include_str!("../golden/getfly/01-update.request");

/// The body that the document prints.
fn printed() -> &'static str {
    WHOLE
        .split_once("\n\n")
        .expect("the file has a head and a body")
        .1
        .trim_end()
}

#[tokio::test]
async fn every_field_of_the_document_lands_in_the_order() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        assert_eq!(send(&server, "PUT", ORDER, printed()).await.status, 200);
        let order = order(&server, "ORDER_001").await;
        let customer = order.customer.clone().unwrap();
        assert_eq!(
            [&customer.name, &customer.contact_name, &customer.phone],
            ["Customer ABC", "Contact Person XYZ", "0900000000"]
        );
        assert_eq!(customer.address.unwrap().text, "Customer Address");
        assert_eq!(
            order.order_date.map(|date| date.seconds),
            Some(1_738_713_600)
        );
        assert_eq!(
            [
                &order.assigned_username,
                &order.source,
                &order.store_name,
                &order.lading_code,
                &order.campaign_code,
                &order.opportunity_code,
            ],
            [
                "employee01",
                "sales_source_a",
                "Central Warehouse",
                "LD_001",
                "CMP_001",
                "OPP_001"
            ]
        );
        let [line] = order.lines.as_slice() else {
            panic!("one line, not {:?}", order.lines)
        };
        assert_eq!(
            [&line.product_code, &line.name, &line.unit_name, &line.note],
            ["PROD_001", "Product A", "Piece", "Fragile product"]
        );
        let units = |money: &Option<order_status_proto::Money>| money.as_ref().unwrap().units;
        assert_eq!(
            [units(&line.unit_price), units(&line.discount)],
            [65000, 10000]
        );
        let terms: Vec<&str> = order.terms.iter().map(|term| term.text.as_str()).collect();
        assert_eq!(terms, ["1. Allow co-inspection", "2. No returns allowed"]);
        assert_eq!(
            [
                units(&order.discount),
                units(&order.tax),
                units(&order.delivery_fee),
                units(&order.installation_fee),
                units(&order.grand_total),
                units(&order.amount_paid),
            ],
            [11000, 4400, 10000, 10000, 68400, 50000]
        );
        let [payment] = order.payments.as_slice() else {
            panic!("one payment, not {:?}", order.payments)
        };
        assert_eq!(
            [&payment.method, &payment.description, &payment.pay_date],
            ["bank_transfer", "Advance payment 50k", "2025-02-03"]
        );
        assert_eq!(order.payment_status(), PaymentStatus::PartlyPaid);
    })
    .await;
}

#[tokio::test]
async fn payments_that_are_sent_again_are_not_doubled() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let payment = |amount| {
            format!(
                "{{\"method_name\": \"Bank Transfer\", \"amount\": {amount}, \"pay_date\": \"2025-02-03\"}}"
            )
        };
        let one = format!("\"saved_sale_order_payments\": [{}]", payment("500"));
        let two = format!(
            "\"saved_sale_order_payments\": [{}, {}]",
            payment("500"),
            payment("500.0")
        );
        let other = format!("\"saved_sale_order_payments\": [{}]", payment("7"));
        for (fields, paid) in [(&one, 500), (&one, 500), (&two, 1000), (&one, 1000), (&other, 1007)] {
            data(&update(&server, fields).await);
            assert_eq!(detail(&server, "ORDER_001").await["f_amount"], paid, "{fields}");
        }
        let all = format!("\"saved_sale_order_payments\": [{}]", payment("99999999"));
        let refused = message(&update(&server, &all).await, 400);
        assert!(refused.contains("too much"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn absent_and_null_keep_and_an_empty_text_clears() {
    let (server, _database) = demo(Backend::Sqlite).await;
    data(&update(&server, "\"lading_code\": \"LD_001\"").await);
    data(
        &update(
            &server,
            "\"lading_code\": null, \"campaign_code\": null, \"discount\": null",
        )
        .await,
    );
    data(&update(&server, "\"order_date\": \"2025-03-01\"").await);
    let kept = order(&server, "ORDER_001").await;
    assert_eq!(
        [
            &kept.lading_code,
            &kept.campaign_code,
            &kept.store_name,
            &kept.assigned_username
        ],
        ["LD_001", "CMP_001", "Central Warehouse", "employee01"]
    );
    assert_eq!(kept.lines.len(), 1);
    let cleared = "\"lading_code\": \"\", \"campaign_code\": \"\", \"store_name\": \"\", \
        \"order_date\": \"\", \"order_source_name\": \"\", \"account\": {\"account_address\": \"\"}";
    data(&update(&server, cleared).await);
    let order = order(&server, "ORDER_001").await;
    let texts = [
        &order.lading_code,
        &order.campaign_code,
        &order.store_name,
        &order.source,
    ];
    assert_eq!(texts, ["", "", "", ""]);
    assert_eq!(order.order_date, None);
    assert_eq!(order.opportunity_code, "OPP_001");
}

#[tokio::test]
async fn lists_replace_and_the_account_is_merged() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let terms = "\"order_terms\": [{\"term_content\": \"one\"}, {\"term_content\": \"two\"}]";
    data(&update(&server, terms).await);
    let lines = "\"saved_order_details\": [{\"product_code\": \"B\", \"price\": 5}, \
        {\"product_name\": \"C\", \"quantity\": 2.5, \"price\": 4}]";
    data(&update(&server, lines).await);
    data(&update(&server, "\"account\": {\"contact_name\": \"Somebody\"}").await);
    let changed = order(&server, "ORDER_001").await;
    let codes: Vec<&str> = changed
        .lines
        .iter()
        .map(|line| line.product_code.as_str())
        .collect();
    assert_eq!(codes, ["B", ""]);
    assert_eq!(changed.terms.len(), 2);
    let customer = changed.customer.unwrap();
    let texts = [&customer.name, &customer.phone, &customer.contact_name];
    assert_eq!(texts, ["Customer ABC", "0900000000", "Somebody"]);
    data(&update(&server, "\"order_terms\": [], \"saved_order_details\": []").await);
    let emptied = order(&server, "ORDER_001").await;
    assert_eq!((emptied.lines.len(), emptied.terms.len()), (0, 0));
}

#[tokio::test]
async fn amounts_win_over_percentages_and_follow_from_them_where_they_are_missing() {
    let (server, _database) = demo(Backend::Sqlite).await;
    // The line comes to 55000.
    for (fields, discount, tax, total) in [
        (
            "\"discount\": 10, \"discount_amount\": 11000, \"vat\": 10, \"vat_amount\": 4400",
            "11000",
            "4400",
            "48400",
        ),
        ("\"discount\": 10", "5500", "4400", "53900"),
        ("\"vat\": 10", "5500", "4950", "54450"),
        ("\"discount_amount\": 1000", "1000", "5400", "59400"),
        ("\"discount\": 0, \"vat\": 0", "0", "0", "55000"),
    ] {
        data(&update(&server, fields).await);
        let order = detail(&server, "ORDER_001").await;
        let told = [
            &order["discount_amount"],
            &order["vat_amount"],
            &order["real_amount"],
        ];
        assert_eq!(
            told.map(ToString::to_string),
            [discount, tax, total],
            "{fields}"
        );
    }
}

#[tokio::test]
async fn decimals_are_taken_and_whole_numbers_printed_without_a_point() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let lines = "\"discount\": 10, \"vat\": 10, \"transport_amount\": 1.2e4, \"installation_amount\": 8000.00, \
        \"saved_order_details\": [{\"product_code\": \"P\", \"quantity\": 1, \"price\": 65000, \
        \"product_sale_off\": 1, \"cash_discount\": 650}]";
    data(&update(&server, lines).await);
    let answer = super::get(&server, &format!("{ORDER}?order_code=ORDER_001")).await;
    for part in [
        "\"real_amount\":83706.5,",
        "\"discount\":10,",
        "\"discount_amount\":6435,",
        "\"vat_amount\":5791.5,",
        "\"price\":65000,",
        "\"amount\":64350,\"origin_amount\":65000,",
    ] {
        assert!(answer.body.contains(part), "{part} in {}", answer.body);
    }
    let finer = message(&update(&server, "\"transport_amount\": 0.00001").await, 400);
    assert!(finer.starts_with("transport_amount "), "{finer}");
}

#[tokio::test]
async fn the_sale_off_of_a_line_is_kept_and_no_money_comes_of_it() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for number in ["0", "1", "12.5"] {
        let lines = format!(
            "\"saved_order_details\": [{{\"product_code\": \"P\", \"price\": 100, \"product_sale_off\": {number}}}]"
        );
        data(&update(&server, &lines).await);
        let line = detail(&server, "ORDER_001").await["order_details"][0].clone();
        assert_eq!(line["product_sale_off"].to_string(), number);
        assert_eq!(line["amount"], 100);
    }
}

#[tokio::test]
async fn order_code_stands_in_for_current_order_code_and_renames_beside_it() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let named = send(
            &server,
            "PUT",
            ORDER,
            "{\"order_code\": \"ORDER_001\", \"lading_code\": \"L\"}",
        );
        assert_eq!(data(&named.await)["order_code"], "ORDER_001");
        let renamed = update(&server, "\"order_code\": \"ORDER_002\"").await;
        assert_eq!(
            data(&renamed),
            serde_json::json!({"order_id": 96, "order_code": "ORDER_002"})
        );
        assert_eq!(
            message(&update(&server, "\"vat\": 1").await, 404),
            "Order not found"
        );
        assert_eq!(detail(&server, "ORDER_002").await["lading_code"], "L");
        let other = send(&server, "POST", ORDER, "{\"order_code\": \"ORDER_001\"}").await;
        assert_eq!(other.status, 200, "{}", other.body);
        let taken = message(&update(&server, "\"order_code\": \"ORDER_002\"").await, 400);
        assert!(taken.contains("ORDER_002 is taken"), "{taken}");
        let same = update(&server, "\"order_code\": \"ORDER_001\"").await;
        assert_eq!(data(&same)["order_code"], "ORDER_001");
    })
    .await;
}

#[tokio::test]
async fn the_code_of_the_account_and_fields_of_ones_own_are_kept() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let first = "\"account\": {\"account_code\": \"KH/1\"}, \
            \"custom_fields\": {\"so_ne\": \"0\", \"weight\": 1.50, \"tags\": [1, {\"a\": null}]}";
        data(&update(&server, first).await);
        data(&update(&server, "\"custom_fields\": {\"so_ne\": null, \"new\": true}").await);
        let path = format!("{ORDER}?order_code=ORDER_001&fields=account_code,custom_fields");
        let answer = super::get(&server, &path).await;
        let expected = "{\"account_code\":\"KH/1\",\"custom_fields\":{\"new\":true,\"tags\":[1, {\"a\": null}],\"weight\":1.50}}";
        assert_eq!(answer.body, expected);
    })
    .await;
}

#[tokio::test]
async fn fields_that_only_a_new_order_has_are_taken_and_unknown_ones_ignored() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let fields = "\"payment_method_name\": \"Cash\", \"is_auto_approve\": 1, \"unknown\": {\"x\": [[]]}, \
        \"custom_fields\": [], \"saved_order_details\": [{\"product_code\": \"P\", \"product_id\": 7}]";
    data(&update(&server, fields).await);
    let order = order(&server, "ORDER_001").await;
    assert_eq!(
        (order.payment_method.as_str(), order.state.unwrap().code),
        ("cash", 1)
    );
}

#[tokio::test]
async fn names_that_mean_nothing_are_told_with_the_known_ones() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (fields, field, known) in [
        (
            "\"order_source_name\": \"Nobody\"",
            "order_source_name",
            "sales_source_a",
        ),
        (
            "\"store_name\": \"Nowhere\"",
            "store_name",
            "Central Warehouse",
        ),
        (
            "\"payment_method_name\": \"Gold\"",
            "payment_method_name",
            "bank_transfer, cash",
        ),
        (
            "\"saved_sale_order_payments\": [{\"method_name\": \"Gold\", \"amount\": 1}]",
            "saved_sale_order_payments[0].method_name",
            "bank_transfer, cash",
        ),
    ] {
        let told = message(&update(&server, fields).await, 400);
        assert!(told.starts_with(field) && told.contains(known), "{told}");
    }
    assert_eq!(order(&server, "ORDER_001").await.version, 1);
}

#[tokio::test]
async fn what_the_state_does_not_allow_is_refused_and_nothing_is_half_done() {
    on_both(|backend| async move {
        let (server, _database) = demo(backend).await;
        let path = format!("{ORDER}/approve");
        let approve = send(&server, "PUT", &path, "{\"order_code\": \"ORDER_001\"}").await;
        data(&approve);
        let refused = update(&server, "\"lading_code\": \"L\", \"discount_amount\": 5").await;
        let told = message(&refused, 400);
        assert!(
            told.contains("Approved") && told.contains("discount"),
            "{told}"
        );
        assert_eq!(order(&server, "ORDER_001").await.version, 2);
        let contact = "\"lading_code\": \"L\", \"account\": {\"account_phone\": \"1\"}, \
            \"saved_sale_order_payments\": [{\"amount\": 5}]";
        data(&update(&server, contact).await);
        let shown = detail(&server, "ORDER_001").await;
        assert_eq!(
            (&shown["lading_code"], &shown["f_amount"]),
            (&"L".into(), &5.into())
        );
        assert_eq!(
            json(&update(&server, "\"x\": 1").await)["message"],
            "Successfully updated"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sum_of_the_largest_amounts_is_what_the_history_makes_of_it() {
    on_both(|backend| async move {
        let (server, database) = demo(backend).await;
        let fees = "\"transport_amount\": 1000000000000, \"installation_amount\": 1000000000000";
        data(&update(&server, fees).await);
        let shown = detail(&server, "ORDER_001").await;
        assert_eq!(shown["real_amount"].as_i64(), Some(2_000_000_055_000));
        data(&update(&server, "\"lading_code\": \"L\"").await);
        drop(server);
        verify(&database.url).await;
    })
    .await;
}
