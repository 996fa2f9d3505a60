//! One table: who may call which method. A method without a row is refused.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::OPERATOR;
use crate::domain::principal::Principal;
use crate::domain::role::Role;

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whether clients may, for orders of their own.
    pub client: bool,
    /// The least of the other roles that may.
    pub least: Role,
    /// The further right that it takes.
    pub scope: Option<&'static str>,
}

/// What the table says of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Anybody, without a credential: health, reflection, and the log-in, by which one comes to a credential.
    Open,
    /// Whoever has this access.
    Needs(Access),
}

impl Access {
    /// Whether a caller has this access.
    pub fn admits(&self, principal: &Principal) -> bool {
        let role = match principal.role {
            Role::Client => self.client,
            role => role.includes(self.least),
        };
        role && self.scope.is_none_or(|scope| principal.has_scope(scope))
    }
}

/// Clients and staff: reading, and the verbs, which the workflow opens or closes edge by edge.
const EVERYBODY: Access = Access {
    client: true,
    least: Role::Staff,
    scope: None,
};
const STAFF: Access = Access {
    client: false,
    least: Role::Staff,
    scope: None,
};
const MANAGER: Access = Access {
    client: false,
    least: Role::Manager,
    scope: None,
};
const ADMIN: Access = Access {
    client: false,
    least: Role::Admin,
    scope: None,
};
const OPERATORS: Access = Access {
    client: false,
    least: Role::Admin,
    scope: Some(OPERATOR),
};

/// The table.
pub const RIGHTS: &[(&str, Right)] = &[
    ("/grpc.health.v1.Health/Check", Right::Open),
    ("/grpc.health.v1.Health/List", Right::Open),
    ("/grpc.health.v1.Health/Watch", Right::Open),
    (
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        Right::Open,
    ),
    (
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        Right::Open,
    ),
    (
        "/orderstatus.v1.OrderService/CreateOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/GetOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/BatchGetOrders",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/ListOrders",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/UpdateOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.OrderService/DeleteOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.OrderService/ImportOrders",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.OrderService/ConfirmOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/MarkOrderPaid",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/CompleteOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/CancelOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/TransitionOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/OverrideOrderState",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.OrderService/LockOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/UnlockOrder",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/BatchTransitionOrders",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.OrderService/BatchDeleteOrders",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.OrderService/ListTransitions",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/ListOrderChanges",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/AddOrderNote",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.OrderService/WatchOrders",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.FulfillmentService/UpdateDeliveryMethod",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/PlaceHold",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/ReleaseHold",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/PlanStoreMove",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/MoveOrderToStore",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/CreateStoreOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/UpdateStoreOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/GetStoreOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/ListStoreOrders",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/CreateSupplierOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/UpdateSupplierOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/GetSupplierOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/ListSupplierOrders",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/CreateOutboundOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/UpdateOutboundOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/GetOutboundOrder",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.FulfillmentService/ListOutboundOrders",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.BillingService/RecordPayment",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.BillingService/RecordRefund",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.BillingService/ListPayments",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.BillingService/CreateInvoices",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.BillingService/GetInvoice",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.BillingService/ListInvoices",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.BillingService/GetInvoiceDocument",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.WorkflowService/ListWorkflows",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.WorkflowService/GetWorkflow",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.CatalogService/ListCatalogs",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.CatalogService/ListCatalogEntries",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.CatalogService/UpsertCatalogEntry",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.CatalogService/DeleteCatalogEntry",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.CatalogService/CreateStore",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.CatalogService/UpdateStore",
        Right::Needs(MANAGER),
    ),
    (
        "/orderstatus.v1.CatalogService/GetStore",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.CatalogService/ListStores",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.CatalogService/CreateCustomer",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.CatalogService/UpdateCustomer",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.CatalogService/GetCustomer",
        Right::Needs(STAFF),
    ),
    (
        "/orderstatus.v1.CatalogService/ListCustomers",
        Right::Needs(STAFF),
    ),
    ("/orderstatus.v1.SessionService/CreateSession", Right::Open),
    (
        "/orderstatus.v1.SessionService/GetSession",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.SessionService/DeleteSession",
        Right::Needs(EVERYBODY),
    ),
    (
        "/orderstatus.v1.AdminService/CreateAccount",
        Right::Needs(OPERATORS),
    ),
    (
        "/orderstatus.v1.AdminService/GetAccount",
        Right::Needs(ADMIN),
    ),
    (
        "/orderstatus.v1.AdminService/ListAccounts",
        Right::Needs(ADMIN),
    ),
    (
        "/orderstatus.v1.AdminService/UpdateAccount",
        Right::Needs(ADMIN),
    ),
    (
        "/orderstatus.v1.AdminService/CreateCredential",
        Right::Needs(ADMIN),
    ),
    (
        "/orderstatus.v1.AdminService/ListCredentials",
        Right::Needs(ADMIN),
    ),
    (
        "/orderstatus.v1.AdminService/RevokeCredential",
        Right::Needs(ADMIN),
    ),
];

/// A row of the table, with its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The place in [`RIGHTS`].
    pub index: usize,
    /// The method's path as the table spells it.
    pub path: &'static str,
    /// Who may call it.
    pub right: Right,
}

static BY_PATH: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let rows = RIGHTS.iter().enumerate().map(|(index, (path, right))| Row {
        index,
        path,
        right: *right,
    });
    rows.map(|row| (row.path, row)).collect()
});

/// The row of a method; `None` where there is no such row.
pub fn of(path: &str) -> Option<&'static Row> {
    BY_PATH.get(path)
}
