//! The fields of an order beside its narrow row, as one JSON text.
//!
//! Fields that are not set are left out, and names that are not known are passed over, so that an older
//! program reads what a newer one wrote.

mod invoice;
mod parts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{StoreError, damaged};
use crate::domain::address::Address;
use crate::domain::document::Document;
use crate::domain::hold::Hold;
use crate::domain::invoice::OrderInvoice;
use crate::domain::order::{Charges, Line, Order, Payment};
use invoice::OrderInvoiceRow;
pub use invoice::{read as read_invoice, write as write_invoice};
use parts::{AddressRow, ChargesRow, DocumentRow, HoldRow, LineRow, PaymentRow, ShareRow};

/// The detail of an order, as text.
pub fn write(order: &Order) -> String {
    to_text(&Detail::from(order))
}

/// Fills in what the text holds.
///
/// # Errors
/// Where the text is not a detail.
pub fn read(text: &str, order: &mut Order) -> Result<(), StoreError> {
    let detail: Detail = serde_json::from_str(text).map_err(|error| {
        damaged(format_args!(
            "detail of order {} of account {}: {error}",
            order.id, order.account_id
        ))
    })?;
    detail.fill(order);
    Ok(())
}

/// An address as text.
pub fn write_address(address: &Address) -> String {
    to_text(&AddressRow::from(address))
}

/// An address from its text.
///
/// # Errors
/// Where the text is not an address.
pub fn read_address(text: &str) -> Result<Address, StoreError> {
    serde_json::from_str::<AddressRow>(text)
        .map(Address::from)
        .map_err(|error| damaged(format_args!("address: {error}")))
}

/// What a document's row does not say of it, as text.
pub fn write_document(document: &Document) -> String {
    to_text(&DocumentRow::from(document))
}

/// Fills in what the text of a document holds.
///
/// # Errors
/// Where the text is not one of a document.
pub fn read_document(text: &str, document: &mut Document) -> Result<(), serde_json::Error> {
    serde_json::from_str::<DocumentRow>(text).map(|row| row.fill(document))
}

/// Text without a way to fail: these types hold no map with keys other than text.
fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn unset<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Declares a struct whose fields are left out of the text where they are not set.
macro_rules! sparse {
    ($name:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        #[derive(Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub(super) struct $name {
            $(#[serde(skip_serializing_if = "unset")] $field: $kind,)+
        }
    };
}

use sparse;

sparse!(Detail {
    customer_name: String,
    customer_phone: String,
    customer_email: String,
    customer_contact_name: String,
    customer_address: Option<AddressRow>,
    channel: String,
    table_number: String,
    notes: String,
    lines: Vec<LineRow>,
    last_line_id: i64,
    terms: Vec<String>,
    payments: Vec<PaymentRow>,
    holds: Vec<HoldRow>,
    last_hold_id: i64,
    documents: Vec<ShareRow>,
    invoices: Vec<OrderInvoiceRow>,
    told_customers: Vec<i64>,
    charges: ChargesRow,
    payment_method: String,
    delivery_method: String,
    delivery_address: Option<AddressRow>,
    source: String,
    assigned_username: String,
    lading_code: String,
    campaign_code: String,
    opportunity_code: String,
    cancellation_type: String,
    attributes: BTreeMap<String, String>,
});

impl From<&Order> for Detail {
    fn from(order: &Order) -> Detail {
        let customer = &order.customer;
        Detail {
            customer_name: customer.name.clone(),
            customer_phone: customer.phone.clone(),
            customer_email: customer.email.clone(),
            customer_contact_name: customer.contact_name.clone(),
            customer_address: customer.address.as_ref().map(AddressRow::from),
            channel: order.channel.clone(),
            table_number: order.table_number.clone(),
            notes: order.notes.clone(),
            lines: order.lines.iter().map(LineRow::from).collect(),
            last_line_id: order.last_line_id,
            terms: order.terms.clone(),
            payments: order.payments.iter().map(PaymentRow::from).collect(),
            holds: order.holds.iter().map(HoldRow::from).collect(),
            last_hold_id: order.last_hold_id,
            documents: order.documents.iter().map(ShareRow::from).collect(),
            invoices: order.invoices.iter().map(OrderInvoiceRow::from).collect(),
            told_customers: order.told_customers.clone(),
            charges: ChargesRow::from(&order.charges),
            payment_method: order.payment_method.clone(),
            delivery_method: order.delivery_method.clone(),
            delivery_address: order.delivery_address.as_ref().map(AddressRow::from),
            source: order.source.clone(),
            assigned_username: order.assigned_username.clone(),
            lading_code: order.lading_code.clone(),
            campaign_code: order.campaign_code.clone(),
            opportunity_code: order.opportunity_code.clone(),
            cancellation_type: order.cancellation_type.clone(),
            attributes: order.attributes.clone(),
        }
    }
}

impl Detail {
    fn fill(self, order: &mut Order) {
        order.customer.name = self.customer_name;
        order.customer.phone = self.customer_phone;
        order.customer.email = self.customer_email;
        order.customer.contact_name = self.customer_contact_name;
        order.customer.address = self.customer_address.map(Address::from);
        order.channel = self.channel;
        order.table_number = self.table_number;
        order.notes = self.notes;
        order.lines = self.lines.into_iter().map(Line::from).collect();
        order.last_line_id = self.last_line_id;
        order.terms = self.terms;
        order.payments = self.payments.into_iter().map(Payment::from).collect();
        order.holds = self.holds.into_iter().map(Hold::from).collect();
        order.last_hold_id = self.last_hold_id;
        let shares = self.documents.into_iter();
        order.documents = shares.filter_map(ShareRow::share).collect();
        order.invoices = self.invoices.into_iter().map(OrderInvoice::from).collect();
        order.told_customers = self.told_customers;
        order.charges = Charges::from(self.charges);
        order.payment_method = self.payment_method;
        order.delivery_method = self.delivery_method;
        order.delivery_address = self.delivery_address.map(Address::from);
        order.source = self.source;
        order.assigned_username = self.assigned_username;
        order.lading_code = self.lading_code;
        order.campaign_code = self.campaign_code;
        order.opportunity_code = self.opportunity_code;
        order.cancellation_type = self.cancellation_type;
        order.attributes = self.attributes;
    }
}
