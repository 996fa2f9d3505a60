//! `create-invoices`: what the document says of it, and what is settled where it is silent.

use order_status_proto::v1::{GetInvoiceRequest, Invoice, InvoiceState, InvoiceStatus, LineKind};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::http::Call;
use order_status_tests::{Backend, Server};
use serde_json::Value;

use super::{FORM, JSON, USER, call, caller, demo, message, order, path, state, told};

const CREATE: &str = "create-invoices";

/// Asks for invoices of the order that the demo has for two customers.
async fn create(server: &Server, form: &str) -> Answer {
    exchange(
        server,
        &request("POST", &path(1000, CREATE), &[USER, FORM], form),
    )
    .await
}

/// The numbers, the customers and whether a phone message was sent, of each invoice that was made.
fn made(answer: &Answer) -> Vec<(i64, i64, bool)> {
    let told = told(answer);
    let invoices = told["invoices"].as_array().expect("a list").clone();
    let read = |invoice: &Value| {
        assert_eq!(
            invoice["sent_messages"]["email_message"], false,
            "{invoice}"
        );
        let number = |name: &str| invoice[name].as_i64().expect("a number");
        let phone = invoice["sent_messages"]["phone_message"].as_bool();
        (
            number("invoice_number"),
            number("customer_id"),
            phone.expect("a boolean"),
        )
    };
    invoices.iter().map(read).collect()
}

async fn invoice(server: &Server, number: i64) -> Invoice {
    let request = GetInvoiceRequest { number };
    let found = caller(server).await.billing().get_invoice(request).await;
    found.expect("an invoice").into_inner()
}

#[tokio::test]
async fn if_the_sales_order_is_split_amongst_several_customers_the_result_will_yield_multiple_invoices()
 {
    let (server, _database) = demo(Backend::Sqlite).await;
    let booked = made(&create(&server, "book=1").await);
    assert_eq!(
        booked,
        [(20_173_382, 6298, true), (20_173_383, 9011, false)]
    );
    assert_eq!(
        order(&server, 1000).await.invoice_status(),
        InvoiceStatus::Invoiced
    );
    let one = told(&call(&server, 121_212, CREATE, "{\"book\": true}").await);
    assert_eq!(one["invoices"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["invoices"][0]["invoice_number"], 20_173_384);
}

#[tokio::test]
async fn if_true_the_invoice_will_be_booked_otherwise_it_will_be_pro_forma() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let mut last = 0;
    for form in ["", "book=0", "book=", "book=false"] {
        let pro_formas = made(&create(&server, form).await);
        assert_eq!(pro_formas.len(), 2);
        for (number, ..) in pro_formas {
            assert!(
                number > last && (900_000_000..1_000_000_000).contains(&number),
                "{number}"
            );
            assert!(invoice(&server, number).await.pro_forma);
            last = number;
        }
    }
    assert_ne!(
        order(&server, 1000).await.invoice_status(),
        InvoiceStatus::Invoiced
    );
    let booked = made(&create(&server, "book=true").await);
    assert_eq!(
        booked[0].0, 20_173_382,
        "pro-formas have a series of their own"
    );
    assert_eq!(invoice(&server, last).await.state(), InvoiceState::Replaced);
}

#[tokio::test]
async fn what_is_booked_is_neither_booked_again_nor_cancelled() {
    let (server, _database) = demo(Backend::Sqlite).await;
    made(&create(&server, "book=1").await);
    let again = message(&create(&server, "book=1").await, 400);
    assert!(
        again.contains("order 1000 in state ready (Ready)"),
        "{again}"
    );
    let cancelled = message(&call(&server, 1000, "cancel", "").await, 400);
    assert!(cancelled.contains("invoice"), "{cancelled}");
}

#[tokio::test]
async fn new_sales_order_status() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (status, named) in [
        ("77", "order_status_id"),
        ("x", "order_status_id has to be a whole number"),
        ("-1", "order_status_id"),
    ] {
        let refused = message(
            &create(&server, &format!("book=1&order_status_id={status}")).await,
            400,
        );
        assert!(refused.starts_with(named), "{refused}");
    }
    let unreachable = message(&create(&server, "book=1&order_status_id=8").await, 400);
    assert!(
        unreachable.contains("in state ready (Ready)"),
        "{unreachable}"
    );
    let before = order(&server, 1000).await;
    assert_eq!((before.version, state(&before)), (2, "ready"));
    made(&create(&server, "book=1&order_status_id=9").await);
    assert_eq!(state(&order(&server, 1000).await), "completed");
}

#[tokio::test]
async fn a_message_will_be_sent_according_to_account_settings_and_again_only_if_that_is_allowed() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for (form, sent) in [
        ("customer_messages=0", false),
        ("", true),
        ("customer_messages=1", false),
        ("customer_messages=1&allow_resend_messages=1", true),
        ("allow_resend_messages=0&book=1", false),
    ] {
        let messages: Vec<_> = made(&create(&server, form).await)
            .iter()
            .map(|(_, id, sent)| (*id, *sent))
            .collect();
        assert_eq!(
            messages,
            [(6298, sent), (9011, false)],
            "{form}: 9011 has no phone number"
        );
    }
}

#[tokio::test]
async fn the_sales_employee_registered_for_the_order_is_the_default() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let unknown = message(&create(&server, "employee_id=7").await, 400);
    assert!(unknown.starts_with("employee_id"), "{unknown}");
    let by_default = made(&create(&server, "").await);
    assert_eq!(
        invoice(&server, by_default[0].0).await.employee_id,
        Some(1005)
    );
    told(&call(&server, 121_212, CREATE, "{\"employee_id\": \"1005\"}").await);
}

#[tokio::test]
async fn the_defaults_are_those_since_june_2024() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let texts = |invoice: &Invoice| {
        let lines = invoice
            .lines
            .iter()
            .filter(|line| line.kind() == LineKind::Text);
        lines.count()
    };
    const SPLIT: &str = "split_items_as_text_on_default_customer_invoice";
    for (form, shown) in [
        (String::new(), 1),
        (format!("{SPLIT}=1&apply_service_vat_correction=1"), 1),
        (format!("{SPLIT}=0&apply_service_vat_correction=0"), 0),
    ] {
        let invoices = made(&create(&server, &form).await);
        assert_eq!(
            texts(&invoice(&server, invoices[0].0).await),
            shown,
            "{form}"
        );
        assert_eq!(texts(&invoice(&server, invoices[1].0).await), 0, "{form}");
    }
}

#[tokio::test]
async fn a_form_and_json_are_both_taken() {
    for (kind, body) in [
        (FORM, "employee_id=1005&book=1&customer_messages=1"),
        (
            JSON,
            "{\"employee_id\": 1005, \"book\": true, \"customer_messages\": \"1\"}",
        ),
        (
            JSON,
            "{\"employee_id\": \"1005\", \"book\": 1, \"customer_messages\": \"TRUE\",}",
        ),
    ] {
        let (server, _database) = demo(Backend::Sqlite).await;
        let sent = request("POST", &path(1000, CREATE), &[USER, kind], body);
        let booked = made(&exchange(&server, &sent).await);
        assert_eq!(booked[0], (20_173_382, 6298, true), "{body}");
    }
    let (server, _database) = demo(Backend::Sqlite).await;
    for name in [
        "book",
        "customer_messages",
        "allow_resend_messages",
        "apply_service_vat_correction",
        "split_items_as_text_on_default_customer_invoice",
    ] {
        let refused = message(&create(&server, &format!("{name}=maybe")).await, 400);
        assert_eq!(refused, format!("{name} has to be true or false, 1 or 0"));
    }
}

#[tokio::test]
async fn every_invoice_comes_with_a_pdf() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let asked = Call::new(server.http_address(), "POST", &path(1000, CREATE))
        .header(USER.0, USER.1)
        .header(FORM.0, FORM.1)
        .header("accept-encoding", "gzip")
        .body("book=1");
    let packed = asked.send().await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let reader = flate2::read::GzDecoder::new(packed.body.as_slice());
    let told: Value = serde_json::from_reader(reader).expect("JSON");
    let invoices = told["invoices"].as_array().expect("a list");
    assert_eq!(invoices.len(), 2);
    for invoice in invoices {
        let documents = invoice["documents"].as_array().expect("a list");
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0]["document_mime_type"], "application/pdf");
        let pdf = documents[0]["document_base64"].as_str().expect("a text");
        // "%PDF-" and its end, whatever is between.
        assert!(pdf.starts_with("JVBERi0"), "{}", &pdf[..40]);
        assert!(pdf.len() > 1000 && pdf.len() % 4 == 0);
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_billed_is_told_why() {
    let (server, _database) = demo(Backend::Sqlite).await;
    told(&call(&server, 121_212, "cancel", "").await);
    let refused = message(
        &call(&server, 121_212, CREATE, "{\"book\": true}").await,
        400,
    );
    assert!(
        refused.contains("in state cancelled (Cancelled)"),
        "{refused}"
    );
    let missing = call(&server, 7, CREATE, "").await;
    assert_eq!(message(&missing, 404), "Order not found");
    assert_eq!(order(&server, 121_212).await.version, 2);
}
