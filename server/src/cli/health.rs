//! `order-status healthcheck`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tonic::Request;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{Failure, remote};

/// How long the server has to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Prints what the server says of itself.
pub(super) async fn run(address: String, ca: Option<PathBuf>) -> Result<ExitCode, Failure> {
    let ask = async {
        let mut client = HealthClient::new(remote::channel(&address, ca.as_deref()).await?);
        let answer = client.check(Request::new(HealthCheckRequest { service: String::new() })).await;
        answer.map_err(|status| Failure(format!("{address} answered {:?}: {}", status.code(), status.message())))
    };
    let answer = tokio::time::timeout(PATIENCE, ask)
        .await
        .map_err(|_| Failure(format!("{address} did not answer within {} s", PATIENCE.as_secs())))??;
    let status = answer.into_inner().status();
    println!("{}", status.as_str_name());
    Ok(if status == ServingStatus::Serving { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
