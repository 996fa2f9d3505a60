//! Logging in: by a password, by a key, wrongly.

use order_status_proto::v1::{
    CreateCredentialRequest, CreateSessionRequest, ListOrdersRequest, RevokeCredentialRequest,
    Role, UpdateAccountRequest, create_session_request,
};
use order_status_tests::{Backend, Caller, Server, on_both};
use tonic::Code;

use super::fixtures::{PASSWORD, login, millis, open, request, tenant, told, whoami, with_login};

#[tokio::test]
async fn a_log_in_gives_a_token_that_stands_wherever_a_key_does() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (tenant, code, id) = with_login(server, "ann").await;
        let opened = open(&channel, request(&code, "ann", PASSWORD))
            .await
            .unwrap();
        assert!(opened.token.starts_with("oss_") && opened.token.len() == 47);
        let session = opened.session.unwrap();
        assert_eq!(
            (session.account_id, session.account_code.as_str()),
            (tenant.account_id, code.as_str())
        );
        assert_eq!((session.credential_id, session.login.as_str()), (id, "ann"));
        assert_eq!(session.display_name, "ann at the till");
        assert_eq!(session.role(), Role::Staff);
        let lasts = session.expire_time.unwrap().seconds - session.create_time.unwrap().seconds;
        assert_eq!(lasts, 7 * 24 * 3600);
        assert_eq!(session.idle_timeout.unwrap().seconds, 1800);

        let ann = Caller::new(channel.clone(), opened.token);
        assert_eq!(whoami(&ann).await.unwrap(), session);
        let listed = ann.orders().list_orders(ListOrdersRequest::default()).await;
        listed.expect("a session lists orders");
        // By its number, and where nobody else has the login by none.
        let by_id = CreateSessionRequest {
            account: Some(create_session_request::Account::AccountId(
                tenant.account_id,
            )),
            ..request("", "ann", PASSWORD)
        };
        open(&channel, by_id)
            .await
            .expect("by the account's number");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_login_a_wrong_password_and_an_unknown_account_are_one_answer() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(server, "bob").await;
        let (_other, other, _) = with_login(server, "bobby").await;
        let mut answers = Vec::new();
        for wrong in [
            request(&code, "bob", "wrong horse battery"),
            request(&code, "bob", ""),
            request(&code, "Bob", PASSWORD),
            request(&code, "nobody", PASSWORD),
            request(&other, "bob", PASSWORD),
            request("no-such-account", "bob", PASSWORD),
        ] {
            let refused = open(&channel, wrong).await.expect_err("it opens nothing");
            assert_eq!(
                told(&refused),
                (Code::Unauthenticated, "CREDENTIAL_INVALID".to_owned())
            );
            answers.push((refused.message().to_owned(), refused.details().to_vec()));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
    })
    .await;
}

#[tokio::test]
async fn a_login_that_two_accounts_have_opens_the_one_whose_password_it_is() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let name = format!("twin-{}", uuid::Uuid::new_v4().simple());
        let without = || CreateSessionRequest {
            account: None,
            ..request("", &name, PASSWORD)
        };
        let (one, code, _) = with_login(server, &name).await;
        open(&channel, without()).await.expect("one has it");
        // Another account's administrator takes the same login, and shuts nobody out by it.
        let (other, _) = tenant(server).await;
        let taken = CreateCredentialRequest {
            password: "another's password".to_owned(),
            ..login(&name)
        };
        let taken = other.admin.accounts().create_credential(taken).await;
        taken.expect("another account's logins are its own");
        for (password, account) in [
            (PASSWORD, one.account_id),
            ("another's password", other.account_id),
        ] {
            // Each twice: hashed, and as it is remembered.
            for _ in 0..2 {
                let asked = CreateSessionRequest {
                    password: password.to_owned(),
                    ..without()
                };
                let opened = open(&channel, asked).await.expect("its own password");
                let session = opened.session.expect("a session");
                assert_eq!(session.account_id, account);
            }
        }
        let neither = CreateSessionRequest {
            password: "nobody's password".to_owned(),
            ..without()
        };
        let refused = open(&channel, neither)
            .await
            .expect_err("nobody's password");
        assert_eq!(refused.code(), Code::Unauthenticated);

        // Where the password is the same too, nobody can tell who is meant.
        let (_two, _, _) = with_login(server, &name).await;
        // What was right a moment ago is believed for five seconds.
        let since = std::time::Instant::now();
        while open(&channel, without()).await.is_ok() {
            assert!(since.elapsed().as_secs() < 6, "two have both");
        }
        open(&channel, request(&code, &name, PASSWORD))
            .await
            .expect("the first is named");
    })
    .await;
}

#[tokio::test]
async fn a_key_opens_a_session_of_its_account_and_a_token_does_not() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (tenant, code) = tenant(server).await;
        let by_key = |code: &str, key: &str| CreateSessionRequest {
            key: key.to_owned(),
            lifetime: millis(3_600_000),
            ..request(code, "", "")
        };
        let client = &tenant.client;
        let opened = open(&channel, by_key(&code, &client.key)).await.unwrap();
        let session = opened.session.unwrap();
        assert_eq!((session.role(), session.login.as_str()), (Role::Client, ""));
        assert_eq!(session.customer_id, Some(tenant.customer_id));
        for wrong in [
            by_key("another", &client.key),
            by_key(&code, "osk_no-such-key"),
            by_key(&code, &opened.token),
        ] {
            let refused = open(&channel, wrong).await.expect_err("it opens nothing");
            assert_eq!(told(&refused).1, "CREDENTIAL_INVALID");
        }
        let both = CreateSessionRequest {
            login: "ann".to_owned(),
            ..by_key(&code, &client.key)
        };
        let refused = open(&channel, both).await.expect_err("a login and a key");
        assert_eq!(
            told(&refused),
            (Code::InvalidArgument, "INVALID_FIELD".to_owned())
        );
        // A key has no session, and says who it is all the same.
        let known = whoami(client).await.unwrap();
        assert_eq!((known.create_time, known.role()), (None, Role::Client));
    })
    .await;
}

#[tokio::test]
async fn a_session_of_another_account_sees_nothing_of_this_one() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (ours, _, _) = with_login(server, "eve").await;
        let (theirs, code, _) = with_login(server, "eve").await;
        let order = order_status_proto::v1::CreateOrderRequest {
            order: Some(order_status_proto::v1::Order::default()),
            ..Default::default()
        };
        ours.staff
            .orders()
            .create_order(order)
            .await
            .expect("an order");
        let opened = open(&channel, request(&code, "eve", PASSWORD))
            .await
            .unwrap();
        let eve = Caller::new(channel.clone(), opened.token);
        assert_eq!(whoami(&eve).await.unwrap().account_id, theirs.account_id);
        let seen = eve.orders().list_orders(ListOrdersRequest::default()).await;
        assert_eq!(seen.unwrap().into_inner().orders, []);
    })
    .await;
}

#[tokio::test]
async fn a_login_and_a_code_are_given_once_and_a_revoked_login_again() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let (first, code, id) = with_login(server, "dan").await;
        let mut accounts = first.admin.accounts();
        let taken = accounts.create_credential(login("dan")).await;
        assert_eq!(
            told(&taken.expect_err("taken")),
            (Code::AlreadyExists, "NUMBER_TAKEN".to_owned())
        );
        let revoke = RevokeCredentialRequest {
            id,
            ..Default::default()
        };
        accounts.revoke_credential(revoke).await.expect("revoke it");
        accounts
            .create_credential(login("dan"))
            .await
            .expect("free again");
        let (other, _) = tenant(server).await;
        let give = |code: &str| UpdateAccountRequest {
            account: Some(order_status_proto::v1::Account {
                id: other.account_id,
                code: code.to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut accounts = other.admin.accounts();
        let taken = accounts
            .update_account(give(&code))
            .await
            .expect_err("taken");
        assert_eq!(
            told(&taken),
            (Code::AlreadyExists, "NUMBER_TAKEN".to_owned())
        );
        for wrong in ["7up", "with space", "a/b", "ü"] {
            let refused = accounts.update_account(give(wrong)).await.expect_err(wrong);
            assert_eq!(refused.code(), Code::InvalidArgument, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_demo_holds_what_the_documents_log_in_with() {
    let database = Backend::Sqlite.database().await;
    let config = order_status_tests::Config {
        demo: true,
        ..order_status_tests::Config::on(&database)
    };
    let mut server = Server::start(config).await;
    server.restart().await;
    let channel = server.channel().await;
    open(&channel, request("odoo", "admin", "admin"))
        .await
        .expect("odoo");
    for (key, code, role) in [
        (
            "8ace287e798f31740242c2a1cdbe8b45352d7e72",
            "odoo",
            Role::Manager,
        ),
        ("vE53k50FVtct50ll8iHBE6FgMRVCyJeF", "omni", Role::Manager),
        ("wordbee-client", "demo", Role::Client),
        ("wordbee-manager", "demo", Role::Manager),
        ("your_api_key", "getfly", Role::Manager),
    ] {
        let known = whoami(&Caller::new(channel.clone(), key)).await.expect(key);
        assert_eq!(
            (known.account_code.as_str(), known.role()),
            (code, role),
            "{key}"
        );
    }
    for (login, scopes) in [
        ("Username", &["common", "e-commerce"][..]),
        ("Reader", &["common"][..]),
        ("Single", &["common", "e-commerce"][..]),
    ] {
        let request = CreateSessionRequest {
            account: None,
            ..request("", login, "Password")
        };
        let opened = open(&channel, request).await.expect(login);
        assert_eq!(opened.session.unwrap().scopes, scopes, "{login}");
    }
}
