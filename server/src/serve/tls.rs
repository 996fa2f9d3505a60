//! TLS for the listeners, with ring, TLS 1.2 and up.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::ServeError;
use crate::config::TlsFiles;

/// What the listeners accept TLS with, for these application protocols.
///
/// # Errors
/// A file cannot be read, holds no certificate or key, or the two do not belong together.
pub(super) fn acceptor(files: &TlsFiles, protocols: &[&str]) -> Result<TlsAcceptor, ServeError> {
    let certificates: Vec<_> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(&files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unreadable(&files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| ServeError::Setup(format!("TLS certificate and key do not serve: {error}")))?;
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn unreadable(path: &Path, error: &rustls::pki_types::pem::Error) -> ServeError {
    ServeError::Setup(format!("TLS file {} cannot be used: {error}", path.display()))
}
