//! A request for every method of the API that names something: what isolation and rights are tried with.

use order_status_proto::v1::{
    Account, AddOrderNoteRequest, BatchDeleteOrdersRequest, BatchGetOrdersRequest,
    BatchTransitionOrdersRequest, CancelOrderRequest, CatalogEntry, CompleteOrderRequest,
    ConfirmOrderRequest, CreateCredentialRequest, CreateInvoicesRequest, CreateOrderRequest,
    Customer, DeleteCatalogEntryRequest, DeleteOrderRequest, DocumentState, GetAccountRequest,
    GetCustomerRequest, GetInvoiceDocumentRequest, GetInvoiceRequest, GetOrderRequest,
    GetOutboundOrderRequest, GetStoreOrderRequest, GetStoreRequest, GetSupplierOrderRequest,
    ImportOrdersRequest, ListCredentialsRequest, ListInvoicesRequest, ListOrderChangesRequest,
    ListPaymentsRequest, ListTransitionsRequest, LockOrderRequest, MarkOrderPaidRequest,
    MoveOrderToStoreRequest, Order, OutboundOrder, OverrideOrderStateRequest, PlaceHoldRequest,
    PlanStoreMoveRequest, RecordPaymentRequest, RecordRefundRequest, ReleaseHoldRequest,
    RevokeCredentialRequest, Role, Store, StoreOrder, SupplierOrder, TransitionOrderRequest,
    UnlockOrderRequest, UpdateAccountRequest, UpdateCustomerRequest, UpdateDeliveryMethodRequest,
    UpdateOrderRequest, UpdateOutboundOrderRequest, UpdateStoreOrderRequest, UpdateStoreRequest,
    UpdateSupplierOrderRequest, add_order_note_request, batch_transition_orders_request,
    cancel_order_request, complete_order_request, confirm_order_request, create_invoices_request,
    delete_order_request, get_order_request, list_invoices_request, list_order_changes_request,
    list_payments_request, list_transitions_request, lock_order_request, mark_order_paid_request,
    move_order_to_store_request, override_order_state_request, place_hold_request,
    plan_store_move_request, record_payment_request, record_refund_request, release_hold_request,
    transition_order_request, unlock_order_request, update_delivery_method_request,
};
use order_status_tests::account::credential;
use prost::Message;

use super::fixtures::{cents, order_in, order_of};

/// How a request names something.
#[derive(Clone, Copy, Debug)]
pub enum Name<'n> {
    Id(i64),
    Number(&'n str),
}

/// What kind of thing a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Order,
    Store,
    Customer,
    Account,
    Credential,
    /// A store, supplier or outbound order.
    Document,
    Invoice,
    /// An entry of the catalog `channels`, by its key.
    Entry,
    /// The request names nothing that an account could have and another not.
    Nothing,
}

/// A method, and a request of it that names a thing; `None` where it cannot be named in that way.
pub struct Method {
    pub name: &'static str,
    pub thing: Thing,
    pub request: fn(Name<'_>) -> Option<Vec<u8>>,
}

/// A request that names an order in the usual way.
macro_rules! order {
    ($method:literal, $request:ident, $module:ident $(, $field:ident: $value:expr)*) => {
        Method {
            name: $method,
            thing: Thing::Order,
            request: |name| {
                let order = match name {
                    Name::Id(id) => $module::Order::Id(id),
                    Name::Number(number) => $module::Order::Number(number.to_owned()),
                };
                let request = $request {
                    order: Some(order),
                    $($field: $value,)*
                    ..$request::default()
                };
                Some(request.encode_to_vec())
            },
        }
    };
}

/// A request that names a thing by its id alone.
macro_rules! thing {
    ($method:literal, $thing:ident, |$id:ident| $request:expr) => {
        Method {
            name: $method,
            thing: Thing::$thing,
            request: |name| match name {
                Name::Id($id) => Some($request.encode_to_vec()),
                Name::Number(_) => None,
            },
        }
    };
}

/// A request that names nothing of the account.
macro_rules! nothing {
    ($method:literal) => {
        Method {
            name: $method,
            thing: Thing::Nothing,
            request: |_| None,
        }
    };
}

/// Every method; one that names several kinds of things stands here once for each.
pub const METHODS: &[Method] = &[
    order!("OrderService/GetOrder", GetOrderRequest, get_order_request),
    order!("OrderService/DeleteOrder", DeleteOrderRequest, delete_order_request, validate_only: true),
    order!("OrderService/ConfirmOrder", ConfirmOrderRequest, confirm_order_request, validate_only: true),
    order!("OrderService/MarkOrderPaid", MarkOrderPaidRequest, mark_order_paid_request, validate_only: true),
    order!("OrderService/CompleteOrder", CompleteOrderRequest, complete_order_request, validate_only: true),
    order!("OrderService/CancelOrder", CancelOrderRequest, cancel_order_request, validate_only: true),
    order!("OrderService/LockOrder", LockOrderRequest, lock_order_request, validate_only: true),
    order!("OrderService/UnlockOrder", UnlockOrderRequest, unlock_order_request, validate_only: true),
    Method {
        name: "OrderService/ListTransitions",
        thing: Thing::Order,
        request: |name| {
            let order = match name {
                Name::Id(id) => list_transitions_request::Order::Id(id),
                Name::Number(number) => list_transitions_request::Order::Number(number.to_owned()),
            };
            Some(ListTransitionsRequest { order: Some(order) }.encode_to_vec())
        },
    },
    order!(
        "OrderService/ListOrderChanges",
        ListOrderChangesRequest,
        list_order_changes_request
    ),
    order!(
        "OrderService/TransitionOrder", TransitionOrderRequest, transition_order_request,
        target: Some(transition_order_request::Target::State("confirmed".to_owned())), validate_only: true
    ),
    order!(
        "OrderService/OverrideOrderState", OverrideOrderStateRequest, override_order_state_request,
        target: Some(override_order_state_request::Target::State("confirmed".to_owned())),
        reason: "a slip".to_owned(), validate_only: true
    ),
    order!(
        "OrderService/AddOrderNote", AddOrderNoteRequest, add_order_note_request,
        message: "seen".to_owned(), validate_only: true
    ),
    order!(
        "FulfillmentService/UpdateDeliveryMethod", UpdateDeliveryMethodRequest,
        update_delivery_method_request, delivery_method: "pickup".to_owned(), validate_only: true
    ),
    order!(
        "FulfillmentService/PlaceHold", PlaceHoldRequest, place_hold_request,
        reason: "other".to_owned(), validate_only: true
    ),
    order!(
        "FulfillmentService/ReleaseHold", ReleaseHoldRequest, release_hold_request,
        hold_id: 1, validate_only: true
    ),
    order!(
        "FulfillmentService/PlanStoreMove", PlanStoreMoveRequest, plan_store_move_request,
        to_store_id: 1, default_mode: "none".to_owned()
    ),
    order!(
        "FulfillmentService/MoveOrderToStore", MoveOrderToStoreRequest,
        move_order_to_store_request, to_store_id: 1, default_mode: "none".to_owned(),
        validate_only: true
    ),
    thing!("FulfillmentService/GetStoreOrder", Document, |id| {
        GetStoreOrderRequest { id }
    }),
    thing!("FulfillmentService/UpdateStoreOrder", Document, |id| {
        UpdateStoreOrderRequest {
            store_order: Some(StoreOrder {
                id,
                state: DocumentState::Shipped.into(),
                ..StoreOrder::default()
            }),
            validate_only: true,
            ..UpdateStoreOrderRequest::default()
        }
    }),
    thing!("FulfillmentService/GetSupplierOrder", Document, |id| {
        GetSupplierOrderRequest { id }
    }),
    thing!("FulfillmentService/UpdateSupplierOrder", Document, |id| {
        UpdateSupplierOrderRequest {
            supplier_order: Some(SupplierOrder {
                id,
                state: DocumentState::Shipped.into(),
                ..SupplierOrder::default()
            }),
            validate_only: true,
            ..UpdateSupplierOrderRequest::default()
        }
    }),
    thing!("FulfillmentService/GetOutboundOrder", Document, |id| {
        GetOutboundOrderRequest { id }
    }),
    thing!("FulfillmentService/UpdateOutboundOrder", Document, |id| {
        UpdateOutboundOrderRequest {
            outbound_order: Some(OutboundOrder {
                id,
                state: DocumentState::Shipped.into(),
                ..OutboundOrder::default()
            }),
            validate_only: true,
            ..UpdateOutboundOrderRequest::default()
        }
    }),
    order!(
        "BillingService/RecordPayment", RecordPaymentRequest, record_payment_request,
        amount: Some(cents(100)), validate_only: true
    ),
    order!(
        "BillingService/RecordRefund", RecordRefundRequest, record_refund_request,
        amount: Some(cents(100)), validate_only: true
    ),
    order!(
        "BillingService/ListPayments",
        ListPaymentsRequest,
        list_payments_request
    ),
    order!(
        "BillingService/CreateInvoices", CreateInvoicesRequest, create_invoices_request,
        validate_only: true
    ),
    order!(
        "BillingService/ListInvoices",
        ListInvoicesRequest,
        list_invoices_request
    ),
    Method {
        name: "OrderService/BatchGetOrders",
        thing: Thing::Order,
        request: |name| {
            let mut request = BatchGetOrdersRequest::default();
            match name {
                Name::Id(id) => request.ids.push(id),
                Name::Number(number) => request.numbers.push(number.to_owned()),
            }
            Some(request.encode_to_vec())
        },
    },
    Method {
        name: "OrderService/UpdateOrder",
        thing: Thing::Order,
        request: |name| {
            let mut order = Order {
                notes: "seen".to_owned(),
                ..Order::default()
            };
            match name {
                Name::Id(id) => order.id = id,
                Name::Number(number) => number.clone_into(&mut order.number),
            }
            let request = UpdateOrderRequest {
                order: Some(order),
                update_mask: Some(prost_types::FieldMask {
                    paths: vec!["notes".to_owned()],
                }),
                validate_only: true,
                ..UpdateOrderRequest::default()
            };
            Some(request.encode_to_vec())
        },
    },
    thing!("OrderService/BatchTransitionOrders", Order, |id| {
        BatchTransitionOrdersRequest {
            ids: vec![id],
            target: Some(batch_transition_orders_request::Target::State(
                "confirmed".to_owned(),
            )),
            validate_only: true,
            ..BatchTransitionOrdersRequest::default()
        }
    }),
    thing!("OrderService/BatchDeleteOrders", Order, |id| {
        BatchDeleteOrdersRequest {
            ids: vec![id],
            validate_only: true,
            ..BatchDeleteOrdersRequest::default()
        }
    }),
    thing!("OrderService/CreateOrder", Store, |id| CreateOrderRequest {
        order: Some(Order {
            store_id: Some(id),
            ..Order::default()
        }),
        validate_only: true,
        ..CreateOrderRequest::default()
    }),
    thing!("OrderService/CreateOrder", Customer, |id| {
        CreateOrderRequest {
            order: Some(order_of(id)),
            validate_only: true,
            ..CreateOrderRequest::default()
        }
    }),
    thing!("OrderService/ImportOrders", Store, |id| {
        ImportOrdersRequest {
            orders: vec![Order {
                store_id: Some(id),
                customer: None,
                ..order_in("new", id)
            }],
            validate_only: true,
            ..ImportOrdersRequest::default()
        }
    }),
    thing!("OrderService/ImportOrders", Customer, |id| {
        ImportOrdersRequest {
            orders: vec![order_in("new", id)],
            validate_only: true,
            ..ImportOrdersRequest::default()
        }
    }),
    thing!("CatalogService/GetStore", Store, |id| GetStoreRequest {
        id
    }),
    thing!("CatalogService/UpdateStore", Store, |id| {
        UpdateStoreRequest {
            store: Some(Store {
                id,
                name: "Another name".to_owned(),
                ..Store::default()
            }),
            validate_only: true,
            ..UpdateStoreRequest::default()
        }
    }),
    thing!("CatalogService/GetCustomer", Customer, |id| {
        GetCustomerRequest { id }
    }),
    thing!("CatalogService/UpdateCustomer", Customer, |id| {
        UpdateCustomerRequest {
            customer: Some(Customer {
                id,
                name: "Another name".to_owned(),
                ..Customer::default()
            }),
            validate_only: true,
            ..UpdateCustomerRequest::default()
        }
    }),
    Method {
        name: "CatalogService/DeleteCatalogEntry",
        thing: Thing::Entry,
        request: |name| {
            let Name::Number(key) = name else { return None };
            let request = DeleteCatalogEntryRequest {
                catalog: "channels".to_owned(),
                key: key.to_owned(),
                validate_only: true,
                ..DeleteCatalogEntryRequest::default()
            };
            Some(request.encode_to_vec())
        },
    },
    thing!("AdminService/GetAccount", Account, |id| GetAccountRequest {
        id
    }),
    thing!("AdminService/UpdateAccount", Account, |id| {
        UpdateAccountRequest {
            account: Some(Account {
                id,
                name: "Another name".to_owned(),
                ..Account::default()
            }),
            validate_only: true,
            ..UpdateAccountRequest::default()
        }
    }),
    thing!("AdminService/CreateCredential", Account, |id| {
        CreateCredentialRequest {
            account_id: Some(id),
            validate_only: true,
            ..credential(Role::Staff)
        }
    }),
    thing!("AdminService/CreateCredential", Store, |id| {
        CreateCredentialRequest {
            store_id: Some(id),
            validate_only: true,
            ..credential(Role::Staff)
        }
    }),
    thing!("AdminService/CreateCredential", Customer, |id| {
        CreateCredentialRequest {
            customer_id: Some(id),
            validate_only: true,
            ..credential(Role::Client)
        }
    }),
    thing!("AdminService/ListCredentials", Account, |id| {
        ListCredentialsRequest {
            account_id: Some(id),
            ..ListCredentialsRequest::default()
        }
    }),
    thing!("AdminService/RevokeCredential", Account, |id| {
        RevokeCredentialRequest {
            id: 1,
            account_id: Some(id),
            validate_only: true,
            ..RevokeCredentialRequest::default()
        }
    }),
    thing!("AdminService/RevokeCredential", Credential, |id| {
        RevokeCredentialRequest {
            id,
            validate_only: true,
            ..RevokeCredentialRequest::default()
        }
    }),
    thing!("BillingService/GetInvoice", Invoice, |number| {
        GetInvoiceRequest { number }
    }),
    thing!("BillingService/GetInvoiceDocument", Invoice, |number| {
        GetInvoiceDocumentRequest { number }
    }),
    nothing!("OrderService/ListOrders"),
    nothing!("OrderService/WatchOrders"),
    nothing!("WorkflowService/ListWorkflows"),
    nothing!("WorkflowService/GetWorkflow"),
    nothing!("CatalogService/ListCatalogs"),
    nothing!("CatalogService/ListCatalogEntries"),
    nothing!("CatalogService/UpsertCatalogEntry"),
    nothing!("CatalogService/CreateStore"),
    // Whose lines a document may carry, and by which order it is listed, the tests of documents try.
    nothing!("FulfillmentService/CreateStoreOrder"),
    nothing!("FulfillmentService/CreateSupplierOrder"),
    nothing!("FulfillmentService/CreateOutboundOrder"),
    nothing!("FulfillmentService/ListStoreOrders"),
    nothing!("FulfillmentService/ListSupplierOrders"),
    nothing!("FulfillmentService/ListOutboundOrders"),
    nothing!("CatalogService/ListStores"),
    nothing!("CatalogService/CreateCustomer"),
    nothing!("CatalogService/ListCustomers"),
    // Whether there is such an account is not told either way; the tests of sessions try it.
    nothing!("SessionService/CreateSession"),
    nothing!("SessionService/GetSession"),
    nothing!("SessionService/DeleteSession"),
    nothing!("AdminService/CreateAccount"),
    nothing!("AdminService/ListAccounts"),
];

/// The entry of `channels` that has this key.
pub fn channel(key: &str) -> CatalogEntry {
    CatalogEntry {
        catalog: "channels".to_owned(),
        key: key.to_owned(),
        text: format!("Channel {key}"),
        ..CatalogEntry::default()
    }
}
