//! The invoices of BillingService.

use order_status_proto::v1 as pb;
use tonic::Status;

use super::billing::Billing;
use crate::domain::command::Command;
use crate::domain::decide::Made;
use crate::domain::invoice::{Invoice, InvoiceState};
use crate::domain::order::OrderRef;
use crate::domain::refusal::Refusal;
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Written};
use crate::grpc::convert::codes::View;
use crate::grpc::convert::drawing::document;
use crate::grpc::convert::invoice::{self, invoice_input};
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::convert::request::NamesOrder as _;
use crate::grpc::paging::Page;
use crate::grpc::status::internal;

impl Billing {
    pub(super) async fn make_invoices(
        &self,
        caller: Caller,
        mut request: pb::CreateInvoicesRequest,
    ) -> Result<pb::CreateInvoicesResponse, Status> {
        let mut call = Call::new("BillingService/CreateInvoices", &mut request);
        let order = request.take_order();
        let order = call.reader.order_ref(order);
        let input = invoice_input(&mut call.reader, request);
        let validate_only = call.validate_only;
        let command = Command::CreateInvoices(order, Box::new(input));
        let written = self.0.write_one(&caller, call, command).await?;
        let invoices = self.made(&caller, &written).await?;
        let shown = invoices.iter().map(|made| {
            // Whatever has become of it since: this is the answer to its making.
            let shown = invoice::invoice(made, InvoiceState::first(made.pro_forma));
            let number = if validate_only { 0 } else { shown.number };
            pb::Invoice { number, ..shown }
        });
        let invoices = shown.collect();
        let order = self.0.show(&caller, &written.order, View::Full).await?;
        Ok(pb::CreateInvoicesResponse {
            order: Some(order),
            invoices,
        })
    }

    /// The invoices that a write made, in the order in which it made them; those of a replay are read.
    async fn made(&self, caller: &Caller, written: &Written) -> Result<Vec<Invoice>, Status> {
        if !written.invoices.is_empty() {
            return Ok(written.invoices.clone());
        }
        let numbers = written.made.iter().filter_map(|made| match made {
            Made::Invoice(number) => Some(*number),
            _ => None,
        });
        let numbers: Vec<i64> = numbers.collect();
        let account = caller.account_id();
        let found = self.0.store.invoices_by_number(account, &numbers).await?;
        if found.len() != numbers.len() {
            return Err(internal("an invoice was made and is not there").into());
        }
        Ok(found.into_iter().map(|(invoice, _)| invoice).collect())
    }

    /// The invoice of that number, if the caller may see it.
    pub(super) async fn find_invoice(
        &self,
        caller: &Caller,
        number: i64,
    ) -> Result<(Invoice, InvoiceState), Status> {
        let mut reader = Reader::default();
        let number = reader.id(&Path::Request.field("number"), number);
        reader.finish()?;
        let missing = || {
            Status::from(Refusal::ResourceNotFound {
                kind: "invoice",
                name: number.to_string(),
            })
        };
        let account = caller.account_id();
        let found = self.0.store.invoices_by_number(account, &[number]).await?;
        let found = found.into_iter().next().ok_or_else(missing)?;
        let order = OrderRef::Id(found.0.order_id);
        let order = self.0.store.order(account, &order, false).await?;
        let seen = order.is_some_and(|order| caller.principal.sees(&order));
        if seen && is_for(caller, &found.0) {
            Ok(found)
        } else {
            Err(missing())
        }
    }

    pub(super) async fn page_of_invoices(
        &self,
        caller: Caller,
        mut request: pb::ListInvoicesRequest,
    ) -> Result<pb::ListInvoicesResponse, Status> {
        let mut reader = Reader::default();
        let paging = (
            std::mem::take(&mut request.page_size),
            std::mem::take(&mut request.page_token),
        );
        let (account, paging) = (caller.account_id(), (paging.0, paging.1.as_str()));
        let page = Page::new(&mut reader, account, "ListInvoices", &request, paging)?;
        let named = request
            .take_order()
            .map(|name| reader.order_ref(Some(name)));
        reader.finish()?;
        let order = match &named {
            Some(name) => Some(self.0.order(&caller, name, false).await?.id),
            None => None,
        };
        let after = page.after.unwrap_or(0);
        let only = caller.principal.customer_id;
        let store = &self.0.store;
        let found = store
            .invoices(account, order, only, after, page.wanted())
            .await?;
        let of: Vec<i64> = found.iter().map(|(invoice, _)| invoice.order_id).collect();
        let orders = self.seen_orders(&caller, of).await?;
        let (invoices, next_page_token) = page.fill(
            found,
            |(invoice, _)| invoice.number,
            |(invoice, state)| {
                orders.get(&invoice.order_id)?;
                Some(invoice::invoice(invoice, *state))
            },
        );
        Ok(pb::ListInvoicesResponse {
            invoices,
            next_page_token,
        })
    }
}

/// Draws an invoice as a PDF, beside what else the server does.
pub(super) async fn draw(invoice: &Invoice) -> Result<pb::InvoiceDocument, Status> {
    let failed = |error: &dyn std::fmt::Display| {
        let number = invoice.number;
        Status::from(internal(&format!("invoice {number} is not drawn: {error}")))
    };
    let described = document(invoice).ok_or_else(|| failed(&"its day is none"))?;
    let drawn = tokio::task::spawn_blocking(move || crate::document::draw(&described)).await;
    let drawn = drawn.map_err(|error| failed(&error))?;
    Ok(pb::InvoiceDocument {
        mime_type: "application/pdf".to_owned(),
        content: drawn.map_err(|error| failed(&error))?,
    })
}

/// A customer sees what is addressed to them, and not what others pay for their orders.
fn is_for(caller: &Caller, invoice: &Invoice) -> bool {
    let only = caller.principal.customer_id;
    only.is_none_or(|customer| invoice.customer.id == Some(customer))
}
