//! Who reads which invoices, and as what.

use std::io::Write as _;

use order_status_proto::v1::{
    Account, Change, CreateCredentialRequest, CreateInvoicesRequest, GetInvoiceRequest, Role,
    create_invoices_request,
};
use order_status_tests::account::credential;
use order_status_tests::audit::history;
use order_status_tests::{Server, Tenant, on_both};
use tonic::Code;

use super::shop::{Shop, numbers};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::{import_one, line, order_in};

#[tokio::test]
async fn a_customer_sees_the_invoices_that_are_addressed_to_them() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let invoices = shop.book(id).await;
        let client = &shop.tenant.client;
        assert_eq!(
            numbers(&shop.listed(client, Some(id)).await),
            [invoices[0].number]
        );
        assert_eq!(
            numbers(&shop.listed(client, None).await),
            [invoices[0].number]
        );
        let others = GetInvoiceRequest {
            number: invoices[1].number,
        };
        let error = refused(client.billing().get_invoice(others).await);
        assert_eq!(
            (error.code, error.reason.as_str()),
            (Code::NotFound, "RESOURCE_NOT_FOUND")
        );
        // The order is not theirs.
        let channel = Server::shared(backend).await.channel().await;
        let other = CreateCredentialRequest {
            customer_id: Some(shop.other),
            ..credential(Role::Client)
        };
        let other = shop.tenant.caller(&channel, other).await;
        assert!(shop.listed(&other, None).await.is_empty());
        let own = GetInvoiceRequest {
            number: invoices[1].number,
        };
        assert_eq!(
            refused(other.billing().get_invoice(own).await).code,
            Code::NotFound
        );
    })
    .await;
}

#[tokio::test]
async fn an_invoice_is_drawn_as_a_pdf_of_equal_bytes_whatever_has_changed_since() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let id = shop.split().await;
        let number = shop.book(id).await[0].number;
        let first = shop.drawn(number).await;
        assert_eq!(first.mime_type, "application/pdf");
        assert!(first.content.starts_with(b"%PDF-"), "a PDF");
        let renamed = Account {
            name: "Another name".to_owned(),
            ..Account::default()
        };
        granted(shop.set(renamed).await);
        assert!(shop.drawn(number).await == first, "other bytes");
    })
    .await;
}

#[tokio::test]
async fn an_invoice_says_of_the_seller_what_the_account_said_then() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let saying = |details: &str| Account {
            seller_details: details.to_owned(),
            ..Account::default()
        };
        for (details, most) in [("x".repeat(1001), "1000"), ("\n".repeat(21), "20")] {
            let answer = refused(shop.set(saying(&details)).await);
            let [(field, why)] = answer.fields.as_slice() else {
                panic!("{answer:?}");
            };
            assert_eq!(field, "account.seller_details");
            assert!(why.contains(most), "{why}");
        }
        granted(
            shop.set(saying(
                "Stationsplein 1\n3511 ED Utrecht\n\nVAT NL001234567B01",
            ))
            .await,
        );
        let id = shop.order(vec![line("A", 1, 1000)]).await;
        let number = shop.book(id).await[0].number;
        granted(shop.set(saying("Somewhere else")).await);
        let text = text_of(&shop.drawn(number).await.content);
        let places = ["Stationsplein 1", "3511 ED Utrecht", "VAT NL001234567B01"];
        let places = places.map(|line| text.find(line).expect(line));
        assert!(places.is_sorted(), "{text}");
    })
    .await;
}

/// What a PDF says, as poppler reads it.
fn text_of(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(pdf).expect("write it");
    let mut reader = std::process::Command::new("pdftotext");
    reader
        .args(["-layout", "-enc", "UTF-8"])
        .arg(file.path())
        .arg("-");
    let read = reader.output().expect("poppler's pdftotext");
    assert!(read.status.success(), "{read:?}");
    String::from_utf8(read.stdout).expect("UTF-8")
}

#[tokio::test]
async fn the_history_tells_no_customer_what_others_pay() {
    on_both(async |backend| {
        let tenant = Tenant::create(Server::shared(backend).await, "standard").await;
        let id = import_one(&tenant.manager, order_in("confirmed", tenant.customer_id))
            .await
            .id;
        let request = CreateInvoicesRequest {
            order: Some(create_invoices_request::Order::Id(id)),
            book: true,
            ..CreateInvoicesRequest::default()
        };
        granted(tenant.staff.billing().create_invoices(request).await);
        let told = |changes: Vec<Change>| {
            let fields = changes.into_iter().flat_map(|change| change.fields);
            let mut paths = fields.map(|field| field.path);
            paths.any(|path| path.starts_with("invoices.") || path == "told_customers")
        };
        assert!(told(history(&tenant.staff, id).await.expect("the history")));
        assert!(!told(
            history(&tenant.client, id).await.expect("the history")
        ));
    })
    .await;
}
