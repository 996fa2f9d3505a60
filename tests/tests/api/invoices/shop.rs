//! An account that invoices, and what tests read of its invoices.

use order_status_proto::v1::{
    Account, CreateCustomerRequest, CreateInvoicesRequest, CreateInvoicesResponse, Customer,
    GetInvoiceDocumentRequest, GetInvoiceRequest, Invoice, InvoiceDocument, InvoiceLine, Line,
    LineKind, ListInvoicesRequest, Order, UpdateAccountRequest, create_invoices_request,
    list_invoices_request,
};
use order_status_tests::{Backend, Caller, Server, Tenant};
use tonic::{Response, Status};

use crate::api::answers::granted;
use crate::api::fixtures::{import_one, in_cents, line, order_in, request};

/// An account with two customers, the first of whom has a client's credential.
pub struct Shop {
    /// The account and its credentials.
    pub tenant: Tenant,
    /// The other customer, of whom nothing but the name is known.
    pub other: i64,
}

impl Shop {
    /// An account whose booked invoices begin with 20173382.
    pub async fn open(backend: Backend) -> Self {
        let server = Server::shared(backend).await;
        let tenant = Tenant::create(server, "standard").await;
        let request = CreateCustomerRequest {
            customer: Some(Customer {
                name: "Somebody else".to_owned(),
                ..Customer::default()
            }),
            ..CreateCustomerRequest::default()
        };
        let other = granted(tenant.staff.catalogs().create_customer(request).await).id;
        let shop = Self { tenant, other };
        let account = Account {
            invoice_series: Some(2017),
            next_invoice_number: 3382,
            ..Account::default()
        };
        granted(shop.set(account).await);
        shop
    }

    /// Sets the fields of the account that are filled.
    pub async fn set(&self, account: Account) -> Result<Response<Account>, Status> {
        let request = UpdateAccountRequest {
            account: Some(Account {
                id: self.tenant.account_id,
                ..account
            }),
            ..UpdateAccountRequest::default()
        };
        self.tenant.admin.accounts().update_account(request).await
    }

    /// An invoice as a document.
    pub async fn drawn(&self, number: i64) -> InvoiceDocument {
        let request = GetInvoiceDocumentRequest { number };
        let mut billing = self.tenant.staff.billing();
        granted(billing.get_invoice_document(request).await)
    }

    /// A confirmed order with these lines.
    pub async fn order(&self, lines: Vec<Line>) -> i64 {
        self.order_with(Order {
            lines,
            ..Order::default()
        })
        .await
    }

    /// A confirmed order, but for the fields that are given.
    pub async fn order_with(&self, order: Order) -> i64 {
        let usual = order_in("confirmed", self.tenant.customer_id);
        let order = Order {
            state: order.state.or(usual.state),
            customer: order.customer.or(usual.customer),
            ..order
        };
        import_one(&self.tenant.manager, order).await.id
    }

    /// An order of two lines, of which the other customer pays the second.
    pub async fn split(&self) -> i64 {
        self.order(vec![line("A", 2, 1000), self.others(line("B", 1, 500))])
            .await
    }

    /// The line, paid by the other customer.
    pub fn others(&self, line: Line) -> Line {
        Line {
            customer_id: Some(self.other),
            ..line
        }
    }

    /// Asks for the invoices of an order: pro formas, but for what `change` says.
    pub async fn try_make(
        &self,
        id: i64,
        change: impl FnOnce(&mut CreateInvoicesRequest),
    ) -> Result<Response<CreateInvoicesResponse>, Status> {
        let mut request = request!(CreateInvoicesRequest, create_invoices_request, id);
        change(&mut request);
        self.tenant.staff.billing().create_invoices(request).await
    }

    /// The same where it is granted.
    pub async fn make(
        &self,
        id: i64,
        change: impl FnOnce(&mut CreateInvoicesRequest),
    ) -> CreateInvoicesResponse {
        granted(self.try_make(id, change).await)
    }

    /// Books the invoices of an order.
    pub async fn book(&self, id: i64) -> Vec<Invoice> {
        self.make(id, |request| request.book = true).await.invoices
    }

    /// The first page of the invoices that a caller sees, of one order or of all.
    pub async fn listed(&self, caller: &Caller, order: Option<i64>) -> Vec<Invoice> {
        let request = ListInvoicesRequest {
            order: order.map(list_invoices_request::Order::Id),
            ..ListInvoicesRequest::default()
        };
        granted(caller.billing().list_invoices(request).await).invoices
    }

    /// An invoice by its number.
    pub async fn get(&self, number: i64) -> Invoice {
        let request = GetInvoiceRequest { number };
        granted(self.tenant.staff.billing().get_invoice(request).await)
    }
}

/// Whom each invoice is addressed to.
pub fn customers(invoices: &[Invoice]) -> Vec<Option<i64>> {
    let ids = invoices.iter().map(|invoice| invoice.customer.as_ref()?.id);
    ids.collect()
}

/// The number of each invoice.
pub fn numbers(invoices: &[Invoice]) -> Vec<i64> {
    invoices.iter().map(|invoice| invoice.number).collect()
}

/// The grand total of each invoice, in cents.
pub fn totals(invoices: &[Invoice]) -> Vec<i64> {
    let totals = invoices.iter().map(|invoice| invoice.grand_total.as_ref());
    totals.map(in_cents).collect()
}

/// Each line of an invoice: of what, whether it is text, and its amount.
pub fn lines(invoice: &Invoice) -> Vec<(&str, bool, Option<i64>)> {
    let one = |line: &'_ InvoiceLine| {
        let amount = line.amount.as_ref().map(|amount| in_cents(Some(amount)));
        (line.kind() == LineKind::Text, amount)
    };
    let codes = invoice.lines.iter().map(|line| line.product_code.as_str());
    codes
        .zip(invoice.lines.iter().map(one))
        .map(|(code, (text, amount))| (code, text, amount))
        .collect()
}
