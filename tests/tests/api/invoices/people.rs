//! Whom an invoice names, and who is told of it.

use order_status_proto::v1::{
    Account, Address, CatalogEntry, Customer, DeleteCatalogEntryRequest, Invoice, Order,
    UpdateCustomerRequest, UpsertCatalogEntryRequest,
};
use order_status_tests::on_both;

use super::shop::Shop;
use crate::api::answers::{granted, refused};
use crate::api::fixtures::line;

#[tokio::test]
async fn messages_follow_the_accounts_switches_the_customer_and_the_call() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let told = |invoices: &[Invoice]| -> Vec<(bool, bool)> {
            let messages = invoices
                .iter()
                .map(|invoice| invoice.messages.expect("messages"));
            messages
                .map(|it| (it.phone_message, it.email_message))
                .collect()
        };
        let id = shop.split().await;
        // The account tells nobody.
        assert_eq!(
            told(&shop.make(id, |_| {}).await.invoices),
            [(false, false); 2]
        );
        granted(
            shop.set(Account {
                phone_messages: true,
                ..Account::default()
            })
            .await,
        );
        // The customer has a phone number, the other one has none.
        let customer = UpdateCustomerRequest {
            customer: Some(Customer {
                id: shop.tenant.customer_id,
                phone: "+3120".to_owned(),
                ..Customer::default()
            }),
            ..Default::default()
        };
        granted(shop.tenant.staff.catalogs().update_customer(customer).await);
        let quiet = shop.make(id, |it| it.customer_messages = Some(false)).await;
        assert_eq!(told(&quiet.invoices), [(false, false); 2]);
        let invoices = shop.make(id, |_| {}).await.invoices;
        assert_eq!(told(&invoices), [(true, false), (false, false)]);
        assert_eq!(invoices[0].customer.as_ref().expect("one").phone, "+3120");
        // Nobody is told twice, unless the call says so.
        assert_eq!(
            told(&shop.make(id, |_| {}).await.invoices),
            [(false, false); 2]
        );
        let again = shop.make(id, |it| it.allow_resend_messages = true).await;
        assert_eq!(told(&again.invoices), [(true, false), (false, false)]);
    })
    .await;
}

#[tokio::test]
async fn an_employee_is_one_of_the_catalog_or_the_orders_own() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let entry = CatalogEntry {
            catalog: "employees".to_owned(),
            id: Some(1005),
            key: "robin".to_owned(),
            text: "Robin".to_owned(),
            ..CatalogEntry::default()
        };
        let request = UpsertCatalogEntryRequest {
            entry: Some(entry),
            ..Default::default()
        };
        let upsert = || {
            let (manager, request) = (shop.tenant.manager.clone(), request.clone());
            async move { manager.catalogs().upsert_catalog_entry(request).await }
        };
        granted(upsert().await);
        let id = shop
            .order_with(Order {
                lines: vec![line("A", 1, 1000)],
                attributes: [("employee_id".to_owned(), "12".to_owned())].into(),
                ..Order::default()
            })
            .await;
        let own = shop.make(id, |_| {}).await.invoices.remove(0);
        assert_eq!(own.employee_id, Some(12));
        let remove = || {
            let request = DeleteCatalogEntryRequest {
                catalog: "employees".to_owned(),
                key: "robin".to_owned(),
                ..Default::default()
            };
            let manager = shop.tenant.manager.clone();
            async move { manager.catalogs().delete_catalog_entry(request).await }
        };
        granted(remove().await);
        granted(upsert().await);
        let given = shop.make(id, |it| it.employee_id = Some(1005)).await;
        assert_eq!(given.invoices[0].employee_id, Some(1005));
        // An invoice names them from now on.
        let error = refused(remove().await);
        assert_eq!(error.reason, "CODE_IN_USE");
        let mut other = request.clone();
        other.entry.as_mut().expect("an entry").id = Some(2000);
        let error = refused(
            shop.tenant
                .manager
                .catalogs()
                .upsert_catalog_entry(other)
                .await,
        );
        assert_eq!(error.fields[0].0, "entry.id");
    })
    .await;
}

#[tokio::test]
async fn an_invoice_keeps_its_customer_as_they_were_with_or_without_an_address() {
    on_both(async |backend| {
        let shop = Shop::open(backend).await;
        let address = Address {
            city: "Utrecht".to_owned(),
            ..Address::default()
        };
        let rename = async |name: &str, address: Option<Address>| {
            let customer = Customer {
                id: shop.other,
                name: name.to_owned(),
                address,
                ..Customer::default()
            };
            let request = UpdateCustomerRequest {
                customer: Some(customer),
                ..Default::default()
            };
            granted(shop.tenant.staff.catalogs().update_customer(request).await);
        };
        let book = async || {
            let id = shop.order(vec![shop.others(line("A", 1, 1000))]).await;
            shop.book(id).await.remove(0)
        };
        let without = book().await;
        assert_eq!(without.customer.as_ref().expect("one").address, None);
        rename("Somebody new", Some(address)).await;
        let with = book().await.customer.expect("a customer");
        assert_eq!(
            (with.name.as_str(), with.address.expect("one").city.as_str()),
            ("Somebody new", "Utrecht")
        );
        assert_eq!(shop.get(without.number).await, without);
    })
    .await;
}
