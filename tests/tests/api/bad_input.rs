//! Requests that cannot be: each is refused by one clear error that names the thing, changes nothing, and leaves the
//! server up.

mod amounts;
mod gaps;
mod names;
mod sizes;
mod tokens;

use order_status_proto::v1::{
    CreateCredentialRequest, CreateOrderRequest, Line, ListAccountsRequest, ListCredentialsRequest,
    ListCustomersRequest, ListOrdersRequest, ListStoresRequest, Order, RecordPaymentRequest, Role,
    record_payment_request,
};
use order_status_tests::account::credential;
use order_status_tests::{Server, Tenant, on_both};
use prost::Message;
use tonic::Code;

use super::answers::{Refused, granted};
use super::fixtures::{cents, import_one, line, order_in, read};
use super::raw;

/// Requests that are refused.
#[derive(Default)]
struct Cases(Vec<Case>);

/// A request, the code that refuses it, and a word for each thing that the error names; the first is the path of the
/// field where a field is wrong.
struct Case {
    method: &'static str,
    message: Vec<u8>,
    code: Code,
    names: Vec<&'static str>,
}

impl Cases {
    /// A request that is refused with this code.
    fn refused(
        &mut self,
        method: &'static str,
        code: Code,
        names: &[&'static str],
        message: impl Message,
    ) {
        self.0.push(Case {
            method,
            message: message.encode_to_vec(),
            code,
            names: names.to_vec(),
        });
    }

    /// A request with a field that is wrong.
    fn field(&mut self, method: &'static str, names: &[&'static str], message: impl Message) {
        self.refused(method, Code::InvalidArgument, names, message);
    }

    /// A new order with a field that is wrong.
    fn order(&mut self, names: &[&'static str], edit: impl FnOnce(&mut Order)) {
        let mut order = Order::default();
        edit(&mut order);
        let request = CreateOrderRequest {
            order: Some(order),
            ..CreateOrderRequest::default()
        };
        self.field("OrderService/CreateOrder", names, request);
    }

    /// A new order whose second line is wrong.
    fn line(&mut self, names: &[&'static str], edit: impl FnOnce(&mut Line)) {
        let mut wrong = line("B", 1, 100);
        edit(&mut wrong);
        self.order(names, |order| order.lines = vec![line("A", 1, 100), wrong]);
    }

    /// A payment of 5 cents that is wrong.
    fn payment(&mut self, names: &[&'static str], id: i64, edit: fn(&mut RecordPaymentRequest)) {
        let mut request = RecordPaymentRequest {
            order: Some(record_payment_request::Order::Id(id)),
            amount: Some(cents(5)),
            ..RecordPaymentRequest::default()
        };
        edit(&mut request);
        self.field("BillingService/RecordPayment", names, request);
    }

    /// A new credential for the staff that is wrong.
    fn credential(&mut self, names: &[&'static str], edit: fn(&mut CreateCredentialRequest)) {
        let mut request = credential(Role::Staff);
        edit(&mut request);
        self.field("AdminService/CreateCredential", names, request);
    }
}

/// Tries them all as an admin, on both databases, and looks at what is left. The cases are about an order in the state
/// `new` over 10 EUR.
async fn all_refused(cases: impl Fn(&Tenant, &Order) -> Cases) {
    on_both(async |backend| {
        let server = Server::shared(backend).await;
        let channel = server.channel().await;
        let tenant = Tenant::create(server, "standard").await;
        let order = import_one(&tenant.manager, order_in("new", tenant.customer_id)).await;
        let before = kept(&tenant).await;
        let mut wrong = Vec::new();
        for case in cases(&tenant, &order).0 {
            let headers = [("x-api-key", tenant.admin.key.as_str())];
            let answer = raw::call(&channel, &headers, case.method, case.message).await;
            let names = format!("{} with {:?}", case.method, case.names);
            let Err(status) = answer else {
                wrong.push(format!("{names} is answered"));
                continue;
            };
            let refused = Refused::read(&status);
            let text = refused.text();
            let named = case.names.iter().all(|name| text.contains(name));
            let field = |path: &&str| path.starts_with(case.names[0]);
            let by_field = case.code != Code::InvalidArgument || refused.paths().iter().any(field);
            if refused.code != case.code || !named || !by_field {
                wrong.push(format!("{names} ({:?}) answers {refused:?}", case.code));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(kept(&tenant).await, before);
        assert_eq!(read(&tenant.staff, order.id).await, order);
    })
    .await;
}

/// What an account holds, as text.
async fn kept(tenant: &Tenant) -> String {
    let (mut orders, mut catalogs) = (tenant.admin.orders(), tenant.admin.catalogs());
    let mut accounts = tenant.admin.accounts();
    let all = ListOrdersRequest::default();
    let orders = granted(orders.list_orders(all).await);
    let all = ListStoresRequest::default();
    let stores = granted(catalogs.list_stores(all).await);
    let all = ListCustomersRequest::default();
    let customers = granted(catalogs.list_customers(all).await);
    let all = ListCredentialsRequest::default();
    let credentials = granted(accounts.list_credentials(all).await);
    let all = ListAccountsRequest::default();
    let accounts = granted(accounts.list_accounts(all).await);
    format!("{orders:?} {stores:?} {customers:?} {credentials:?} {accounts:?}")
}
