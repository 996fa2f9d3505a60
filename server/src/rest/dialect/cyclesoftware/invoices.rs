//! `create-invoices`: an order is billed, each of its customers for what is theirs.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use order_status_proto::v1 as pb;
use serde::Serialize;

use super::done;
use super::given::Given;
use super::refused::Refused;
use super::user::User;

/// What is asked for.
#[derive(Debug)]
pub struct Wanted {
    employee: Option<i64>,
    state: Option<i64>,
    book: bool,
    customer_messages: Option<bool>,
    allow_resend_messages: bool,
    apply_service_vat_correction: Option<bool>,
    split_items_as_text: Option<bool>,
}

#[derive(Serialize)]
struct Made {
    invoices: Vec<Invoice>,
}

#[derive(Serialize)]
struct Invoice {
    invoice_number: i64,
    customer_id: i64,
    sent_messages: SentMessages,
    documents: Vec<Document>,
}

#[derive(Serialize)]
struct SentMessages {
    phone_message: bool,
    email_message: bool,
}

#[derive(Serialize)]
struct Document {
    document_mime_type: String,
    document_base64: String,
}

impl Wanted {
    /// Reads it.
    pub fn of(given: &Given<'_>) -> Result<Wanted, Refused> {
        let split = given.boolean("split_items_as_text_on_default_customer_invoice")?;
        Ok(Wanted {
            employee: given.integer("employee_id")?,
            state: given.integer("order_status_id")?,
            book: given.boolean("book")?.unwrap_or(false),
            customer_messages: given.boolean("customer_messages")?,
            allow_resend_messages: given.boolean("allow_resend_messages")?.unwrap_or(false),
            apply_service_vat_correction: given.boolean("apply_service_vat_correction")?,
            split_items_as_text: split,
        })
    }
}

/// Makes them.
pub async fn create(user: &User<'_>, order: i64, given: &Given<'_>) -> Result<Response, Refused> {
    let wanted = Wanted::of(given)?;
    let request = pb::CreateInvoicesRequest {
        order: Some(pb::create_invoices_request::Order::Id(order)),
        employee_id: wanted.employee,
        state: wanted
            .state
            .map_or_else(String::new, |code| code.to_string()),
        book: wanted.book,
        customer_messages: wanted.customer_messages,
        allow_resend_messages: wanted.allow_resend_messages,
        apply_service_vat_correction: wanted.apply_service_vat_correction,
        split_items_as_text: wanted.split_items_as_text,
        ..Default::default()
    };
    let made = user.billing().create_invoices(request).await?.into_inner();
    let mut invoices = Vec::with_capacity(made.invoices.len());
    for invoice in made.invoices {
        let messages = invoice.messages.unwrap_or_default();
        invoices.push(Invoice {
            invoice_number: invoice.number,
            customer_id: invoice
                .customer
                .and_then(|customer| customer.id)
                .unwrap_or_default(),
            sent_messages: SentMessages {
                phone_message: messages.phone_message,
                email_message: messages.email_message,
            },
            documents: document(user, invoice.number).await.into_iter().collect(),
        });
    }
    Ok(done(Made { invoices }))
}

/// The document of an invoice. The invoice is made whether or not it can be drawn: whoever then asks for another one is
/// not to be misled by an error here.
async fn document(user: &User<'_>, number: i64) -> Option<Document> {
    let request = pb::GetInvoiceDocumentRequest { number };
    match user.billing().get_invoice_document(request).await {
        Ok(document) => {
            let document = document.into_inner();
            Some(Document {
                document_mime_type: document.mime_type,
                document_base64: STANDARD.encode(document.content),
            })
        }
        Err(status) => {
            tracing::warn!(invoice = number, %status, "an invoice is made but cannot be drawn");
            None
        }
    }
}
