//! What the service answers, and the nouns that requests are made of.
//!
//! These are the messages of the API as generated: a later version of the service may add
//! fields and enum values, so build them with `..Default::default()` and match with a `_` arm.
//! Fields that hold an enum have a getter of the same name (`order.payment_status()`).

pub use order_status_proto::v1::{
    Account, Address, AvailableTransition, BatchDeleteOrdersResponse, BatchGetOrdersResponse,
    BatchTransitionOrdersResponse, Blocker, CancellableLine, CancelledLine, CarriedLine, Catalog,
    CatalogEntry, Change, ChangeKind, CreateCredentialResponse, CreateInvoicesResponse,
    CreateSessionResponse, Credential, Customer, DeliveryStatus, DocumentKind, DocumentLine,
    DocumentState, Edits, FieldChange, HeldAction, Hold, ImportOrdersResponse, Invoice,
    InvoiceDocument, InvoiceLine, InvoiceMessages, InvoiceState, InvoiceStatus, InvoiceVat, Line,
    LineKind, ListAccountsResponse, ListCatalogEntriesResponse, ListCatalogsResponse,
    ListCredentialsResponse, ListCustomersResponse, ListInvoicesResponse, ListOrderChangesResponse,
    ListOrdersResponse, ListOutboundOrdersResponse, ListPaymentsResponse, ListStoreOrdersResponse,
    ListStoresResponse, ListSupplierOrdersResponse, ListTransitionsResponse, ListWorkflowsResponse,
    MoveOrderToStoreResponse, Order, OrderCustomer, OrderDocument, OrderState, OrderView,
    OutboundOrder, PartialCancel, Payment, PaymentKind, PaymentStatus, Phase, PlaceHoldResponse,
    PlanStoreMoveResponse, RecordPaymentResponse, RecordRefundResponse, Role, Session, Store,
    StoreMoveItem, StoreOrder, SupplierOrder, Term, UpdateDeliveryMethodResponse, Verb, Workflow,
    WorkflowState, WorkflowTransition,
};
pub use order_status_proto::{Decimal, Money};
pub use prost_types::Timestamp;
