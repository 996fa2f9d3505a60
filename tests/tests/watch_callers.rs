//! Who is told what by a watch, and how a watch ends.

#[path = "watch/listen.rs"]
mod listen;

use std::time::{Duration, Instant};

use listen::{Heard, confirm, create, listen, note, watch};
use order_status_proto::v1 as pb;
use order_status_tests::account::credential;
use order_status_tests::{Backend, Caller, Config, Server, Tenant, on_both};
use tonic::Code;

/// A request for every change from the first one on.
fn from_start() -> pb::WatchOrdersRequest {
    pb::WatchOrdersRequest {
        from_start: true,
        ..Default::default()
    }
}

fn after(token: &str) -> pb::WatchOrdersRequest {
    pb::WatchOrdersRequest {
        token: token.to_owned(),
        ..Default::default()
    }
}

fn told(heard: &[Heard]) -> Vec<(i64, i64)> {
    heard
        .iter()
        .map(|heard| (heard.order.id, heard.change.version))
        .collect()
}

#[tokio::test]
async fn a_client_is_told_of_its_own_orders_and_of_no_internal_note() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        create(&tenant.staff, None).await;
        let own = create(&tenant.staff, Some(tenant.customer_id)).await;
        note(&tenant.staff, own.id, "between us", false).await;
        note(&tenant.staff, own.id, "for the customer", true).await;
        let mut client = listen(&tenant.client, from_start()).await;
        let heard = client.changes(2).await;
        assert_eq!(told(&heard), [(own.id, 1), (own.id, 3)]);
        client.nothing_more().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_of_another_account_or_of_another_store_than_their_own() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let (one, other) = (
            Tenant::create(server, "standard").await,
            Tenant::create(server, "standard").await,
        );
        create(&other.staff, None).await;
        let order = create(&one.staff, None).await;
        let store = pb::CreateStoreRequest {
            store: Some(pb::Store {
                name: "East".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let store = one.admin.catalogs().create_store(store).await;
        let store_id = store.expect("make a store").into_inner().id;
        let limited = pb::CreateCredentialRequest {
            store_id: Some(store_id),
            ..credential(pb::Role::Staff)
        };
        let limited = one.caller(&server.channel().await, limited).await;
        let theirs = create(&limited, None).await;

        let mut staff = listen(&one.staff, from_start()).await;
        assert_eq!(
            told(&staff.changes(2).await),
            [(order.id, 1), (theirs.id, 1)]
        );
        let mut limited = listen(&limited, from_start()).await;
        assert_eq!(told(&limited.changes(1).await), [(theirs.id, 1)]);
        staff.nothing_more().await;
        limited.nothing_more().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_none_or_of_another_account_is_refused() {
    let server = Server::shared(Backend::Sqlite).await;
    let (one, other) = (
        Tenant::create(server, "standard").await,
        Tenant::create(server, "standard").await,
    );
    create(&one.staff, None).await;
    let token = listen(&one.staff, from_start()).await.changes(1).await[0]
        .token
        .clone();
    for (caller, token) in [(&other.staff, token.as_str()), (&one.staff, "nonsense")] {
        let status = watch(caller, after(token))
            .await
            .expect_err("a wrong token");
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(listen::reason(&status), "WATCH_TOKEN_INVALID");
    }
    let both = pb::WatchOrdersRequest {
        token,
        ..from_start()
    };
    let status = watch(&one.staff, both)
        .await
        .expect_err("a token and from_start");
    assert_eq!(listen::reason(&status), "INVALID_FIELD");
}

#[tokio::test]
async fn a_token_whose_change_the_log_does_not_hold_is_out_of_range() {
    let (one, other) = (
        Backend::Sqlite.database().await,
        Backend::Sqlite.database().await,
    );
    let (one, other) = (
        Server::start(Config::on(&one)).await,
        Server::start(Config::on(&other)).await,
    );
    let (here, there) = (
        Tenant::create(&one, "standard").await,
        Tenant::create(&other, "standard").await,
    );
    assert_eq!(here.account_id, there.account_id);
    create(&here.staff, None).await;
    let token = listen(&here.staff, from_start()).await.changes(1).await[0]
        .token
        .clone();
    // Once as if the log were set back before that change, once as if it had gone on differently.
    for _ in 0..2 {
        let status = watch(&there.staff, after(&token))
            .await
            .expect_err("a lost place");
        assert_eq!(status.code(), Code::OutOfRange);
        assert_eq!(listen::reason(&status), "WATCH_TOKEN_OUT_OF_RANGE");
        create(&there.staff, None).await;
    }
}

#[tokio::test]
async fn a_revoked_credential_is_told_nothing_more_within_five_seconds() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let caller = tenant
            .caller(&server.channel().await, credential(pb::Role::Staff))
            .await;
        let mut watch = listen(&caller, pb::WatchOrdersRequest::default()).await;
        watch.heartbeat().await;
        let mut admin = tenant.admin.accounts();
        let known = admin
            .list_credentials(pb::ListCredentialsRequest::default())
            .await;
        let known = known.expect("list credentials").into_inner().credentials;
        let last = known.last().expect("a credential").id;
        let request = pb::RevokeCredentialRequest {
            id: last,
            ..Default::default()
        };
        admin.revoke_credential(request).await.expect("revoke it");
        let revoked = Instant::now();
        let status = watch.end().await;
        assert_eq!(status.code(), Code::Unauthenticated);
        assert!(
            revoked.elapsed() < Duration::from_secs(5),
            "{:?}",
            revoked.elapsed()
        );
    })
    .await;
}

/// Who calls by a session of the tenant's staff, which lasts so many seconds.
async fn session(server: &Server, tenant: &Tenant, seconds: i64) -> Caller {
    let request = pb::CreateSessionRequest {
        key: tenant.staff.key.clone(),
        lifetime: Some(prost_types::Duration { seconds, nanos: 0 }),
        ..Default::default()
    };
    let opened = tenant.staff.sessions().create_session(request).await;
    let token = opened.expect("a session").into_inner().token;
    Caller::new(server.channel().await, token)
}

#[tokio::test]
async fn a_watch_ends_with_its_session_and_says_so() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let (ended, short) = (
            session(server, &tenant, 3_600).await,
            session(server, &tenant, 2).await,
        );
        let request = pb::WatchOrdersRequest::default;
        let (mut of_ended, mut of_short, mut of_key) = (
            listen(&ended, request()).await,
            listen(&short, request()).await,
            listen(&tenant.staff, request()).await,
        );
        for watch in [&mut of_ended, &mut of_short, &mut of_key] {
            watch.heartbeat().await;
        }
        let mut sessions = ended.sessions();
        let end = sessions.delete_session(pb::DeleteSessionRequest {}).await;
        end.expect("log out");
        let since = Instant::now();
        for watch in [&mut of_ended, &mut of_short] {
            let status = watch.end().await;
            assert_eq!(status.code(), Code::Unauthenticated);
            assert_eq!(listen::reason(&status), "CREDENTIAL_INVALID");
            assert!(since.elapsed() < Duration::from_secs(8), "{since:?}");
        }
        // The credential itself still stands.
        create(&tenant.staff, None).await;
        of_key.changes(1).await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_goes_down_ends_its_watches_and_the_next_one_goes_on_with_them() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        let tenant = Tenant::create(&server, "standard").await;
        let order = create(&tenant.staff, None).await;
        let mut watch = listen(&tenant.staff, from_start()).await;
        let heard = watch.changes(1).await;
        confirm(&tenant.staff, order.id).await;
        let (status, exit) = tokio::join!(watch.end_after_changes(), server.stop());
        assert_eq!(status.code(), Code::Unavailable, "{status:?}");
        assert!(exit.success());
        server.restart().await;
        let staff = Caller::new(server.channel().await, tenant.staff.key.clone());
        let mut resumed = listen(&staff, after(&heard[0].token)).await;
        assert_eq!(told(&resumed.changes(1).await), [(order.id, 2)]);
    })
    .await;
}

#[tokio::test]
async fn a_watch_on_one_replica_tells_what_another_one_writes() {
    let database = Backend::Postgres.database().await;
    let (one, other) = (
        Server::start(Config::on(&database)).await,
        Server::start(Config::on(&database)).await,
    );
    // Only the first to start printed the key.
    let (one, other) = if one.output().0.contains("admin key") {
        (one, other)
    } else {
        (other, one)
    };
    let tenant = Tenant::create(&one, "standard").await;
    let there = Caller::new(other.channel().await, tenant.staff.key.clone());
    let mut watch = listen(&there, from_start()).await;
    for _ in 0..20 {
        create(&tenant.staff, None).await;
        create(&there, None).await;
    }
    let heard = watch.changes(40).await;
    let mut orders: Vec<i64> = heard.iter().map(|heard| heard.order.id).collect();
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), 40);
}

#[tokio::test]
async fn a_caller_that_takes_nothing_holds_nobody_up_and_loses_nothing() {
    let server = Server::shared(Backend::Sqlite).await;
    let tenant = Tenant::create(server, "standard").await;
    let stalled = Caller::new(server.channel().await, tenant.staff.key.clone());
    let mut stalled = listen(&stalled, from_start()).await;
    let mut other = listen(&tenant.staff, from_start()).await;
    let order = create(&tenant.staff, None).await;
    // More than all windows on the way hold.
    let text = "x".repeat(4_000);
    for _ in 1..200 {
        note(&tenant.staff, order.id, &text, true).await;
    }
    let heard = other.changes(200).await;
    assert_eq!(told(&heard).last(), Some(&(order.id, 200)));
    let heard = stalled.changes(200).await;
    let versions: Vec<i64> = heard.iter().map(|heard| heard.change.version).collect();
    assert_eq!(versions, (1..=200).collect::<Vec<_>>());
}
