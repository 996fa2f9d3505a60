//! Who calls: login and password with every call, what they open, and for how long.

use std::time::{Duration, Instant};

use order_status_proto::v1::{
    Account, CreateAccountRequest, CreateCredentialRequest, RevokeCredentialRequest, Role,
};
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Backend, Caller, Server};

use super::{READER, USER, demo, message, new_login, path, told};

/// How long what was revoked may still work.
const REVOKED_WITHIN: Duration = Duration::from_secs(5);
/// `Dealer:Password of the dealer`.
const DEALER: (&str, &str) = (
    "Authorization",
    "Basic RGVhbGVyOlBhc3N3b3JkIG9mIHRoZSBkZWFsZXI=",
);

async fn list_by(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let path = "/api/v1/common/enum/payment_methods.json";
    exchange(server, &request("GET", path, headers, "")).await
}

#[tokio::test]
async fn whoever_has_no_login_is_told_how_to_show_one() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for authorization in [
        "",
        "Basic",
        "Basic ???",
        "Basic VXNlcm5hbWU=",
        "Basic VXNlcm5hbWU6d3Jvbmc=",
        "Basic Tm9ib2R5OlBhc3N3b3Jk",
        "Basic w6k66w==",
        "Bearer demo-cyclesoftware",
        "Bearer VXNlcm5hbWU6UGFzc3dvcmQ=",
        "token vE53k50FVtct50ll8iHBE6FgMRVCyJeF",
    ] {
        let answer = list_by(&server, &[("Authorization", authorization)]).await;
        assert_eq!(message(&answer, 401), "Unauthorized", "{authorization}");
        let asked = answer.header("www-authenticate");
        assert!(asked.starts_with("Basic realm="), "{asked}");
    }
    let key = [("x-api-key", "demo-cyclesoftware")];
    assert_eq!(message(&list_by(&server, &key).await, 401), "Unauthorized");
    told(&list_by(&server, &[USER]).await);
}

#[tokio::test]
async fn sales_orders_take_the_scope_e_commerce() {
    let (server, _database) = demo(Backend::Sqlite).await;
    for call in ["update-store", "update-delivery-method", "cancel"] {
        let sent = request("POST", &path(121_212, call), &[READER], "");
        let refused = message(&exchange(&server, &sent).await, 403);
        assert!(refused.contains("e-commerce"), "{call}: {refused}");
    }
    told(&list_by(&server, &[READER]).await);
}

#[tokio::test]
async fn a_login_opens_its_own_account_alone_until_it_is_revoked() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let admin = Caller::new(server.channel().await, "demo-admin");
    let request = CreateAccountRequest {
        account: Some(Account {
            name: "Dealer".to_owned(),
            workflow: "cyclesoftware".to_owned(),
            currency_code: "EUR".to_owned(),
            ..Account::default()
        }),
        ..CreateAccountRequest::default()
    };
    let account = admin.accounts().create_account(request).await;
    let account = account.expect("an account").into_inner().id;
    let id = new_login(&admin, Some(account), "Dealer", "Password of the dealer").await;
    told(&list_by(&server, &[DEALER]).await);
    let sent = order_status_tests::golden::request("POST", &path(121_212, "cancel"), &[DEALER], "");
    let foreign = exchange(&server, &sent).await;
    assert_eq!(message(&foreign, 404), "Order not found");

    let request = RevokeCredentialRequest {
        account_id: Some(account),
        id,
        ..RevokeCredentialRequest::default()
    };
    admin
        .accounts()
        .revoke_credential(request)
        .await
        .expect("revoked");
    let revoked = Instant::now();
    while list_by(&server, &[DEALER]).await.status == 200 {
        assert!(revoked.elapsed() < REVOKED_WITHIN + Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        message(&list_by(&server, &[DEALER]).await, 401),
        "Unauthorized"
    );
}

#[tokio::test]
async fn a_role_that_may_not_is_told_so_and_scopes_add_nothing_to_it() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let admin = Caller::new(server.channel().await, "demo-admin");
    let request = CreateCredentialRequest {
        title: "Client".to_owned(),
        role: Role::Client.into(),
        customer_id: Some(1),
        scopes: vec!["e-commerce".to_owned()],
        login: "Client".to_owned(),
        password: "Password of the client".to_owned(),
        ..CreateCredentialRequest::default()
    };
    admin
        .accounts()
        .create_credential(request)
        .await
        .expect("a login");
    // Client:Password of the client
    let client = (
        "Authorization",
        "Basic Q2xpZW50OlBhc3N3b3JkIG9mIHRoZSBjbGllbnQ=",
    );
    let sent = order_status_tests::golden::request(
        "POST",
        &path(1, "update-delivery-method"),
        &[client],
        "",
    );
    let refused = message(&exchange(&server, &sent).await, 403);
    assert!(refused.contains("not for the role client"), "{refused}");
}

#[tokio::test]
async fn many_calls_at_once_by_one_login_are_all_answered() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let calls = (0..60).map(|_| list_by(&server, &[USER]));
    for answer in futures_util::future::join_all(calls).await {
        told(&answer);
    }
}

#[tokio::test]
async fn a_password_that_is_guessed_again_and_again_waits() {
    let (server, _database) = demo(Backend::Sqlite).await;
    let mut waits = 0;
    for _ in 0..12 {
        // Username:wrong
        let wrong = ("Authorization", "Basic VXNlcm5hbWU6d3Jvbmc=");
        let answer = list_by(&server, &[wrong]).await;
        if answer.status == 429 {
            assert_eq!(message(&answer, 429), "Too many failed log-ins");
            let wait: u64 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=15).contains(&wait), "{wait}");
            assert_eq!(answer.header("x-ratelimit-daily-limit"), "");
            waits += 1;
        } else {
            assert_eq!(message(&answer, 401), "Unauthorized");
        }
    }
    assert_eq!(waits, 2);
}
