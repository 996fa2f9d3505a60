//! How sessions end: by time, by idleness, by a log-in, by a log-out, with their credential.

use std::time::{Duration, Instant};

use order_status_proto::v1::session_service_client::SessionServiceClient;
use order_status_proto::v1::{CreateSessionRequest, DeleteSessionRequest, RevokeCredentialRequest};
use order_status_tests::fleet::Fleet;
use order_status_tests::{Caller, Server, on_both};
use tonic::{Code, Request};

use super::fixtures::{PASSWORD, millis, open, request, told, whoami, with_login};

/// Waits until the caller is refused; answers how long that took.
async fn refused(caller: &Caller, within: Duration) -> Duration {
    let since = Instant::now();
    loop {
        match whoami(caller).await {
            Ok(_) => assert!(since.elapsed() < within, "it still works"),
            Err(status) => {
                assert_eq!(
                    told(&status),
                    (Code::Unauthenticated, "CREDENTIAL_INVALID".to_owned())
                );
                return since.elapsed();
            }
        }
    }
}

/// Leaves a session alone until it is refused. To ask is to use it, so each time it is left alone for longer: first
/// for its two seconds of idle time and half a second for uses that were not noted.
async fn refused_when_idle(caller: &Caller) -> (Code, String) {
    let mut alone = Duration::from_millis(2_500);
    loop {
        tokio::time::sleep(alone).await;
        match whoami(caller).await {
            Ok(_) => assert!(alone < Duration::from_secs(5), "it was idle for {alone:?}"),
            Err(status) => return told(&status),
        }
        alone += Duration::from_millis(500);
    }
}

#[tokio::test]
async fn a_session_ends_with_its_lifetime_however_much_it_is_used() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(server, "ann").await;
        let wanted = CreateSessionRequest {
            lifetime: millis(1_500),
            ..request(&code, "ann", PASSWORD)
        };
        let opened = open(&channel, wanted).await.unwrap();
        let ann = Caller::new(channel.clone(), opened.token);
        whoami(&ann).await.expect("it stands");
        refused(&ann, Duration::from_secs(4)).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_is_used_outlives_its_idle_time_and_an_idle_one_does_not() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(server, "ann").await;
        let wanted = CreateSessionRequest {
            lifetime: millis(60_000),
            idle_timeout: millis(2_000),
            ..request(&code, "ann", PASSWORD)
        };
        let opened = open(&channel, wanted).await.unwrap();
        let ann = Caller::new(channel.clone(), opened.token);
        let mut every = tokio::time::interval(Duration::from_millis(500));
        for _ in 0..9 {
            every.tick().await;
            whoami(&ann).await.expect("it is used");
        }
        let gone = refused_when_idle(&ann).await;
        assert_eq!(
            gone,
            (Code::Unauthenticated, "CREDENTIAL_INVALID".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn a_log_in_ends_the_session_whose_token_it_presents() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(server, "ann").await;
        let first = open(&channel, request(&code, "ann", PASSWORD))
            .await
            .unwrap();
        let ann = Caller::new(channel.clone(), first.token);
        whoami(&ann).await.expect("it stands");
        let wrong = ann
            .sessions()
            .create_session(request(&code, "ann", "wrong"))
            .await;
        wrong.expect_err("a wrong password");
        whoami(&ann)
            .await
            .expect("a log-in that fails ends nothing");
        let again = ann
            .sessions()
            .create_session(request(&code, "ann", PASSWORD))
            .await;
        let again = again.unwrap().into_inner();
        let gone = whoami(&ann).await.expect_err("this server ended it itself");
        assert_eq!(gone.code(), Code::Unauthenticated);
        whoami(&Caller::new(channel.clone(), again.token))
            .await
            .expect("the new one stands");
    })
    .await;
}

#[tokio::test]
async fn a_log_out_is_known_to_every_replica_within_five_seconds() {
    on_both(|backend| async move {
        let fleet = Fleet::start(backend).await;
        let (tenant, code, _) = with_login(&fleet.servers[0], "ann").await;
        let channels = fleet.channels();
        let opened = open(&channels[0], request(&code, "ann", PASSWORD))
            .await
            .unwrap();
        let callers = fleet.callers(&opened.token);
        for caller in &callers {
            whoami(caller).await.expect("it stands everywhere");
        }
        let end = callers[0]
            .sessions()
            .delete_session(DeleteSessionRequest {})
            .await;
        end.expect("log out");
        let since = Instant::now();
        for caller in &callers {
            refused(caller, Duration::from_secs(6)).await;
        }
        assert!(since.elapsed() < Duration::from_secs(6));
        let none = tenant
            .staff
            .sessions()
            .delete_session(DeleteSessionRequest {})
            .await;
        let none = told(&none.expect_err("a key has no session"));
        assert_eq!(none, (Code::NotFound, "RESOURCE_NOT_FOUND".to_owned()));
        fleet.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_with_its_credential_and_outlives_its_server() {
    on_both(|backend| async move {
        let mut fleet = Fleet::start(backend).await;
        let (tenant, code, id) = with_login(&fleet.servers[0], "ann").await;
        let channel = fleet.servers[0].channel().await;
        let opened = open(&channel, request(&code, "ann", PASSWORD))
            .await
            .unwrap();
        fleet.restart().await;
        let ann = &fleet.callers(&opened.token)[0];
        whoami(ann).await.expect("it is in the database");
        let admin = &fleet.callers(&tenant.admin.key)[0];
        let revoke = RevokeCredentialRequest {
            id,
            ..Default::default()
        };
        admin
            .accounts()
            .revoke_credential(revoke)
            .await
            .expect("revoke it");
        refused(ann, Duration::from_secs(6)).await;
        let channel = fleet.servers[0].channel().await;
        let gone = open(&channel, request(&code, "ann", PASSWORD)).await;
        assert_eq!(told(&gone.expect_err("revoked")).1, "CREDENTIAL_INVALID");
        fleet.finish().await;
    })
    .await;
}

#[tokio::test]
async fn times_out_of_range_are_refused_by_name_and_what_is_presented_beside_does_no_harm() {
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let (_tenant, code, _) = with_login(server, "ann").await;
        for (lifetime, idle_timeout) in [
            (millis(0), None),
            (millis(31 * 24 * 3_600_000), None),
            (None, millis(999)),
            (millis(5_000), millis(6_000)),
        ] {
            let wanted = CreateSessionRequest {
                lifetime,
                idle_timeout,
                ..request(&code, "ann", PASSWORD)
            };
            let refused = open(&channel, wanted).await.expect_err("out of range");
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
        }
        let mut sessions = SessionServiceClient::new(channel.clone());
        for header in ["Bearer osk_nothing", "Basic x", "nonsense"] {
            let mut wanted = Request::new(request(&code, "ann", PASSWORD));
            let value = header.parse().expect("a header");
            wanted.metadata_mut().insert("authorization", value);
            sessions.create_session(wanted).await.expect(header);
        }
    })
    .await;
}
