//! Store, supplier and outbound orders.

use order_status_proto::v1 as pb;
use prost_types::FieldMask;

use super::amount::decimal;
use super::codes::{DOCUMENT_KINDS, DOCUMENT_STATES, number_of};
use super::mask::Mask;
use super::order_in;
use super::order_out;
use super::reader::{Path, Reader};
use super::time::timestamp;
use crate::domain::command::{DocumentLineInput, DocumentPatch};
use crate::domain::document::{Document, DocumentLine, Share};

/// What an update ignores.
const IGNORED: [&str; 4] = ["id", "create_time", "update_time", "etag"];

/// What a document carries of an order.
pub fn share(share: &Share) -> pb::OrderDocument {
    let line = |(line_id, quantity): &(i64, _)| pb::CarriedLine {
        line_id: *line_id,
        quantity: Some(decimal(*quantity)),
    };
    pb::OrderDocument {
        kind: number_of(DOCUMENT_KINDS, &share.kind),
        id: share.id,
        state: number_of(DOCUMENT_STATES, &share.state),
        store_id: share.store_id,
        lines: share.lines.iter().map(line).collect(),
    }
}

/// A store order.
pub fn store_order(document: &Document) -> pb::StoreOrder {
    pb::StoreOrder {
        id: document.id,
        state: number_of(DOCUMENT_STATES, &document.state),
        from_store_id: document.from_store_id.unwrap_or(0),
        to_store_id: document.store_id,
        lines: document.lines.iter().map(line).collect(),
        create_time: Some(timestamp(document.create_time)),
        update_time: Some(timestamp(document.update_time)),
        etag: document.etag(),
    }
}

/// A supplier order.
pub fn supplier_order(document: &Document) -> pb::SupplierOrder {
    pb::SupplierOrder {
        id: document.id,
        state: number_of(DOCUMENT_STATES, &document.state),
        supplier: document.supplier.clone(),
        store_id: document.store_id,
        lines: document.lines.iter().map(line).collect(),
        create_time: Some(timestamp(document.create_time)),
        update_time: Some(timestamp(document.update_time)),
        etag: document.etag(),
    }
}

/// An outbound order.
pub fn outbound_order(document: &Document) -> pb::OutboundOrder {
    pb::OutboundOrder {
        id: document.id,
        state: number_of(DOCUMENT_STATES, &document.state),
        store_id: document.store_id,
        delivery_address: document.address.as_ref().map(order_out::address),
        lines: document.lines.iter().map(line).collect(),
        create_time: Some(timestamp(document.create_time)),
        update_time: Some(timestamp(document.update_time)),
        etag: document.etag(),
    }
}

fn line(line: &DocumentLine) -> pb::DocumentLine {
    pb::DocumentLine {
        order_id: line.order_id,
        line_id: line.line_id,
        quantity: Some(decimal(line.quantity)),
    }
}

/// A document of any kind as it was given: its number, and what to set.
pub struct Given {
    /// Its number; 0 where none was given.
    pub id: i64,
    /// What to set.
    pub patch: DocumentPatch,
}

/// Reads a store order; `mask` is none where it is to be made.
pub fn read_store_order(
    reader: &mut Reader,
    given: Option<pb::StoreOrder>,
    mask: Option<Option<FieldMask>>,
) -> Given {
    let path = Path::Request.field("store_order");
    let given = reader.required(&path, given).unwrap_or_default();
    let settable = ["state", "from_store_id", "to_store_id", "lines"];
    let mask = read_mask(reader, mask, &settable);
    let from = mask.wants("from_store_id", given.from_store_id != 0);
    let to = mask.wants("to_store_id", given.to_store_id != 0);
    Given {
        id: given.id,
        patch: DocumentPatch {
            from_store_id: from.then_some(given.from_store_id),
            store_id: to.then_some(given.to_store_id),
            ..common(reader, &path, &mask, given.state, given.lines)
        },
    }
}

/// Reads a supplier order; `mask` is none where it is to be made.
pub fn read_supplier_order(
    reader: &mut Reader,
    given: Option<pb::SupplierOrder>,
    mask: Option<Option<FieldMask>>,
) -> Given {
    let path = Path::Request.field("supplier_order");
    let given = reader.required(&path, given).unwrap_or_default();
    let settable = ["state", "supplier", "store_id", "lines"];
    let mask = read_mask(reader, mask, &settable);
    let store = mask.wants("store_id", given.store_id != 0);
    let supplier = mask.wants("supplier", !given.supplier.is_empty());
    let text = reader.text(&path.field("supplier"), given.supplier);
    Given {
        id: given.id,
        patch: DocumentPatch {
            store_id: store.then_some(given.store_id),
            supplier: supplier.then_some(text),
            ..common(reader, &path, &mask, given.state, given.lines)
        },
    }
}

/// Reads an outbound order; `mask` is none where it is to be made.
pub fn read_outbound_order(
    reader: &mut Reader,
    given: Option<pb::OutboundOrder>,
    mask: Option<Option<FieldMask>>,
) -> Given {
    let path = Path::Request.field("outbound_order");
    let given = reader.required(&path, given).unwrap_or_default();
    let settable = ["state", "store_id", "delivery_address", "lines"];
    let mask = read_mask(reader, mask, &settable);
    let store = mask.wants("store_id", given.store_id != 0);
    let at = path.field("delivery_address");
    let wanted = mask.wants("delivery_address", given.delivery_address.is_some());
    let address = given.delivery_address.filter(|_| wanted);
    Given {
        id: given.id,
        patch: DocumentPatch {
            store_id: store.then_some(given.store_id),
            address: address.map(|given| order_in::address(reader, &at, given, false)),
            ..common(reader, &path, &mask, given.state, given.lines)
        },
    }
}

fn read_mask(
    reader: &mut Reader,
    mask: Option<Option<FieldMask>>,
    settable: &[&'static str],
) -> Mask {
    mask.map_or(Mask::Filled, |mask| {
        Mask::read(reader, mask, settable, &IGNORED)
    })
}

fn common(
    reader: &mut Reader,
    path: &Path<'_>,
    mask: &Mask,
    state: i32,
    lines: Vec<pb::DocumentLine>,
) -> DocumentPatch {
    let wants_lines = mask.wants("lines", !lines.is_empty());
    let at = path.field("lines");
    let read = |(index, line): (usize, pb::DocumentLine)| {
        let at = at.item(index);
        DocumentLineInput {
            order_id: reader.id(&at.field("order_id"), line.order_id),
            line_id: reader.id(&at.field("line_id"), line.line_id),
            quantity: reader.decimal(&at.field("quantity"), line.quantity.as_ref()),
        }
    };
    let lines: Vec<_> = lines.into_iter().enumerate().map(read).collect();
    let state = reader.code(&path.field("state"), state, DOCUMENT_STATES);
    DocumentPatch {
        state,
        lines: wants_lines.then_some(lines),
        ..DocumentPatch::default()
    }
}
