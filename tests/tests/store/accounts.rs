//! Accounts and what they own come back as they were written.

use order_status_server::domain::account::{CatalogEntry, CustomerRecord, Store as Shop};
use order_status_server::domain::address::Address;
use order_status_server::domain::admin::Proof;
use order_status_server::domain::role::Role;
use order_status_server::domain::time::Timestamp;
use order_status_server::store::StoreError;
use order_status_server::store::batch::{CredentialRecord, Writes};
use order_status_tests::on_both;

use crate::book::{Book, account, full_order};

pub fn customer(id: i64) -> CustomerRecord {
    CustomerRecord {
        id,
        code: "C-1".to_owned(),
        name: "Name".to_owned(),
        phone: "1".to_owned(),
        email: "2".to_owned(),
        contact_name: "3".to_owned(),
        address: Some(Address {
            city: "Utrecht".to_owned(),
            ..Address::default()
        }),
        create_time: Timestamp::from_micros(4),
        version: 5,
    }
}

fn entry(key: &str, id: i32) -> CatalogEntry {
    CatalogEntry {
        catalog: "channels".to_owned(),
        id,
        key: key.to_owned(),
        text: format!("Kanaal {key}"),
        text_en: format!("Channel {key}"),
        active: true,
    }
}

#[tokio::test]
async fn an_account_comes_back_with_its_stores_and_catalogs() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let mut account = account(3);
        account.decimals = Some(1);
        account.lock_on_confirm = true;
        account.warehouse = true;
        let shop = Shop {
            id: 2,
            name: "Centre".to_owned(),
            active: true,
            create_time: Timestamp::from_micros(8),
            version: 1,
        };
        account.stores.insert(2, shop.clone());
        account.catalogs = order_status_server::domain::account::CATALOGS
            .iter()
            .map(|(catalog, _)| ((*catalog).to_owned(), Vec::new()))
            .collect();
        let entries = vec![entry("b", 1), entry("a", 2)];
        account
            .catalogs
            .insert("channels".to_owned(), entries.clone());
        let mut renamed = entry("b", 1);
        renamed.text = "before".to_owned();
        let writes = Writes {
            accounts: vec![account.clone()],
            stores: vec![
                (
                    3,
                    Shop {
                        version: 0,
                        ..shop.clone()
                    },
                ),
                (3, shop),
            ],
            // The last of several wins, and what was written and removed in one batch is not there.
            entries: [renamed, entry("gone", 9)]
                .into_iter()
                .chain(entries)
                .map(|entry| (3, entry))
                .collect(),
            removed_entries: ["gone", "a"]
                .map(|key| (3, "channels".to_owned(), key.to_owned()))
                .into(),
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        assert_eq!(book.store.account(3).await.unwrap(), Some(account.clone()));
        assert_eq!(book.store.account(4).await.unwrap(), None);
        assert_eq!(book.store.revision(3).await.unwrap(), Some(1));
        assert_eq!(book.store.accounts(2, 10).await.unwrap(), [account.clone()]);
        assert_eq!(book.store.accounts(0, 2).await.unwrap().len(), 2);
        book.pen.begin().await.unwrap();
        assert_eq!(book.pen.account(3).await.unwrap(), Some(account));
        assert_eq!(book.pen.next_account_id().await.unwrap(), 4);
        book.pen.rollback().await;
        let writes = Writes {
            removed_entries: vec![(3, "channels".to_owned(), "a".to_owned())],
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        let left = book.store.account(3).await.unwrap().unwrap();
        assert_eq!(left.catalogs["channels"], [entry("b", 1)]);
    })
    .await;
}

#[tokio::test]
async fn credentials_and_customers_come_back_as_they_were_written() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let credential = CredentialRecord {
            id: 9,
            account_id: 1,
            title: "Till".to_owned(),
            role: Role::Manager,
            proof: Proof::Key {
                hash: [3; 32],
                prefix: "os_ab".to_owned(),
            },
            store_id: Some(2),
            customer_id: Some(6298),
            scopes: vec!["e-commerce".to_owned(), "\"".to_owned()],
            create_time: Timestamp::from_micros(1),
            expire_time: Some(Timestamp::from_micros(2)),
            revoke_time: Some(Timestamp::from_micros(3)),
        };
        let bare = CredentialRecord {
            id: 10,
            proof: Proof::Login {
                login: "ann".to_owned(),
                password_hash: "$argon2id$".to_owned(),
            },
            role: Role::Client,
            scopes: Vec::new(),
            store_id: None,
            customer_id: None,
            expire_time: None,
            revoke_time: None,
            ..credential.clone()
        };
        let writes = Writes {
            credentials: vec![credential.clone(), bare.clone()],
            customers: vec![
                (1, customer(1)),
                (
                    1,
                    CustomerRecord {
                        address: None,
                        ..customer(2)
                    },
                ),
            ],
            ..Writes::default()
        };
        book.write(&writes).await.unwrap();
        assert_eq!(
            book.store.credential_by_hash(&[3; 32]).await.unwrap(),
            Some(credential.clone())
        );
        assert_eq!(book.store.credential_by_hash(&[5; 32]).await.unwrap(), None);
        assert_eq!(
            book.store.credentials(1, 0, 10).await.unwrap(),
            [credential.clone(), bare.clone()]
        );
        assert_eq!(book.store.credentials(1, 9, 10).await.unwrap(), [bare]);
        book.pen.begin().await.unwrap();
        assert_eq!(
            book.pen.credential(1, 9).await.unwrap(),
            Some(credential.clone())
        );
        assert_eq!(book.pen.credential(2, 9).await.unwrap(), None);
        book.pen.rollback().await;
        assert_eq!(book.store.customer(1, 1).await.unwrap(), Some(customer(1)));
        assert_eq!(book.store.customer(2, 1).await.unwrap(), None);
        let after = book.store.customers(1, 1, 10).await.unwrap();
        assert_eq!(
            after,
            [CustomerRecord {
                address: None,
                ..customer(2)
            }]
        );
        let twice = CredentialRecord {
            id: 11,
            ..credential
        };
        let writes = Writes {
            credentials: vec![twice],
            ..Writes::default()
        };
        let refused = book.write(&writes).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Refused(_)),
            "one key opens one account: {refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_is_in_use_once_an_order_has_named_it() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let order = book.create(full_order(1, 7, "A")).await;
        book.change(&order, |order| order.channel = "phone".to_owned())
            .await;
        book.pen.begin().await.unwrap();
        for (catalog, key, used) in [
            ("channels", "web", true),
            ("channels", "phone", true),
            ("channels", "fax", false),
            ("payment_methods", "cash", true),
            ("delivery_methods", "truck", true),
            ("sources", "fair", true),
            ("cancellation_types", "0", true),
            ("sources", "web", false),
        ] {
            assert_eq!(
                book.pen.code_in_use(1, catalog, key).await.unwrap(),
                used,
                "{catalog} {key}"
            );
            assert!(!book.pen.code_in_use(2, catalog, key).await.unwrap());
        }
    })
    .await;
}

#[tokio::test]
async fn digests_of_rulebooks_are_noted_once() {
    on_both(|backend| async move {
        let mut book = Book::open(backend).await;
        let noted = vec![
            ("odoo".to_owned(), 1, "aa".to_owned()),
            ("standard".to_owned(), 2, "bb".to_owned()),
        ];
        for digests in [
            noted.clone(),
            vec![("odoo".to_owned(), 1, "other".to_owned())],
        ] {
            book.pen.begin().await.unwrap();
            book.pen.record_workflows(&digests).await.unwrap();
            book.pen.commit().await.unwrap();
        }
        assert_eq!(book.store.workflow_digests().await.unwrap(), noted);
    })
    .await;
}
