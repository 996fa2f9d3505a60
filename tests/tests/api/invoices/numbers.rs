//! The numbers of invoices.

use order_status_proto::v1::{
    Account, GetAccountRequest, ListInvoicesRequest, UpdateAccountRequest,
};
use order_status_tests::on_both;

use super::shop::{Shop, numbers};
use crate::api::answers::{granted, refused};
use crate::api::fixtures::line;

#[tokio::test]
async fn each_series_counts_by_itself_and_begins_where_it_is_told_to_before_its_first_invoice() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let book = async || {
            let id = shop.order(vec![line("A", 1, 1000)]).await;
            shop.book(id).await.remove(0).number
        };
        let series = async |digits: Option<i32>, next| {
            let account = Account {
                invoice_series: digits,
                next_invoice_number: next,
                ..Account::default()
            };
            shop.set(account).await
        };
        assert_eq!(book().await, 20_173_382);
        let error = refused(series(None, 5000).await);
        assert_eq!(error.paths(), ["account.next_invoice_number"]);
        granted(series(Some(2018), 9999).await);
        assert_eq!([book().await, book().await], [20_189_999, 201_810_000]);
        granted(series(Some(2017), 0).await);
        assert_eq!(book().await, 20_173_383);
        for digits in [0, 999, 9000, 20_170, -2017] {
            let error = refused(series(Some(digits), 0).await);
            assert_eq!(error.paths(), ["account.invoice_series"], "{digits}");
        }
        for next in [-1, 1_000_000_000] {
            let error = refused(series(Some(2019), next).await);
            assert_eq!(error.paths(), ["account.next_invoice_number"], "{next}");
        }
        let error = refused(
            shop.set(Account {
                time_zone: "Mars/Olympus".to_owned(),
                ..Account::default()
            })
            .await,
        );
        assert_eq!(error.paths(), ["account.time_zone"]);
        // Without a series of its own, an account goes by the year where it is.
        let request = UpdateAccountRequest {
            account: Some(Account {
                id: shop.tenant.account_id,
                ..Account::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["invoice_series".to_owned()],
            }),
            ..UpdateAccountRequest::default()
        };
        granted(shop.tenant.admin.accounts().update_account(request).await);
        let invoice = {
            let id = shop.order(vec![line("A", 1, 1000)]).await;
            shop.book(id).await.remove(0)
        };
        assert_eq!(
            invoice.number.to_string(),
            format!("{}0001", &invoice.date[..4])
        );
        let request = GetAccountRequest {
            id: shop.tenant.account_id,
        };
        let account = granted(shop.tenant.admin.accounts().get_account(request).await);
        assert_eq!(
            (account.invoice_series, account.next_invoice_number),
            (None, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_a_list_are_all_invoices_in_the_order_of_their_numbers() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        for _ in 0..3 {
            let id = shop.split().await;
            shop.book(id).await;
        }
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request = ListInvoicesRequest {
                page_size: 4,
                page_token: token,
                ..ListInvoicesRequest::default()
            };
            let page = granted(shop.tenant.staff.billing().list_invoices(request).await);
            seen.extend(numbers(&page.invoices));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, (20_173_382..20_173_388).collect::<Vec<_>>());
    })
    .await;
}
