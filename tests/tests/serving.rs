//! How the server starts, holds connections, and ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use nix::sys::signal::Signal;
use order_status_proto::v1::ListOrdersRequest;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_tests::{Backend, Config, Server, on_both};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// Longer than any wait of a test that passes.
const PATIENCE: Duration = Duration::from_secs(30);

fn with(config: Config, args: &[&str]) -> Config {
    Config {
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        ..config
    }
}

async fn health(channel: Channel, service: &str) -> Result<ServingStatus, Code> {
    let asked = HealthClient::new(channel)
        .check(HealthCheckRequest {
            service: service.to_owned(),
        })
        .await;
    asked
        .map(|answer| answer.into_inner().status())
        .map_err(|status| status.code())
}

#[tokio::test]
async fn the_first_start_prints_one_admin_key_and_the_next_start_prints_none() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let mut server = Server::start(Config::on(&database)).await;
        let key = server.admin_key().await;
        assert!(key.starts_with("osk_") && key.len() == 47, "{key}");
        assert!(server.stop().await.success());
        let (stdout, stderr) = server.output();
        assert_eq!(stdout, format!("admin key: {key}"));
        assert!(!stderr.contains(&key), "the key is in the log");
        server.restart().await;
        assert!(server.stop().await.success());
        assert_eq!(server.output().0, "");
    })
    .await;
}

#[tokio::test]
async fn of_three_servers_that_start_at_once_on_an_empty_database_one_prints_the_key() {
    let database = Backend::Postgres.database().await;
    let start = || Server::start(Config::on(&database));
    let (first, second, third) = tokio::join!(start(), start(), start());
    let mut keys = 0;
    for mut server in [first, second, third] {
        assert!(server.stop().await.success());
        keys += server
            .output()
            .0
            .lines()
            .filter(|line| line.starts_with("admin key: "))
            .count();
    }
    assert_eq!(keys, 1);
}

#[tokio::test]
async fn health_knows_every_service_and_follows_the_drain_to_the_end() {
    let database = Backend::Sqlite.database().await;
    let mut server = Server::start(with(Config::on(&database), &["--drain-announce=3s"])).await;
    let channel = server.channel().await;
    let api = prost_reflect::DescriptorPool::decode(order_status_proto::FILE_DESCRIPTOR_SET)
        .expect("the descriptors");
    let named = api.services().map(|service| service.full_name().to_owned());
    let ours = named.filter(|name| name.starts_with("orderstatus."));
    for service in ours.chain([String::new()]) {
        assert_eq!(
            health(channel.clone(), &service).await,
            Ok(ServingStatus::Serving),
            "{service:?}"
        );
    }
    assert_eq!(health(channel.clone(), "nobody").await, Err(Code::NotFound));

    let request = HealthCheckRequest {
        service: String::new(),
    };
    let mut watch = HealthClient::new(channel.clone())
        .watch(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watch.message().await.unwrap().map(|told| told.status()),
        Some(ServingStatus::Serving)
    );
    server.signal(Signal::SIGTERM);
    let told = tokio::time::timeout(PATIENCE, watch.message())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        told.map(|told| told.status()),
        Some(ServingStatus::NotServing)
    );
    // While it is announced, calls and even new connections are still served.
    assert_eq!(
        health(server.channel().await, "").await,
        Ok(ServingStatus::NotServing)
    );
    drop((watch, channel));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_stream_is_told_to_come_again_when_the_server_closes() {
    let database = Backend::Sqlite.database().await;
    let config = with(
        Config::on(&database),
        &["--drain-announce=0s", "--drain-grace=1h"],
    );
    let mut server = Server::start(config).await;
    let request = HealthCheckRequest {
        service: String::new(),
    };
    let mut watch = HealthClient::new(server.channel().await)
        .watch(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        watch.message().await.unwrap().map(|told| told.status()),
        Some(ServingStatus::Serving)
    );
    let listen = async {
        loop {
            match watch.message().await {
                Ok(Some(told)) => assert_eq!(told.status(), ServingStatus::NotServing),
                Ok(None) => panic!("the stream ended without a word"),
                Err(status) => break status.code(),
            }
        }
    };
    let (ended, told) = tokio::join!(server.stop(), listen);
    assert_eq!(ended.code(), Some(0));
    assert_eq!(told, Code::Unavailable);
}

/// A call of Health/Check whose message never comes.
fn hanging_call(server: &Server) -> TcpStream {
    // HPACK: POST, http, then literals: path, authority, content-type, te.
    let mut headers = vec![0x83, 0x86];
    let mut literal = |name: &[u8], value: &str| {
        headers.extend(name);
        headers.push(u8::try_from(value.len()).expect("the server takes and answers it"));
        headers.extend(value.as_bytes());
    };
    literal(&[0x04], "/grpc.health.v1.Health/Check");
    literal(&[0x01], "localhost");
    literal(&[0x0f, 0x10], "application/grpc");
    literal(&[0x00, 0x02, b't', b'e'], "trailers");
    let mut bytes =
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
    // A HEADERS frame of stream 1 that ends the headers, but not the stream.
    bytes.extend([
        0,
        0,
        u8::try_from(headers.len()).expect("the server takes and answers it"),
        0x01,
        0x04,
        0,
        0,
        0,
        1,
    ]);
    bytes.extend(headers);
    let mut stream =
        TcpStream::connect(server.grpc_address()).expect("the server takes and answers it");
    stream
        .write_all(&bytes)
        .expect("the server takes and answers it");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_does_not_end_is_cut_when_the_grace_is_over() {
    let database = Backend::Sqlite.database().await;
    let config = with(
        Config::on(&database),
        &["--drain-announce=0s", "--drain-grace=1s"],
    );
    let mut server = Server::start(config).await;
    let call = hanging_call(&server);
    while !get(&server, "/metrics").contains("grpc_server_in_flight 1\n") {}
    let ended = tokio::time::timeout(PATIENCE, server.stop()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(server.output().1.contains("the grace is over"));
    drop(call);
}

#[tokio::test]
async fn a_second_signal_cuts_every_wait_short() {
    let database = Backend::Sqlite.database().await;
    let config = with(
        Config::on(&database),
        &["--drain-announce=1h", "--drain-grace=1h"],
    );
    let mut server = Server::start(config).await;
    let channel = server.channel().await;
    server.signal(Signal::SIGTERM);
    while health(channel.clone(), "").await != Ok(ServingStatus::NotServing) {}
    assert_eq!(
        tokio::time::timeout(PATIENCE, server.stop())
            .await
            .unwrap()
            .code(),
        Some(0)
    );
}

/// One HTTP/1 request, and the whole answer.
fn get(server: &Server, path: &str) -> String {
    let mut stream =
        TcpStream::connect(server.http_address()).expect("the server takes and answers it");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    )
    .expect("the server takes and answers it");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .expect("the server takes and answers it");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_http_listener_tells_life_readiness_and_figures() {
    on_both(|backend| async move {
        let database = backend.database().await;
        let server = Server::start(Config::on(&database)).await;
        assert_eq!(
            health(server.channel().await, "").await,
            Ok(ServingStatus::Serving)
        );
        assert!(get(&server, "/livez").starts_with("HTTP/1.1 200"));
        let ready = get(&server, "/readyz");
        assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
        for check in [
            "serving: ok",
            "database: ok",
            "migrations: ok",
            "ledger: ok",
        ] {
            assert!(ready.contains(check), "{ready}");
        }
        let figures = get(&server, "/metrics");
        let counted =
            "grpc_server_handled_total{method=\"/grpc.health.v1.Health/Check\",code=\"OK\"} 1";
        assert!(figures.contains(counted), "{figures}");
        assert!(get(&server, "/nothing").starts_with("HTTP/1.1 404"));
    })
    .await;
}

/// The settings that a server sends first on an HTTP/2 connection, as pairs of id and value.
fn settings(server: &Server) -> Vec<(u16, u32)> {
    let mut stream =
        TcpStream::connect(server.grpc_address()).expect("the server takes and answers it");
    // The preface and an empty SETTINGS frame.
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
        .expect("the server takes and answers it");
    let mut header = [0; 9];
    stream
        .read_exact(&mut header)
        .expect("the server takes and answers it");
    assert_eq!(header[3], 4, "the first frame is SETTINGS");
    let mut frame = vec![0; u32::from_be_bytes([0, header[0], header[1], header[2]]) as usize];
    stream
        .read_exact(&mut frame)
        .expect("the server takes and answers it");
    let pair = |bytes: &[u8]| {
        (
            u16::from_be_bytes([bytes[0], bytes[1]]),
            u32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]),
        )
    };
    frame.chunks_exact(6).map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_on_streams_and_headers_stand_on_the_wire() {
    let database = Backend::Sqlite.database().await;
    let server = Server::start(Config::on(&database)).await;
    let settings = settings(&server);
    let value = |id: u16| {
        settings
            .iter()
            .find(|(other, _)| *other == id)
            .map(|(_, value)| *value)
    };
    assert_eq!(value(3), Some(100), "SETTINGS_MAX_CONCURRENT_STREAMS");
    assert_eq!(value(6), Some(16 * 1024), "SETTINGS_MAX_HEADER_LIST_SIZE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_is_closed_and_one_that_serves_is_not() {
    let database = Backend::Sqlite.database().await;
    let server = Server::start(Config::on(&database)).await;
    let channel = server.channel().await;
    assert_eq!(
        health(channel.clone(), "").await,
        Ok(ServingStatus::Serving)
    );
    let mut silent = [server.grpc_address(), server.http_address()].map(|address| {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    });
    for stream in &mut silent {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the server closes");
    }
    assert_eq!(health(channel, "").await, Ok(ServingStatus::Serving));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_beyond_the_cap_waits_until_another_leaves() {
    let database = Backend::Sqlite.database().await;
    let server = Server::start(with(Config::on(&database), &["--max-connections=1"])).await;
    let first = server.channel().await;
    assert_eq!(health(first.clone(), "").await, Ok(ServingStatus::Serving));
    let endpoint = server.endpoint();
    let waiting = tokio::spawn(async move { health(endpoint.connect_lazy(), "").await });
    // The first goes on while the second waits in the kernel.
    for _ in 0..20 {
        assert_eq!(health(first.clone(), "").await, Ok(ServingStatus::Serving));
    }
    assert!(!waiting.is_finished());
    drop(first);
    assert_eq!(
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap()
            .unwrap(),
        Ok(ServingStatus::Serving)
    );
}

#[tokio::test]
async fn with_a_certificate_calls_are_encrypted_and_plain_ones_get_no_answer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serving");
    let database = Backend::Sqlite.database().await;
    let (cert, key) = (
        format!("--tls-cert={folder}/localhost.cert.pem"),
        format!("--tls-key={folder}/localhost.key.pem"),
    );
    let server = Server::start(with(Config::on(&database), &[&cert, &key])).await;
    let trusted = Certificate::from_pem(include_str!("serving/localhost.cert.pem"));
    let endpoint = Endpoint::from_shared(format!(
        "https://localhost:{}",
        server.grpc_address().port()
    ))
    .unwrap();
    let tls = ClientTlsConfig::new().ca_certificate(trusted);
    let channel = endpoint
        .tls_config(tls)
        .unwrap()
        .connect()
        .await
        .expect("a TLS connection");
    assert_eq!(health(channel, "").await, Ok(ServingStatus::Serving));
    assert!(health(server.endpoint().connect_lazy(), "").await.is_err());
}

#[tokio::test]
async fn a_call_is_one_line_of_json_with_its_ids_and_no_key_is_ever_logged() {
    let database = Backend::Sqlite.database().await;
    let mut server = Server::start(with(
        Config::on(&database),
        &["--log=json", "--log-filter=trace"],
    ))
    .await;
    let key = server.admin_key().await;
    let mut orders = OrderServiceClient::new(server.channel().await);
    let mut headers = vec![
        ("authorization", format!("Bearer {key}")),
        ("x-api-key", "osk_in_the_other_header".to_owned()),
        ("x-correlation-id", "till-7".to_owned()),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        ),
    ];
    let call = async |orders: &mut OrderServiceClient<Channel>,
                      headers: &[(&'static str, String)]| {
        let mut request = Request::new(ListOrdersRequest::default());
        for (name, value) in headers {
            request.metadata_mut().insert(*name, value.parse().unwrap());
        }
        orders.list_orders(request).await
    };
    let answered = call(&mut orders, &headers).await.expect("a list of orders");
    assert_eq!(
        answered.metadata().get("x-correlation-id").unwrap(),
        "till-7"
    );
    headers[0].1 = "Bearer osk_that_nobody_has".to_owned();
    let refused = call(&mut orders, &headers).await.expect_err("refused");
    assert_eq!(
        refused.metadata().get("x-correlation-id").unwrap(),
        "till-7"
    );
    assert!(server.stop().await.success());

    let (_, log) = server.output();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let ended: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "call ended")
        .collect();
    let [answered, refused] = ended.as_slice() else {
        panic!("two calls, not {ended:?}")
    };
    assert_eq!(
        (&answered["rpc.code"], &refused["rpc.code"]),
        (&"OK".into(), &"UNAUTHENTICATED".into())
    );
    for line in [answered, refused] {
        let span = &line["span"];
        assert_eq!(
            span["rpc.method"],
            "/orderstatus.v1.OrderService/ListOrders"
        );
        assert_eq!(span["correlation.id"], "till-7");
        assert_eq!(span["trace.id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(line["duration.ms"].is_number(), "{line}");
    }
    assert_eq!(
        (
            &answered["span"]["account.id"],
            &answered["span"]["credential.id"]
        ),
        (&1.into(), &1.into())
    );
    for secret in [
        key.as_str(),
        "osk_that_nobody_has",
        "osk_in_the_other_header",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
