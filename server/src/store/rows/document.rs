//! Store, supplier and outbound orders.

use crate::domain::document::{Document, DocumentKind, DocumentState};
use crate::domain::time::Timestamp;
use crate::store::detail;
use crate::store::entity::document as documents;
use crate::store::error::{StoreError, damaged};

/// The row of a document.
pub fn document_row(document: &Document) -> documents::Model {
    documents::Model {
        account_id: document.account_id,
        kind: document.kind.code(),
        id: document.id,
        state: document.state.code(),
        body: detail::write_document(document),
        create_time: document.create_time.micros(),
        update_time: document.update_time.micros(),
        version: document.version,
    }
}

/// The document of a row.
///
/// # Errors
/// Where the row makes no sense.
pub fn document(row: documents::Model) -> Result<Document, StoreError> {
    let wrong = |what: &dyn std::fmt::Display| {
        damaged(format_args!(
            "document {} {} of account {}: {what}",
            row.kind, row.id, row.account_id
        ))
    };
    let kind = DocumentKind::from_code(row.kind.into());
    let state = DocumentState::from_code(row.state.into());
    let mut document = Document {
        account_id: row.account_id,
        kind: kind.ok_or_else(|| wrong(&"its kind is not known"))?,
        id: row.id,
        state: state.ok_or_else(|| wrong(&"its state is not known"))?,
        from_store_id: None,
        store_id: 0,
        supplier: String::new(),
        address: None,
        lines: Vec::new(),
        create_time: Timestamp::from_micros(row.create_time),
        update_time: Timestamp::from_micros(row.update_time),
        version: row.version,
    };
    detail::read_document(&row.body, &mut document).map_err(|error| wrong(&error))?;
    Ok(document)
}
