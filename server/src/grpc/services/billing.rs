//! BillingService.

use std::collections::HashMap;
use std::sync::Arc;

use order_status_proto::v1 as pb;
use order_status_proto::v1::billing_service_server::BillingService;
use tonic::{Request, Response, Status};

use crate::domain::command::{Command, PaymentInput};
use crate::domain::decide::Made;
use crate::domain::order::{Order, OrderRef};
use crate::grpc::caller::Caller;
use crate::grpc::context::{Call, Context};
use crate::grpc::convert::codes::View;
use crate::grpc::convert::invoice;
use crate::grpc::convert::order_in::{PaymentFields, payment_input};
use crate::grpc::convert::order_out;
use crate::grpc::convert::reader::{Path, Reader};
use crate::grpc::convert::request::NamesOrder as _;
use crate::grpc::paging::Page;
use crate::grpc::services::invoices::draw;
use crate::grpc::status::internal;

/// BillingService.
pub struct Billing(pub Arc<Context>);

impl Billing {
    async fn record(
        &self,
        caller: Caller,
        mut call: Call,
        order: Option<OrderRef>,
        fields: PaymentFields,
        command: fn(OrderRef, PaymentInput) -> Command,
    ) -> Result<(pb::Order, pb::Payment), Status> {
        let order = call.reader.order_ref(order);
        let input = payment_input(&mut call.reader, &Path::Request, fields);
        let validate_only = call.validate_only;
        let written = self
            .0
            .write_one(&caller, call, command(order, input))
            .await?;
        let order = &written.order;
        let recorded = order
            .payments
            .iter()
            .find(|payment| written.made.contains(&Made::Payment(payment.id)));
        let recorded =
            recorded.ok_or_else(|| internal("a payment was recorded and is not there"))?;
        let mut payment = order_out::payment(recorded, order.id, &order.currency);
        if validate_only {
            payment.id = 0;
        }
        Ok((self.0.show(&caller, order, View::Full).await?, payment))
    }

    /// Those of the orders with these ids that the caller may see.
    pub(super) async fn seen_orders(
        &self,
        caller: &Caller,
        mut ids: Vec<i64>,
    ) -> Result<HashMap<i64, Order>, Status> {
        ids.sort_unstable();
        ids.dedup();
        let orders = self
            .0
            .store
            .orders(caller.account_id(), &ids, &[], false)
            .await?;
        let seen = orders
            .into_iter()
            .filter(|order| caller.principal.sees(order));
        Ok(seen.map(|order| (order.id, order)).collect())
    }
}

#[tonic::async_trait]
impl BillingService for Billing {
    async fn record_payment(
        &self,
        request: Request<pb::RecordPaymentRequest>,
    ) -> Result<Response<pb::RecordPaymentResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let call = Call::new("BillingService/RecordPayment", &mut request);
        let order = request.take_order();
        let pb::RecordPaymentRequest {
            method,
            amount,
            description,
            pay_date,
            ..
        } = request;
        let fields = PaymentFields {
            method,
            amount,
            description,
            pay_date,
        };
        let (order, payment) = self
            .record(caller, call, order, fields, Command::RecordPayment)
            .await?;
        Ok(Response::new(pb::RecordPaymentResponse {
            order: Some(order),
            payment: Some(payment),
        }))
    }

    async fn record_refund(
        &self,
        request: Request<pb::RecordRefundRequest>,
    ) -> Result<Response<pb::RecordRefundResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let call = Call::new("BillingService/RecordRefund", &mut request);
        let order = request.take_order();
        let pb::RecordRefundRequest {
            method,
            amount,
            description,
            pay_date,
            ..
        } = request;
        let fields = PaymentFields {
            method,
            amount,
            description,
            pay_date,
        };
        let (order, payment) = self
            .record(caller, call, order, fields, Command::RecordRefund)
            .await?;
        Ok(Response::new(pb::RecordRefundResponse {
            order: Some(order),
            payment: Some(payment),
        }))
    }

    async fn list_payments(
        &self,
        request: Request<pb::ListPaymentsRequest>,
    ) -> Result<Response<pb::ListPaymentsResponse>, Status> {
        let (caller, mut request) = Caller::open(request)?;
        let mut reader = Reader::default();
        let paging = (
            std::mem::take(&mut request.page_size),
            std::mem::take(&mut request.page_token),
        );
        let page = Page::new(
            &mut reader,
            caller.account_id(),
            "ListPayments",
            &request,
            (paging.0, &paging.1),
        )?;
        let named = request
            .take_order()
            .map(|name| reader.order_ref(Some(name)));
        reader.finish()?;
        let order = match &named {
            Some(name) => Some(self.0.order(&caller, name, false).await?.id),
            None => None,
        };
        let after = page.after.unwrap_or(0);
        let found = self
            .0
            .store
            .payments(caller.account_id(), order, after, page.wanted())
            .await?;
        // Payments are in the currencies of their orders.
        let of = found.iter().map(|(order, _)| *order).collect();
        let orders = self.seen_orders(&caller, of).await?;
        let (payments, next_page_token) = page.fill(
            found,
            |(_, payment)| payment.id,
            |(order_id, payment)| {
                let order = orders.get(order_id)?;
                Some(order_out::payment(payment, order.id, &order.currency))
            },
        );
        Ok(Response::new(pb::ListPaymentsResponse {
            payments,
            next_page_token,
        }))
    }

    async fn create_invoices(
        &self,
        request: Request<pb::CreateInvoicesRequest>,
    ) -> Result<Response<pb::CreateInvoicesResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        Ok(Response::new(self.make_invoices(caller, request).await?))
    }

    async fn get_invoice(
        &self,
        request: Request<pb::GetInvoiceRequest>,
    ) -> Result<Response<pb::Invoice>, Status> {
        let (caller, request) = Caller::open(request)?;
        let (found, state) = self.find_invoice(&caller, request.number).await?;
        Ok(Response::new(invoice::invoice(&found, state)))
    }

    async fn list_invoices(
        &self,
        request: Request<pb::ListInvoicesRequest>,
    ) -> Result<Response<pb::ListInvoicesResponse>, Status> {
        let (caller, request) = Caller::open(request)?;
        Ok(Response::new(self.page_of_invoices(caller, request).await?))
    }

    async fn get_invoice_document(
        &self,
        request: Request<pb::GetInvoiceDocumentRequest>,
    ) -> Result<Response<pb::InvoiceDocument>, Status> {
        let (caller, request) = Caller::open(request)?;
        let (found, _) = self.find_invoice(&caller, request.number).await?;
        Ok(Response::new(draw(&found).await?))
    }
}
