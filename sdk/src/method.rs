//! The methods of the API as types: what a [`Call`](crate::Call) is a call of.
//!
//! Each row of the table below ties a method to its messages, says whether it may be sent
//! twice, and names the fields that its callers may set. A test holds the table against the
//! API's descriptors.

use order_status_proto::v1;

use crate::OrderRef;
use crate::field::{self, Field};

mod sealed {
    /// Keeps [`Method`](super::Method) to the types of this file.
    pub trait Sealed {}
}

/// A method of the API. The types of this module implement it, and nothing else can.
pub trait Method: sealed::Sealed + 'static {
    /// The message that is sent.
    #[doc(hidden)]
    type Request: prost::Message + Clone + Default + Send + Sync + 'static;

    /// The message that is answered.
    type Response: prost::Message + Default + Send + 'static;

    /// The service, without its package: `OrderService`.
    const SERVICE: &'static str;

    /// The method: `ConfirmOrder`.
    const NAME: &'static str;

    /// Whether it changes nothing, so that it may be sent any number of times. What does change
    /// something may be sent again with the same request id only.
    const READ_ONLY: bool;

    /// The path of the HTTP/2 request.
    #[doc(hidden)]
    const PATH: &'static str;

    /// Where the request holds its request id, if it has one.
    #[doc(hidden)]
    fn request_id(request: &mut Self::Request) -> Option<&mut String>;
}

/// A method that answers once.
pub trait Unary: Method {}

/// A method that takes the field `F`; the setters of [`Call`](crate::Call) ask for it.
pub trait Takes<F: Field>: Method {
    /// Where the request holds the field.
    #[doc(hidden)]
    fn slot(request: &mut Self::Request) -> &mut F::Value;
}

/// A method on one order.
pub trait NamesOrder: Method {
    /// Writes the name of the order into the request.
    #[doc(hidden)]
    fn name_order(request: &mut Self::Request, order: OrderRef);
}

/// What the table says about one method, for the test that holds it against the descriptors.
#[cfg(test)]
struct Row {
    path: &'static str,
    request: &'static str,
    response: &'static str,
    kind: &'static str,
}

/// Writes are recorded or not; everything else reads.
macro_rules! read_only {
    (Recorded) => {
        false
    };
    (Unrecorded) => {
        false
    };
    ($kind:ident) => {
        true
    };
}

/// A recorded write has a request id.
macro_rules! request_id {
    (Recorded, $request:ident) => {
        Some(&mut $request.request_id)
    };
    ($kind:ident, $request:ident) => {{
        let _ = $request;
        None
    }};
}

/// All methods but streams answer once.
macro_rules! unary {
    (Stream, $name:ident) => {};
    ($kind:ident, $name:ident) => {
        impl Unary for $name {}
    };
}

/// Makes the types from the table. A row reads
/// `Method(Request, module of its order) -> Response, Kind, {field: Field}`, with the kinds
/// `Read`, `Stream` (a read that goes on), `Recorded` (a write, carried out once for each
/// request id) and `Unrecorded` (a write without one, sent again only where it never arrived).
macro_rules! methods {
    ($(
        $service:ident {
            $($name:ident($request:ident $(, $order:ident)?) -> $response:ty, $kind:ident,
                {$($slot:ident: $field:ident),*};)*
        }
    )*) => {
        $($(
            #[doc = concat!("`", stringify!($service), ".", stringify!($name), "`.")]
            #[derive(Debug)]
            pub enum $name {}

            impl sealed::Sealed for $name {}

            impl Method for $name {
                type Request = v1::$request;
                type Response = $response;
                const SERVICE: &'static str = stringify!($service);
                const NAME: &'static str = stringify!($name);
                const READ_ONLY: bool = read_only!($kind);
                const PATH: &'static str = concat!(
                    "/orderstatus.v1.", stringify!($service), "/", stringify!($name)
                );

                fn request_id(request: &mut v1::$request) -> Option<&mut String> {
                    request_id!($kind, request)
                }
            }

            unary!($kind, $name);

            $(impl NamesOrder for $name {
                fn name_order(request: &mut v1::$request, order: OrderRef) {
                    request.order = Some(match order {
                        OrderRef::Id(id) => v1::$order::Order::Id(id),
                        OrderRef::Number(number) => v1::$order::Order::Number(number),
                    });
                }
            })?

            $(impl Takes<field::$field> for $name {
                fn slot(request: &mut v1::$request) -> &mut <field::$field as Field>::Value {
                    &mut request.$slot
                }
            })*
        )*)*

        /// The table, for its test.
        #[cfg(test)]
        const ROWS: &[Row] = &[$($(
            Row {
                path: <$name as Method>::PATH,
                request: stringify!($request),
                response: stringify!($response),
                kind: stringify!($kind),
            },
        )*)*];
    };
}

methods! {
    OrderService {
        CreateOrder(CreateOrderRequest) -> v1::Order, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        GetOrder(GetOrderRequest, get_order_request) -> v1::Order, Read, {view: View};
        BatchGetOrders(BatchGetOrdersRequest) -> v1::BatchGetOrdersResponse, Read, {view: View};
        ListOrders(ListOrdersRequest) -> v1::ListOrdersResponse, Read,
            {filter: Filter, page_size: PageSize, page_token: PageToken, view: View};
        UpdateOrder(UpdateOrderRequest) -> v1::Order, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId,
             validate_only: ValidateOnly};
        DeleteOrder(DeleteOrderRequest, delete_order_request) -> v1::Order, Recorded,
            {etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        ImportOrders(ImportOrdersRequest) -> v1::ImportOrdersResponse, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        ConfirmOrder(ConfirmOrderRequest, confirm_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        MarkOrderPaid(MarkOrderPaidRequest, mark_order_paid_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        CompleteOrder(CompleteOrderRequest, complete_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        CancelOrder(CancelOrderRequest, cancel_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly, cancellation_type: CancellationType};
        TransitionOrder(TransitionOrderRequest, transition_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly, cancellation_type: CancellationType};
        OverrideOrderState(OverrideOrderStateRequest, override_order_state_request) -> v1::Order,
            Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        LockOrder(LockOrderRequest, lock_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        UnlockOrder(UnlockOrderRequest, unlock_order_request) -> v1::Order, Recorded,
            {reason: Reason, message: Message, notify: Notify, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        BatchTransitionOrders(BatchTransitionOrdersRequest) -> v1::BatchTransitionOrdersResponse,
            Recorded,
            {reason: Reason, message: Message, notify: Notify, request_id: RequestId,
             validate_only: ValidateOnly, cancellation_type: CancellationType};
        BatchDeleteOrders(BatchDeleteOrdersRequest) -> v1::BatchDeleteOrdersResponse, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        ListTransitions(ListTransitionsRequest, list_transitions_request)
            -> v1::ListTransitionsResponse, Read, {};
        ListOrderChanges(ListOrderChangesRequest, list_order_changes_request)
            -> v1::ListOrderChangesResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        AddOrderNote(AddOrderNoteRequest, add_order_note_request) -> v1::Order, Recorded,
            {etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        WatchOrders(WatchOrdersRequest) -> v1::WatchOrdersResponse, Stream, {filter: Filter};
    }
    FulfillmentService {
        UpdateDeliveryMethod(UpdateDeliveryMethodRequest, update_delivery_method_request)
            -> v1::UpdateDeliveryMethodResponse, Recorded,
            {etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        PlaceHold(PlaceHoldRequest, place_hold_request) -> v1::PlaceHoldResponse, Recorded,
            {reason: Reason, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        ReleaseHold(ReleaseHoldRequest, release_hold_request) -> v1::Order, Recorded,
            {reason: Reason, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        PlanStoreMove(PlanStoreMoveRequest, plan_store_move_request)
            -> v1::PlanStoreMoveResponse, Read, {etag: Etag};
        MoveOrderToStore(MoveOrderToStoreRequest, move_order_to_store_request)
            -> v1::MoveOrderToStoreResponse, Recorded,
            {etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        CreateStoreOrder(CreateStoreOrderRequest) -> v1::StoreOrder, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        UpdateStoreOrder(UpdateStoreOrderRequest) -> v1::StoreOrder, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetStoreOrder(GetStoreOrderRequest) -> v1::StoreOrder, Read, {};
        ListStoreOrders(ListStoreOrdersRequest) -> v1::ListStoreOrdersResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        CreateSupplierOrder(CreateSupplierOrderRequest) -> v1::SupplierOrder, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        UpdateSupplierOrder(UpdateSupplierOrderRequest) -> v1::SupplierOrder, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetSupplierOrder(GetSupplierOrderRequest) -> v1::SupplierOrder, Read, {};
        ListSupplierOrders(ListSupplierOrdersRequest) -> v1::ListSupplierOrdersResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        CreateOutboundOrder(CreateOutboundOrderRequest) -> v1::OutboundOrder, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        UpdateOutboundOrder(UpdateOutboundOrderRequest) -> v1::OutboundOrder, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetOutboundOrder(GetOutboundOrderRequest) -> v1::OutboundOrder, Read, {};
        ListOutboundOrders(ListOutboundOrdersRequest) -> v1::ListOutboundOrdersResponse, Read,
            {page_size: PageSize, page_token: PageToken};
    }
    BillingService {
        RecordPayment(RecordPaymentRequest, record_payment_request)
            -> v1::RecordPaymentResponse, Recorded,
            {method: PaymentMethod, description: Description, pay_date: PayDate, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        RecordRefund(RecordRefundRequest, record_refund_request)
            -> v1::RecordRefundResponse, Recorded,
            {method: PaymentMethod, description: Description, pay_date: PayDate, etag: Etag,
             request_id: RequestId, validate_only: ValidateOnly};
        ListPayments(ListPaymentsRequest, list_payments_request) -> v1::ListPaymentsResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        CreateInvoices(CreateInvoicesRequest, create_invoices_request)
            -> v1::CreateInvoicesResponse, Recorded,
            {etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetInvoice(GetInvoiceRequest) -> v1::Invoice, Read, {};
        ListInvoices(ListInvoicesRequest, list_invoices_request) -> v1::ListInvoicesResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        GetInvoiceDocument(GetInvoiceDocumentRequest) -> v1::InvoiceDocument, Read, {};
    }
    CatalogService {
        ListCatalogs(ListCatalogsRequest) -> v1::ListCatalogsResponse, Read, {};
        ListCatalogEntries(ListCatalogEntriesRequest) -> v1::ListCatalogEntriesResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        UpsertCatalogEntry(UpsertCatalogEntryRequest) -> v1::CatalogEntry, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        DeleteCatalogEntry(DeleteCatalogEntryRequest) -> (), Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        CreateStore(CreateStoreRequest) -> v1::Store, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        UpdateStore(UpdateStoreRequest) -> v1::Store, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetStore(GetStoreRequest) -> v1::Store, Read, {};
        ListStores(ListStoresRequest) -> v1::ListStoresResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        CreateCustomer(CreateCustomerRequest) -> v1::Customer, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        UpdateCustomer(UpdateCustomerRequest) -> v1::Customer, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        GetCustomer(GetCustomerRequest) -> v1::Customer, Read, {};
        ListCustomers(ListCustomersRequest) -> v1::ListCustomersResponse, Read,
            {page_size: PageSize, page_token: PageToken};
    }
    WorkflowService {
        ListWorkflows(ListWorkflowsRequest) -> v1::ListWorkflowsResponse, Read, {};
        GetWorkflow(GetWorkflowRequest) -> v1::Workflow, Read, {};
    }
    SessionService {
        CreateSession(CreateSessionRequest) -> v1::CreateSessionResponse, Unrecorded, {};
        GetSession(GetSessionRequest) -> v1::Session, Read, {};
        DeleteSession(DeleteSessionRequest) -> (), Unrecorded, {};
    }
    AdminService {
        CreateAccount(CreateAccountRequest) -> v1::Account, Recorded,
            {request_id: RequestId, validate_only: ValidateOnly};
        GetAccount(GetAccountRequest) -> v1::Account, Read, {};
        ListAccounts(ListAccountsRequest) -> v1::ListAccountsResponse, Read,
            {page_size: PageSize, page_token: PageToken};
        UpdateAccount(UpdateAccountRequest) -> v1::Account, Recorded,
            {update_mask: UpdateMask, etag: Etag, request_id: RequestId, validate_only: ValidateOnly};
        CreateCredential(CreateCredentialRequest) -> v1::CreateCredentialResponse, Recorded,
            {account_id: AccountId, request_id: RequestId, validate_only: ValidateOnly};
        ListCredentials(ListCredentialsRequest) -> v1::ListCredentialsResponse, Read,
            {account_id: AccountId, page_size: PageSize, page_token: PageToken};
        RevokeCredential(RevokeCredentialRequest) -> v1::Credential, Recorded,
            {account_id: AccountId, request_id: RequestId, validate_only: ValidateOnly};
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use prost::Message as _;
    use prost_types::FileDescriptorSet;

    use super::*;

    /// The name of a message without its package, and of `Empty` as Rust has it.
    fn plain(name: &str) -> &str {
        match name.rsplit(['.', ':']).next() {
            Some("Empty") => "()",
            Some(last) => last.trim(),
            None => name,
        }
    }

    #[test]
    fn every_method_of_the_api_has_a_row_with_its_messages() {
        let files = FileDescriptorSet::decode(order_status_proto::FILE_DESCRIPTOR_SET)
            .expect("the descriptor set decodes");
        let mut written = BTreeMap::new();
        let mut with_request_id = BTreeMap::new();
        for file in files
            .file
            .iter()
            .filter(|file| file.package() == "orderstatus.v1")
        {
            for message in &file.message_type {
                let has = message
                    .field
                    .iter()
                    .any(|field| field.name() == "request_id");
                with_request_id.insert(message.name().to_owned(), has);
            }
            for service in &file.service {
                for method in &service.method {
                    written.insert(
                        format!("/orderstatus.v1.{}/{}", service.name(), method.name()),
                        (
                            plain(method.input_type()).to_owned(),
                            plain(method.output_type()).to_owned(),
                            method.server_streaming(),
                        ),
                    );
                }
            }
        }
        let rows: BTreeMap<_, _> = ROWS
            .iter()
            .map(|row| {
                let messages = (
                    row.request.to_owned(),
                    plain(row.response).to_owned(),
                    row.kind == "Stream",
                );
                (row.path.to_owned(), messages)
            })
            .collect();
        assert_eq!(rows, written);
        for row in ROWS {
            assert_eq!(
                row.kind == "Recorded",
                with_request_id[row.request],
                "{} has a request id if and only if it is recorded",
                row.path
            );
        }
    }

    #[test]
    fn only_what_reads_by_its_name_is_read_only() {
        for row in ROWS {
            let name = row.path.rsplit('/').next().unwrap_or(row.path);
            let reads = ["Get", "BatchGet", "List", "Watch"]
                .iter()
                .any(|verb| name.starts_with(verb));
            let writes = ["Recorded", "Unrecorded"].contains(&row.kind);
            assert_eq!(!writes, reads, "{name}");
        }
    }
}
