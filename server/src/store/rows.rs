//! Between the domain's things and the rows that keep them.

mod account;
mod change;
mod document;
mod invoice;
mod order;
mod request;

pub use account::{
    account, account_row, calls_row, counter_rows, credential, credential_row, customer,
    customer_row, entry_row, fill_counter, session, session_row, shop_row,
};
pub use change::{change, change_row, personal_row};
pub use document::{document, document_row};
pub use invoice::{invoice, invoice_row, message_row};
pub use order::{detail_row, order, order_row, payment, payment_row, used_codes};
pub use request::{request, request_row};

use super::error::{StoreError, damaged};

/// Bytes of a known length.
fn bytes<const N: usize>(bytes: &[u8], what: &str) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| {
        damaged(format_args!(
            "{what} is {} bytes long, not {N}",
            bytes.len()
        ))
    })
}
