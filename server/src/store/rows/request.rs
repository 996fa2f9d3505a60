//! Request ids that were answered, and with what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::account::{from_text, to_text};
use super::bytes;
use super::document::{document, document_row};
use crate::domain::decide::Made;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::time::Timestamp;
use crate::store::batch::{RequestRecord, RequestResult};
use crate::store::entity::{document as documents, request};
use crate::store::error::{StoreError, damaged};

/// What an answer told of, as it is kept: id, version, payment (0 for none), address (null for none), documents, invoices
/// where there are some. Earlier versions left out what comes after the payment. Of a list only the end can be left out.
#[derive(Serialize, Deserialize)]
struct ResultText(
    i64,
    i64,
    i64,
    // Told where nothing follows too: what follows goes by its place.
    #[serde(default)] Option<i64>,
    #[serde(default)] Vec<MadeDocument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")] Vec<i64>,
);

/// What became of a document, its kind, its number.
#[derive(Serialize, Deserialize)]
struct MadeDocument(Became, i32, i64);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    Made,
    Affected,
    Cancelled,
}

impl From<&RequestResult> for ResultText {
    fn from(result: &RequestResult) -> ResultText {
        let mut text = ResultText(result.id, result.version, 0, None, Vec::new(), Vec::new());
        for made in &result.made {
            let (became, (kind, id)) = match made {
                Made::Payment(id) => {
                    text.2 = *id;
                    continue;
                }
                Made::Address(id) => {
                    text.3 = Some(*id);
                    continue;
                }
                Made::Invoice(number) => {
                    text.5.push(*number);
                    continue;
                }
                Made::Document(key) => (Became::Made, *key),
                Made::Affected(key) => (Became::Affected, *key),
                Made::Cancelled(key) => (Became::Cancelled, *key),
            };
            text.4.push(MadeDocument(became, kind.code(), id));
        }
        text
    }
}

impl MadeDocument {
    /// What was made; `None` where its kind is not known.
    fn made(self) -> Option<Made> {
        let MadeDocument(became, kind, id) = self;
        let key = (DocumentKind::from_code(kind.into())?, id);
        Some(match became {
            Became::Made => Made::Document(key),
            Became::Affected => Made::Affected(key),
            Became::Cancelled => Made::Cancelled(key),
        })
    }
}

impl From<ResultText> for RequestResult {
    fn from(
        ResultText(id, version, payment, address, documents, invoices): ResultText,
    ) -> RequestResult {
        let payment = (payment != 0).then_some(Made::Payment(payment));
        let made = payment.into_iter().chain(address.map(Made::Address));
        RequestResult {
            id,
            version,
            made: made
                .chain(documents.into_iter().filter_map(MadeDocument::made))
                .chain(invoices.into_iter().map(Made::Invoice))
                .collect(),
        }
    }
}

/// A document that was the answer.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct DocumentText {
    kind: i32,
    id: i64,
    state: i32,
    body: String,
    create_time: i64,
    update_time: i64,
    version: i64,
}

impl DocumentText {
    fn write(document: &Document) -> String {
        let row = document_row(document);
        to_text(&DocumentText {
            kind: row.kind,
            id: row.id,
            state: row.state,
            body: row.body,
            create_time: row.create_time,
            update_time: row.update_time,
            version: row.version,
        })
    }

    fn read(account_id: i64, text: &str) -> Result<Document, StoreError> {
        let kept: DocumentText =
            from_text(text).map_err(|error| damaged(format_args!("request: {error}")))?;
        document(documents::Model {
            account_id,
            kind: kept.kind,
            id: kept.id,
            state: kept.state,
            body: kept.body,
            create_time: kept.create_time,
            update_time: kept.update_time,
            version: kept.version,
        })
    }
}

/// The row of a request id.
pub fn request_row(record: &RequestRecord) -> request::Model {
    let results: Vec<ResultText> = record.results.iter().map(ResultText::from).collect();
    request::Model {
        account_id: record.account_id,
        request_id: record.request_id.to_vec(),
        day: record.create_time.day(),
        fingerprint: record.fingerprint.to_vec(),
        credential_id: record.credential_id,
        results: to_text(&results),
        document: record.document.as_deref().map(DocumentText::write),
        create_time: record.create_time.micros(),
    }
}

/// The request id of a row.
///
/// # Errors
/// Where the row makes no sense.
pub fn request(row: request::Model) -> Result<RequestRecord, StoreError> {
    let results: Vec<ResultText> =
        from_text(&row.results).map_err(|error| damaged(format_args!("request: {error}")))?;
    let results = results.into_iter().map(RequestResult::from);
    let answered = row.document;
    let answered = answered.map(|text| DocumentText::read(row.account_id, &text));
    Ok(RequestRecord {
        account_id: row.account_id,
        request_id: bytes(&row.request_id, "request id")?,
        fingerprint: bytes(&row.fingerprint, "fingerprint")?,
        credential_id: row.credential_id,
        results: results.collect(),
        document: answered.transpose()?.map(Arc::new),
        create_time: Timestamp::from_micros(row.create_time),
    })
}
