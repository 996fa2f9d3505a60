//! How many sessions of one credential stand at once.

use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};
use order_status_proto::v1::CreateSessionRequest;
use order_status_tests::{Caller, Server, Tenant, on_both};
use tonic::Code;

use super::fixtures::{millis, open, told, whoami};

const MOST: usize = 1_000;
/// How long a session that ended may still be taken for one that stands, on a busy machine.
const KNOWN: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_thousand_sessions_of_a_credential_stand_and_one_more_ends_the_one_that_would_end_first()
{
    on_both(|backend| async move {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        // By a key: so many passwords would take long.
        let session = async |lifetime| {
            let wanted = CreateSessionRequest {
                key: tenant.staff.key.clone(),
                lifetime,
                ..CreateSessionRequest::default()
            };
            let opened = open(&channel, wanted).await.expect("a session");
            Caller::new(channel.clone(), opened.token)
        };
        let first = session(None).await;
        // Neither the oldest nor the newest, but the one with the least time left.
        let short = session(millis(600_000)).await;
        let others = stream::iter(2..MOST).map(|_| session(None));
        let others: Vec<Caller> = others.buffer_unordered(50).collect().await;
        whoami(&short).await.expect("as many as may stand do");

        let newest = session(None).await;
        let since = Instant::now();
        let gone = loop {
            match whoami(&short).await {
                Ok(_) => assert!(since.elapsed() < KNOWN, "it still stands"),
                Err(status) => break told(&status),
            }
        };
        let invalid = "CREDENTIAL_INVALID".to_owned();
        assert_eq!(gone, (Code::Unauthenticated, invalid));
        let some = others.iter().step_by(100);
        for standing in some.chain([&first, &newest]) {
            whoami(standing).await.expect("nothing else was ended");
        }
    })
    .await;
}
