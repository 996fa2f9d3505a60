//! Tokens, and the account that goes with each.

use std::time::{Duration, Instant};

use order_status_proto::v1::{Account, RevokeCredentialRequest, Role};
use order_status_tests::account::credential;
use order_status_tests::golden::{Answer, exchange, request};
use order_status_tests::{Backend, Config, Server, Tenant, on_both};
use serde_json::json;

use super::{
    ACCOUNT, CLIENT, INVALID_TOKEN, JSON, MANAGER, done, get, order_in, read, refused, send,
    shared, standing,
};

async fn open(server: &Server, account: &str, key: &str) -> Answer {
    let body = json!({"accountid": account, "key": key}).to_string();
    exchange(server, &request("POST", "/api/auth/token", &[JSON], &body)).await
}

/// Asks for the status of the demo's order to change, under these headers.
async fn put_under(server: &Server, headers: &[(&str, &str)]) -> Answer {
    let (path, body) = ("/api/orders/5001/status", "{\"status\": 2}");
    exchange(server, &request("PUT", path, headers, body)).await
}

/// Asks for the demo's order under these headers.
async fn get_under(server: &Server, headers: &[(&str, &str)]) -> Answer {
    exchange(server, &request("GET", "/api/orders/5001", headers, "")).await
}

#[tokio::test]
async fn a_key_opens_a_token_that_acts_as_its_user_until_it_is_deleted() {
    on_both(|backend| async move {
        let server = shared(backend).await;
        for (key, is_client) in [(CLIENT, true), (MANAGER, false)] {
            let answer = open(server, "demo", key).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let token = read(&answer).as_str().expect("a JSON text").to_owned();
            let id = order_in(server, "done").await;
            let told = get(server, &token, id, "/status/transitions").await;
            assert_eq!(told["isClient"], is_client);
            done(&send(server, &token, "DELETE", "/api/auth/token", "").await);
            let after = send(server, &token, "GET", "/api/orders/5001", "").await;
            assert_eq!(refused(&after), INVALID_TOKEN);
        }
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_five_seconds() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let server = Server::start(Config::on(&database)).await;
        let account = Account {
            workflow: "wordbee".to_owned(),
            code: ACCOUNT.1.to_owned(),
            ..Account::default()
        };
        let tenant = Tenant::with(&server, account).await;
        let mut accounts = tenant.admin.accounts();
        let made = accounts.create_credential(credential(Role::Manager)).await;
        let made = made.expect("a key").into_inner();
        let ask = async || refused(&send(&server, &made.key, "GET", "/api/orders/7", "").await);
        assert_eq!(ask().await, "The order 7 does not exist.");
        let request = RevokeCredentialRequest {
            id: made.credential.unwrap_or_default().id,
            ..RevokeCredentialRequest::default()
        };
        accounts.revoke_credential(request).await.expect("it ends");
        let revoked = Instant::now();
        while ask().await != INVALID_TOKEN {
            let time = revoked.elapsed();
            assert!(time < Duration::from_secs(6), "the key still works");
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_none_opens_nothing() {
    let server = shared(Backend::Sqlite).await;
    for (account, key) in [
        ("demo", "wrong"),
        ("demo", ""),
        ("demo", "demo-odoo"),
        ("odoo", CLIENT),
        ("", CLIENT),
        ("nobody", CLIENT),
    ] {
        let answer = open(server, account, key).await;
        assert_eq!(refused(&answer), "Invalid private key.", "{account} {key}");
    }
    for body in [
        "{}",
        "{\"accountid\": \"demo\"}",
        "{\"key\": 1, \"accountid\": \"demo\"}",
    ] {
        let answer = exchange(server, &request("POST", "/api/auth/token", &[JSON], body)).await;
        assert_eq!(refused(&answer), "Invalid private key.", "{body}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_400_and_not_401() {
    let server = shared(Backend::Sqlite).await;
    let long = "x".repeat(2_000);
    for headers in [
        vec![JSON],
        vec![JSON, ACCOUNT],
        vec![JSON, ("X-Auth-Token", CLIENT)],
        vec![JSON, ACCOUNT, ("X-Auth-Token", "")],
        vec![JSON, ACCOUNT, ("X-Auth-Token", "a b")],
        vec![JSON, ACCOUNT, ("X-Auth-Token", long.as_str())],
    ] {
        let answer = put_under(server, &headers).await;
        assert_eq!(refused(&answer), INVALID_TOKEN, "{headers:?}");
        let told = read(&answer);
        assert_eq!(told["error"]["details"], INVALID_TOKEN);
        let expected = "Not authenticated - API construct session from token failed with error: Not authenticated";
        assert_eq!(told["reason"], expected);
    }
    assert_eq!(standing(server, 5001).await, (1, 1));
}

#[tokio::test]
async fn the_account_has_to_be_the_tokens() {
    let server = shared(Backend::Sqlite).await;
    for (token, account) in [
        (CLIENT, "odoo"),
        (CLIENT, "DEMO"),
        (CLIENT, ""),
        ("demo-odoo", "demo"),
        ("demo-manager", "demo"),
    ] {
        let headers = [JSON, ("X-Auth-Token", token), ("X-Auth-AccountId", account)];
        let answer = get_under(server, &headers).await;
        assert_eq!(refused(&answer), INVALID_TOKEN, "{token} {account}");
    }
    // The other account's own token sees none of these orders.
    let headers = [
        JSON,
        ("X-Auth-Token", "demo-odoo"),
        ("X-Auth-AccountId", "odoo"),
    ];
    let answer = put_under(server, &headers).await;
    assert_eq!(refused(&answer), "The order 5001 does not exist.");
    assert_eq!(standing(server, 5001).await, (1, 1));
}

#[tokio::test]
async fn headers_are_found_in_any_case_and_no_others_open_anything() {
    let server = shared(Backend::Sqlite).await;
    let headers = [JSON, ("x-AUTH-token", CLIENT), ("X-auth-accountID", "demo")];
    let answer = get_under(server, &headers).await;
    assert_eq!(answer.status, 200);
    for other in [
        ("X-API-KEY", CLIENT),
        ("Authorization", "Bearer wordbee-client"),
        ("Cookie", "session_id=wordbee-client"),
    ] {
        let headers = [JSON, ACCOUNT, other];
        let answer = get_under(server, &headers).await;
        assert_eq!(refused(&answer), INVALID_TOKEN, "{other:?}");
    }
}
