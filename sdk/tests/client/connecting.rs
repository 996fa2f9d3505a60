//! How a client comes about.

use order_status_sdk::{Client, Error};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tonic::transport::{Identity, ServerTlsConfig};

use crate::server::{Server, quick};

fn refused(uri: &str) -> Error {
    Client::builder(uri)
        .connect_lazy()
        .expect_err("it is refused")
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    for uri in [
        "http://127.0.0.1:1",
        "http://127.8.0.1:1",
        "http://[::1]:1",
        "http://localhost:1",
    ] {
        Client::builder(uri).connect_lazy().expect(uri);
    }
    for uri in [
        "http://10.0.0.1:50051",
        "http://orders.example.com",
        "http://localhost.example.com",
    ] {
        let error = refused(uri);
        assert!(error.is_invalid(), "{uri}");
        assert!(error.message().contains("insecure()"), "{error}");
        Client::builder(uri).insecure().connect_lazy().expect(uri);
    }
}

#[tokio::test]
async fn a_uri_or_a_key_that_cannot_be_used_is_named() {
    assert!(
        refused("ftp://127.0.0.1")
            .message()
            .contains("ftp://127.0.0.1")
    );
    assert!(refused("127.0.0.1:50051").is_invalid());
    assert!(refused("http://").is_invalid());
    let error = Client::builder("http://127.0.0.1:1")
        .key("two\nlines")
        .connect_lazy();
    let error = error.expect_err("it is refused");
    assert!(error.is_invalid());
    assert!(!error.message().contains("lines"), "a key is never printed");
}

#[tokio::test]
async fn connecting_to_nobody_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let uri = format!("http://{}", listener.local_addr().expect("its address"));
    drop(listener);
    let error = Client::builder(&uri)
        .connect()
        .await
        .expect_err("nobody is there");
    assert!(error.is_unavailable(), "{error}");

    let client = Client::builder(&uri)
        .retry(quick())
        .connect_lazy()
        .expect("a client");
    let error = client
        .get_order(1)
        .send()
        .await
        .expect_err("nobody is there");
    assert!(error.is_unavailable(), "{error}");
    assert!(error.message().contains("refused"), "{error}");
}

#[tokio::test]
async fn tls_trusts_the_authority_that_it_is_given_and_no_other() {
    let ours = authority();
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(["localhost".to_owned()])
        .and_then(|params| params.signed_by(&key, &ours))
        .expect("a certificate");
    let identity = Identity::from_pem(certificate.pem(), key.serialize_pem());
    let server = Server::start_with(Some(ServerTlsConfig::new().identity(identity))).await;
    let uri = format!("https://{}", server.address());
    let builder = || Client::builder(&uri).tls_domain("localhost");

    let client = builder()
        .ca_pem(ours.pem())
        .connect()
        .await
        .expect("a connection");
    client.get_order(1).send().await.expect("an answer");

    let strange = builder()
        .ca_pem(authority().pem())
        .connect()
        .await
        .expect_err("a stranger");
    assert!(strange.is_unavailable(), "{strange}");
    let of_the_web = builder().connect().await.expect_err("a stranger");
    assert!(of_the_web.is_unavailable(), "{of_the_web}");
    let other_name = builder()
        .tls_domain("example.com")
        .ca_pem(ours.pem())
        .connect()
        .await;
    assert!(other_name.expect_err("another name").is_unavailable());
}

/// A new authority.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"))
        .expect("a certificate")
}
