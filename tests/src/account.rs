//! An account for one test, and the callers that act in it.

use std::sync::atomic::{AtomicU32, Ordering};

use order_status_proto::v1::admin_service_client::AdminServiceClient;
use order_status_proto::v1::billing_service_client::BillingServiceClient;
use order_status_proto::v1::catalog_service_client::CatalogServiceClient;
use order_status_proto::v1::fulfillment_service_client::FulfillmentServiceClient;
use order_status_proto::v1::order_service_client::OrderServiceClient;
use order_status_proto::v1::session_service_client::SessionServiceClient;
use order_status_proto::v1::workflow_service_client::WorkflowServiceClient;
use order_status_proto::v1::{
    Account, CreateAccountRequest, CreateCredentialRequest, CreateCustomerRequest, Customer, Role,
};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::server::Server;

/// A connection on which every call carries one key.
pub type Connection = InterceptedService<Channel, Key>;

/// Puts a key on every call, as `authorization: Bearer KEY`.
#[derive(Clone)]
pub struct Key(MetadataValue<Ascii>);

impl Interceptor for Key {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// Somebody with a key and a connection, who belongs to the test that opened the connection.
#[derive(Clone)]
pub struct Caller {
    /// The key.
    pub key: String,
    connection: Connection,
}

impl Caller {
    /// Who calls with this key over this connection.
    ///
    /// # Panics
    ///
    /// If the key holds what a header cannot.
    pub fn new(channel: Channel, key: impl Into<String>) -> Self {
        let key = key.into();
        let header = format!("Bearer {key}").parse();
        let header = header.expect("a key of visible characters");
        Self {
            key,
            connection: InterceptedService::new(channel, Key(header)),
        }
    }

    /// Calls the OrderService.
    pub fn orders(&self) -> OrderServiceClient<Connection> {
        OrderServiceClient::new(self.connection.clone())
    }

    /// Calls the BillingService.
    pub fn billing(&self) -> BillingServiceClient<Connection> {
        BillingServiceClient::new(self.connection.clone())
    }

    /// Calls the FulfillmentService.
    pub fn fulfillment(&self) -> FulfillmentServiceClient<Connection> {
        FulfillmentServiceClient::new(self.connection.clone())
    }

    /// Calls the CatalogService.
    pub fn catalogs(&self) -> CatalogServiceClient<Connection> {
        CatalogServiceClient::new(self.connection.clone())
    }

    /// Calls the WorkflowService.
    pub fn workflows(&self) -> WorkflowServiceClient<Connection> {
        WorkflowServiceClient::new(self.connection.clone())
    }

    /// Calls the SessionService.
    pub fn sessions(&self) -> SessionServiceClient<Connection> {
        SessionServiceClient::new(self.connection.clone())
    }

    /// Calls the AdminService.
    pub fn accounts(&self) -> AdminServiceClient<Connection> {
        AdminServiceClient::new(self.connection.clone())
    }
}

/// An account of its own for one test, with one caller of each role over one connection.
pub struct Tenant {
    /// The account's number.
    pub account_id: i64,
    /// The number of the customer that `client` is.
    pub customer_id: i64,
    /// Who may everything within the account.
    pub admin: Caller,
    /// Who may override states and keep catalogs.
    pub manager: Caller,
    /// Who may work on orders.
    pub staff: Caller,
    /// A customer of the account.
    pub client: Caller,
}

static ACCOUNTS: AtomicU32 = AtomicU32::new(1);

impl Tenant {
    /// Makes an account in EUR whose orders follow a workflow, on a server that printed an admin key.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn create(server: &Server, workflow: &str) -> Self {
        let settings = Account {
            workflow: workflow.to_owned(),
            ..Account::default()
        };
        Self::with(server, settings).await
    }

    /// Makes an account with these settings; a name and EUR stand in for those that are empty.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn with(server: &Server, mut account: Account) -> Self {
        if account.name.is_empty() {
            account.name = format!("Test {}", ACCOUNTS.fetch_add(1, Ordering::Relaxed));
        }
        if account.currency_code.is_empty() {
            account.currency_code = "EUR".to_owned();
        }
        let channel = server.channel().await;
        let operator = Caller::new(channel.clone(), server.admin_key().await);
        let request = CreateAccountRequest {
            account: Some(account),
            ..CreateAccountRequest::default()
        };
        let account = operator.accounts().create_account(request).await;
        let account_id = account.expect("make an account").into_inner().id;
        let request = CreateCredentialRequest {
            account_id: Some(account_id),
            ..credential(Role::Admin)
        };
        let admin = issue(&operator, &channel, request).await;
        let request = CreateCustomerRequest {
            customer: Some(Customer {
                name: "A customer".to_owned(),
                ..Customer::default()
            }),
            ..CreateCustomerRequest::default()
        };
        let customer = admin.catalogs().create_customer(request).await;
        let customer_id = customer.expect("make a customer").into_inner().id;
        let client = CreateCredentialRequest {
            customer_id: Some(customer_id),
            ..credential(Role::Client)
        };
        let (manager, staff, client) = tokio::join!(
            issue(&admin, &channel, credential(Role::Manager)),
            issue(&admin, &channel, credential(Role::Staff)),
            issue(&admin, &channel, client),
        );
        Self {
            account_id,
            customer_id,
            admin,
            manager,
            staff,
            client,
        }
    }

    /// Makes one more credential in the account.
    ///
    /// # Panics
    ///
    /// If the server refuses.
    pub async fn caller(&self, channel: &Channel, request: CreateCredentialRequest) -> Caller {
        issue(&self.admin, channel, request).await
    }
}

/// The request for a credential of a role in the caller's own account, titled by the role's name.
pub fn credential(role: Role) -> CreateCredentialRequest {
    let name = role.as_str_name().trim_start_matches("ROLE_");
    CreateCredentialRequest {
        role: role.into(),
        title: name.to_lowercase(),
        ..CreateCredentialRequest::default()
    }
}

async fn issue(admin: &Caller, channel: &Channel, request: CreateCredentialRequest) -> Caller {
    let issued = admin.accounts().create_credential(request).await;
    Caller::new(
        channel.clone(),
        issued.expect("make a credential").into_inner().key,
    )
}
