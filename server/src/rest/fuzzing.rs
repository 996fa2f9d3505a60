//! Doors for the fuzz targets, beside those of the service: each reads a request as the service does, and calls nobody.

use axum::extract::Request;
use axum::response::Response;

use super::dialect::{cyclesoftware, getfly, odoo, omni, wordbee};
use super::{native, schema};

/// The message of the API that a request means: its full name, and its bytes.
///
/// # Errors
/// The answer to a request that means none.
pub async fn transcode(request: Request) -> Result<(&'static str, Vec<u8>), Response> {
    native::fuzzing::read(request).await
}

/// A message of the API as JSON.
///
/// # Errors
/// The bytes are not that message, or it has no form in JSON.
///
/// # Panics
/// If the API has no message of that name.
pub fn to_json(message: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let tables = schema::tables().expect("tables");
    let message = tables.get(message).expect("a message");
    let mut json = Vec::new();
    let printed = tables.decode(message, bytes, &mut json);
    printed.map(|()| json).map_err(|error| error.to_string())
}

/// A message of the API from JSON.
///
/// # Errors
/// The field that does not fit, and what it takes.
///
/// # Panics
/// If the API has no message of that name.
pub fn from_json(message: &str, json: &[u8]) -> Result<Vec<u8>, String> {
    let tables = schema::tables().expect("tables");
    let message = tables.get(message).expect("a message");
    let mut bytes = Vec::new();
    let read = tables.encode(message, json, &mut bytes);
    read.map(|()| bytes).map_err(|wrong| format!("{wrong:?}"))
}

/// Whether Omni's contract understands a request.
///
/// # Errors
/// The answer to one that it does not.
pub async fn omni(request: Request) -> Result<(), Response> {
    omni::read(request).await
}

/// Whether Odoo's contract understands a request.
///
/// # Errors
/// The answer to one that it does not.
pub async fn odoo(request: Request) -> Result<(), Response> {
    odoo::read(request).await
}

/// Whether Wordbee's contract understands a request.
///
/// # Errors
/// The answer to one that it does not.
pub async fn wordbee(request: Request) -> Result<(), Response> {
    wordbee::understand(request).await
}

/// Whether Getfly's contract understands a request.
///
/// # Errors
/// The answer to one that it does not.
pub async fn getfly(request: Request) -> Result<(), Response> {
    getfly::read(request).await
}

/// Whether CycleSoftware's contract understands a request.
///
/// # Errors
/// The answer to one that it does not.
pub async fn cyclesoftware(request: Request) -> Result<(), Response> {
    cyclesoftware::read(request).await
}
